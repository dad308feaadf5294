"""Cómo se documenta cada operación en OpenAPI: lo que responde, cómo falla y quién puede llamarla."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers

from inventario.borde.errores import FRASE_POR_ESTADO

F = TypeVar("F", bound=Callable[..., Any])

_COMUNES = (401, 403, 422, 429, 500, 503)
_DE_ESCRITURA = (409, 413, 415)
_FRASES = {
    **FRASE_POR_ESTADO,
    400: "El negocio no lo permite: no se movió nada.",
    404: "No existe en esta empresa.",
    409: "Choca con lo que ya hay, o la Idempotency-Key se usó con otra solicitud.",
}

Sobre = inline_serializer(
    "Sobre",
    {
        "detail": serializers.CharField(help_text="Qué pasó, en una frase."),
        "codigo": serializers.CharField(help_text="Estable: es lo que un programa compara."),
        "errores": inline_serializer(
            "DetalleDeError",
            {
                "campo": serializers.CharField(allow_blank=True),
                "ubicacion": serializers.ChoiceField(["body", "query", "path", "header"]),
                "codigo": serializers.CharField(),
                "mensaje": serializers.CharField(),
            },
            many=True,
        ),
        "request_id": serializers.CharField(),
    },
)

IDEMPOTENCIA = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="De 1 a 128 caracteres imprimibles. Repetir la solicitud con la misma clave devuelve la "
    "primera respuesta y no mueve nada; la misma clave con otro cuerpo es un 409.",
)


class EsquemaDeClave(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular no tipa su registro
    target_class = "inventario.borde.autenticacion.PorClave"
    name = ["clave", "claveEnCabecera"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {"type": "http", "scheme": "bearer", "description": "Authorization: Bearer sk_live_…"},
            {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "X-API-Key: sk_live_…"},
        ]


class EsquemaDeToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # ídem
    target_class = "inventario.borde.autenticacion.PorToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "Authorization: Bearer <access_token> de POST /api/v1/auth/login.",
        }


class EsquemaDeSesion(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # ídem
    target_class = "inventario.borde.autenticacion.PorSesion"
    name = "sesion"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "La sesión del navegador; al escribir se manda además X-CSRFToken.",
        }


class LimitesDelEntero(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # ídem
    """Los límites se dicen de lo que se pide: quien genera solicitudes no adivina, y quien lee no exige."""

    target_class = "inventario.borde.campos.EnteroCampo"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        if direction != "request":
            return {"type": "integer"}
        return {"type": "integer", "minimum": self.target.minimo, "maximum": self.target.maximo}


class LimitesDeLaCantidad(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # ídem
    target_class = "inventario.borde.campos.CantidadCampo"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        esquema: dict[str, Any] = {"type": "number"}
        if direction != "request":
            return esquema
        campo = self.target
        if campo.minimo is not None:
            esquema["minimum"] = float(campo.minimo)
        elif not campo.con_signo:
            esquema["exclusiveMinimum"] = 0
        return {**esquema, "exclusiveMaximum": float(campo.maximo)}


class LimitesDelTexto(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # ídem
    target_class = "inventario.borde.campos.TextoCampo"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        if direction != "request":
            return {"type": "string"}
        vacio = {} if self.target.permite_vacio else {"minLength": 1}
        return {"type": "string", "maxLength": self.target.maximo, **vacio}


def documentar(
    resumen: str,
    *,
    grupo: str,
    nombre: str,
    exito: Mapping[Any, Any],
    descripcion: str = "",
    peticion: Any = None,
    consulta: Any = None,
    cabecera: OpenApiParameter | None = None,
    errores: Sequence[int] = (),
    ejemplo: Any = None,
    ejemplo_de_respuesta: Any = None,
    ejemplo_de_error: Mapping[str, Any] | None = None,
    idempotente: bool = True,
    con_id: bool = False,
    tipo_de_id: OpenApiTypes = OpenApiTypes.INT,
) -> Callable[[F], F]:
    """Describe una operación. Con `peticion` es de escritura y, salvo que se diga, acepta Idempotency-Key.

    `errores` agrega los propios de la operación a los que toda operación puede dar; `con_id` es para
    la vista suelta cuya ruta nombra un id, que en un viewset se deduce.
    """
    parametros: list[Any] = [uno for uno in (consulta, cabecera) if uno is not None]
    if con_id:
        parametros.append(OpenApiParameter("id", tipo_de_id, OpenApiParameter.PATH))
    estados = {*_COMUNES, *errores}
    if peticion is not None:
        estados.update(_DE_ESCRITURA)
        if idempotente:
            parametros.append(IDEMPOTENCIA)
    bien = min(exito)
    ejemplos = []
    if ejemplo is not None:
        ejemplos.append(OpenApiExample("Solicitud", value=ejemplo, request_only=True))
    if ejemplo_de_respuesta is not None:
        ejemplos.append(
            OpenApiExample(
                "Respuesta", value=ejemplo_de_respuesta, response_only=True, status_codes=[str(bien)]
            )
        )
    if ejemplo_de_error is not None:
        ejemplos.append(
            OpenApiExample("No alcanza", value=ejemplo_de_error, response_only=True, status_codes=["400"])
        )
    return extend_schema(
        operation_id=nombre,
        summary=resumen,
        description=descripcion or resumen,
        tags=[grupo],
        request=peticion,
        parameters=parametros,
        responses={
            **exito,
            **{
                estado: OpenApiResponse(Sobre, description=_FRASES[estado])
                for estado in sorted(estados - set(exito))
            },
        },
        examples=ejemplos,
    )
