"""El idioma de las páginas y cómo se explica en ellas lo que el dominio rechaza."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from inventario.borde.errores import ESTADO_POR_CLASE
from inventario.cuentas.acceso.errores import HayQueEsperar
from inventario.cuentas.acceso.middleware import EmpresaDeSesion
from inventario.cuentas.segundo_factor.errores import FaltaSegundoFactor
from inventario.nucleo.errores import ErrorDeDominio
from inventario.nucleo.solicitud import solicitud_actual
from inventario.panel.marco.esperas import espere
from inventario.panel.marco.pagina import es_htmx, ir_a

# Donde un intento fallido se anota.
DE_ENTRAR = ("/entrar/", "/admin/login/", "/cuenta/")


class SinNulos:
    """Quita lo que PostgreSQL no puede guardar ni buscar antes de que llegue a la sesión o al acceso.

    Una galleta puede traer un carácter nulo escrito como `\\000`, y de cada intento de entrar se guarda la
    dirección tal cual: sin esto, cualquiera sin cuenta provocaría un error de la casa.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        for nombre in [nombre for nombre, valor in request.COOKIES.items() if "\x00" in valor]:
            del request.COOKIES[nombre]
        if request.path.startswith(DE_ENTRAR) and "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("Un carácter nulo en la dirección.")
        return self.get_response(request)


class IdiomaElegido:
    """No mira lo que prefiere el navegador: una bodega no cambia de idioma con cada teléfono."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        elegido = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        conocidos = {} if request.path.startswith("/api/") else dict(settings.LANGUAGES)
        with translation.override(elegido if elegido in conocidos else settings.LANGUAGE_CODE):
            return self.get_response(request)


class EmpresaEnPaginas(EmpresaDeSesion):
    """`EmpresaDeSesion`, y un rechazo del dominio que ninguna vista atendió se explica con su estado."""

    def process_view(
        self,
        request: HttpRequest,
        vista: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        try:
            return super().process_view(request, vista, args, kwargs)
        except FaltaSegundoFactor:
            return ir_a(request, reverse("panel:segundo_factor"))
        except ErrorDeDominio as error:
            # Django no lleva a `process_exception` lo que falla aquí. La transacción ya se deshizo.
            respuesta = self.process_exception(request, error)
            if respuesta is None:
                raise
            return respuesta

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        if not isinstance(error, ErrorDeDominio) or request.path.startswith("/api/"):
            return None
        estado = next((estado for clase, estado in ESTADO_POR_CLASE if isinstance(error, clase)), 400)
        if isinstance(error, HayQueEsperar):
            # También en el admin, que de lo demás se explica solo.
            return espere(request, error.espera_s, estado=estado, aviso=error.mensaje)
        if request.path.startswith("/admin/"):
            return None
        contexto = {"estado": estado, "detail": error.mensaje, "request_id": solicitud_actual()}
        respuesta = render(request, "error.html", contexto, status=estado)
        if es_htmx(request):
            # La página de error no entra en un fragmento: lo que escribió sigue ahí, con el porqué al lado.
            aviso = {"avisar": {"texto": error.mensaje, "clase": "danger"}}
            respuesta["HX-Trigger"] = json.dumps(aviso)
        return respuesta
