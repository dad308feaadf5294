"""Entre la contraseña y el código: quién espera, en una sesión que todavía no es de nadie."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from inventario.cuentas.models import Usuario

EN_SESION = "espera_del_codigo"


@dataclass(frozen=True, slots=True)
class EnEspera:
    """Quién dio bien su contraseña, y a dónde iba."""

    usuario: Usuario
    destino: str


def dejar_en_espera(request: HttpRequest, usuario: Usuario, *, destino: str) -> None:
    """Anota que dio bien su contraseña. La sesión cambia de nombre: la de antes pudo verla otro."""
    request.session.cycle_key()
    request.session[EN_SESION] = {
        "usuario": str(usuario.pk),
        "huella": usuario.get_session_auth_hash(),
        "desde": time.time(),
        "destino": destino,
    }


def quien_espera(request: HttpRequest) -> EnEspera | None:
    """Devuelve quién espera; `None` si nadie, si pasó el plazo o si cambió con qué entra."""
    anotado = request.session.get(EN_SESION)
    if anotado is None:
        return None
    if not 0 <= time.time() - anotado["desde"] < settings.ESPERA_DEL_CODIGO.total_seconds():
        return None
    usuario = Usuario.objects.filter(pk=anotado["usuario"], is_active=True).first()
    if usuario is None or not constant_time_compare(anotado["huella"], usuario.get_session_auth_hash()):
        return None
    return EnEspera(usuario, str(anotado["destino"]))


def dejar_de_esperar(request: HttpRequest) -> None:
    request.session.pop(EN_SESION, None)
