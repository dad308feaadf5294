"""Traslados: sale de lotes de una bodega y abre los mismos lotes en otra (decisión 3)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone

from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import Lote, Procedencia
from inventario.movimientos import libro
from inventario.movimientos.libro.glosa import SIN_GLOSA, Glosa
from inventario.movimientos.models import Asiento, TipoAsiento
from inventario.movimientos.querysets import Clave
from inventario.movimientos.reparto import Politica, Toma, ordenar, repartir
from inventario.movimientos.services.comprobaciones import (
    exigir_activa,
    exigir_alcance,
    exigir_divisible,
    exigir_motivo,
    insuficiente,
)
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import exigir_cantidad
from inventario.nucleo.errores import DatoInvalido
from inventario.nucleo.reloj import Reloj
from inventario.productos.models import Producto


def trasladar(
    *,
    actor: Actor,
    producto: Producto,
    cantidad: Decimal,
    desde: Bodega,
    hacia: Bodega,
    politica: Politica,
    glosa: Glosa = SIN_GLOSA,
    reloj: Reloj = timezone.now,
) -> Asiento:
    """Mueve `cantidad` de una bodega a otra, en el orden de la política; lo apartado no se mueve.

    Lanza `ExistenciaInsuficiente`, `DatoInvalido` y `SinPermiso`.
    """
    _exigir_traslado(actor, producto, cantidad, desde, hacia, glosa)
    aqui, alla = Clave(producto.pk, desde.pk), Clave(producto.pk, hacia.pk)
    with libro.abrir(actor.empresa, [aqui], entran=[alla], reloj=reloj) as hoja:
        disponible = hoja.permitido(aqui, ())
        if cantidad > disponible:
            raise insuficiente(hoja, producto, desde, solicitado=cantidad, disponible=disponible)
        tomas = repartir(cantidad, ordenar(hoja.utilizables(aqui), politica))
        return _asentar(hoja, tomas, hacia, actor, glosa)


def trasladar_lote(
    *,
    actor: Actor,
    lote: Lote,
    cantidad: Decimal,
    hacia: Bodega,
    glosa: Glosa = SIN_GLOSA,
    reloj: Reloj = timezone.now,
) -> Asiento:
    """Mueve parte de un lote nombrado, aunque esté vencido o bloqueado: allá sigue igual.

    Si es utilizable, no puede llevarse lo que otros tienen apartado aquí.
    """
    _exigir_traslado(actor, lote.producto, cantidad, lote.bodega, hacia, glosa)
    aqui, alla = Clave(lote.producto_id, lote.bodega_id), Clave(lote.producto_id, hacia.pk)
    with libro.abrir(actor.empresa, [aqui], entran=[alla], lotes=[lote.pk], reloj=reloj) as hoja:
        fresco = hoja.lote(lote.pk)
        disponible = fresco.saldo
        if fresco.utilizable(hoja.hoy):
            disponible = min(disponible, hoja.permitido(aqui, ()))
        if cantidad > disponible:
            raise insuficiente(
                hoja, lote.producto, lote.bodega, solicitado=cantidad, disponible=disponible, lote=fresco
            )
        return _asentar(hoja, [Toma(fresco, cantidad)], hacia, actor, glosa)


def _asentar(hoja: libro.Hoja, tomas: Sequence[Toma], hacia: Bodega, actor: Actor, glosa: Glosa) -> Asiento:
    lineas: list[libro.Linea] = []
    for toma in tomas:
        lote = toma.lote
        copia = hoja.abrir_lote(
            producto_id=lote.producto_id,
            bodega=hacia,
            codigo=lote.codigo,
            fecha_ingreso=lote.fecha_ingreso,
            vence_el=lote.vence_el,
            costo_unitario=lote.costo_unitario,
            cantidad_recibida=toma.cantidad,
            procedencia=Procedencia.TRASLADO,
            origen=lote,
            raiz_id=lote.raiz_id or lote.pk,
            proveedor_id=lote.proveedor_id,
            referencia_proveedor=lote.referencia_proveedor,
            bloqueado=lote.bloqueado,
            motivo_bloqueo=lote.motivo_bloqueo,
        )
        lineas += [
            libro.Linea(lote, -toma.cantidad, lote.costo_unitario),
            libro.Linea(copia, toma.cantidad, lote.costo_unitario),
        ]
    return hoja.asentar(TipoAsiento.TRASLADO, lineas, actor=actor, glosa=glosa)


def _exigir_traslado(
    actor: Actor, producto: Producto, cantidad: Decimal, desde: Bodega, hacia: Bodega, glosa: Glosa
) -> None:
    actor.exigir(Permiso.TRASLADAR)
    exigir_motivo(glosa, TipoAsiento.TRASLADO)
    exigir_alcance(actor, producto, desde, glosa)
    exigir_alcance(actor, producto, hacia, glosa)
    exigir_cantidad(cantidad)
    exigir_divisible(producto, cantidad)
    if desde.pk == hacia.pk:
        raise DatoInvalido("La bodega de destino debe ser otra.", campo="hacia", codigo="invalid")
    exigir_activa(hacia, campo="hacia")
