"""Quiénes son los miembros de una empresa y a quién se ha invitado."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inventario.cuentas.alcance import limites_de
from inventario.cuentas.models import Bodega, Invitacion, Membresia
from inventario.nucleo.actores import Actor
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.errores import NoEncontrado


@dataclass(frozen=True, slots=True)
class Miembro:
    """Una membresía como la ve quien administra. Sin `bodegas`, llega a todas."""

    membresia: Membresia
    bodegas: list[Bodega]
    se_cambia: bool
    """Si quien mira puede cambiarla."""


@dataclass(frozen=True, slots=True)
class Invitado:
    invitacion: Invitacion
    bodegas: list[Bodega]
    se_cambia: bool


def miembros(actor: Actor) -> list[Miembro]:
    """Los de la empresa del actor, las activas primero. Dos consultas, sean cuantos sean."""
    suyas = Membresia.objects.filter(empresa=actor.empresa).select_related("usuario", "bodega")
    filas = list(suyas.order_by("-activa", "usuario__nombre", "usuario__email"))
    limites = limites_de(filas)
    return [
        Miembro(
            membresia=fila,
            bodegas=limites.get(fila.pk, []),
            se_cambia=fila.usuario_id != actor.usuario.pk and _alcanza(actor, limites.get(fila.pk, [])),
        )
        for fila in filas
    ]


def invitados(actor: Actor) -> list[Invitado]:
    """Las invitaciones sin responder de la empresa, vencidas o no; las últimas primero."""
    filas = list(Invitacion.objects.pendientes().select_related("invitada_por", "bodega"))
    limites = limites_de(filas)
    return [
        Invitado(fila, limites.get(fila.pk, []), _alcanza(actor, limites.get(fila.pk, []))) for fila in filas
    ]


def miembro(actor: Actor, pk: int) -> Miembro:
    """Lanza `NoEncontrado` si no es de la empresa del actor."""
    hallado = next((uno for uno in miembros(actor) if uno.membresia.pk == pk), None)
    if hallado is None:
        raise NoEncontrado("Esa persona no es miembro de la empresa.")
    return hallado


def invitacion(actor: Actor, pk: int) -> Invitacion:
    """Lanza `NoEncontrado` si no es de la empresa del actor."""
    hallada: Invitacion | None = Invitacion.objects.filter(empresa=actor.empresa, pk=pk).first()
    if hallada is None:
        raise NoEncontrado("No existe esa invitación.")
    return hallada


def _alcanza(actor: Actor, bodegas: Iterable[Bodega]) -> bool:
    return actor.alcance.abarca(Alcance.de(una.pk for una in bodegas))
