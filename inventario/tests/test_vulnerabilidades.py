"""La revisión de lo que se despliega: sale mal solo con lo que se puede arreglar, y nunca calla."""

from __future__ import annotations

from typing import Any

import pytest

from herramientas import vulnerabilidades


def _biblioteca(nombre: str, *arreglos: list[str]) -> dict[str, Any]:
    """Una biblioteca como la cuenta pip-audit, con una vulnerabilidad por cada lista de arreglos."""
    vulnerabilidades = [{"id": f"PYSEC-{n}", "fix_versions": lista} for n, lista in enumerate(arreglos)]
    return {"name": nombre, "version": "1.0", "vulns": vulnerabilidades}


DESCONOCIDA = {"name": "rara", "skip_reason": "Dependency not found on PyPI"}


def test_solo_lo_que_tiene_arreglo_sale_mal() -> None:
    informe = vulnerabilidades.leer(
        {"dependencies": [_biblioteca("sana"), _biblioteca("mala", ["1.1", "2.0"], []), DESCONOCIDA]}
    )
    assert informe.con_arreglo == ["mala 1.0: PYSEC-0, arreglada en 1.1, 2.0"]
    assert informe.sin_arreglo == ["mala 1.0: PYSEC-1, sin arreglo"]
    assert informe.sin_saber == ["rara"]


@pytest.mark.parametrize("respuesta", [{}, {"dependencies": []}, {"dependencies": [DESCONOCIDA]}])
def test_no_saber_de_ninguna_no_es_estar_a_salvo(respuesta: dict[str, Any]) -> None:
    with pytest.raises(vulnerabilidades.SinRespuesta):
        vulnerabilidades.leer(respuesta)


@pytest.mark.parametrize(
    ("respuesta", "codigo", "dicho"),
    [
        ({"dependencies": [_biblioteca("sana")]}, 0, ""),
        ({"dependencies": [_biblioteca("mala", ["1.1"])]}, 1, "MAL mala 1.0"),
        ({"dependencies": [_biblioteca("mala", [])]}, 0, "!!! mala 1.0"),
        ({"dependencies": [_biblioteca("sana"), DESCONOCIDA]}, 0, "!!! De 1 no se supo: rara."),
    ],
)
def test_la_revision_dice_lo_que_hallo(
    respuesta: dict[str, Any], codigo: int, dicho: str, capsys: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(vulnerabilidades, "preguntar", lambda: vulnerabilidades.leer(respuesta))
    assert vulnerabilidades.main() == codigo
    assert capsys.readouterr().out.startswith(dicho)


def test_sin_red_lo_dice_y_no_sale_mal(capsys: Any, monkeypatch: Any) -> None:
    # El programa de verdad, sin por dónde salir.
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert vulnerabilidades.main() == 0
    assert capsys.readouterr().out.startswith("!!! No se supo si hay vulnerabilidades: ")
