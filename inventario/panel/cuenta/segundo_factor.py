"""El segundo factor de la cuenta propia: activarlo con un QR, sus códigos de recuperación y quitarlo."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from inventario.cuentas.acceso.errores import ContrasenaIncorrecta, HayQueEsperar
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.models import Usuario
from inventario.cuentas.segundo_factor import codigos, services
from inventario.cuentas.segundo_factor.errores import CodigoInvalido, FaltaCodigo
from inventario.nucleo.errores import ErrorDeDominio
from inventario.panel.marco.codigo import FormularioDeCodigo, campo_de_codigo
from inventario.panel.marco.esperas import espere
from inventario.panel.marco.formularios import Formulario
from inventario.panel.marco.pagina import enfocar_error, ir_a, pagina

CAMPO_DEL_ERROR: dict[type[ErrorDeDominio], str] = {
    ContrasenaIncorrecta: "contrasena",
    CodigoInvalido: "codigo",
    FaltaCodigo: "codigo",
}


class Prueba(Formulario):
    """Que quien pide es la persona: su contraseña y, si ya tiene segundo factor, un código."""

    contrasena = forms.CharField(
        label=_("Su contraseña"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    codigo = campo_de_codigo()

    def __init__(self, *args: Any, usuario: Usuario, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if usuario.tiene_segundo_factor:
            self.fields["codigo"].help_text = _("El de ahora, o uno de recuperación.")
            # Un código de recuperación lleva letras: el teclado de números no serviría.
            self.fields["codigo"].widget.attrs.pop("inputmode")
        else:
            del self.fields["codigo"]


@sensitive_post_parameters("contrasena", "codigo")
@pagina()
@require_http_methods(["GET", "POST"])
def segundo_factor(request: HttpRequest) -> HttpResponse:
    """Cómo está el de quien mira y lo que puede hacer con él; todo pide su contraseña otra vez."""
    usuario = actor_de(request).usuario
    formulario = Prueba(request.POST if request.method == "POST" else None, usuario=usuario)
    if request.method == "POST" and formulario.is_valid():
        try:
            return _hacer(request, usuario, formulario.cleaned_data)
        except HayQueEsperar as error:
            # Se contesta y no se lanza: deshacer borraría el fallo que lo cerró.
            return espere(request, error.espera_s, aviso=error.mensaje)
        except ErrorDeDominio as error:
            # Ya quedó anotado el fallo, y debe confirmarse: por eso no sale de aquí.
            campo = CAMPO_DEL_ERROR.get(type(error))
            formulario.add_error(campo if campo in formulario.fields else None, error.mensaje)
    enfocar_error(formulario)
    contexto = {
        "formulario": formulario,
        "activo_desde": usuario.segundo_factor_en,
        "quedan": codigos.restantes(usuario),
        "lo_exige": services.empresa_que_lo_exige(usuario),
    }
    estado = 422 if formulario.errors else 200
    return render(request, "cuenta/segundo_factor.html", contexto, status=estado)


def _hacer(request: HttpRequest, usuario: Usuario, prueba: dict[str, Any]) -> HttpResponse:
    """Lo que dice el botón; sin ninguno, como con Intro, lo que menos cambia."""
    datos = {"peticion": request, "usuario": usuario, **prueba}
    accion = request.POST.get("accion", "")
    if not usuario.tiene_segundo_factor or accion == "cambiar":
        services.comenzar(**datos)
        return ir_a(request, reverse("panel:segundo_factor_confirmar"))
    if accion == "quitar":
        services.desactivar(**datos)
        update_session_auth_hash(request, usuario)
        messages.success(request, traducir("Segundo factor quitado: para entrar basta su contraseña."))
        return ir_a(request, reverse("panel:segundo_factor"))
    return _mostrar_codigos(request, services.renovar_codigos(**datos))


@sensitive_post_parameters("codigo")
@pagina()
@require_http_methods(["GET", "POST"])
def confirmar(request: HttpRequest) -> HttpResponse:
    """Muestra el QR del teléfono por confirmar y, con un código suyo, lo da por bueno."""
    usuario = actor_de(request).usuario
    pendiente = services.por_confirmar(usuario)
    if pendiente is None:
        return ir_a(request, reverse("panel:segundo_factor"))
    formulario = FormularioDeCodigo(request.POST if request.method == "POST" else None)
    if request.method == "POST" and formulario.is_valid():
        try:
            nuevos = services.confirmar(
                usuario=usuario,
                codigo=formulario.cleaned_data["codigo"],
                del_navegador=request.session.session_key,
            )
        except HayQueEsperar:
            raise
        except ErrorDeDominio as error:
            formulario.add_error("codigo", error.mensaje)
        else:
            # Las demás sesiones terminan; esta acaba de probar que es la persona.
            update_session_auth_hash(request, usuario)
            return _mostrar_codigos(request, nuevos)
    contexto = {
        "formulario": formulario,
        "secreto": pendiente.secreto,
        "qr": _qr(pendiente.direccion),
    }
    estado = 422 if formulario.errors else 200
    return render(request, "cuenta/segundo_factor_confirmar.html", contexto, status=estado)


def _qr(direccion: str) -> str:
    # Se dibuja una vez en la vida de cada teléfono: no se carga al arrancar.
    import segno

    return str(segno.make(direccion, error="m").svg_data_uri(scale=5, border=4, light="#fff"))


def _mostrar_codigos(request: HttpRequest, nuevos: list[str]) -> HttpResponse:
    """En la misma respuesta que los creó: ni quedan en la sesión, ni hay dirección donde volver a verlos."""
    respuesta = render(request, "cuenta/segundo_factor_codigos.html", {"codigos": nuevos})
    respuesta["Cache-Control"] = "private, no-store"
    return respuesta
