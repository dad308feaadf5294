"""La reproducción de una corriente inventada coincide con un modelo que no conoce el libro."""

from __future__ import annotations

import gzip
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from inventario.cuentas.models import Empresa
from inventario.movimientos.models import Asiento, Movimiento
from inventario.movimientos.tests import corriente
from inventario.movimientos.tests.mundo import comprobar_invariantes
from inventario.nucleo.empresa import en_empresa

pytestmark = pytest.mark.django_db


@pytest.fixture
def carpeta(tmp_path: Path) -> Path:
    corriente.escribir(tmp_path, semilla=7)
    return tmp_path


def _reproducir(carpeta: Path, slug: str = "farmacia") -> str:
    salida = io.StringIO()
    call_command("reproducir_farmacia", datos=carpeta, empresa_slug=slug, stdout=salida, stderr=io.StringIO())
    return salida.getvalue()


def _cambiar(carpeta: Path, cambio: dict[str, Any], sku: str = "") -> None:
    ruta = carpeta / "farmacia_esperado.json"
    esperado = json.loads(ruta.read_text())
    (esperado["por_sku"][sku] if sku else esperado).update(cambio)
    ruta.write_text(json.dumps(esperado))


@pytest.mark.parametrize("semilla", [1, 2])
def test_reproducir_una_corriente_inventada_coincide_con_el_modelo(tmp_path: Path, semilla: int) -> None:
    esperado = corriente.escribir(tmp_path, semilla)
    # Que la corriente tenga de todo: si no, coincidir no diría nada.
    cifras: dict[str, Any] = esperado["por_sku"]  # type: ignore[assignment]  # el JSON no tiene tipo fijo
    assert esperado["salidas_totales"] == 360
    assert int(str(esperado["salidas_rechazadas_por_falta"])) >= 5
    assert int(str(esperado["lineas_de_salida"])) > int(str(esperado["salidas_aceptadas"]))
    assert sum(uno[f"vencido_al_{corriente.HASTA}"] != "0.0000" for uno in cifras.values()) >= 2
    assert any(uno["despachado"].endswith(tuple("123456789")) for uno in cifras.values())

    dicho = _reproducir(tmp_path)

    assert "Todo coincide con lo esperado, hasta la última cifra." in dicho
    assert re.search(r"80 entradas, \d+ despachos y \d+ rechazados por falta, en [\d.]+ s", dicho)
    empresa = Empresa.objects.get(slug="farmacia")
    with en_empresa(empresa):
        comprobar_invariantes()
        assert Movimiento.objects.filter(tipo="salida").count() == esperado["lineas_de_salida"]
        entrada = Asiento.objects.filter(tipo="entrada").earliest("pk")
        # La medianoche de Guayaquil son las cinco de la mañana en UTC.
        assert entrada.fecha_efectiva.isoformat() == "2019-01-01T05:00:00+00:00"


def test_reproducir_en_una_empresa_que_ya_existe_se_rechaza(carpeta: Path) -> None:
    _reproducir(carpeta, slug="una")
    antes = Movimiento._base_manager.count()
    with pytest.raises(CommandError, match="Ya existe una empresa con el identificador «una»"):
        _reproducir(carpeta, slug="una")
    assert Movimiento._base_manager.count() == antes


def test_un_esperado_alterado_termina_en_1_y_lista_cada_diferencia(carpeta: Path) -> None:
    _cambiar(carpeta, {"salidas_aceptadas": 1, "lineas_de_salida": 1, "entradas": 79})
    _cambiar(carpeta, {"cantidad_final": "0.0001", "lotes_con_saldo": 99}, "F03")
    _cambiar(carpeta, {"costo_despachado": "0.01", "valor_final": "nada", "inventada": 1}, "F04")
    ruta = carpeta / "farmacia_esperado.json"
    esperado = json.loads(ruta.read_text())
    esperado["por_sku"]["ZZ"] = esperado["por_sku"].pop("F07")
    ruta.write_text(json.dumps(esperado))
    salida = io.StringIO()

    with pytest.raises(CommandError, match="Hay 10 diferencias con lo esperado") as error:
        call_command("reproducir_farmacia", datos=carpeta, stdout=salida, stderr=io.StringIO())

    assert error.value.returncode == 1
    dichas = [linea.strip() for linea in salida.getvalue().splitlines()[1:]]
    patrones = [
        r"entradas: quedó 80 y se esperaba 79",
        r"lineas_de_salida: quedó \d+ y se esperaba 1",
        r"salidas_aceptadas: quedó \d+ y se esperaba 1",
        r"F03\.cantidad_final: quedó [\d.]+ y se esperaba 0\.0001",
        r"F03\.lotes_con_saldo: quedó \d+ y se esperaba 99",
        r"F04\.costo_despachado: quedó [\d.]+ y se esperaba 0\.01",
        r"F04\.inventada: se esperaba 1 y no es una cifra que se compare",
        r"F04\.valor_final: quedó [\d.]+ y se esperaba nada",
        r"F07: sobra el producto",
        r"ZZ: falta el producto",
    ]
    for patron, dicha in zip(patrones, dichas, strict=True):
        assert re.fullmatch(patron, dicha)


def test_una_carpeta_que_no_sirve_se_dice_y_no_crea_la_empresa(carpeta: Path) -> None:
    def falla(dice: str) -> None:
        with pytest.raises(CommandError, match=dice):
            _reproducir(carpeta)
        assert not Empresa.objects.exists()

    salidas = carpeta / "farmacia_salidas.csv.gz"
    bueno = salidas.read_bytes()
    salidas.write_bytes(bueno[:200])
    falla("gz está cortado o dañado")
    salidas.write_bytes(gzip.compress(b"momento,sku,cantidad\n2019-01-01 08:00:00,F01,NaN\n"))
    falla("Fila 2, columna «cantidad»: debe ser un número")
    salidas.write_bytes(gzip.compress(b"momento,sku,cantidad\n2019-01-01 08:00:00,OTRO,1\n"))
    falla("nombra «OTRO», que no está en los productos")
    salidas.unlink()
    falla("No existe el archivo")
    (carpeta / "farmacia_esperado.json").write_text("{")
    falla("no se puede leer como JSON")
    (carpeta / "farmacia_esperado.json").write_text("[]")
    falla("no tiene la forma esperada")
    (carpeta / "farmacia_esperado.json").unlink()
    falla(r"No hay farmacia_esperado\.json")
