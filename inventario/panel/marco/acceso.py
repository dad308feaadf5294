"""Entrar, salir y recuperar la contraseña desde el navegador."""

from __future__ import annotations

from django.contrib.auth import views as de_django
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from inventario.cuentas.acceso import recuperacion
from inventario.cuentas.acceso.limites import Accion, exigir_cupo
from inventario.cuentas.models import Usuario
from inventario.panel.marco.formularios import FormularioDeAcceso
from inventario.panel.marco.tema import recordar_tema


class Acceso(de_django.LoginView):
    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        respuesta = super().form_valid(form)
        usuario = form.get_user()
        assert isinstance(usuario, Usuario)
        recordar_tema(respuesta, usuario.tema)
        return respuesta


entrar = Acceso.as_view(
    template_name="marco/entrar.html",
    authentication_form=FormularioDeAcceso,
    redirect_authenticated_user=True,
)
salir = de_django.LogoutView.as_view(next_page="panel:entrar")


@require_http_methods(["GET", "POST"])
def olvido(request: HttpRequest) -> HttpResponse:
    """Manda el correo de recuperación; contesta lo mismo exista o no la cuenta."""
    if request.method == "POST":
        # PostgreSQL no admite el carácter nulo: ninguna cuenta lo lleva.
        correo = request.POST.get("correo", "").replace("\x00", "")[:254]
        exigir_cupo(Accion.RECUPERAR, solicitud=request, cuenta=correo)
        recuperacion.pedir(correo)
    return render(request, "marco/olvido.html", {"enviado": request.method == "POST"})
