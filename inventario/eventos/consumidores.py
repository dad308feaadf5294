"""Quién recibe cada evento y de qué manera hay que dárselo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from inventario.eventos.models import Evento

Consumidor = Callable[..., None]


@dataclass(frozen=True)
class HaciaAfuera:
    """Decora al consumidor que habla con otra máquina, como `@HaciaAfuera`.

    Nunca corre dentro de una transacción: una red lenta retendría filas y una que se deshace no recoge lo
    ya mandado. A cambio puede recibir un evento dos veces, si algo se corta entre mandarlo y anotarlo:
    quien lo escriba manda el id del evento, para que el otro lado reconozca la repetición, y pone a su
    espera un límite menor que `entrega.ESPERA`.
    """

    mandar: Callable[[Evento], None]

    def __call__(self, evento: Evento) -> None:
        self.mandar(evento)


def consumidores_de(tipo: str) -> list[str]:
    """Las funciones que esperan ese tipo de evento, por su ruta."""
    esperan: list[str] = settings.CONSUMIDORES_DE_EVENTOS.get(tipo, [])
    return esperan


def inmediatos_de(tipo: str) -> list[str]:
    """De ellas, las que lo reciben apenas se confirma lo que pasó."""
    return [
        consumidor for consumidor in consumidores_de(tipo) if consumidor in settings.CONSUMIDORES_EN_EL_ACTO
    ]
