"""La huella de las contraseñas: cuánta memoria pide y cuántas se calculan a la vez."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, identify_hasher, make_password

from inventario.cuentas.acceso import huellas
from inventario.cuentas.acceso.errores import HuellasOcupadas
from inventario.cuentas.models import Usuario

BUENA = "clave-de-prueba"


@pytest.fixture(autouse=True)
def con_argon2(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["inventario.cuentas.acceso.huellas.Argon2Acotado"]


def test_la_huella_pide_19_mib_dos_pasadas_y_un_hilo() -> None:
    huella = make_password(BUENA)
    assert huella.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password(BUENA, huella)
    assert not check_password("mala", huella)
    assert not identify_hasher(huella).must_update(huella)


@pytest.mark.django_db
def test_una_huella_de_antes_sirve_y_se_rehace_al_entrar(usuario: Usuario) -> None:
    usuario.password = Argon2PasswordHasher().encode(BUENA, "sal-de-las-de-antes")
    usuario.save()
    assert "m=102400" in usuario.password
    assert usuario.check_password(BUENA)
    usuario.refresh_from_db()
    assert "m=19456,t=2,p=1" in usuario.password


def test_a_lo_sumo_dos_a_la_vez(monkeypatch: pytest.MonkeyPatch) -> None:
    turno, dentro, maximo = threading.Lock(), 0, 0
    como_siempre = Argon2PasswordHasher.encode

    def contada(self: Argon2PasswordHasher, *datos: str) -> str:
        nonlocal dentro, maximo
        with turno:
            dentro += 1
            maximo = max(maximo, dentro)
        time.sleep(0.02)
        huella = como_siempre(self, *datos)
        with turno:
            dentro -= 1
        return str(huella)

    monkeypatch.setattr(Argon2PasswordHasher, "encode", contada)
    with ThreadPoolExecutor(8) as hilos:
        assert len(set(hilos.map(make_password, ["x"] * 8))) == 8
    assert maximo == huellas.A_LA_VEZ == 2


def test_tras_esperar_su_turno_dice_que_hay_mucha_gente(monkeypatch: pytest.MonkeyPatch) -> None:
    huella = make_password(BUENA)
    monkeypatch.setattr(huellas, "ESPERA_S", 0.05)
    seguir = threading.Event()
    ocupados = [huellas._calculo.submit(seguir.wait, 10) for _ in range(huellas.A_LA_VEZ)]
    try:
        with pytest.raises(HuellasOcupadas):
            check_password(BUENA, huella)
    finally:
        seguir.set()
    assert all(ocupado.result() for ocupado in ocupados)
    monkeypatch.setattr(huellas, "ESPERA_S", 5.0)
    assert check_password(BUENA, huella)
