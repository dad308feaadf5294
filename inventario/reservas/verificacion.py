"""Cada apartado con su reserva: que el papel y la promesa digan lo mismo. Solo lee."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice

from inventario.cuentas.models import Empresa
from inventario.movimientos.models import Apartado, Movimiento, TipoMovimiento
from inventario.movimientos.verificacion import EN_MEMORIA, Hallazgo
from inventario.nucleo.cantidades import CERO, legible
from inventario.reservas.models import Reserva
from inventario.reservas.services import DOCUMENTO

DE_A = 500
Salidas = dict[str, dict[tuple[int, int], Decimal]]


def verificar(empresa: Empresa) -> Iterator[Hallazgo]:
    """Da cada diferencia entre las reservas de la empresa y lo apartado en el libro.

    La llama la comprobación del libro, dentro de `fotografiando`.
    """
    apartados = Apartado.objects.select_related("reserva").order_by("pk").iterator(EN_MEMORIA)
    while tanda := list(islice(apartados, DE_A)):
        salidas = _salidas(tanda)
        for apartado in tanda:
            reserva: Reserva | None = getattr(apartado, "reserva", None)
            if reserva is None:
                yield Hallazgo(
                    "reservas", f"el apartado {apartado.pk} no tiene reserva: nadie podría confirmarlo."
                )
                continue
            for queja in (*_del_papel(apartado, reserva), *_de_lo_usado(apartado, salidas, reserva)):
                yield Hallazgo("reservas", f"la reserva {reserva.pk} {queja}.")


def _del_papel(apartado: Apartado, reserva: Reserva) -> Iterator[str]:
    """Lo que la reserva repite de su apartado, o que solo puede decir según cómo terminó."""
    if reserva.empresa_id != apartado.empresa_id:
        yield "es de otra empresa que su apartado"
    if reserva.creada_en != apartado.creado_en:
        yield "dice otra hora de creación que su apartado"
    # La que se gastó entera al sacar de a poco, o venció, no la resolvió nadie; cancelar sí es de alguien.
    terminan_con_alguien = (Apartado.Estado.CONSUMIDO, Apartado.Estado.LIBERADO)
    if reserva.resuelta_en is not None:
        if apartado.estado not in terminan_con_alguien:
            yield f"dice que alguien la resolvió, y su apartado está {apartado.estado}"
        elif reserva.resuelta_en != apartado.resuelto_en:
            yield "dice otra hora de resolución que su apartado"
    elif apartado.estado == Apartado.Estado.LIBERADO:
        yield "se canceló y no dice quién"
    if reserva.motivo and apartado.estado != Apartado.Estado.LIBERADO:
        yield f"tiene motivo de cancelación, y su apartado está {apartado.estado}"


def _de_lo_usado(apartado: Apartado, salidas: Salidas, reserva: Reserva) -> Iterator[str]:
    suyas = salidas.get(str(reserva.pk), {})
    # Su módulo también la gasta sin nombrarla: lo confirmado puede ser menos que lo usado, nunca más.
    confirmada = sum(suyas.values(), CERO)
    if confirmada > apartado.usada:
        yield f"dice que se usaron {legible(apartado.usada)}, y al confirmarla salieron {legible(confirmada)}"
    if suyas.keys() - {(apartado.producto_id, apartado.bodega_id)}:
        yield "se confirmó con otro producto o de otra bodega"


def _salidas(apartados: Sequence[Apartado]) -> Salidas:
    """Lo que salió al confirmar cada reserva, por su id, repartido por producto y bodega."""
    nombres = [str(a.reserva.pk) for a in apartados if getattr(a, "reserva", None) is not None]
    lineas = Movimiento.objects.filter(
        tipo=TipoMovimiento.SALIDA, asiento__documento_tipo=DOCUMENTO, asiento__documento_id__in=nombres
    )
    salidas: Salidas = {}
    for nombre, producto_id, bodega_id, cantidad in lineas.values_list(
        "asiento__documento_id", "producto_id", "bodega_id", "cantidad"
    ):
        suyas = salidas.setdefault(nombre, {})
        suyas[producto_id, bodega_id] = suyas.get((producto_id, bodega_id), CERO) - cantidad
    return salidas
