"""Los errores nuestros que dejarían mal los libros se lanzan siempre, también con `python -O`."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from inventario.movimientos import libro
from inventario.movimientos.libro.glosa import SIN_GLOSA
from inventario.movimientos.libro.hoja import Linea
from inventario.movimientos.models import TipoAsiento
from inventario.movimientos.models.tipos import tipo_de_linea
from inventario.movimientos.querysets import clave_de
from inventario.movimientos.reparto import repartir
from inventario.movimientos.tests.mundo import Mundo, cant
from inventario.nucleo.errores import Incoherencia

CASA = Path(libro.__file__).resolve().parents[2]
SIN_ASSERT = (
    *sorted(Path(libro.__file__).parent.glob("*.py")),
    CASA / "movimientos" / "reparto.py",
    CASA / "movimientos" / "models" / "tipos.py",
    CASA / "nucleo" / "sql.py",
)


@pytest.mark.parametrize("archivo", SIN_ASSERT, ids=lambda archivo: archivo.name)
def test_lo_que_guarda_el_libro_no_depende_de_un_assert(archivo: Path) -> None:
    arbol = ast.parse(archivo.read_text())
    assert [nodo.lineno for nodo in ast.walk(arbol) if isinstance(nodo, ast.Assert)] == []


def test_una_incoherencia_sobrevive_a_python_o() -> None:
    """Sin base: repartir lo que no alcanza es el error que dejaría salir menos de lo pedido."""
    codigo = (
        "import django; django.setup()\n"
        "from decimal import Decimal\n"
        "from inventario.movimientos.reparto import repartir\n"
        "from inventario.nucleo.errores import Incoherencia\n"
        "try: repartir(Decimal(3), [])\n"
        "except Incoherencia as error: print(error)\n"
    )
    corrida = subprocess.run(
        [sys.executable, "-O", "-c", codigo],
        cwd=CASA.parent,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "DJANGO_ENTORNO": "desarrollo"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert corrida.stdout.strip() == "Se repartió sin comprobar que alcanzara: faltan 3."


def test_repartir_lo_que_no_hay_no_saca_menos() -> None:
    with pytest.raises(Incoherencia, match="faltan 2"):
        repartir(cant(2), [])


def test_una_entrada_no_admite_una_linea_que_resta() -> None:
    with pytest.raises(Incoherencia, match="no admite el signo"):
        tipo_de_linea(TipoAsiento.ENTRADA, cant(-1))


def test_anotar_mas_de_lo_que_hay_no_deja_saldos_negativos(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 5)
    antes = mundo.foto()

    def sacar_de_mas() -> None:
        with mundo.hoja(producto) as hoja:
            [suyo] = hoja.lotes(clave_de(lote))
            linea = Linea(suyo, cant(-6), lote.costo_unitario)
            hoja.asentar(TipoAsiento.SALIDA, [linea], actor=mundo.actor, glosa=SIN_GLOSA)

    with pytest.raises(Incoherencia, match="quedarían -1"):
        sacar_de_mas()
    assert mundo.foto() == antes


def test_un_asiento_sin_lineas_no_se_guarda(mundo: Mundo) -> None:
    producto = mundo.producto()
    antes = mundo.foto()

    def empezar_y_nada_mas() -> None:
        with mundo.hoja(producto) as hoja:
            hoja.empezar(TipoAsiento.SALIDA, actor=mundo.actor, glosa=SIN_GLOSA)

    with pytest.raises(Incoherencia, match="sin líneas"):
        empezar_y_nada_mas()
    assert mundo.foto() == antes


def test_un_lote_que_no_se_nombro_no_se_toca(mundo: Mundo) -> None:
    ajeno = mundo.entrada(mundo.producto("Otro"), 5)
    producto = mundo.producto()
    with mundo.hoja(producto) as hoja, pytest.raises(Incoherencia, match="no se nombró"):
        hoja.lote(ajeno.pk)
