"""Un intermediario de verdad entre un cliente y un servidor, que pierde o rechaza lo que se le diga."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

SIN_REENVIAR = frozenset({"connection", "transfer-encoding", "content-length", "server", "date"})


@dataclass(frozen=True)
class Recibida:
    metodo: str
    ruta: str
    clave_idempotencia: str | None


@dataclass
class Intermediario:
    """`guion` dice qué hacer con cada solicitud que llegue; agotado, las deja pasar.

    - `pasar`: la reenvía y devuelve la respuesta;
    - `perder`: la reenvía, y corta sin devolver la respuesta (lo que se pidió sí se hizo);
    - `cortar`: corta sin reenviarla;
    - `503`, `429`, `502`…: responde eso sin reenviarla; `503 2`, además con `Retry-After: 2`;
    - `html`: responde 200 con una página.
    """

    hacia: str
    guion: list[str] = field(default_factory=list)
    recibidas: list[Recibida] = field(default_factory=list)
    url: str = ""

    def claves(self) -> set[str | None]:
        return {recibida.clave_idempotencia for recibida in self.recibidas}


@contextmanager
def intermediario(hacia: str) -> Iterator[Intermediario]:
    estado = Intermediario(hacia=hacia)

    class Manejador(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _atender(self) -> None:
            cuerpo = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            estado.recibidas.append(Recibida(self.command, self.path, self.headers.get("Idempotency-Key")))
            accion = estado.guion.pop(0) if estado.guion else "pasar"
            if accion == "cortar":
                self.close_connection = True
            elif accion == "html":
                self._responder(200, [("Content-Type", "text/html")], b"<h1>Mantenimiento</h1>")
            elif accion in ("pasar", "perder"):
                self._reenviar(cuerpo, perder=accion == "perder")
            else:
                codigo, _, espera = accion.partition(" ")
                self._responder(int(codigo), [("Retry-After", espera)] if espera else [], b"")

        do_GET = do_POST = do_PUT = do_DELETE = _atender  # noqa: N815  # los nombres que busca http.server

        def _reenviar(self, cuerpo: bytes, *, perder: bool) -> None:
            destino = urlsplit(estado.hacia)
            conexion = http.client.HTTPConnection(destino.hostname or "", destino.port, timeout=30)
            try:
                cabeceras = {clave: valor for clave, valor in self.headers.items() if clave != "Connection"}
                conexion.request(self.command, self.path, body=cuerpo or None, headers=cabeceras)
                respuesta = conexion.getresponse()
                contenido = respuesta.read()
            finally:
                conexion.close()
            if perder:
                self.close_connection = True
                return
            cabeceras_de_vuelta = [
                par for par in respuesta.getheaders() if par[0].lower() not in SIN_REENVIAR
            ]
            self._responder(respuesta.status, cabeceras_de_vuelta, contenido)

        def _responder(self, codigo: int, cabeceras: list[tuple[str, str]], contenido: bytes) -> None:
            self.send_response(codigo)
            for nombre, valor in cabeceras:
                self.send_header(nombre, valor)
            if codigo != 204:
                self.send_header("Content-Length", str(len(contenido)))
            self.end_headers()
            self.wfile.write(contenido)

        def log_message(self, format: str, *args: object) -> None:
            """No ensucia la salida de las pruebas."""

    servidor = ThreadingHTTPServer(("127.0.0.1", 0), Manejador)
    estado.url = f"http://127.0.0.1:{servidor.server_address[1]}"
    hilo = threading.Thread(target=servidor.serve_forever, args=(0.02,), daemon=True)
    hilo.start()
    try:
        yield estado
    finally:
        servidor.shutdown()
        servidor.server_close()
        hilo.join()
