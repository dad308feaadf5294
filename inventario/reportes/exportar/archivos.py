"""Escribir una tabla en CSV o en hoja de cálculo, de a tandas y sin tenerla entera en memoria."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Protocol
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from inventario.nucleo.cantidades import en_dinero, legible
from inventario.nucleo.textos import para_hoja
from inventario.reportes.exportar.tabla import Clase, Columna, Formato

# La hoja de cálculo admite 1 048 576 filas: se sigue en otra antes de llegar.
FILAS_POR_HOJA = 1_000_000
# Hasta aquí el archivo espera en memoria; más grande, en disco.
EN_MEMORIA = 2**20
LARGO_DE_CELDA = 32_000
_FORMATOS = {
    Clase.DINERO: "#,##0.00",
    Clase.FECHA: "yyyy-mm-dd",
    Clase.MOMENTO: "yyyy-mm-dd hh:mm:ss",
}


TIPO_DE_CONTENIDO = {
    Formato.CSV: "text/csv; charset=utf-8",
    Formato.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Escritor(Protocol):
    """Escribe en un archivo abierto en binario; el archivo lo cierra quien lo abrió."""

    def escribir(self, filas: Iterable[Any]) -> None: ...

    def cerrar(self) -> None:
        """Escribe lo que falte. Sin esto el archivo queda incompleto."""


class EscritorCsv:
    """Separado por `;`, con coma decimal y marca de orden: lo que abre bien una hoja de cálculo en español.

    Fechas ISO; los momentos, en la hora de la empresa.
    """

    def __init__(self, destino: IO[bytes], columnas: Sequence[Columna], *, zona: str) -> None:
        self._columnas, self._zona = columnas, ZoneInfo(zona)
        self._texto = io.TextIOWrapper(destino, encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._texto, delimiter=";", lineterminator="\r\n")
        self._csv.writerow([columna.clave for columna in columnas])

    def escribir(self, filas: Iterable[Any]) -> None:
        self._csv.writerows(
            [en_texto(columna.clase, columna.leer(fila), self._zona) for columna in self._columnas]
            for fila in filas
        )

    def cerrar(self) -> None:
        self._texto.flush()
        # Sin soltarlo, al recoger la envoltura se cerraría también el archivo.
        self._texto.detach()


class EscritorXlsx:
    """Con números y fechas de verdad, y el texto siempre como texto."""

    def __init__(
        self,
        destino: IO[bytes],
        columnas: Sequence[Columna],
        *,
        zona: str,
        filas_por_hoja: int = FILAS_POR_HOJA,
    ) -> None:
        self._destino, self._columnas, self._zona = destino, columnas, ZoneInfo(zona)
        self._por_hoja = filas_por_hoja
        self._libro = Workbook(write_only=True)
        self._abrir_hoja()

    def escribir(self, filas: Iterable[Any]) -> None:
        for fila in filas:
            if self._escritas == self._por_hoja:
                self._abrir_hoja()
            self._hoja.append([self._celda(columna, fila) for columna in self._columnas])
            self._escritas += 1

    def cerrar(self) -> None:
        self._libro.save(self._destino)

    def _abrir_hoja(self) -> None:
        self._hoja: Any = self._libro.create_sheet(f"Datos {len(self._libro.worksheets) + 1}")
        self._hoja.freeze_panes = "A2"
        self._hoja.append([str(columna.titulo) for columna in self._columnas])
        self._escritas = 0
        # Una celda por columna para toda la hoja: la fila se escribe al agregarla, y armar el estilo de cada
        # celda costaría más que todo lo demás.
        self._celdas = {columna.clave: WriteOnlyCell(self._hoja) for columna in self._columnas}
        for columna in self._columnas:
            # Una cantidad va en el formato general: otro mostraría los enteros con el punto colgando.
            self._celdas[columna.clave].number_format = _FORMATOS.get(columna.clase, "General")

    def _celda(self, columna: Columna, fila: Any) -> Any:
        valor = columna.leer(fila)
        if valor is None:
            return None
        if columna.clase is Clase.SI_O_NO:
            return "sí" if valor else "no"
        if columna.clase is Clase.TEXTO:
            return para_hoja(ILLEGAL_CHARACTERS_RE.sub("", str(valor))[:LARGO_DE_CELDA])
        if columna.clase is Clase.ENTERO:
            return valor
        celda = self._celdas[columna.clave]
        celda.value = self._en_celda(columna.clase, valor)
        return celda

    def _en_celda(self, clase: Clase, valor: Decimal | date) -> Any:
        if clase is Clase.DINERO:
            assert isinstance(valor, Decimal)
            return en_dinero(valor)
        # La hoja de cálculo no sabe de zonas: se le da la hora que marcaba el reloj de la empresa.
        return _local(valor, self._zona) if isinstance(valor, datetime) else valor


ESCRITORES: dict[str, type[EscritorCsv] | type[EscritorXlsx]] = {
    Formato.CSV: EscritorCsv,
    Formato.XLSX: EscritorXlsx,
}


def en_texto(clase: Clase, valor: Any, zona: ZoneInfo) -> str:
    """Un valor como lo dice el CSV."""
    if valor is None:
        return ""
    if clase is Clase.DINERO:
        return format(en_dinero(valor), "f").replace(".", ",")
    if clase is Clase.CANTIDAD:
        return legible(valor).replace(".", ",")
    if clase is Clase.MOMENTO:
        return _local(valor, zona).isoformat(sep=" ")
    if clase is Clase.FECHA:
        return str(valor.isoformat())
    if clase is Clase.SI_O_NO:
        return "sí" if valor else "no"
    return para_hoja(str(valor)) if clase is Clase.TEXTO else str(valor)


def en_memoria_o_disco(
    formato: Formato, columnas: Sequence[Columna], tandas: Iterable[Iterable[Any]], *, zona: str
) -> IO[bytes]:
    """Devuelve el archivo entero, abierto en binario por su principio; lo cierra quien lo pidió.

    Se arma antes de mandarlo: mientras se manda ya no hay transacción que un cliente lento retenga, y si
    algo falla todavía se puede responder el error.
    """
    archivo = tempfile.SpooledTemporaryFile(max_size=EN_MEMORIA)  # noqa: SIM115  # lo cierra quien lo pidió
    try:
        escritor = ESCRITORES[formato](archivo, columnas, zona=zona)
        for filas in tandas:
            escritor.escribir(filas)
        escritor.cerrar()
        archivo.seek(0)
    except BaseException:
        archivo.close()
        raise
    return archivo


def _local(momento: datetime, zona: ZoneInfo) -> datetime:
    return momento.astimezone(zona).replace(tzinfo=None, microsecond=0)
