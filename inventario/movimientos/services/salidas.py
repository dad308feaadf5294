"""Salidas: por FEFO, por PEPS, de un lote nombrado, de varias líneas a la vez, y pérdidas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import Lote
from inventario.movimientos import libro
from inventario.movimientos.errores import LineasRechazadas, LoteBloqueado, LoteVencido
from inventario.movimientos.libro.glosa import SIN_GLOSA, Glosa
from inventario.movimientos.models import Apartado, Asiento, Movimiento, TipoAsiento
from inventario.movimientos.models.tipos import MOTIVOS_ADMITIDOS, PERDIDAS, motivos_de
from inventario.movimientos.querysets import Clave
from inventario.movimientos.reparto import (
    Politica,
    ordenar,
    permitido,
    repartir,
    repartir_en_apartados,
)
from inventario.movimientos.services.comprobaciones import (
    exigir_alcance,
    exigir_divisible,
    exigir_lineas,
    exigir_motivo,
    insuficiente,
)
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import CERO, exigir_cantidad
from inventario.nucleo.errores import ErrorDeDominio
from inventario.nucleo.reloj import Reloj
from inventario.productos.models import Producto


@dataclass(frozen=True, slots=True)
class LineaSalida:
    """Lo que se pide de un producto, en su unidad."""

    producto: Producto
    bodega: Bodega
    cantidad: Decimal
    nota: str = ""


@dataclass(frozen=True, slots=True)
class DespachoMultiple:
    """Un asiento y, por línea pedida, los movimientos que la cumplieron."""

    asiento: Asiento
    por_linea: list[list[Movimiento]] = field(default_factory=list)


def despachar_fefo(
    *,
    actor: Actor,
    producto: Producto,
    bodega: Bodega,
    cantidad: Decimal,
    glosa: Glosa = SIN_GLOSA,
    reloj: Reloj = timezone.now,
) -> Asiento:
    """Saca primero lo que vence primero. O sale todo, o no sale nada (contrato §2.5).

    Lanza `ExistenciaInsuficiente` con lo que sí podía tomar, `DatoInvalido` y `SinPermiso`.
    """
    return _despachar(Politica.FEFO, actor, producto, bodega, cantidad, glosa, reloj)


def despachar_peps(
    *,
    actor: Actor,
    producto: Producto,
    bodega: Bodega,
    cantidad: Decimal,
    glosa: Glosa = SIN_GLOSA,
    reloj: Reloj = timezone.now,
) -> Asiento:
    """Saca primero lo que entró primero. O sale todo, o no sale nada. Errores: los de `despachar_fefo`."""
    return _despachar(Politica.PEPS, actor, producto, bodega, cantidad, glosa, reloj)


def _despachar(
    politica: Politica,
    actor: Actor,
    producto: Producto,
    bodega: Bodega,
    cantidad: Decimal,
    glosa: Glosa,
    reloj: Reloj,
) -> Asiento:
    actor.exigir(Permiso.DESPACHAR)
    exigir_motivo(glosa, TipoAsiento.SALIDA)
    _exigir_pedido(actor, producto, bodega, cantidad, glosa)
    with libro.abrir(actor.empresa, [Clave(producto.pk, bodega.pk)], reloj=reloj) as hoja:
        asiento = hoja.empezar(TipoAsiento.SALIDA, actor=actor, glosa=glosa)
        sacar(hoja, asiento, LineaSalida(producto, bodega, cantidad), politica)
        return asiento


def despachar_varios(
    *,
    actor: Actor,
    lineas: Sequence[LineaSalida],
    politica: Politica,
    glosa: Glosa = SIN_GLOSA,
    reloj: Reloj = timezone.now,
) -> DespachoMultiple:
    """Saca varias líneas en un solo asiento, todas o ninguna; cada una ve lo que dejaron las anteriores.

    Lanza `LineasRechazadas` con el motivo de cada línea que no alcanzó.
    """
    actor.exigir(Permiso.DESPACHAR)
    exigir_motivo(glosa, TipoAsiento.SALIDA)
    exigir_lineas(lineas)
    for linea in lineas:
        _exigir_pedido(actor, linea.producto, linea.bodega, linea.cantidad, glosa)
    claves = [Clave(linea.producto.pk, linea.bodega.pk) for linea in lineas]
    with libro.abrir(actor.empresa, claves, reloj=reloj) as hoja:
        asiento = hoja.empezar(TipoAsiento.SALIDA, actor=actor, glosa=glosa)
        por_linea: list[list[Movimiento]] = []
        errores: list[ErrorDeDominio | None] = []
        for linea in lineas:
            try:
                por_linea.append(sacar(hoja, asiento, linea, politica))
                errores.append(None)
            except ErrorDeDominio as error:
                errores.append(error)
        if any(errores):
            raise LineasRechazadas(errores)
        return DespachoMultiple(asiento, por_linea)


def registrar_salida(
    *, actor: Actor, lote: Lote, cantidad: Decimal, glosa: Glosa = SIN_GLOSA, reloj: Reloj = timezone.now
) -> Asiento:
    """Saca de un lote nombrado (contrato §2.4). Nombrarlo no deja tomar lo que otro tiene apartado.

    Con un motivo de pérdida es `registrar_merma`. Lanza `ExistenciaInsuficiente`, `LoteVencido`,
    `LoteBloqueado`, `DatoInvalido` y `SinPermiso`.
    """
    if glosa.motivo in motivos_de(*PERDIDAS):
        return registrar_merma(actor=actor, lote=lote, cantidad=cantidad, glosa=glosa, reloj=reloj)
    actor.exigir(Permiso.REGISTRAR_SALIDA)
    exigir_motivo(glosa, TipoAsiento.SALIDA, *PERDIDAS)
    _exigir_pedido(actor, lote.producto, lote.bodega, cantidad, glosa)
    with libro.abrir(
        actor.empresa, [Clave(lote.producto_id, lote.bodega_id)], lotes=[lote.pk], reloj=reloj
    ) as hoja:
        fresco = hoja.lote(lote.pk)
        if fresco.bloqueado:
            raise LoteBloqueado(fresco)
        if fresco.vencido(hoja.hoy):
            raise LoteVencido(fresco)
        asiento = hoja.empezar(TipoAsiento.SALIDA, actor=actor, glosa=glosa)
        sacar(hoja, asiento, LineaSalida(lote.producto, lote.bodega, cantidad), lote=fresco)
        return asiento


def registrar_merma(
    *, actor: Actor, lote: Lote, cantidad: Decimal, glosa: Glosa, reloj: Reloj = timezone.now
) -> Asiento:
    """Da de baja lo que se perdió de un lote, aunque esté vencido, bloqueado o prometido (decisiones 8 y 14).

    El motivo debe ser de pérdida. Lanza `ExistenciaInsuficiente`, `DatoInvalido` y `SinPermiso`.
    """
    actor.exigir(Permiso.AJUSTAR)
    exigir_motivo(glosa, *PERDIDAS)
    _exigir_pedido(actor, lote.producto, lote.bodega, cantidad, glosa)
    with libro.abrir(
        actor.empresa, [Clave(lote.producto_id, lote.bodega_id)], lotes=[lote.pk], reloj=reloj
    ) as hoja:
        fresco = hoja.lote(lote.pk)
        if cantidad > fresco.saldo:
            raise insuficiente(
                hoja, lote.producto, lote.bodega, solicitado=cantidad, disponible=fresco.saldo, lote=fresco
            )
        tipo = next(tipo for tipo in PERDIDAS if glosa.motivo in MOTIVOS_ADMITIDOS[tipo])
        linea = libro.Linea(fresco, -cantidad, fresco.costo_unitario)
        return hoja.asentar(tipo, [linea], actor=actor, glosa=glosa)


def sacar(
    hoja: libro.Hoja,
    asiento: Asiento,
    pedido: LineaSalida,
    politica: Politica | None = None,
    *,
    lote: Lote | None = None,
    contra: Apartado | None = None,
) -> list[Movimiento]:
    """Anota la salida de una línea, por política o del lote nombrado, y gasta los apartados del módulo.

    Con `contra` se cumple esa promesa y no se toca otra. Es la única fórmula para todos (decisiones 14
    y 15). Lanza `ExistenciaInsuficiente`.
    """
    clave = Clave(pedido.producto.pk, pedido.bodega.pk)
    propios = [contra] if contra else _del_modulo(hoja.apartados(clave), asiento.modulo)
    saldo = hoja.saldo(clave)
    disponible = permitido(saldo.utilizable, saldo.apartada, sum((a.restante for a in propios), CERO))
    if lote is not None:
        disponible = min(disponible, lote.saldo)
    if pedido.cantidad > disponible:
        raise insuficiente(
            hoja, pedido.producto, pedido.bodega, solicitado=pedido.cantidad, disponible=disponible, lote=lote
        )
    referencias = frozenset({asiento.tanque, asiento.lote_modulo} - {""})
    # Lo que se confirma sale de lo prometido antes que de lo libre, sea de quien sea la referencia.
    libre = CERO if contra else saldo.libre
    for apartado, gasto in repartir_en_apartados(pedido.cantidad, propios, referencias, libre):
        hoja.consumir(apartado, gasto)
    lotes = [lote] if lote is not None else ordenar(hoja.utilizables(clave), politica or Politica.FEFO)
    return [
        hoja.anotar(asiento, libro.Linea(toma.lote, -toma.cantidad, toma.lote.costo_unitario, pedido.nota))
        for toma in repartir(pedido.cantidad, lotes)
    ]


def _del_modulo(apartados: list[Apartado], modulo: str) -> list[Apartado]:
    """Quien no dice por qué módulo actúa no es dueño de ninguno (decisión 14)."""
    return [apartado for apartado in apartados if modulo and apartado.modulo == modulo]


def _exigir_pedido(actor: Actor, producto: Producto, bodega: Bodega, cantidad: Decimal, glosa: Glosa) -> None:
    exigir_alcance(actor, producto, bodega, glosa)
    exigir_cantidad(cantidad)
    exigir_divisible(producto, cantidad)
