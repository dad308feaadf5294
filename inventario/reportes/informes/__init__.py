"""Los reportes, como datos: filas inmutables con sus totales. Ninguno escribe ni bloquea.

Todos reciben el `Ambito` de quien pregunta y hacen las mismas consultas haya pocas filas o muchas. Los
valores en dinero son exactos; quien los muestra los redondea una sola vez (`cantidades.en_dinero`).
El kárdex es de `existencias.kardex`.
"""

from inventario.reportes.informes.comun import productos_de
from inventario.reportes.informes.consumo import (
    ConsumoPorModulo,
    FilaDeConsumo,
    TotalDeModulo,
    consumo_por_modulo,
)
from inventario.reportes.informes.diario import DiaDeConsumo, SaldoAlCierre, consumo_diario, saldo_diario
from inventario.reportes.informes.inventario import InventarioBasico, contar, inventario_basico, productos
from inventario.reportes.informes.movimientos import (
    MovimientosEnRango,
    TotalesDeMovimientos,
    movimientos_en_rango,
)
from inventario.reportes.informes.perdidas import FilaDeMerma, Mermas, TotalDeMotivo, mermas
from inventario.reportes.informes.rotacion_y_cobertura import FilaDeRotacion, Rotacion, rotacion
from inventario.reportes.informes.sin_usarse import LoteQueSobra, VenceraSinUsarse, vencera_sin_usarse
from inventario.reportes.informes.top import top_productos
from inventario.reportes.informes.valor import FilaDeValor, Valorizacion, valor_por_producto, valorizacion
from inventario.reportes.informes.vencimientos import (
    LotePorVencer,
    LotesPorVencer,
    con_sus_dias,
    lotes_por_vencer,
    por_vencer,
)

__all__ = [
    "ConsumoPorModulo",
    "DiaDeConsumo",
    "FilaDeConsumo",
    "FilaDeMerma",
    "FilaDeRotacion",
    "FilaDeValor",
    "InventarioBasico",
    "LotePorVencer",
    "LoteQueSobra",
    "LotesPorVencer",
    "Mermas",
    "MovimientosEnRango",
    "Rotacion",
    "SaldoAlCierre",
    "TotalDeModulo",
    "TotalDeMotivo",
    "TotalesDeMovimientos",
    "Valorizacion",
    "VenceraSinUsarse",
    "con_sus_dias",
    "consumo_diario",
    "consumo_por_modulo",
    "contar",
    "inventario_basico",
    "lotes_por_vencer",
    "mermas",
    "movimientos_en_rango",
    "por_vencer",
    "productos",
    "productos_de",
    "rotacion",
    "saldo_diario",
    "top_productos",
    "valor_por_producto",
    "valorizacion",
    "vencera_sin_usarse",
]
