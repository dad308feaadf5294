"""El mapa entero de direcciones."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from inventario.panel.marco.acceso import entrar_al_admin
from inventario.vigilancia.salud import ping, salud
from inventario.vigilancia.sondas import honda, lista, viva

urlpatterns = [
    # Al admin se entra por la misma puerta que a todo, con su segundo factor.
    path("admin/login/", entrar_al_admin),
    # Cambiarla cierra las demás sesiones y apaga el «debe cambiarla»: hay una sola manera.
    path("admin/password_change/", RedirectView.as_view(pattern_name="panel:contrasena")),
    path("admin/", admin.site.urls),
    re_path(r"^health/?$", salud, name="salud"),
    re_path(r"^health/live/?$", viva, name="salud_viva"),
    re_path(r"^health/ready/?$", lista, name="salud_lista"),
    re_path(r"^health/deep/?$", honda, name="salud_honda"),
    re_path(r"^ping/?$", ping, name="ping"),
    path("cuenta/", include("inventario.cuentas.empresas.urls")),
    path("api/v1/", include("inventario.biofloc.urls")),
    path("api/", include("inventario.api.urls")),
    path("idioma/", set_language, name="set_language"),
    path("", include("inventario.panel.urls")),
]

handler400 = "inventario.borde.errores.solicitud_invalida"
handler403 = "inventario.borde.errores.prohibido"
handler404 = "inventario.borde.errores.no_encontrado"
handler500 = "inventario.borde.errores.error_interno"
