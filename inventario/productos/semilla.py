"""Las unidades (decisión 25) y categorías con que nace una empresa."""

from __future__ import annotations

from typing import NamedTuple

CONTEO = "conteo"


class UnidadInicial(NamedTuple):
    magnitud: str
    nombre: str
    nombre_en: str
    abreviatura: str

    @property
    def divisible(self) -> bool:
        """Lo que se cuenta por piezas no se parte."""
        return self.magnitud != CONTEO


UNIDADES = (
    UnidadInicial("peso", "Kilogramo", "Kilogram", "kg"),
    UnidadInicial("peso", "Gramo", "Gram", "g"),
    UnidadInicial("peso", "Tonelada", "Ton", "t"),
    UnidadInicial("peso", "Libra", "Pound", "lb"),
    UnidadInicial("peso", "Onza", "Ounce", "oz"),
    UnidadInicial("volumen", "Litro", "Liter", "L"),
    UnidadInicial("volumen", "Mililitro", "Milliliter", "mL"),
    UnidadInicial("volumen", "Galón", "Gallon", "gal"),
    UnidadInicial("volumen", "Metro cúbico", "Cubic Meter", "m³"),
    UnidadInicial(CONTEO, "Pieza", "Piece", "pza"),
    UnidadInicial(CONTEO, "Caja", "Box", "cja"),
    UnidadInicial(CONTEO, "Bolsa", "Bag", "bol"),
    UnidadInicial(CONTEO, "Paquete", "Pack", "paq"),
    UnidadInicial(CONTEO, "Docena", "Dozen", "doc"),
    UnidadInicial(CONTEO, "Unidad", "Unit", "u"),
    UnidadInicial(CONTEO, "Cartón", "Carton", "ctn"),
    UnidadInicial(CONTEO, "Saco", "Sack", "sac"),
    UnidadInicial("longitud", "Metro", "Meter", "m"),
    UnidadInicial("longitud", "Centímetro", "Centimeter", "cm"),
    UnidadInicial("longitud", "Kilómetro", "Kilometer", "km"),
    UnidadInicial("longitud", "Pie", "Foot", "ft"),
    UnidadInicial("longitud", "Pulgada", "Inch", "in"),
    UnidadInicial("área", "Metro cuadrado", "Square Meter", "m²"),
    UnidadInicial("área", "Hectárea", "Hectare", "ha"),
    UnidadInicial("área", "Acre", "Acre", "ac"),
)

# El formulario de alimentación del módulo biofloc busca esta categoría por su nombre exacto.
CATEGORIAS = {"Fish Feed": "Alimento balanceado"}
