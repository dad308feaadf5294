"""Lo que devuelve el contrato en inglés. Los nombres son los de sus claves.

`replayed` lo agrega este cliente: dice que ya se había hecho con esa clave de idempotencia y que esta es
la respuesta de aquella vez; ahora no se movió nada.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    id: int
    item_name: str
    sku: str | None
    category: str | None
    unit: str
    default_supplier_id: int | None
    default_supplier_name: str | None
    default_price: Decimal | None
    reorder_threshold: Decimal
    min_stock_level: Decimal
    current_qty: Decimal
    is_active: bool
    created_at: datetime
    has_transactions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    items: list[Item]
    total: int
    page: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    id: int
    category: str
    item_count: int
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockAdded:
    success: bool
    batch_id: int
    new_total_qty: Decimal
    message: str = ""
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchUsed:
    batch_id: int
    qty_from_batch: Decimal
    unit_cost: Decimal
    cost: Decimal
    batch_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockUsed:
    """`batches_used` viene en orden de consumo."""

    success: bool
    quantity_used: Decimal
    batches_used: list[BatchUsed]
    total_cost: Decimal
    weighted_avg_cost: Decimal
    new_balance: Decimal
    message: str = ""
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StockAdjusted:
    success: bool
    adjustment_id: int
    previous_qty: Decimal
    new_qty: Decimal
    quantity_change: Decimal
    message: str = ""
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    id: int
    item_master_id: int
    transaction_type: str
    quantity_change: Decimal
    new_balance: Decimal
    transaction_date: datetime
    item_name: str | None = None
    batch_id: int | None = None
    batch_number: str | None = None
    unit_cost: Decimal | None = None
    total_cost: Decimal | None = None
    po_number: str | None = None
    module_reference: str | None = None
    tank_id: str | None = None
    user_id: str | None = None
    username: str | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionPage:
    transactions: list[Transaction]
    total: int
    page: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeductedLine:
    item_name: str
    quantity: Decimal
    cost: Decimal
    success: bool
    sku: str | None = None
    transaction_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDeducted:
    """`results` va en el orden de lo pedido; `transaction_ids` trae uno por lote tocado y puede ser más."""

    success: bool
    total: int
    successful: int
    failed: int
    total_cost: Decimal
    results: list[DeductedLine]
    transaction_ids: list[int]
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    id: int
    item_master_id: int
    item_name: str
    quantity_purchased: Decimal
    remaining_qty: Decimal
    unit_cost: Decimal
    purchase_date: date
    is_active: bool
    created_at: datetime
    batch_number: str | None = None
    expiry_date: date | None = None
    supplier_id: int | None = None
    supplier_name: str | None = None
    po_number: str | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockItem:
    """Un artículo con lo que hay. Lo que no se pidió incluir es None."""

    id: int
    name: str
    sku: str | None
    current_qty: Decimal
    unit: str
    reorder_threshold: Decimal
    category: str | None = None
    last_purchase_price: Decimal | None = None
    reserved_qty: Decimal | None = None
    available_qty: Decimal | None = None
    batches: list[Batch] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockItems:
    items: list[StockItem]
    total: int
    requested: int
    found: int
    not_found: list[int | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    id: UUID
    item_id: int
    quantity: Decimal
    module_reference: str
    status: str
    reserved_until: datetime
    created_at: datetime
    remaining_quantity: Decimal | None = None
    item_name: str | None = None
    sku: str | None = None
    reference_id: str | None = None
    notes: str | None = None
    created_by: str | None = None
    created_by_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservations:
    reservations: list[Reservation]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationConfirmed:
    success: bool
    reservation_id: UUID
    cost: Decimal
    transaction_ids: list[int] = field(default_factory=list)
    message: str = ""
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleItem:
    id: int
    item_name: str
    sku: str | None
    category: str | None
    unit: str
    current_qty: Decimal
    reorder_threshold: Decimal
    is_active: bool
    is_primary: bool
    custom_settings: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemModule:
    id: int
    item_id: int
    module_name: str
    custom_settings: dict[str, Any]
    is_primary: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumedItem:
    item_id: int
    item_name: str
    unit: str
    total_quantity_used: Decimal
    total_cost: Decimal
    transaction_count: int
    sku: str | None = None
    category: str | None = None
    last_used: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumption:
    module_name: str
    items: list[ConsumedItem]
    total_cost: Decimal
    total_items: int
    period_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LowStockItem:
    id: int
    item_name: str
    unit: str
    current_qty: Decimal
    reorder_threshold: Decimal
    deficit: Decimal
    sku: str | None = None
    category: str | None = None
    default_supplier_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringBatch:
    """`days_until_expiry` es negativo si ya venció."""

    batch_id: int
    item_id: int
    item_name: str
    remaining_qty: Decimal
    unit: str
    expiry_date: date
    days_until_expiry: int
    batch_number: str | None = None
    supplier_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    total_items: int
    active_items: int
    total_stock_value: Decimal
    low_stock_items: int
    expiring_soon_items: int
    pending_pos: int
    recent_transactions_7d: int
    total_categories: int
    active_suppliers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    id: int
    unit_name: str
    is_active: bool
    abbreviation: str | None = None
    category: str | None = None
    item_count: int | None = None
