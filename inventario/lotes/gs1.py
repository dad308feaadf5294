"""Lo que dice un código de barras GS1 de lo que llega, y cómo se escribe el de un lote nuestro.

Fuente: GS1 General Specifications, secciones 3 (identificadores de aplicación) y 7.8 (FNC1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from inventario.lotes.models import Lote
from inventario.productos.gtin import es_correcto

if TYPE_CHECKING:
    from collections.abc import Iterable

    from biip.gs1_element_strings import GS1ElementString
    from biip.gs1_messages import GS1Message

SEPARADOR = "\x1d"
LARGO_MAXIMO = 200
# Un lector escribe el separador según lo configuraron: estos no caben en un dato GS1.
_ESCRITO_COMO = re.compile(r"\{GS\}|<GS>|\^\]|[\u241d^~|]")
_SIMBOLOGIA = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_PARENTESIS = re.compile(r"\s*\(\d{2,4}\)")
# El juego de caracteres 82 de GS1, sin los paréntesis: en la forma legible separan los datos.
_ADMITIDO = re.compile(r"[!\"%&'*+,\-./0-9:;<=>?A-Z_a-z]+")
_LOTE_CABE = 20
_SKU_CABE = 90
_VENCIMIENTO = ("17", "7003", "15")
_CUENTAS = ("30", "37")
_MEDIDAS = {"310": "kg", "315": "l", "316": "m³"}
# Cuánto de cada unidad es una de la que dice el código: solo lo que es exacto.
_EQUIVALENCIAS = {
    "kg": {"kg": Decimal(1), "g": Decimal(1000), "t": Decimal("0.001")},
    "l": {"l": Decimal(1), "ml": Decimal(1000), "m³": Decimal("0.001")},
    "m³": {"m³": Decimal(1), "l": Decimal(1000), "ml": Decimal(1_000_000)},
}


@dataclass(frozen=True, slots=True)
class Lectura:
    """Lo leído. `codigo` es el GTIN, o el texto tal cual si no es GS1; `sku`, el interno de una etiqueta.

    `cantidad` está en `unidad` («kg», «l», «m³»), o son piezas si no la hay. `completa` dice si nombra
    un producto: la segunda mitad de una etiqueta larga trae solo el lote. Con `codigo` y `sku` a la vez,
    el código pudo ser un texto propio que empieza como un identificador: se busca primero tal cual.
    """

    codigo: str = ""
    sku: str = ""
    lote: str = ""
    vence_el: date | None = None
    cantidad: Decimal | None = None
    unidad: str = ""

    @property
    def completa(self) -> bool:
        return bool(self.codigo or self.sku)

    def en(self, abreviatura: str) -> Decimal | None:
        """La cantidad en esa unidad normalizada; `None` si no la trae o no se convierte exacta."""
        if self.cantidad is None:
            return None
        if not self.unidad:
            return self.cantidad
        factor = _EQUIVALENCIAS[self.unidad].get(abreviatura)
        return None if factor is None else self.cantidad * factor


def leer(texto: str) -> Lectura:
    """Lee lo que escribió un lector: GS1 con FNC1, con prefijo (`]C1`, `]d2`…) o con paréntesis, o un GTIN.

    Lo que no es nada de eso vuelve entero en `codigo`: puede ser un código propio. Nunca lanza.
    """
    recortado = texto.replace("\x00", "").strip(" \t\r\n")[:LARGO_MAXIMO]
    limpio = _ESCRITO_COMO.sub(SEPARADOR, recortado)
    sin_prefijo = _SIMBOLOGIA.sub("", limpio, count=1) if limpio.startswith("]") else limpio
    if es_correcto(sin_prefijo):
        return Lectura(codigo=sin_prefijo)
    anunciado = sin_prefijo != limpio or SEPARADOR in limpio or _PARENTESIS.match(limpio) is not None
    mensaje = _mensaje(sin_prefijo)
    if mensaje is not None:
        lectura = _de_elementos(mensaje.element_strings)
        # Casi cualquier número se deja leer como GS1: sin señal de serlo, tiene que nombrar un producto.
        if lectura.codigo or (anunciado and (lectura.completa or lectura.lote or lectura.vence_el)):
            return lectura
        if lectura.sku:
            return replace(lectura, codigo=recortado)
    return Lectura(codigo=recortado if sin_prefijo == limpio else sin_prefijo)


def _mensaje(texto: str) -> GS1Message | None:
    texto = texto.lstrip(SEPARADOR)
    if not texto.replace(SEPARADOR, "").isascii():
        return None
    # Trae la tabla de prefijos de todo el mundo: que la cargue la primera lectura, y no cada arranque.
    from biip import ParseError
    from biip.gs1_messages import GS1Message

    try:
        return GS1Message.parse_hri(texto) if _PARENTESIS.match(texto) else GS1Message.parse(texto)
    except ParseError:
        return None


def _de_elementos(elementos: Iterable[GS1ElementString]) -> Lectura:
    por_ia = {elemento.ai.ai: elemento for elemento in elementos}
    producto = por_ia.get("01") or por_ia.get("02")
    interno = por_ia.get("91") or por_ia.get("240")
    lote = por_ia.get("10")
    fechas = [por_ia[ia] for ia in _VENCIMIENTO if ia in por_ia]
    cantidad, unidad = _cantidad(por_ia)
    return Lectura(
        codigo=producto.value if producto else "",
        sku=interno.value if interno and not producto else "",
        lote=lote.value if lote else "",
        vence_el=_dia(fechas[0]) if fechas else None,
        cantidad=cantidad,
        unidad=unidad,
    )


def _dia(elemento: GS1ElementString) -> date | None:
    return elemento.datetime.date() if elemento.datetime else elemento.date


def _cantidad(por_ia: dict[str, GS1ElementString]) -> tuple[Decimal | None, str]:
    for ia, elemento in por_ia.items():
        if ia[:3] in _MEDIDAS and len(ia) == 4 and elemento.decimal:
            return elemento.decimal, _MEDIDAS[ia[:3]]
    for ia in _CUENTAS:
        if ia in por_ia and int(por_ia[ia].value):
            return Decimal(int(por_ia[ia].value)), ""
    return None, ""


def elementos_de(lote: Lote) -> list[tuple[str, str]]:
    """Los pares (identificador, dato) que dicen un lote: su producto, cuándo vence y su código.

    Un producto sin GTIN va con su SKU en el 91, que es de uso interno. Lo que no cabe en el juego de
    caracteres o en el largo de GS1 se calla; sin producto no hay nada que decir.
    """
    producto = lote.producto
    vencimiento = [("17", f"{lote.vence_el:%y%m%d}")] if lote.vence_el else []
    if es_correcto(producto.codigo_barras):
        elementos = [("01", producto.codigo_barras.zfill(14)), *vencimiento]
    elif producto.sku and len(producto.sku) <= _SKU_CABE and _ADMITIDO.fullmatch(producto.sku):
        # Los de largo fijo van antes: no necesitan separador detrás.
        elementos = [*vencimiento, ("91", producto.sku)]
    else:
        return []
    if lote.codigo and len(lote.codigo) <= _LOTE_CABE and _ADMITIDO.fullmatch(lote.codigo):
        elementos.append(("10", lote.codigo))
    return elementos
