"""Lo que puede salir mal. `str()` de cualquiera de estos errores nunca está vacío."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any


class ErrorDeInventario(Exception):
    """La base de todos: sirve para atraparlos sin mirar cuál."""

    def __init__(self, mensaje: str) -> None:
        super().__init__(mensaje)
        self.mensaje = mensaje

    def __str__(self) -> str:
        return self.mensaje or type(self).__name__


class SinRespuesta(ErrorDeInventario):
    """El servidor no respondió a tiempo en ninguno de los intentos.

    Si era una escritura, no se sabe si llegó: se repite con la misma `clave_idempotencia`.
    """

    def __init__(self, mensaje: str, *, clave_idempotencia: str | None = None) -> None:
        super().__init__(mensaje)
        self.clave_idempotencia = clave_idempotencia


class RespuestaIlegible(ErrorDeInventario):
    """Respondió alguien que no es Inventario, o con una forma que este cliente no conoce."""


class ErrorDeApi(ErrorDeInventario):
    """Inventario dijo que no.

    `estado` es el código HTTP, `codigo` el nombre estable del motivo (solo lo da la API en español),
    `errores` el detalle por campo y `cuerpo` la respuesta entera. `status_code` y `detail` dicen lo
    mismo con los nombres que espera quien viene de FastAPI.
    """

    def __init__(self, estado: int, cuerpo: Mapping[str, Any], *, espera_s: float | None = None) -> None:
        self.estado = estado
        self.cuerpo = dict(cuerpo)
        self.codigo = str(cuerpo.get("codigo") or "")
        self.request_id = str(cuerpo.get("request_id") or "")
        self.errores = _errores(cuerpo)
        self.espera_s = espera_s
        super().__init__(_frase(estado, cuerpo, self.errores))

    @property
    def status_code(self) -> int:
        return self.estado

    @property
    def detail(self) -> str:
        return str(self)


class ReglaRota(ErrorDeApi):
    """400: se entiende lo que se pide, y las reglas del almacén no lo permiten."""


class ExistenciaInsuficiente(ReglaRota):
    """400 `stock_insuficiente`: no hay tanto que pueda salir. Nada se movió."""

    @property
    def solicitado(self) -> Decimal | None:
        return self._cifra("solicitado")

    @property
    def disponible(self) -> Decimal | None:
        return self._cifra("disponible")

    def _cifra(self, nombre: str) -> Decimal | None:
        for error in self.errores:
            if isinstance(error.get(nombre), int | Decimal):
                return Decimal(error[nombre])
        return None


class NoAutenticado(ErrorDeApi):
    """401: la clave falta, está mal, venció o se revocó."""


class SinPermiso(ErrorDeApi):
    """403: la clave es buena y no alcanza para esto."""


class NoEncontrado(ErrorDeApi):
    """404: no existe, o es de otra empresa."""


class Conflicto(ErrorDeApi):
    """409: alguien lo cambió antes, ya existe, o la clave de idempotencia acompañó a otra cosa."""


class DatoInvalido(ErrorDeApi):
    """422: algún dato está mal escrito; `errores` dice cuál."""


class DemasiadasSolicitudes(ErrorDeApi):
    """429, y lo seguía siendo tras esperar lo que pidió."""


class FallaDelServidor(ErrorDeApi):
    """5xx tras todos los intentos."""


_POR_ESTADO: dict[int, type[ErrorDeApi]] = {
    400: ReglaRota,
    401: NoAutenticado,
    403: SinPermiso,
    404: NoEncontrado,
    409: Conflicto,
    422: DatoInvalido,
    429: DemasiadasSolicitudes,
}


def error_de(estado: int, cuerpo: Mapping[str, Any], *, espera_s: float | None = None) -> ErrorDeApi:
    """Devuelve el error que corresponde a una respuesta que no es 2xx."""
    if cuerpo.get("codigo") == "stock_insuficiente":
        return ExistenciaInsuficiente(estado, cuerpo, espera_s=espera_s)
    clase = FallaDelServidor if estado >= 500 else _POR_ESTADO.get(estado, ErrorDeApi)
    return clase(estado, cuerpo, espera_s=espera_s)


def _errores(cuerpo: Mapping[str, Any]) -> list[dict[str, Any]]:
    lista = cuerpo.get("errores") or cuerpo.get("errors")
    if not isinstance(lista, Sequence) or isinstance(lista, str):
        return []
    return [dict(uno) for uno in lista if isinstance(uno, Mapping)]


def _frase(estado: int, cuerpo: Mapping[str, Any], errores: Sequence[Mapping[str, Any]]) -> str:
    """Arma el texto que leerá una persona: el del servidor y, si es un 422, qué campo y por qué."""
    detalle = cuerpo.get("detail")
    frase = detalle.strip() if isinstance(detalle, str) else ""
    # El contrato en inglés dice «Validation error» a secas y deja lo útil en la lista.
    campos = [
        f"{uno['field']}: {uno.get('message', '')}".rstrip(": ")
        for uno in errores
        if isinstance(uno.get("field"), str)
    ]
    if campos:
        frase = f"{frase or 'Validation error'}: {'; '.join(campos)}"
    return frase or f"HTTP {estado} {_nombre_del_estado(estado)}".strip()


def _nombre_del_estado(estado: int) -> str:
    try:
        return HTTPStatus(estado).phrase
    except ValueError:
        return ""
