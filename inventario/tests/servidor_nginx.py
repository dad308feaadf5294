"""Un nginx de verdad con nuestra configuración, en un puerto libre: ante dos sistemas, o solo el nuestro."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from herramientas.procesos import RAIZ, puerto_libre
from herramientas.programas import hallar

OPS = RAIZ / "ops" / "nginx"
EJEMPLO = OPS / "dos-sistemas.conf"
PROPIO = OPS / "inventario.conf"
NGINX = hallar("nginx")
ARRANQUE_S = 10


@contextmanager
def sistema_existente() -> Iterator[str]:
    """El otro sistema: responde a todo con lo que le llegó. Entrega su dirección."""

    class Manejador(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _atender(self) -> None:
            cuerpo = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            eco = {
                "sistema": "existente",
                "metodo": self.command,
                "ruta": self.path,
                "cabeceras": dict(self.headers.items()),
                "cuerpo": cuerpo.decode(),
            }
            contenido = json.dumps(eco).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(contenido)))
            self.end_headers()
            self.wfile.write(contenido)

        do_GET = do_POST = do_PUT = do_DELETE = _atender  # noqa: N815  # los nombres que busca http.server

        def log_message(self, format: str, *args: object) -> None:
            """No ensucia la salida de las pruebas."""

    servidor = ThreadingHTTPServer(("127.0.0.1", 0), Manejador)
    hilo = threading.Thread(target=servidor.serve_forever, args=(0.02,), daemon=True)
    hilo.start()
    try:
        yield f"http://127.0.0.1:{servidor.server_address[1]}"
    finally:
        servidor.shutdown()
        servidor.server_close()
        hilo.join()


@contextmanager
def nginx(
    carpeta: Path, *, nuestro: str, existente: str, cambios: dict[str, str] | None = None
) -> Iterator[str]:
    """Enciende nginx con el ejemplo; solo cambian las direcciones, el puerto y lo de `cambios`."""
    puerto = puerto_libre()
    texto = EJEMPLO.read_text()
    sustituciones = {
        "server 127.0.0.1:8000;": f"server {urlsplit(nuestro).netloc};",
        "server 127.0.0.1:8001;": f"server {urlsplit(existente).netloc};",
        "listen 80;": f"listen 127.0.0.1:{puerto};",
        **(cambios or {}),
    }
    with _encendido(carpeta, _cambiar(texto, sustituciones), puerto):
        yield f"http://127.0.0.1:{puerto}"


@contextmanager
def nginx_solo(carpeta: Path, *, nuestro: str, cambios: dict[str, str] | None = None) -> Iterator[str]:
    """Enciende nginx delante de este sistema solo, con un certificado propio. Entrega su dirección https.

    Solo cambian los puertos, la carpeta de lo que incluye y lo de `cambios`.
    """
    puerto, https = puerto_libre(), puerto_libre()
    (carpeta / "tls").mkdir()
    (carpeta / "errores").symlink_to(OPS / "errores")
    _certificado(carpeta / "tls")
    (carpeta / "destino.conf").write_text(
        _cambiar((OPS / "destino.conf").read_text(), {"127.0.0.1:8000;": f"{urlsplit(nuestro).netloc};"})
    )
    texto = PROPIO.read_text().replace("/etc/nginx/inventario/", f"{carpeta}/")
    texto = texto.replace("/var/log/nginx/", f"{carpeta}/")
    sustituciones = {
        "listen 80;": f"listen 127.0.0.1:{puerto};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{https} ssl http2;",
        **(cambios or {}),
    }
    with _encendido(carpeta, _cambiar(texto, sustituciones), puerto):
        yield f"https://127.0.0.1:{https}"


def _cambiar(texto: str, sustituciones: dict[str, str]) -> str:
    for antes, despues in sustituciones.items():
        assert texto.count(antes) == 1, antes
        texto = texto.replace(antes, despues)
    return texto


def _certificado(carpeta: Path) -> None:
    orden = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    orden += ["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    orden += ["-keyout", str(carpeta / "privkey.pem"), "-out", str(carpeta / "fullchain.pem")]
    subprocess.run(orden, check=True, capture_output=True)


@contextmanager
def _encendido(carpeta: Path, texto: str, puerto: int) -> Iterator[None]:
    assert NGINX is not None
    (carpeta / "ejemplo.conf").write_text(texto)
    temporales = "\n".join(
        f"{nombre}_temp_path {carpeta}/{nombre};"
        for nombre in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (carpeta / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''}\n"
        f"daemon off; pid {carpeta}/nginx.pid; error_log {carpeta}/error.log; worker_processes 1;\n"
        f"events {{}}\nhttp {{ access_log off; {temporales}\ninclude {carpeta}/ejemplo.conf; }}\n"
    )
    orden = [NGINX, "-p", str(carpeta), "-e", f"{carpeta}/error.log", "-c", f"{carpeta}/nginx.conf"]
    revisado = subprocess.run([*orden, "-t"], capture_output=True, text=True, check=False)
    assert revisado.returncode == 0, revisado.stderr
    assert "[warn]" not in revisado.stderr, revisado.stderr
    proceso = subprocess.Popen(
        orden, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _esperar(puerto)
        yield
    finally:
        proceso.send_signal(signal.SIGTERM)
        proceso.wait(10)


def _esperar(puerto: int) -> None:
    limite = time.monotonic() + ARRANQUE_S
    while True:
        conexion = http.client.HTTPConnection("127.0.0.1", puerto, timeout=2)
        try:
            conexion.request("GET", "/")
            conexion.getresponse().read()
        except OSError:
            if time.monotonic() > limite:
                raise
            time.sleep(0.05)
        else:
            return
        finally:
            conexion.close()
