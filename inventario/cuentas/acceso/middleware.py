"""En páginas y admin, todo ocurre dentro de la empresa de la sesión."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from inventario.cuentas.acceso.sesion import empresa_de_sesion
from inventario.cuentas.actores import actor_de_membresia
from inventario.cuentas.models import Empresa, Usuario
from inventario.cuentas.segundo_factor import services as segundo_factor
from inventario.nucleo.empresa import consultando, en_empresa
from inventario.nucleo.solicitud import solicitud_actual

# La API abre su propia transacción; lo demás no consulta nada del negocio.
FUERA = (
    "/api/",
    "/health",
    "/ping",
    "/static/",
    "/admin/login/",
    "/admin/logout/",
    "/admin/jsi18n/",
    "/salir/",
    "/restablecer/",
    # Quien acepta una invitación todavía no es de esa empresa, ni tal vez de ninguna.
    "/invitacion/",
)


# Lo que sigue abierto para quien debe activar su segundo factor: su cuenta, que es donde se activa.
DE_LA_CUENTA = ("/cuenta/", "/idioma/", "/tema/")

_Vista = TypeVar("_Vista", bound=Callable[..., HttpResponseBase])


def abre_su_transaccion(vista: _Vista) -> _Vista:
    """Marca la vista cuyos POST recuerdan lo que hicieron: la clave y el efecto se confirman juntos."""
    vista.abre_su_transaccion = True  # type: ignore[attr-defined]  # las funciones no lo declaran
    return vista


class EmpresaDeSesion:
    """Abre la empresa alrededor de la vista y de su plantilla, y deja `request.empresa` y `request.actor`.

    Quien entró y no tiene empresa ve una página que lo explica. A quien su empresa le exige un segundo factor
    y no lo tiene, le lanza `FaltaSegundoFactor` en lo que no sea su cuenta.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        vista: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if request.path.startswith(FUERA) or not isinstance(request.user, Usuario):
            return None
        empresa = empresa_de_sesion(request)
        if empresa is None:
            return render(request, "cuentas/sin_empresa.html", status=403)
        sola = request.method == "POST" and getattr(vista, "abre_su_transaccion", False)
        if sola:
            with consultando(empresa), timezone.override(empresa.zona_horaria):
                self._presentar(request, empresa)
            with timezone.override(empresa.zona_horaria):
                return vista(request, *args, **kwargs)
        abrir = consultando if request.method in ("GET", "HEAD", "OPTIONS") else en_empresa
        # Se llama a la vista desde aquí para que su error deshaga la transacción: más afuera, Django
        # ya lo habría vuelto una respuesta.
        with abrir(empresa), timezone.override(empresa.zona_horaria):
            self._presentar(request, empresa)
            respuesta = vista(request, *args, **kwargs)
            # Una plantilla perezosa consultaría cuando ya no hay empresa.
            armar = getattr(respuesta, "render", None)
            return armar() if callable(armar) else respuesta

    def _presentar(self, request: HttpRequest, empresa: Empresa) -> None:
        assert isinstance(request.user, Usuario)
        request.empresa = empresa  # type: ignore[attr-defined]  # HttpRequest no declara lo que le agregan
        request.actor = actor_de_membresia(  # type: ignore[attr-defined]  # ídem
            request.user, empresa, solicitud_id=solicitud_actual()
        )
        if not request.path.startswith(DE_LA_CUENTA):
            segundo_factor.exigir_a(request.actor)  # type: ignore[attr-defined]  # ídem
