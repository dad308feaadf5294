"""Las columnas de cada reporte, en la página y en el archivo."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from inventario.movimientos.models import Motivo, TipoMovimiento
from inventario.nucleo.cantidades import CERO
from inventario.reportes.exportar.tabla import Clase, Columna

DEL_PRODUCTO = (
    Columna("producto_id", _("Id del producto"), Clase.ENTERO, lambda fila: fila.producto.pk),
    Columna("producto_sku", _("SKU"), Clase.TEXTO, lambda fila: fila.producto.sku),
    Columna("producto_nombre", _("Producto"), Clase.TEXTO, lambda fila: fila.producto.nombre),
    Columna("unidad", _("Unidad"), Clase.TEXTO, lambda fila: fila.producto.unidad.abreviatura),
)

DE_INVENTARIO = (
    Columna("id", _("Id"), Clase.ENTERO, lambda fila: fila.producto.pk),
    Columna("nombre", _("Producto"), Clase.TEXTO, lambda fila: fila.producto.nombre),
    Columna("sku", _("SKU"), Clase.TEXTO, lambda fila: fila.producto.sku),
    Columna("precio", _("Precio"), Clase.DINERO, lambda fila: fila.producto.precio),
    Columna("stock_minimo", _("Mínimo"), Clase.CANTIDAD, lambda fila: fila.producto.stock_minimo),
    Columna("cantidad_actual", _("Existencia"), Clase.CANTIDAD, lambda fila: fila.cantidades.fisica),
    Columna("cantidad_reservada", _("Reservada"), Clase.CANTIDAD, lambda fila: fila.cantidades.apartada),
    Columna("cantidad_disponible", _("Disponible"), Clase.CANTIDAD, lambda fila: fila.cantidades.disponible),
    Columna("unidad", _("Unidad"), Clase.TEXTO, lambda fila: fila.producto.unidad.abreviatura),
    Columna(
        "categoria",
        _("Categoría"),
        Clase.TEXTO,
        lambda fila: fila.producto.categoria and fila.producto.categoria.nombre,
    ),
    Columna("bajo_minimo", _("Bajo el mínimo"), Clase.SI_O_NO, lambda fila: fila.bajo_minimo),
    Columna("activo", _("Activo"), Clase.SI_O_NO, lambda fila: fila.producto.activo),
)

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
POR_VENCER = (*DEL_LOTE, Columna("valor", _("Valor"), Clase.DINERO, lambda fila: fila.valor))
QUE_SOBRARA = (
    *DEL_LOTE,
    Columna("consumo_diario", _("Consumo diario"), Clase.CANTIDAD, lambda fila: fila.consumo_diario),
    Columna("se_usara", _("Se usará"), Clase.CANTIDAD, lambda fila: fila.se_usara),
    Columna("sobrara", _("Sobrará"), Clase.CANTIDAD, lambda fila: fila.sobrara),
    Columna("valor", _("Valor que se perderá"), Clase.DINERO, lambda fila: fila.valor),
)

DE_MOVIMIENTO = (
    Columna("id", _("Id"), Clase.ENTERO, lambda fila: fila.pk),
    Columna("fecha_movimiento", _("Fecha"), Clase.MOMENTO, lambda fila: fila.fecha_efectiva),
    Columna("tipo", _("Tipo"), Clase.TEXTO, lambda fila: fila.tipo, TipoMovimiento),
    Columna("producto_id", _("Id del producto"), Clase.ENTERO, lambda fila: fila.producto_id),
    Columna("producto_sku", _("SKU"), Clase.TEXTO, lambda fila: fila.producto.sku),
    Columna("producto_nombre", _("Producto"), Clase.TEXTO, lambda fila: fila.producto.nombre),
    Columna("lote_id", _("Id del lote"), Clase.ENTERO, lambda fila: fila.lote_id),
    Columna("lote_codigo", _("Lote"), Clase.TEXTO, lambda fila: fila.lote.codigo),
    Columna("bodega", _("Bodega"), Clase.TEXTO, lambda fila: fila.bodega.codigo),
    Columna("cantidad", _("Cantidad"), Clase.CANTIDAD, lambda fila: abs(fila.cantidad)),
    Columna("unidad", _("Unidad"), Clase.TEXTO, lambda fila: fila.producto.unidad.abreviatura),
    Columna("costo_unitario", _("Costo unitario"), Clase.CANTIDAD, lambda fila: fila.costo_unitario),
    Columna("costo", _("Costo"), Clase.DINERO, lambda fila: abs(fila.cantidad) * fila.costo_unitario),
    Columna("saldo_lote", _("Saldo del lote"), Clase.CANTIDAD, lambda fila: fila.saldo_lote_tras),
    Columna("asiento", _("Asiento"), Clase.ENTERO, lambda fila: fila.asiento.numero),
    Columna("usuario", _("Usuario"), Clase.TEXTO, lambda fila: str(fila.asiento.actor)),
    Columna("motivo", _("Motivo"), Clase.TEXTO, lambda fila: fila.asiento.motivo, Motivo),
    Columna("justificacion", _("Justificación"), Clase.TEXTO, lambda fila: fila.asiento.motivo_texto),
    Columna("referencia", _("Referencia"), Clase.TEXTO, lambda fila: fila.asiento.referencia),
    Columna("modulo", _("Módulo"), Clase.TEXTO, lambda fila: fila.asiento.modulo),
    Columna("tanque", _("Tanque"), Clase.TEXTO, lambda fila: fila.asiento.tanque),
)

DE_VALOR = (
    *DEL_PRODUCTO,
    Columna("cantidad", _("Cantidad"), Clase.CANTIDAD, lambda fila: fila.cantidad),
    Columna("costo_medio", _("Costo medio"), Clase.CANTIDAD, lambda fila: fila.costo_medio),
    Columna("valor", _("Valor"), Clase.DINERO, lambda fila: fila.valor),
)

DE_ROTACION = (
    *DEL_PRODUCTO,
    Columna("existencia", _("Existencia"), Clase.CANTIDAD, lambda fila: fila.existencia),
    Columna("utilizable", _("Utilizable"), Clase.CANTIDAD, lambda fila: fila.utilizable),
    Columna("consumido", _("Consumido"), Clase.CANTIDAD, lambda fila: fila.consumido),
    Columna("costo_consumido", _("Costo de lo consumido"), Clase.DINERO, lambda fila: fila.costo_consumido),
    Columna("consumo_diario", _("Consumo diario"), Clase.CANTIDAD, lambda fila: fila.consumo_diario),
    Columna("inventario_promedio", _("Inventario promedio"), Clase.CANTIDAD, lambda fila: fila.promedio),
    Columna("rotacion", _("Rotación"), Clase.CANTIDAD, lambda fila: fila.rotacion),
    Columna("rotacion_anual", _("Rotación anual"), Clase.CANTIDAD, lambda fila: fila.rotacion_anual),
    Columna("dias_de_cobertura", _("Días de cobertura"), Clase.CANTIDAD, lambda fila: fila.dias_de_cobertura),
    Columna("se_agota_el", _("Se agota"), Clase.FECHA, lambda fila: fila.se_agota_el),
)


DE_MERMA = (
    Columna("motivo", _("Motivo"), Clase.TEXTO, lambda fila: fila.motivo.value, Motivo),
    *DEL_PRODUCTO,
    Columna("cantidad", _("Cantidad"), Clase.CANTIDAD, lambda fila: fila.cantidad),
    Columna("costo", _("Costo"), Clase.DINERO, lambda fila: fila.costo),
    Columna("lineas", _("Veces"), Clase.ENTERO, lambda fila: fila.lineas),
)

DE_CONSUMO = (
    Columna("modulo", _("Módulo"), Clase.TEXTO, lambda fila: fila.modulo),
    Columna("tanque", _("Tanque"), Clase.TEXTO, lambda fila: fila.tanque),
    *DEL_PRODUCTO,
    Columna("cantidad", _("Cantidad"), Clase.CANTIDAD, lambda fila: fila.cantidad),
    Columna("costo", _("Costo"), Clase.DINERO, lambda fila: fila.costo),
    Columna("lineas", _("Veces"), Clase.ENTERO, lambda fila: fila.lineas),
    Columna("ultimo", _("Última vez"), Clase.MOMENTO, lambda fila: fila.ultimo),
)


def _del_movimiento(columna: Columna) -> Columna:
    return replace(columna, leer=lambda fila: columna.leer(fila.movimiento))


_DE_KARDEX = {columna.clave: _del_movimiento(columna) for columna in DE_MOVIMIENTO}
DE_KARDEX = (
    *(_DE_KARDEX[clave] for clave in ("fecha_movimiento", "tipo", "lote_id", "lote_codigo", "bodega")),
    Columna("entra", _("Entra"), Clase.CANTIDAD, lambda fila: max(CERO, fila.movimiento.cantidad)),
    Columna("sale", _("Sale"), Clase.CANTIDAD, lambda fila: max(CERO, -fila.movimiento.cantidad)),
    Columna("saldo", _("Saldo"), Clase.CANTIDAD, lambda fila: fila.saldo),
    *(
        _DE_KARDEX[clave]
        for clave in ("costo_unitario", "asiento", "usuario", "motivo", "justificacion", "referencia")
    ),
)
