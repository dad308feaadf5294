"""Los códigos de quien entra: el de seis cifras del teléfono y los de recuperación, de un solo uso.

De los de recuperación se guarda la huella. Son 80 bits al azar: no hace falta sal ni una huella lenta, y
cabe en el campo de django-otp, que los guardaría tal cual (decisión 44).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import b32encode, urlsafe_b64encode

from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from inventario.cuentas.models import Usuario

CUANTOS = 10
NOMBRE = "recuperación"
_DEL_TELEFONO = re.compile(r"[0-9]{6}")
_DE_RECUPERACION = re.compile(r"[a-z2-7]{16}")
_SEPARADORES = re.compile(r"[\s-]+")
# Lo más largo que alguien escribiría: uno de recuperación con un separador entre cada letra.
LARGO_MAXIMO = 40


def acierta(usuario: Usuario, codigo: str) -> bool:
    """Dice si el código es de la persona, y lo gasta: no vale otra vez, ni para dos que lo usen a la vez.

    Tras cada fallo el dispositivo espera el doble antes de mirar otro, y mientras tanto no acierta nadie.
    """
    limpio = _SEPARADORES.sub("", codigo[:LARGO_MAXIMO]).lower()
    with transaction.atomic():
        # Con la fila tomada: el segundo que llega con el mismo código lo encuentra gastado.
        if _DEL_TELEFONO.fullmatch(limpio):
            telefono = TOTPDevice.objects.select_for_update().filter(user=usuario, confirmed=True).first()
            return telefono is not None and bool(telefono.verify_token(limpio))
        if _DE_RECUPERACION.fullmatch(limpio):
            papel = StaticDevice.objects.select_for_update().filter(user=usuario, confirmed=True).first()
            return papel is not None and bool(papel.verify_token(_huella(limpio)))
    return False


def entregar(usuario: Usuario) -> list[str]:
    """Reemplaza los de recuperación de la persona y devuelve los nuevos, que no se vuelven a ver."""
    nuevos = [b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(CUANTOS)]
    StaticDevice.objects.filter(user=usuario).delete()
    papel = StaticDevice.objects.create(user=usuario, name=NOMBRE)
    StaticToken.objects.bulk_create([StaticToken(device=papel, token=_huella(nuevo)) for nuevo in nuevos])
    return [agrupado(nuevo) for nuevo in nuevos]


def restantes(usuario: Usuario) -> int:
    """Cuántos de recuperación le quedan."""
    cuantos: int = StaticToken.objects.filter(device__user=usuario).count()
    return cuantos


def agrupado(texto: str) -> str:
    """De a cuatro letras, que es como se copia a mano sin perderse."""
    return "-".join(texto[inicio : inicio + 4] for inicio in range(0, len(texto), 4))


def _huella(codigo: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(codigo.encode()).digest()).decode()[:16]
