"""El proceso de gunicorn que atiende: nadie lo ocupa sin pedir, ni pidiendo de a gotas, ni deja a medias."""

from __future__ import annotations

import errno
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from gunicorn.http.unreader import SocketUnreader  # type: ignore[import-untyped]  # no trae tipos
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]  # ídem

# Entre la primera letra y la línea en blanco que cierra las cabeceras.
CABECERA_S = 10.0
# El cuerpo entero, y cada envío de la respuesta: un teléfono con mala señal sube una foto en menos.
CUERPO_S = 60.0
# Entre un pedazo y el siguiente.
SILENCIO_S = 10.0

# Cuánto se lee y cuánto se espera de un cuerpo que nadie quiso, antes de responder. Alcanza para un
# formulario; por uno más grande no se gasta más: se responde avisando que la conexión se cierra.
RESTO_MAXIMO = 1024 * 1024
RESTO_ESPERA_S = 1.0


class LectorConPlazo(SocketUnreader):  # type: ignore[misc]  # ídem
    """Lo que dice el cliente, hasta `vence`: quien habla de a gotas no se queda con el hilo.

    Pasado el plazo lanza `TimeoutError`; Django la entrega como `UnreadablePostError`.
    """

    sock: socket.socket
    vence = 0.0

    def chunk(self, size_hint: int | None = None) -> bytes:
        antes = self.sock.gettimeout()
        queda = min(self.vence - time.monotonic(), SILENCIO_S if antes is None else min(antes, SILENCIO_S))
        if queda <= 0:
            raise _tarde()
        self.sock.settimeout(queda)
        try:
            return bytes(super().chunk(size_hint))
        except TimeoutError:
            raise _tarde() from None
        finally:
            self.sock.settimeout(antes)


def _tarde() -> TimeoutError:
    # Con este número gunicorn lo anota como quien se va a mitad, que es lo mismo, y no como una falla.
    return TimeoutError(errno.ECONNRESET, "No llegó a tiempo.")


class Trabajador(ThreadWorker):  # type: ignore[misc]  # ídem
    """`gthread`, que acaba de leer el cuerpo antes de responder, o avisa con `Connection: close` que no.

    El original lo descarta después de haber prometido `keep-alive`: si es largo corta la conexión, y quien
    la reutiliza pierde su solicitud siguiente (RFC 9112, apartado 9.6).
    """

    wsgi: Callable[..., Iterable[bytes]]

    def init_process(self) -> None:
        self._en_curso = threading.local()
        super().init_process()

    def enqueue_req(self, conn: Any) -> None:
        # El original da un hilo a cada conexión nueva y lo tiene 5 s esperando que diga algo: nueve enchufes
        # de repuesto de un navegador detenían la web. Así la espera el selector, que no cuesta nada.
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        al_hablar = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, al_hablar)

    def load_wsgi(self) -> None:
        super().load_wsgi()
        aplicacion = self.wsgi
        self.wsgi = lambda ambiente, responder: self._atender(aplicacion, ambiente, responder)

    def handle(self, conn: Any) -> Any:
        if not conn.initialized:
            conn.init()
            conn.parser.unreader = LectorConPlazo(conn.sock)
        conn.parser.unreader.vence = time.monotonic() + CABECERA_S
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> bool:
        conn.parser.unreader.vence = time.monotonic() + CUERPO_S
        conn.sock.settimeout(CUERPO_S)
        # El ambiente WSGI no dice de qué conexión viene; cada hilo atiende una por vez.
        self._en_curso.solicitud, self._en_curso.conexion = req, conn
        try:
            return bool(super().handle_request(req, conn))
        finally:
            self._en_curso.solicitud = self._en_curso.conexion = None

    def _atender(
        self,
        aplicacion: Callable[..., Iterable[bytes]],
        ambiente: dict[str, Any],
        responder: Callable[..., Any],
    ) -> Iterable[bytes]:
        solicitud = getattr(self._en_curso, "solicitud", None)
        conexion = getattr(self._en_curso, "conexion", None)
        if (
            solicitud is None or conexion is None
        ):  # HTTP/2 no pasa por `handle_request`, y allí cada cuerpo va por su lado
            return aplicacion(ambiente, responder)

        def al_responder(estado: str, cabeceras: list[tuple[str, str]], *error: Any) -> Any:
            limite = time.monotonic() + RESTO_ESPERA_S
            if not conexion.parser.finish_body(deadline=limite, max_bytes=RESTO_MAXIMO):
                solicitud.force_close()
            return responder(estado, cabeceras, *error)

        return aplicacion(ambiente, al_responder)
