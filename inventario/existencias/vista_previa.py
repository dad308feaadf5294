"""De qué lotes saldría un despacho. No escribe ni bloquea."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from inventario.cuentas.alcance import varias_bodegas
from inventario.cuentas.models import Bodega
from inventario.lotes.models import Lote
from inventario.movimientos.errores import ExistenciaInsuficiente
from inventario.movimientos.models import Apartado
from inventario.movimientos.reparto import Politica, Toma, ordenar, permitido, repartir
from inventario.nucleo.cantidades import CERO
from inventario.productos.models import Producto


def vista_previa(
    *,
    producto: Producto,
    bodega: Bodega,
    cantidad: Decimal,
    politica: Politica,
    ahora: datetime,
    hoy: date,
    modulo: str = "",
) -> list[Toma]:
    """Dice de qué lotes saldría `cantidad` si se despachara ahora. No escribe ni promete nada.

    Lanza `ExistenciaInsuficiente` con las mismas cifras que el despacho.
    """
    lotes = list(Lote.objects.con_saldo().filter(producto=producto, bodega=bodega))
    vivos = list(Apartado.objects.vivos(ahora).filter(producto=producto, bodega=bodega))
    utilizables = [lote for lote in lotes if lote.utilizable(hoy)]
    apartado = sum((uno.restante for uno in vivos), CERO)
    propio = sum((uno.restante for uno in vivos if modulo and uno.modulo == modulo), CERO)
    disponible = permitido(sum((lote.saldo for lote in utilizables), CERO), apartado, propio)
    if cantidad > disponible:
        raise ExistenciaInsuficiente(
            producto,
            solicitado=cantidad,
            disponible=disponible,
            reservado=apartado,
            vencido=sum((lote.saldo for lote in lotes if lote.vencido(hoy)), CERO),
            bodega=bodega.nombre if varias_bodegas() else "",
        )
    return repartir(cantidad, ordenar(utilizables, politica))
