"""Un almacén de papel: PEPS con decimales, sin una línea del proyecto, para comparar con el libro.

También lee las tablas con SQL directo: quien comprueba no debe pasar por lo comprobado.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import psycopg

CERO = Decimal(0)


@dataclass
class LoteDePapel:
    id: int
    ingreso: date
    costo: Decimal
    queda: Decimal
    vencido: bool


@dataclass
class Almacen:
    """Los lotes de cada artículo, en el orden en que salen."""

    lotes: dict[int, list[LoteDePapel]] = field(default_factory=lambda: defaultdict(list))

    def recibir(self, articulo: int, lote: LoteDePapel) -> None:
        self.lotes[articulo].append(lote)
        self.lotes[articulo].sort(key=lambda uno: (uno.ingreso, uno.id))

    def sacar(self, articulo: int, cantidad: Decimal) -> list[tuple[int, Decimal, Decimal]]:
        """Devuelve (lote, cantidad, costo unitario) por lote tocado. Lanza `ValueError` si no alcanza."""
        falta, tomas = cantidad, []
        for lote in self.lotes[articulo]:
            toma = min(falta, lote.queda)
            if toma > 0 and not lote.vencido:
                lote.queda -= toma
                falta -= toma
                tomas.append((lote.id, toma, lote.costo))
        if falta:
            raise ValueError(f"artículo {articulo}: faltaron {falta} de {cantidad}.")
        return tomas

    def queda(self, articulo: int) -> Decimal:
        return sum((lote.queda for lote in self.lotes[articulo]), CERO)


@dataclass(frozen=True)
class LineaLeida:
    id: int
    articulo: int
    lote: int
    cantidad: Decimal
    costo: Decimal


@dataclass
class AsientoLeido:
    id: int
    tipo: str
    modulo: str
    tanque: str
    sesion: int | None
    documento: str
    lineas: list[LineaLeida] = field(default_factory=list)


def a_centavos(valor: Decimal) -> Decimal:
    return valor.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def leer_libro(conexion: psycopg.Connection[Any]) -> list[AsientoLeido]:
    """Los asientos en el orden en que el servidor los registró.

    Los de un mismo artículo se escriben de a uno, con su existencia bloqueada: el id de sus líneas es su
    orden, aunque los de artículos distintos se entremezclen.
    """
    filas = conexion.execute(
        """
        SELECT a.id, a.tipo, a.modulo, a.tanque, a.sesion, a.documento_id,
               m.id, m.producto_id, m.lote_id, m.cantidad, m.costo_unitario
          FROM movimientos_movimiento m JOIN movimientos_asiento a ON a.id = m.asiento_id
         ORDER BY m.id
        """
    ).fetchall()
    asientos: dict[int, AsientoLeido] = {}
    for pk, tipo, modulo, tanque, sesion, documento, *linea in filas:
        asiento = asientos.setdefault(pk, AsientoLeido(pk, tipo, modulo, tanque, sesion, documento))
        asiento.lineas.append(LineaLeida(*linea))
    return list(asientos.values())


def diferencias_de_saldos(conexion: psycopg.Connection[Any]) -> list[str]:
    """Lo que no cuadre entre líneas, lotes, existencias y apartados, sumado por PostgreSQL."""
    consultas = {
        "lote y sus líneas": """
            SELECT l.id, l.saldo, coalesce(sum(m.cantidad), 0) FROM lotes_lote l
              LEFT JOIN movimientos_movimiento m ON m.lote_id = l.id
             GROUP BY l.id HAVING l.saldo <> coalesce(sum(m.cantidad), 0)""",
        "existencia y sus líneas": """
            SELECT e.producto_id, e.fisica, coalesce(sum(m.cantidad), 0) FROM movimientos_existencia e
              LEFT JOIN movimientos_movimiento m
                     ON m.producto_id = e.producto_id AND m.bodega_id = e.bodega_id
             GROUP BY e.id HAVING e.fisica <> coalesce(sum(m.cantidad), 0)""",
        "existencia y sus lotes": """
            SELECT e.producto_id, e.fisica, coalesce(sum(l.saldo), 0) FROM movimientos_existencia e
              LEFT JOIN lotes_lote l ON l.producto_id = e.producto_id AND l.bodega_id = e.bodega_id
             GROUP BY e.id HAVING e.fisica <> coalesce(sum(l.saldo), 0)""",
        "apartada y sus apartados": """
            SELECT e.producto_id, e.apartada, coalesce(sum(a.restante), 0) FROM movimientos_existencia e
              LEFT JOIN movimientos_apartado a
                     ON a.producto_id = e.producto_id AND a.bodega_id = e.bodega_id AND a.estado = 'vigente'
             GROUP BY e.id HAVING e.apartada <> coalesce(sum(a.restante), 0)""",
    }
    return [
        f"{que}: {fila}"
        for que, consulta in consultas.items()
        for fila in conexion.execute(consulta).fetchall()
    ]
