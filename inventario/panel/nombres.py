"""Los nombres que el modelo dice en español, puestos donde se puedan leer en otro idioma."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventario.movimientos.models.tipos import TipoMovimiento

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
