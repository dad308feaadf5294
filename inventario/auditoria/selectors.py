"""Qué se hizo, para quien audita."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from inventario.auditoria.models import Anotacion
from inventario.nucleo.reloj import fin_del_dia, inicio_del_dia

if TYPE_CHECKING:
    from inventario.cuentas.models import Empresa, Usuario

TANDA = 500


def anotaciones(
    *,
    zona: str,
    desde: date | None = None,
    hasta: date | None = None,
    hecho: str = "",
    usuario: Usuario | None = None,
    texto: str = "",
) -> QuerySet[Anotacion]:
    """Lo anotado entre esos días de la zona, los dos enteros. `texto` se busca en qué, quién y por qué."""
    filas: QuerySet[Anotacion] = Anotacion.objects.all()
    if desde is not None:
        filas = filas.filter(creado_en__gte=inicio_del_dia(desde, zona))
    if hasta is not None:
        filas = filas.filter(creado_en__lt=fin_del_dia(hasta, zona))
    if hecho:
        filas = filas.filter(hecho=hecho)
    if usuario is not None:
        filas = filas.filter(usuario=usuario)
    if texto:
        filas = filas.filter(
            Q(sobre__icontains=texto)
            | Q(quien__icontains=texto)
            | Q(externo_nombre__icontains=texto)
            | Q(motivo__icontains=texto)
        )
    return filas


def quienes(empresa: Empresa) -> list[tuple[str, str]]:
    """Las personas y claves que han hecho algo, con su nombre de ahora, para elegir entre ellas."""
    filas = Anotacion.objects.filter(empresa=empresa, usuario__isnull=False)
    pares = filas.order_by().values_list("usuario_id", "usuario__nombre", "usuario__email").distinct()
    return sorted(
        ((str(pk), nombre or correo) for pk, nombre, correo in pares), key=lambda par: par[1].lower()
    )


def por_tandas(filas: QuerySet[Anotacion]) -> Iterator[list[Anotacion]]:
    """Da todo, lo más nuevo primero, de a `TANDA`. Lo que se anote mientras tanto queda afuera."""
    ultima: Anotacion | None = None
    while True:
        pendientes = filas.order_by("-creado_en", "-pk")
        if ultima is not None:
            pendientes = pendientes.filter(
                Q(creado_en__lt=ultima.creado_en) | Q(creado_en=ultima.creado_en, pk__lt=ultima.pk),
                creado_en__lte=ultima.creado_en,
            )
        leidas = list(pendientes[:TANDA])
        if leidas:
            yield leidas
        if len(leidas) < TANDA:
            return
        ultima = leidas[-1]
