"""Entradas: cada una abre un lote nuevo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import Procedencia
from inventario.movimientos import libro
from inventario.movimientos.libro.glosa import SIN_GLOSA, Glosa
from inventario.movimientos.models import Asiento, TipoAsiento
from inventario.movimientos.querysets import Clave
from inventario.movimientos.services.comprobaciones import (
    exigir_activa,
    exigir_alcance,
    exigir_divisible,
    exigir_lineas,
    exigir_motivo,
)
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import CERO, exigir_cantidad, exigir_costo
from inventario.nucleo.errores import DatoInvalido, NoEncontrado
from inventario.nucleo.reloj import Reloj, inicio_del_dia
from inventario.productos.errores import ProductoInactivo
from inventario.productos.models import Producto, Proveedor

PROCEDENCIA = {TipoAsiento.ENTRADA: Procedencia.ENTRADA, TipoAsiento.INICIAL: Procedencia.INICIAL}


@dataclass(frozen=True, slots=True)
class LineaEntrada:
    """Lo que llega: cantidad en la unidad del producto y costo por unidad en la moneda de la empresa.

    `permitir_vencido` admite una fecha de vencimiento pasada a quien puede ajustar.
    """

    producto: Producto
    bodega: Bodega
    cantidad: Decimal
    costo_unitario: Decimal = CERO
    vence_el: date | None = None
    codigo: str = ""
    proveedor: Proveedor | None = None
    referencia_proveedor: str = ""
    permitir_vencido: bool = False


def registrar_entrada(
    *,
    actor: Actor,
    producto: Producto,
    bodega: Bodega,
    cantidad: Decimal,
    costo_unitario: Decimal = CERO,
    vence_el: date | None = None,
    codigo: str = "",
    proveedor: Proveedor | None = None,
    referencia_proveedor: str = "",
    permitir_vencido: bool = False,
    fecha_ingreso: date | None = None,
    glosa: Glosa = SIN_GLOSA,
    tipo: TipoAsiento = TipoAsiento.ENTRADA,
    reloj: Reloj = timezone.now,
) -> Asiento:
    """Registra la llegada de un producto; es `registrar_entradas` con una sola línea."""
    linea = LineaEntrada(
        producto,
        bodega,
        cantidad,
        costo_unitario,
        vence_el,
        codigo,
        proveedor,
        referencia_proveedor,
        permitir_vencido,
    )
    return registrar_entradas(
        actor=actor, lineas=[linea], fecha_ingreso=fecha_ingreso, glosa=glosa, tipo=tipo, reloj=reloj
    )


def registrar_entradas(
    *,
    actor: Actor,
    lineas: Sequence[LineaEntrada],
    fecha_ingreso: date | None = None,
    glosa: Glosa = SIN_GLOSA,
    tipo: TipoAsiento = TipoAsiento.ENTRADA,
    reloj: Reloj = timezone.now,
) -> Asiento:
    """Registra en un asiento todo lo que llegó junto: un lote nuevo por línea (contrato §2.3).

    `fecha_ingreso`, no futura, fija la fecha efectiva (decisión 10); sin ella, ahora.
    Lanza `SinPermiso`, `DatoInvalido`, `ProductoInactivo`, `NoEncontrado` si se eliminó y
    `PeriodoCerrado`.
    """
    actor.exigir(Permiso.REGISTRAR_ENTRADA)
    exigir_lineas(lineas)
    for linea in lineas:
        exigir_alcance(actor, linea.producto, linea.bodega, glosa)
        exigir_activa(linea.bodega)
        exigir_cantidad(linea.cantidad)
        exigir_costo(linea.costo_unitario)
        exigir_divisible(linea.producto, linea.cantidad)
    claves = [Clave(linea.producto.pk, linea.bodega.pk) for linea in lineas]
    with libro.abrir(actor.empresa, entran=claves, reloj=reloj) as hoja:
        return asentar_entradas(
            hoja, actor=actor, lineas=lineas, fecha_ingreso=fecha_ingreso, glosa=glosa, tipo=tipo
        )


def asentar_entradas(
    hoja: libro.Hoja,
    *,
    actor: Actor,
    lineas: Sequence[LineaEntrada],
    fecha_ingreso: date | None,
    glosa: Glosa,
    tipo: TipoAsiento = TipoAsiento.ENTRADA,
) -> Asiento:
    """Asienta las líneas en una hoja ya abierta: la usan también las importaciones y los documentos."""
    exigir_motivo(glosa, tipo)
    ingreso = fecha_ingreso or hoja.hoy
    if ingreso > hoja.hoy:
        raise DatoInvalido(
            "La fecha de ingreso no puede ser futura.", campo="fecha_ingreso", codigo="max_value"
        )
    _exigir_que_reciban(lineas)
    for linea in lineas:
        exigir_vencimiento(linea, hoja.hoy, actor)
    return hoja.asentar(
        tipo,
        [
            libro.Linea(
                hoja.abrir_lote(
                    producto=linea.producto,
                    bodega=linea.bodega,
                    codigo=linea.codigo,
                    fecha_ingreso=ingreso,
                    vence_el=linea.vence_el,
                    costo_unitario=linea.costo_unitario,
                    cantidad_recibida=linea.cantidad,
                    procedencia=PROCEDENCIA[tipo],
                    proveedor=linea.proveedor,
                    referencia_proveedor=linea.referencia_proveedor,
                ),
                linea.cantidad,
                linea.costo_unitario,
            )
            for linea in lineas
        ],
        actor=actor,
        glosa=glosa,
        # Lo que llegó otro día estaba desde que ese día empezó, para que sus salidas lo encuentren.
        fecha_efectiva=None if ingreso == hoja.hoy else inicio_del_dia(ingreso, hoja.empresa.zona_horaria),
    )


def _exigir_que_reciban(lineas: Sequence[LineaEntrada]) -> None:
    """Se releen y se retienen con la existencia bloqueada: pudieron cambiar mientras se esperaba."""
    ids = {linea.producto.pk for linea in lineas}
    vivos = {fila.pk: fila for fila in Producto.objects.vivos().retenidos().filter(pk__in=ids)}
    for linea in lineas:
        vivo = vivos.get(linea.producto.pk)
        if vivo is None:
            raise NoEncontrado("Producto no encontrado: la entrada no se registró.")
        if not vivo.activo:
            raise ProductoInactivo(f"{vivo} está inactivo: actívelo antes de registrar entradas.")
        if vivo.unidad_id != linea.producto.unidad_id:
            exigir_divisible(vivo, linea.cantidad)


def exigir_vencimiento(linea: LineaEntrada, hoy: date, actor: Actor) -> None:
    """Lo ya vencido entra solo si la línea lo permite y quien la registra puede ajustar."""
    if linea.vence_el is None or linea.vence_el >= hoy:
        return
    if not linea.permitir_vencido:
        raise DatoInvalido(
            f"Ya venció ({linea.vence_el:%d/%m/%Y}): se admite de hoy en adelante.",
            campo="fecha_vencimiento",
            codigo="min_value",
        )
    actor.exigir(Permiso.AJUSTAR)
