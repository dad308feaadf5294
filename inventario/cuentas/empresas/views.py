"""Elegir en qué empresa se trabaja."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from inventario.cuentas.acceso.sesion import EMPRESA_EN_SESION
from inventario.cuentas.empresas.selectors import empresas_de
from inventario.cuentas.models import Usuario


@login_required
@require_http_methods(["GET", "POST"])
def cambiar_de_empresa(request: HttpRequest) -> HttpResponse:
    """Muestra las empresas de la persona y, con POST, pasa a otra. Una ajena no existe: 404."""
    assert isinstance(request.user, Usuario)
    empresas = empresas_de(request.user)
    siguiente = request.POST.get("siguiente") or request.GET.get("siguiente", "")
    if request.method == "GET":
        return render(request, "cuentas/empresas.html", {"empresas": empresas, "siguiente": siguiente})
    elegida = next((empresa for empresa in empresas if str(empresa.pk) == request.POST.get("empresa")), None)
    if elegida is None:
        raise Http404
    request.session[EMPRESA_EN_SESION] = elegida.pk
    propia = url_has_allowed_host_and_scheme(
        siguiente, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(siguiente if propia else "panel:inicio")
