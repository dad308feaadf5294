"""Quién es miembro de una empresa y con qué rol.

`actor` es quien lo pide; sin actor lo hace el sistema (una orden de consola, un superusuario).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.services import anotar
from inventario.cuentas.alcance import bodegas_permitidas_a
from inventario.cuentas.empresas.comprobaciones import exigir_administrador, exigir_bodegas_propias
from inventario.cuentas.models import Bodega, Empresa, Membresia, Usuario
from inventario.cuentas.permisos import Permiso, Rol
from inventario.cuentas.personas.errores import YaEsMiembro
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import DatoInvalido, NoEncontrado, SinPermiso
from inventario.nucleo.textos import exigir_texto


def invitar_miembro(
    *,
    actor: Actor,
    correo: str,
    nombre: str,
    contrasena: str,
    rol: str,
    bodega: Bodega | None = None,
    bodegas_permitidas: Iterable[Bodega] = (),
) -> Membresia:
    """Hace miembro a la persona de ese correo; si no existe la crea con esa contraseña inicial.

    La inicial la conoce otro: queda anotado que debe cambiarla. A quien ya existía no se le cambia
    nada más: su contraseña abre también sus otras empresas.
    """
    actor.exigir(Permiso.ADMINISTRAR)
    correo = correo.strip().lower()
    with transaction.atomic():
        usuario = Usuario.objects.filter(email=correo).first()
        if usuario is None:
            if not contrasena:
                raise DatoInvalido(
                    "Hace falta una contraseña inicial: es una persona nueva.",
                    campo="contrasena",
                    codigo="required",
                )
            nombre = exigir_texto(nombre or correo, campo="nombre", maximo=255)
            usuario = Usuario.objects.create_user(
                correo, contrasena, nombre=nombre, debe_cambiar_contrasena=True
            )
        elif usuario.es_servicio:
            raise DatoInvalido("Ese correo es de una clave de API.", campo="correo")
        return agregar_miembro(
            empresa=actor.empresa,
            usuario=usuario,
            rol=rol,
            actor=actor,
            bodega=bodega,
            bodegas_permitidas=bodegas_permitidas,
        )


def agregar_miembro(
    *,
    empresa: Empresa,
    usuario: Usuario,
    rol: str,
    actor: Actor | None = None,
    bodega: Bodega | None = None,
    bodegas_permitidas: Iterable[Bodega] = (),
) -> Membresia:
    """Hace miembro a la persona; la primera empresa que recibe es su predeterminada.

    Lanza `YaEsMiembro`, o `DatoInvalido` si el rol no existe o una bodega es de otra empresa.
    """
    exigir_administrador(actor, empresa)
    _exigir_rol(rol)
    permitidas = list(bodegas_permitidas)
    exigir_bodegas_propias(empresa, [bodega, *permitidas])
    with en_empresa(empresa):
        # Dos altas a la vez de la misma persona no deben quedar las dos como predeterminadas.
        Usuario.objects.select_for_update().get(pk=usuario.pk)
        primera = not Membresia.objects.filter(usuario=usuario, predeterminada=True).exists()
        try:
            with transaction.atomic():
                membresia = Membresia.objects.create(
                    empresa=empresa, usuario=usuario, rol=rol, bodega=bodega, predeterminada=primera
                )
        except IntegrityError as error:
            raise YaEsMiembro(f"{usuario} ya es miembro de {empresa}.") from error
        membresia.bodegas_permitidas.set(permitidas)
        anotar(
            actor=actor,
            empresa=empresa,
            hecho=Hecho.MIEMBRO_AGREGADO,
            sobre=membresia,
            nombre=str(membresia.usuario),
            despues=_foto(membresia, permitidas),
        )
    return membresia


def cambiar_membresia(
    *,
    actor: Actor,
    membresia: Membresia,
    rol: str,
    activa: bool,
    bodega: Bodega | None,
    bodegas_permitidas: Iterable[Bodega],
) -> Membresia:
    """Cambia el rol, el estado y las bodegas de un miembro de la empresa del actor.

    Nadie cambia la suya propia: lanza `SinPermiso`. Así una empresa no se queda sin quien la administre.
    """
    if membresia.empresa_id != actor.empresa.pk:
        raise NoEncontrado("Esa persona no es miembro de la empresa.")
    actor.exigir(Permiso.ADMINISTRAR)
    if membresia.usuario_id == actor.usuario.pk:
        raise SinPermiso("No puede cambiar su propia membresía: pídalo a otra persona que administre.")
    _exigir_rol(rol)
    permitidas = list(bodegas_permitidas)
    exigir_bodegas_propias(actor.empresa, [bodega, *permitidas])
    with en_empresa(actor.empresa):
        antes = _foto(membresia, bodegas_permitidas_a(membresia))
        membresia.rol, membresia.activa, membresia.bodega = rol, activa, bodega
        membresia.save(update_fields=["rol", "activa", "bodega"])
        membresia.bodegas_permitidas.set(permitidas)
        anotar(
            actor=actor,
            hecho=Hecho.MEMBRESIA_CAMBIADA,
            sobre=membresia,
            nombre=str(membresia.usuario),
            antes=antes,
            despues=_foto(membresia, permitidas),
        )
    return membresia


def _foto(membresia: Membresia, permitidas: Iterable[Bodega]) -> dict[str, object]:
    """Lo que decide qué puede y adónde llega, con los nombres que lee quien audita."""
    return {
        "rol": membresia.rol,
        "activa": membresia.activa,
        "bodega": str(membresia.bodega) if membresia.bodega is not None else None,
        "bodegas": sorted(str(bodega) for bodega in permitidas),
    }


def _exigir_rol(rol: str) -> None:
    if rol not in Rol.values:
        raise DatoInvalido(f"Se admite: {', '.join(Rol.values)}.", campo="rol", codigo="invalid_choice")
