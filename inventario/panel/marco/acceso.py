"""Entrar, salir y recuperar la contraseña desde el navegador."""

from __future__ import annotations

from django.contrib.auth import views as de_django
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from inventario.cuentas.acceso import recuperacion
from inventario.cuentas.acceso.limites import Accion, exigir_cupo
from inventario.cuentas.models import Usuario
from inventario.cuentas.segundo_factor.espera import dejar_en_espera
from inventario.panel.marco.formularios import FormularioDeAcceso
from inventario.panel.marco.tema import recordar_tema


class Acceso(de_django.LoginView):
    """Quien tiene segundo factor todavía no entra con su contraseña: sigue en la página del código."""

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        usuario = form.get_user()
        assert isinstance(usuario, Usuario)
        if usuario.tiene_segundo_factor:
            dejar_en_espera(self.request, usuario, destino=self.get_success_url())
            return redirect("panel:codigo")
        respuesta = super().form_valid(form)
        recordar_tema(respuesta, usuario.tema)
        return respuesta


entrar = Acceso.as_view(
    template_name="marco/entrar.html",
    authentication_form=FormularioDeAcceso,
    redirect_authenticated_user=True,
)
salir = de_django.LogoutView.as_view(next_page="panel:entrar")


def entrar_al_admin(request: HttpRequest) -> HttpResponse:
    """Reemplaza la entrada propia del admin, que no pediría el segundo factor."""
    if request.user.is_authenticated and not getattr(request.user, "is_staff", False):
        # Ya entró y no le alcanza: mandarlo a entrar otra vez daría vueltas sin fin.
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"), reverse("panel:entrar"))


@require_http_methods(["GET", "POST"])
def olvido(request: HttpRequest) -> HttpResponse:
    """Manda el correo de recuperación; contesta lo mismo exista o no la cuenta."""
    if request.method == "POST":
        # PostgreSQL no admite el carácter nulo: ninguna cuenta lo lleva.
        correo = request.POST.get("correo", "").replace("\x00", "")[:254]
        exigir_cupo(Accion.RECUPERAR, solicitud=request, cuenta=correo)
        recuperacion.pedir(correo)
    return render(request, "marco/olvido.html", {"enviado": request.method == "POST"})
