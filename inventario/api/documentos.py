"""El esquema OpenAPI y su página; fuera de desarrollo, solo para quien entró."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http.response import HttpResponseBase
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated

from inventario.borde.autenticacion import PorClave, PorSesion


class Esquema(SpectacularAPIView):
    """OpenAPI 3.1 de la API."""

    authentication_classes = (PorClave, PorSesion)

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated() if settings.PRODUCCION else AllowAny()]


class Documentacion(SpectacularSwaggerSplitView):
    """La página que se lee en un navegador: sin sesión se va a entrar, no a un error."""

    url_name = "api:esquema"
    # La plantilla de la biblioteca trae estilos incrustados, que la política de contenido no admite.
    template_name = "api/documentacion.html"
    authentication_classes = (PorSesion,)
    permission_classes = (AllowAny,)
    throttle_classes = ()

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.PRODUCCION and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), login_url="admin:login")
        return super().dispatch(request, *args, **kwargs)
