"""El tema de las páginas: el de cada persona; sin entrar, el último que se usó en el navegador."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.models import Tema
from inventario.cuentas.personas.preferencias import elegir_tema
from inventario.nucleo.actores import Actor
from inventario.panel.marco.pagina import es_htmx, ir_a, pagina, siguiente_de

GALLETA = "tema"
UN_ANIO_S = 365 * 24 * 60 * 60


def tema_de(request: HttpRequest) -> Tema:
    """El de quien entró. No consulta: una página de error se dibuja aunque no haya base."""
    actor = getattr(request, "actor", None)
    elegido = actor.usuario.tema if isinstance(actor, Actor) else request.COOKIES.get(GALLETA)
    return Tema(elegido) if elegido in Tema.values else Tema.AUTOMATICO


def recordar_tema(respuesta: HttpResponse, tema: str) -> None:
    """Deja el tema en el navegador, para las páginas que se ven sin haber entrado."""
    respuesta.set_cookie(
        GALLETA, tema, max_age=UN_ANIO_S, secure=settings.HTTPS, httponly=True, samesite="Lax"
    )


@pagina()
@require_http_methods(["GET", "POST"])
def elegir(request: HttpRequest) -> HttpResponse:
    """Guarda el tema elegido. Con htmx la página lo cambia ella misma; si no, se dibuja de nuevo."""
    if request.method != "POST":
        # Quien lo eligió con la sesión vencida vuelve aquí al entrar.
        return ir_a(request, reverse("panel:inicio"))
    tema = elegir_tema(usuario=actor_de(request).usuario, tema=request.POST.get("tema", ""))
    if es_htmx(request):
        elegido = {"temaElegido": {"tema": tema}}
        respuesta = HttpResponse(status=204, headers={"HX-Trigger": json.dumps(elegido)})
    else:
        respuesta = ir_a(request, siguiente_de(request) or reverse("panel:inicio"))
    recordar_tema(respuesta, tema)
    return respuesta
