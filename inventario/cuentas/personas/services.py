"""Quién es miembro de una empresa y con qué rol.

Nadie hace miembro a otro: se le invita y acepta (`cuentas.invitaciones`). Solo el sistema, desde la
consola, puede saltárselo.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as traducir

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.services import anotar
from inventario.cuentas.alcance import alcance_de, bodegas_permitidas_a
from inventario.cuentas.empresas.comprobaciones import exigir_bodegas_propias, limite_que_da
from inventario.cuentas.models import Bodega, Empresa, Invitacion, Membresia, Usuario
from inventario.cuentas.permisos import PERMISOS_POR_ROL, Permiso, Rol
from inventario.cuentas.personas.errores import YaEsMiembro
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa, identificando
from inventario.nucleo.errores import DatoInvalido, NoEncontrado, SinPermiso
from inventario.nucleo.reloj import Reloj


def agregar_miembro(
    *,
    empresa: Empresa,
    usuario: Usuario,
    rol: str,
    bodega: Bodega | None = None,
    bodegas_permitidas: Iterable[Bodega] = (),
) -> Membresia:
    """Hace miembro a la persona sin preguntarle: es para la consola y los datos de muestra.

    Lanza `YaEsMiembro`, o `DatoInvalido` si el rol no existe o una bodega es de otra empresa.
    """
    permitidas = list(bodegas_permitidas)
    exigir_bodegas_propias(empresa, [bodega, *permitidas])
    limite = [una.pk for una in permitidas]
    return hacer_miembro(empresa=empresa, usuario=usuario, rol=rol, bodega=bodega, limite=limite)


def hacer_miembro(
    *, empresa: Empresa, usuario: Usuario, rol: str, bodega: Bodega | None, limite: Iterable[int]
) -> Membresia:
    """Guarda la membresía; la primera empresa que recibe la persona es su predeterminada.

    `limite` son las bodegas a que llega; vacío, todas. Lanza `YaEsMiembro`, o `DatoInvalido` si el rol no
    existe.
    """
    exigir_rol(rol)
    # En su nombre: para saber si ya tiene predeterminada hay que mirar las de sus otras empresas.
    with identificando(persona=usuario.pk), en_empresa(empresa):
        # Dos altas a la vez de la misma persona no deben quedar las dos como predeterminadas.
        Usuario.objects.select_for_update().get(pk=usuario.pk)
        primera = not Membresia.objects.filter(usuario=usuario, predeterminada=True).exists()
        try:
            with transaction.atomic():
                membresia = Membresia.objects.create(
                    empresa=empresa, usuario=usuario, rol=rol, bodega=bodega, predeterminada=primera
                )
        except IntegrityError as error:
            raise YaEsMiembro(
                traducir("%(quien)s ya es miembro de %(empresa)s.") % {"quien": usuario, "empresa": empresa}
            ) from error
        membresia.bodegas_permitidas.set(limite)
        anotar(
            actor=None,
            empresa=empresa,
            hecho=Hecho.MIEMBRO_AGREGADO,
            sobre=membresia,
            nombre=str(membresia.usuario),
            despues=_foto(membresia),
        )
    return membresia


def cambiar_membresia(
    *,
    actor: Actor,
    membresia: Membresia,
    rol: str,
    activa: bool,
    bodega: Bodega | None,
    limitada_a: Iterable[Bodega],
    reloj: Reloj = timezone.now,
) -> Membresia:
    """Cambia el rol, el estado y las bodegas de un miembro de la empresa del actor.

    Nadie cambia la suya propia, así una empresa no se queda sin quien la administre; ni la de quien llega a
    bodegas que él no alcanza: lanza `SinPermiso`. Las invitaciones sin responder de quien deja de
    administrar se revocan.
    """
    if membresia.empresa_id != actor.empresa.pk:
        raise NoEncontrado(traducir("Esa persona no es miembro de la empresa."))
    actor.exigir(Permiso.ADMINISTRAR)
    if membresia.usuario_id == actor.usuario.pk:
        raise SinPermiso(
            traducir("No puede cambiar su propia membresía: pídalo a otra persona que administre.")
        )
    exigir_rol(rol)
    with en_empresa(actor.empresa):
        # De a uno por empresa: dos que se quitaran a la vez el uno al otro la dejarían sin quien administre.
        Empresa.objects.select_for_update(no_key=True).get(pk=actor.empresa.pk)
        _exigir_que_siga_administrando(actor)
        membresia = Membresia.objects.select_related("usuario", "bodega").get(pk=membresia.pk)
        if not actor.alcance.abarca(alcance_de(membresia)):
            raise SinPermiso(
                traducir("Esa persona llega a bodegas que usted no alcanza: pídalo a quien las administre.")
            )
        limite = limite_que_da(actor, actor.empresa, bodega=bodega, permitidas=limitada_a)
        antes = _foto(membresia)
        membresia.rol, membresia.activa, membresia.bodega = rol, activa, bodega
        membresia.save(update_fields=["rol", "activa", "bodega"])
        membresia.bodegas_permitidas.set(limite)
        anotar(
            actor=actor,
            hecho=Hecho.MEMBRESIA_CAMBIADA,
            sobre=membresia,
            nombre=str(membresia.usuario),
            antes=antes,
            despues=_foto(membresia),
        )
        if not activa or Permiso.ADMINISTRAR not in PERMISOS_POR_ROL[rol]:
            Invitacion.objects.pendientes().filter(invitada_por=membresia.usuario_id).update(
                revocada_en=reloj(), por_enviar_en=None
            )
    return membresia


def _exigir_que_siga_administrando(actor: Actor) -> None:
    """Lanza `SinPermiso` a quien perdió el rol entre que pidió y le tocó. Un superusuario no lo pierde."""
    suya = Membresia.objects.filter(empresa=actor.empresa, usuario=actor.usuario).first()
    if suya is None or actor.usuario.is_superuser:
        return
    if not suya.activa or Permiso.ADMINISTRAR not in suya.permisos:
        raise SinPermiso(traducir("Usted ya no administra esta empresa."))


def _foto(membresia: Membresia) -> dict[str, object]:
    """Lo que decide qué puede y adónde llega, con los nombres que lee quien audita."""
    return {
        "rol": membresia.rol,
        "activa": membresia.activa,
        "bodega": str(membresia.bodega) if membresia.bodega is not None else None,
        "bodegas": sorted(str(bodega) for bodega in bodegas_permitidas_a(membresia)),
    }


def exigir_rol(rol: str) -> None:
    if rol not in Rol.values:
        raise DatoInvalido(f"Se admite: {', '.join(Rol.values)}.", campo="rol", codigo="invalid_choice")
