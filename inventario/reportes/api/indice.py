"""Las vistas de los reportes, y qué se pide a cada uno: también cuando se encarga en archivo."""

from __future__ import annotations

from inventario.reportes.api.comun import VistaDeReporte
from inventario.reportes.api.consultas import ConFormato
from inventario.reportes.api.consumo import ConsumoPorModulo
from inventario.reportes.api.inventario import InventarioBasico
from inventario.reportes.api.kardex import KardexConsulta
from inventario.reportes.api.movimientos import MovimientosEnRango
from inventario.reportes.api.perdidas import Mermas
from inventario.reportes.api.rotacion_y_cobertura import Rotacion
from inventario.reportes.api.sin_usarse import VenceraSinUsarse
from inventario.reportes.api.top import TopProductos
from inventario.reportes.api.valor import Valorizacion
from inventario.reportes.api.vencimientos import LotesPorVencer

VISTAS: tuple[type[VistaDeReporte], ...] = (
    TopProductos,
    InventarioBasico,
    LotesPorVencer,
    MovimientosEnRango,
    Valorizacion,
    Rotacion,
    VenceraSinUsarse,
    Mermas,
    ConsumoPorModulo,
)

# El kárdex en línea es de `existencias`: aquí solo se encarga.
CONSULTAS: dict[str, type[ConFormato]] = {
    **{vista.clave: vista.consulta for vista in VISTAS},
    "kardex": KardexConsulta,
}
