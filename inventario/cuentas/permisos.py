"""Qué puede hacer cada rol y cada alcance de una clave: una tabla, un lugar (decisión 29)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Permiso(models.TextChoices):
    VER = "ver", _("Ver")
    REGISTRAR_ENTRADA = "registrar_entrada", _("Registrar entradas")
    REGISTRAR_SALIDA = "registrar_salida", _("Registrar salidas de un lote")
    DESPACHAR = "despachar", _("Despachar")
    RESERVAR = "reservar", _("Reservar")
    AJUSTAR = "ajustar", _("Ajustar y dar de baja")
    TRASLADAR = "trasladar", _("Trasladar entre bodegas")
    CATALOGAR = "catalogar", _("Editar el catálogo")
    ELIMINAR = "eliminar", _("Eliminar del catálogo")
    REVERTIR = "revertir", _("Revertir asientos")
    BLOQUEAR = "bloquear", _("Bloquear y desbloquear lotes")
    RECONOCER_ALERTAS = "reconocer_alertas", _("Reconocer alertas y pedir que se revisen")
    ADMINISTRAR = "administrar", _("Administrar la empresa, su gente y sus claves")


class Rol(models.TextChoices):
    OPERADOR = "operador", _("Operador")
    SUPERVISOR = "supervisor", _("Supervisor")
    ADMINISTRADOR = "administrador", _("Administrador")
    AUDITOR = "auditor", _("Auditor (solo lectura)")


_DE_OPERADOR = frozenset(
    {
        Permiso.VER,
        Permiso.REGISTRAR_ENTRADA,
        Permiso.REGISTRAR_SALIDA,
        Permiso.DESPACHAR,
        Permiso.RESERVAR,
        Permiso.RECONOCER_ALERTAS,
    }
)
_TODOS = frozenset(Permiso)

PERMISOS_POR_ROL: dict[str, frozenset[str]] = {
    Rol.OPERADOR: _DE_OPERADOR,
    Rol.SUPERVISOR: _TODOS - {Permiso.ADMINISTRAR},
    Rol.ADMINISTRADOR: _TODOS,
    Rol.AUDITOR: frozenset({Permiso.VER}),
}

_LEER = frozenset({Permiso.VER})
_ESCRIBIR = frozenset(
    {
        Permiso.REGISTRAR_ENTRADA,
        Permiso.REGISTRAR_SALIDA,
        Permiso.DESPACHAR,
        Permiso.RESERVAR,
        Permiso.AJUSTAR,
        Permiso.TRASLADAR,
        Permiso.CATALOGAR,
        Permiso.RECONOCER_ALERTAS,
    }
)
_ELIMINAR = frozenset({Permiso.ELIMINAR, Permiso.REVERTIR, Permiso.BLOQUEAR})

PERMISOS_POR_ALCANCE: dict[str, frozenset[str]] = {
    "inventory:read": _LEER,
    "inventory:write": _ESCRIBIR,
    "inventory:delete": _ELIMINAR,
    "inventory:*": _LEER | _ESCRIBIR | _ELIMINAR,
    # Es de otro tablero: quien solo tiene este alcance no lee el inventario.
    "dashboard:read": frozenset(),
    "*:*": _TODOS - {Permiso.ADMINISTRAR},
}


def permisos_de_alcances(alcances: list[str]) -> frozenset[str]:
    """Une los permisos de los alcances de una clave; uno desconocido no da nada."""
    vacio: frozenset[str] = frozenset()
    return vacio.union(*(PERMISOS_POR_ALCANCE.get(alcance, vacio) for alcance in alcances))
