"""Quién se cree que pregunta, por mal escrito que venga."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from inventario.nucleo.direccion import SIN_DIRECCION, direccion_del_cliente, origen_de


def hallar(cabecera: str, directa: str = "10.0.0.1") -> str | None:
    solicitud = RequestFactory().get("/", headers={"X-Forwarded-For": cabecera}, REMOTE_ADDR=directa)
    return direccion_del_cliente(solicitud)


@pytest.mark.parametrize(
    ("cuantos", "cabecera", "esperada"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6, 200.1.2.3", "200.1.2.3"),
        (2, "6.6.6.6, 200.1.2.3, 10.0.0.9", "200.1.2.3"),
        (1, "1.2.3.4:5555", "1.2.3.4"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "2001:DB8:0::1", "2001:db8::1"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "::ffff:1.2.3.4", "1.2.3.4"),
        (1, "[::ffff:1.2.3.4]:80", "1.2.3.4"),
    ],
)
def test_hallar_al_cliente_solo_cree_a_los_intermediarios_nuestros(
    settings: Settings, cuantos: int, cabecera: str, esperada: str
) -> None:
    settings.PROXIES_DE_CONFIANZA = cuantos
    assert hallar(cabecera) == esperada


@pytest.mark.parametrize(
    ("cuantos", "cabecera"),
    [
        (2, "200.1.2.3"),
        (1, ""),
        (1, "200.1.2.3, "),
        (1, "unknown"),
        (1, "_oculto"),
        (1, "1.2.3.4.5"),
        (1, "999.1.1.1"),
        (1, "[2001:db8::1"[:3]),
        (1, "' OR 1=1 --"),
        (1, "٣.٣.٣.٣"),
        (1, "x" * 60_000),
        (2, "," * 60_000),
    ],
)
def test_lo_que_no_se_entiende_vale_la_direccion_que_llego(
    settings: Settings, cuantos: int, cabecera: str
) -> None:
    settings.PROXIES_DE_CONFIANZA = cuantos
    assert hallar(cabecera) == "10.0.0.1"
    assert hallar(cabecera, directa="") is None


@pytest.mark.parametrize(
    ("directa", "origen"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("", SIN_DIRECCION),
        ("un enchufe", SIN_DIRECCION),
    ],
)
def test_se_cuenta_por_red_y_no_por_direccion_en_ipv6(directa: str, origen: str) -> None:
    assert origen_de(RequestFactory().get("/", REMOTE_ADDR=directa)) == origen
