"""Entrar por la API con segundo factor, y lo que pasa a quien su empresa se lo exige."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inventario.biofloc.tests.ejemplos_de_cuentas import como_en
from inventario.cuentas.models import Empresa, Sesion, Usuario
from inventario.cuentas.tests.telefono import CONTRASENA, activar
from inventario.nucleo.tests.mundo import ClienteApi, cliente_con

pytestmark = pytest.mark.django_db

AUTH = "/api/v1/auth"
ITEMS = "/api/v1/inventory/items"


@pytest.fixture
def cliente(cliente_anonimo: ClienteApi, usuario: Usuario) -> ClienteApi:
    return cliente_anonimo


def entrar(cliente: ClienteApi, **mas: Any) -> Any:
    return cliente.post(f"{AUTH}/login", {"email": "ana@acme.ec", "password": CONTRASENA, **mas})


def exigir(empresa: Empresa) -> None:
    Empresa.objects.filter(pk=empresa.pk).update(exige_segundo_factor=True)


def test_entrar_sin_el_codigo_dice_que_falta_y_no_abre_nada(cliente: ClienteApi, usuario: Usuario) -> None:
    telefono, entregados = activar(usuario)
    for mas in ({}, {"otp_code": None}, {"otp_code": ""}, {"otp_code": "  "}):
        como_en("login, second factor missing", entrar(cliente, **mas))
    assert not Sesion.objects.exists()
    como_en("login", entrar(cliente, otp_code=telefono.codigo()))
    como_en("login", entrar(cliente, otp_code=entregados[0]))


def test_con_la_contrasena_mala_no_se_dice_si_hay_segundo_factor(
    cliente: ClienteApi, usuario: Usuario
) -> None:
    def con_mala(**mas: Any) -> Any:
        return cliente.post(f"{AUTH}/login", {"email": "ana@acme.ec", "password": "mala", **mas})

    antes = con_mala().json()
    telefono, _ = activar(usuario)
    assert con_mala().json() == con_mala(otp_code=telefono.codigo()).json() == antes
    # Y el código no se gastó.
    assert entrar(cliente, otp_code=telefono.codigo()).status_code == 200


def test_los_codigos_malos_cierran_el_paso(cliente: ClienteApi, usuario: Usuario, settings: Any) -> None:
    settings.AXES_ENABLED = True
    telefono, _ = activar(usuario)
    como_en("login, second factor wrong", entrar(cliente, otp_code="0"))
    for _ in range(4):
        # Preguntar si hace falta el código no borra los fallos ni los cuenta.
        assert entrar(cliente).json()["code"] == "otp_required"
        assert entrar(cliente, otp_code="0").json()["code"] == "otp_invalid"
    como_en("login, locked", entrar(cliente, otp_code=telefono.codigo()))


@pytest.mark.parametrize("malo", [123456, True, [], {}, "1" * 41])
def test_un_codigo_con_mala_forma_es_un_422(cliente: ClienteApi, malo: Any) -> None:
    respuesta = entrar(cliente, otp_code=malo)
    assert respuesta.status_code == 422
    assert [error["field"] for error in respuesta.json()["errors"]] == ["body -> otp_code"]


def test_sin_segundo_factor_el_codigo_no_estorba(cliente: ClienteApi) -> None:
    como_en("login", entrar(cliente, otp_code="123456"))


def test_a_quien_administra_y_no_lo_tiene_se_le_niega_lo_de_la_empresa(
    cliente: ClienteApi, usuario: Usuario, empresa: Empresa
) -> None:
    # La sesión estaba abierta desde antes de exigirlo.
    sesion = cliente_con(entrar(cliente).json()["access_token"])
    assert sesion.get(ITEMS).status_code == 200
    exigir(empresa)
    for respuesta in (sesion.get(ITEMS), sesion.get("/api/v1/api-keys")):
        como_en("second factor required by the company", respuesta)
    en_espanol = sesion.get("/api/v1/productos")
    assert (en_espanol.status_code, en_espanol.json()["codigo"]) == (403, "falta_segundo_factor")
    # La cuenta propia sigue siendo suya.
    assert sesion.get(f"{AUTH}/me").status_code == 200
    telefono, _ = activar(usuario)
    # Abierta sin código, ya no sirve; con él se entra y se trabaja.
    assert sesion.get(ITEMS).status_code == 401
    nueva = cliente_con(entrar(cliente, otp_code=telefono.codigo()).json()["access_token"])
    assert nueva.get(ITEMS).status_code == 200
    assert sesion.post(f"{AUTH}/logout").status_code == 401


def test_las_claves_de_api_no_lo_usan(
    usuario: Usuario, empresa: Empresa, clave_de: Callable[..., str]
) -> None:
    exigir(empresa)
    assert cliente_con(clave_de()).get(ITEMS).status_code == 200
