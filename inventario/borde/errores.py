"""Un solo sobre para toda respuesta que no sea 2xx, y un solo lugar que lo arma."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from django.core import exceptions as de_django
from django.core.signals import got_request_exception
from django.db import DataError, IntegrityError
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response

from inventario.borde.caidas import ESPERA_S, Caida, caida_de
from inventario.borde.integridad import explicar_integridad
from inventario.borde.reenvio import lo_escrito
from inventario.cuentas.acceso.errores import HayQueEsperar, HuellasOcupadas
from inventario.nucleo.errores import (
    Conflicto,
    DatoInvalido,
    ErrorDeDominio,
    NoEncontrado,
    ReglaRota,
    SinPermiso,
)
from inventario.nucleo.solicitud import solicitud_actual

registro = logging.getLogger(__name__)

ESTADO_POR_CLASE: tuple[tuple[type[ErrorDeDominio], int], ...] = (
    (HuellasOcupadas, 503),
    (HayQueEsperar, 429),
    (DatoInvalido, 422),
    (NoEncontrado, 404),
    (Conflicto, 409),
    (SinPermiso, 403),
    (ReglaRota, 400),
)
CODIGO_POR_ESTADO = {
    400: "solicitud_invalida",
    401: "no_autenticado",
    403: "sin_permiso",
    404: "no_encontrado",
    405: "metodo_no_permitido",
    406: "formato_no_disponible",
    409: "conflicto",
    413: "cuerpo_demasiado_grande",
    415: "tipo_no_soportado",
    422: "validacion",
    429: "limite_excedido",
    500: "error_interno",
    503: "no_disponible",
}
FRASE_POR_ESTADO = {
    400: "La solicitud no se entiende.",
    401: "Falta la credencial o no es válida.",
    403: "No tiene permiso para hacer esto.",
    404: "No existe lo que busca.",
    405: "Ese método no se admite aquí.",
    406: "Solo se responde en JSON.",
    413: "El cuerpo de la solicitud es demasiado grande.",
    415: "El cuerpo debe ser JSON (Content-Type: application/json).",
    422: "Hay datos que no se admiten.",
    429: "Hizo demasiadas solicitudes.",
    500: "Ocurrió un error interno. Si se repite, avise con el identificador de la solicitud.",
    503: "El servicio no está disponible en este momento. Intente de nuevo en unos segundos.",
}
FRASE_POR_CAIDA = {
    Caida.OCUPADA: _(
        "Otra operación tenía ocupado lo que hacía falta: no se hizo nada. Intente de nuevo en unos segundos."
    ),
    Caida.SIN_ESPACIO: _(
        "Al servidor no le queda espacio en el disco: no se guardó nada. Avise a quien lo administra."
    ),
    Caida.NO_RESPONDE: _(
        "El servicio no está disponible en este momento. Intente de nuevo en unos segundos."
    ),
}
# Se perdió la conexión con un pedido que escribe: pudo quedar guardado o no.
FRASE_SI_NO_SE_SABE = (
    "Se perdió la conexión con la base y no se sabe si se guardó. Si llevaba Idempotency-Key, repítalo con "
    "la misma: no se hace dos veces. Si no, mire antes si ya está."
)
_FRASE_CON_CLAVE = _(
    "Se perdió la conexión con la base y no se sabe si se guardó. Enviarlo otra vez desde aquí no lo repite."
)
_FRASE_SIN_CLAVE = _(
    "Se perdió la conexión con la base y no se sabe si se guardó. Antes de repetirlo, mire si ya está."
)


class CuerpoDemasiadoGrande(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = FRASE_POR_ESTADO[413]
    default_code = "cuerpo_demasiado_grande"


class ConsultaInvalida(exceptions.ValidationError):
    """Lo mal escrito está en la dirección (`?clave=valor`), no en el cuerpo."""

    ubicacion = "query"


def sobre(
    estado: int, *, detalle: str = "", codigo: str = "", errores: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Devuelve el cuerpo de error del contrato (§1.3): `detail` es siempre una frase en español."""
    return {
        "detail": detalle or FRASE_POR_ESTADO.get(estado, FRASE_POR_ESTADO[400]),
        "codigo": codigo or CODIGO_POR_ESTADO.get(estado, "error"),
        "errores": list(errores),
        "request_id": solicitud_actual(),
    }


def manejar(error: Exception, contexto: dict[str, Any]) -> Response:
    """Traduce cualquier excepción de una vista de la API. Nunca deja salir SQL ni textos internos."""
    solicitud = contexto.get("request")
    metodo = getattr(solicitud, "method", "") or ""
    if isinstance(error, ErrorDeDominio):
        respuesta = _de_dominio(error, en_consulta=metodo in ("GET", "HEAD"))
    elif isinstance(error, exceptions.ValidationError):
        respuesta = _de_validacion(error.detail, getattr(error, "ubicacion", "body"))
    elif isinstance(error, exceptions.APIException):
        respuesta = _de_api(error)
    elif isinstance(error, de_django.ValidationError):
        respuesta = _de_validacion_de_modelo(error)
    elif isinstance(error, Http404):
        respuesta = Response(sobre(404), status=404)
    elif isinstance(error, de_django.PermissionDenied):
        respuesta = Response(sobre(403), status=403)
    elif isinstance(error, de_django.RequestDataTooBig):
        respuesta = Response(sobre(413), status=413)
    elif isinstance(error, de_django.SuspiciousOperation):
        respuesta = Response(sobre(400), status=400)
    else:
        respuesta = _inesperado(error, solicitud)
    _anotar(respuesta)
    return respuesta


def _de_dominio(error: ErrorDeDominio, *, en_consulta: bool) -> Response:
    estado = next((estado for clase, estado in ESTADO_POR_CLASE if isinstance(error, clase)), 400)
    ubicacion = "query" if en_consulta else "body"
    errores: list[dict[str, Any]] = [
        {"campo": d.campo, "ubicacion": ubicacion, "codigo": d.codigo, "mensaje": d.mensaje, **dict(d.datos)}
        for d in error.detalles
    ]
    if error.datos and not errores:
        errores = [
            {
                "campo": "",
                "ubicacion": ubicacion,
                "codigo": error.codigo,
                "mensaje": error.mensaje,
                **error.datos,
            }
        ]
    cuerpo = sobre(estado, detalle=error.mensaje, codigo=error.codigo, errores=errores)
    espera = {"Retry-After": str(error.espera_s)} if isinstance(error, HayQueEsperar) else {}
    return Response(cuerpo, status=estado, headers=espera)


def _de_validacion(detalle: Any, ubicacion: str) -> Response:
    errores = [
        {"campo": campo, "ubicacion": ubicacion, "codigo": str(hoja.code or "invalid"), "mensaje": str(hoja)}
        for campo, hoja in _hojas(detalle, "")
    ]
    return Response(sobre(422, detalle=_resumen(errores), errores=errores), status=422)


def _hojas(detalle: Any, campo: str) -> list[tuple[str, exceptions.ErrorDetail]]:
    """Aplana los errores anidados: `lineas.0.cantidad`. Lo que no es de un campo va con nombre vacío."""
    if isinstance(detalle, Mapping):
        return [
            hoja
            for clave, valor in detalle.items()
            for hoja in _hojas(valor, campo if clave == "non_field_errors" else _unir(campo, str(clave)))
        ]
    if isinstance(detalle, list | tuple):
        hojas: list[tuple[str, exceptions.ErrorDetail]] = []
        for indice, valor in enumerate(detalle):
            anidado = isinstance(valor, Mapping | list | tuple)
            hojas += _hojas(valor, _unir(campo, str(indice)) if anidado else campo)
        return hojas
    hoja = (
        detalle
        if isinstance(detalle, exceptions.ErrorDetail)
        else exceptions.ErrorDetail(str(detalle), "invalid")
    )
    return [(campo, hoja)]


def _unir(campo: str, parte: str) -> str:
    return f"{campo}.{parte}" if campo else parte


def _resumen(errores: Sequence[Mapping[str, Any]]) -> str:
    campos = {str(error["campo"]) for error in errores}
    if len(errores) == 1:
        campo, mensaje = str(errores[0]["campo"]), str(errores[0]["mensaje"])
        return f"{campo}: {mensaje}" if campo else mensaje
    if len(campos) == 1:
        return " ".join(str(error["mensaje"]) for error in errores)
    return f"Hay {len(campos)} campos con errores."


def _de_validacion_de_modelo(error: de_django.ValidationError) -> Response:
    por_campo = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    errores = [
        {
            "campo": "" if campo == de_django.NON_FIELD_ERRORS else campo,
            "ubicacion": "body",
            "codigo": str(uno.code or "invalid"),
            "mensaje": " ".join(uno.messages),
        }
        for campo, lista in por_campo.items()
        for uno in lista
    ]
    return Response(sobre(422, detalle=_resumen(errores), errores=errores), status=422)


def _de_api(error: exceptions.APIException) -> Response:
    """Traduce lo que lanza DRF; sus textos no siempre son frases ni siempre están en español."""
    estado = error.status_code
    errores: list[dict[str, Any]] = []
    detalle = ""
    if isinstance(error, exceptions.ParseError):
        estado = 422
        detalle = str(error.detail)
        errores = [{"campo": "", "ubicacion": "body", "codigo": "json", "mensaje": detalle}]
    elif isinstance(error, exceptions.MethodNotAllowed):
        detalle = FRASE_POR_ESTADO[405]
    elif isinstance(error, exceptions.Throttled):
        espera = max(1, round(getattr(error, "wait", None) or 1))
        detalle = f"{FRASE_POR_ESTADO[429]} Espere {espera} s e intente de nuevo."
    elif isinstance(
        error, exceptions.UnsupportedMediaType | exceptions.NotAcceptable | exceptions.NotAuthenticated
    ):
        detalle = FRASE_POR_ESTADO[estado]
    elif error.detail != type(error).default_detail:
        detalle = str(error.detail)
    cabeceras: dict[str, str] = {}
    if auth := getattr(error, "auth_header", None):
        cabeceras["WWW-Authenticate"] = str(auth)
    if espera_s := getattr(error, "wait", None):
        cabeceras["Retry-After"] = str(max(1, round(espera_s)))
    return Response(sobre(estado, detalle=detalle, errores=errores), status=estado, headers=cabeceras)


def _inesperado(error: Exception, solicitud: Any) -> Response:
    if isinstance(error, ProtectedError | RestrictedError):
        frase = "No se puede borrar: hay otros registros que dependen de este."
        return Response(sobre(409, detalle=frase, codigo="tiene_dependencias"), status=409)
    if isinstance(error, IntegrityError):
        estado, codigo, frase = explicar_integridad(error)
        # El servicio debió decirlo antes y mejor: que llegue hasta aquí se quiere saber.
        registro.error("Restricción de la base violada: respuesta %s", estado, exc_info=error)
        return Response(sobre(estado, detalle=frase, codigo=codigo), status=estado)
    if isinstance(error, DataError):
        registro.error("La base rechazó un dato: respuesta 422", exc_info=error)
        return Response(sobre(422, detalle="Hay un dato fuera del rango que se admite."), status=422)
    if caida := caida_de(error):
        registro.error("La base de datos no pudo (%s): respuesta 503", caida, exc_info=error)
        cuerpo = sobre(503, detalle=_frase_de_api(caida, solicitud))
        return Response(cuerpo, status=503, headers=volver_en(caida))
    registro.error("Error no previsto: respuesta 500", exc_info=error)
    # Quien escucha los errores de Django (pruebas, vigilancia) también se entera de los nuestros.
    got_request_exception.send(sender=None, request=getattr(solicitud, "_request", solicitud))
    return Response(sobre(500), status=500)


def _anotar(respuesta: Response) -> None:
    if respuesta.status_code < 500:
        registro.warning(
            "%s %s: %s", respuesta.status_code, respuesta.data["codigo"], respuesta.data["detail"]
        )
    # Ya quedó dicho, y mejor: que Django no lo repita sin el porqué.
    respuesta._has_been_logged = True  # type: ignore[attr-defined]  # la marca de django.utils.log


def _es_de_la_api(solicitud: HttpRequest) -> bool:
    return solicitud.path.startswith("/api/")


def _pagina(solicitud: HttpRequest, estado: int) -> HttpResponse:
    if _es_de_la_api(solicitud):
        return JsonResponse(sobre(estado), status=estado, json_dumps_params={"ensure_ascii": False})
    return render(solicitud, "error.html", {"estado": estado, **sobre(estado)}, status=estado)


def solicitud_invalida(solicitud: HttpRequest, exception: Exception) -> HttpResponse:
    return _pagina(solicitud, 400)


def prohibido(solicitud: HttpRequest, exception: Exception) -> HttpResponse:
    return _pagina(solicitud, 403)


def sin_csrf(solicitud: HttpRequest, reason: str = "") -> HttpResponse:
    """Explica a quien mandó un formulario viejo o de otra sesión qué hacer; `reason` lo anota Django."""
    if _es_de_la_api(solicitud):
        return _pagina(solicitud, 403)
    texto = traducir(
        "Esta página se abrió hace mucho, o en otra sesión, y lo que escribió no se envió. "
        "Ábrala de nuevo y repita."
    )
    contexto = {"estado": 403, "abrir_de_nuevo": _de_donde_vino(solicitud), **sobre(403, detalle=texto)}
    respuesta = render(solicitud, "error.html", contexto, status=403)
    if solicitud.headers.get("HX-Request"):
        # Lo escrito sigue en la pantalla, con el porqué al lado.
        aviso = {"avisar": {"texto": texto, "clase": "danger"}}
        respuesta["HX-Trigger"] = json.dumps(aviso)
    return respuesta


def _de_donde_vino(solicitud: HttpRequest) -> str:
    """Devuelve la página en que estaba el formulario; la que recibe el envío puede no abrirse."""
    anterior = solicitud.headers.get("Referer", "")
    propia = url_has_allowed_host_and_scheme(
        anterior, allowed_hosts={solicitud.get_host()}, require_https=solicitud.is_secure()
    )
    return anterior if propia else solicitud.path


def no_encontrado(solicitud: HttpRequest, exception: Exception) -> HttpResponse:
    return _pagina(solicitud, 404)


def solo_se_envia(solicitud: HttpRequest, negada: HttpResponse) -> HttpResponse:
    """Explica a quien abrió una dirección que solo recibe formularios lo que `negada` calla."""
    respuesta = _pagina(solicitud, 405)
    respuesta["Allow"] = negada["Allow"]
    return respuesta


def error_interno(solicitud: HttpRequest) -> HttpResponse:
    """Responde lo que falló fuera de una vista de la API: un middleware, una página."""
    caida = caida_de(sys.exc_info()[1])
    return _pagina(solicitud, 500) if caida is None else _sin_base(solicitud, caida)


def _sin_base(solicitud: HttpRequest, caida: Caida) -> HttpResponse:
    """Dice qué pasó sin perder lo escrito: se puede mandar otra vez, si no hay cómo hacerlo dos veces."""
    if _es_de_la_api(solicitud):
        cuerpo = sobre(503, detalle=_frase_de_api(caida, solicitud))
        return JsonResponse(
            cuerpo, status=503, headers=volver_en(caida), json_dumps_params={"ensure_ascii": False}
        )
    reenvio = lo_escrito(solicitud)
    frase = str(FRASE_POR_CAIDA[caida])
    if no_se_sabe(caida, solicitud):
        con_clave = reenvio is not None and reenvio.con_clave
        frase = str(_FRASE_CON_CLAVE if con_clave else _FRASE_SIN_CLAVE)
        reenvio = reenvio if con_clave else None
    contexto = {"estado": 503, **sobre(503, detalle=frase), "reenvio": reenvio}
    respuesta = render(solicitud, "error.html", contexto, status=503)
    respuesta["Retry-After"] = volver_en(caida)["Retry-After"]
    if solicitud.headers.get("HX-Request") == "true":
        # htmx no cambia nada con un error: el formulario sigue ahí, con el porqué al lado.
        respuesta["HX-Trigger"] = json.dumps({"avisar": {"texto": frase, "clase": "danger"}})
    return respuesta


def no_se_sabe(caida: Caida, solicitud: Any) -> bool:
    """Si lo pedido pudo quedar guardado: escribía, y la base calló sin decir que no."""
    return caida is Caida.NO_RESPONDE and getattr(solicitud, "method", "") not in (
        "GET",
        "HEAD",
        "OPTIONS",
        "",
    )


def _frase_de_api(caida: Caida, solicitud: Any) -> str:
    return FRASE_SI_NO_SE_SABE if no_se_sabe(caida, solicitud) else str(FRASE_POR_CAIDA[caida])


def volver_en(caida: Caida) -> dict[str, str]:
    return {"Retry-After": str(ESPERA_S[caida])}
