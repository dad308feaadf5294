"""Lo que se sube para importar: medido antes de leerlo, y guardado donde nadie más mira."""

from __future__ import annotations

import os
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from import_export.forms import ImportForm
from import_export.tmp_storages import TempFolderStorage

from inventario.borde import hojas
from inventario.nucleo.errores import DatoInvalido

# Un catálogo auxiliar: cabe de sobra, y se lee mientras alguien espera.
MAXIMO_BYTES = 2**20
MAXIMO_FILAS = 2000


class FormularioMedido(ImportForm):  # type: ignore[misc]  # import_export no trae tipos
    """El de la biblioteca, que rechaza en su campo lo que ocupa o trae de más."""

    def clean_import_file(self) -> Any:
        archivo = self.cleaned_data["import_file"]
        if archivo.size > MAXIMO_BYTES:
            raise ValidationError(f"Se admite hasta {MAXIMO_BYTES // 2**20} MB: divídalo.")
        try:
            if zipfile.is_zipfile(archivo):
                with zipfile.ZipFile(archivo) as paquete:
                    hojas.exigir_hoja_medida(archivo.name, paquete, filas=MAXIMO_FILAS)
            elif sum(tanda.count(b"\n") for tanda in archivo.chunks()) > MAXIMO_FILAS + 1:
                raise hojas.demasiadas_filas(MAXIMO_FILAS)
        except DatoInvalido as error:
            raise ValidationError(error.mensaje) from error
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            raise ValidationError(f"{archivo.name} no es un XLSX que se pueda leer.") from error
        finally:
            archivo.seek(0)
        return archivo


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
    for archivo in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir():
        if archivo.is_file() and ahora.timestamp() - archivo.stat().st_mtime > 24 * 3600:
            archivo.unlink(missing_ok=True)
