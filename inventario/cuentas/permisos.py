"""Qué puede hacer cada rol y cada alcance de una clave: una tabla, un lugar (decisión 29)."""

from __future__ import annotations

from django.db import models


class Permiso(models.TextChoices):
    VER = "ver", "Ver"
    REGISTRAR_ENTRADA = "registrar_entrada", "Registrar entradas"
    REGISTRAR_SALIDA = "registrar_salida", "Registrar salidas de un lote"
    DESPACHAR = "despachar", "Despachar"
    RESERVAR = "reservar", "Reservar"
    AJUSTAR = "ajustar", "Ajustar y dar de baja"
    TRASLADAR = "trasladar", "Trasladar entre bodegas"
    CATALOGAR = "catalogar", "Editar el catálogo"
    ELIMINAR = "eliminar", "Eliminar del catálogo"
    REVERTIR = "revertir", "Revertir asientos"
    BLOQUEAR = "bloquear", "Bloquear y desbloquear lotes"
    RECONOCER_ALERTAS = "reconocer_alertas", "Reconocer alertas y pedir que se revisen"
    ADMINISTRAR = "administrar", "Administrar la empresa, su gente y sus claves"


class Rol(models.TextChoices):
    OPERADOR = "operador", "Operador"
    SUPERVISOR = "supervisor", "Supervisor"
    ADMINISTRADOR = "administrador", "Administrador"
    AUDITOR = "auditor", "Auditor (solo lectura)"


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
