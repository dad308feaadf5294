"""Qué se le dice de una alerta a quien solo ve algunas bodegas."""

from __future__ import annotations

from copy import copy

from inventario.alertas.condiciones import bajo_minimo_sin_cifras
from inventario.alertas.models import Alerta
from inventario.nucleo.alcance import Alcance

# Lo que suma todas las bodegas; el mínimo es del producto, y se puede decir.
DE_LA_EMPRESA = ("cantidad_actual", "cantidad_disponible")


def a_la_vista(alerta: Alerta, alcance: Alcance) -> Alerta:
    """La misma para mostrar, no para guardar: la del mínimo, que es de toda la empresa, sin cuánto hay."""
    if not alcance.limitado or alerta.bodega_id is not None:
        return alerta
    vista = copy(alerta)
    vista.datos = {clave: valor for clave, valor in alerta.datos.items() if clave not in DE_LA_EMPRESA}
    vista.mensaje = bajo_minimo_sin_cifras(vista.datos)
    return vista
