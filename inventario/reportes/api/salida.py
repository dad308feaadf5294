"""De un reporte a la respuesta: en JSON con las mismas claves del archivo, o el archivo mismo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from inventario.borde.campos import (
    BooleanoCampo,
    CantidadCampo,
    EnteroCampo,
    FechaCampo,
    MomentoCampo,
    TextoCampo,
)
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import en_dinero
from inventario.reportes.exportar.archivos import TIPO_DE_CONTENIDO, en_memoria_o_disco
from inventario.reportes.exportar.tabla import Clase, Columna, Formato
from inventario.reportes.reporte import Reporte, Tanda
from inventario.reportes.services import nombre_de_archivo

_CAMPOS: dict[Clase, type[serializers.Field[Any, Any, Any, Any]]] = {
    Clase.ENTERO: EnteroCampo,
    Clase.FECHA: FechaCampo,
    Clase.MOMENTO: MomentoCampo,
    Clase.SI_O_NO: BooleanoCampo,
}
ARCHIVO: dict[Any, Any] = {
    (200, tipo.partition(";")[0]): OpenApiTypes.BINARY for tipo in TIPO_DE_CONTENIDO.values()
}


class SinMirarAccept(BaseContentNegotiation):
    """El formato lo dice `formato`: quien pide CSV suele mandar `Accept: text/csv`, y no se le niega."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


def o_archivo(forma: Any) -> dict[Any, Any]:
    """Lo que declara quien responde esa forma en JSON, o el archivo que le pidan con `formato`."""
    return {(200, "application/json"): forma, **ARCHIVO}


def forma_de(nombre: str, columnas: Sequence[Columna]) -> type[serializers.Serializer[Any]]:
    """Arma el serializador de una fila: las mismas claves, y lo mismo, que el archivo."""
    return type(nombre, (serializers.Serializer,), {una.clave: _campo(una) for una in columnas})


def ver_filas(columnas: Sequence[Columna], filas: Sequence[Any]) -> list[dict[str, Any]]:
    return [{una.clave: _en_json(una.clase, una.leer(fila)) for una in columnas} for fila in filas]


def en_archivo(actor: Actor, reporte: Reporte, formato: Formato, tandas: Iterator[Tanda]) -> FileResponse:
    """Escribe el reporte y lo devuelve para bajar; lo cierra la respuesta cuando termina de mandarlo."""
    zona = actor.empresa.zona_horaria
    return FileResponse(
        en_memoria_o_disco(formato, reporte.columnas, (tanda.filas for tanda in tandas), zona=zona),
        as_attachment=True,
        filename=nombre_de_archivo(reporte.clave, formato, actor),
        content_type=TIPO_DE_CONTENIDO[formato],
    )


def _campo(columna: Columna) -> serializers.Field[Any, Any, Any, Any]:
    ayuda: dict[str, Any] = {"help_text": columna.titulo, "allow_null": True}
    if columna.clase is Clase.TEXTO:
        return TextoCampo(maximo=500, **ayuda)
    if columna.clase in (Clase.CANTIDAD, Clase.DINERO):
        return CantidadCampo(con_signo=True, **ayuda)
    return _CAMPOS[columna.clase](**ayuda)


def _en_json(clase: Clase, valor: Any) -> Any:
    if valor is None:
        return None
    if clase is Clase.DINERO:
        return en_dinero(valor)
    return valor.astimezone(UTC) if clase is Clase.MOMENTO else valor
