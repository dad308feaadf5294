"""De lo que la gente escribe en una celda a un dato. Cada lector lanza `ValueError` con qué se admite."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from inventario.nucleo.reloj import PRIMER_DIA, ULTIMO_DIA, cabe
from inventario.nucleo.textos import de_hoja, plegar

_DECIMAL = re.compile(r"[+-]?[0-9]{1,30}(?:[.,][0-9]{1,30})?")
_FECHA_LOCAL = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})(?:[ T](.+))?")
_SI_O_NO = {"si": True, "verdadero": True, "true": True, "1": True}
_SI_O_NO |= {"no": False, "falso": False, "false": False, "0": False}
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T].+)?")


def leer_texto(celda: str) -> str:
    return de_hoja(celda)


def leer_si_o_no(celda: str) -> bool:
    """Como se lo exporta, como se lo escribe y como lo dice una hoja de cálculo en su casilla."""
    try:
        return _SI_O_NO[plegar(celda)]
    except KeyError:
        raise ValueError("debe ser sí o no") from None


def leer_decimal(celda: str) -> Decimal:
    """Acepta punto o coma decimal; sin separador de miles, que no se distingue de un decimal."""
    if not _DECIMAL.fullmatch(celda):
        raise ValueError("debe ser un número como 12.5 o 12,5, sin separador de miles")
    return Decimal(celda.replace(",", "."))


def leer_fecha(celda: str) -> date:
    """Acepta `2026-03-31`, `31/03/2026` y lo mismo con la medianoche, como exporta una hoja de cálculo."""
    momento = _momento(celda)
    if momento is None or momento.time() != time.min or momento.tzinfo is not None:
        raise ValueError("debe ser una fecha como 2026-03-31 o 31/03/2026")
    return momento.date()


def leer_dia(celda: str) -> date:
    """Como `leer_fecha`, para un día del que se calcula un instante."""
    return _en_rango(leer_fecha(celda))


def leer_momento(celda: str) -> datetime:
    """Acepta fecha con hora; sin desfase es la hora local de la empresa y se devuelve sin zona."""
    momento = _momento(celda)
    if momento is None:
        raise ValueError("debe ser fecha y hora como 2026-03-31 14:30 o 31/03/2026 14:30")
    _en_rango(momento.date())
    return momento


def en_zona(momento: datetime, zona: ZoneInfo) -> datetime:
    return momento if momento.tzinfo is not None else momento.replace(tzinfo=zona)


def _en_rango(dia: date) -> date:
    if not cabe(dia):
        raise ValueError(f"debe estar entre {PRIMER_DIA} y {ULTIMO_DIA}")
    return dia


def _momento(celda: str) -> datetime | None:
    try:
        # fromisoformat admite también semanas y cifras pegadas, que una celda no debería decir.
        if _ISO.fullmatch(celda):
            return datetime.fromisoformat(celda)
        if local := _FECHA_LOCAL.fullmatch(celda):
            dia, mes, anio, hora = local.groups()
            return datetime.combine(
                date(int(anio), int(mes), int(dia)), time.fromisoformat(hora) if hora else time.min
            )
    except ValueError:
        return None
    return None
