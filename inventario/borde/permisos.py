"""Si quien llama puede hacer lo que pide. Qué da cada rol y cada alcance está en `cuentas.permisos`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import SinPermiso


class PermisoDeLaAccion(BasePermission):
    """El que `vista.permisos` exige para la acción del viewset o para el método.

    Lo que no está dicho se niega, y una vista que no sabe quién actúa lo niega todo.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        actor = getattr(view, "actor", None)
        if not isinstance(actor, Actor):
            return False
        permiso = _exigido(request, view)
        if isinstance(permiso, str):
            actor.exigir(permiso)
        else:
            actor.exigir_alguno(permiso)
        return True


def _exigido(request: Request, view: Any) -> str | frozenset[str]:
    metodo = "GET" if request.method == "HEAD" else request.method or ""
    if metodo == "OPTIONS":
        return Permiso.VER
    permisos: Mapping[str, str | frozenset[str]] = view.permisos
    permiso = permisos.get(getattr(view, "action", None) or "") or permisos.get(metodo)
    if permiso is None:
        if metodo not in view.allowed_methods:
            raise MethodNotAllowed(metodo)
        raise SinPermiso("Esta acción no está permitida.")
    return permiso
