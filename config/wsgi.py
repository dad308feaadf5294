"""Entrada WSGI."""

import gc
import io
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Un byte más de lo que admite el analizador, que es quien dice que sobra.
CUERPO_MAXIMO = 1024 * 1024 + 1

Aplicacion = Callable[[dict[str, Any], Any], Iterable[bytes]]


class ConCuerpoEntero:
    """Da a la API los cuerpos que llegan por trozos, sin `Content-Length`.

    Django los toma por vacíos, y lo que se pidió sobre una parte se haría sobre el todo.
    """

    def __init__(self, aplicacion: Aplicacion) -> None:
        self.aplicacion = aplicacion

    def __call__(self, ambiente: dict[str, Any], responder: Any) -> Iterable[bytes]:
        # `input_terminated` es la palabra del servidor de que leer hasta el final no espera para siempre.
        por_trozos = ambiente.get("wsgi.input_terminated") and "HTTP_TRANSFER_ENCODING" in ambiente
        if por_trozos and ambiente.get("PATH_INFO", "").startswith("/api/"):
            cuerpo = ambiente["wsgi.input"].read(CUERPO_MAXIMO)
            ambiente["wsgi.input"] = io.BytesIO(cuerpo)
            ambiente["CONTENT_LENGTH"] = str(len(cuerpo))
        return self.aplicacion(ambiente, responder)


application = ConCuerpoEntero(get_wsgi_application())

# Las direcciones se leerían con la primera solicitud. Lo cargado hasta aquí vive siempre: recorrerlo en
# cada recolección detenía una página de cada tantas.
get_resolver().url_patterns  # noqa: B018 — leerla es lo que las carga
gc.collect()
gc.freeze()
