"""Lo que se escribe en cada clase de celda, y qué pasa cuando una hoja se llena."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from inventario.reportes.exportar.archivos import EscritorCsv, EscritorXlsx
from inventario.reportes.exportar.tabla import Clase, Columna

ZONA = "America/Guayaquil"
CASOS = [
    (Clase.TEXTO, "=1+1", "'=1+1", "'=1+1"),
    (Clase.TEXTO, "a;b", '"a;b"', "a;b"),
    (Clase.TEXTO, "dos\nlíneas", '"dos\nlíneas"', "dos\nlíneas"),
    (Clase.TEXTO, "pitido\x07", "pitido\x07", "pitido"),
    (Clase.TEXTO, None, "", None),
    (Clase.ENTERO, -3, "-3", -3),
    (Clase.CANTIDAD, Decimal("-12.5000"), "-12,5", -12.5),
    (Clase.CANTIDAD, Decimal("10.0000"), "10", 10),
    (Clase.CANTIDAD, Decimal("0.0001"), "0,0001", 0.0001),
    (Clase.DINERO, Decimal("1.0050"), "1,01", 1.01),
    (Clase.DINERO, Decimal("99999999999"), "99999999999,00", 99999999999),
    (Clase.FECHA, date(2026, 3, 10), "2026-03-10", datetime(2026, 3, 10)),  # noqa: DTZ001  # la hoja no sabe de zonas
    (
        Clase.MOMENTO,
        datetime(2026, 3, 10, 4, 59, 59, 999999, tzinfo=UTC),
        "2026-03-09 23:59:59",
        datetime(2026, 3, 9, 23, 59, 59),  # noqa: DTZ001  # ídem
    ),
    (Clase.SI_O_NO, True, "sí", "sí"),
    (Clase.SI_O_NO, False, "no", "no"),
]


def columnas(clase: Clase) -> tuple[Columna, ...]:
    return (Columna("fija", "Fija", Clase.ENTERO, lambda _: 1), Columna("x", "X", clase, lambda fila: fila))


@pytest.mark.parametrize(("clase", "valor", "en_csv", "en_hoja"), CASOS)
def test_cada_clase_de_celda(clase: Clase, valor: Any, en_csv: str, en_hoja: Any) -> None:
    texto = io.BytesIO()
    escritor_csv = EscritorCsv(texto, columnas(clase), zona=ZONA)
    escritor_csv.escribir([valor])
    escritor_csv.cerrar()
    assert texto.getvalue() == b"\xef\xbb\xbf" + f"fija;x\r\n1;{en_csv}\r\n".encode()
    hoja = io.BytesIO()
    escritor = EscritorXlsx(hoja, columnas(clase), zona=ZONA)
    escritor.escribir([valor])
    escritor.cerrar()
    [celda] = load_workbook(io.BytesIO(hoja.getvalue())).worksheets[0]["B"][1:]
    assert (celda.value, celda.data_type == "f") == (en_hoja, False)


def test_una_hoja_llena_sigue_en_otra_con_sus_titulos() -> None:
    destino = io.BytesIO()
    escritor = EscritorXlsx(destino, columnas(Clase.CANTIDAD), zona=ZONA, filas_por_hoja=2)
    escritor.escribir(Decimal(n) for n in range(3))
    escritor.escribir(Decimal(n) for n in range(3, 5))
    escritor.cerrar()
    libro = load_workbook(io.BytesIO(destino.getvalue()))
    assert libro.sheetnames == ["Datos 1", "Datos 2", "Datos 3"]
    assert [[celda.value for celda in hoja["B"]] for hoja in libro] == [["X", 0, 1], ["X", 2, 3], ["X", 4]]
