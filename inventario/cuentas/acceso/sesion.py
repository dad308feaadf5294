"""La empresa de quien entró con su correo."""

from __future__ import annotations

from django.http import HttpRequest

from inventario.cuentas.empresas.selectors import elegir_entre, empresas_de
from inventario.cuentas.models import Empresa, Usuario
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import SinPermiso

EMPRESA_EN_SESION = "empresa_id"


def empresa_de_sesion(request: HttpRequest) -> Empresa | None:
    """Devuelve la empresa elegida en la sesión, si aún es suya; si no, la predeterminada o la primera.

    Deja en `request.varias_empresas` si hay otra a la que cambiar: quien tiene una sola no lo ve.
    """
    if not isinstance(request.user, Usuario):
        return None
    empresas = empresas_de(request.user)
    request.varias_empresas = len(empresas) > 1  # type: ignore[attr-defined]  # HttpRequest no lo declara
    return elegir_entre(empresas, request.session.get(EMPRESA_EN_SESION))


def actor_de(request: HttpRequest) -> Actor:
    """Devuelve el actor de una página o del admin; lo puso `EmpresaDeSesion`. Sin él lanza `SinPermiso`."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise SinPermiso("Debe entrar con su correo.")
    return actor
