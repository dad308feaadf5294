"""Las páginas del operador. Cada módulo trae sus `rutas`."""

from __future__ import annotations

from inventario.panel.alertas import views as alertas
from inventario.panel.buscar import elegir_lote
from inventario.panel.buscar import views as busqueda
from inventario.panel.catalogo import productos
from inventario.panel.inicio import views as inicio
from inventario.panel.lotes import trazabilidad
from inventario.panel.lotes import views as lotes
from inventario.panel.marco import acceso, tema
from inventario.panel.mover import despachos, entradas, movimientos, recibos, salidas, traslados
from inventario.panel.reportes import views as reportes
from inventario.panel.reservas import views as reservas

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
