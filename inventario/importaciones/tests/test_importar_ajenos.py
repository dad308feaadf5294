"""Un archivo que no es lo que dice se rechaza con una frase, nunca con una traza."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from inventario.importaciones.leer.archivos import filas_de, leer_archivo
from inventario.nucleo.errores import DatoInvalido

TIPOS = (
    '<?xml version="1.0"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
)
DE_TEXTO = (
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
)


@pytest.mark.parametrize(
    "partes",
    [
        {"a.txt": "x"},
        {"[Content_Types].xml": TIPOS.format(DE_TEXTO), "word/document.xml": "<x/>"},
        {"[Content_Types].xml": "<x/>"},
        {"[Content_Types].xml": "<x"},
    ],
    ids=["un zip cualquiera", "un documento de texto", "sin tipos", "cortado"],
)
def test_lo_que_no_es_una_hoja_de_calculo_se_dice_en_una_frase(
    tmp_path: Path, partes: dict[str, str]
) -> None:
    ruta = tmp_path / "planilla.xlsx"
    with zipfile.ZipFile(ruta, "w") as paquete:
        for nombre, texto in partes.items():
            paquete.writestr(nombre, texto)
    with pytest.raises(DatoInvalido, match="no es un XLSX que se pueda leer"):
        list(filas_de(leer_archivo(ruta)))


def test_un_zip_con_contrasena_se_dice_en_una_frase(tmp_path: Path) -> None:
    ruta = tmp_path / "planilla.xlsx"
    with zipfile.ZipFile(ruta, "w") as paquete:
        paquete.writestr("[Content_Types].xml", TIPOS.format(""))
    contenido = bytearray(ruta.read_bytes())
    # El bit 0 de las banderas, en la parte y en el índice, dice que está cifrada.
    contenido[6] |= 1
    contenido[contenido.index(b"PK\x01\x02") + 8] |= 1
    ruta.write_bytes(contenido)
    with pytest.raises(DatoInvalido, match="no es un XLSX"):
        list(filas_de(leer_archivo(ruta)))
