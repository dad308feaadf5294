"""Un Redis detenido, que no rechaza ni contesta: nadie espera por él y nada de lo encargado se pierde."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
import redis
from django.contrib.auth.hashers import Argon2PasswordHasher

from herramientas.redis_temporal import servidor_redis
from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.models import Bodega, Usuario
from inventario.cuentas.permisos import PERMISOS_POR_ALCANCE, Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.eventos.models import Corrida
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.empresa import en_empresa
from inventario.tests.gunicorn_propio import Web, gunicorn
from inventario.tests.horarios import poner_horarios
from inventario.tests.planta import Planta, cada_segundo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.redis, pytest.mark.timeout(300)]

AJUSTES = "inventario.tests.ajustes_de_redis"
TOPE_S = 2.0
CLAVE = "clave-de-prueba-larga"


@dataclass(frozen=True)
class Detenible:
    url: str
    pid: int

    @contextmanager
    def detenido(self) -> Iterator[None]:
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)


@pytest.fixture
def propio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Detenible]:
    """Un redis-server solo de esta prueba: el de las demás no se detiene."""
    monkeypatch.delenv("INVENTARIO_REDIS_URL", raising=False)
    with servidor_redis() as servidor:
        assert servidor is not None
        with redis.Redis.from_url(servidor.url) as cliente:
            pid = int(cliente.info("server")["process_id"])
        yield Detenible(servidor.url, pid)


@pytest.fixture
def web(mundo: Mundo, propio: Detenible, tmp_path: Path) -> Iterator[Web]:
    with gunicorn(
        tmp_path, REDIS_URL=propio.url, DJANGO_SETTINGS_MODULE=AJUSTES, LIMITE_POR_CLAVE="1000"
    ) as encendida:
        yield encendida


@dataclass
class Cliente:
    """Pide y dice cuánto esperó; guarda sus galletas, como un navegador."""

    web: Web
    clave: str
    galletas: dict[str, str]

    def pedir(
        self, metodo: str, ruta: str, cuerpo: str = "", tipo: str = "application/json", **cabeceras: str
    ) -> tuple[int, str, float]:
        conexion = http.client.HTTPConnection("127.0.0.1", self.web.puerto, timeout=60)
        propias = {"Content-Type": tipo, "Cookie": "; ".join(f"{n}={v}" for n, v in self.galletas.items())}
        if ruta.startswith("/api/"):
            propias = {"Content-Type": tipo, "X-API-Key": self.clave}
        empezo = time.monotonic()
        conexion.request(metodo, ruta, cuerpo or None, {**propias, **cabeceras})
        respuesta = conexion.getresponse()
        texto = respuesta.read().decode()
        tardo = time.monotonic() - empezo
        for nombre, valor in respuesta.getheaders():
            if nombre == "Set-Cookie" and (hallada := re.match(r"(\w+)=([^;]+)", valor)):
                self.galletas[hallada[1]] = hallada[2]
        conexion.close()
        return respuesta.status, texto, tardo

    def entrar(self, correo: str) -> tuple[int, str, float]:
        self.galletas = {}
        _, pagina, tardo_en_verla = self.pedir("GET", "/entrar/")
        marca = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', pagina)
        assert marca is not None
        datos = urlencode({"csrfmiddlewaretoken": marca[1], "username": correo, "password": CLAVE})
        estado, texto, tardo = self.pedir("POST", "/entrar/", datos, "application/x-www-form-urlencoded")
        return estado, texto, max(tardo, tardo_en_verla)


@pytest.fixture
def persona(mundo: Mundo) -> Usuario:
    usuario = Usuario.objects.create_user("ana@granja.ec", "otra")
    hasher = Argon2PasswordHasher()  # type: ignore[no-untyped-call]
    usuario.password = hasher.encode(CLAVE, hasher.salt())
    usuario.save()
    agregar_miembro(empresa=mundo.empresa, usuario=usuario, rol=Rol.ADMINISTRADOR)
    return usuario


@pytest.fixture
def cliente(web: Web, mundo: Mundo, persona: Usuario) -> Cliente:
    _, clave = crear_clave_api(empresa=mundo.empresa, nombre="Prueba", alcances=tuple(PERMISOS_POR_ALCANCE))
    cliente = Cliente(web, clave, {})
    assert cliente.entrar(persona.email)[0] == 302
    return cliente


def constancias(mundo: Mundo) -> int:
    with en_empresa(mundo.empresa):
        return Bodega.objects.filter(codigo__startswith="ev-").count()


def test_nadie_espera_por_un_redis_detenido_y_el_despacho_llega_despues(
    mundo: Mundo, cliente: Cliente, persona: Usuario, propio: Detenible, tmp_path: Path
) -> None:
    poner_horarios()
    cada_segundo("latido", "despachar_eventos")
    with en_empresa(mundo.empresa):
        producto = mundo.producto(stock_minimo=0)
        mundo.entrada(producto, 100)
    antes = constancias(mundo)
    despacho = json.dumps({"producto_id": producto.pk, "cantidad": 1})
    pedidos: list[tuple[str, Callable[[], tuple[int, str, float]], int]] = [
        ("página", lambda: cliente.pedir("GET", "/"), 200),
        ("API es", lambda: cliente.pedir("GET", "/api/v1/productos/"), 200),
        ("API en", lambda: cliente.pedir("GET", "/api/v1/inventory/dashboard"), 200),
        ("entrar", lambda: cliente.entrar(persona.email), 302),
        (
            "despacho",
            lambda: cliente.pedir("POST", "/api/v1/inventario/despachar/", despacho),
            200,
        ),
        (
            "exportación",
            lambda: cliente.pedir(
                "POST",
                "/api/v1/reportes/exportaciones/",
                '{"reporte": "inventario-basico", "formato": "csv"}',
            ),
            201,
        ),
    ]
    for _, pedir, estado in pedidos[:3]:
        assert pedir()[0] == estado
    lentos: list[object] = []
    with propio.detenido():
        # Cada uno por separado, pasada la pausa: así todos pagan la espera, y no solo el primero.
        for nombre, pedir, estado in pedidos:
            dado, texto, tardo = pedir()
            if dado != estado or tardo >= TOPE_S:
                lentos.append((nombre, dado, texto[:300], tardo))
            time.sleep(5.2)
    assert lentos == []
    planta = Planta(tmp_path)
    propias = {
        "REDIS_URL": propio.url,
        "CELERY_BROKER_URL": propio.url,
        "DJANGO_SETTINGS_MODULE": AJUSTES,
    }
    try:
        planta.encender("worker", **propias)
        planta.encender("beat", **propias)
        planta.esperar("que llegue el despacho", lambda: constancias(mundo) > antes)
        # Y quienes trabajan aparte también sobreviven a que se detenga, y siguen solos.
        with propio.detenido():
            time.sleep(4)
        corte = Corrida.objects.get(trabajo="latido").empezo_en
        planta.esperar("que vuelva a latir", lambda: Corrida.objects.get(trabajo="latido").empezo_en > corte)
        assert [proceso.poll() for proceso in planta.encendidos] == [None, None]
    finally:
        planta.apagar()
