"""Las personas de la empresa: quién entra, a quién se invitó y qué puede cada quien."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inventario.cuentas.acceso.errores import HayQueEsperar
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.alcance import varias_bodegas
from inventario.cuentas.invitaciones import services
from inventario.cuentas.invitaciones.enlaces import direccion
from inventario.cuentas.invitaciones.services import Emitida
from inventario.cuentas.permisos import Permiso
from inventario.cuentas.personas import selectors
from inventario.cuentas.personas.services import cambiar_membresia
from inventario.nucleo.errores import ErrorDeDominio, SinPermiso
from inventario.panel.marco.pagina import anotar_error, enfocar_error, ir_a, pagina
from inventario.panel.personas.formularios import InvitarFormulario, MiembroFormulario


@pagina(Permiso.ADMINISTRAR)
@require_GET
def personas(request: HttpRequest) -> HttpResponse:
    """Los miembros y las invitaciones sin responder."""
    actor = actor_de(request)
    contexto = {
        "miembros": selectors.miembros(actor),
        "invitados": selectors.invitados(actor),
        "varias": varias_bodegas(),
        "ahora": timezone.now(),
        "actor": actor,
    }
    return render(request, "personas/lista.html", contexto)


@pagina(Permiso.ADMINISTRAR)
@require_http_methods(["GET", "POST"])
def invitar(request: HttpRequest) -> HttpResponse:
    """Invita a un correo. Contesta lo mismo tenga cuenta o no."""
    actor = actor_de(request)
    formulario = InvitarFormulario(request.POST if request.method == "POST" else None, alcance=actor.alcance)
    if formulario.is_valid():
        try:
            return _dar_el_enlace(request, services.invitar(actor=actor, **formulario.cleaned_data))
        except (SinPermiso, HayQueEsperar):
            raise
        except ErrorDeDominio as error:
            anotar_error(formulario, error)
    enfocar_error(formulario)
    estado = 422 if formulario.is_bound else 200
    return render(request, "personas/invitar.html", {"formulario": formulario}, status=estado)


@pagina(Permiso.ADMINISTRAR)
@require_POST
def reenviar(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_de(request)
    return _dar_el_enlace(request, services.reenviar(actor=actor, invitacion=selectors.invitacion(actor, pk)))


@pagina(Permiso.ADMINISTRAR)
@require_POST
def revocar(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_de(request)
    revocada = services.revocar(actor=actor, invitacion=selectors.invitacion(actor, pk))
    messages.success(
        request, traducir("La invitación de %(correo)s ya no sirve.") % {"correo": revocada.correo}
    )
    return ir_a(request, reverse("panel:personas"))


@pagina(Permiso.ADMINISTRAR)
@require_http_methods(["GET", "POST"])
def cambiar(request: HttpRequest, pk: int) -> HttpResponse:
    """El rol, las bodegas y si puede entrar."""
    actor = actor_de(request)
    miembro = selectors.miembro(actor, pk)
    membresia = miembro.membresia
    formulario = MiembroFormulario(
        request.POST if request.method == "POST" else None,
        alcance=actor.alcance,
        initial={
            "rol": membresia.rol,
            "activa": membresia.activa,
            "bodega": membresia.bodega_id,
            "limitada_a": [una.pk for una in miembro.bodegas],
        },
    )
    if formulario.is_valid():
        # Con una sola bodega no se preguntó por ellas: quedan como estaban.
        antes = {"bodega": membresia.bodega, "limitada_a": miembro.bodegas}
        try:
            cambiar_membresia(actor=actor, membresia=membresia, **{**antes, **formulario.cleaned_data})
        except (SinPermiso, HayQueEsperar):
            raise
        except ErrorDeDominio as error:
            anotar_error(formulario, error)
        else:
            messages.success(
                request, traducir("Se guardó lo que puede %(quien)s.") % {"quien": membresia.usuario}
            )
            return ir_a(request, reverse("panel:personas"))
    enfocar_error(formulario)
    contexto = {"formulario": formulario, "miembro": miembro, "membresia": membresia}
    return render(request, "personas/miembro.html", contexto, status=422 if formulario.is_bound else 200)


@never_cache
def _con_enlace(request: HttpRequest, emitida: Emitida) -> HttpResponse:
    """El enlace se ve en esta respuesta y en ninguna otra: no queda en una galleta ni en la sesión."""
    enlace = direccion(emitida.token)
    return render(request, "personas/enlace.html", {"invitacion": emitida.invitacion, "enlace": enlace})


def _dar_el_enlace(request: HttpRequest, emitida: Emitida) -> HttpResponse:
    if emitida.token:
        return _con_enlace(request, emitida)
    quien = {"correo": emitida.invitacion.correo}
    messages.success(request, traducir("La invitación va en camino a %(correo)s.") % quien)
    return ir_a(request, reverse("panel:personas"))
