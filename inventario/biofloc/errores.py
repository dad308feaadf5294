"""De lo que el dominio rechaza a los estados y cuerpos del contrato (§1.6).

`detail` es siempre una frase en inglés: el cliente la pone en pantalla tal cual. Una vista puede decir
algo mejor para un error con `frases`, y cómo se llaman aquí los campos con `nombres`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core import exceptions as de_django
from django.db import DataError, IntegrityError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from inventario.biofloc.campos import TIPOS
from inventario.borde import errores as borde
from inventario.borde.caidas import Caida, caida_de
from inventario.cuentas.acceso.errores import (
    CredencialInvalida,
    CupoAgotado,
    DebeCambiarContrasena,
    HayQueEsperar,
    HuellasOcupadas,
    PasoCerrado,
)
from inventario.cuentas.permisos import PERMISOS_POR_ALCANCE
from inventario.cuentas.segundo_factor.errores import CodigoInvalido, FaltaCodigo, FaltaSegundoFactor
from inventario.idempotencia.services import ClaveEnCurso, ClaveYaUsada
from inventario.nucleo.cantidades import legible
from inventario.nucleo.errores import (
    Conflicto,
    DatoInvalido,
    ErrorDeDominio,
    NoEncontrado,
    ReglaRota,
    SinPermiso,
)
from inventario.productos.errores import (
    ConExistencia,
    ConHistoria,
    ProductoInactivo,
    ProveedorInactivo,
    SkuDuplicado,
    TodaviaActivo,
    UnidadCongelada,
    UnidadInactiva,
)

registro = logging.getLogger(__name__)

Frase = str | Callable[[Any], str]

DETALLE_POR_ESTADO = {
    400: "The request could not be completed",
    401: "Not authenticated",
    403: "Not enough permissions",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Only application/json is available",
    409: "Conflict with another request",
    413: "Request body is too large",
    415: "Content-Type must be application/json",
    422: "Validation error",
    423: "The account is temporarily locked",
    429: "Too many requests",
    500: "Internal server error",
    503: "Service temporarily unavailable, try again in a few seconds",
}
DETALLE_POR_CAIDA = {
    Caida.OCUPADA: "Another operation held what this one needed: nothing was saved, try again",
    Caida.SIN_ESPACIO: "The server has no disk space left; nothing was saved, tell its administrator",
    Caida.NO_RESPONDE: DETALLE_POR_ESTADO[503],
}
DETALLE_SI_NO_SE_SABE = (
    "The connection to the database was lost and it is not known whether this was saved. If it carried an "
    "Idempotency-Key, repeat it with the same one: it is not done twice. Otherwise check first"
)
ESTADO_POR_CLASE: tuple[tuple[type[ErrorDeDominio], int], ...] = (
    (UnidadInactiva, 400),
    (ProveedorInactivo, 400),
    (DatoInvalido, 422),
    (CredencialInvalida, 401),
    (PasoCerrado, 423),
    (CupoAgotado, 429),
    (HuellasOcupadas, 503),
    (NoEncontrado, 404),
    (ClaveYaUsada, 409),
    (ClaveEnCurso, 409),
    (Conflicto, 400),
    (SinPermiso, 403),
    (ReglaRota, 400),
)
FRASES: dict[type[ErrorDeDominio], Frase] = {
    ClaveYaUsada: "Idempotency-Key was already used with a different request",
    ClaveEnCurso: "Another request with the same Idempotency-Key is in progress, try again",
    SkuDuplicado: lambda error: f"SKU '{error.datos['sku']}' already exists",
    UnidadCongelada: "The unit of an item with stock history cannot be changed",
    UnidadInactiva: "Unit is inactive",
    ProveedorInactivo: "Supplier is inactive",
    ProductoInactivo: "Item is inactive",
    TodaviaActivo: "Item is still active: deactivate it before deleting it permanently",
    ConExistencia: lambda error: (
        f"Item '{error.datos['producto']}' cannot be deleted: "
        + (
            f"{legible(error.datos['cantidad'])} {error.datos['unidad']} in stock"
            if error.datos["cantidad"]
            else "there is stock in another store"
        )
    ),
    ConHistoria: lambda error: (
        f"Item '{error.datos['producto']}' cannot be deleted permanently: "
        + (
            f"{error.datos['movimientos']} transactions and 0 purchase order lines refer to it"
            if error.datos["movimientos"]
            else "transactions in another store refer to it"
        )
    ),
    DebeCambiarContrasena: "Password change required: use POST /api/v1/auth/change-password first",
    SinPermiso: lambda error: sin_permiso(error.datos.get("permisos", ())),
    FaltaSegundoFactor: (
        "Your company requires a second factor: set it up in the web pages, under Account, and log in again"
    ),
}
# Lo que un programa tiene que distinguir sin leer la frase va además en `code`.
CODIGOS: dict[type[ErrorDeDominio], str] = {
    FaltaCodigo: "otp_required",
    CodigoInvalido: "otp_invalid",
    FaltaSegundoFactor: "otp_enrollment_required",
}
MENSAJES = {
    "null": "Input should not be null",
    "blank": "Input should not be empty",
    "max_length": "Input is too long",
    "min_value": "Input is below the minimum",
    "max_value": "Input is above the maximum",
    "max_decimal_places": "Input has too many decimal places",
    "no_divisible": "This unit does not take fractions",
    "does_not_exist": "Does not exist",
}


class Rechazo(exceptions.APIException):
    """Lo que una vista rechaza con sus propias palabras; `mas` son claves que van junto a `detail`."""

    def __init__(self, estado: int, detalle: str, **mas: Any) -> None:
        super().__init__(detalle)
        self.status_code = estado
        self.mas = mas


class RutaInvalida(exceptions.ValidationError):
    ubicacion = "path"


def manejar(error: Exception, contexto: dict[str, Any]) -> Response:
    """Traduce cualquier excepción de una vista del contrato. Nunca deja salir SQL ni textos internos."""
    vista = contexto.get("view")
    respuesta = _traducir(error, vista, contexto)
    if respuesta.status_code < 500:
        registro.warning("%s: %s", respuesta.status_code, respuesta.data["detail"])
    # Ya quedó dicho, y mejor: que Django no lo repita sin el porqué.
    respuesta._has_been_logged = True  # type: ignore[attr-defined]  # la marca de django.utils.log
    return respuesta


def _traducir(error: Exception, vista: Any, contexto: dict[str, Any]) -> Response:
    if isinstance(error, Rechazo):
        return Response({"detail": str(error.detail), **error.mas}, status=error.status_code)
    if isinstance(error, DatoInvalido) and estado_de(error) == 422:
        metodo = getattr(contexto.get("request"), "method", "")
        return _validacion(list(_de_dato(error, vista, "query" if metodo in ("GET", "HEAD") else "body")))
    if isinstance(error, CupoAgotado):
        return _espere(error.espera_s)
    if isinstance(error, HuellasOcupadas):
        return simple(503, cabeceras={"Retry-After": str(error.espera_s)})
    if isinstance(error, DebeCambiarContrasena):
        # Quien llama debe poder distinguirlo de un permiso que falta sin leer la frase.
        cuerpo = {"detail": frase_de(error, vista), "code": "password_change_required"}
        return Response(cuerpo, status=estado_de(error))
    if isinstance(error, ErrorDeDominio):
        espera = {"Retry-After": str(error.espera_s)} if isinstance(error, HayQueEsperar) else None
        codigo = CODIGOS.get(type(error), "")
        return simple(estado_de(error), frase_de(error, vista), codigo=codigo, cabeceras=espera)
    if isinstance(error, exceptions.ValidationError):
        ubicacion = getattr(error, "ubicacion", "body")
        return _validacion(
            [_fallo([ubicacion, *camino], h, h.code) for camino, h in _hojas(error.detail, ())]
        )
    if isinstance(error, exceptions.ParseError):
        return _validacion([_fallo(["body"], "The request body is not valid JSON", "json_invalid")])
    if isinstance(error, exceptions.APIException):
        return _de_api(error)
    if isinstance(error, Http404):
        return simple(404)
    if isinstance(error, de_django.PermissionDenied):
        return simple(403)
    if isinstance(error, IntegrityError | DataError):
        # El servicio debió decirlo antes y mejor: que llegue hasta aquí se quiere saber.
        registro.error("La base rechazó lo pedido", exc_info=error)
        if isinstance(error, DataError):
            return _validacion([_fallo(["body"], "A value is out of range", "value_error")])
        return simple(400, "The request conflicts with existing data")
    ajena = borde.manejar(error, contexto)
    if caida := caida_de(error):
        incierto = borde.no_se_sabe(caida, contexto.get("request"))
        detalle = DETALLE_SI_NO_SE_SABE if incierto else DETALLE_POR_CAIDA[caida]
        return simple(503, detalle, cabeceras=borde.volver_en(caida))
    if ajena.status_code >= 500 and ajena.status_code != 503:
        cuerpo = {"detail": DETALLE_POR_ESTADO[500], "message": "The error was recorded"}
        return Response(cuerpo, status=500)
    return simple(ajena.status_code, cabeceras={n: v for n, v in ajena.items() if n == "Retry-After"})


def simple(
    estado: int, detalle: str = "", *, codigo: str = "", cabeceras: Mapping[str, str] | None = None
) -> Response:
    """Devuelve `{"detail": …}`, y `code` si hay; sin detalle, el que corresponde al estado."""
    detalle = detalle or DETALLE_POR_ESTADO.get(estado, DETALLE_POR_ESTADO[400])
    pide = {"WWW-Authenticate": "Bearer"} if estado == 401 else {}
    cuerpo = {"detail": detalle} | ({"code": codigo} if codigo else {})
    return Response(cuerpo, status=estado, headers={**pide, **(cabeceras or {})})


def estado_de(error: ErrorDeDominio) -> int:
    return next((estado for clase, estado in ESTADO_POR_CLASE if isinstance(error, clase)), 400)


def frase_de(error: ErrorDeDominio, vista: Any = None) -> str:
    """Devuelve la frase de la clase más precisa: la de la vista, la del contrato o la del estado."""
    for clase in type(error).__mro__:
        for tabla in (getattr(vista, "frases", {}), FRASES):
            frase = tabla.get(clase)
            if frase is not None:
                return frase if isinstance(frase, str) else frase(error)
    return DETALLE_POR_ESTADO[estado_de(error)]


def sin_permiso(permisos: Any) -> str:
    """Nombra los alcances que faltan, que es lo que se le pide a quien administra las claves."""
    alcances = [
        alcance
        for alcance, otorga in PERMISOS_POR_ALCANCE.items()
        if not alcance.endswith(":*") and otorga & set(permisos)
    ]
    if not alcances:
        return DETALLE_POR_ESTADO[403]
    return f"{DETALLE_POR_ESTADO[403]}: {', '.join(alcances)} is required"


def _de_dato(error: DatoInvalido, vista: Any, ubicacion: str) -> Iterator[dict[str, str]]:
    nombres: Mapping[str, str] = getattr(vista, "nombres", {})
    for detalle in error.detalles:
        camino = [nombres.get(parte, parte) for parte in detalle.campo.split(".") if parte]
        donde = dict(detalle.datos).get("ubicacion", ubicacion)
        yield _fallo([donde, *camino], MENSAJES.get(detalle.codigo, "Input is not valid"), detalle.codigo)


def _fallo(camino: list[str], mensaje: str, tipo: str | None) -> dict[str, str]:
    nombre = TIPOS.get(tipo or "", tipo or "value_error")
    return {"field": " -> ".join(camino), "message": str(mensaje), "type": nombre}


def _hojas(detalle: Any, camino: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], exceptions.ErrorDetail]]:
    if isinstance(detalle, Mapping):
        for clave, valor in detalle.items():
            yield from _hojas(valor, camino if clave == "non_field_errors" else (*camino, str(clave)))
    elif isinstance(detalle, list | tuple):
        for indice, valor in enumerate(detalle):
            anidado = isinstance(valor, Mapping | list | tuple)
            yield from _hojas(valor, (*camino, str(indice)) if anidado else camino)
    else:
        es_hoja = isinstance(detalle, exceptions.ErrorDetail)
        yield camino, detalle if es_hoja else exceptions.ErrorDetail(str(detalle), "invalid")


def _validacion(fallos: list[dict[str, str]]) -> Response:
    return Response({"detail": DETALLE_POR_ESTADO[422], "errors": fallos}, status=422)


def _espere(espera_s: int) -> Response:
    cuerpo = {"detail": DETALLE_POR_ESTADO[429], "retry_after": espera_s}
    return Response(cuerpo, status=429, headers={"Retry-After": str(espera_s)})


def _de_api(error: exceptions.APIException) -> Response:
    """Traduce lo que lanza DRF; los textos de la casa están en español y aquí no sirven."""
    if isinstance(error, exceptions.Throttled):
        return _espere(max(1, round(getattr(error, "wait", None) or 1)))
    if isinstance(error, exceptions.AuthenticationFailed):
        detalle = "Invalid, expired or revoked credentials"
    elif error.status_code == 500:
        return Response({"detail": DETALLE_POR_ESTADO[500], "message": "The error was recorded"}, status=500)
    else:
        detalle = ""
    return simple(error.status_code, detalle)
