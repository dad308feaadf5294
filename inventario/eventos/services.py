"""Escribir en la bandeja de salida."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction

from inventario.eventos.models import Evento
from inventario.eventos.tasks import despachar


def registrar(tipo: str, *, empresa_id: int, clave: str = "", datos: dict[str, Any]) -> Evento:
    """Anota un hecho en la transacción en curso: si ella se deshace, el hecho no existió.

    El reparto a los consumidores de `settings.CONSUMIDORES_DE_EVENTOS` lo hace una tarea aparte, a la
    que se avisa tras confirmar; si el aviso se pierde, la ronda de cada minuto lo recoge.
    """
    evento: Evento = Evento.objects.create(empresa_id=empresa_id, tipo=tipo, clave=clave, datos=datos)
    if settings.CONSUMIDORES_DE_EVENTOS.get(tipo):
        # Una función con nombre: al anotar que falló, `robust` se lo pregunta, y un `partial` no lo tiene.
        def avisar() -> None:
            despachar.delay(empresa_id)

        transaction.on_commit(avisar, robust=True)
    return evento
