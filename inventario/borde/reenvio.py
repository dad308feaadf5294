"""Lo que alguien escribió en un formulario, para mandarlo otra vez sin volver a escribirlo."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError

# Donde viaja la clave de idempotencia de un formulario.
CAMPO_DE_CLAVE = "clave_idempotencia"
# Lo que no vuelve a la página ni escondido.
SECRETOS = ("password", "contrasena", "token", "otp")


@dataclass(frozen=True, slots=True)
class Reenvio:
    """A dónde iba y qué llevaba; con su clave de idempotencia, si al final se guardó no se repite."""

    ruta: str
    campos: list[tuple[str, str]]
    con_archivos: bool

    @property
    def con_clave(self) -> bool:
        return any(nombre == CAMPO_DE_CLAVE and valor for nombre, valor in self.campos)


def lo_escrito(solicitud: HttpRequest) -> Reenvio | None:
    """Devuelve lo enviado; `None` si no es un formulario, si no llegó entero o si lleva una contraseña."""
    if solicitud.method != "POST" or hasattr(solicitud, "sensitive_post_parameters"):
        return None
    try:
        campos = [(nombre, str(valor)) for nombre, valores in solicitud.POST.lists() for valor in valores]
    except (UnreadablePostError, SuspiciousOperation):
        return None
    propios = [(nombre, valor) for nombre, valor in campos if nombre != "csrfmiddlewaretoken"]
    if any(secreto in nombre for secreto in SECRETOS for nombre, _ in propios):
        return None
    return Reenvio(solicitud.get_full_path(), propios, bool(solicitud.FILES))
