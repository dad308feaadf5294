"""Lo común a las existencias: en qué bodega se actúa y cómo se nombra lo que el dominio rechaza."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from inventario.biofloc.errores import Rechazo
from inventario.biofloc.existencias import traduccion
from inventario.biofloc.views import VistaBiofloc
from inventario.cuentas.models import Bodega
from inventario.movimientos.errores import ExistenciaInsuficiente, PeriodoCerrado
from inventario.nucleo.errores import NoEncontrado
from inventario.nucleo.reloj import hoy_en
from inventario.productos import selectors
from inventario.productos.models import Producto

GRUPO = "stock"
ITEM_DESCONOCIDO = "Item not found"


class VistaDeExistencias(VistaBiofloc):
    """Lo común: en qué bodega se actúa y cómo se nombra aquí lo que el dominio rechaza."""

    frases = {
        NoEncontrado: ITEM_DESCONOCIDO,
        PeriodoCerrado: "The books are closed for that date: use a later one",
    }
    nombres = {
        "cantidad": "quantity",
        "diferencia": "quantity_change",
        "cantidad_contada": "quantity_change",
        "fecha_ingreso": "purchase_date",
        "fecha_vencimiento": "expiry_date",
        "costo_unitario": "unit_cost",
    }

    def bodega(self) -> Bodega:
        if self.actor.bodega is None:
            raise Rechazo(400, "These credentials have no warehouse to act on")
        return self.actor.bodega

    def hoy(self) -> date:
        return hoy_en(self.actor.empresa.zona_horaria, timezone.now())

    def item(self, pk: int, *, solo_activo: bool = False) -> Producto:
        producto = selectors.producto_vivo(pk)
        if producto is None or (solo_activo and not producto.activo):
            raise Rechazo(404, ITEM_DESCONOCIDO)
        return producto


def insuficiente(error: ExistenciaInsuficiente, *, antes: str = "", adjetivo: str = "") -> Rechazo:
    frase = antes + traduccion.por_que_no_alcanza(error, adjetivo=adjetivo)
    return Rechazo(400, frase, **traduccion.cifras_de(error))
