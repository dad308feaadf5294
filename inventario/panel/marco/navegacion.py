"""Qué secciones hay y quién las ve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True, slots=True)
class Seccion:
    """`ruta` es el nombre de su página."""

    titulo: str | StrPromise
    icono: str
    ruta: str
    permiso: str = Permiso.VER
    # En el teléfono solo caben unas pocas abajo.
    abajo: bool = False


SECCIONES = (
    Seccion(_("Inicio"), "home", "panel:inicio", abajo=True),
    Seccion(_("Alertas"), "bell", "panel:alertas", abajo=True),
    Seccion(_("Productos"), "package", "panel:productos"),
    Seccion(_("Entrada"), "package-import", "panel:entrada", Permiso.REGISTRAR_ENTRADA, abajo=True),
    Seccion(_("Despacho"), "package-export", "panel:despacho", Permiso.DESPACHAR, abajo=True),
    Seccion(_("Salida por lote"), "tag", "panel:salida", Permiso.REGISTRAR_SALIDA),
    Seccion(_("Lotes"), "packages", "panel:lotes"),
    Seccion(_("Movimientos"), "history", "panel:movimientos"),
    Seccion(_("Reservas"), "clock", "panel:reservas"),
    Seccion(_("Trazabilidad"), "timeline", "panel:trazabilidad"),
    Seccion(_("Reportes"), "chart-bar", "panel:reportes"),
    Seccion(_("Personas"), "users", "panel:personas", Permiso.ADMINISTRAR),
    Seccion(_("Auditoría"), "clipboard-check", "panel:auditoria", Permiso.ADMINISTRAR),
)


@dataclass(frozen=True, slots=True)
class Enlace:
    titulo: str | StrPromise
    icono: str
    direccion: str
    activo: bool
    abajo: bool


def enlaces_de(request: HttpRequest) -> list[Enlace]:
    """Devuelve las secciones que esta persona puede ver, con la actual marcada."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        return []
    enlaces = []
    for seccion in SECCIONES:
        if actor.puede(seccion.permiso):
            direccion = reverse(seccion.ruta)
            en_ella = request.path == direccion or (direccion != "/" and request.path.startswith(direccion))
            enlaces.append(Enlace(seccion.titulo, seccion.icono, direccion, en_ella, seccion.abajo))
    return enlaces
