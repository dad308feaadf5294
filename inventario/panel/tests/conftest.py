from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_scopes import scope
from django_scopes.state import state

from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Bodega, Empresa, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.movimientos.tests.mundo import AHORA, Mundo, comprobar_invariantes
from inventario.panel.marco.pagina import CAMPO_DE_CLAVE, nueva_clave

DE_TRANSACCION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config")
HTMX = {"HX-Request": "true"}


class Navegador(Client):
    """Un navegador que ya entró; llega sin empresa en curso, como en producción."""

    def request(self, **peticion: Any) -> Any:
        afuera = state.set({})
        try:
            return super().request(**peticion)
        finally:
            state.reset(afuera)

    def mover(self, ruta: str, datos: dict[str, Any], *, clave: str = "", htmx: bool = False) -> Any:
        """Envía un formulario que mueve, con su clave."""
        enviado = {CAMPO_DE_CLAVE: clave or nueva_clave(), **datos}
        return self.post(ruta, enviado, headers=HTMX if htmx else None)

    def confirmar(self, ruta: str, datos: dict[str, Any], *, clave: str = "", htmx: bool = False) -> Any:
        """Despacha como una persona: mira de qué lotes sale y, si nada está mal, lo confirma."""
        primera = self.mover(ruta, datos, clave=clave, htmx=htmx)
        vistos = a_la_vista(primera)
        return self.mover(ruta, {**datos, **vistos}, clave=clave, htmx=htmx) if vistos else primera

    def fragmento(self, ruta: str, datos: dict[str, Any] | None = None) -> Any:
        return self.get(ruta, datos, headers=HTMX)


def a_la_vista(respuesta: Any) -> dict[str, str]:
    """Lo que la página guarda de los lotes que enseñó."""
    hallados = re.findall(r'name="((?:lineas-\d+-)?vistos)" value="([^"]*)"', respuesta.content.decode())
    return {campo: unescape(visto) for campo, visto in hallados}


@contextmanager
def consultas(cuantas: int) -> Iterator[None]:
    """Lo de adentro debe hacer exactamente esas consultas."""
    with CaptureQueriesContext(connection) as hechas:
        yield
    propias = _propias(hechas)
    assert len(propias) == cuantas, "\n".join(propias)


def contar_consultas(pedir: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as hechas:
        assert pedir().status_code == 200
    return len(_propias(hechas))


def _propias(hechas: CaptureQueriesContext) -> list[str]:
    """Sin las de transacción: así son las mismas en los dos motores."""
    return [una["sql"] for una in hechas if not una["sql"].startswith(DE_TRANSACCION)]


@pytest.fixture
def granja(db: None) -> Iterator[Mundo]:
    """Una empresa vista desde las páginas: mismo reloj para las vistas y para los servicios.

    Sin transacción abierta, porque la de cada solicitud debe ser la única. Al terminar, los libros cuadran.
    """
    with time_machine.travel(AHORA, tick=False):
        mundo = Mundo.crear()
        with scope(empresa=mundo.empresa):
            yield mundo
            comprobar_invariantes()


def entrar_en(empresa: Empresa, rol: str, *bodegas: Bodega) -> Navegador:
    """Un navegador de una persona nueva con ese rol, limitada a esas bodegas si se nombran."""
    usuario = Usuario.objects.create_user(f"{rol}-{empresa.slug}-{len(bodegas)}@granja.ec", "clave-de-prueba")
    membresia = agregar_miembro(empresa=empresa, usuario=usuario, rol=rol)
    if bodegas:
        membresia.bodegas_permitidas.set(bodegas)
    navegador = Navegador()
    navegador.force_login(usuario)
    return navegador


@pytest.fixture
def entrar(granja: Mundo) -> Callable[..., Navegador]:
    """Da un navegador con el rol pedido en la granja: `entrar(Rol.OPERADOR)`."""
    return lambda rol, *bodegas: entrar_en(granja.empresa, rol, *bodegas)


@pytest.fixture
def navegador(entrar: Callable[..., Navegador]) -> Navegador:
    """El de quien administra la granja."""
    return entrar(Rol.ADMINISTRADOR)


@pytest.fixture
def operador(entrar: Callable[..., Navegador]) -> Navegador:
    return entrar(Rol.OPERADOR)


@pytest.fixture
def auditor(entrar: Callable[..., Navegador]) -> Navegador:
    return entrar(Rol.AUDITOR)


@pytest.fixture
def vecino(granja: Mundo) -> Navegador:
    """El de quien administra otra empresa."""
    return entrar_en(crear_empresa(slug="vecina", nombre="La granja vecina"), Rol.ADMINISTRADOR)
