"""Cómo se documenta cada operación del contrato en OpenAPI, con sus propios cuerpos de error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from drf_spectacular.utils import inline_serializer as en_linea
from rest_framework import serializers

from inventario.biofloc.errores import DETALLE_POR_ESTADO
from inventario.borde.esquema import IDEMPOTENCIA

F = TypeVar("F", bound=Callable[..., Any])

_COMUNES = (401, 403, 422, 429, 500, 503)
_DE_ESCRITURA = (409, 413, 415)

Detail = en_linea("Detail", {"detail": serializers.CharField()})
ValidationErrorBody = en_linea(
    "ValidationErrorBody",
    {
        "detail": serializers.CharField(),
        "errors": en_linea(
            "ValidationErrorItem",
            {
                "field": serializers.CharField(help_text="Where: body -> items -> 0 -> quantity."),
                "message": serializers.CharField(),
                "type": serializers.CharField(),
            },
            many=True,
        ),
    },
)
RateLimitBody = en_linea(
    "RateLimitBody", {"detail": serializers.CharField(), "retry_after": serializers.IntegerField()}
)
InternalErrorBody = en_linea(
    "InternalErrorBody", {"detail": serializers.CharField(), "message": serializers.CharField()}
)
_CUERPO_POR_ESTADO = {422: ValidationErrorBody, 429: RateLimitBody, 500: InternalErrorBody}


def documentar(
    resumen: str,
    *,
    nombre: str,
    grupo: str,
    exito: Mapping[int, Any],
    peticion: Any = None,
    consulta: Any = None,
    errores: Sequence[int] = (),
    cuerpo_de: Mapping[int, Any] | None = None,
    ids: Mapping[str, Any] | None = None,
    ejemplo: Any = None,
    escribe: bool = False,
    con_clave: bool = False,
) -> Callable[[F], F]:
    """Describe una operación. `errores` se suma a los que toda operación puede dar.

    `escribe` (o traer `peticion`) agrega los de escritura; `con_clave`, la cabecera Idempotency-Key de
    un POST sin cuerpo; `cuerpo_de` cambia el cuerpo de un estado; `ids` da el tipo de cada id de la ruta.
    """
    parametros: list[Any] = [consulta] if consulta is not None else []
    for id_de_ruta, tipo in (ids or {}).items():
        parametros.append(OpenApiParameter(id_de_ruta, tipo, OpenApiParameter.PATH))
    estados = {*_COMUNES, *errores}
    if peticion is not None or escribe:
        estados.update(_DE_ESCRITURA)
    if con_clave:
        parametros.append(IDEMPOTENCIA)
    cuerpos = {**_CUERPO_POR_ESTADO, **(cuerpo_de or {})}
    ejemplos = [OpenApiExample("Request", value=ejemplo, request_only=True)] if ejemplo is not None else []
    return extend_schema(
        operation_id=nombre,
        summary=resumen,
        description=resumen,
        tags=[f"biofloc: {grupo}"],
        request=peticion,
        parameters=parametros,
        responses={
            **exito,
            **{
                estado: OpenApiResponse(cuerpos.get(estado, Detail), description=DETALLE_POR_ESTADO[estado])
                for estado in sorted(estados - set(exito))
            },
        },
        examples=ejemplos,
    )


ID = OpenApiTypes.INT
UUID = OpenApiTypes.UUID
TEXTO = OpenApiTypes.STR
