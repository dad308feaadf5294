"""Todo hecho está en el catálogo y con nombre; fuera de él nadie lo nombra con un texto suelto."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from inventario.eventos import catalogo
from inventario.eventos.catalogo import CATALOGO, AlertaAbierta, AsientoRegistrado, Hecho, ImportacionAplicada
from inventario.nucleo.cache import Familia

CASA = Path(catalogo.__file__).resolve().parents[1]
# Lo mismo escrito, pero otra cosa: códigos de error, una restricción y un tipo de alerta.
HOMONIMOS = {
    ("movimientos/errores.py", "lote_bloqueado"),
    ("lotes/models.py", "lote_bloqueado"),
    ("alertas/services.py", "alerta_cerrada"),
    ("alertas/models.py", "reserva_sin_respaldo"),
    ("alertas/api.py", "reserva_sin_respaldo"),
    *(
        ("auditoria/hechos.py", hecho)
        for hecho in ("reserva_cancelada", "importacion_deshecha", "lote_bloqueado", "lote_desbloqueado")
    ),
}


def _codigo() -> Iterator[tuple[str, ast.Module]]:
    """El código que corre y puede nombrar un hecho: ni pruebas ni migraciones ni el catálogo."""
    for archivo in sorted(CASA.rglob("*.py")):
        ruta = archivo.relative_to(CASA)
        if not {"tests", "migrations"} & set(ruta.parts) and archivo != Path(catalogo.__file__):
            yield ruta.as_posix(), ast.parse(archivo.read_text())


def _sueltos(arbol: ast.Module) -> set[str]:
    textos = {nodo.value for nodo in ast.walk(arbol) if isinstance(nodo, ast.Constant)}
    return {texto for texto in textos if isinstance(texto, str)} & CATALOGO.keys()


def _nombrados(arbol: ast.Module) -> set[str]:
    return {nodo.id for nodo in ast.walk(arbol) if isinstance(nodo, ast.Name)}


def test_ningun_tipo_de_evento_se_escribe_suelto() -> None:
    assert {(ruta, texto) for ruta, arbol in _codigo() for texto in _sueltos(arbol)} == HOMONIMOS


@pytest.mark.parametrize(
    "codigo",
    ["Evento(tipo='asiento_registrado')", "evento.tipo == 'alerta_abierta'", "TIPOS = ['producto_cambiado']"],
)
def test_uno_suelto_se_descubre(codigo: str) -> None:
    assert len(_sueltos(ast.parse(codigo))) == 1


def test_todo_hecho_con_codigo_esta_en_el_catalogo() -> None:
    clases = [uno for uno in vars(catalogo).values() if isinstance(uno, type) and issubclass(uno, Hecho)]
    assert {uno.codigo: uno for uno in clases if "codigo" in vars(uno)} == CATALOGO
    assert len(CATALOGO) == 16


@pytest.mark.parametrize("hecho", CATALOGO.values(), ids=str)
def test_cada_uno_tiene_nombre_en_los_dos_idiomas_y_algo_que_olvidar(hecho: type[Hecho]) -> None:
    with translation.override("es"):
        nombre = str(hecho.nombre)
    with translation.override("en"):
        ingles = str(hecho.nombre)
    assert nombre
    assert ingles not in ("", nombre)
    assert {*hecho.olvida} & {*Familia} == {*hecho.olvida} != set()
    assert len(hecho.codigo) <= 60


def test_cada_uno_lo_cuenta_alguien() -> None:
    nombrados = set().union(*(_nombrados(arbol) for _, arbol in _codigo()))
    assert {hecho.__name__ for hecho in CATALOGO.values()} - nombrados == set()


def test_los_que_se_esperan_existen() -> None:
    assert settings.CONSUMIDORES_DE_EVENTOS.keys() <= CATALOGO.keys()


def test_un_hecho_dice_su_clave_y_sus_datos() -> None:
    asiento = AsientoRegistrado(producto=7, bodega=2, asiento=5, tipo="salida")
    assert (asiento.codigo, asiento.clave) == ("asiento_registrado", "producto:7")
    assert asiento.datos == {"producto": 7, "bodega": 2, "asiento": 5, "tipo": "salida"}
    resumen = ImportacionAplicada(importacion=3, clase="entradas", productos=[7])
    assert (resumen.clave, resumen.datos) == ("", {"importacion": 3, "clase": "entradas", "productos": [7]})


def test_una_alerta_no_hace_olvidar_los_productos() -> None:
    assert (AsientoRegistrado.olvida, AlertaAbierta.olvida) == ((Familia.PRODUCTO,), (Familia.ALERTA,))
