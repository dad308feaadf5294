"""Escribir en la bandeja de salida."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

from inventario.cuentas.models import Empresa
from inventario.eventos import entrega
from inventario.eventos.catalogo import Hecho
from inventario.eventos.consumidores import consumidores_de, inmediatos_de
from inventario.eventos.models import Evento
from inventario.eventos.tasks import despachar
from inventario.nucleo import cache
from inventario.nucleo.cola import avisar
from inventario.nucleo.confirmacion import al_confirmarse
from inventario.nucleo.sql import insertar

_callados: ContextVar[bool] = ContextVar("eventos_callados", default=False)


def registrar(empresa: Empresa, *hechos: Hecho) -> None:
    """Anota los hechos en la transacción en curso: si ella se deshace, no ocurrieron.

    Al confirmarse se olvida lo recordado que volvieron viejo y se dan a quien diga
    `settings.CONSUMIDORES_DE_EVENTOS`.
    """
    eventos = [
        Evento(empresa=empresa, tipo=hecho.codigo, clave=hecho.clave, datos=hecho.datos) for hecho in hechos
    ]
    insertar(Evento, eventos)
    cache.olvidar(empresa.pk, *sorted({familia for hecho in hechos for familia in hecho.olvida}))
    _avisar(empresa, [evento for evento in eventos if consumidores_de(evento.tipo)])


def _avisar(empresa: Empresa, esperados: Sequence[Evento]) -> None:
    """Hace que lleguen en cuanto se confirme la transacción.

    Los que algún consumidor quiere en el acto se encaminan en este mismo proceso; si con eso no quedó todo
    entregado, se avisa a la tarea. Lo que se pierda por el camino lo recoge la ronda de cada minuto.
    """
    if not esperados or _callados.get():
        return
    en_el_acto = [evento for evento in esperados if inmediatos_de(evento.tipo)]

    def llevarlos() -> None:
        hechos = not en_el_acto or entrega.entregar_en_el_acto(empresa, en_el_acto, timezone.now())
        if not hechos or len(en_el_acto) < len(esperados):
            avisar(despachar, empresa.pk)

    al_confirmarse("avisar de los eventos", llevarlos)


@contextmanager
def sin_avisar() -> Iterator[None]:
    """Lo que se registre adentro se guarda igual, pero lo recoge la ronda: para quien escribe sin parar."""
    ficha = _callados.set(True)
    try:
        yield
    finally:
        _callados.reset(ficha)
