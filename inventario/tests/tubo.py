"""Un tubo entre un cliente y un servidor que puede enmudecer, como un servidor detenido con SIGSTOP."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Tubo:
    """Reenvía bytes en los dos sentidos; mudo, acepta y guarda silencio."""

    def __init__(self, servidor: str, puerto: int) -> None:
        """`servidor` es un nombre o, si empieza por `/`, la carpeta del enchufe de PostgreSQL."""
        self.destino = (servidor, puerto)
        self._habla = threading.Event()
        self._habla.set()
        self._oido = socket.create_server(("127.0.0.1", 0))
        self._abiertos: list[socket.socket] = []
        self.puerto = int(self._oido.getsockname()[1])
        threading.Thread(target=self._atender, daemon=True).start()

    def enmudecer(self) -> None:
        self._habla.clear()

    def hablar(self) -> None:
        self._habla.set()

    def cerrar(self) -> None:
        self.hablar()
        for enchufe in (self._oido, *self._abiertos):
            with contextlib.suppress(OSError):
                enchufe.close()

    def _atender(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                cliente, _ = self._oido.accept()
                servidor = self._conectar()
                self._abiertos += [cliente, servidor]
                for desde, hasta in ((cliente, servidor), (servidor, cliente)):
                    threading.Thread(target=self._pasar, args=[desde, hasta], daemon=True).start()

    def _conectar(self) -> socket.socket:
        servidor, puerto = self.destino
        if not servidor.startswith("/"):
            return socket.create_connection(self.destino)
        enchufe = socket.socket(socket.AF_UNIX)
        enchufe.connect(f"{servidor}/.s.PGSQL.{puerto}")
        return enchufe

    def _pasar(self, desde: socket.socket, hasta: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while datos := desde.recv(65536):
                self._habla.wait()
                hasta.sendall(datos)
            hasta.shutdown(socket.SHUT_WR)


@contextmanager
def tubo(servidor: str, puerto: int) -> Iterator[Tubo]:
    abierto = Tubo(servidor, puerto)
    try:
        yield abierto
    finally:
        abierto.cerrar()
