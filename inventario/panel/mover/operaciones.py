"""Qué se puede hacer con un lote, y quién."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import Lote
from inventario.nucleo.actores import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True, slots=True)
class Operacion:
    """Un formulario que mueve ese lote. `principal` es lo que casi siempre se viene a hacer."""

    titulo: StrPromise
    icono: str
    direccion: str
    principal: bool = False


def destinos(actor: Actor, bodegas: Iterable[Bodega], *, desde: int | None = None) -> list[Bodega]:
    """De esas bodegas, las que esa persona puede elegir para que algo llegue: abiertas, suyas y otras."""
    return [
        bodega for bodega in bodegas if bodega.activa and bodega.pk != desde and actor.alcance.ve(bodega.pk)
    ]


def operaciones_de(lote: Lote, actor: Actor, hoy: date, *, bodegas: Iterable[Bodega]) -> list[Operacion]:
    """Las que admite el lote y puede hacer esa persona; `bodegas` son las que hay, para trasladarlo."""

    def una(titulo: StrPromise, icono: str, ruta: str, *, principal: bool = False) -> Operacion:
        return Operacion(titulo, icono, reverse(ruta, args=[lote.pk]), principal)

    ajusta, queda = actor.puede(Permiso.AJUSTAR), lote.saldo > 0
    hechas = []
    if queda and lote.utilizable(hoy) and actor.puede(Permiso.REGISTRAR_SALIDA):
        hechas.append(una(_("Salida"), "package-export", "panel:lote_salida", principal=True))
    if queda and ajusta:
        hechas.append(una(_("Merma"), "trash", "panel:lote_merma"))
    if queda and actor.puede(Permiso.TRASLADAR) and destinos(actor, bodegas, desde=lote.bodega_id):
        hechas.append(una(_("Trasladar"), "switch-horizontal", "panel:lote_traslado"))
    if ajusta:
        hechas.append(una(_("Contar"), "clipboard-check", "panel:lote_conteo"))
        hechas.append(una(_("Ajustar"), "adjustments", "panel:lote_ajuste"))
    return hechas
