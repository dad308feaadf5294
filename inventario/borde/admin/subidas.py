"""Lo que se sube para importar: medido antes de leerlo, y guardado donde nadie más mira."""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from import_export.forms import ImportForm
from import_export.tmp_storages import TempFolderStorage

from inventario.borde import hojas
from inventario.nucleo.errores import DatoInvalido

# Un catálogo auxiliar, cuya vista previa se arma mientras alguien espera: menos de un segundo.
MAXIMO_BYTES = 2**20
MAXIMO_FILAS = 200


class FormularioMedido(ImportForm):  # type: ignore[misc]  # import_export no trae tipos
    """El de la biblioteca, que rechaza en su campo lo que ocupa o trae de más."""

    def clean(self) -> Any:
        datos = super().clean()
        archivo = self.cleaned_data.get("import_file")
        formato = dict(self.fields["format"].choices).get(self.cleaned_data.get("format"))
        if archivo is not None and formato is not None:
            try:
                _exigir_medida(archivo, formato)
            except DatoInvalido as error:
                self.add_error("import_file", error.mensaje)
            finally:
                archivo.seek(0)
        return datos


def _exigir_medida(archivo: File[bytes], formato: str) -> None:
    """Se mide como se va a leer, según el formato: un archivo puede ser un ZIP y también un CSV."""
    nombre = archivo.name or ""
    if archivo.size > MAXIMO_BYTES:
        raise hojas.ilegible(f"Se admite hasta {MAXIMO_BYTES // 2**20} MB: divídalo.")
    if formato == "csv":
        _exigir_csv_medido(nombre, archivo.read())
        return
    try:
        with zipfile.ZipFile(archivo) as paquete:
            hojas.exigir_hoja_medida(nombre, paquete, filas=MAXIMO_FILAS)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise hojas.ilegible(f"{nombre} no es un XLSX que se pueda leer.") from error


def _exigir_csv_medido(nombre: str, contenido: bytes) -> None:
    # `newline=None`: una fila acaba también en un retorno de carro, como al leerla después.
    texto = io.StringIO(contenido.decode("utf-8", "replace"), newline=None)
    try:
        for numero, fila in enumerate(csv.reader(texto)):
            if numero > MAXIMO_FILAS:
                raise hojas.demasiadas_filas(MAXIMO_FILAS)
            if len(fila) > hojas.MAXIMO_COLUMNAS:
                raise hojas.ilegible(f"{nombre} tiene más de {hojas.MAXIMO_COLUMNAS} columnas.")
            if any(len(celda) > hojas.MAXIMO_CELDA for celda in fila):
                raise hojas.celda_desmedida(nombre)
    except csv.Error as error:
        raise hojas.ilegible(f"{nombre} no es un CSV que se pueda leer.") from error


class EnCarpetaPropia(TempFolderStorage):  # type: ignore[misc]  # ídem
    """Entre la vista previa y la confirmación, en la carpeta de las subidas y no en la de todo el mundo."""

    name: str

    def get_full_path(self) -> str:
        # Quien confirma manda el nombre: solo puede ser el de algo de esta carpeta.
        return str(Path(settings.FILE_UPLOAD_TEMP_DIR) / Path(self.name).name)

    def _open(self, mode: str = "r") -> Any:
        if self.name:
            return open(self.get_full_path(), mode, encoding=self.encoding)
        manija, ruta = tempfile.mkstemp(dir=settings.FILE_UPLOAD_TEMP_DIR)
        self.name = Path(ruta).name
        return os.fdopen(manija, "w+b")


def barrer(ahora: datetime) -> None:
    """Borra lo que nadie confirmó, y lo que dejó a medias un proceso muerto, después de un día."""
    for ruta in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir():
        if ahora.timestamp() - ruta.lstat().st_mtime <= 24 * 3600:
            continue
        if ruta.is_dir() and not ruta.is_symlink():
            shutil.rmtree(ruta, ignore_errors=True)
        else:
            ruta.unlink(missing_ok=True)
