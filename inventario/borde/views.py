"""Base de toda vista de la API: identifica, decide el permiso y entra a la empresa, en ese orden."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from inventario.borde.autenticacion import identidad_de
from inventario.borde.campos import ID_MAXIMO
from inventario.cuentas.acceso.errores import DebeCambiarContrasena
from inventario.cuentas.actores import completar_actor
from inventario.cuentas.claves import usos_de_claves
from inventario.cuentas.models import ClaveApi, UsoDeClave
from inventario.cuentas.segundo_factor import services as segundo_factor
from inventario.idempotencia.services import Respuesta, clave_valida, huella_de, una_vez
from inventario.nucleo.actores import Actor
from inventario.nucleo.direccion import direccion_del_cliente
from inventario.nucleo.empresa import consultando, en_empresa
from inventario.nucleo.errores import DatoInvalido, Detalle, NoEncontrado

CABECERA_IDEMPOTENCIA = "Idempotency-Key"
SEGUROS = ("GET", "HEAD", "OPTIONS")


class DeEmpresa(APIView):
    """Lo común de las vistas sueltas y los viewsets.

    `permisos` dice qué exige cada acción del viewset o cada método; lo que no está dicho se niega. De un
    conjunto basta con uno.
    El manejador corre con `self.actor` completo, dentro de `en_empresa` (o `consultando`, si solo
    lee): una sola transacción por solicitud, que se deshace si el manejador lanza algo.
    """

    permisos: ClassVar[Mapping[str, str | frozenset[str]]] = {}
    # Lo que puede pedir también quien debe cambiar su contraseña: lo que hace falta para cambiarla.
    con_contrasena_por_cambiar: ClassVar[bool] = False
    # Todo POST acepta Idempotency-Key; quien no deba recordar su respuesta lo apaga.
    idempotente: ClassVar[bool] = True
    # A una persona, si su empresa se lo exige; lo que es solo de la cuenta propia lo apaga.
    pide_segundo_factor: ClassVar[bool] = True

    actor: Actor

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        empezo = time.monotonic()
        respuesta = super().dispatch(request, *args, **kwargs)
        anotar_uso_de_clave(self.request, respuesta, time.monotonic() - empezo)
        return respuesta

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Como el de DRF, con el cupo antes que el permiso: insistir en lo prohibido también lo gasta."""
        self.format_kwarg = self.get_format_suffix(**kwargs)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        request.version, request.versioning_scheme = self.determine_version(request, *args, **kwargs)
        self.perform_authentication(request)
        self.check_throttles(request)
        self.actor, self._credencial = identidad_de(request)
        if self.pide_segundo_factor and not isinstance(request.auth, ClaveApi):
            segundo_factor.exigir_a(self.actor)
        if self.actor.usuario.debe_cambiar_contrasena and not self.con_contrasena_por_cambiar:
            raise DebeCambiarContrasena(
                "Antes debe cambiar su contraseña: la que tiene la puso otra persona."
            )
        self.check_permissions(request)
        metodo = (request.method or "").lower()
        manejador = getattr(self, metodo, None) if metodo in self.http_method_names else None
        if manejador is not None:
            # Es el que `dispatch` llamará, y lo que lance ahí se contesta con la transacción ya deshecha.
            setattr(self, metodo, partial(self._en_la_empresa, manejador))

    def perform_authentication(self, request: Request) -> None:
        try:
            super().perform_authentication(request)
        except exceptions.AuthenticationFailed:
            self.check_throttles(request)
            raise

    def _en_la_empresa(
        self, manejador: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        exigir_sin_nulos(request)
        if request.method not in SEGUROS:
            # Leer y analizar el cuerpo antes de abrir la transacción: en SQLite retiene el turno de escribir.
            _ = request.data

        def correr() -> Response:
            self.actor = completar_actor(self.actor, self._credencial)
            respuesta = self.finalize_response(request, manejador(request, *args, **kwargs), *args, **kwargs)
            return renderizada(respuesta)

        if request.method in SEGUROS:
            with consultando(self.actor.empresa):
                return correr()
        clave = request.headers.get(CABECERA_IDEMPOTENCIA)
        if clave is not None and self.idempotente and request.method == "POST":
            return self._una_vez(request, clave, correr)
        with en_empresa(self.actor.empresa, durable=True):
            return correr()

    def _una_vez(self, solicitud: Request, clave: str, correr: Callable[[], Response]) -> HttpResponseBase:
        if not clave_valida(clave):
            raise DatoInvalido(
                "Idempotency-Key debe tener de 1 a 128 caracteres imprimibles.", campo=CABECERA_IDEMPOTENCIA
            )
        producida: list[Response] = []

        def ejecutar() -> Respuesta:
            respuesta = correr()
            producida.append(respuesta)
            return Respuesta(
                estado=respuesta.status_code,
                cuerpo=respuesta.content.decode(),
                tipo=respuesta.get("Content-Type", "application/json"),
            )

        huella = huella_de(solicitud.method or "", solicitud.path, solicitud.data)
        resultado = una_vez(actor=self.actor, clave=clave, huella=huella, ejecutar=ejecutar)
        if not resultado.repetida:
            return producida[-1]
        return respuesta_guardada(resultado.respuesta)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return Response({"metodos": sorted(self.allowed_methods)})

    def id_de_ruta(self, nombre: str = "pk") -> int:
        """Devuelve el entero de la ruta; lanza `DatoInvalido` si no lo es y `NoEncontrado` si no cabe."""
        texto = str(self.kwargs[nombre])
        if not (texto.isascii() and texto.lstrip("-").isdigit() and len(texto) <= 40):
            mensaje = "Debe ser un número entero."
            raise DatoInvalido(
                mensaje,
                campo=nombre,
                detalles=[Detalle(nombre, "invalid", mensaje, (("ubicacion", "path"),))],
            )
        numero = int(texto)
        if not 0 < numero <= ID_MAXIMO:
            raise NoEncontrado("No existe lo que busca.")
        return numero


class Desconocida(APIView):
    """Lo que no existe, no existe para nadie: ni pide credencial, ni gasta cupo, ni mira el método."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    schema = None
    frase: ClassVar[str | None] = "Esa dirección no existe."

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise exceptions.NotFound(self.frase)


class VistaDeEmpresa(DeEmpresa):
    """Vista suelta: `permisos = {"POST": Permiso.DESPACHAR}` y un método `post`."""


class ConjuntoDeEmpresa(DeEmpresa, GenericViewSet[Any]):
    """Viewset: `permisos = {"list": Permiso.VER, "create": Permiso.CATALOGAR}`.

    Declare `modelo` y, si hace falta, `consulta()`: nombrar un queryset en la clase lo evaluaría al
    importar, cuando todavía no hay empresa.
    """

    # Un id con puntos o letras llega a la vista, que responde 422 y no una dirección desconocida.
    lookup_value_regex = "[^/]+"
    modelo: ClassVar[type[Model]]
    no_encontrado: ClassVar[str] = "No existe lo que busca."

    def consulta(self) -> QuerySet[Any]:
        """Devuelve las filas que esta vista alcanza; las de otra empresa no existen."""
        return self.modelo._default_manager.all()

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.modelo._default_manager.none()
        return self.consulta()

    def get_object(self) -> Any:
        pk = self.id_de_ruta(self.lookup_url_kwarg or self.lookup_field)
        objeto = self.get_queryset().filter(pk=pk).first()
        if objeto is None:
            raise NoEncontrado(self.no_encontrado)
        self.check_object_permissions(self.request, objeto)
        return objeto


def renderizada(respuesta: Response) -> Response:
    """Arma el cuerpo mientras hay empresa: una respuesta perezosa consultaría cuando ya no la hay."""
    if hasattr(respuesta, "render"):
        respuesta.render()
    return respuesta


def respuesta_guardada(guardada: Respuesta) -> HttpResponseBase:
    respuesta = HttpResponse(guardada.cuerpo, status=guardada.estado, content_type=guardada.tipo)
    respuesta["Idempotency-Replayed"] = "true"
    return respuesta


def exigir_sin_nulos(solicitud: Request) -> None:
    """PostgreSQL no guarda ni compara el carácter nulo: en la dirección se rechaza de una vez."""
    for clave, valores in solicitud.query_params.lists():
        if any("\x00" in texto for texto in (clave, *valores)):
            mensaje = "Tiene un carácter nulo."
            campo = clave.replace("\x00", "")
            raise DatoInvalido(
                mensaje, campo=campo, detalles=[Detalle(campo, "invalid", mensaje, (("ubicacion", "query"),))]
            )


def anotar_uso_de_clave(solicitud: Request, respuesta: HttpResponseBase, duro_s: float) -> None:
    """Si quien llamó se identificó con una clave, anota qué pidió y cómo le fue."""
    # Por el atributo interno: preguntar por `auth` volvería a identificar a quien ya fue rechazado.
    clave = getattr(solicitud, "_auth", None)
    if isinstance(clave, ClaveApi):
        usos_de_claves.anotar(
            UsoDeClave(
                clave=clave,
                creado_en=timezone.now(),
                metodo=(solicitud.method or "")[:10],
                # PostgreSQL no guarda el carácter nulo, y quien lo manda también debe quedar anotado.
                endpoint=solicitud.path.replace("\x00", "%00")[:255],
                estado=respuesta.status_code,
                ip=direccion_del_cliente(solicitud),
                duracion_ms=round(duro_s * 1000),
            )
        )
