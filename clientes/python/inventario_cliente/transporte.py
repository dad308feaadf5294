"""La conversación HTTP: una credencial, tiempos límite y reintentos que nunca repiten un efecto.

Un POST lleva siempre `Idempotency-Key`, y todos sus intentos llevan la misma: si el primero sí llegó y
solo se perdió la respuesta, el segundo trae esa respuesta y no mueve nada. Un GET o un PUT se pueden
repetir sin más. Un DELETE, cuando no se sabe si llegó, no se repite.
"""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from inventario_cliente.errores import RespuestaIlegible, SinRespuesta, error_de
from inventario_cliente.formas import escribir_json, leer_json

registro = logging.getLogger(__name__)

PREFIJO = "/api/v1"
# El 409 de una clave en curso y el 500 no están: el primero lo decide quien llama y el segundo es un defecto.
PASAJEROS = frozenset({429, 502, 503, 504})
# Estos los da el servidor sin haber hecho nada; tras un 502 o un 504 no se sabe.
SIN_EFECTO = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Tiempos:
    """Segundos que se espera cada cosa antes de dar el intento por perdido."""

    conectar_s: float = 5.0
    responder_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Reintentos:
    """Cuántas veces se intenta en total y cuánto se espera entre una y otra.

    La espera crece al doble cada vez, con azar para que muchos clientes no vuelvan a la vez. Si el
    servidor dice cuánto (`Retry-After`), se espera eso, salvo que pase de `tope_s`: entonces se deja.
    Pasados `plazo_s` desde el primer intento ya no se empieza otro.
    """

    intentos: int = 4
    primera_s: float = 0.25
    tope_s: float = 20.0
    plazo_s: float = 90.0

    def espera_s(self, fallidos: int, azar: Callable[[], float]) -> float:
        return min(self.primera_s * 2.0 ** (fallidos - 1), self.tope_s) * (0.5 + azar() / 2)


@dataclass(frozen=True, slots=True)
class Persona:
    """Por quién actúa la clave: queda escrito en el libro junto a ella."""

    id: str = ""
    nombre: str = ""

    def cabeceras(self) -> dict[str, str]:
        # Las cabeceras HTTP no llevan tildes: van codificadas y el servidor las devuelve a su forma.
        escritas = {"X-Acting-User-Id": self.id, "X-Acting-User-Name": self.nombre}
        # Y un espacio al comienzo o al final no puede viajar: la solicitud no saldría.
        limpias = {nombre: valor.strip() for nombre, valor in escritas.items()}
        return {nombre: quote(valor, safe=" @.-_+") for nombre, valor in limpias.items() if valor}


@dataclass(frozen=True, slots=True)
class Respuesta:
    estado: int
    dato: Any
    cabeceras: Mapping[str, str]

    @property
    def repetida(self) -> bool:
        """Dice que ya se había hecho con esa clave: esta es la respuesta de aquella vez."""
        return self.cabeceras.get("Idempotency-Replayed", "").lower() == "true"


class Transporte:
    """Habla con un servidor con una clave. Se puede usar desde varios hilos a la vez."""

    def __init__(
        self,
        url: str,
        clave: str,
        *,
        tiempos: Tiempos | None = None,
        reintentos: Reintentos | None = None,
        http: httpx.BaseTransport | None = None,
        dormir: Callable[[float], None] = time.sleep,
        azar: Callable[[], float] = random.random,
        reloj: Callable[[], float] = time.monotonic,
    ) -> None:
        tiempos = tiempos or Tiempos()
        self.base = normalizar(url)
        clave = _limpia(clave)
        self.reintentos = reintentos or Reintentos()
        self._dormir, self._azar, self._reloj = dormir, azar, reloj
        self._http = httpx.Client(
            headers={
                "Authorization": f"Bearer {clave}",
                "Accept": "application/json",
                "User-Agent": "inventario-cliente/1.0",
            },
            timeout=httpx.Timeout(tiempos.responder_s, connect=tiempos.conectar_s),
            transport=http,
            # El ambiente de quien llama (un HTTP_PROXY) no decide por dónde viaja la clave.
            trust_env=False,
            follow_redirects=False,
        )

    def cerrar(self) -> None:
        self._http.close()

    def pedir(
        self,
        metodo: str,
        ruta: str,
        *,
        consulta: Mapping[str, Any] | None = None,
        cuerpo: Any = None,
        clave_idempotencia: str | None = None,
        persona: Persona | None = None,
        cabeceras: Mapping[str, str] | None = None,
        solo_lee: bool = False,
    ) -> Respuesta:
        """Pide y devuelve la respuesta 2xx ya leída. `ruta` empieza con `/`.

        Un POST que `solo_lee` no lleva clave: no hay efecto que repetir ni respuesta que recordar.
        Lanza la subclase de `ErrorDeApi` que toque, `SinRespuesta` si nadie contestó o
        `RespuestaIlegible` si lo que contestó no es JSON.
        """
        envia = {**(persona.cabeceras() if persona else {}), **(cabeceras or {})}
        if metodo == "POST" and not solo_lee:
            clave_idempotencia = clave_idempotencia or nueva_clave()
            envia["Idempotency-Key"] = clave_idempotencia
        contenido = None
        if cuerpo is not None:
            contenido = escribir_json(cuerpo)
            envia["Content-Type"] = "application/json"
        solicitud = self._http.build_request(
            metodo,
            f"{self.base}{ruta}",
            params=_parametros(consulta or {}),
            content=contenido,
            headers=envia,
        )
        return self._leer(self._insistir(solicitud, clave_idempotencia))

    def _insistir(self, solicitud: httpx.Request, clave: str | None) -> httpx.Response:
        fallidos, empezo = 0, self._reloj()
        while True:
            fallo: httpx.TransportError | None = None
            respuesta: httpx.Response | None = None
            try:
                respuesta = self._http.send(solicitud)
                if respuesta.status_code not in PASAJEROS:
                    return respuesta
                pasajero = respuesta.status_code in SIN_EFECTO or solicitud.method != "DELETE"
                espera_s = _retry_after(respuesta)
                que = f"respondió {respuesta.status_code}"
            except httpx.TransportError as error:
                fallo = error
                sin_salir = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
                pasajero = sin_salir or solicitud.method != "DELETE"
                espera_s = None
                que = f"no respondió ({type(error).__name__})"
            fallidos += 1
            if espera_s is None:
                espera_s = self.reintentos.espera_s(fallidos, self._azar)
            tarde = self._reloj() - empezo + espera_s > self.reintentos.plazo_s
            ultimo = fallidos >= self.reintentos.intentos or espera_s > self.reintentos.tope_s or tarde
            if ultimo or not pasajero:
                if respuesta is not None:
                    return respuesta
                raise SinRespuesta(
                    f"{solicitud.url.host}: {type(fallo).__name__}, {fallidos}/{self.reintentos.intentos} "
                    f"({solicitud.method} {solicitud.url.path})",
                    clave_idempotencia=clave,
                ) from fallo
            registro.info("%s %s %s; otra vez en %.2f s", solicitud.method, solicitud.url.path, que, espera_s)
            self._dormir(espera_s)

    def _leer(self, respuesta: httpx.Response) -> Respuesta:
        dato: Any = None
        if respuesta.content:
            try:
                dato = leer_json(respuesta.content)
            except ValueError as error:
                if respuesta.is_success:
                    raise RespuestaIlegible(
                        f"{self.base}: HTTP {respuesta.status_code}, no es JSON."
                    ) from error
        if not respuesta.is_success:
            cuerpo = dato if isinstance(dato, Mapping) else {}
            raise error_de(respuesta.status_code, cuerpo, espera_s=_retry_after(respuesta))
        return Respuesta(respuesta.status_code, dato, respuesta.headers)


class ConTransporte:
    """Lo común de los clientes: se construyen igual y se usan con `with`."""

    def __init__(self, url: str, clave: str, **opciones: Any) -> None:
        self.transporte = Transporte(url, clave, **opciones)

    def close(self) -> None:
        self.transporte.cerrar()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        tipo: type[BaseException] | None,
        error: BaseException | None,
        traza: TracebackType | None,
    ) -> None:
        self.close()


def normalizar(url: str) -> str:
    """Devuelve la dirección hasta `/api/v1`, venga con esquema o sin él, con el prefijo o sin él."""
    url = url.strip().rstrip("/")
    if not url:
        raise ValueError("Falta la dirección del servidor de Inventario.")
    if "://" not in url:
        url = f"https://{url}"
    return url if url.endswith(PREFIJO) else f"{url}{PREFIJO}"


def _limpia(clave: str) -> str:
    """Quita lo que se pega al leerla de un archivo; lo demás se niega aquí y sin mostrarla."""
    # El salto de línea final haría fallar cada solicitud con un error que la trae entera.
    clave = clave.strip()
    if not (clave and clave.isascii() and clave.isprintable()):
        raise ValueError("Falta la clave de API, o tiene caracteres que una clave no lleva.")
    return clave


def nueva_clave() -> str:
    return uuid.uuid4().hex


def _parametros(consulta: Mapping[str, Any]) -> dict[str, str]:
    """Quita lo que no se dijo y escribe los booleanos como los espera el servidor."""
    return {
        nombre: str(valor).lower() if isinstance(valor, bool) else str(valor)
        for nombre, valor in consulta.items()
        if valor is not None
    }


def _retry_after(respuesta: httpx.Response) -> float | None:
    texto = respuesta.headers.get("Retry-After", "").strip()
    return float(texto) if texto.isascii() and texto.isdigit() else None
