"""De lo que llega por la red a los objetos que piden los servicios."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inventario.borde.views import VistaDeEmpresa
from inventario.cuentas.models import Bodega
from inventario.lotes.models import Lote
from inventario.movimientos.documentos import asientos_al_alcance
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, Motivo
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import DatoInvalido, NoEncontrado, ReglaRota
from inventario.productos.buscar import producto_vivo
from inventario.productos.models import Producto, Proveedor


def producto_de(pk: int, *, consecuencia: str) -> Producto:
    """El producto vivo; lanza `NoEncontrado` diciendo qué no se hizo."""
    producto = producto_vivo(pk)
    if producto is None:
        raise NoEncontrado(f"Producto no encontrado: {consecuencia}.")
    return producto


def lote_de(actor: Actor, pk: int, *, consecuencia: str) -> Lote:
    """El lote al alcance de quien pide; uno de otra bodega no existe para él, como cuando lo mira."""
    lotes = actor.alcance.filtrar(Lote.objects.select_related("producto__unidad", "bodega"))
    lote: Lote | None = lotes.filter(pk=pk).first()
    if lote is None:
        raise NoEncontrado(f"Lote no encontrado: {consecuencia}.")
    return lote


def bodega_de(actor: Actor, codigo: str | None, *, campo: str = "bodega", recibe: bool = False) -> Bodega:
    """La bodega de ese código; sin código, la habitual de quien pide.

    Lanza `DatoInvalido` si no existe, o si está inactiva y `recibe` mercadería.
    """
    if not codigo:
        if actor.bodega is None:
            raise ReglaRota("No tiene una bodega habitual: nombre la bodega.")
        return actor.bodega
    bodega: Bodega | None = Bodega.objects.filter(codigo__iexact=codigo).first()
    if bodega is None:
        raise DatoInvalido("No existe una bodega con ese código.", campo=campo, codigo="does_not_exist")
    if recibe and not bodega.activa:
        raise DatoInvalido(f"La bodega {bodega} está inactiva.", campo=campo, codigo="invalid")
    return bodega


def proveedor_de(pk: int | None) -> Proveedor | None:
    if pk is None:
        return None
    proveedor = Proveedor.objects.filter(pk=pk).first()
    if proveedor is None:
        raise DatoInvalido("No existe ese proveedor.", campo="proveedor_id", codigo="does_not_exist")
    return proveedor


def asiento_de(vista: VistaDeEmpresa) -> Asiento:
    """El de la ruta, si movió algo al alcance de quien pide: el mismo que podría mirar."""
    asientos = asientos_al_alcance(Asiento.objects.select_related("actor", "reverso"), vista.actor.alcance)
    asiento: Asiento | None = asientos.filter(pk=vista.id_de_ruta("pk")).first()
    if asiento is None:
        raise NoEncontrado("No existe ese asiento.")
    return asiento


def glosa_de(datos: Mapping[str, Any], motivo: Motivo) -> Glosa:
    """La glosa de lo pedido; `motivo` es el que vale si no se dijo otro."""
    return Glosa(
        motivo=Motivo(datos.get("motivo") or motivo),
        texto=datos.get("justificacion") or "",
        referencia=datos.get("referencia") or "",
        modulo=datos.get("modulo") or "",
        tanque=datos.get("tanque") or "",
        lote_modulo=datos.get("lote_modulo") or "",
        sesion=datos.get("sesion"),
        notas=datos.get("notas") or "",
    )
