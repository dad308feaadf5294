"""Lo que devuelve la API en español. Los nombres son los de sus claves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistenciaDeProducto:
    """Lo que hay de un producto en una bodega, en su unidad."""

    bodega: str
    nombre: str
    cantidad_actual: Decimal
    cantidad_reservada: Decimal
    cantidad_disponible: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Producto:
    """`existencias` solo viene al pedir uno, no en la lista. `version` va en `If-Match` al cambiarlo."""

    id: int
    nombre: str
    sku: str | None
    precio: Decimal | None
    stock_minimo: Decimal
    cantidad_actual: Decimal
    cantidad_reservada: Decimal
    cantidad_disponible: Decimal
    unidad: str
    activo: bool
    version: int
    categoria_id: int | None = None
    categoria: str | None = None
    proveedor_id: int | None = None
    codigo_barras: str = ""
    minimo_sobre_disponible: bool = False
    existencias: list[ExistenciaDeProducto] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lote:
    """Una recepción. `cantidad_actual` es lo que le queda."""

    id: int
    producto_id: int
    producto_sku: str | None
    producto_nombre: str
    codigo: str
    bodega: str
    cantidad_recibida: Decimal
    cantidad_actual: Decimal
    costo_unitario: Decimal
    fecha_ingreso: date
    fecha_vencimiento: date | None
    dias_para_vencer: int | None
    estado: str
    procedencia: str
    bloqueado: bool
    motivo_bloqueo: str = ""
    proveedor_id: int | None = None
    referencia_proveedor: str = ""
    origen_id: int | None = None
    raiz_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Movimiento:
    """Una línea del libro. `cantidad` es positiva: el sentido lo dice `tipo`."""

    id: int
    asiento_id: int
    lote_id: int
    lote_codigo: str
    producto_id: int
    producto_sku: str | None
    producto_nombre: str
    bodega: str
    tipo: str
    cantidad: Decimal
    saldo_lote: Decimal
    costo_unitario: Decimal
    fecha_movimiento: datetime
    usuario: str
    motivo: str
    persona_externa: str | None = None
    justificacion: str = ""
    referencia: str = ""
    modulo: str = ""
    tanque: str = ""
    nota: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asiento:
    """Una operación con todas sus líneas."""

    id: int
    numero: int
    tipo: str
    fecha_efectiva: datetime
    registrado_en: datetime
    usuario: str
    motivo: str
    movimientos: list[Movimiento]
    persona_externa: str | None = None
    justificacion: str = ""
    referencia: str = ""
    notas: str = ""
    revierte_id: int | None = None
    revertido_por_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ajuste:
    """Qué cambió. Sin diferencia, `asiento_id` es nulo y no hay movimientos."""

    asiento_id: int | None
    cantidad_anterior: Decimal
    cantidad_nueva: Decimal
    diferencia: Decimal
    movimientos: list[Movimiento]


@dataclass(frozen=True, slots=True, kw_only=True)
class Toma:
    """De qué lote saldría cuánto, y cuánto le quedaría."""

    lote_id: int
    lote_codigo: str
    fecha_vencimiento: date | None
    cantidad: Decimal
    saldo_lote: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserva:
    """Una promesa. `cantidad` es lo que se reservó: lo usado, lo restante y lo liberado.

    `asiento_id` y `movimientos` solo vienen al confirmarla.
    """

    id: UUID
    estado: str
    producto_id: int
    producto_sku: str | None
    producto_nombre: str
    unidad: str
    bodega: str
    cantidad: Decimal
    usada: Decimal
    restante: Decimal
    liberada: Decimal
    creada_en: datetime
    vence_en: datetime
    creada_por: str
    modulo: str = ""
    referencia: str = ""
    notas: str = ""
    motivo: str = ""
    persona_externa: str | None = None
    resuelta_en: datetime | None = None
    resuelta_por: str | None = None
    asiento_id: int | None = None
    movimientos: list[Movimiento] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistenciaEnBodega:
    bodega: str
    fisica: Decimal
    apartada: Decimal | None
    vencida: Decimal | None
    bloqueada: Decimal | None
    disponible: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Existencias:
    """Lo que hay de un producto en un instante. De uno pasado solo se sabe la `fisica`."""

    producto_id: int
    producto_sku: str | None
    producto_nombre: str
    unidad: str
    al: datetime
    fisica: Decimal
    apartada: Decimal | None
    vencida: Decimal | None
    bloqueada: Decimal | None
    disponible: Decimal | None
    bodegas: list[ExistenciaEnBodega]
