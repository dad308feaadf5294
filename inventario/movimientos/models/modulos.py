"""Los módulos que la empresa nombró alguna vez: son unos pocos entre millones de filas."""

from __future__ import annotations

from django.db import connection

from inventario.movimientos.models import Apartado, Asiento
from inventario.nucleo.modelos import empresa_en_curso

# Salta de un nombre al siguiente por el índice: cuesta un paso por módulo, no por fila.
_DISTINTOS = """
WITH RECURSIVE hallado(modulo) AS (
    SELECT min(modulo) FROM {tabla} WHERE empresa_id = %s AND modulo <> ''
    UNION ALL
    SELECT (SELECT min(t.modulo) FROM {tabla} t
            WHERE t.empresa_id = %s AND t.modulo <> '' AND t.modulo > hallado.modulo)
    FROM hallado WHERE hallado.modulo IS NOT NULL
)
SELECT modulo FROM hallado WHERE modulo IS NOT NULL
"""


def modulos_llamados(modelo: type[Asiento] | type[Apartado], texto: str) -> list[str]:
    """Como está escrito ese módulo en los asientos o en los apartados, sin mirar mayúsculas. Una consulta."""
    empresa, buscado = empresa_en_curso(), texto.strip().casefold()
    with connection.cursor() as cursor:
        cursor.execute(_DISTINTOS.format(tabla=modelo._meta.db_table), [empresa, empresa])
        return [modulo for (modulo,) in cursor.fetchall() if modulo.casefold() == buscado]
