"""La configuración de nginx de este sistema, andando delante de un gunicorn de verdad."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings

from herramientas.procesos import morir_con_el_padre, puerto_libre, terminar
from inventario.tests.servidor_nginx import nginx_solo

pytestmark = pytest.mark.nginx

HILOS = 4
SIN_ATENDER = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def gunicorn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """La web como en producción, con un proceso de cuatro hilos y solo en la propia máquina."""
    var = tmp_path_factory.mktemp("var")
    puerto = puerto_libre()
    ambiente = {
        **{clave: valor for clave, valor in os.environ.items() if not clave.startswith("POSTGRES_")},
        "DJANGO_ENTORNO": "produccion",
        "DJANGO_DEBUG": "0",
        "DJANGO_HTTPS": "1",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
        "DJANGO_ALLOWED_HOSTS": "127.0.0.1",
        "PROXIES_DE_CONFIANZA": "1",
        "DATABASE_URL": f"sqlite:///{var}/base.sqlite3",
        "REDIS_URL": "",
        "CELERY_BROKER_URL": "filesystem://",
        "INVENTARIO_VAR": str(var),
        "GUNICORN_BIND": f"127.0.0.1:{puerto}",
        "GUNICORN_PROCESSES": "1",
        "GUNICORN_THREADS": str(HILOS),
    }
    with (var / "registro.txt").open("wb") as salida:
        proceso = subprocess.Popen(
            [str(Path(sys.executable).parent / "gunicorn"), "config.wsgi"],
            cwd=settings.BASE_DIR,
            env=ambiente,
            stdin=subprocess.DEVNULL,
            stdout=salida,
            stderr=subprocess.STDOUT,
            preexec_fn=morir_con_el_padre(signal.SIGTERM),
        )
    try:
        limite = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", puerto), 1):
                break
            if proceso.poll() is not None or time.monotonic() > limite:
                pytest.fail((var / "registro.txt").read_text())
            time.sleep(0.1)
        yield f"http://127.0.0.1:{puerto}"
    finally:
        terminar(proceso, signal.SIGTERM)


@contextlib.contextmanager
def _delante(carpeta: Path, nuestro: str, cambios: dict[str, str] | None = None) -> Iterator[httpx.Client]:
    carpeta.mkdir(exist_ok=True)
    with nginx_solo(carpeta, nuestro=nuestro, cambios=cambios) as url:
        confiado = ssl.create_default_context(cafile=str(carpeta / "tls" / "fullchain.pem"))
        with httpx.Client(base_url=url, verify=confiado, trust_env=False, timeout=30) as cliente:
            yield cliente


@pytest.fixture
def puerta(gunicorn: str, tmp_path: Path) -> Iterator[httpx.Client]:
    with _delante(tmp_path, gunicorn) as cliente:
        yield cliente


def _enchufe(cliente: httpx.Client, texto: str = "") -> ssl.SSLSocket:
    """Una conexión cifrada que manda eso y se calla."""
    contexto = ssl.create_default_context()
    contexto.check_hostname, contexto.verify_mode = False, ssl.CERT_NONE
    destino = urlsplit(str(cliente.base_url))
    crudo = socket.create_connection((destino.hostname or "", destino.port or 0), 10)
    enchufe = contexto.wrap_socket(crudo, server_hostname="127.0.0.1")
    enchufe.sendall(texto.encode())
    return enchufe


def _cuanto_tarda(cliente: httpx.Client) -> float:
    empezo = time.monotonic()
    assert cliente.get("/ping", headers={"Connection": "close"}).status_code == 200
    return time.monotonic() - empezo


MEDIA_CABECERA = "GET /ping HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Lenta: "
MEDIO_CUERPO = "POST /api/v1/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{"


def test_cuarenta_conexiones_calladas_no_demoran_a_nadie(puerta: httpx.Client) -> None:
    _cuanto_tarda(puerta)
    with contextlib.ExitStack() as pila:
        for texto in ["", *[MEDIA_CABECERA] * 2, MEDIO_CUERPO] * 10 + [MEDIO_CUERPO] * 10:
            pila.enter_context(_enchufe(puerta, texto))
        assert max(_cuanto_tarda(puerta) for _ in range(2 * HILOS)) < 2


def test_sin_nginx_delante_las_mismas_conexiones_lo_detienen(gunicorn: str) -> None:
    """La de control: si esto dejara de pasar, la anterior no probaría nada."""
    destino = urlsplit(gunicorn)
    with contextlib.ExitStack() as pila:
        for _ in range(3 * HILOS):
            enchufe = pila.enter_context(
                socket.create_connection((destino.hostname or "", destino.port or 0))
            )
            enchufe.sendall(MEDIO_CUERPO.encode())
        time.sleep(0.5)
        with pytest.raises(httpx.TimeoutException):
            httpx.get(f"{gunicorn}/ping", timeout=2, trust_env=False)


@pytest.mark.parametrize("texto", [MEDIA_CABECERA, MEDIO_CUERPO], ids=["cabecera", "cuerpo"])
def test_a_quien_no_termina_de_hablar_se_le_corta(puerta: httpx.Client, texto: str) -> None:
    with _enchufe(puerta, texto) as enchufe:
        enchufe.settimeout(30)
        empezo = time.monotonic()
        assert b" 200 " not in enchufe.recv(4096)
        assert 8 < time.monotonic() - empezo < 20


def test_un_cuerpo_demasiado_grande_se_niega_en_la_forma_de_quien_pidio(puerta: httpx.Client) -> None:
    grande = b"x" * (13 * 1024 * 1024)
    de_la_api = puerta.post("/api/v1/productos", content=grande)
    assert (de_la_api.status_code, de_la_api.json()["codigo"]) == (413, "cuerpo_demasiado_grande")
    assert de_la_api.headers["Content-Type"] == "application/json; charset=utf-8"
    del_contrato = puerta.post("/api/v1/inventory/items", content=grande)
    assert (del_contrato.status_code, del_contrato.json()) == (413, {"detail": "The request is too large."})
    de_pagina = puerta.post("/admin/", content=grande)
    assert (de_pagina.status_code, de_pagina.headers["Content-Type"]) == (413, "text/html; charset=utf-8")
    assert "Se admiten hasta 12 MB" in de_pagina.text
    assert "nginx" not in de_pagina.text


def test_demasiadas_a_la_vez_desde_una_direccion_se_niegan(puerta: httpx.Client) -> None:
    with contextlib.ExitStack() as pila:
        for _ in range(64):
            pila.enter_context(_enchufe(puerta, MEDIO_CUERPO))
        # Cuentan desde que nginx leyó su cabecera: se le da tiempo, y no tanto que los corte por callados.
        limite = time.monotonic() + 8
        while (respuesta := puerta.get("/api/v1/productos")).status_code != 429 and time.monotonic() < limite:
            time.sleep(0.1)
        assert (respuesta.status_code, respuesta.json()["codigo"]) == (429, "limite_excedido")
        assert respuesta.headers["Retry-After"] == "10"
    limite = time.monotonic() + 10
    while puerta.get("/ping").status_code == 429 and time.monotonic() < limite:
        time.sleep(0.1)
    assert puerta.get("/ping").status_code == 200


def test_sin_la_aplicacion_cada_uno_recibe_su_forma_de_error(tmp_path: Path) -> None:
    with _delante(tmp_path, SIN_ATENDER) as cliente:
        pagina = cliente.get("/productos/")
        assert (pagina.status_code, pagina.headers["Retry-After"]) == (502, "5")
        assert "Inventario no está disponible" in pagina.text
        assert "not available" in pagina.text
        assert pagina.headers["Cache-Control"] == "no-store"
        estilo = cliente.get("/_errores/estilo.css")
        assert (estilo.status_code, estilo.headers["Content-Type"]) == (200, "text/css")
        assert cliente.get("/api/v1/productos").json()["codigo"] == "no_disponible"
        assert cliente.get("/api/v1/units").json()["detail"].startswith("Inventory is not available")
        # Las páginas de error no se piden por su nombre.
        assert cliente.get("/_errores/502.html").status_code == 404


def test_si_la_aplicacion_no_contesta_se_dice_que_pudo_hacerlo(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as mudo,
        _delante(
            tmp_path,
            f"http://127.0.0.1:{mudo.getsockname()[1]}",
            {"proxy_read_timeout 60s;": "proxy_read_timeout 500ms;"},
        ) as cliente,
    ):
        assert cliente.post("/api/v1/productos", json={}).status_code == 504
        mudo.accept()[0].close()
        # Una sola vez: nginx no repite un POST por su cuenta.
        mudo.settimeout(0.2)
        with pytest.raises(TimeoutError):
            mudo.accept()
        assert "puede que" in cliente.get("/").text.lower()


def test_lo_de_adentro_no_se_pregunta_desde_afuera(gunicorn: str, tmp_path: Path) -> None:
    # Como si quien pregunta no fuera esta máquina.
    with _delante(tmp_path, gunicorn, {"        allow 127.0.0.1;\n": ""}) as cliente:
        for ruta in ("/metrics", "/health/deep", "/health/deep/"):
            respuesta = cliente.get(ruta)
            assert (respuesta.status_code, "No existe lo que busca" in respuesta.text) == (404, True)
        assert cliente.get("/ping").status_code == 200


def test_lo_que_va_sin_cifrar_se_manda_a_lo_cifrado(puerta: httpx.Client, tmp_path: Path) -> None:
    hallado = re.search(r"listen (127\.0\.0\.1:\d+);", (tmp_path / "ejemplo.conf").read_text())
    assert hallado
    sin_cifrar = httpx.get(f"http://{hallado[1]}/a?b=1", headers={"Host": "mi.tienda"}, trust_env=False)
    assert (sin_cifrar.status_code, sin_cifrar.headers["Location"]) == (301, "https://mi.tienda/a?b=1")
    assert puerta.get("/ping").headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "nginx/" not in puerta.get("/ping").headers["Server"]


def test_una_cabecera_enorme_se_niega_sin_molestar_a_la_aplicacion(puerta: httpx.Client) -> None:
    assert puerta.get("/ping", headers={"X-Enorme": "x" * 40_000}).status_code == 400


def test_el_registro_de_nginx_no_guarda_los_enlaces(puerta: httpx.Client, tmp_path: Path) -> None:
    secreto = "1-1-6c02abc"
    for ruta in (
        f"/invitacion/{secreto}/",
        f"/restablecer/{secreto}/",
        f"/entrar/?next=%2Finvitacion%2F{secreto}",
    ):
        puerta.get(ruta)
    puerta.get("/ping", headers={"Referer": f"https://x/invitacion/{secreto}/"})
    registro = (tmp_path / "access.log").read_text()
    assert registro.count("GET /*** ") == 3
    assert "GET /ping " in registro
    assert secreto not in registro
