"""Unidades de medida: sembrarlas, hallarlas por como la gente las escribe, cambiarlas."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypedDict

from django.db import transaction

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.services import anotar
from inventario.cuentas.models import Empresa
from inventario.cuentas.permisos import Permiso
from inventario.nucleo import cache
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import Conflicto, DatoInvalido, NoEncontrado
from inventario.nucleo.textos import exigir_texto, limpiar_texto, plegar
from inventario.productos.errores import NombreDuplicado, TieneDependencias
from inventario.productos.historia import del_libro
from inventario.productos.models import Producto, Unidad
from inventario.productos.semilla import UNIDADES
from inventario.productos.services.comun import nulo, traduciendo_choques

LARGO = 50


class CambiosDeUnidad(TypedDict, total=False):
    nombre: str
    nombre_en: str
    abreviatura: str
    magnitud: str
    divisible: bool
    activa: bool


def asegurar_unidades(empresa: Empresa) -> None:
    """Crea las unidades iniciales que falten. Puede repetirse: lo que la empresa cambió no se toca."""
    hay = set(Unidad.objects.values_list("abreviatura_normalizada", flat=True))
    nuevas = []
    for inicial in UNIDADES:
        unidad = Unidad(empresa=empresa, divisible=inicial.divisible, **inicial._asdict())
        unidad.derivar()
        if unidad.abreviatura_normalizada not in hay:
            nuevas.append(unidad)
    # Dos que siembran a la vez, o una unidad renombrada, chocan con la restricción y quedan como estaban.
    Unidad.objects.bulk_create(nuevas, ignore_conflicts=True)


def unidad_por_defecto(empresa: Empresa) -> Unidad:
    """Devuelve `u`, que siempre existe: si la empresa todavía no la tiene, se siembra."""
    unidad = _hallar("u") or _hallar("Unit")
    if unidad is None:
        asegurar_unidades(empresa)
        unidad = _hallar("u")
    assert unidad is not None, "La semilla incluye «u»."
    return unidad


def unidad_conocida(empresa: Empresa, texto: str, *, campo: str = "unidad") -> Unidad:
    """Devuelve la unidad activa de esa abreviatura o nombre, sin mirar mayúsculas ni tildes.

    Lanza `DatoInvalido` con la lista de las que se admiten.
    """
    unidad = _hallar(texto) or _sembrada(empresa, texto)
    if unidad is None or not unidad.activa:
        activas = Unidad.objects.filter(activa=True).values_list("abreviatura", flat=True)
        raise DatoInvalido(
            f"No es una unidad de la empresa. Se admiten: {', '.join(sorted(activas, key=plegar))}.",
            campo=campo,
            codigo="invalid_choice",
        )
    return unidad


def unidad_o_nueva(empresa: Empresa, texto: str, *, campo: str = "unidad") -> Unidad:
    """Devuelve la unidad de esa abreviatura o nombre; si no existe la crea, divisible.

    Es para las importaciones y la API inglesa, que admiten cualquier unidad (decisión 25).
    """
    texto = exigir_texto(texto, campo=campo, maximo=LARGO)
    unidad = _hallar(texto) or _sembrada(empresa, texto)
    if unidad is None:
        nueva = Unidad(empresa=empresa, nombre=texto, nombre_en=texto, abreviatura=texto, divisible=True)
        nueva.derivar()
        Unidad.objects.bulk_create([nueva], ignore_conflicts=True)
        unidad = _hallar(texto)
    assert unidad is not None, "Recién creada, o la creó otro."
    return unidad


def crear_unidad(
    *,
    actor: Actor,
    nombre: str,
    abreviatura: str,
    nombre_en: str = "",
    magnitud: str = "",
    divisible: bool = True,
) -> Unidad:
    """Crea una unidad. Sin `nombre_en`, la API inglesa usa el mismo nombre.

    Lanza `Conflicto` si la abreviatura o el nombre en inglés ya existen, sin mirar mayúsculas.
    """
    actor.exigir(Permiso.CATALOGAR)
    nombre = exigir_texto(nombre, campo="nombre", maximo=LARGO)
    unidad = Unidad(
        empresa=actor.empresa,
        nombre=nombre,
        nombre_en=limpiar_texto(nombre_en, campo="nombre_en", maximo=LARGO) or nombre,
        abreviatura=exigir_texto(abreviatura, campo="abreviatura", maximo=LARGO),
        magnitud=limpiar_texto(magnitud, campo="magnitud", maximo=LARGO),
        divisible=divisible,
    )
    with traduciendo_choques(_choques(unidad)):
        unidad.save(force_insert=True)
    return unidad


def editar_unidad(*, actor: Actor, unidad: Unidad, cambios: CambiosDeUnidad) -> Unidad:
    """Cambia solo lo que venga en `cambios` y devuelve la unidad.

    Lanza `TieneDependencias` si se quiere volver divisible o indivisible cuando algún producto que
    la usa ya tiene lotes: sus cantidades pasadas dejarían de valer (decisión 22).
    """
    actor.exigir(Permiso.CATALOGAR)
    for campo, valor in cambios.items():
        if valor is None:
            raise nulo(campo)
    with transaction.atomic():
        fila = Unidad.objects.select_for_update(no_key=True).filter(pk=unidad.pk).first()
        if fila is None:
            raise NoEncontrado("No existe esa unidad.")
        if "divisible" in cambios and cambios["divisible"] != fila.divisible:
            if del_libro().unidad_con_historia(fila):
                raise TieneDependencias(
                    f"La unidad «{fila}» ya se usó en movimientos: no puede cambiar si se divide."
                )
            fila.divisible = cambios["divisible"]
        if "nombre" in cambios:
            fila.nombre = exigir_texto(cambios["nombre"], campo="nombre", maximo=LARGO)
        if "nombre_en" in cambios:
            fila.nombre_en = exigir_texto(cambios["nombre_en"], campo="nombre_en", maximo=LARGO)
        if "abreviatura" in cambios:
            fila.abreviatura = exigir_texto(cambios["abreviatura"], campo="abreviatura", maximo=LARGO)
        if "magnitud" in cambios:
            fila.magnitud = limpiar_texto(cambios["magnitud"], campo="magnitud", maximo=LARGO)
        fila.activa = cambios.get("activa", fila.activa)
        with traduciendo_choques(_choques(fila)):
            fila.save()
        cache.olvidar(fila.empresa_id, cache.Familia.PRODUCTO)
    return fila


def eliminar_unidad(*, actor: Actor, unidad: Unidad) -> None:
    """Borra una unidad que ningún producto usa ni usó. Lanza `TieneDependencias` si alguno la nombra."""
    actor.exigir(Permiso.ELIMINAR)
    with transaction.atomic():
        fila = Unidad.objects.select_for_update().filter(pk=unidad.pk).first()
        if fila is None:
            raise NoEncontrado("No existe esa unidad.")
        # También los eliminados: su historia sigue contada en ella.
        productos = Producto.objects.filter(unidad=fila).count()
        if productos:
            raise TieneDependencias(
                f"La unidad «{fila}» no se puede eliminar: la usan {productos} productos.",
                productos=productos,
            )
        # Antes de borrarla: después ya no tiene con qué nombrarla.
        anotar(actor=actor, hecho=Hecho.UNIDAD_ELIMINADA, sobre=fila, antes={"unidad": str(fila)})
        fila.delete()


def _choques(unidad: Unidad) -> dict[str, Callable[[], Conflicto]]:
    return {
        "unidad_abreviatura_unica": lambda: NombreDuplicado(
            f"Ya existe una unidad con la abreviatura «{unidad.abreviatura}»."
        ),
        "unidad_nombre_en_unico": lambda: NombreDuplicado(
            f"Ya existe una unidad con el nombre en inglés «{unidad.nombre_en}»."
        ),
    }


def _sembrada(empresa: Empresa, texto: str) -> Unidad | None:
    """La busca otra vez después de sembrar, si la empresa todavía no tiene unidades."""
    # Con alguna ya sembró: sembrar otra vez le devolvería las que eliminó.
    if Unidad.objects.exists():
        return None
    asegurar_unidades(empresa)
    return _hallar(texto)


def _hallar(texto: str) -> Unidad | None:
    return _entre(Unidad.objects.all(), texto)


def _entre(unidades: Iterable[Unidad], texto: str) -> Unidad | None:
    buscado = texto.strip().casefold()
    sin_tildes = plegar(texto)
    candidatas = list(unidades)
    # La abreviatura manda sobre los nombres; son pocas, y en Python se comparan igual en los dos motores.
    for coincide in (
        lambda unidad: unidad.abreviatura_normalizada == buscado,
        lambda unidad: unidad.nombre_en_normalizado == buscado,
        lambda unidad: plegar(unidad.nombre) == sin_tildes,
    ):
        for unidad in candidatas:
            if coincide(unidad):
                return unidad
    return None
