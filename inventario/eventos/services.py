"""Escribir en la bandeja de salida."""

from __future__ import annotations

from typing import Any

from inventario.eventos.models import Evento


def registrar(tipo: str, *, empresa_id: int, clave: str = "", datos: dict[str, Any]) -> Evento:
    """Anota un hecho en la transacción en curso: si ella se deshace, el hecho no existió.

    El reparto a los consumidores de `settings.CONSUMIDORES_DE_EVENTOS` lo hace una tarea aparte.
    """
    evento: Evento = Evento.objects.create(empresa_id=empresa_id, tipo=tipo, clave=clave, datos=datos)
    return evento
