"""Las tres planillas que se importan: qué columnas traen, con qué nombres y qué dato es cada una."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

from inventario.importaciones.leer.archivos import Archivo, filas_de
from inventario.importaciones.leer.valores import (
    leer_decimal,
    leer_dia,
    leer_fecha,
    leer_momento,
    leer_si_o_no,
    leer_texto,
)
from inventario.nucleo.errores import DatoInvalido
from inventario.nucleo.textos import plegar

_SEPARADORES = re.compile(r"[^a-z0-9]+")
LARGO_DE_TEXTO = 300


@dataclass(frozen=True, slots=True)
class Rechazo:
    """Por qué no entra una fila. `columna` es vacía si es por la fila entera."""

    fila: int
    columna: str
    codigo: str
    mensaje: str

    def __str__(self) -> str:
        donde = f", columna «{self.columna}»" if self.columna else ""
        return f"Fila {self.fila}{donde}: {self.mensaje}"


@dataclass(frozen=True, slots=True)
class Columna:
    nombre: str
    alias: tuple[str, ...] = ()
    leer: Callable[[str], Any] = leer_texto
    obligatoria: bool = False


@dataclass(frozen=True, slots=True)
class FilaProducto:
    columnas: ClassVar[tuple[Columna, ...]] = (
        Columna("sku", ("codigo", "code", "referencia", "item", "item_code"), obligatoria=True),
        Columna("nombre", ("name", "producto", "product", "descripcion", "description"), obligatoria=True),
        Columna("unidad", ("unit", "medida", "unidad_de_medida", "uom")),
        Columna("categoria", ("category", "grupo", "group")),
        Columna("precio", ("price", "precio_de_venta", "pvp"), leer_decimal),
        Columna("stock_minimo", ("minimo", "min_stock", "minimum", "minimum_stock"), leer_decimal),
        Columna("minimo_sobre_disponible", (), leer_si_o_no),
        Columna("punto_reorden", ("reorden", "punto_de_reorden", "reorder_point"), leer_decimal),
        Columna("proveedor", ("supplier", "vendor")),
        Columna("codigo_barras", ("codigo_de_barras", "barcode", "gtin", "ean")),
        Columna("activo", ("active",), leer_si_o_no),
    )
    numero: int
    sku: str
    nombre: str
    unidad: str | None
    categoria: str | None
    precio: Decimal | None
    stock_minimo: Decimal | None
    minimo_sobre_disponible: bool | None
    punto_reorden: Decimal | None
    proveedor: str | None
    codigo_barras: str | None
    activo: bool | None


@dataclass(frozen=True, slots=True)
class FilaEntrada:
    columnas: ClassVar[tuple[Columna, ...]] = (
        Columna("sku", ("producto", "product", "item", "item_code"), obligatoria=True),
        Columna("cantidad", ("quantity", "qty", "cant"), leer_decimal, obligatoria=True),
        Columna("fecha", ("date", "fecha_ingreso", "fecha_de_ingreso", "entry_date", "recibido"), leer_dia),
        Columna("lote", ("codigo_lote", "codigo", "batch", "batch_number", "lot")),
        Columna(
            "vence",
            (
                "vence_el",
                "vencimiento",
                "fecha_vencimiento",
                "fecha_de_vencimiento",
                "expiry_date",
                "expires",
            ),
            leer_fecha,
        ),
        Columna("costo_unitario", ("costo", "unit_cost", "cost", "cost_per_unit"), leer_decimal),
        Columna("referencia", ("reference", "factura", "documento", "document")),
    )
    numero: int
    sku: str
    cantidad: Decimal
    fecha: date | None
    lote: str | None
    vence: date | None
    costo_unitario: Decimal | None
    referencia: str | None


@dataclass(frozen=True, slots=True)
class FilaSalida:
    columnas: ClassVar[tuple[Columna, ...]] = (
        Columna("momento", ("fecha", "fecha_hora", "date", "datetime", "timestamp"), leer_momento, True),
        Columna("sku", ("producto", "product", "item", "item_code"), obligatoria=True),
        Columna("cantidad", ("quantity", "qty", "cant"), leer_decimal, obligatoria=True),
        Columna("referencia", ("reference", "factura", "documento", "document")),
    )
    numero: int
    momento: datetime
    sku: str
    cantidad: Decimal
    referencia: str | None


F = TypeVar("F", FilaProducto, FilaEntrada, FilaSalida)


@dataclass(slots=True)
class Planilla(Generic[F]):
    """Lo leído: las filas bien escritas, lo que está mal en las otras y las columnas que no se usan."""

    filas: list[F] = field(default_factory=list)
    rechazos: list[Rechazo] = field(default_factory=list)
    sin_usar: list[str] = field(default_factory=list)
    leidas: int = 0


def leer_planilla(archivo: Archivo, clase: type[F], *, maximo: int | None = None) -> Planilla[F]:
    """Lee el archivo entero y junta todo lo que esté mal, con su fila y su columna.

    Lanza `DatoInvalido` si el archivo no se entiende, si faltan columnas, si no trae ninguna fila o si
    trae más de `maximo`.
    """
    planilla: Planilla[F] = Planilla()
    filas = filas_de(archivo, maximo)
    encabezado = next(filas, None)
    if encabezado is None:
        raise DatoInvalido(f"El archivo {archivo.nombre} está vacío.", campo="archivo")
    lugares, planilla.sin_usar = _ubicar(encabezado.celdas, clase.columnas)
    for numero, celdas in filas:
        planilla.leidas += 1
        valores, rechazos = _leer_fila(numero, celdas, lugares)
        if rechazos:
            planilla.rechazos += rechazos
        else:
            planilla.filas.append(clase(numero=numero, **valores))
    if not planilla.leidas:
        raise DatoInvalido(
            f"El archivo {archivo.nombre} no tiene filas debajo del encabezado.", campo="archivo"
        )
    return planilla


def _ubicar(
    encabezado: list[str], columnas: tuple[Columna, ...]
) -> tuple[list[tuple[Columna, int | None]], list[str]]:
    """Halla dónde está cada columna, sin mirar tildes, mayúsculas ni espacios."""
    titulos = [_SEPARADORES.sub("_", plegar(titulo)).strip("_") for titulo in encabezado]
    lugares: list[tuple[Columna, int | None]] = []
    usados: set[int] = set()
    faltan: list[str] = []
    for columna in columnas:
        lugar = _lugar(columna, titulos, usados, encabezado)
        if lugar is not None:
            usados.add(lugar)
        elif columna.obligatoria:
            faltan.append(columna.nombre)
        lugares.append((columna, lugar))
    if faltan:
        admitidas = ", ".join(columna.nombre for columna in columnas)
        raise DatoInvalido(
            f"Faltan columnas: {', '.join(faltan)}. El encabezado admite: {admitidas}.", campo="archivo"
        )
    return lugares, [titulo for i, titulo in enumerate(encabezado) if titulo and i not in usados]


def _lugar(columna: Columna, titulos: list[str], usados: set[int], encabezado: list[str]) -> int | None:
    # El nombre propio manda sobre los alias: «codigo» es el SKU solo si no hay una columna «sku».
    for nombre in (columna.nombre, *columna.alias):
        lugares = [i for i, titulo in enumerate(titulos) if titulo == nombre and i not in usados]
        if len(lugares) > 1:
            raise DatoInvalido(f"La columna «{encabezado[lugares[0]]}» está repetida.", campo="archivo")
        if lugares:
            return lugares[0]
    return None


def _leer_fila(
    numero: int, celdas: list[str], lugares: list[tuple[Columna, int | None]]
) -> tuple[dict[str, Any], list[Rechazo]]:
    valores: dict[str, Any] = {}
    rechazos: list[Rechazo] = []
    for columna, lugar in lugares:
        celda = celdas[lugar] if lugar is not None and lugar < len(celdas) else ""
        valores[columna.nombre] = None
        if not celda:
            if columna.obligatoria:
                rechazos.append(Rechazo(numero, columna.nombre, "required", "está vacía."))
        elif queja := _queja(celda):
            rechazos.append(Rechazo(numero, columna.nombre, "invalid", queja))
        else:
            try:
                valores[columna.nombre] = columna.leer(celda)
            except ValueError as error:
                rechazos.append(
                    Rechazo(numero, columna.nombre, "invalid", f"{error}; dice «{_corto(celda)}».")
                )
    return valores, rechazos


def _queja(celda: str) -> str:
    if celda.startswith("="):
        return "tiene una fórmula: pegue su valor."
    if len(celda) > LARGO_DE_TEXTO:
        return f"se admiten hasta {LARGO_DE_TEXTO} caracteres."
    if not celda.replace("\u00a0", " ").isprintable():
        return "tiene caracteres que no se pueden mostrar."
    return ""


def _corto(celda: str) -> str:
    return celda if len(celda) <= 40 else f"{celda[:40]}…"
