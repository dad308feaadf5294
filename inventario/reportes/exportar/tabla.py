"""Un reporte como tabla: qué columnas tiene y de qué clase es cada una."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import models


class Formato(models.TextChoices):
    """En qué archivo se lleva."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "Hoja de cálculo (XLSX)"


class Clase(Enum):
    """Decide cómo se escribe el valor en cada formato."""

    TEXTO = "texto"
    ENTERO = "entero"
    CANTIDAD = "cantidad"
    DINERO = "dinero"
    FECHA = "fecha"
    MOMENTO = "momento"
    SI_O_NO = "si_o_no"


@dataclass(frozen=True, slots=True)
class Columna:
    """`clave` encabeza el CSV, que leen programas; `titulo`, la hoja de cálculo. `leer` saca el valor."""

    clave: str
    titulo: str
    clase: Clase
    leer: Callable[[Any], Any]
