"""Las columnas de cada reporte cuando se lleva a un archivo."""

from __future__ import annotations

from inventario.nucleo.cantidades import CERO
from inventario.reportes.exportar.tabla import Clase, Columna

DEL_PRODUCTO = (
    Columna("producto_id", "Id del producto", Clase.ENTERO, lambda fila: fila.producto.pk),
    Columna("producto_sku", "SKU", Clase.TEXTO, lambda fila: fila.producto.sku),
    Columna("producto_nombre", "Producto", Clase.TEXTO, lambda fila: fila.producto.nombre),
    Columna("unidad", "Unidad", Clase.TEXTO, lambda fila: fila.producto.unidad.abreviatura),
)

DE_INVENTARIO = (
    Columna("id", "Id", Clase.ENTERO, lambda fila: fila.producto.pk),
    Columna("nombre", "Producto", Clase.TEXTO, lambda fila: fila.producto.nombre),
    Columna("sku", "SKU", Clase.TEXTO, lambda fila: fila.producto.sku),
    Columna("precio", "Precio", Clase.DINERO, lambda fila: fila.producto.precio),
    Columna("stock_minimo", "Mínimo", Clase.CANTIDAD, lambda fila: fila.producto.stock_minimo),
    Columna("cantidad_actual", "Existencia", Clase.CANTIDAD, lambda fila: fila.cantidades.fisica),
    Columna("cantidad_reservada", "Reservada", Clase.CANTIDAD, lambda fila: fila.cantidades.apartada),
    Columna("cantidad_disponible", "Disponible", Clase.CANTIDAD, lambda fila: fila.cantidades.disponible),
    Columna("unidad", "Unidad", Clase.TEXTO, lambda fila: fila.producto.unidad.abreviatura),
    Columna(
        "categoria",
        "Categoría",
        Clase.TEXTO,
        lambda fila: fila.producto.categoria and fila.producto.categoria.nombre,
    ),
    Columna("bajo_minimo", "Bajo el mínimo", Clase.SI_O_NO, lambda fila: fila.bajo_minimo),
    Columna("activo", "Activo", Clase.SI_O_NO, lambda fila: fila.producto.activo),
)

DEL_LOTE = (
    Columna("id", "Id del lote", Clase.ENTERO, lambda fila: fila.lote.pk),
    Columna("codigo", "Lote", Clase.TEXTO, lambda fila: fila.lote.codigo),
    Columna("producto_id", "Id del producto", Clase.ENTERO, lambda fila: fila.lote.producto_id),
    Columna("producto_sku", "SKU", Clase.TEXTO, lambda fila: fila.lote.producto.sku),
    Columna("producto_nombre", "Producto", Clase.TEXTO, lambda fila: fila.lote.producto.nombre),
    Columna("bodega", "Bodega", Clase.TEXTO, lambda fila: fila.lote.bodega.codigo),
    Columna("fecha_ingreso", "Ingresó", Clase.FECHA, lambda fila: fila.lote.fecha_ingreso),
    Columna("fecha_vencimiento", "Vence", Clase.FECHA, lambda fila: fila.lote.vence_el),
    Columna("dias_para_vencer", "Días para vencer", Clase.ENTERO, lambda fila: fila.dias),
    Columna("cantidad_actual", "Saldo", Clase.CANTIDAD, lambda fila: fila.lote.saldo),
    Columna("unidad", "Unidad", Clase.TEXTO, lambda fila: fila.lote.producto.unidad.abreviatura),
    Columna("bloqueado", "Bloqueado", Clase.SI_O_NO, lambda fila: fila.lote.bloqueado),
    Columna("costo_unitario", "Costo unitario", Clase.CANTIDAD, lambda fila: fila.lote.costo_unitario),
)
POR_VENCER = (*DEL_LOTE, Columna("valor", "Valor", Clase.DINERO, lambda fila: fila.valor))
QUE_SOBRARA = (
    *DEL_LOTE,
    Columna("consumo_diario", "Consumo diario", Clase.CANTIDAD, lambda fila: fila.consumo_diario),
    Columna("se_usara", "Se usará", Clase.CANTIDAD, lambda fila: fila.se_usara),
    Columna("sobrara", "Sobrará", Clase.CANTIDAD, lambda fila: fila.sobrara),
    Columna("valor", "Valor que se perderá", Clase.DINERO, lambda fila: fila.valor),
)

DE_MOVIMIENTO = (
    Columna("id", "Id", Clase.ENTERO, lambda fila: fila.pk),
    Columna("fecha_movimiento", "Fecha", Clase.MOMENTO, lambda fila: fila.fecha_efectiva),
    Columna("tipo", "Tipo", Clase.TEXTO, lambda fila: fila.tipo),
    Columna("producto_id", "Id del producto", Clase.ENTERO, lambda fila: fila.producto_id),
    Columna("producto_sku", "SKU", Clase.TEXTO, lambda fila: fila.producto.sku),
    Columna("producto_nombre", "Producto", Clase.TEXTO, lambda fila: fila.producto.nombre),
    Columna("lote_id", "Id del lote", Clase.ENTERO, lambda fila: fila.lote_id),
    Columna("lote_codigo", "Lote", Clase.TEXTO, lambda fila: fila.lote.codigo),
    Columna("bodega", "Bodega", Clase.TEXTO, lambda fila: fila.bodega.codigo),
    Columna("cantidad", "Cantidad", Clase.CANTIDAD, lambda fila: abs(fila.cantidad)),
    Columna("unidad", "Unidad", Clase.TEXTO, lambda fila: fila.producto.unidad.abreviatura),
    Columna("costo_unitario", "Costo unitario", Clase.CANTIDAD, lambda fila: fila.costo_unitario),
    Columna("costo", "Costo", Clase.DINERO, lambda fila: abs(fila.cantidad) * fila.costo_unitario),
    Columna("saldo_lote", "Saldo del lote", Clase.CANTIDAD, lambda fila: fila.saldo_lote_tras),
    Columna("asiento", "Asiento", Clase.ENTERO, lambda fila: fila.asiento.numero),
    Columna("usuario", "Usuario", Clase.TEXTO, lambda fila: str(fila.asiento.actor)),
    Columna("motivo", "Motivo", Clase.TEXTO, lambda fila: fila.asiento.motivo),
    Columna("justificacion", "Justificación", Clase.TEXTO, lambda fila: fila.asiento.motivo_texto),
    Columna("referencia", "Referencia", Clase.TEXTO, lambda fila: fila.asiento.referencia),
    Columna("modulo", "Módulo", Clase.TEXTO, lambda fila: fila.asiento.modulo),
    Columna("tanque", "Tanque", Clase.TEXTO, lambda fila: fila.asiento.tanque),
)

DE_VALOR = (
    *DEL_PRODUCTO,
    Columna("cantidad", "Cantidad", Clase.CANTIDAD, lambda fila: fila.cantidad),
    Columna("costo_medio", "Costo medio", Clase.CANTIDAD, lambda fila: fila.costo_medio),
    Columna("valor", "Valor", Clase.DINERO, lambda fila: fila.valor),
)

DE_ROTACION = (
    *DEL_PRODUCTO,
    Columna("existencia", "Existencia", Clase.CANTIDAD, lambda fila: fila.existencia),
    Columna("utilizable", "Utilizable", Clase.CANTIDAD, lambda fila: fila.utilizable),
    Columna("consumido", "Consumido", Clase.CANTIDAD, lambda fila: fila.consumido),
    Columna("costo_consumido", "Costo de lo consumido", Clase.DINERO, lambda fila: fila.costo_consumido),
    Columna("consumo_diario", "Consumo diario", Clase.CANTIDAD, lambda fila: fila.consumo_diario),
    Columna("inventario_promedio", "Inventario promedio", Clase.CANTIDAD, lambda fila: fila.promedio),
    Columna("rotacion", "Rotación", Clase.CANTIDAD, lambda fila: fila.rotacion),
    Columna("rotacion_anual", "Rotación anual", Clase.CANTIDAD, lambda fila: fila.rotacion_anual),
    Columna("dias_de_cobertura", "Días de cobertura", Clase.CANTIDAD, lambda fila: fila.dias_de_cobertura),
    Columna("se_agota_el", "Se agota", Clase.FECHA, lambda fila: fila.se_agota_el),
)


DE_MERMA = (
    Columna("motivo", "Motivo", Clase.TEXTO, lambda fila: fila.motivo.value),
    *DEL_PRODUCTO,
    Columna("cantidad", "Cantidad", Clase.CANTIDAD, lambda fila: fila.cantidad),
    Columna("costo", "Costo", Clase.DINERO, lambda fila: fila.costo),
    Columna("lineas", "Veces", Clase.ENTERO, lambda fila: fila.lineas),
)

DE_CONSUMO = (
    Columna("modulo", "Módulo", Clase.TEXTO, lambda fila: fila.modulo),
    Columna("tanque", "Tanque", Clase.TEXTO, lambda fila: fila.tanque),
    *DEL_PRODUCTO,
    Columna("cantidad", "Cantidad", Clase.CANTIDAD, lambda fila: fila.cantidad),
    Columna("costo", "Costo", Clase.DINERO, lambda fila: fila.costo),
    Columna("lineas", "Veces", Clase.ENTERO, lambda fila: fila.lineas),
    Columna("ultimo", "Última vez", Clase.MOMENTO, lambda fila: fila.ultimo),
)


def _del_movimiento(columna: Columna) -> Columna:
    return Columna(columna.clave, columna.titulo, columna.clase, lambda fila: columna.leer(fila.movimiento))


_DE_KARDEX = {columna.clave: _del_movimiento(columna) for columna in DE_MOVIMIENTO}
DE_KARDEX = (
    *(_DE_KARDEX[clave] for clave in ("fecha_movimiento", "tipo", "lote_id", "lote_codigo", "bodega")),
    Columna("entra", "Entra", Clase.CANTIDAD, lambda fila: max(CERO, fila.movimiento.cantidad)),
    Columna("sale", "Sale", Clase.CANTIDAD, lambda fila: max(CERO, -fila.movimiento.cantidad)),
    Columna("saldo", "Saldo", Clase.CANTIDAD, lambda fila: fila.saldo),
    *(
        _DE_KARDEX[clave]
        for clave in ("costo_unitario", "asiento", "usuario", "motivo", "justificacion", "referencia")
    ),
)
