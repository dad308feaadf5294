"""Los nombres que el modelo y los archivos dicen en español, donde se puedan leer en otro idioma."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from inventario.movimientos.models.tipos import TipoMovimiento

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

TIPOS_DE_MOVIMIENTO = {
    TipoMovimiento.ENTRADA: _("Entrada"),
    TipoMovimiento.SALIDA: _("Salida"),
    TipoMovimiento.AJUSTE_POSITIVO: _("Ajuste positivo"),
    TipoMovimiento.AJUSTE_NEGATIVO: _("Ajuste negativo"),
    TipoMovimiento.TRASLADO_ENTRADA: _("Entrada por traslado"),
    TipoMovimiento.TRASLADO_SALIDA: _("Salida por traslado"),
    TipoMovimiento.DEVOLUCION_ENTRADA: _("Entrada por devolución"),
    TipoMovimiento.DEVOLUCION_SALIDA: _("Salida por devolución"),
    TipoMovimiento.REVERSO_ENTRADA: _("Entrada por reverso"),
    TipoMovimiento.REVERSO_SALIDA: _("Salida por reverso"),
}
# Los encabezados de los reportes, como los dice el archivo.
TITULOS: dict[str, StrPromise] = {
    "nombre": _("Producto"),
    "producto_nombre": _("Producto"),
    "producto_sku": _("SKU"),
    "sku": _("SKU"),
    "categoria": _("Categoría"),
    "unidad": _("Unidad"),
    "cantidad_actual": _("Cantidad"),
    "cantidad_disponible": _("Disponible"),
    "stock_minimo": _("Mínimo"),
    "bajo_minimo": _("Bajo el mínimo"),
    "codigo": _("Lote"),
    "lote_codigo": _("Lote"),
    "bodega": _("Bodega"),
    "fecha_vencimiento": _("Vence"),
    "dias_para_vencer": _("Días para vencer"),
    "valor": _("Valor"),
    "consumo_diario": _("Consumo diario"),
    "sobrara": _("Sobrará"),
    "fecha_movimiento": _("Fecha"),
    "tipo": _("Tipo"),
    "cantidad": _("Cantidad"),
    "costo": _("Costo"),
    "asiento": _("Asiento"),
    "usuario": _("Usuario"),
    "modulo": _("Módulo"),
    "tanque": _("Tanque"),
    "costo_medio": _("Costo medio"),
    "utilizable": _("Utilizable"),
    "costo_consumido": _("Costo de lo consumido"),
    "rotacion_anual": _("Rotación anual"),
    "dias_de_cobertura": _("Días de cobertura"),
    "se_agota_el": _("Se agota"),
    "motivo": _("Motivo"),
    "lineas": _("Veces"),
    "ultimo": _("Última vez"),
    "entra": _("Entra"),
    "sale": _("Sale"),
    "saldo": _("Saldo"),
}
