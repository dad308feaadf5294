"""Desde dónde se abre una sesión: la dirección y el programa que dice ser."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest

from inventario.nucleo.direccion import direccion_del_cliente

LARGO_DEL_AGENTE = 255
# El orden importa: casi todos dicen ser también otro. Los de la API van al final.
PROGRAMAS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/|FxiOS/", "Firefox"),
    ("Chrome/|CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python-requests/|httpx/|aiohttp/|inventario-cliente", "Python"),
)
SISTEMAS = (
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X|Macintosh", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Procedencia:
    ip: str | None = None
    agente: str = ""


def procedencia_de(peticion: HttpRequest) -> Procedencia:
    """Devuelve desde dónde llega la solicitud; `ip` es `None` si lo que llega no es una dirección."""
    agente = str(peticion.META.get("HTTP_USER_AGENT", ""))
    return Procedencia(direccion_del_cliente(peticion), limpiar_agente(agente))


def limpiar_agente(agente: str) -> str:
    return "".join(letra for letra in agente if letra.isprintable())[:LARGO_DEL_AGENTE]


def nombre_del_equipo(agente: str) -> str:
    """Devuelve «Chrome · Android», como lo reconoce quien lo usa; vacío si no se reconoce nada."""
    hallados = [
        next((nombre for patron, nombre in tabla if re.search(patron, agente)), "")
        for tabla in (PROGRAMAS, SISTEMAS)
    ]
    return " · ".join(nombre for nombre in hallados if nombre)
