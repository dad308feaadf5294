"""Chromium de verdad contra un servidor de verdad, y una granja con algo que mirar."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django_scopes import scope
from playwright.sync_api import Browser, Page, sync_playwright
from programas import hallar
from pytest_django.live_server_helper import LiveServer

from inventario.cuentas.models import Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.services import agregar_miembro
from inventario.lotes.models import Lote
from inventario.movimientos.glosa import Glosa
from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.mundo import Mundo, comprobar_invariantes
from inventario.productos.models import Producto
from inventario.tests.navegador.pantallas import AVISA_VIOLACIONES, ESCRITORIO, Pantalla, Vigia

CORREO, CLAVE = "ana@granja.ec", "clave-de-prueba-1"
# Como está impreso; en GS1 lleva un cero delante.
GTIN = "7861234500017"
ESPERA_MS = 15_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):
            item.add_marker(pytest.mark.navegador)
            item.add_marker(pytest.mark.sqlite)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Uno por módulo: mientras está abierto, su bucle de eventos ocupa el hilo de las pruebas."""
    antes = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            navegador = playwright.chromium.launch(
                executable_path=hallar("chromium"),
                args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
            )
            yield navegador
            navegador.close()
    finally:
        if antes is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = antes


def en_dias(dias: int) -> date:
    return timezone.localdate() + timedelta(days=dias)


@dataclass
class Granja:
    """Tres productos: uno sano, uno bajo el mínimo con un lote vencido, y uno sin existencia."""

    mundo: Mundo
    usuario: Usuario
    alimento: Producto
    vitamina: Producto
    red: Producto
    pronto: Lote
    tarde: Lote
    vencido: Lote
    despacho: Asiento

    @contextmanager
    def libros(self) -> Iterator[Mundo]:
        with scope(empresa=self.mundo.empresa):
            yield self.mundo

    def fisica(self, producto: Producto) -> Any:
        with self.libros() as mundo:
            return mundo.fisica(producto)


@pytest.fixture
def granja(transactional_db: None) -> Iterator[Granja]:
    mundo = Mundo.crear()
    mundo.reloj.ahora = timezone.now() - timedelta(minutes=1)
    usuario = Usuario.objects.create_user(CORREO, CLAVE)
    agregar_miembro(empresa=mundo.empresa, usuario=usuario, rol=Rol.ADMINISTRADOR)
    with scope(empresa=mundo.empresa):
        # La mayoría tiene una sola, y entonces no se ve la palabra.
        mundo.otra.delete()
        alimento = mundo.producto("ALIM-35", nombre="Alimento de engorde", codigo_barras=GTIN)
        vitamina = mundo.producto("VIT-C", nombre="Vitamina C", stock_minimo=50)
        red = mundo.producto("RED-01", nombre="Red de mano", unidad=mundo.pieza)
        pronto = mundo.entrada(alimento, 10, costo="1.25", vence=en_dias(10), codigo="PRONTO")
        tarde = mundo.entrada(alimento, 40, costo="1.5", vence=en_dias(90), codigo="TARDE")
        vencido = mundo.entrada(vitamina, 5, costo=8, vence=en_dias(-3), codigo="VIEJO")
        despacho = mundo.fefo(alimento, 4, glosa=Glosa(modulo="engorde", tanque="T-4"))
    yield Granja(mundo, usuario, alimento, vitamina, red, pronto, tarde, vencido, despacho)
    with scope(empresa=mundo.empresa):
        comprobar_invariantes()


Abrir = Callable[..., Page]


@pytest.fixture
def vigia() -> Iterator[Vigia]:
    vigia = Vigia()
    yield vigia
    assert vigia.quejas == [], "\n".join(vigia.quejas)


@pytest.fixture
def abrir(chromium: Browser, live_server: LiveServer, granja: Granja, vigia: Vigia) -> Iterator[Abrir]:
    """`abrir(pantalla, ruta)` da una pestaña de Ana, ya adentro; la consola queda vigilada."""
    with ExitStack() as pila:

        def nueva(
            pantalla: Pantalla = ESCRITORIO, ruta: str = "", *, con_js: bool = True, dentro: bool = True
        ) -> Page:
            contexto = chromium.new_context(
                base_url=live_server.url,
                viewport={"width": pantalla.ancho, "height": pantalla.alto},
                color_scheme="dark" if pantalla.tema == "dark" else "light",
                reduced_motion="reduce",
                locale="es-EC",
                java_script_enabled=con_js,
            )
            pila.callback(contexto.close)
            contexto.set_default_timeout(ESPERA_MS)
            if con_js:
                contexto.add_init_script(AVISA_VIOLACIONES)
            if dentro:
                cliente = Client()
                cliente.force_login(granja.usuario)
                galleta = cliente.cookies[settings.SESSION_COOKIE_NAME].value
                contexto.add_cookies(
                    [{"name": settings.SESSION_COOKIE_NAME, "value": galleta, "url": live_server.url}]
                )
            pestana = contexto.new_page()
            vigia.mirar(pestana)
            if ruta:
                pestana.goto(ruta)
            return pestana

        yield nueva
