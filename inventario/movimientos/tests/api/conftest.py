from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django_scopes import scope

from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.empresas.services import crear_empresa
from inventario.movimientos.tests.mundo import AHORA, Mundo, comprobar_invariantes
from inventario.nucleo.tests.mundo import ALCANCES, ClienteApi, cliente_con


@pytest.fixture
def granja(db: None) -> Iterator[Mundo]:
    """Una empresa vista desde la API: mismo reloj para las vistas y para los servicios.

    Sin transacción abierta, porque la de cada solicitud debe ser la única. Al terminar, los libros cuadran.
    """
    with time_machine.travel(AHORA, tick=False):
        mundo = Mundo.crear()
        with scope(empresa=mundo.empresa):
            yield mundo
            comprobar_invariantes()


def cliente_de(mundo: Mundo, *alcances: str) -> ClienteApi:
    _, clave = crear_clave_api(empresa=mundo.empresa, nombre="Prueba", alcances=alcances or ALCANCES)
    return cliente_con(clave)


@pytest.fixture
def cliente(granja: Mundo) -> ClienteApi:
    """Con una clave de la granja, de todos los alcances."""
    return cliente_de(granja)


@pytest.fixture
def ajeno(granja: Mundo) -> ClienteApi:
    """Con una clave de otra empresa, de todos los alcances."""
    vecina = crear_empresa(slug="vecina", nombre="La granja vecina")
    _, clave = crear_clave_api(empresa=vecina, nombre="Vecina", alcances=ALCANCES)
    return cliente_con(clave)
