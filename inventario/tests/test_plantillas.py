"""Cada plantilla cabe en la pantalla, empieza por decir qué es y se dibuja desde alguna parte."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import get_template

from inventario.alertas.models import TipoAlerta

CASA = Path(__file__).resolve().parents[2]
CARPETA = CASA / "templates"
LARGO = 160
# Las de otras bibliotecas, que ellas mismas buscan por su nombre.
AJENAS = {
    "admin/import_export/resource_fields_list.html",
    "admin/pagination.html",
    "drf_spectacular/swagger_ui.html",
}
_NOMBRE = re.compile(r"""["']([\w/]+\.(?:html|txt))["']""")


def _plantillas() -> list[Path]:
    return sorted(archivo for archivo in CARPETA.rglob("*") if archivo.is_file())


def _nombre(plantilla: Path) -> str:
    return plantilla.relative_to(CARPETA).as_posix()


def _nombradas() -> set[str]:
    """Las que nombra el código que se sirve, o alguna otra plantilla."""
    codigo = [uno for carpeta in ("config", "inventario") for uno in (CASA / carpeta).rglob("*.py")]
    textos = [uno.read_text() for uno in codigo if "tests" not in uno.parts]
    return {
        nombre
        for texto in (*textos, *(uno.read_text() for uno in _plantillas()))
        for nombre in _NOMBRE.findall(texto)
    }


def _por_tipo_de_alerta() -> set[str]:
    return {f"alertas/{carpeta}/{tipo}.html" for carpeta in ("bloques", "frases") for tipo in TipoAlerta}


def test_ninguna_linea_pasa_de_ciento_sesenta() -> None:
    largas = [
        f"{_nombre(plantilla)}:{numero}"
        for plantilla in _plantillas()
        for numero, linea in enumerate(plantilla.read_text().splitlines(), start=1)
        if len(linea) > LARGO
    ]
    assert largas == []


def test_cada_una_empieza_por_decir_que_es() -> None:
    assert [_nombre(uno) for uno in _plantillas() if not uno.read_text().startswith("{# ")] == []


@pytest.mark.parametrize("nombre", [_nombre(plantilla) for plantilla in _plantillas()])
def test_se_entiende(nombre: str) -> None:
    leida: Any = get_template(nombre)
    assert leida.origin.name == str(CARPETA / nombre)


def test_cada_tipo_de_alerta_tiene_su_bloque_y_su_frase() -> None:
    assert _por_tipo_de_alerta() <= {_nombre(plantilla) for plantilla in _plantillas()}


def test_ninguna_sobra() -> None:
    usadas = _nombradas() | _por_tipo_de_alerta() | AJENAS
    assert [_nombre(plantilla) for plantilla in _plantillas() if _nombre(plantilla) not in usadas] == []
