"""Los campos que comparten los formularios de los verbos."""

from __future__ import annotations

from typing import Any

from django import forms

from inventario.nucleo.cantidades import DECIMALES, DIGITOS


class CantidadCampo(forms.DecimalField):
    """Los decimales y las cifras que caben en el libro; el signo lo dice cada verbo."""

    def __init__(self, **opciones: Any) -> None:
        super().__init__(max_digits=DIGITOS, decimal_places=DECIMALES, **opciones)
