"""Escribir en la bandeja de salida."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.utils import timezone

from inventario.eventos import entrega
from inventario.eventos.models import Evento
from inventario.eventos.tasks import despachar
from inventario.nucleo import cache

_callados: ContextVar[bool] = ContextVar("eventos_callados", default=False)


def registrar(tipo: str, *, empresa_id: int, clave: str = "", datos: dict[str, Any]) -> Evento:
    """Anota un hecho en la transacción en curso: si ella se deshace, el hecho no existió.

    Quien lo espera es quien diga `settings.CONSUMIDORES_DE_EVENTOS`.
    """
    evento: Evento = Evento.objects.create(empresa_id=empresa_id, tipo=tipo, clave=clave, datos=datos)
    avisar(empresa_id, [evento])
    return evento


def avisar(empresa_id: int, eventos: Sequence[Evento]) -> None:
    """Hace que eventos recién guardados lleguen a quien los espera en cuanto se confirme la transacción.

    A los consumidores de `settings.CONSUMIDORES_EN_EL_ACTO` se les dan en este mismo proceso; de los demás
    se avisa a la tarea que reparte. Si algo se pierde por el camino, la ronda de cada minuto lo recoge.
    """
    # Todo lo que mueve o cambia un producto pasa por aquí, también lo que no deja eventos o nadie espera.
    cache.olvidar(empresa_id, cache.Familia.PRODUCTO)
    esperados = [evento for evento in eventos if entrega.consumidores_de(evento.tipo)]
    if not esperados or _callados.get():
        return
    en_el_acto = [evento for evento in esperados if entrega.se_hace_en_el_acto(evento.tipo)]

    # Una función con nombre: al anotar que falló, `robust` se lo pregunta, y un `partial` no lo tiene.
    def al_confirmar() -> None:
        hechos = not en_el_acto or entrega.entregar_en_el_acto(en_el_acto, timezone.now())
        if not hechos or len(en_el_acto) < len(esperados):
            despachar.delay(empresa_id)

    transaction.on_commit(al_confirmar, robust=True)


@contextmanager
def sin_avisar() -> Iterator[None]:
    """Lo que se registre adentro se guarda igual, pero lo recoge la ronda: para quien escribe sin parar."""
    ficha = _callados.set(True)
    try:
        yield
    finally:
        _callados.reset(ficha)
