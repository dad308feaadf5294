"""Quien ataca por HTTP: un navegador con sus galletas y sus formularios, y quien llama a la API."""

from __future__ import annotations

import itertools
import re
import ssl
from pathlib import Path
from typing import Any

import httpx

ESPERA_S = 40
SENAL = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
# Toda 127.0.0.0/8 es esta máquina: cada atacante llega desde una dirección suya.
_vecinos = itertools.count(1)


def otra_direccion() -> str:
    numero = next(_vecinos)
    return f"127.66.{numero // 250}.{numero % 250 + 1}"


def cliente_http(direccion: str, certificado: Path | None, desde: str) -> httpx.Client:
    confianza = ssl.create_default_context(cafile=certificado) if certificado else False
    return httpx.Client(
        base_url=direccion,
        transport=httpx.HTTPTransport(verify=confianza, local_address=desde),
        timeout=ESPERA_S,
        follow_redirects=False,
        trust_env=False,
    )


class Navegador:
    """Las páginas y el admin, con la señal contra solicitudes ajenas puesta como la pone un formulario."""

    def __init__(self, direccion: str, certificado: Path | None, desde: str = "") -> None:
        self.direccion = direccion
        self.http = cliente_http(direccion, certificado, desde or otra_direccion())

    def ver(self, ruta: str, **cabeceras: str) -> httpx.Response:
        return self.http.get(ruta, headers=cabeceras)

    def mandar(
        self, ruta: str, datos: dict[str, Any] | None = None, *, formulario: str = "", **mas: Any
    ) -> httpx.Response:
        """Manda como desde la página `formulario`, que si no se dice es la misma ruta."""
        pagina = self.ver(formulario or ruta)
        hallada = SENAL.search(pagina.text)
        senal = hallada[1] if hallada else self.galleta("csrftoken")
        cabeceras = {"Referer": f"{self.direccion}/", **mas.pop("headers", {})}
        return self.http.post(
            ruta, data={**(datos or {}), "csrfmiddlewaretoken": senal}, headers=cabeceras, **mas
        )

    def galleta(self, nombre: str) -> str:
        return next((una.value or "" for una in self.http.cookies.jar if una.name.endswith(nombre)), "")

    def entrar(self, correo: str, clave: str, *, por: str = "/entrar/") -> httpx.Response:
        return self.mandar(por, {"username": correo, "password": clave}, formulario="/entrar/")

    @property
    def adentro(self) -> bool:
        """Si la cuenta se le abre: con ella pendiente o con el código por dar, no."""
        return self.ver("/cuenta/").status_code == 200


class Api:
    """La API con una credencial, o sin ninguna."""

    def __init__(
        self, direccion: str, certificado: Path | None, credencial: str = "", desde: str = ""
    ) -> None:
        self.http = cliente_http(direccion, certificado, desde or otra_direccion())
        if credencial:
            self.http.headers["Authorization"] = f"Bearer {credencial}"

    def pedir(self, metodo: str, ruta: str, cuerpo: Any = None, **cabeceras: str) -> httpx.Response:
        return self.http.request(metodo, f"/api/v1/{ruta}", json=cuerpo, headers=cabeceras)

    def entrar(self, correo: str, clave: str, **mas: str) -> httpx.Response:
        return self.pedir("POST", "auth/login", {"email": correo, "password": clave, **mas})
