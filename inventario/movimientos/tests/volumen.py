"""Mucho libro de golpe, para mirar planes: filas verosímiles puestas por la base, no por los servicios.

Solo PostgreSQL. Los saldos cuadran por producto; los saldos «tras» no pretenden nada.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventario.movimientos.tests.mundo import Mundo

GRANDES = frozenset({"lotes_lote", "movimientos_movimiento", "movimientos_asiento"})

# Uno de cada cuatro lotes conserva saldo: los demás ya se agotaron, como en un almacén con años.
LOTES = """
INSERT INTO lotes_lote (empresa_id, producto_id, bodega_id, codigo, fecha_ingreso, vence_el, costo_unitario,
    cantidad_recibida, saldo, procedencia, referencia_proveedor, bloqueado, motivo_bloqueo, creado_en)
SELECT p.empresa_id, p.id, %(bodega)s, 'L-' || n, DATE '2024-03-10' + (n %% 730),
    CASE WHEN n %% 7 = 0 THEN NULL ELSE DATE '2026-03-10' + (n * 13 %% 900) END, 1.5,
    100, CASE WHEN n %% 4 = 0 THEN 10 ELSE 0 END, 'entrada', '', false, '', now()
FROM generate_series(1, %(lotes)s) n
JOIN (SELECT id, empresa_id, row_number() OVER (ORDER BY id) - 1 AS orden FROM productos_producto
      WHERE empresa_id = %(empresa)s) p ON p.orden = n / 20 %% %(productos)s
"""
EXISTENCIAS = """
INSERT INTO movimientos_existencia (empresa_id, producto_id, bodega_id, fisica, apartada)
SELECT empresa_id, producto_id, bodega_id, sum(saldo), 0 FROM lotes_lote WHERE empresa_id = %(empresa)s
GROUP BY empresa_id, producto_id, bodega_id
"""
ASIENTOS = """
INSERT INTO movimientos_asiento (empresa_id, numero, tipo, fecha_efectiva, registrado_en, actor_id,
    externo_id, externo_nombre, motivo, motivo_texto, referencia, modulo, tanque, lote_modulo, notas,
    documento_tipo, documento_id, solicitud_id)
SELECT %(empresa)s, n, CASE WHEN n %% 10 = 0 THEN 'entrada' ELSE 'salida' END,
    TIMESTAMPTZ '2024-03-10' + n * INTERVAL '730 days' / %(movimientos)s,
    TIMESTAMPTZ '2024-03-10' + n * INTERVAL '730 days' / %(movimientos)s, %(actor)s,
    '', '', 'otro', '', '', '', '', '', '', '', '', ''
FROM generate_series(1, %(movimientos)s) n
"""
# Los movimientos de un lote caen cerca unos de otros, como cuando se recibe y se gasta en semanas.
MOVIMIENTOS = """
INSERT INTO movimientos_movimiento (empresa_id, asiento_id, producto_id, bodega_id, lote_id, tipo,
    fecha_efectiva, cantidad, costo_unitario, saldo_lote_tras, fisica_tras, nota)
SELECT a.empresa_id, a.id, l.producto_id, l.bodega_id, l.id, a.tipo, a.fecha_efectiva,
    CASE WHEN a.tipo = 'entrada' THEN 100 ELSE -10 END, 1.5, 0, 0, ''
FROM movimientos_asiento a
JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS orden FROM lotes_lote WHERE empresa_id = %(empresa)s) l
  ON l.orden = a.numero * 7919 / 10 %% %(lotes)s
WHERE a.empresa_id = %(empresa)s
"""


def llenar(mundo: Mundo, *, productos: int, lotes: int, movimientos: int) -> None:
    """Llena la empresa del mundo y actualiza las estadísticas del planificador."""
    nuevos = [mundo.producto(f"V-{numero}") for numero in range(productos)]
    datos: dict[str, Any] = {
        "empresa": mundo.empresa.pk,
        "bodega": mundo.bodega.pk,
        "actor": mundo.actor.usuario.pk,
        "productos": len(nuevos),
        "lotes": lotes,
        "movimientos": movimientos,
    }
    with connection.cursor() as cursor:
        # Lo que dejaron otras pruebas engorda los índices, y uno gordo le parece caro al planificador.
        for tabla in sorted(GRANDES):
            cursor.execute(f"REINDEX TABLE {tabla}")
        for orden in (LOTES, EXISTENCIAS, ASIENTOS, MOVIMIENTOS):
            cursor.execute(orden, datos)
            # Sin estadísticas el planificador cree vacío lo recién escrito, y cruza todo con todo.
            cursor.execute("ANALYZE")
        cursor.execute(
            "UPDATE cuentas_empresa SET ultimo_asiento = %s WHERE id = %s", [movimientos, mundo.empresa.pk]
        )


@dataclass(frozen=True)
class Plan:
    """Por dónde entra una consulta: los índices que usa y las tablas grandes que recorre enteras."""

    indices: frozenset[str]
    recorridas: frozenset[str]
    ordena: bool
    ms: float


def planes_de(
    hacer: Callable[[], object], *, medir: bool = False, grandes: frozenset[str] = GRANDES
) -> list[Plan]:
    """Corre `hacer` y explica cada consulta que hizo; con `medir`, las ejecuta otra vez y las cronometra."""
    with CaptureQueriesContext(connection) as captura:
        hacer()
    consultas = [consulta["sql"] for consulta in captura if consulta["sql"].startswith("SELECT")]
    opciones = "ANALYZE, FORMAT JSON" if medir else "FORMAT JSON"
    planes = []
    for consulta in consultas:
        if "set_config" in consulta:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN ({opciones}) {consulta}".replace("%", "%%"), [])
            (fila,) = cursor.fetchone()
        raiz = (json.loads(fila) if isinstance(fila, str) else fila)[0]
        nodos = _nodos(raiz["Plan"])
        planes.append(
            Plan(
                indices=frozenset(nodo["Index Name"] for nodo in nodos if "Index Name" in nodo),
                recorridas=frozenset(
                    nodo["Relation Name"] for nodo in nodos if nodo["Node Type"] == "Seq Scan"
                )
                & grandes,
                ordena=any(nodo["Node Type"] in ("Sort", "Incremental Sort") for nodo in nodos),
                ms=raiz.get("Execution Time", 0.0),
            )
        )
    return planes


def _nodos(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(nodo for hijo in plan.get("Plans", ()) for nodo in _nodos(hijo))]
