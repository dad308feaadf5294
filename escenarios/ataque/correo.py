"""Un servidor de correo de verdad que se queda con lo que recibe, para leerlo como lo leería su dueño."""

from __future__ import annotations

import email
import email.message
import email.policy
import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

ESPERA_S = 20


class Buzon:
    """Lo recibido, en orden. Lo comparten los hilos del servidor y los de los ataques."""

    def __init__(self) -> None:
        self.puerto = 0
        self._cartas: list[tuple[str, str]] = []
        self._turno = threading.Condition()

    def recibir(self, destinos: list[str], crudo: bytes) -> None:
        carta = email.message_from_bytes(crudo, policy=email.policy.default)
        cuerpo = carta.get_body(("plain", "html"))
        texto = "" if cuerpo is None else str(cuerpo.get_content())
        with self._turno:
            self._cartas += [(destino.lower(), texto) for destino in destinos]
            self._turno.notify_all()

    def de(self, correo: str) -> list[str]:
        with self._turno:
            return [texto for destino, texto in self._cartas if destino == correo.lower()]

    def siguiente(self, correo: str, *, tras: int = 0, espera_s: float = ESPERA_S) -> str:
        """Espera la carta que sigue a las `tras` primeras. Lanza `TimeoutError`."""
        limite = time.monotonic() + espera_s
        with self._turno:
            while len(cartas := [t for destino, t in self._cartas if destino == correo.lower()]) <= tras:
                if not self._turno.wait(limite - time.monotonic()):
                    raise TimeoutError(f"a {correo} no le llegó ningún correo en {espera_s} s")
            return cartas[tras]

    def enlace(self, correo: str, *, tras: int = 0) -> str:
        """El enlace entero que trae esa carta."""
        texto = self.siguiente(correo, tras=tras)
        hallado = re.search(r"https?://\S+", texto)
        if hallado is None:
            raise TimeoutError(f"la carta a {correo} no trae enlace: {texto}")
        return hallado[0].rstrip(".")


@contextmanager
def servidor_de_correo() -> Iterator[Buzon]:
    """Atiende SMTP (RFC 5321, lo que usa quien solo entrega) en un puerto libre de esta máquina."""
    buzon = Buzon()

    class Sesion(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            destinos: list[str] = []
            self._decir("220 buzon")
            while linea := self.rfile.readline():
                orden = linea.strip().decode(errors="replace")
                verbo = orden[:4].upper()
                if verbo == "RCPT":
                    destinos.append(orden.partition("<")[2].partition(">")[0])
                if verbo == "DATA":
                    self._decir("354 siga")
                    buzon.recibir(destinos, self._leer_carta())
                    destinos = []
                if verbo == "QUIT":
                    self._decir("221 listo")
                    return
                self._decir("250 bien")

        def _leer_carta(self) -> bytes:
            lineas: list[bytes] = []
            while (linea := self.rfile.readline()) not in (b".\r\n", b""):
                # Un punto al principio viaja doble (RFC 5321, sección 4.5.2).
                lineas.append(linea[1:] if linea.startswith(b"..") else linea)
            return b"".join(lineas)

        def _decir(self, frase: str) -> None:
            self.wfile.write(f"{frase}\r\n".encode())

    class Servidor(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Servidor(("127.0.0.1", 0), Sesion) as servidor:
        buzon.puerto = int(servidor.server_address[1])
        hilo = threading.Thread(target=servidor.serve_forever, args=(0.05,), daemon=True)
        hilo.start()
        try:
            yield buzon
        finally:
            servidor.shutdown()
            hilo.join()
