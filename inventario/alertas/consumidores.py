"""Lo que pasa en el libro, en el catálogo y en las reservas, vuelto alertas al día."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from inventario.alertas.proyeccion import recalcular
from inventario.alertas.services import revisar
from inventario.eventos.models import Evento


def al_moverse(*eventos: Evento) -> None:
    """Recalcula las alertas de los productos que nombran los eventos, que son todos de una empresa.

    Mira lo que hay y no lo que el evento cuenta: recibirlos repetidos, tarde o en desorden da lo mismo.
    """
    productos = set().union(*(productos_de(evento.datos) for evento in eventos))
    recalcular(eventos[0].empresa, productos, timezone.now())


def al_llenarse(*eventos: Evento) -> None:
    """Recalcula todas las alertas de la empresa: cambió demasiado para nombrar los productos."""
    revisar(eventos[0].empresa)


def productos_de(datos: dict[str, Any]) -> set[int]:
    """Los productos que nombra un hecho."""
    varios = datos.get("productos")
    productos = set(varios) if isinstance(varios, list) else set()
    return productos | {datos["producto"]} if "producto" in datos else productos
