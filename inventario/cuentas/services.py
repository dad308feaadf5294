"""Lo que se hace con empresas, bodegas, gente y claves.

`actor` es quien lo pide; sin actor lo hace el sistema (una orden de consola, un superusuario).
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from inventario.cuentas.actores import PREFIJO_DE_CLAVE, huella_de
from inventario.cuentas.errores import (
    BodegaEnUso,
    BodegaYaExiste,
    EmpresaConHistoria,
    EmpresaYaExiste,
    YaEsMiembro,
)
from inventario.cuentas.models import Bodega, ClaveApi, Empresa, Membresia, Usuario
from inventario.cuentas.models.empresas import validar_zona
from inventario.cuentas.permisos import PERMISOS_POR_ALCANCE, Permiso, Rol
from inventario.nucleo import cache
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import DatoInvalido, NoEncontrado, SinPermiso
from inventario.nucleo.integridad import restriccion_violada
from inventario.nucleo.reloj import Reloj, hoy_en
from inventario.nucleo.textos import exigir_texto, limpiar_parrafo

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def crear_empresa(
    *,
    slug: str,
    nombre: str,
    pais: str = "EC",
    zona_horaria: str = "America/Guayaquil",
    moneda: str = "USD",
) -> Empresa:
    """Crea la empresa con su bodega principal y lo que digan las apps en `settings.AL_CREAR_EMPRESA`.

    Lanza `EmpresaYaExiste` si el identificador está tomado y `DatoInvalido` por cada dato mal escrito.
    """
    empresa = Empresa(
        slug=_slug(slug, campo="slug", maximo=50),
        nombre=exigir_texto(nombre, campo="nombre", maximo=200),
        pais=_codigo_iso(pais, campo="pais", largo=2),
        zona_horaria=_zona(zona_horaria),
        moneda=_codigo_iso(moneda, campo="moneda", largo=3),
    )
    with transaction.atomic():
        try:
            with transaction.atomic():
                empresa.save(force_insert=True)
        except IntegrityError as error:
            raise EmpresaYaExiste(f"Ya existe una empresa con el identificador «{empresa.slug}».") from error
        with en_empresa(empresa):
            Bodega.objects.create(
                empresa=empresa, codigo="principal", nombre="Bodega principal", principal=True
            )
            for ruta in settings.AL_CREAR_EMPRESA:
                import_string(ruta)(empresa)
    return empresa


def cambiar_empresa(
    *,
    actor: Actor,
    nombre: str | None = None,
    pais: str | None = None,
    zona_horaria: str | None = None,
    moneda: str | None = None,
) -> Empresa:
    """Cambia lo que se nombre. Con historia, zona y moneda ya no: lanza `EmpresaConHistoria`."""
    actor.exigir(Permiso.ADMINISTRAR)
    with transaction.atomic():
        # La misma fila da los números de asiento: si hay uno en camino, se espera a saberlo.
        empresa = Empresa.objects.select_for_update().get(pk=actor.empresa.pk)
        cambios: dict[str, str] = {}
        if nombre is not None:
            cambios["nombre"] = exigir_texto(nombre, campo="nombre", maximo=200)
        if pais is not None:
            cambios["pais"] = _codigo_iso(pais, campo="pais", largo=2)
        if zona_horaria is not None:
            cambios["zona_horaria"] = _zona(zona_horaria)
        if moneda is not None:
            cambios["moneda"] = _codigo_iso(moneda, campo="moneda", largo=3)
        cambios = {campo: valor for campo, valor in cambios.items() if getattr(empresa, campo) != valor}
        if empresa.tiene_historia and not cambios.keys().isdisjoint({"zona_horaria", "moneda"}):
            raise EmpresaConHistoria(
                "La zona horaria y la moneda no se cambian cuando ya hay asientos en el libro."
            )
        for campo, valor in cambios.items():
            setattr(empresa, campo, valor)
        if cambios:
            empresa.save(update_fields=[*cambios])
    return empresa


def cerrar_hasta(*, actor: Actor, fecha: date | None, reloj: Reloj = timezone.now) -> Empresa:
    """Cierra los libros hasta la fecha, incluida; `None` los reabre.

    El libro lee el cierre en la misma orden que le da el número al asiento, así que este cambio
    espera a los asientos en curso y alcanza a todos los que vengan después. Lanza `DatoInvalido`
    si la fecha no es anterior a hoy: no se cierra un día en que todavía se trabaja.
    """
    actor.exigir(Permiso.ADMINISTRAR)
    if fecha is not None and fecha >= hoy_en(actor.empresa.zona_horaria, reloj()):
        raise DatoInvalido("Debe ser anterior a hoy.", campo="cierre_hasta", codigo="max_value")
    Empresa.objects.filter(pk=actor.empresa.pk).update(cierre_hasta=fecha)
    return Empresa.objects.get(pk=actor.empresa.pk)


def crear_bodega(*, actor: Actor, codigo: str, nombre: str) -> Bodega:
    """Abre otra bodega de la empresa. Lanza `BodegaYaExiste` si el código está tomado."""
    actor.exigir(Permiso.ADMINISTRAR)
    bodega = Bodega(
        empresa=actor.empresa,
        codigo=_slug(codigo, campo="codigo", maximo=30),
        nombre=exigir_texto(nombre, campo="nombre", maximo=120),
    )
    try:
        with transaction.atomic():
            bodega.save(force_insert=True)
    except IntegrityError as error:
        if restriccion_violada(error) != "bodega_codigo_unico":
            raise
        raise BodegaYaExiste(f"Ya existe una bodega con el código «{bodega.codigo}».") from error
    return bodega


def cambiar_bodega(
    *, actor: Actor, bodega: Bodega, nombre: str | None = None, activa: bool | None = None
) -> Bodega:
    """Cambia el nombre o el estado. Lanza `BodegaEnUso` si se apaga la principal o una con existencias."""
    if bodega.empresa_id != actor.empresa.pk:
        raise NoEncontrado("La bodega no existe.")
    actor.exigir(Permiso.ADMINISTRAR)
    with transaction.atomic():
        if nombre is not None:
            bodega.nombre = exigir_texto(nombre, campo="nombre", maximo=120)
        if activa is not None:
            if not activa:
                if bodega.principal:
                    raise BodegaEnUso("La bodega principal no se desactiva.")
                for ruta in settings.AL_CERRAR_BODEGA:
                    import_string(ruta)(bodega)
            bodega.activa = activa
        bodega.save(update_fields=["nombre", "activa"])
        cache.olvidar(bodega.empresa_id, cache.Familia.PRODUCTO)
    return bodega


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
    _exigir_de_la_empresa(actor.empresa, [bodega, *permitidas])
    with en_empresa(actor.empresa):
        membresia.rol, membresia.activa, membresia.bodega = rol, activa, bodega
        membresia.save(update_fields=["rol", "activa", "bodega"])
        membresia.bodegas_permitidas.set(permitidas)
    return membresia


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
    _exigir_administrador(actor, empresa)
    _exigir_rol(rol)
    permitidas = list(bodegas_permitidas)
    _exigir_de_la_empresa(empresa, [bodega, *permitidas])
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
    return membresia


def crear_clave_api(
    *,
    empresa: Empresa,
    nombre: str,
    alcances: Sequence[str],
    actor: Actor | None = None,
    descripcion: str = "",
    vence_en: datetime | None = None,
    modulos: Sequence[str] = (),
    bodega: Bodega | None = None,
    bodegas_permitidas: Iterable[Bodega] = (),
    reloj: Reloj = timezone.now,
) -> tuple[ClaveApi, str]:
    """Crea una clave con su usuario de servicio; devuelve también la clave en claro, por única vez.

    Lanza `DatoInvalido` si un alcance no existe, si vence en el pasado o si una bodega es ajena.
    """
    _exigir_administrador(actor, empresa)
    nombre = exigir_texto(nombre, campo="nombre", maximo=255)
    permitidas = list(bodegas_permitidas)
    _exigir_de_la_empresa(empresa, [bodega, *permitidas])
    if vence_en is not None and vence_en <= reloj():
        raise DatoInvalido("Debe ser posterior a ahora.", campo="vence_en", codigo="min_value")
    clave = PREFIJO_DE_CLAVE + secrets.token_urlsafe(32)
    with en_empresa(empresa):
        fila = ClaveApi.objects.create(
            empresa=empresa,
            usuario=_crear_usuario_de_servicio(nombre),
            nombre=nombre,
            descripcion=limpiar_parrafo(descripcion, campo="descripcion", maximo=1000),
            prefijo=clave[: len(PREFIJO_DE_CLAVE) + 4],
            huella=huella_de(clave),
            alcances=_alcances(alcances),
            modulos=[exigir_texto(modulo, campo="modulos", maximo=64) for modulo in dict.fromkeys(modulos)],
            bodega=bodega,
            creada_por=actor.usuario if actor is not None else None,
            vence_en=vence_en,
        )
        fila.bodegas_permitidas.set(permitidas)
    return fila, clave


def revocar_clave(*, actor: Actor, clave: ClaveApi, reloj: Reloj = timezone.now) -> ClaveApi:
    """Revoca la clave desde ya y para siempre; revocarla otra vez no cambia cuándo fue."""
    if clave.empresa_id != actor.empresa.pk:
        raise NoEncontrado("La clave no existe.")
    actor.exigir(Permiso.ADMINISTRAR)
    ClaveApi.objects.filter(pk=clave.pk, revocada_en=None).update(revocada_en=reloj())
    clave.refresh_from_db(fields=["revocada_en"])
    return clave


def _crear_usuario_de_servicio(nombre: str) -> Usuario:
    usuario = Usuario(email=f"clave-{uuid.uuid4()}@servicio.invalid", nombre=nombre, es_servicio=True)
    usuario.set_unusable_password()
    usuario.save(force_insert=True)
    return usuario


def _exigir_rol(rol: str) -> None:
    if rol not in Rol.values:
        raise DatoInvalido(f"Se admite: {', '.join(Rol.values)}.", campo="rol", codigo="invalid_choice")


def _exigir_administrador(actor: Actor | None, empresa: Empresa) -> None:
    if actor is None:
        return
    actor.exigir(Permiso.ADMINISTRAR)
    if actor.empresa.pk != empresa.pk:
        raise SinPermiso("Solo administra la empresa en la que está.")


def _exigir_de_la_empresa(empresa: Empresa, bodegas: Iterable[Bodega | None]) -> None:
    if any(bodega is not None and bodega.empresa_id != empresa.pk for bodega in bodegas):
        raise DatoInvalido("Esa bodega no existe.", campo="bodega", codigo="does_not_exist")


def _alcances(alcances: Sequence[str]) -> list[str]:
    pedidos = list(dict.fromkeys(alcances))
    desconocidos = [alcance for alcance in pedidos if alcance not in PERMISOS_POR_ALCANCE]
    if desconocidos or not pedidos:
        queja = f"No se conoce el alcance «{desconocidos[0]}»" if desconocidos else "Falta el alcance"
        raise DatoInvalido(
            f"{queja}: se admite {', '.join(PERMISOS_POR_ALCANCE)}.",
            campo="alcances",
            codigo="invalid_choice",
        )
    return pedidos


def _slug(valor: str, *, campo: str, maximo: int) -> str:
    texto = exigir_texto(valor, campo=campo, maximo=maximo).lower()
    if not _SLUG.fullmatch(texto):
        raise DatoInvalido(
            "Se admiten letras minúsculas sin tilde, cifras y guiones entre ellas.",
            campo=campo,
            codigo="invalid",
        )
    return texto


def _codigo_iso(valor: str, *, campo: str, largo: int) -> str:
    texto = valor.strip().upper()
    if len(texto) != largo or not (texto.isascii() and texto.isalpha()):
        raise DatoInvalido(f"Debe ser un código ISO de {largo} letras.", campo=campo, codigo="invalid")
    return texto


def _zona(valor: str) -> str:
    try:
        validar_zona(valor)
    except ValidationError as error:
        raise DatoInvalido(error.messages[0], campo="zona_horaria", codigo="invalid") from error
    return valor
