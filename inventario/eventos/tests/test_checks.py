"""Un consumidor mal escrito no deja arrancar."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from inventario.eventos.consumidores import HaciaAfuera
from inventario.eventos.models import Evento

AQUI = "inventario.eventos.tests.test_checks"
NO_ES_FUNCION = 3


def bueno(evento: Evento) -> None:
    """Consumidor que no hace nada."""


mandar = HaciaAfuera(bueno)


def hallado(settings: Any, esperan: dict[str, Any], en_el_acto: list[str]) -> list[str | None]:
    settings.CONSUMIDORES_DE_EVENTOS, settings.CONSUMIDORES_EN_EL_ACTO = esperan, en_el_acto
    return [uno.id for uno in run_checks(tags=["eventos"])]


def test_la_configuracion_de_siempre_pasa() -> None:
    assert run_checks(tags=["eventos"]) == []


@pytest.mark.parametrize(
    ("esperan", "en_el_acto", "falta"),
    [
        ({"producto_cambiado": [f"{AQUI}.bueno"]}, [f"{AQUI}.bueno"], []),
        ({"producto_cambiado": [f"{AQUI}.mandar"]}, [], []),
        ({"producto_canbiado": [f"{AQUI}.bueno"]}, [], ["eventos.E001"]),
        ({"producto_cambiado": [f"{AQUI}.malo"]}, [], ["eventos.E002"]),
        ({"producto_cambiado": ["no.existe"]}, [], ["eventos.E002"]),
        ({"producto_cambiado": ["suelto"]}, ["suelto"], ["eventos.E002"]),
        ({"producto_cambiado": [f"{AQUI}.NO_ES_FUNCION"]}, [], ["eventos.E002"]),
        ({"producto_cambiado": f"{AQUI}.bueno"}, [], ["eventos.E005"]),
        ({"producto_cambiado": [f"{AQUI}.bueno"]}, [f"{AQUI}.otro"], ["eventos.E003"]),
        ({"producto_cambiado": [f"{AQUI}.mandar"]}, [f"{AQUI}.mandar"], ["eventos.E004"]),
    ],
)
def test_lo_mal_escrito_se_dice(
    settings: Any, esperan: dict[str, Any], en_el_acto: list[str], falta: list[str]
) -> None:
    assert hallado(settings, esperan, en_el_acto) == falta


def test_con_uno_mal_escrito_ninguna_orden_arranca(settings: Any) -> None:
    settings.CONSUMIDORES_DE_EVENTOS = {"lo_que_sea": [f"{AQUI}.bueno"]}
    settings.CONSUMIDORES_EN_EL_ACTO = []
    with pytest.raises(SystemCheckError, match="«lo_que_sea», que no es un tipo de evento"):
        call_command("check")
