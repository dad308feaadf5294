"""Bajar una tabla entera mientras se lee, sin tenerla nunca en memoria."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any, cast

from django.http import HttpResponse, StreamingHttpResponse

from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import consultando
from inventario.reportes.exportar.archivos import TIPO_DE_CONTENIDO, EscritorCsv
from inventario.reportes.exportar.tabla import Columna, Formato
from inventario.reportes.services import nombre_de_archivo


def bajar_csv(
    actor: Actor, nombre: str, columnas: Sequence[Columna], tandas: Iterator[Sequence[Any]]
) -> HttpResponse:
    """Responde con el CSV de esas tandas; cada una se lee cuando le toca, dentro de la empresa."""
    archivo = nombre_de_archivo(nombre, Formato.CSV, actor)
    respuesta = StreamingHttpResponse(
        _trozos(actor, columnas, tandas),
        content_type=TIPO_DE_CONTENIDO[Formato.CSV],
        headers={"Content-Disposition": f'attachment; filename="{archivo}"'},
    )
    # Las dos son respuestas, pero Django no las hace parientes y una vista declara la otra.
    return cast(HttpResponse, respuesta)


def _trozos(actor: Actor, columnas: Sequence[Columna], tandas: Iterator[Sequence[Any]]) -> Iterator[bytes]:
    destino = io.BytesIO()
    escritor = EscritorCsv(destino, columnas, zona=actor.empresa.zona_horaria)
    while True:
        # La página ya se respondió y su transacción se cerró: cada tanda abre la suya.
        with consultando(actor.empresa):
            tanda = next(tandas, None)
            if tanda is not None:
                escritor.escribir(tanda)
        if tanda is None:
            break
        yield _vaciar(destino)
    escritor.cerrar()
    yield _vaciar(destino)


def _vaciar(destino: io.BytesIO) -> bytes:
    escrito = destino.getvalue()
    destino.seek(0)
    destino.truncate()
    return escrito
