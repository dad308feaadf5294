"""Cantidades, costos y dinero: decimales exactos, sin redondeos callados (decisión 5)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

from inventario.nucleo.errores import DatoInvalido

if TYPE_CHECKING:
    _DecimalField = models.DecimalField[Decimal | int | str, Decimal]
else:
    _DecimalField = models.DecimalField

CERO = Decimal(0)
DECIMALES = 4
DIGITOS = 18
PASO = Decimal(1).scaleb(-DECIMALES)
# SQLite guarda los decimales como coma flotante de 15 cifras: 11 enteras y 4 decimales caben exactas.
TOPE = Decimal(10) ** 11
CENTAVO = Decimal("0.01")


def exigir_cantidad(valor: Decimal, *, campo: str = "cantidad") -> Decimal:
    """Devuelve la cantidad si es finita, mayor que cero, con hasta 4 decimales y menor que 10¹¹.

    Lanza `DatoInvalido` con el campo y lo que se admite.
    """
    exigir_decimal(valor, campo=campo)
    if valor <= 0:
        raise DatoInvalido("Debe ser mayor que cero.", campo=campo, codigo="min_value")
    return valor


def exigir_costo(valor: Decimal, *, campo: str = "costo_unitario") -> Decimal:
    """Devuelve el costo unitario si es finito, no negativo, con hasta 4 decimales y menor que 10¹¹."""
    return exigir_no_negativa(valor, campo=campo)


def exigir_no_negativa(valor: Decimal, *, campo: str) -> Decimal:
    """Como `exigir_cantidad`, pero el cero vale: un costo, un punto de reorden."""
    exigir_decimal(valor, campo=campo)
    if valor < 0:
        raise DatoInvalido("No puede ser negativo.", campo=campo, codigo="min_value")
    return valor


def exigir_decimal(valor: Decimal, *, campo: str) -> Decimal:
    if not valor.is_finite():
        raise DatoInvalido("Debe ser un número finito.", campo=campo, codigo="invalid")
    if abs(valor) >= TOPE:
        raise DatoInvalido("Debe ser menor que 100000000000.", campo=campo, codigo="max_value")
    if valor != cuantizar(valor):
        raise DatoInvalido("Se admiten hasta 4 decimales.", campo=campo, codigo="max_decimal_places")
    return valor


def cuantizar(valor: Decimal) -> Decimal:
    """Lleva a 4 decimales lo que ya es exacto a esa escala (p. ej. una suma hecha por SQLite)."""
    return valor.quantize(PASO, rounding=ROUND_HALF_UP)


def en_dinero(valor: Decimal) -> Decimal:
    """Redondea un total a 2 decimales, mitad hacia arriba: se hace una sola vez, al mostrarlo."""
    return valor.quantize(CENTAVO, rounding=ROUND_HALF_UP)


def costo_total(lineas: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """Suma exacta de cantidad por costo unitario; tres lotes a 0,335 dan 1,005 y se muestran 1,01."""
    return sum((cantidad * costo for cantidad, costo in lineas), CERO)


def en_numero(valor: Decimal) -> int | float:
    """Devuelve el número JSON. Es exacto: lo guardado tiene hasta 15 cifras, las que un flotante conserva."""
    return int(valor) if valor == valor.to_integral_value() else float(valor)


def legible(valor: Decimal) -> str:
    """Escribe una cantidad sin ceros de relleno ni notación exponencial: 12,5000 es «12.5»."""
    texto = format(valor, "f")
    return texto.rstrip("0").rstrip(".") if "." in texto else texto


def en_espanol(valor: Decimal) -> str:
    """Escribe una cantidad para leerla en español: 4200,5000 es «4.200,5»."""
    entero, _, decimales = legible(valor).partition(".")
    miles = f"{int(entero.lstrip('-')):,}".replace(",", ".")
    signo = "-" if valor < 0 else ""
    return signo + miles + (f",{decimales}" if decimales else "")


def validar_bajo_tope(valor: Decimal) -> None:
    """Validador de campo de modelo: los formularios y el admin rechazan lo que SQLite redondearía."""
    if abs(valor) >= TOPE:
        raise ValidationError("Debe ser menor que 100000000000.", code="max_value")


class CampoDecimal(_DecimalField):
    """Columna de cantidad o costo unitario: Decimal(18, 4), menor que 10¹¹."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", DIGITOS)
        kwargs.setdefault("decimal_places", DECIMALES)
        kwargs.setdefault("validators", [validar_bajo_tope])
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        # En las migraciones es un DecimalField cualquiera: no dependen de este módulo.
        nombre, _, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        return nombre, "django.db.models.DecimalField", args, kwargs
