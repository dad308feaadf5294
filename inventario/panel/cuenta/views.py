"""La cuenta de quien entró: su nombre, su contraseña, cómo ve las páginas y dónde tiene sesiones abiertas."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inventario.cuentas.acceso import services as acceso
from inventario.cuentas.acceso import sesiones
from inventario.cuentas.acceso.errores import ContrasenaDebil, ContrasenaIncorrecta, ContrasenaRepetida
from inventario.cuentas.acceso.limites import Accion, exigir_cupo
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.personas import preferencias
from inventario.nucleo.errores import DatoInvalido, NoEncontrado
from inventario.panel.cuenta.formularios import CambioDeContrasena, FormularioDeNombre
from inventario.panel.marco.pagina import anotar_error, enfocar_error, ir_a, pagina, siguiente_de


@pagina()
@require_GET
def cuenta(request: HttpRequest) -> HttpResponse:
    usuario = actor_de(request).usuario
    return _dibujar(request, FormularioDeNombre(initial={"nombre": usuario.nombre}))


@pagina()
@require_http_methods(["GET", "POST"])
def nombre(request: HttpRequest) -> HttpResponse:
    """Cambia el nombre con que el libro y las páginas lo llaman."""
    if request.method != "POST":
        return ir_a(request, reverse("panel:cuenta"))
    formulario = FormularioDeNombre(request.POST)
    if formulario.is_valid():
        try:
            preferencias.llamarse(usuario=actor_de(request).usuario, nombre=formulario.cleaned_data["nombre"])
        except DatoInvalido as error:
            anotar_error(formulario, error)
        else:
            messages.success(request, traducir("Su nombre quedó guardado."))
            return ir_a(request, reverse("panel:cuenta"))
    enfocar_error(formulario)
    return _dibujar(request, formulario, estado=422)


@sensitive_post_parameters()
@pagina()
@require_http_methods(["GET", "POST"])
def contrasena(request: HttpRequest) -> HttpResponse:
    """Cambia la contraseña; esta sesión sigue y las demás se cierran. Aquí llega quien debe cambiarla."""
    usuario = actor_de(request).usuario
    formulario = CambioDeContrasena(request.POST if request.method == "POST" else None)
    estado = 200
    if request.method == "POST":
        if formulario.is_valid() and _cambiar(request, formulario):
            messages.success(
                request, traducir("Su contraseña cambió. Las demás sesiones que tenía abiertas se cerraron.")
            )
            return ir_a(request, siguiente_de(request) or reverse("panel:cuenta"))
        enfocar_error(formulario)
        estado = 422
    contexto = {
        "formulario": formulario,
        "usuario": usuario,
        "obligada": usuario.debe_cambiar_contrasena,
        "siguiente": siguiente_de(request),
    }
    return render(request, "cuenta/contrasena.html", contexto, status=estado)


@pagina()
@require_POST
def cerrar_sesion(request: HttpRequest) -> HttpResponse:
    """Cierra una de sus otras sesiones, o todas las otras."""
    usuario = actor_de(request).usuario
    identificador = request.POST.get("sesion", "")
    if not identificador:
        sesiones.cerrar_las_demas(usuario, del_navegador=request.session.session_key)
        messages.success(request, traducir("Las demás sesiones quedaron cerradas."))
        return ir_a(request, reverse("panel:cuenta"))
    try:
        sesiones.cerrar(usuario, identificador)
    except NoEncontrado:
        messages.warning(request, traducir("Esa sesión ya no estaba abierta."))
    else:
        messages.success(request, traducir("La sesión quedó cerrada."))
    return ir_a(request, reverse("panel:cuenta"))


def _cambiar(request: HttpRequest, formulario: CambioDeContrasena) -> bool:
    """Cambia la contraseña de quien pide; si no se admite, lo anota en su campo y devuelve falso."""
    datos = formulario.cleaned_data
    exigir_cupo(Accion.CAMBIAR_CONTRASENA, cuenta=request.user.get_username())
    try:
        acceso.cambiar_contrasena(
            usuario=actor_de(request).usuario, actual=datos["actual"], nueva=datos["nueva"], peticion=request
        )
    except ContrasenaIncorrecta:
        formulario.add_error("actual", traducir("La contraseña actual no es esa."))
    except ContrasenaRepetida:
        formulario.add_error("nueva", traducir("La contraseña nueva debe ser distinta de la actual."))
    except ContrasenaDebil as error:
        formulario.add_error("nueva", error.mensaje)
    else:
        return True
    return False


def _dibujar(request: HttpRequest, formulario: FormularioDeNombre, *, estado: int = 200) -> HttpResponse:
    usuario = actor_de(request).usuario
    abiertas = sesiones.abiertas(usuario, esta=request.session.session_key, ahora=timezone.now())
    contexto = {
        "formulario": formulario,
        "usuario": usuario,
        "sesiones": abiertas,
        "hay_otras": any(not una.es_esta for una in abiertas),
    }
    return render(request, "cuenta/cuenta.html", contexto, status=estado)
