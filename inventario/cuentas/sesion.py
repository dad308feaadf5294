"""La empresa de quien entró con su correo."""

from __future__ import annotations

from django.http import HttpRequest

from inventario.cuentas.models import Empresa, Usuario
from inventario.cuentas.selectors import elegir_empresa
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import SinPermiso

EMPRESA_EN_SESION = "empresa_id"


def empresa_de_sesion(request: HttpRequest) -> Empresa | None:
    """Devuelve la empresa elegida en la sesión, si aún es suya; si no, la predeterminada o la primera."""
    if not isinstance(request.user, Usuario):
        return None
    return elegir_empresa(request.user, request.session.get(EMPRESA_EN_SESION))


def actor_de(request: HttpRequest) -> Actor:
    """Devuelve el actor de una página o del admin; lo puso `EmpresaDeSesion`. Sin él lanza `SinPermiso`."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise SinPermiso("Debe entrar con su correo.")
    return actor
