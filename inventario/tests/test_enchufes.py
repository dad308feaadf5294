"""Un enchufe mal escrito no deja arrancar."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from config import enchufes
from inventario.existencias import historia
from inventario.nucleo.checks import ENCHUFES

HISTORIA = "inventario.existencias.historia"
VACIA = f"{HISTORIA}.exigir_bodega_vacia"


def hallado() -> list[tuple[str | None, str]]:
    return [(uno.id, uno.msg) for uno in run_checks(tags=["enchufes"])]


def test_lo_de_siempre_pasa() -> None:
    assert hallado() == []


def test_ningun_enchufe_queda_sin_revisar() -> None:
    de_eventos = {"CONSUMIDORES_DE_EVENTOS", "CONSUMIDORES_EN_EL_ACTO"}
    revisados = {*ENCHUFES, "HISTORIA_DE_PRODUCTO"} | de_eventos
    assert {nombre for nombre in vars(enchufes) if nombre.isupper() and nombre[0] != "_"} == revisados


@pytest.mark.parametrize("ajuste", ["VERIFICACIONES_DE_LIBROS", "AL_CREAR_EMPRESA", "AL_CERRAR_BODEGA"])
@pytest.mark.parametrize(
    ("ruta", "motivo"),
    [
        (f"{HISTORIA}.exijir_bodega_vacia", "no se puede importar"),
        ("inventario.existensias.historia.exigir_bodega_vacia", "no se puede importar"),
        ("suelto", "no se puede importar"),
        ("inventario.nucleo.cantidades.CERO", "no es una función"),
    ],
)
def test_una_funcion_mal_escrita_se_dice(settings: Any, ajuste: str, ruta: str, motivo: str) -> None:
    setattr(settings, ajuste, [VACIA, ruta])
    [(codigo, mensaje)] = hallado()
    assert codigo == "nucleo.E001"
    assert mensaje.startswith(f"{ajuste} nombra «{ruta}», que {motivo}")


def test_la_historia_mal_escrita_se_dice_por_cada_pregunta(settings: Any) -> None:
    settings.HISTORIA_DE_PRODUCTO = "inventario.existencias.istoria"
    assert [codigo for codigo, _ in hallado()] == ["productos.E001"] * 6


@pytest.mark.parametrize(
    "pregunta",
    [
        "retener",
        "tiene_historia",
        "unidad_con_historia",
        "fisica_por_bodega",
        "movimientos_por_bodega",
        "ataduras_por_bodega",
    ],
)
def test_la_historia_tiene_todo_lo_que_el_catalogo_pregunta(
    pregunta: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(historia, pregunta)
    [(codigo, mensaje)] = hallado()
    assert codigo == "productos.E001"
    assert f"«{HISTORIA}.{pregunta}»" in mensaje


def test_con_uno_mal_escrito_ninguna_orden_arranca(settings: Any) -> None:
    settings.AL_CERRAR_BODEGA = [f"{HISTORIA}.nadie"]
    with pytest.raises(SystemCheckError, match="AL_CERRAR_BODEGA nombra"):
        call_command("check")
