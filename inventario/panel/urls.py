"""Las páginas del operador. Cada módulo trae sus `rutas`."""

from __future__ import annotations

from inventario.panel import (
    acceso,
    alertas,
    busqueda,
    despachos,
    elegir_lote,
    entradas,
    inicio,
    lotes,
    movimientos,
    productos,
    recibos,
    reportes,
    reservas,
    salidas,
    tema,
    traslados,
    trazabilidad,
)

app_name = "panel"

urlpatterns = [
    *acceso.rutas,
    *tema.rutas,
    *inicio.rutas,
    *alertas.rutas,
    *busqueda.rutas,
    *productos.rutas,
    *entradas.rutas,
    *despachos.rutas,
    *elegir_lote.rutas,
    *salidas.rutas,
    *traslados.rutas,
    *recibos.rutas,
    *lotes.rutas,
    *movimientos.rutas,
    *reservas.rutas,
    *trazabilidad.rutas,
    *reportes.rutas,
]
