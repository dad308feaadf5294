"""Lo que se hace con empresas y bodegas.

`actor` es quien lo pide; una empresa la crea el sistema (una orden de consola, un superusuario).
"""

from __future__ import annotations

import re
from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.services import anotar
from inventario.cuentas.empresas.errores import (
    BodegaEnUso,
    BodegaYaExiste,
    EmpresaConHistoria,
    EmpresaYaExiste,
)
from inventario.cuentas.models import Bodega, Empresa
from inventario.cuentas.models.empresas import validar_zona
from inventario.cuentas.permisos import Permiso
from inventario.nucleo import cache
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import DatoInvalido, NoEncontrado
from inventario.nucleo.integridad import restriccion_violada
from inventario.nucleo.reloj import Reloj, hoy_en
from inventario.nucleo.textos import exigir_texto

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
    exige_segundo_factor: bool | None = None,
) -> Empresa:
    """Cambia lo que se nombre. Con historia, zona y moneda ya no: lanza `EmpresaConHistoria`."""
    actor.exigir(Permiso.ADMINISTRAR)
    with en_empresa(actor.empresa):
        # La misma fila da los números de asiento: si hay uno en camino, se espera a saberlo.
        empresa = Empresa.objects.select_for_update().get(pk=actor.empresa.pk)
        cambios: dict[str, str | bool] = {}
        if nombre is not None:
            cambios["nombre"] = exigir_texto(nombre, campo="nombre", maximo=200)
        if pais is not None:
            cambios["pais"] = _codigo_iso(pais, campo="pais", largo=2)
        if zona_horaria is not None:
            cambios["zona_horaria"] = _zona(zona_horaria)
        if moneda is not None:
            cambios["moneda"] = _codigo_iso(moneda, campo="moneda", largo=3)
        if exige_segundo_factor is not None:
            cambios["exige_segundo_factor"] = exige_segundo_factor
        cambios = {campo: valor for campo, valor in cambios.items() if getattr(empresa, campo) != valor}
        if empresa.tiene_historia and not cambios.keys().isdisjoint({"zona_horaria", "moneda"}):
            raise EmpresaConHistoria(
                "La zona horaria y la moneda no se cambian cuando ya hay asientos en el libro."
            )
        antes = {campo: getattr(empresa, campo) for campo in cambios}
        for campo, valor in cambios.items():
            setattr(empresa, campo, valor)
        if cambios:
            empresa.save(update_fields=[*cambios])
            anotar(actor=actor, hecho=Hecho.EMPRESA_CAMBIADA, sobre=empresa, antes=antes, despues=cambios)
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
    with en_empresa(actor.empresa):
        empresa = Empresa.objects.select_for_update().get(pk=actor.empresa.pk)
        antes, empresa.cierre_hasta = empresa.cierre_hasta, fecha
        empresa.save(update_fields=["cierre_hasta"])
        anotar(
            actor=actor,
            hecho=Hecho.CIERRE_CAMBIADO,
            sobre=empresa,
            antes={"cierre_hasta": antes},
            despues={"cierre_hasta": fecha},
        )
    return empresa


def activar_empresa(*, actor: Actor, activa: bool) -> Empresa:
    """Abre o cierra la empresa entera: cerrada, nadie entra a ella ni con clave."""
    actor.exigir(Permiso.ADMINISTRAR)
    with en_empresa(actor.empresa):
        empresa = Empresa.objects.select_for_update().get(pk=actor.empresa.pk)
        antes, empresa.activa = empresa.activa, activa
        empresa.save(update_fields=["activa"])
        anotar(
            actor=actor,
            hecho=Hecho.EMPRESA_CAMBIADA,
            sobre=empresa,
            antes={"activa": antes},
            despues={"activa": activa},
        )
    return empresa


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
            anotar(
                actor=actor,
                hecho=Hecho.BODEGA_CREADA,
                sobre=bodega,
                despues={"codigo": bodega.codigo, "nombre": bodega.nombre},
            )
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
        antes = {"nombre": bodega.nombre, "activa": bodega.activa}
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
        despues = {"nombre": bodega.nombre, "activa": bodega.activa}
        anotar(actor=actor, hecho=Hecho.BODEGA_CAMBIADA, sobre=bodega, antes=antes, despues=despues)
        cache.olvidar(bodega.empresa_id, cache.Familia.PRODUCTO)
    return bodega


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
