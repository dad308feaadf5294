"""Chromium de verdad contra un servidor de verdad, y una granja con algo que mirar."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django_scopes import scope
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from herramientas.programas import hallar
from inventario.cuentas.models import Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.lotes.models import Lote
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.mundo import Mundo, comprobar_invariantes
from inventario.productos.models import Producto
from inventario.reservas.models import Reserva
from inventario.reservas.services import reservar
from inventario.tests.navegador.gestos import ir
from inventario.tests.navegador.pantallas import (
    ANOTA_LOS_TEMAS,
    AVISA_VIOLACIONES,
    ESCRITORIO,
    Pantalla,
    Vigia,
)

CORREO, CORREO_DEL_AUDITOR, CLAVE = "ana@granja.ec", "rita@granja.ec", "clave-de-prueba-1"
CORREO_DEL_OPERADOR = "beto@granja.ec"
# Como está impreso; en GS1 lleva un cero delante.
GTIN = "7861234500017"
ESPERA_MS = 15_000
# Las dos últimas: una pestaña nueva no arranca otro proceso, que cuesta como cargar la página.
BANDERAS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-site-isolation-trials",
    "--renderer-process-limit=1",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Van juntas y al final: el navegador ocupa, abierto, el bucle de eventos del hilo de las pruebas."""
    carpeta = Path(__file__).parent
    propias = [item for item in items if item.path.is_relative_to(carpeta)]
    for item in propias:
        item.add_marker(pytest.mark.navegador)
        # Lo que corren ya lo miden las demás, y medirlo las alarga.
        item.add_marker(pytest.mark.no_cover)
    items[:] = [item for item in items if not item.path.is_relative_to(carpeta)] + propias


Lanzar = Callable[..., Browser]


@pytest.fixture(scope="session")
def lanzar() -> Iterator[Lanzar]:
    """`lanzar("--opcion")` abre un Chromium."""
    antes = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    # Cinco segundos no bastan en una máquina ocupada: se espera a ver lo mismo que a poder apretar.
    expect.set_options(timeout=ESPERA_MS)
    try:
        with sync_playwright() as playwright:

            def uno(*opciones: str) -> Browser:
                return playwright.chromium.launch(
                    executable_path=hallar("chromium"),
                    args=[*BANDERAS, *opciones],
                )

            yield uno
    finally:
        if antes is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = antes


@pytest.fixture(scope="session")
def chromium(lanzar: Lanzar) -> Iterator[Browser]:
    """El de casi todas las pruebas de la corrida; cada pestaña es de una persona nueva."""
    navegador = lanzar()
    yield navegador
    navegador.close()


def en_dias(dias: int) -> date:
    return timezone.localdate() + timedelta(days=dias)


@dataclass
class Granja:
    """Tres productos: uno sano, uno bajo el mínimo con un lote vencido, y uno sin existencia."""

    mundo: Mundo
    usuario: Usuario
    auditor: Usuario
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

    def fisica(self, producto: Producto) -> Decimal:
        with self.libros() as mundo:
            return Decimal(mundo.fisica(producto))

    def asientos(self) -> int:
        with self.libros():
            return Asiento.objects.count()

    def reserva(self, cantidad: int = 8) -> Reserva:
        """Una de alimento, para engorde."""
        with self.libros() as mundo:
            return reservar(
                actor=mundo.actor,
                producto=self.alimento,
                bodega=mundo.bodega,
                cantidad=Decimal(cantidad),
                modulo="engorde",
                referencia="T-4",
            )


@pytest.fixture
def granja(transactional_db: None) -> Iterator[Granja]:
    mundo = Mundo.crear()
    mundo.reloj.ahora = timezone.now() - timedelta(minutes=1)
    usuario = Usuario.objects.create_user(CORREO, CLAVE)
    auditor = Usuario.objects.create_user(CORREO_DEL_AUDITOR, CLAVE)
    agregar_miembro(empresa=mundo.empresa, usuario=usuario, rol=Rol.ADMINISTRADOR)
    agregar_miembro(empresa=mundo.empresa, usuario=auditor, rol=Rol.AUDITOR)
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
    yield Granja(mundo, usuario, auditor, alimento, vitamina, red, pronto, tarde, vencido, despacho)
    with scope(empresa=mundo.empresa):
        comprobar_invariantes()


@pytest.fixture
def operador(granja: Granja) -> Usuario:
    usuario = Usuario.objects.create_user(CORREO_DEL_OPERADOR, CLAVE)
    agregar_miembro(empresa=granja.mundo.empresa, usuario=usuario, rol=Rol.OPERADOR)
    return usuario


Abrir = Callable[..., Page]


@pytest.fixture
def vigia() -> Iterator[Vigia]:
    vigia = Vigia()
    yield vigia
    assert vigia.quejas == [], "\n".join(vigia.quejas)


@pytest.fixture(scope="session")
def libres() -> dict[bool, list[BrowserContext]]:
    """Los contextos de `chromium` que nadie usa, con guiones o sin ellos."""
    return {True: [], False: []}


def nuevo_contexto(navegador: Browser, servidor: LiveServer, *, con_js: bool) -> BrowserContext:
    contexto = navegador.new_context(base_url=servidor.url, locale="es-EC", java_script_enabled=con_js)
    contexto.set_default_timeout(ESPERA_MS)
    if con_js:
        contexto.add_init_script(AVISA_VIOLACIONES)
        contexto.add_init_script(ANOTA_LOS_TEMAS)
    return contexto


def limpiar(contexto: BrowserContext) -> None:
    """Lo deja como nuevo: la aplicación no guarda en el navegador más que galletas."""
    for pestana in contexto.pages:
        pestana.close()
    contexto.clear_cookies()


@pytest.fixture
def abrir(
    chromium: Browser,
    libres: dict[bool, list[BrowserContext]],
    live_server: LiveServer,
    granja: Granja,
    vigia: Vigia,
) -> Iterator[Abrir]:
    """`abrir(pantalla, ruta)` da una pestaña de Ana, ya adentro; la consola queda vigilada."""
    with ExitStack() as pila:

        def contexto_para(navegador: Browser, *, con_js: bool) -> BrowserContext:
            # Abrir un contexto cuesta más que cargar una página: los de `chromium` se prestan.
            if navegador is not chromium:
                contexto = nuevo_contexto(navegador, live_server, con_js=con_js)
                pila.callback(contexto.close)
                return contexto
            contexto = (
                libres[con_js].pop()
                if libres[con_js]
                else nuevo_contexto(navegador, live_server, con_js=con_js)
            )
            pila.callback(libres[con_js].append, contexto)
            pila.callback(limpiar, contexto)
            return contexto

        def nueva(
            pantalla: Pantalla = ESCRITORIO,
            ruta: str = "",
            *,
            con_js: bool = True,
            quien: Usuario | None = granja.usuario,
            navegador: Browser = chromium,
        ) -> Page:
            contexto = contexto_para(navegador, con_js=con_js)
            if quien is not None:
                cliente = Client()
                cliente.force_login(quien)
                galleta = cliente.cookies[settings.SESSION_COOKIE_NAME].value
                contexto.add_cookies(
                    [{"name": settings.SESSION_COOKIE_NAME, "value": galleta, "url": live_server.url}]
                )
            pestana = contexto.new_page()
            pestana.set_viewport_size({"width": pantalla.ancho, "height": pantalla.alto})
            pestana.emulate_media(
                color_scheme="dark" if pantalla.tema == "dark" else "light", reduced_motion="reduce"
            )
            vigia.mirar(pestana)
            if ruta:
                ir(pestana, ruta, con_js=con_js)
            return pestana

        yield nueva
