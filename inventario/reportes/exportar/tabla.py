"""Un reporte como tabla: qué columnas tiene y de qué clase es cada una."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class Formato(models.TextChoices):
    """En qué archivo se lleva."""

    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("Hoja de cálculo (XLSX)")


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
    """`clave` encabeza el CSV, que leen programas; `titulo`, la página y la hoja de cálculo.

    `leer` saca el valor. Si es un código, `nombres` dice cómo se llama cada uno: el archivo lleva el código.
    """

    clave: str
    titulo: str | StrPromise
    clase: Clase
    leer: Callable[[Any], Any]
    nombres: type[models.TextChoices] | None = None

    def nombrar(self, valor: Any) -> Any:
        """El nombre de un código; lo que no es un código queda igual."""
        return self.nombres(valor).label if self.nombres and valor else valor
