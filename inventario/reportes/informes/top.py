"""Los productos con más existencia (contrato E13)."""

from __future__ import annotations

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from inventario.existencias.productos import ProductoContado, con_su_fisica
from inventario.productos.models import Producto
from inventario.reportes.ambito import Ambito
from inventario.reportes.informes.comun import en_orden_espanol
from inventario.reportes.informes.inventario import COLUMNAS, contar
from inventario.reportes.reporte import Reporte, de_una_vez

TOP = 5
TOP_MAXIMO = 100


def top_productos(ambito: Ambito, *, n: int = TOP) -> list[ProductoContado]:
    """Devuelve los `n` productos vivos con más existencia física, sumadas todas las bodegas.

    Empatados, por nombre en español y luego por id; sin existencia entran si sobra lugar. Cuatro
    consultas. No mira las bodegas del ámbito: `cantidad_actual` es siempre el total (decisión 3).
    """
    vivos = con_su_fisica(Producto.objects.vivos()).con_catalogo()
    primeros = vivos.order_by(F("fisica_total").desc(), en_orden_espanol("nombre"), "pk")[:n]
    return contar(ambito, list(primeros))


REPORTE = Reporte(
    "top-productos-disponibles",
    _("Productos con más existencia"),
    COLUMNAS,
    de_una_vez(top_productos),
    {"n": int},
)
