"""Lo que pasa en el libro, en el catálogo y en las reservas, vuelto alertas al día."""

from __future__ import annotations

from django.utils import timezone

from inventario.alertas.proyeccion import recalcular
from inventario.alertas.services import revisar
from inventario.eventos.models import Evento


def al_moverse(*eventos: Evento) -> None:
    """Recalcula las alertas de los productos que nombran los eventos, que son todos de una empresa.

    Mira lo que hay y no lo que el evento cuenta: recibirlos repetidos, tarde o en desorden da lo mismo.
    """
    productos: set[int] = set()
    for evento in eventos:
        suyos = evento.datos.get("productos")
        productos.update(suyos if isinstance(suyos, list) else ())
        if "producto" in evento.datos:
            productos.add(evento.datos["producto"])
    recalcular(eventos[0].empresa, productos, timezone.now())


def al_llenarse(*eventos: Evento) -> None:
    """Recalcula todas las alertas de la empresa: cambió demasiado para nombrar los productos."""
    revisar(eventos[0].empresa)
