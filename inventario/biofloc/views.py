"""Base de las vistas del contrato: las de la casa, con sus errores en el idioma y la forma ajenos."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.errores import Frase, Rechazo, RutaInvalida, manejar
from inventario.borde import views as borde
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.errores import ErrorDeDominio, NoEncontrado


class VistaBiofloc(borde.VistaDeEmpresa):
    """`permisos` por método: GET y las consultas por POST piden VER; lo demás, lo que su alcance da.

    `frases` dice en inglés lo que un error significa en esta vista y `nombres` cómo se llaman sus campos.
    """

    frases: ClassVar[Mapping[type[ErrorDeDominio], Frase]] = {}
    nombres: ClassVar[Mapping[str, str]] = {}

    def get_exception_handler(self) -> Callable[..., Response]:
        return manejar

    def entero_de_ruta(self, nombre: str, *, no_encontrado: str) -> int:
        """Devuelve el id de la ruta: 422 si no es un entero, 404 con esa frase si no puede existir."""
        texto = str(self.kwargs[nombre])
        if not (texto.isascii() and texto.lstrip("-").isdigit() and len(texto) <= 40):
            raise RutaInvalida({nombre: ["Input should be a valid integer"]}, code="int_parsing")
        try:
            return self.id_de_ruta(nombre)
        except NoEncontrado as error:
            raise Rechazo(404, no_encontrado) from error

    def texto_de_ruta(self, nombre: str) -> str:
        """Devuelve esa parte de la ruta; 422 si trae el carácter nulo, que PostgreSQL no compara."""
        texto = str(self.kwargs[nombre])
        if "\x00" in texto:
            raise RutaInvalida({nombre: ["Input should not have null characters"]}, code="value_error")
        return texto

    def bodega(self) -> Bodega:
        """Devuelve la bodega de quien llama, que es de la que habla todo el contrato (decisión 3)."""
        if self.actor.bodega is None:
            raise Rechazo(400, "No active store is available to this credential")
        return self.actor.bodega

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return Response({"methods": sorted(self.allowed_methods)})


class Desconocida(borde.Desconocida):
    frase = None

    def get_exception_handler(self) -> Callable[..., Response]:
        return manejar


class TodaviaNo(VistaBiofloc):
    """Órdenes de compra y proveedores: la dirección es la del contrato y dice que aún no se atiende."""

    schema = None
    idempotente = False
    permisos = dict.fromkeys(("GET", "POST", "PUT", "DELETE"), Permiso.VER)

    def get(self, request: Request, **_: Any) -> Response:
        raise Rechazo(501, "Purchase orders and suppliers are not available on this server yet")

    post = put = delete = get
