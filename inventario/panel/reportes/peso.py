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
from inventario.reportes.informes.rotacion_y_cobertura import ROTACION_DIAS
from inventario.reportes.informes.sin_usarse import CONSUMO_DIAS, HORIZONTE_DIAS
from inventario.reportes.informes.valor import lineas_que_se_suman

Parametros = Mapping[str, Any]
# El archivo que se lee de a trozos: con más, se encarga.
FILAS_AL_MOMENTO = 5_000
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
    return Movimiento.objects.filter(fecha_efectiva__gte=ambito.ultimos(dias)[0], **ambito.filtro)


def _que_vencen(ambito: Ambito, dias: int) -> QuerySet[Any]:
    return por_vencer(ambito, dias=dias).select_related(None)


def _en_rango(ambito: Ambito, parametros: Parametros, **condiciones: Any) -> QuerySet[Any]:
    suyos = {nombre: valor for nombre, valor in parametros.items() if nombre != "modulo"}
    return movimientos_en_rango(ambito, **suyos).consulta.select_related(None).filter(**condiciones)


def _de_modulo(ambito: Ambito, parametros: Parametros) -> QuerySet[Any]:
    suyas = {"asiento__modulo": parametros["modulo"]} if "modulo" in parametros else {}
    return _en_rango(ambito, parametros, tipo=TipoMovimiento.SALIDA, **suyas)


_PESOS: dict[str, Callable[[Ambito, Parametros], list[tuple[QuerySet[Any], int]]]] = {
    "rotacion": lambda ambito, parametros: [(_desde(ambito, parametros.get("dias", ROTACION_DIAS)), ROTADAS)],
    "vencera-sin-usarse": lambda ambito, parametros: [
        (_desde(ambito, parametros.get("dias_de_consumo", CONSUMO_DIAS)), SUMADAS),
        (_que_vencen(ambito, parametros.get("horizonte", HORIZONTE_DIAS)), LEIDAS),
    ],
    "valorizacion": lambda ambito, parametros: (
        [(lineas_que_se_suman(ambito, parametros["instante"]), SUMADAS)] if "instante" in parametros else []
    ),
    "mermas": lambda ambito, parametros: [
        (_en_rango(ambito, parametros, tipo=TipoMovimiento.AJUSTE_NEGATIVO), JUNTADAS)
    ],
    "consumo-por-modulo": lambda ambito, parametros: [(_de_modulo(ambito, parametros), JUNTADAS)],
    "movimientos-por-rango-fecha": lambda ambito, parametros: [(_en_rango(ambito, parametros), SUMADAS)],
}
