"""Años de reservas de golpe, para mirar planes: filas verosímiles puestas por la base. Solo PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.db import connection

from inventario.movimientos.tests.mundo import Mundo

GRANDES = frozenset({"movimientos_apartado", "reservas_reserva"})

# Una cada diez minutos, de un día de duración: al final quedan vivas las últimas; lo demás se confirmó casi
# todo, y algo se canceló o venció. Unas pocas vencieron y ninguna tarea lo anotó todavía.
APARTADOS = """
INSERT INTO movimientos_apartado (empresa_id, producto_id, bodega_id, cantidad, restante, liberada, modulo,
    referencia, estado, vence_en, creado_en, resuelto_en)
SELECT p.empresa_id, p.id, %(bodega)s, 10, CASE WHEN x.estado = 'vigente' THEN 10 ELSE 0 END,
    CASE WHEN x.estado IN ('liberado', 'vencido') THEN 10 ELSE 0 END,
    CASE WHEN x.n %% 3 = 0 THEN 'hatchery' ELSE 'biofloc' END, 'T-' || x.n %% 200, x.estado,
    x.creado_en + INTERVAL '24 hours', x.creado_en,
    CASE WHEN x.estado = 'vigente' THEN NULL ELSE x.creado_en + INTERVAL '9 hours' END
FROM (
    SELECT n, %(ahora)s - (%(reservas)s - n) * INTERVAL '10 minutes' AS creado_en,
        CASE WHEN n > %(reservas)s - 150 THEN 'vigente' WHEN n %% 50 = 0 THEN 'liberado'
             WHEN n %% 50 = 1 THEN 'vencido' ELSE 'consumido' END AS estado
    FROM generate_series(1, %(reservas)s) n
) x
JOIN (SELECT id, empresa_id, row_number() OVER (ORDER BY id) - 1 AS orden FROM productos_producto
      WHERE empresa_id = %(empresa)s) p ON p.orden = x.n %% %(productos)s
ORDER BY x.n
"""
RESERVAS = """
INSERT INTO reservas_reserva (id, empresa_id, apartado_id, notas, creada_por_id, externo_id, externo_nombre,
    creada_en, resuelta_por_id, resuelta_externo_id, resuelta_externo_nombre, resuelta_en, motivo)
SELECT gen_random_uuid(), empresa_id, id, '', %(actor)s, '', '', creado_en,
    CASE WHEN estado IN ('consumido', 'liberado') THEN %(actor)s::uuid END, '', '',
    CASE WHEN estado IN ('consumido', 'liberado') THEN resuelto_en END, ''
FROM movimientos_apartado WHERE empresa_id = %(empresa)s ORDER BY id
"""


def llenar(mundo: Mundo, *, productos: int, reservas: int) -> None:
    """Llena la empresa del mundo con reservas de esos productos y actualiza las estadísticas."""
    nuevos = [mundo.producto(f"R-{numero}") for numero in range(productos)]
    datos: dict[str, Any] = {
        "empresa": mundo.empresa.pk,
        "bodega": mundo.bodega.pk,
        "actor": mundo.actor.usuario.pk,
        "ahora": mundo.reloj.ahora,
        "productos": len(nuevos),
        "reservas": reservas,
    }
    with connection.cursor() as cursor:
        for orden in (APARTADOS, RESERVAS):
            cursor.execute(orden, datos)
        cursor.execute("ANALYZE")
