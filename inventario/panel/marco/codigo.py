"""El segundo paso de entrar: el código del teléfono o uno de recuperación."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from inventario.cuentas.acceso.errores import PasoCerrado
from inventario.cuentas.acceso.intentos import Intento
from inventario.cuentas.segundo_factor import services
from inventario.cuentas.segundo_factor.codigos import LARGO_MAXIMO
from inventario.cuentas.segundo_factor.errores import CodigoInvalido, FaltaCodigo
from inventario.cuentas.segundo_factor.espera import EnEspera, dejar_de_esperar, quien_espera
from inventario.panel.marco.esperas import paso_cerrado
from inventario.panel.marco.formularios import Formulario
from inventario.panel.marco.pagina import enfocar_error
from inventario.panel.marco.tema import recordar_tema

# El de las cuentas: con qué se comprobó la contraseña, que la sesión anota.
RESPALDO = settings.AUTHENTICATION_BACKENDS[-1]


def campo_de_codigo(*, de_recuperacion: bool = False) -> forms.CharField:
    """Uno para el teclado de números del teléfono; el de recuperación lleva letras y guiones."""
    atributos = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    if not de_recuperacion:
        atributos = {"autocomplete": "one-time-code", "inputmode": "numeric"}
    return forms.CharField(
        label=_("Código de recuperación") if de_recuperacion else _("Código de la aplicación"),
        max_length=LARGO_MAXIMO,
        widget=forms.TextInput(attrs=atributos),
    )


class FormularioDeCodigo(Formulario):
    codigo = campo_de_codigo()

    def __init__(self, *args: Any, de_recuperacion: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["codigo"] = campo_de_codigo(de_recuperacion=de_recuperacion)
        self.fields["codigo"].widget.attrs["autofocus"] = True
        self.vestir()


@never_cache
@sensitive_post_parameters("codigo")
@require_http_methods(["GET", "POST"])
def codigo(request: HttpRequest) -> HttpResponse:
    """Pide el código a quien dio bien su contraseña hace menos de cinco minutos, y entonces sí entra."""
    if request.user.is_authenticated:
        return redirect("panel:inicio")
    espera = quien_espera(request)
    if espera is None:
        dejar_de_esperar(request)
        return render(request, "marco/codigo.html", status=422 if request.method == "POST" else 200)
    de_recuperacion = "recuperacion" in request.GET
    formulario = FormularioDeCodigo(
        request.POST if request.method == "POST" else None, de_recuperacion=de_recuperacion
    )
    if request.method == "POST" and formulario.is_valid():
        try:
            services.comprobar(
                espera.usuario, formulario.cleaned_data["codigo"], Intento(request, espera.usuario.email)
            )
        except PasoCerrado:
            dejar_de_esperar(request)
            return paso_cerrado(request)
        except (CodigoInvalido, FaltaCodigo) as error:
            formulario.add_error("codigo", error.mensaje)
        else:
            return _entrar(request, espera)
    enfocar_error(formulario)
    contexto = {"formulario": formulario, "quien": espera.usuario.email, "de_recuperacion": de_recuperacion}
    return render(request, "marco/codigo.html", contexto, status=422 if formulario.errors else 200)


def _entrar(request: HttpRequest, espera: EnEspera) -> HttpResponse:
    dejar_de_esperar(request)
    login(request, espera.usuario, backend=RESPALDO)
    respuesta = redirect(espera.destino)
    recordar_tema(respuesta, espera.usuario.tema)
    return respuesta
