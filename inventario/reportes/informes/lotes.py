"""Los lotes con saldo que vencen, con lo que los reportes dicen de ellos."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from inventario.lotes.models import Lote
from inventario.reportes.ambito import Ambito
from inventario.reportes.exportar.tabla import Clase, Columna

# Ningún reporte las dice, y con miles de lotes leerlas es buena parte del tiempo.
SIN_LEER = (
    *("creado_en", "producto__creado_en", "producto__actualizado_en", "producto__precio"),
    *("producto__punto_reorden", "producto__unidad__creada_en", "producto__unidad__actualizada_en"),
)


def que_vencen_hasta(ambito: Ambito, dia: date) -> QuerySet[Lote]:
    lotes: QuerySet[Lote] = Lote.objects.con_saldo().filter(vence_el__lte=dia, **ambito.filtro)
    return lotes


def con_lo_que_se_dice(lotes: QuerySet[Lote]) -> QuerySet[Lote]:
    """Con el producto, la unidad y la bodega, que los dos reportes nombran."""
    return lotes.select_related("producto__unidad", "bodega").defer(*SIN_LEER)


DEL_LOTE = (
    Columna("id", _("Id del lote"), Clase.ENTERO, lambda fila: fila.lote.pk),
    Columna("codigo", _("Lote"), Clase.TEXTO, lambda fila: fila.lote.codigo),
    Columna("producto_id", _("Id del producto"), Clase.ENTERO, lambda fila: fila.lote.producto_id),
    Columna("producto_sku", _("SKU"), Clase.TEXTO, lambda fila: fila.lote.producto.sku),
    Columna("producto_nombre", _("Producto"), Clase.TEXTO, lambda fila: fila.lote.producto.nombre),
    Columna("bodega", _("Bodega"), Clase.TEXTO, lambda fila: fila.lote.bodega.codigo),
    Columna("fecha_ingreso", _("Ingresó"), Clase.FECHA, lambda fila: fila.lote.fecha_ingreso),
    Columna("fecha_vencimiento", _("Vence"), Clase.FECHA, lambda fila: fila.lote.vence_el),
    Columna("dias_para_vencer", _("Días para vencer"), Clase.ENTERO, lambda fila: fila.dias),
    Columna("cantidad_actual", _("Saldo"), Clase.CANTIDAD, lambda fila: fila.lote.saldo),
    Columna("unidad", _("Unidad"), Clase.TEXTO, lambda fila: fila.lote.producto.unidad.abreviatura),
    Columna("bloqueado", _("Bloqueado"), Clase.SI_O_NO, lambda fila: fila.lote.bloqueado),
    Columna("costo_unitario", _("Costo unitario"), Clase.CANTIDAD, lambda fila: fila.lote.costo_unitario),
)
