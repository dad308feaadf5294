"""Páginas: por salto (`skip`/`limit`, §1.4) y por cursor (`cursor`/`limit`, costo constante)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django.core.signing import BadSignature, Signer
from django.utils.http import urlencode
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inventario.borde.campos import EnteroCampo, Peticion, leer_consulta
from inventario.nucleo.cursor import Lugar, Orden, Tramo, tramo
from inventario.nucleo.errores import DatoInvalido, Detalle

SALTO_MAXIMO = 10**9


class _Salto(Peticion):
    skip = EnteroCampo(minimo=0, maximo=SALTO_MAXIMO, default=0)
    limit = EnteroCampo(minimo=1, maximo=500, default=100)


class _Tramo(Peticion):
    limit = EnteroCampo(minimo=1, maximo=200, default=50)


class PorSalto(BasePagination):
    """Lista desnuda, con `X-Total-Count` y `Link`. El queryset debe traer un orden total."""

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        consulta = leer_consulta(_Salto, request)
        self.request, self.salto, self.limite = request, consulta["skip"], consulta["limit"]
        self.total = queryset.count()
        return list(queryset[self.salto : self.salto + self.limite]) if self.salto < self.total else []

    def get_paginated_response(self, data: Any) -> Response:
        enlaces = {}
        if self.salto + self.limite < self.total:
            enlaces["next"] = {"skip": self.salto + self.limite, "limit": self.limite}
        if self.salto > 0:
            enlaces["prev"] = {"skip": max(0, self.salto - self.limite), "limit": self.limite}
        return Response(data, headers={"X-Total-Count": str(self.total), **_link(self.request, enlaces)})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return schema

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parametro("skip", "Cuántos se saltan.", 0, SALTO_MAXIMO, 0),
            _parametro("limit", "Cuántos se devuelven.", 1, 500, 100),
        ]


class Firmado:
    """Cómo va el cursor en la dirección: firmado, para que uno inventado se rechace y no se tome por otro."""

    def __init__(self, para: str) -> None:
        self._firmante = Signer(salt=f"cursor:{para}")

    def leer(self, cursor: str) -> Lugar | None:
        if not cursor:
            return None
        try:
            sentido, *valores = self._firmante.unsign_object(cursor)
        except (BadSignature, ValueError) as error:
            mensaje = "El cursor no es válido: use el que vino en la cabecera Link."
            detalle = Detalle("cursor", "invalid", mensaje, (("ubicacion", "query"),))
            raise DatoInvalido(mensaje, campo="cursor", detalles=[detalle]) from error
        return Lugar(tuple(valores), atras=sentido == "a")

    def escribir(self, lugar: Lugar) -> str:
        return self._firmante.sign_object(["a" if lugar.atras else "s", *map(_en_json, lugar.valores)])


class PorCursor(BasePagination):
    """Lista desnuda, con `Link`: sigue desde la última fila vista, sin contar ni saltar.

    La vista declara `orden_cursor`, que debe ser único e inmutable: `("id",)` o
    `("fecha_efectiva", "id")`, todo ascendente o todo con «-».
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        self.request = request
        self.limite: int = leer_consulta(_Tramo, request)["limit"]
        campos: Sequence[str] = getattr(view, "orden_cursor", ("id",))
        descendente = campos[0].startswith("-")
        assert all(campo.startswith("-") == descendente for campo in campos), (
            "El cursor va en un solo sentido."
        )
        self.tramo: Tramo[Any] = tramo(
            queryset,
            Orden(tuple(campo.lstrip("-") for campo in campos), descendente),
            cursor=request.query_params.get("cursor", ""),
            limite=self.limite,
            escritura=Firmado(f"{type(view).__name__}:{','.join(campos)}"),
        )
        return self.tramo.filas

    def get_paginated_response(self, data: Any) -> Response:
        cursores = {"next": self.tramo.siguiente, "prev": self.tramo.anterior}
        enlaces = {rel: {"cursor": uno, "limit": self.limite} for rel, uno in cursores.items() if uno}
        return Response(data, headers=_link(self.request, enlaces))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return schema

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        cursor = {
            "name": "cursor",
            "in": "query",
            "required": False,
            "description": "El de la cabecera Link de la página anterior; vacío, desde el comienzo.",
            "schema": {"type": "string"},
        }
        return [cursor, _parametro("limit", "Cuántos se devuelven.", 1, 200, 50)]


class PorSaltoOCursor(BasePagination):
    """Por salto, salvo que se mande `cursor` (aunque sea vacío, para empezar)."""

    por_salto: ClassVar[type[PorSalto]] = PorSalto
    por_cursor: ClassVar[type[PorCursor]] = PorCursor

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        clase = self.por_cursor if "cursor" in request.query_params else self.por_salto
        self.elegida: PorSalto | PorCursor = clase()
        return self.elegida.paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        return self.elegida.get_paginated_response(data)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return schema

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        cursor = self.por_cursor().get_schema_operation_parameters(view)[:1]
        return [*self.por_salto().get_schema_operation_parameters(view), *cursor]


def _en_json(valor: Any) -> Any:
    return valor.isoformat() if isinstance(valor, datetime | date) else valor


def _link(solicitud: Request, enlaces: dict[str, dict[str, Any]]) -> dict[str, str]:
    if not enlaces:
        return {}
    partes = []
    for relacion, cambios in enlaces.items():
        parametros = solicitud.query_params.copy()
        for clave, valor in cambios.items():
            parametros[clave] = str(valor)
        direccion = solicitud.build_absolute_uri(
            f"{solicitud.path}?{urlencode(dict(parametros.lists()), doseq=True)}"
        )
        partes.append(f'<{direccion}>; rel="{relacion}"')
    return {"Link": ", ".join(partes)}


def _parametro(nombre: str, texto: str, minimo: int, maximo: int, defecto: int) -> dict[str, Any]:
    return {
        "name": nombre,
        "in": "query",
        "required": False,
        "description": texto,
        "schema": {"type": "integer", "minimum": minimo, "maximum": maximo, "default": defecto},
    }
