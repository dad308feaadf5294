"""De quién es cada alcance, y si la empresa tiene varias bodegas de que hablar (decisión 3).

El alcance en sí, que filtra, es de `nucleo.alcance`: lo lleva todo actor. Nadie más lee las bodegas
permitidas de una credencial.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, QuerySet

from inventario.cuentas.models import Bodega, ClaveApi, Invitacion, Membresia
from inventario.nucleo.alcance import SIN_LIMITE, Alcance

Credencial = ClaveApi | Membresia | Invitacion
_C = TypeVar("_C", ClaveApi, Membresia)


def alcance_de(credencial: Credencial | None) -> Alcance:
    """El de esa clave, membresía o invitación; sin ninguna, como un superusuario, sin límite.

    Se llama dentro de `en_empresa`.
    """
    if credencial is None or getattr(credencial, "limitada", True) is False:
        return SIN_LIMITE
    suyas = _permitidas(type(credencial), credencial.pk)
    return Alcance.de(suyas.values_list("bodega_id", flat=True))


def bodegas_permitidas_a(credencial: ClaveApi | Membresia) -> list[Bodega]:
    """A cuáles está limitada, para mostrarlo; vacía si no lo está. Se llama dentro de `en_empresa`."""
    suyas = _permitidas(type(credencial), credencial.pk).values("bodega_id")
    return list(Bodega.objects.filter(pk__in=suyas).order_by("pk"))


def con_limite(credenciales: QuerySet[_C]) -> QuerySet[_C]:
    """Anota cuáles están limitadas: a las que no, no hay que preguntarles a qué bodegas."""
    return credenciales.annotate(limitada=Exists(_permitidas(credenciales.model, OuterRef("pk"))))


def limites_de(
    credenciales: Collection[Membresia] | Collection[Invitacion],
) -> dict[int, list[Bodega]]:
    """Las bodegas a que está limitada cada una, en orden; la que no aparece no tiene límite. Una consulta."""
    limites: dict[int, list[Bodega]] = {}
    for modelo in {type(una) for una in credenciales}:
        filas = _permitidas(modelo, [una.pk for una in credenciales], en="__in")
        duena = modelo.bodegas_permitidas.field.m2m_field_name()
        for fila in filas.select_related("bodega").order_by("-bodega__principal", "bodega__codigo"):
            limites.setdefault(getattr(fila, f"{duena}_id"), []).append(fila.bodega)
    return limites


def _permitidas(modelo: type[Credencial], cual: Any, en: str = "") -> QuerySet[Any]:
    # Por la tabla intermedia: el límite cuenta aunque una de las bodegas ya no esté activa.
    campo = modelo.bodegas_permitidas
    filas: QuerySet[Any] = campo.through.objects.filter(**{f"{campo.field.m2m_field_name()}{en}": cual})
    return filas


def son_varias(bodegas: Iterable[Bodega]) -> bool:
    """Si entre esas hay más de una abierta. Con una sola nadie ve la palabra (decisión 3).

    Una cerrada no cuenta, aunque le quede algo: a esa la nombra lo que todavía está en ella.
    """
    return sum(bodega.activa for bodega in bodegas) > 1


def se_nombra_la_bodega(bodegas: Collection[Bodega]) -> bool:
    """Si entre esas hay que decir cuál, porque hay con qué confundirla.

    Son las que se ofrecen para sacar o se reparten en una ficha: las abiertas, y la cerrada a la que le
    queda algo. Ahí la cerrada sí cuenta, al revés que en `son_varias`: callarla escondería lo que guarda.
    """
    return len(bodegas) > 1


def varias_bodegas(alcance: Alcance = SIN_LIMITE) -> bool:
    """Si ese alcance llega a varias abiertas; sin decirlo, si las tiene la empresa. Una consulta."""
    return son_varias(alcance.filtrar(Bodega.objects.all(), "pk"))
