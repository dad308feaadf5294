"""Páginas: por salto (`skip`/`limit`, §1.4) y por cursor (`cursor`/`limit`, costo constante)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.utils.http import urlencode
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inventario.borde.campos import EnteroCampo, Peticion, leer_consulta
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


class PorCursor(BasePagination):
    """Lista desnuda, con `Link`: sigue desde la última fila vista, sin contar ni saltar.

    La vista declara `orden_cursor`, que debe ser único e inmutable: `("id",)` o
    `("fecha_efectiva", "id")`, todo ascendente o todo con «-». Filas nuevas no repiten ni esconden otras.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        self.request = request
        self.limite: int = leer_consulta(_Tramo, request)["limit"]
        orden: Sequence[str] = getattr(view, "orden_cursor", ("id",))
        self.campos = [campo.lstrip("-") for campo in orden]
        descendente = orden[0].startswith("-")
        assert all(campo.startswith("-") == descendente for campo in orden), (
            "El cursor va en un solo sentido."
        )
        self.firmante = Signer(salt=f"cursor:{type(view).__name__}:{','.join(orden)}")
        posicion, hacia_atras = self._posicion(request.query_params.get("cursor", ""))
        signo = "-" if descendente != hacia_atras else ""
        filas = queryset.order_by(*(signo + campo for campo in self.campos))
        if posicion is not None:
            filas = filas.filter(_despues(self.campos, posicion, "lt" if signo else "gt"))
        pagina = list(filas[: self.limite + 1])
        sobra = len(pagina) > self.limite
        pagina = pagina[: self.limite]
        if hacia_atras:
            pagina.reverse()
        self.hay_siguiente = bool(pagina) and (sobra or hacia_atras)
        self.hay_anterior = bool(pagina) and posicion is not None and (sobra or not hacia_atras)
        self.pagina = pagina
        return pagina

    def _posicion(self, cursor: str) -> tuple[list[Any] | None, bool]:
        if not cursor:
            return None, False
        try:
            sentido, *valores = self.firmante.unsign_object(cursor)
        except (BadSignature, ValueError) as error:
            mensaje = "El cursor no es válido: use el que vino en la cabecera Link."
            detalle = Detalle("cursor", "invalid", mensaje, (("ubicacion", "query"),))
            raise DatoInvalido(mensaje, campo="cursor", detalles=[detalle]) from error
        return valores, sentido == "a"

    def _cursor(self, sentido: str, fila: Any) -> str:
        valores = [fila[campo] if isinstance(fila, dict) else getattr(fila, campo) for campo in self.campos]
        return self.firmante.sign_object([sentido, *map(_en_json, valores)])

    def get_paginated_response(self, data: Any) -> Response:
        enlaces = {}
        if self.hay_siguiente:
            enlaces["next"] = {"cursor": self._cursor("s", self.pagina[-1]), "limit": self.limite}
        if self.hay_anterior:
            enlaces["prev"] = {"cursor": self._cursor("a", self.pagina[0]), "limit": self.limite}
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


def _despues(campos: Sequence[str], valores: Sequence[Any], comparacion: str) -> Q:
    """Devuelve «(a, b) > (x, y)» en una forma que los dos motores resuelven con el índice."""
    if len(campos) == 1:
        return Q(**{f"{campos[0]}__{comparacion}": valores[0]})
    primero, resto = campos[0], campos[1:]
    empate = Q(**{primero: valores[0]}) & _despues(resto, valores[1:], comparacion)
    # La cota sobre el primer campo sobra en la lógica, pero es la que el índice sabe usar.
    return Q(**{f"{primero}__{comparacion}e": valores[0]}) & (
        Q(**{f"{primero}__{comparacion}": valores[0]}) | empate
    )


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
