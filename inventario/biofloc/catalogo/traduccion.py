"""Funciones puras entre lo nuestro y lo del contrato."""

from __future__ import annotations

from inventario.productos.models import Unidad

# Las magnitudes de la semilla, con el nombre que el contrato les da; otra cualquiera va tal cual.
CATEGORIA_DE_UNIDAD = {
    "peso": "weight",
    "volumen": "volume",
    "conteo": "count",
    "longitud": "length",
    "área": "area",
}
_MAGNITUD = {ingles: nuestra for nuestra, ingles in CATEGORIA_DE_UNIDAD.items()}


def categoria_de_unidad(magnitud: str) -> str | None:
    return CATEGORIA_DE_UNIDAD.get(magnitud, magnitud) or None


def magnitud_de(categoria: str | None) -> str:
    texto = categoria or ""
    return _MAGNITUD.get(texto.lower(), texto)


def abreviatura_visible(unidad: Unidad) -> str | None:
    """La nuestra es obligatoria: repetir el nombre es no tener ninguna."""
    return None if unidad.abreviatura_normalizada == unidad.nombre_en_normalizado else unidad.abreviatura
