"""Reparto puro: qué lotes y qué apartados se tocan. No consulta ni escribe nada."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventario.lotes.models import Lote
from inventario.movimientos.models import Apartado
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.errores import Incoherencia


class Politica(models.TextChoices):
    """En qué orden salen los lotes (decisión 7). Se nombra siempre en la llamada."""

    FEFO = "fefo", _("FEFO: primero lo que vence primero")
    PEPS = "peps", _("PEPS: primero lo que entró primero")


@dataclass(frozen=True, slots=True)
class Toma:
    """Cuánto sale de un lote."""

    lote: Lote
    cantidad: Decimal


def _orden_fefo(lote: Lote) -> Any:
    return (lote.vence_el is None, lote.vence_el or date.max, *_orden_peps(lote))


def _orden_peps(lote: Lote) -> Any:
    # Un lote que nace en la misma hoja todavía no tiene id: es posterior a todos los que sí.
    return (lote.fecha_ingreso, lote.pk is None, lote.pk or 0)


_ORDEN = {Politica.FEFO: _orden_fefo, Politica.PEPS: _orden_peps}


def ordenar(lotes: Iterable[Lote], politica: Politica) -> list[Lote]:
    """Devuelve los lotes en orden de salida."""
    return sorted(lotes, key=_ORDEN[politica])


def orden_de_perdida(lotes: Iterable[Lote], hoy: date) -> list[Lote]:
    """Orden de una baja del producto: primero lo vencido, luego lo bloqueado, luego PEPS (decisión 8)."""
    return sorted(lotes, key=lambda lote: (not lote.vencido(hoy), not lote.bloqueado, *_orden_peps(lote)))


def repartir(cantidad: Decimal, lotes: Sequence[Lote]) -> list[Toma]:
    """Toma de cada lote, en el orden dado, lo que tenga y falte. Exige que alcance."""
    tomas: list[Toma] = []
    falta = cantidad
    for lote in lotes:
        if falta <= 0:
            break
        toma = min(falta, lote.saldo)
        if toma > 0:
            tomas.append(Toma(lote, toma))
            falta -= toma
    if falta > 0:
        raise Incoherencia(f"Se repartió sin comprobar que alcanzara: faltan {falta}.")
    return tomas


def libre(utilizable: Decimal, apartada: Decimal) -> Decimal:
    """Lo utilizable que nadie tiene apartado; nunca bajo cero (decisión 13)."""
    return max(CERO, utilizable - apartada)


def permitido(utilizable: Decimal, apartado: Decimal, propio: Decimal) -> Decimal:
    """Cuánto puede tomar quien pide (decisión 14): la misma fórmula para todos.

    `utilizable` es lo no vencido ni bloqueado; `apartado`, todas las promesas vivas; `propio`, las suyas.
    """
    return min(utilizable, libre(utilizable, apartado) + propio)


def repartir_en_apartados(
    cantidad: Decimal, propios: Iterable[Apartado], referencias: frozenset[str], libre: Decimal
) -> list[tuple[Apartado, Decimal]]:
    """Dice cuánto de cada apartado propio gasta un módulo que saca sin confirmar (decisión 15).

    Primero los hechos para el tanque o lote de la salida, luego los que no nombran ninguno, luego lo
    libre, y al final los demás suyos; dentro de cada grupo, el que vence antes.
    """

    def turno(apartado: Apartado) -> Any:
        if apartado.referencia in referencias:
            grupo = 0
        else:
            grupo = 1 if not apartado.referencia else 3
        return (grupo, apartado.vence_en, apartado.pk)

    gastos: list[tuple[Apartado, Decimal]] = []
    falta, por_tomar_libre = cantidad, libre
    for apartado in sorted(propios, key=turno):
        if turno(apartado)[0] == 3:
            falta -= min(falta, por_tomar_libre)
            por_tomar_libre = CERO
        if falta <= 0:
            break
        gasto = min(falta, apartado.restante)
        gastos.append((apartado, gasto))
        falta -= gasto
    return gastos
