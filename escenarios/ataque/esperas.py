"""C. Hacer esperar: una fila tomada, un Redis detenido, enchufes ociosos y cuerpos que nadie lee."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import ssl
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import httpx
import psycopg

from escenarios.ataque.blanco import Blanco
from escenarios.ataque.cliente import otra_direccion
from escenarios.ataque.paginas import preparar
from escenarios.ataque.registro import a_la_vez, ataque, exigir

# 10 s de espera de un bloqueo, y lo que tarda una máquina ocupada en decirlo.
TOPE_DE_BLOQUEO_S = 16
TOPE_SIN_REDIS_S = 2.0
TOPE_DE_OTROS_S = 2.0
KB = 1024
CAMPOS = {"cantidad": "1,25", "motivo": "consumo", "modulo": "engorde"}


@ataque("C1", "tener tomada una tabla del libro mientras otros escriben", breve=True)
def tabla_tomada(blanco: Blanco) -> str:
    preparar(blanco, blanco.victima)
    producto = blanco.victima.suyo["producto"]
    jefa, api = blanco.como(blanco.victima.admin), blanco.api(blanco.victima.clave_api)
    antes = _existencia(blanco)
    pedidos: dict[str, Callable[[], httpx.Response]] = {
        "API en español": lambda: api.pedir(
            "POST", "inventario/despachar", {"producto_id": producto, "cantidad": 1}
        ),
        "API en inglés": lambda: blanco.api(blanco.victima.clave_api).pedir(
            "POST", "inventory/stock/use", {"item_master_id": producto, "quantity": 1, "purpose": "engorde"}
        ),
        "página": lambda: jefa.mandar(
            "/despachos/nuevo/",
            {**CAMPOS, "producto": producto, "clave_idempotencia": str(uuid.uuid4())},
            formulario="/cuenta/",
        ),
    }
    with psycopg.connect(blanco.todo.base_de_datos) as conexion:
        conexion.execute("LOCK TABLE movimientos_existencia, movimientos_asiento IN ACCESS EXCLUSIVE MODE")
        empezo = time.monotonic()
        dadas = dict(zip(pedidos, a_la_vez(list(pedidos.values())), strict=True))
        tardo = time.monotonic() - empezo
        conexion.rollback()
    for nombre, dada in dadas.items():
        exigir(dada.status_code == 503, f"{nombre}: {dada.status_code} {dada.text[:300]}")
        exigir(dada.headers.get("Retry-After"), f"{nombre}: 503 sin Retry-After")
    exigir("1,25" in dadas["página"].text, "la página no conserva lo escrito")
    exigir(tardo < TOPE_DE_BLOQUEO_S, f"esperaron {tardo:.1f} s")
    exigir(_existencia(blanco) == antes, "algo se movió")
    despues = api.pedir("POST", "inventario/despachar", {"producto_id": producto, "cantidad": 1})
    exigir(despues.status_code == 200, f"al soltarla: {despues.status_code}")
    return f"503 con Retry-After en {tardo:.1f} s en las tres puertas, lo escrito sigue, y después funciona"


def _existencia(blanco: Blanco) -> list[tuple[object, ...]]:
    return blanco.sql("SELECT count(*), sum(cantidad) FROM movimientos_movimiento")


@ataque("C2", "detener Redis sin cerrarlo (SIGSTOP)", breve=True)
def redis_detenido(blanco: Blanco) -> str:
    preparar(blanco, blanco.victima)
    producto = blanco.victima.suyo["producto"]
    jefa, api = blanco.como(blanco.victima.admin), blanco.api(blanco.victima.clave_api)
    quien = blanco.persona(blanco.victima)
    llegaron = len(blanco.buzon.de(quien.correo))
    pedidos: dict[str, Callable[[], httpx.Response]] = {
        "página": lambda: jefa.ver("/"),
        "API en español": lambda: api.pedir("GET", "productos"),
        "API en inglés": lambda: api.pedir("GET", "inventory/dashboard"),
        "entrar": lambda: blanco.api().entrar(quien.correo, quien.clave),
        "despacho": lambda: api.pedir(
            "POST", "inventario/despachar", {"producto_id": producto, "cantidad": 1}
        ),
        "recuperar": lambda: blanco.api().pedir("POST", "auth/forgot-password", {"email": quien.correo}),
        "exportación": lambda: api.pedir(
            "POST", "reportes/exportaciones", {"reporte": "inventario-basico", "formato": "csv"}
        ),
    }
    for calentar in ("página", "API en español", "API en inglés"):
        pedidos[calentar]()
    tardaron: dict[str, float] = {}
    with _detenido(blanco.redis_pid):
        for nombre, pedir in pedidos.items():
            empezo = time.monotonic()
            dada = pedir()
            tardaron[nombre] = time.monotonic() - empezo
            exigir(dada.is_success, f"{nombre}: {dada.status_code} {dada.text[:200]}")
            exigir(tardaron[nombre] < TOPE_SIN_REDIS_S, f"{nombre}: {tardaron[nombre]:.2f} s")
    blanco.buzon.siguiente(quien.correo, tras=llegaron, espera_s=150)
    return f"nadie esperó más de {max(tardaron.values()):.2f} s y el correo pedido llegó al volver"


@contextmanager
def _detenido(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


# ── Enchufes ────────────────────────────────────────────────────────────────────────────────────


@ataque("C3", "abrir cientos de enchufes que no piden nada, o que piden a medias por nginx", breve=True)
def enchufes_ociosos(blanco: Blanco) -> str:
    testigo = blanco.api(blanco.victima.clave_api)
    testigo.pedir("GET", "productos")
    vistas = []
    for nombre, puerto, cifrado in (
        ("nginx", urlsplit(blanco.direccion).port or 443, True),
        ("gunicorn", blanco.todo.puerto, False),
    ):
        with ExitStack() as pila:
            for numero in range(240):
                enchufe = pila.enter_context(
                    socket.create_connection(("127.0.0.1", puerto), 5, (otra_direccion(), 0))
                )
                # A gunicorn nadie le habla a medias: solo lo alcanza nginx, que manda la solicitud entera.
                if numero % 3 and cifrado:
                    enchufe.sendall(b"\x16\x03\x01\x00")
            time.sleep(0.3)
            tardo = max(_cuanto(lambda: testigo.pedir("GET", "productos")) for _ in range(5))
            exigir(tardo < TOPE_DE_OTROS_S, f"con 240 enchufes en {nombre}, otro esperó {tardo:.2f} s")
            vistas.append(f"{nombre}, {1000 * tardo:.0f} ms")
    with contextlib.suppress(OSError), socket.create_connection((_de_afuera(), blanco.todo.puerto), 2):
        exigir(False, f"gunicorn atiende en {_de_afuera()}, no solo en esta máquina")
    return f"con 240 abiertos, lo más que espera otro: {'; '.join(vistas)}"


@ataque("C3", "mandar cuerpos y cabeceras de a un byte por segundo", breve=True)
def de_a_gotas(blanco: Blanco) -> str:
    testigo = blanco.api(blanco.victima.clave_api)
    testigo.pedir("GET", "productos")
    puerto = urlsplit(blanco.direccion).port or 443
    confianza = ssl.create_default_context(cafile=str(blanco.certificado))
    anuncio = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    with ExitStack() as pila:
        lentos = []
        for numero in range(60):
            crudo = socket.create_connection(("127.0.0.1", puerto), 10, (otra_direccion(), 0))
            enchufe = pila.enter_context(confianza.wrap_socket(crudo, server_hostname="127.0.0.1"))
            cabecera = anuncio + b"Content-Length: 5000\r\n\r\n" if numero % 2 else anuncio
            enchufe.sendall(cabecera)
            lentos.append(enchufe)
        peor = 0.0
        for _ in range(4):
            for enchufe in lentos:
                with contextlib.suppress(OSError):
                    enchufe.sendall(b"x")
            peor = max(peor, *(_cuanto(lambda: testigo.pedir("GET", "productos")) for _ in range(3)))
            time.sleep(0.5)
        exigir(peor < TOPE_DE_OTROS_S, f"con 60 lentos, otro esperó {peor:.2f} s")
        # Calla: nginx los suelta solo.
        time.sleep(12)
        sigue = sum(not _cerrado(enchufe) for enchufe in lentos)
        exigir(not sigue, f"a los 12 s de callar siguen abiertos {sigue} de 60")
    return f"con 60 lentos otro espera {1000 * peor:.0f} ms; al callar, nginx los suelta"


def _de_afuera() -> str:
    """La dirección con que esta máquina sale a la red."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as enchufe:
        enchufe.connect(("192.0.2.1", 9))
        return str(enchufe.getsockname()[0])


def _cuanto(pedir: Callable[[], httpx.Response]) -> float:
    empezo = time.monotonic()
    dada = pedir()
    exigir(dada.status_code == 200, f"el testigo recibió {dada.status_code}")
    return time.monotonic() - empezo


def _cerrado(enchufe: ssl.SSLSocket) -> bool:
    enchufe.settimeout(0.5)
    try:
        while enchufe.recv(4096):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


@ataque("C4", "reusar la conexión después de que se rechazó un cuerpo sin leerlo", breve=True)
def cuerpos_sin_leer(blanco: Blanco) -> str:
    confianza = ssl.create_default_context(cafile=str(blanco.certificado))
    donde = urlsplit(blanco.direccion)
    rechazos = (
        *(
            ("POST", "/api/v1/categorias/"),
            ("POST", "/api/no-existe/"),
            ("POST", "/ping"),
            ("POST", "/entrar/"),
        ),
        *(("PUT", "/api/v1/inventory/items/1"), ("POST", "/api/v1/inventory/stock/use")),
    )
    probados = 0
    for directo in (True, False):
        for metodo, ruta in rechazos:
            for bytes_ in (KB, 300 * KB, 11 * KB * KB):
                conexion: http.client.HTTPConnection = (
                    http.client.HTTPConnection("127.0.0.1", blanco.todo.puerto, timeout=30)
                    if directo
                    else http.client.HTTPSConnection(
                        "127.0.0.1",
                        donde.port,
                        timeout=30,
                        context=confianza,
                        source_address=(otra_direccion(), 0),
                    )
                )
                caso = f"{'directo' if directo else 'nginx'} {metodo} {ruta} con {bytes_ // KB} kB"
                try:
                    # A quien manda megas que se rechazan se le puede cerrar, menos si viene por nginx.
                    cortable = directo and bytes_ > KB * KB
                    with contextlib.suppress(*((OSError,) if cortable else ())):
                        dada = _pedir(conexion, metodo, ruta, b"x" * bytes_)
                        exigir(400 <= dada < 500 or dada == 301, f"{caso}: {dada}")
                    if cortable:
                        conexion.close()
                    # `http.client` suelta el enchufe solo si el servidor avisó que cerraba.
                    segunda = _pedir(conexion, "GET", "/ping", b"")
                    exigir(segunda == 200, f"{caso}: la siguiente, {segunda}")
                except (OSError, http.client.HTTPException) as error:
                    exigir(False, f"{caso}: la siguiente se perdió: {error!r}")
                finally:
                    conexion.close()
                probados += 1
    return f"{probados} rechazos: la solicitud siguiente de la misma conexión llega"


def _pedir(conexion: http.client.HTTPConnection, metodo: str, ruta: str, cuerpo: bytes) -> int:
    conexion.request(
        metodo,
        ruta,
        cuerpo or None,
        {"Content-Type": "application/octet-stream", "X-Forwarded-Proto": "https"},
    )
    dada = conexion.getresponse()
    dada.read()
    return dada.status
