"""Poner otra contraseña con el enlace que llegó por correo, sin haber entrado.

El código de la dirección pasa a la sesión y se sigue en una dirección sin él: así no queda en el historial
ni viaja en `Referer`. Abrir el enlace no lo gasta, que los correos también los abren los antivirus.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as traducir
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from inventario.cuentas.acceso import services as acceso
from inventario.cuentas.acceso.errores import ContrasenaDebil, RecuperacionInvalida
from inventario.cuentas.acceso.limites import Accion, exigir_cupo
from inventario.panel.cuenta.formularios import ContrasenaNueva
from inventario.panel.marco.pagina import enfocar_error, ir_a

CODIGO_EN_SESION = "codigo_de_recuperacion"


@sensitive_variables("codigo")
@never_cache
@require_safe
def abrir_enlace(request: HttpRequest, codigo: str) -> HttpResponse:
    if not acceso.codigo_sirve(codigo):
        return _no_sirve(request)
    request.session[CODIGO_EN_SESION] = codigo
    return ir_a(request, reverse("panel:restablecer"))


@sensitive_variables("codigo")
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def restablecer(request: HttpRequest) -> HttpResponse:
    """Pide la contraseña nueva; al guardarla cierra toda sesión de esa persona y lleva a entrar."""
    if request.method == "POST":
        exigir_cupo(Accion.RESTABLECER, solicitud=request)
    codigo = str(request.session.get(CODIGO_EN_SESION, ""))
    if not acceso.codigo_sirve(codigo):
        return _no_sirve(request)
    if request.method != "POST":
        return render(request, "cuenta/restablecer.html", {"formulario": ContrasenaNueva()})
    formulario = ContrasenaNueva(request.POST)
    if formulario.is_valid():
        try:
            acceso.restablecer(codigo=codigo, nueva=formulario.cleaned_data["nueva"])
        except RecuperacionInvalida:
            return _no_sirve(request)
        except ContrasenaDebil as error:
            formulario.add_error("nueva", error.mensaje)
        else:
            # También la de quien estuviera dentro con este navegador: quien recupera entra de nuevo.
            logout(request)
            messages.success(request, traducir("Su contraseña cambió. Entre con la nueva."))
            return ir_a(request, reverse("panel:entrar"))
    enfocar_error(formulario)
    return render(request, "cuenta/restablecer.html", {"formulario": formulario}, status=422)


def _no_sirve(request: HttpRequest) -> HttpResponse:
    request.session.pop(CODIGO_EN_SESION, None)
    return render(request, "cuenta/enlace_vencido.html", status=400)
