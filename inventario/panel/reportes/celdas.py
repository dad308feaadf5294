"""Lo que va en cada celda de un reporte: cómo se escribe y adónde lleva."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as traducir

from inventario.nucleo.cantidades import CENTAVO
from inventario.panel.templatetags import formatos
from inventario.reportes.exportar.tabla import Clase, Columna

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

BODEGA = "bodega"
NUMEROS = (Clase.ENTERO, Clase.CANTIDAD, Clase.DINERO)


class Celda(NamedTuple):
    titulo: str | StrPromise
    texto: str
    es_numero: bool
    enlace: str


def celda(columna: Columna, fila: Any) -> Celda:
    """Lo que esa columna dice de esa fila."""
    enlazar = ENLACES.get(columna.clave)
    return Celda(
        columna.titulo,
        _texto(columna, fila),
        columna.clase in NUMEROS,
        enlazar(fila) if enlazar else "",
    )


def veces(valor: Decimal | None) -> str:
    """Cuántas veces rota, como se compara a simple vista; el archivo lleva los cuatro decimales."""
    return formatos.cantidad(None if valor is None else valor.quantize(CENTAVO, ROUND_HALF_UP))


def _movimiento(fila: Any) -> Any:
    return getattr(fila, "movimiento", fila)


def _lote_id(fila: Any) -> int:
    return int(fila.lote.pk if hasattr(fila, "dias") else _movimiento(fila).lote_id)


def _al_producto(fila: Any) -> str:
    producto = fila.lote.producto_id if hasattr(fila, "dias") and hasattr(fila, "lote") else fila.producto.pk
    return reverse("panel:producto", args=[producto])


def _al_lote(fila: Any) -> str:
    return reverse("panel:lote", args=[_lote_id(fila)])


ENLACES: dict[str, Callable[[Any], str]] = {
    "nombre": _al_producto,
    "producto_nombre": _al_producto,
    "codigo": _al_lote,
    "lote_codigo": _al_lote,
    "asiento": lambda fila: reverse("panel:asiento", args=[_movimiento(fila).asiento_id]),
}


def _texto(columna: Columna, fila: Any) -> str:
    valor = columna.leer(fila)
    if columna.clave in ("codigo", "lote_codigo") and not valor:
        return f"N.º {_lote_id(fila)}"
    if valor in (None, "") or (columna.clave in ("entra", "sale") and not valor):
        return "—"
    if columna.clave == "rotacion_anual":
        return veces(valor)
    match columna.clase:
        case Clase.CANTIDAD:
            return formatos.cantidad(valor)
        case Clase.DINERO:
            return formatos.dinero(valor)
        case Clase.FECHA:
            return formatos.fecha(valor)
        case Clase.MOMENTO:
            return formatos.momento(valor)
        case Clase.SI_O_NO:
            return traducir("Sí") if valor else traducir("No")
    return str(columna.nombrar(valor))
