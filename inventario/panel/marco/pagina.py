"""Lo que toda página comparte: quién puede verla, cómo responde a htmx y cómo mueve una sola vez."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as traducir

from inventario.borde.envios import enviar_una_vez
from inventario.borde.errores import solo_se_envia
from inventario.borde.reenvio import CAMPO_DE_CLAVE as CAMPO_DE_CLAVE
from inventario.cuentas.acceso.middleware import abre_su_transaccion
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.permisos import Permiso
from inventario.idempotencia.services import Respuesta, clave_valida
from inventario.nucleo.errores import DatoInvalido, ErrorDeDominio

# Lo que se tenía a la vista al enviar. No es parte de lo pedido: con otra cosa a la vista se pide lo mismo.
VISTOS = "vistos"


class Vista(Protocol):
    def __call__(self, request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponse: ...


def pagina(*permisos: Permiso) -> Callable[[Vista], Vista]:
    """Exige haber entrado y tener los permisos; sin ellos, la página 403 dice cuáles faltan."""

    def decorar(vista: Vista) -> Vista:
        @wraps(vista)
        def envuelta(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _a_entrar(request)
            actor_de(request).exigir(*permisos)
            respuesta = vista(request, *args, **kwargs)
            # Se llega al volver atrás, o al entrar de nuevo tras enviar un formulario.
            return respuesta if respuesta.status_code != 405 else solo_se_envia(request, respuesta)

        return envuelta

    return decorar


def _a_entrar(request: HttpRequest) -> HttpResponse:
    """A la página de acceso, y de ahí de vuelta. Quien pidió un pedazo va entero: en el pedazo no cabe."""
    if not es_htmx(request):
        return redirect_to_login(request.get_full_path())
    try:
        vista = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        # La escribió quien llama, y mal: que entre, y después al inicio.
        vista = urlsplit("/")
    return ir_a(request, redirect_to_login(urlunsplit(("", "", vista.path, vista.query, ""))).url)


def mueve(vista: Vista) -> Vista:
    """Hace que un formulario enviado dos veces mueva una sola vez (decisión 18); va por fuera de `pagina`.

    La clave viaja en el formulario, una por cada vez que se dibuja. La vista, el efecto y la respuesta
    recordada se confirman juntos; una respuesta de error deshace todo y deja la clave libre.
    """

    @wraps(vista)
    def envuelta(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or not request.user.is_authenticated:
            return vista(request, *args, **kwargs)
        clave = request.POST.get(CAMPO_DE_CLAVE, "")
        if not clave_valida(clave):
            raise DatoInvalido(
                traducir("Abra de nuevo el formulario y vuelva a enviarlo."), campo=CAMPO_DE_CLAVE
            )
        producida: list[HttpResponse] = []

        def ejecutar() -> Respuesta:
            respuesta = vista(request, *args, **kwargs)
            producida.append(respuesta)
            # Una redirección es el éxito de un formulario; se recuerda a dónde llevaba.
            destino = respuesta.get("Location") or respuesta.get("HX-Redirect") or ""
            estado = 200 if destino or respuesta.status_code < 300 else respuesta.status_code
            return Respuesta(estado=estado, cuerpo=json.dumps({"destino": destino}), tipo="application/json")

        resultado = enviar_una_vez(
            request,
            clave=clave,
            ruta=request.path,
            pide=lambda campo: campo != CAMPO_DE_CLAVE and campo.split("-")[-1] != VISTOS,
            ejecutar=ejecutar,
        )
        if resultado.repetida:
            return ir_a(request, json.loads(resultado.respuesta.cuerpo)["destino"] or request.path)
        return producida[-1]

    return abre_su_transaccion(envuelta)


def nueva_clave() -> str:
    """La clave de un formulario recién dibujado."""
    return uuid.uuid4().hex


def clave_enviada(request: HttpRequest) -> str:
    """La del formulario que llega, para dibujarlo otra vez con ella; vacía si no vale."""
    clave = request.POST.get(CAMPO_DE_CLAVE, "")
    return clave if clave_valida(clave) else ""


def es_htmx(request: HttpRequest) -> bool:
    """Si pide un fragmento; quien vuelve con «atrás» espera la página entera, aunque la pida htmx."""
    pide = request.headers.get
    entera = pide("HX-Boosted") == "true" or pide("HX-History-Restore-Request") == "true"
    return pide("HX-Request") == "true" and not entera


def responder(
    request: HttpRequest,
    entera: str,
    fragmento: str,
    contexto: Mapping[str, Any],
    *,
    estado: int = 200,
) -> HttpResponse:
    """Dibuja la página entera, o solo el fragmento si lo pide htmx."""
    respuesta = render(request, fragmento if es_htmx(request) else entera, dict(contexto), status=estado)
    patch_vary_headers(respuesta, ["HX-Request"])
    return respuesta


def ir_a(request: HttpRequest, destino: str) -> HttpResponse:
    """Lleva a otra página, con htmx o sin él. Solo a direcciones propias."""
    assert not urlsplit(destino).netloc, "Solo se redirige dentro de la casa."
    if es_htmx(request):
        # Como lo hace Django en `Location`: un salto de línea en la dirección rompería la cabecera.
        return HttpResponse(headers={"HX-Redirect": iri_to_uri(destino)})
    # 303: quien recarga la página a la que llega no repite el envío.
    respuesta = HttpResponseRedirect(destino)
    respuesta.status_code = 303
    return respuesta


def siguiente_de(request: HttpRequest) -> str:
    """A dónde volver después: una dirección de esta misma casa, o vacío."""
    destino = request.POST.get("siguiente") or request.GET.get("siguiente") or ""
    propia = destino.startswith("/") and url_has_allowed_host_and_scheme(destino, allowed_hosts=None)
    return destino if propia else ""


def anotar_error(formulario: forms.BaseForm, error: ErrorDeDominio) -> None:
    """Pone el rechazo junto al campo que lo causó; el que no es de un campo encabeza el formulario."""
    if not isinstance(error, DatoInvalido):
        formulario.add_error(None, error.mensaje)
        return
    for detalle in error.detalles:
        campo = detalle.campo.split(".")[-1]
        formulario.add_error(campo if campo in formulario.fields else None, detalle.mensaje)


def enfocar_error(*formularios: forms.BaseForm) -> None:
    """Pone el foco en el primer campo con error, también para quien no tiene JavaScript."""
    malo = next((campo for formulario in formularios for campo in formulario if campo.errors), None)
    if malo is not None:
        malo.field.widget.attrs["autofocus"] = True
