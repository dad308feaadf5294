"""Qué reportes no se arman mientras alguien espera: los que leerían demasiadas filas se encargan.

Se mira si pasan del tope, sin contarlas todas: cuesta lo mismo con un millón que con el tope.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet

from inventario.movimientos.models import Movimiento, TipoMovimiento
from inventario.reportes.ambito import Ambito
from inventario.reportes.informes import movimientos_en_rango, por_vencer
from inventario.reportes.informes.valor import ROTACION_DIAS, lineas_que_se_suman
from inventario.reportes.informes.vencimientos import CONSUMO_DIAS, HORIZONTE_DIAS

Parametros = Mapping[str, Any]
# Lo que se suma dentro de la base, lo que además se junta con su asiento, y lo que llega fila por fila.
SUMADAS = 40_000
# La rotación suma además todo lo que hay.
ROTADAS = 20_000
JUNTADAS = 8_000
LEIDAS = 3_000


def demasiado(clave: str, ambito: Ambito, parametros: Parametros) -> bool:
    """Si ese reporte, con esos parámetros, tardaría más de lo que alguien espera mirando la página."""
    return clave in _PESOS and any(
        filas.order_by().values("pk")[tope : tope + 1].exists()
        for filas, tope in _PESOS[clave](ambito, parametros)
    )


def _desde(ambito: Ambito, dias: int) -> QuerySet[Any]:
    return ambito.alcance.filtrar(Movimiento.objects.filter(fecha_efectiva__gte=ambito.ultimos(dias)[0]))


def _que_vencen(ambito: Ambito, dias: int) -> QuerySet[Any]:
    return por_vencer(ambito, dias=dias).select_related(None)


def _en_rango(ambito: Ambito, parametros: Parametros, **condiciones: Any) -> QuerySet[Any]:
    pedidos = {nombre: valor for nombre, valor in parametros.items() if nombre != "modulo"}
    return movimientos_en_rango(ambito, **pedidos).consulta.select_related(None).filter(**condiciones)


def _de_modulo(ambito: Ambito, parametros: Parametros) -> QuerySet[Any]:
    suyas = {"asiento__modulo": parametros["modulo"]} if "modulo" in parametros else {}
    return _en_rango(ambito, parametros, tipo=TipoMovimiento.SALIDA, **suyas)


_PESOS: dict[str, Callable[[Ambito, Parametros], list[tuple[QuerySet[Any], int]]]] = {
    "rotacion": lambda ambito, pedido: [(_desde(ambito, pedido.get("dias", ROTACION_DIAS)), ROTADAS)],
    "vencera-sin-usarse": lambda ambito, pedido: [
        (_desde(ambito, pedido.get("dias_de_consumo", CONSUMO_DIAS)), SUMADAS),
        (_que_vencen(ambito, pedido.get("horizonte", HORIZONTE_DIAS)), LEIDAS),
    ],
    "valorizacion": lambda ambito, pedido: (
        [(lineas_que_se_suman(ambito, pedido["instante"]), SUMADAS)] if "instante" in pedido else []
    ),
    "mermas": lambda ambito, pedido: [
        (_en_rango(ambito, pedido, tipo=TipoMovimiento.AJUSTE_NEGATIVO), JUNTADAS)
    ],
    "consumo-por-modulo": lambda ambito, pedido: [(_de_modulo(ambito, pedido), JUNTADAS)],
    "movimientos-por-rango-fecha": lambda ambito, pedido: [(_en_rango(ambito, pedido), SUMADAS)],
}
