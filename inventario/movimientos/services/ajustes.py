"""Ajustes y conteos: la realidad manda sobre lo anotado y sobre lo prometido (decisiones 8, 9 y 14)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.utils import timezone

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.services import anotar
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import Lote, Procedencia
from inventario.movimientos import libro
from inventario.movimientos.costos import lotes_comprados
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, TipoAsiento
from inventario.movimientos.querysets import Clave
from inventario.movimientos.reparto import orden_de_perdida, repartir
from inventario.movimientos.services.comprobaciones import (
    exigir_alcance,
    exigir_divisible,
    exigir_motivo,
    exigir_vivos,
    insuficiente,
)
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import CERO, exigir_decimal
from inventario.nucleo.errores import DatoInvalido
from inventario.nucleo.reloj import Reloj
from inventario.productos.models import Producto

Diferencia = Callable[[Decimal], Decimal]


def ajustar_lote(
    *, actor: Actor, lote: Lote, diferencia: Decimal, glosa: Glosa, reloj: Reloj = timezone.now
) -> Asiento | None:
    """Suma o resta `diferencia` al lote nombrado. Con cero no asienta nada y devuelve `None`.

    Lanza `ExistenciaInsuficiente` si quedaría bajo cero, `DatoInvalido` y `SinPermiso` (R-01).
    """
    exigir_decimal(diferencia, campo="diferencia")
    return _ajustar_lote(actor, lote, lambda _: diferencia, diferencia, "diferencia", glosa, reloj)


def contar_lote(
    *, actor: Actor, lote: Lote, contada: Decimal, glosa: Glosa, reloj: Reloj = timezone.now
) -> Asiento | None:
    """Deja el lote en lo contado; la diferencia se calcula con la fila bloqueada."""
    _exigir_contada(contada)
    return _ajustar_lote(
        actor, lote, lambda saldo: contada - saldo, contada, "cantidad_contada", glosa, reloj
    )


def ajustar_existencias(
    *,
    actor: Actor,
    producto: Producto,
    bodega: Bodega,
    diferencia: Decimal,
    glosa: Glosa,
    reloj: Reloj = timezone.now,
) -> Asiento | None:
    """Suma o resta `diferencia` al producto en la bodega. Con cero devuelve `None`.

    Lo que falta sale de lo vencido, lo bloqueado y luego por PEPS; lo que sobra abre su propio lote
    al último costo de compra. Lanza `ExistenciaInsuficiente`, `DatoInvalido` y `SinPermiso`.
    """
    exigir_decimal(diferencia, campo="diferencia")
    return _ajustar_producto(
        actor, producto, bodega, lambda _: diferencia, diferencia, "diferencia", glosa, reloj
    )


def contar_existencias(
    *,
    actor: Actor,
    producto: Producto,
    bodega: Bodega,
    contada: Decimal,
    glosa: Glosa,
    reloj: Reloj = timezone.now,
) -> Asiento | None:
    """Deja el producto en lo contado, con las reglas de `ajustar_existencias`."""
    _exigir_contada(contada)
    return _ajustar_producto(
        actor, producto, bodega, lambda fisica: contada - fisica, contada, "cantidad_contada", glosa, reloj
    )


def _ajustar_lote(
    actor: Actor, lote: Lote, diferencia: Diferencia, valor: Decimal, campo: str, glosa: Glosa, reloj: Reloj
) -> Asiento | None:
    _exigir_ajuste(actor, lote.producto, lote.bodega, valor, campo, glosa)
    with libro.abrir(
        actor.empresa, [Clave(lote.producto_id, lote.bodega_id)], lotes=[lote.pk], reloj=reloj
    ) as hoja:
        fresco = hoja.lote(lote.pk)
        cambio = diferencia(fresco.saldo)
        if not cambio:
            return None
        if fresco.saldo + cambio < 0:
            raise insuficiente(
                hoja, lote.producto, lote.bodega, solicitado=-cambio, disponible=fresco.saldo, lote=fresco
            )
        if cambio > 0:
            exigir_vivos([lote.producto_id])
        linea = libro.Linea(fresco, cambio, fresco.costo_unitario)
        _auditar(actor, fresco, fresco.saldo, cambio, glosa)
        return hoja.asentar(TipoAsiento.AJUSTE, [linea], actor=actor, glosa=glosa)


def _ajustar_producto(
    actor: Actor,
    producto: Producto,
    bodega: Bodega,
    diferencia: Diferencia,
    valor: Decimal,
    campo: str,
    glosa: Glosa,
    reloj: Reloj,
) -> Asiento | None:
    _exigir_ajuste(actor, producto, bodega, valor, campo, glosa)
    clave = Clave(producto.pk, bodega.pk)
    with libro.abrir(actor.empresa, entran=[clave], reloj=reloj) as hoja:
        fisica = hoja.saldo(clave).fisica
        cambio = diferencia(fisica)
        if not cambio:
            return None
        if fisica + cambio < 0:
            raise insuficiente(hoja, producto, bodega, solicitado=-cambio, disponible=fisica)
        if cambio > 0:
            exigir_vivos([producto.pk])
            lineas = [_lo_que_sobra(hoja, producto, bodega, cambio)]
        else:
            lineas = [
                libro.Linea(toma.lote, -toma.cantidad, toma.lote.costo_unitario)
                for toma in repartir(-cambio, orden_de_perdida(hoja.lotes(clave), hoja.hoy))
            ]
        _auditar(actor, producto, fisica, cambio, glosa)
        return hoja.asentar(TipoAsiento.AJUSTE, lineas, actor=actor, glosa=glosa)


def _auditar(actor: Actor, sobre: Lote | Producto, habia: Decimal, cambio: Decimal, glosa: Glosa) -> None:
    """Anota el saldo de antes y el de después, con el motivo y lo que se explicó."""
    anotar(
        actor=actor,
        hecho=Hecho.EXISTENCIA_AJUSTADA,
        sobre=sobre,
        antes={"saldo": habia},
        despues={"saldo": habia + cambio, "motivo": glosa.motivo.value},
        motivo=glosa.texto,
    )


def _lo_que_sobra(hoja: libro.Hoja, producto: Producto, bodega: Bodega, cantidad: Decimal) -> libro.Linea:
    """Abre el lote de lo contado de más: último costo de compra y el vencimiento más próximo (decisión 9)."""
    vencimientos = [
        lote.vence_el for lote in hoja.utilizables(Clave(producto.pk, bodega.pk)) if lote.vence_el
    ]
    costo = ultimo_costo_de_compra(producto)
    lote = hoja.abrir_lote(
        producto=producto,
        bodega=bodega,
        fecha_ingreso=hoja.hoy,
        vence_el=min(vencimientos, default=None),
        costo_unitario=costo,
        cantidad_recibida=cantidad,
        procedencia=Procedencia.CONTEO,
    )
    return libro.Linea(lote, cantidad, costo)


def ultimo_costo_de_compra(producto: Producto) -> Decimal:
    """Costo del último lote comprado o recibido; sin ninguno, el precio; sin precio, cero."""
    costo: Decimal | None = (
        lotes_comprados().filter(producto=producto).values_list("costo_unitario", flat=True).first()
    )
    return costo if costo is not None else producto.precio or CERO


def _exigir_ajuste(
    actor: Actor, producto: Producto, bodega: Bodega, valor: Decimal, campo: str, glosa: Glosa
) -> None:
    actor.exigir(Permiso.AJUSTAR)
    exigir_alcance(actor, producto, bodega, glosa)
    exigir_motivo(glosa, TipoAsiento.AJUSTE)
    exigir_divisible(producto, valor, campo=campo)


def _exigir_contada(contada: Decimal) -> None:
    exigir_decimal(contada, campo="cantidad_contada")
    if contada < 0:
        raise DatoInvalido("No puede ser negativa.", campo="cantidad_contada", codigo="min_value")
