"""Un teléfono con su aplicación de códigos, hecho de cero según la RFC 6238: no usa lo que prueba."""

from __future__ import annotations

import base64
import hmac
import struct
import time
from dataclasses import dataclass

from django.test import RequestFactory
from django_otp.plugins.otp_totp.models import TOTPDevice

from inventario.cuentas.models import Usuario
from inventario.cuentas.segundo_factor import services

PASO_S = 30
CONTRASENA = "clave-de-prueba"


@dataclass
class Telefono:
    """`secreto` como lo muestra la página: en base 32 y en grupos."""

    secreto: str

    def codigo(self) -> str:
        """El de ahora."""
        clave = base64.b32decode(self.secreto.replace(" ", ""))
        contador = int(time.time()) // PASO_S
        resumen = hmac.digest(clave, struct.pack(">Q", contador), "sha1")
        desde = resumen[-1] & 15
        numero = int.from_bytes(resumen[desde : desde + 4], "big") & 0x7FFFFFFF
        return f"{numero % 1_000_000:06d}"


def activar(usuario: Usuario, *, contrasena: str = CONTRASENA) -> tuple[Telefono, list[str]]:
    """Activa el segundo factor de alguien hace rato: el código de ahora todavía no se usó."""
    services.comenzar(peticion=RequestFactory().post("/"), usuario=usuario, contrasena=contrasena)
    pendiente = services.por_confirmar(usuario)
    assert pendiente is not None
    telefono = Telefono(pendiente.secreto)
    entregados = services.confirmar(usuario=usuario, codigo=telefono.codigo())
    TOTPDevice.objects.filter(user=usuario).update(last_t=-1)
    return telefono, entregados
