"""El enlace de una invitación: se calcula cada vez y no se guarda en ninguna parte.

Lleva la empresa y la invitación, que dicen dónde buscarla, y una firma de su semilla con la clave del
servidor. Quien lea solo la base tiene la semilla y no la clave; quien tenga solo la clave, no la semilla.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from inventario.cuentas.models import Invitacion

_FORMA = re.compile(r"([1-9]\d{0,18})-([1-9]\d{0,18})-([0-9a-f]{64})", re.ASCII)
_ID_MAXIMO = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Ficha:
    """Lo que dice un token, todavía sin comprobar."""

    empresa_id: int
    invitacion_id: int
    firma: str

    def es_de(self, invitacion: Invitacion) -> bool:
        """Si la firmó este servidor, con la clave de ahora o con una anterior, para la semilla de ahora."""
        return any(
            constant_time_compare(self.firma, _firma(invitacion, clave))
            for clave in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        )


def token_de(invitacion: Invitacion) -> str:
    return f"{invitacion.empresa_id}-{invitacion.pk}-{_firma(invitacion, settings.SECRET_KEY)}"


def leer(token: str) -> Ficha | None:
    """Devuelve lo que dice el token; `None` si ni siquiera tiene su forma."""
    partes = _FORMA.fullmatch(token)
    if partes is None or max(int(partes[1]), int(partes[2])) > _ID_MAXIMO:
        return None
    return Ficha(int(partes[1]), int(partes[2]), partes[3])


def direccion(token: str) -> str:
    """La página entera de un token, para un correo: la arma un worker, que no sabe por dónde se llega."""
    return f"{settings.URL_PUBLICA}/invitacion/{token}/"


def _firma(invitacion: Invitacion, clave: str) -> str:
    dice = f"{invitacion.pk}:{invitacion.semilla}"
    return salted_hmac(__name__, dice, secret=clave, algorithm="sha256").hexdigest()
