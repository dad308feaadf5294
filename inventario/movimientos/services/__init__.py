"""Lo que se le puede pedir al libro. Cada servicio comprueba el permiso, abre una hoja y asienta."""

from inventario.movimientos.services.ajustes import (
    ajustar_existencias,
    ajustar_lote,
    contar_existencias,
    contar_lote,
)
from inventario.movimientos.services.bloqueos import (
    bloquear_lote,
    bloquear_lotes,
    desbloquear_lote,
    tomar_para_bloquear,
)
from inventario.movimientos.services.entradas import LineaEntrada, registrar_entrada, registrar_entradas
from inventario.movimientos.services.reversos import revertir_asiento, tomar_para_revertir
from inventario.movimientos.services.salidas import (
    DespachoMultiple,
    LineaSalida,
    despachar_fefo,
    despachar_peps,
    despachar_varios,
    registrar_merma,
    registrar_salida,
)
from inventario.movimientos.services.traslados import trasladar, trasladar_lote

__all__ = [
    "DespachoMultiple",
    "LineaEntrada",
    "LineaSalida",
    "ajustar_existencias",
    "ajustar_lote",
    "bloquear_lote",
    "bloquear_lotes",
    "contar_existencias",
    "contar_lote",
    "desbloquear_lote",
    "despachar_fefo",
    "despachar_peps",
    "despachar_varios",
    "registrar_entrada",
    "registrar_entradas",
    "registrar_merma",
    "registrar_salida",
    "revertir_asiento",
    "tomar_para_bloquear",
    "tomar_para_revertir",
    "trasladar",
    "trasladar_lote",
]
