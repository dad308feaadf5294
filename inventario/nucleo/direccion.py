"""De qué dirección viene una solicitud. Es el único que lo lee: límites, sesiones, usos y registro."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, Protocol

from django.conf import settings

SIN_DIRECCION = "0.0.0.0"
# Una casa recibe un /64 entero: contada de a una dirección, nadie se quedaría sin intentos.
RED_IPV6 = 64


class Solicitud(Protocol):
    """La de Django o la de DRF, que envuelve a la otra."""

    @property
    def META(self) -> Mapping[str, Any]: ...  # noqa: N802  # así la llama Django


def direccion_del_cliente(solicitud: Solicitud) -> str | None:
    """Devuelve la dirección que vio el primer intermediario nuestro; `None` si ninguna se entiende.

    Lo que está más a la izquierda en X-Forwarded-For lo escribe el cliente: se cuenta desde la derecha. Si
    ahí no hay una dirección, o hay menos pasos que `PROXIES_DE_CONFIANZA`, vale la que llegó a la puerta.
    """
    directa = _limpia(str(solicitud.META.get("REMOTE_ADDR", "")))
    cuantos: int = settings.PROXIES_DE_CONFIANZA
    if not cuantos:
        return directa
    # Desde la derecha y sin pasar de los nuestros: una cabecera enorme no cuesta más.
    pasos = str(solicitud.META.get("HTTP_X_FORWARDED_FOR", "")).rsplit(",", cuantos)[-cuantos:]
    return (_limpia(pasos[0]) if len(pasos) == cuantos else None) or directa


def origen_de(solicitud: Solicitud) -> str:
    """Devuelve por qué dirección se le cuenta: en IPv6 la de su red, y `SIN_DIRECCION` si no se sabe."""
    direccion = direccion_del_cliente(solicitud)
    if direccion is None:
        return SIN_DIRECCION
    if ":" not in direccion:
        return direccion
    return str(ipaddress.ip_network((direccion, RED_IPV6), strict=False).network_address)


def _limpia(texto: str) -> str | None:
    """Quita puerto, corchetes y zona; `None` si lo que queda no es una dirección."""
    texto = texto.strip()
    if texto.startswith("["):
        texto = texto[1:].partition("]")[0]
    elif texto.count(":") == 1:
        texto = texto.partition(":")[0]
    try:
        direccion = ipaddress.ip_address(texto.partition("%")[0])
    except ValueError:
        return None
    # Un IPv4 dicho en IPv6 es el mismo que sin decirlo: no da una cuenta aparte.
    return str(getattr(direccion, "ipv4_mapped", None) or direccion)
