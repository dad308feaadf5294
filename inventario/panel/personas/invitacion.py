"""La página a la que llega quien abre el enlace de una invitación. No hace falta haber entrado."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from inventario.cuentas.acceso.errores import HayQueEsperar
from inventario.cuentas.acceso.sesion import EMPRESA_EN_SESION
from inventario.cuentas.invitaciones import aceptacion
from inventario.cuentas.invitaciones.errores import CorreoAjeno, InvitacionNoVigente
from inventario.cuentas.models import Invitacion, Membresia, Usuario
from inventario.nucleo.errores import ErrorDeDominio
from inventario.panel.marco.pagina import anotar_error, enfocar_error, ir_a
from inventario.panel.personas.formularios import EstrenoFormulario

# Con qué se entra a la cuenta recién hecha: el primero de la lista es axes, que no guarda sesiones.
DE_DJANGO = "django.contrib.auth.backends.ModelBackend"


@never_cache
@sensitive_post_parameters("contrasena", "repetida")
@require_http_methods(["GET", "POST"])
def aceptar(request: HttpRequest, token: str) -> HttpResponse:
    """Muestra de qué empresa es y con qué rol, y la acepta. Todo enlace que no sirve da la misma página."""
    try:
        invitacion = aceptacion.abrir(token)
        with timezone.override(invitacion.empresa.zona_horaria):
            return _responder(request, token, invitacion)
    except InvitacionNoVigente:
        return render(request, "personas/invitacion_no_vigente.html", status=404)


def _responder(request: HttpRequest, token: str, invitacion: Invitacion) -> HttpResponse:
    if isinstance(request.user, Usuario):
        return _con_su_cuenta(request, token, invitacion, request.user)
    if aceptacion.elige_contrasena(invitacion):
        return _estrenando(request, token, invitacion)
    entrar = f"{reverse('panel:entrar')}?{urlencode({'next': request.path})}"
    return _dibujar(request, invitacion, {"entrar": entrar})


def _con_su_cuenta(
    request: HttpRequest, token: str, invitacion: Invitacion, usuario: Usuario
) -> HttpResponse:
    if usuario.email != invitacion.correo:
        return _dibujar(request, invitacion, {"ajena": usuario}, estado=403)
    if request.method != "POST":
        return _dibujar(request, invitacion, {"propia": usuario})
    try:
        membresia = aceptacion.aceptar_con_cuenta(token=token, usuario=usuario)
    except (InvitacionNoVigente, CorreoAjeno, HayQueEsperar):
        raise
    except ErrorDeDominio as error:
        return _dibujar(request, invitacion, {"propia": usuario, "rechazo": error.mensaje}, estado=409)
    return _a_trabajar(request, membresia)


def _estrenando(request: HttpRequest, token: str, invitacion: Invitacion) -> HttpResponse:
    formulario = EstrenoFormulario(
        request.POST if request.method == "POST" else None, initial={"nombre": invitacion.nombre}
    )
    if formulario.is_valid():
        escrito = formulario.cleaned_data
        try:
            membresia = aceptacion.aceptar_eligiendo_contrasena(
                token=token, nombre=escrito["nombre"], contrasena=escrito["contrasena"]
            )
        except (InvitacionNoVigente, HayQueEsperar):
            raise
        except ErrorDeDominio as error:
            anotar_error(formulario, error)
        else:
            if membresia.usuario.segundo_factor_en is not None:
                # Elegir contraseña no muestra el teléfono: que entre por la puerta de siempre.
                return ir_a(request, reverse("panel:entrar"))
            login(request, membresia.usuario, backend=DE_DJANGO)
            return _a_trabajar(request, membresia)
    enfocar_error(formulario)
    estado = 422 if formulario.is_bound else 200
    return _dibujar(request, invitacion, {"formulario": formulario}, estado=estado)


def _a_trabajar(request: HttpRequest, membresia: Membresia) -> HttpResponse:
    request.session[EMPRESA_EN_SESION] = membresia.empresa_id
    return ir_a(request, reverse("panel:inicio"))


def _dibujar(
    request: HttpRequest, invitacion: Invitacion, contexto: dict[str, Any], *, estado: int = 200
) -> HttpResponse:
    comun = {"invitacion": invitacion, "empresa": invitacion.empresa}
    return render(request, "personas/invitacion.html", comun | contexto, status=estado)
