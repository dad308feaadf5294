"""Deshacer por la API: la misma regla de las páginas, que es la del servicio."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from inventario.cuentas.models import Usuario
from inventario.cuentas.permisos import Permiso, Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.api.conftest import cliente_de
from inventario.movimientos.tests.api.operaciones import V1
from inventario.movimientos.tests.api.sobre import exigir_sobre
from inventario.movimientos.tests.mundo import AHORA, Mundo
from inventario.nucleo.tests.mundo import ClienteApi
from inventario.productos.models import Producto

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_hora(settings: Any) -> None:
    settings.DESHACER_MINUTOS = 30


@pytest.fixture
def producto(granja: Mundo) -> Producto:
    producto = granja.producto()
    granja.entrada(producto, 10)
    return producto


def persona(granja: Mundo, rol: str) -> ClienteApi:
    """Alguien nuevo con ese rol, con la sesión de su navegador."""
    usuario = Usuario.objects.create_user(f"{rol}-{Usuario.objects.count()}@granja.test", "x")
    agregar_miembro(empresa=granja.empresa, usuario=usuario, rol=rol)
    cliente = ClienteApi()
    cliente.force_login(usuario)
    return cliente


QUIENES: dict[str, Callable[[Mundo], ClienteApi]] = {
    "persona": lambda granja: persona(granja, Rol.OPERADOR),
    "clave": lambda granja: cliente_de(granja, "inventory:read", "inventory:write"),
    "clave que solo escribe": lambda granja: cliente_de(granja, "inventory:write"),
}
HACER: dict[str, tuple[str, Callable[[Producto], dict[str, Any]]]] = {
    "entrada": ("entradas", lambda p: {"producto_id": p.pk, "cantidad_recibida": 4}),
    "salida": ("salidas", lambda p: {"lote_id": p.lotes.get().pk, "cantidad": 4}),
    "despacho": ("despachar", lambda p: {"producto_id": p.pk, "cantidad": 4}),
}


def hacer(cliente: ClienteApi, que: str, producto: Producto) -> Asiento:
    direccion, cuerpo = HACER[que]
    respuesta = cliente.post(f"{V1}/{direccion}", cuerpo(producto))
    assert respuesta.status_code in (200, 201), respuesta.json()
    return Asiento.objects.latest("pk")


def deshacer(cliente: ClienteApi, asiento: Asiento) -> Any:
    return cliente.post(f"{V1}/asientos/{asiento.pk}/revertir", {"motivo": "Era otro tanque"})


@pytest.mark.parametrize("que", HACER)
@pytest.mark.parametrize("quien", QUIENES)
def test_lo_propio_y_reciente_se_deshace_sin_el_permiso_de_revertir(
    granja: Mundo, producto: Producto, quien: str, que: str
) -> None:
    cliente = QUIENES[quien](granja)
    hecho = hacer(cliente, que, producto)
    with time_machine.travel(AHORA + timedelta(minutes=30), tick=False):
        respuesta = deshacer(cliente, hecho)
    assert respuesta.status_code == 201, respuesta.json()
    assert respuesta.json()["revierte_id"] == hecho.pk
    assert granja.fisica(producto) == 10


@pytest.mark.parametrize("quien", QUIENES)
def test_lo_propio_pasado_el_plazo_ya_no(granja: Mundo, producto: Producto, quien: str) -> None:
    cliente = QUIENES[quien](granja)
    hecho = hacer(cliente, "despacho", producto)
    antes = granja.foto()
    with time_machine.travel(AHORA + timedelta(minutes=30, seconds=1), tick=False):
        cuerpo = exigir_sobre(deshacer(cliente, hecho), 403, "sin_permiso")
        assert cuerpo["errores"][0]["permisos"] == [Permiso.REVERTIR]
        assert "30 minutos" in cuerpo["detail"]
        assert granja.foto() == antes
        # Quien supervisa sí, y no hay plazo para eso.
        assert deshacer(persona(granja, Rol.SUPERVISOR), hecho).status_code == 201
    assert granja.fisica(producto) == 10


@pytest.mark.parametrize("quien", QUIENES)
def test_lo_de_otra_persona_o_de_otra_clave_tampoco(granja: Mundo, producto: Producto, quien: str) -> None:
    cliente = QUIENES[quien](granja)
    for otro in (granja.fefo(producto, 1), hacer(QUIENES[quien](granja), "despacho", producto)):
        antes = granja.foto()
        cuerpo = exigir_sobre(deshacer(cliente, otro), 403, "sin_permiso")
        assert cuerpo["errores"][0]["permisos"] == [Permiso.REVERTIR]
        assert granja.foto() == antes


def test_quien_supervisa_o_una_clave_que_elimina_deshacen_lo_de_cualquiera(
    granja: Mundo, producto: Producto
) -> None:
    for cliente in (persona(granja, Rol.SUPERVISOR), cliente_de(granja, "inventory:delete")):
        hecho = hacer(persona(granja, Rol.OPERADOR), "despacho", producto)
        assert deshacer(cliente, hecho).status_code == 201
    assert granja.fisica(producto) == 10


def test_quien_no_puede_registrar_nada_ni_se_pregunta_que_asiento_es(
    granja: Mundo, producto: Producto
) -> None:
    asiento = Asiento.objects.get()
    antes = granja.foto()
    for cliente in (persona(granja, Rol.AUDITOR), cliente_de(granja, "inventory:read")):
        cuerpo = exigir_sobre(deshacer(cliente, asiento), 403, "sin_permiso")
        assert set(cuerpo["errores"][0]["permisos"]) == {
            Permiso.REVERTIR,
            Permiso.REGISTRAR_ENTRADA,
            Permiso.REGISTRAR_SALIDA,
            Permiso.DESPACHAR,
        }
        exigir_sobre(cliente.post(f"{V1}/asientos/999999/revertir", {"motivo": "x"}), 403, "sin_permiso")
    assert granja.foto() == antes


def test_quien_ya_no_podria_registrarlo_no_lo_deshace(granja: Mundo, producto: Producto) -> None:
    cliente = persona(granja, Rol.OPERADOR)
    hecho = hacer(cliente, "entrada", producto)
    usuario = Usuario.objects.get(email__startswith=Rol.OPERADOR)
    usuario.membresias.update(rol=Rol.AUDITOR)
    antes = granja.foto()
    exigir_sobre(deshacer(cliente, hecho), 403, "sin_permiso")
    assert granja.foto() == antes
