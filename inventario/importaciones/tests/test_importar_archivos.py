"""Leer archivos de fuera: lo que se entiende, y la frase con que se rechaza lo que no."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from inventario.borde import hojas
from inventario.importaciones.leer.archivos import filas_de, leer_archivo
from inventario.importaciones.leer.planillas import (
    FilaEntrada,
    FilaProducto,
    FilaSalida,
    leer_planilla,
)
from inventario.importaciones.leer.valores import leer_decimal, leer_fecha, leer_momento
from inventario.nucleo.errores import DatoInvalido


def _archivo(tmp_path: Path, contenido: str | bytes, nombre: str = "datos.csv") -> Path:
    ruta = tmp_path / nombre
    ruta.write_bytes(contenido.encode() if isinstance(contenido, str) else contenido)
    return ruta


def _xlsx(tmp_path: Path, filas: list[list[Any]]) -> Path:
    libro = Workbook()
    hoja = libro.active
    assert hoja is not None
    for fila in filas:
        hoja.append(fila)
    ruta = tmp_path / "datos.xlsx"
    libro.save(ruta)
    return ruta


def _crudas(ruta: Path) -> list[tuple[int, list[str]]]:
    return [tuple(fila) for fila in filas_de(leer_archivo(ruta))]  # type: ignore[misc]  # FilaCruda es (int, list)


@pytest.mark.parametrize(
    "contenido",
    [
        b"sku,nombre\nA,\xc3\xb1and\xc3\xba\n",
        b"sku;nombre\r\nA;\xc3\xb1and\xc3\xba\r\n",
        b"\xef\xbb\xbfsku,nombre\r\nA,\xc3\xb1and\xc3\xba",
        gzip.compress(b"sku;nombre\nA;\xc3\xb1and\xc3\xba\n"),
    ],
)
def test_leer_csv_con_coma_punto_y_coma_bom_o_comprimido_es_lo_mismo(
    tmp_path: Path, contenido: bytes
) -> None:
    assert _crudas(_archivo(tmp_path, contenido)) == [(1, ["sku", "nombre"]), (2, ["A", "ñandú"])]


def test_leer_csv_cuenta_las_filas_en_blanco_y_respeta_las_comillas(tmp_path: Path) -> None:
    ruta = _archivo(tmp_path, 'sku,nombre\n\n , \nA,"uno, ""dos""\ny tres"\n')
    assert _crudas(ruta) == [(1, ["sku", "nombre"]), (4, ["A", 'uno, "dos"\ny tres'])]


def test_leer_xlsx_da_lo_que_se_ve_en_la_hoja(tmp_path: Path) -> None:
    ruta = _xlsx(
        tmp_path,
        [
            ["sku", "cantidad", "fecha", "otro"],
            ["A", 0.67000000000000004, date(2026, 3, 31), True],
            [7, 1e-4, datetime.fromisoformat("2026-03-31T14:30"), None],
            ["B", "=1+1", 12, "  x  "],
        ],
    )
    assert _crudas(ruta) == [
        (1, ["sku", "cantidad", "fecha", "otro"]),
        (2, ["A", "0.67", "2026-03-31T00:00:00", "verdadero"]),
        (3, ["7", "0.0001", "2026-03-31T14:30:00"]),
        (4, ["B", "=1+1", "12", "x"]),
    ]


@pytest.mark.parametrize(
    ("contenido", "dice"),
    [
        (b"", "está vacío"),
        (b"  \n\n ", "está vacío"),
        ("sku,nombre\nA,ñandú\n".encode("latin-1"), "no está en UTF-8"),
        ("sku,nombre\nA,b\n".encode("utf-16"), "no está en UTF-8"),
        (b'sku,nombre\nA,"sin cerrar\n', "comillas mal puestas"),
        (b'sku,nombre\nA,"b"c\n', "línea 2: comillas mal puestas"),
        (b"sku,nombre\nA," + b"x" * 140_000, "celda desmedida"),
        (b"a," * 300 + b"\n", "más de 200 columnas"),
        (gzip.compress(b"sku,nombre\nA,b\n" * 100)[:-20], "gz está cortado o dañado"),
        (b"\x1f\x8bbasura", "gz está cortado o dañado"),
        (b"PK\x03\x04basura", "no es un XLSX"),
    ],
)
def test_leer_un_archivo_que_no_se_entiende_lo_dice(tmp_path: Path, contenido: bytes, dice: str) -> None:
    with pytest.raises(DatoInvalido, match=dice):
        _crudas(_archivo(tmp_path, contenido))


def test_leer_un_archivo_que_no_esta_o_es_carpeta_lo_dice(tmp_path: Path) -> None:
    with pytest.raises(DatoInvalido, match="No existe el archivo"):
        leer_archivo(tmp_path / "nada.csv")
    with pytest.raises(DatoInvalido, match="es una carpeta"):
        leer_archivo(tmp_path)


@pytest.mark.parametrize("partes", [{"nada.txt": "x"}, {"[Content_Types].xml": "<roto"}])
def test_leer_un_zip_que_no_es_xlsx_lo_dice(tmp_path: Path, partes: dict[str, str]) -> None:
    ruta = tmp_path / "datos.xlsx"
    with zipfile.ZipFile(ruta, "w") as paquete:
        for nombre, texto in partes.items():
            paquete.writestr(nombre, texto)
    with pytest.raises(DatoInvalido, match="no es un XLSX"):
        _crudas(ruta)


def test_leer_un_archivo_desmedido_se_rechaza_sin_descomprimirlo_entero(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomba = _archivo(tmp_path, gzip.compress(b"sku\n" + b"0" * 300_000), "bomba.gz")
    grande = _archivo(tmp_path, b"sku\n" + b"0" * 300_000, "grande.csv")
    hoja = tmp_path / "bomba.xlsx"
    with zipfile.ZipFile(hoja, "w", zipfile.ZIP_DEFLATED) as paquete:
        paquete.writestr("xl/workbook.xml", "0" * 300_000)
    monkeypatch.setattr(hojas, "MAXIMO_BYTES", 200_000)
    for ruta in (bomba, grande, hoja):
        with pytest.raises(DatoInvalido, match=r"pasa de|ocupa más de"):
            _crudas(ruta)


def _hoja_cambiada(ruta: Path, viejo: bytes, nuevo: bytes) -> Path:
    """Una hoja de una fila con ese pedazo de su XML cambiado."""
    llano = io.BytesIO()
    libro = Workbook()
    libro.worksheets[0].append(["sku", "QUE"])
    libro.save(llano)
    with zipfile.ZipFile(llano) as original, zipfile.ZipFile(ruta, "w", zipfile.ZIP_DEFLATED) as paquete:
        assert viejo in original.read("xl/worksheets/sheet1.xml")
        for parte in original.namelist():
            contenido = original.read(parte)
            paquete.writestr(parte, contenido.replace(viejo, nuevo) if "sheet1" in parte else contenido)
    return ruta


@pytest.mark.parametrize(
    ("viejo", "pedazo", "veces", "dice"),
    [
        (b"QUE", b"X", 150_000_000, "ocupa más de 100 MB"),
        (b"QUE", b"X", 90_000_000, "una celda de más de 32767"),
        (b"<t>QUE</t>", b"<r><t>XXX</t></r>", 4_000_000, "una celda de más de 32767"),
        (b"QUE", b"X", 32_768, "una celda de más de 32767"),
        (b"</row>", b'</row><row r="9"><c><v>1</v></c>', 2_000_000, "hasta 500000 filas"),
        (b"<worksheet", b'<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet', 1, "no es un XLSX"),
    ],
    ids=["150 MB", "90 MB", "en pedazos", "una letra de más", "dos millones de filas", "entidades"],
)
def test_leer_una_hoja_que_estalla_se_rechaza_sin_llenar_la_memoria(
    tmp_path: Path, viejo: bytes, pedazo: bytes, veces: int, dice: str
) -> None:
    hoja = _hoja_cambiada(tmp_path / "bomba.xlsx", viejo, pedazo * veces)
    tracemalloc.start()
    try:
        with pytest.raises(DatoInvalido, match=dice):
            _crudas(hoja)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_leer_la_celda_mas_larga_que_cabe(tmp_path: Path) -> None:
    larga = "&" * hojas.MAXIMO_CELDA
    hoja = _hoja_cambiada(
        tmp_path / "larga.xlsx", b">QUE<", b">" + larga.encode().replace(b"&", b"&#x00026;") + b"<"
    )
    assert [celdas for _, celdas in _crudas(hoja)] == [["sku", larga]]
    with pytest.raises(DatoInvalido, match="una celda de más de 32767"):
        _crudas(_archivo(tmp_path, f"sku,nombre\nA,{larga}x\n"))


def test_leer_demasiadas_filas_se_rechaza(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hojas, "MAXIMO_FILAS", 3)
    assert len(_crudas(_archivo(tmp_path, "sku\nA\nB\nC\n"))) == 4
    with pytest.raises(DatoInvalido, match="hasta 3 filas"):
        _crudas(_archivo(tmp_path, "sku\nA\nB\nC\nD\n"))


@pytest.mark.parametrize(
    ("celda", "valor"),
    [("12", "12"), ("12.5", "12.5"), ("12,5", "12.5"), ("0,0001", "0.0001"), ("-3", "-3"), ("+4", "4")],
)
def test_leer_decimal_acepta_punto_y_coma(celda: str, valor: str) -> None:
    assert leer_decimal(celda) == Decimal(valor)


@pytest.mark.parametrize(
    "celda",
    ["NaN", "Infinity", "1e5", "1.234,5", "1,234.5", "1 000", "$5", "", "٣", "0x10", "1_000", "9" * 400, "."],
)
def test_leer_decimal_rechaza_lo_que_no_es_un_numero_llano(celda: str) -> None:
    with pytest.raises(ValueError, match="debe ser un número como"):
        leer_decimal(celda)


@pytest.mark.parametrize(
    "celda", ["2026-03-31", "31/03/2026", "31-3-2026", "2026-03-31T00:00:00", "2026-03-31 00:00"]
)
def test_leer_fecha_acepta_las_dos_formas(celda: str) -> None:
    assert leer_fecha(celda) == date(2026, 3, 31)


@pytest.mark.parametrize(
    "celda",
    ["2026-02-30", "31/02/2026", "03/31/2026", "20260331", "2026-W10-1", "45000", "ayer", "2026-03-31 10:00"],
)
def test_leer_fecha_rechaza_lo_demas(celda: str) -> None:
    with pytest.raises(ValueError, match="debe ser una fecha"):
        leer_fecha(celda)


@pytest.mark.parametrize(
    ("celda", "iso"),
    [
        ("2026-03-31 14:30", "2026-03-31T14:30:00"),
        ("2026-03-31T14:30:15", "2026-03-31T14:30:15"),
        ("31/03/2026 14:30", "2026-03-31T14:30:00"),
        ("2026-03-31", "2026-03-31T00:00:00"),
        ("2026-03-31T14:30:00-05:00", "2026-03-31T14:30:00-05:00"),
    ],
)
def test_leer_momento_acepta_hora_y_desfase(celda: str, iso: str) -> None:
    assert leer_momento(celda).isoformat() == iso


@given(st.text(max_size=30))
def test_leer_cualquier_celda_da_un_dato_o_dice_que_se_admite(celda: str) -> None:
    for leer in (leer_decimal, leer_fecha, leer_momento):
        error = None
        try:
            leer(celda)
        except ValueError as visto:
            error = visto
        assert error is None or str(error).startswith("debe ser")


def test_leer_planilla_halla_las_columnas_por_su_nombre_o_alias(tmp_path: Path) -> None:
    ruta = _archivo(
        tmp_path,
        "Código de Lote;QUANTITY; Item Code ;Fecha de Vencimiento;Cost per unit;Observaciones\n"
        "L1;1,5;A;31/12/2026;0,335;nada\n",
    )
    planilla = leer_planilla(leer_archivo(ruta), FilaEntrada)
    assert planilla.filas == [
        FilaEntrada(2, "A", Decimal("1.5"), None, None, date(2026, 12, 31), Decimal("0.335"), None)
    ]
    assert planilla.sin_usar == ["Código de Lote", "Observaciones"]


def test_leer_planilla_prefiere_el_nombre_propio_al_alias(tmp_path: Path) -> None:
    ruta = _archivo(tmp_path, "codigo,sku,cantidad\nLOTE-1,A,1\n")
    (fila,) = leer_planilla(leer_archivo(ruta), FilaEntrada).filas
    assert (fila.sku, fila.lote) == ("A", "LOTE-1")


@pytest.mark.parametrize(
    ("encabezado", "dice"),
    [
        ("sku,fecha", r"Faltan columnas: cantidad\. El encabezado admite: sku, cantidad, fecha"),
        ("a,b", r"Faltan columnas: sku, cantidad\."),
        ("sku,cantidad,cantidad", "La columna «cantidad» está repetida"),
        ("SKU,sku,cantidad", "La columna «SKU» está repetida"),
    ],
)
def test_leer_planilla_sin_sus_columnas_lo_dice(tmp_path: Path, encabezado: str, dice: str) -> None:
    with pytest.raises(DatoInvalido, match=dice):
        leer_planilla(leer_archivo(_archivo(tmp_path, f"{encabezado}\n1,2,3\n")), FilaEntrada)


def test_leer_planilla_solo_con_encabezado_lo_dice(tmp_path: Path) -> None:
    with pytest.raises(DatoInvalido, match="no tiene filas debajo del encabezado"):
        leer_planilla(leer_archivo(_archivo(tmp_path, "sku,nombre\n\n")), FilaProducto)


def test_leer_planilla_junta_todo_lo_que_esta_mal_con_su_fila_y_columna(tmp_path: Path) -> None:
    ruta = _archivo(
        tmp_path,
        "momento,sku,cantidad\n"
        "2026-03-31 08:00,A,1\n"
        "ayer,,NaN\n"
        "2026-03-31 09:00,=A1,1\n"
        f"2026-03-31 09:00,{'x' * 400},1\n"
        "2026-03-31 09:00,A\0B,1\n"
        "2026-03-31 09:00\n",
    )
    planilla = leer_planilla(leer_archivo(ruta), FilaSalida)
    assert planilla.leidas == 6
    assert planilla.filas == [
        FilaSalida(2, datetime.fromisoformat("2026-03-31T08:00"), "A", Decimal(1), None)
    ]
    assert [str(rechazo) for rechazo in planilla.rechazos] == [
        "Fila 3, columna «momento»: debe ser fecha y hora como 2026-03-31 14:30 o 31/03/2026 14:30; "
        "dice «ayer».",
        "Fila 3, columna «sku»: está vacía.",
        "Fila 3, columna «cantidad»: debe ser un número como 12.5 o 12,5, sin separador de miles; "
        "dice «NaN».",
        "Fila 4, columna «sku»: tiene una fórmula: pegue su valor.",
        "Fila 5, columna «sku»: se admiten hasta 300 caracteres.",
        "Fila 6, columna «sku»: tiene caracteres que no se pueden mostrar.",
        "Fila 7, columna «sku»: está vacía.",
        "Fila 7, columna «cantidad»: está vacía.",
    ]
