"""Cliente del contrato en inglés (`/api/v1/inventory` y `/api/v1/units`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from inventario_cliente.biofloc.types import (
    BatchDeducted,
    Category,
    Consumption,
    Dashboard,
    ExpiringBatch,
    Item,
    ItemModule,
    ItemPage,
    LowStockItem,
    ModuleItem,
    Reservation,
    ReservationConfirmed,
    Reservations,
    StockAdded,
    StockAdjusted,
    StockItems,
    StockUsed,
    Transaction,
    TransactionPage,
    Unit,
)
from inventario_cliente.formas import decimal_de, decodificar
from inventario_cliente.transporte import ConTransporte, Persona

T = TypeVar("T")
Quantity = Decimal | int | float | str
RAIZ = "/inventory"
PAGINA = 500


@dataclass(frozen=True, slots=True)
class Deduction:
    """Una línea de `use_batch`: el artículo por `item_id` o por `sku` (o su nombre), uno de los dos."""

    quantity: Quantity
    sku: str | None = None
    item_id: int | None = None
    notes: str | None = None

    def body(self) -> dict[str, Any]:
        return _said(sku=self.sku, item_id=self.item_id, notes=self.notes) | {
            "quantity": decimal_de(self.quantity)
        }


class InventoryClient(ConTransporte):
    """`InventoryClient("https://inventory.example.com", key)`; ciérrelo, o úselo con `with`.

    Todo POST admite `idempotency_key` (sin ella se inventa una para sus reintentos) y `acting`, la persona
    por la que actúa la clave.
    """

    # ── Artículos y categorías ───────────────────────────────────────────────────────────────────

    def list_items(
        self,
        *,
        category: str | None = None,
        is_active: bool | None = None,
        page: int | None = None,
        limit: int | None = None,
    ) -> ItemPage:
        """Sin `page` ni `limit`, hasta 500 de una vez."""
        return self._get(
            ItemPage, f"{RAIZ}/items", category=category, is_active=is_active, page=page, limit=limit
        )

    def iter_items(self, *, category: str | None = None, is_active: bool | None = None) -> Iterator[Item]:
        page = 1
        while True:
            one = self.list_items(category=category, is_active=is_active, page=page, limit=PAGINA)
            yield from one.items
            if page * PAGINA >= one.total:
                return
            page += 1

    def create_item(
        self,
        *,
        item_name: str,
        unit: str,
        sku: str | None = None,
        category: str | None = None,
        default_supplier_id: int | None = None,
        default_price: Quantity | None = None,
        reorder_threshold: Quantity = 0,
        min_stock_level: Quantity = 0,
        idempotency_key: str | None = None,
        acting: Persona | None = None,
    ) -> Item:
        body = _said(sku=sku, category=category, default_supplier_id=default_supplier_id) | {
            "item_name": item_name,
            "unit": unit,
            "reorder_threshold": decimal_de(reorder_threshold),
            "min_stock_level": decimal_de(min_stock_level),
        }
        if default_price is not None:
            body["default_price"] = decimal_de(default_price)
        return self._post(Item, f"{RAIZ}/items", body, idempotency_key, acting)

    def update_item(self, item_id: int, changes: Mapping[str, Any]) -> Item:
        """Cambia lo que se nombre; un None explícito borra el dato."""
        dato = self.transporte.pedir("PUT", f"{RAIZ}/items/{item_id}", cuerpo=dict(changes)).dato
        return decodificar(Item, dato)

    def delete_item(self, item_id: int, *, permanent: bool = False) -> None:
        self.transporte.pedir("DELETE", f"{RAIZ}/items/{item_id}{'/permanent' if permanent else ''}")

    def list_categories(self) -> list[Category]:
        return self._inside(list[Category], "categories", f"{RAIZ}/categories")

    def create_category(
        self, name: str, description: str | None = None, *, idempotency_key: str | None = None
    ) -> Category:
        body = {"category_name": name} | _said(description=description)
        return self._post(Category, f"{RAIZ}/categories", body, idempotency_key, None)

    def list_units(self, *, include_inactive: bool = False) -> list[Unit]:
        return self._inside(list[Unit], "units", "/units", include_inactive=include_inactive)

    # ── Lo que entra, sale y se corrige ──────────────────────────────────────────────────────────

    def add_stock(
        self,
        *,
        item_id: int,
        quantity: Quantity,
        unit_cost: Quantity,
        purchase_date: date,
        supplier_id: int | None = None,
        batch_number: str | None = None,
        expiry_date: date | None = None,
        po_number: str | None = None,
        notes: str | None = None,
        idempotency_key: str | None = None,
        acting: Persona | None = None,
    ) -> StockAdded:
        body = _said(
            supplier_id=supplier_id,
            batch_number=batch_number,
            expiry_date=expiry_date,
            po_number=po_number,
            notes=notes,
        ) | {
            "item_master_id": item_id,
            "quantity": decimal_de(quantity),
            "unit_cost": decimal_de(unit_cost),
            "purchase_date": purchase_date,
        }
        return self._post(StockAdded, f"{RAIZ}/stock/add", body, idempotency_key, acting)

    def use_stock(
        self,
        *,
        item_id: int,
        quantity: Quantity,
        purpose: str,
        module_reference: str | None = None,
        tank_id: str | int | None = None,
        notes: str | None = None,
        idempotency_key: str | None = None,
        acting: Persona | None = None,
    ) -> StockUsed:
        body = _said(module_reference=module_reference, tank_id=tank_id, notes=notes) | {
            "item_master_id": item_id,
            "quantity": decimal_de(quantity),
            "purpose": purpose,
        }
        return self._post(StockUsed, f"{RAIZ}/stock/use", body, idempotency_key, acting)

    def use_batch(
        self,
        deductions: Iterable[Deduction],
        *,
        module_reference: str,
        tank_id: str | None = None,
        batch_id: UUID | str | None = None,
        session_number: int | None = None,
        global_notes: str | None = None,
        idempotency_key: str | None = None,
        acting: Persona | None = None,
    ) -> BatchDeducted:
        """Saca de 1 a 50 líneas, todas o ninguna.

        Si se niega, `error.cuerpo["results"]` dice qué pasó con cada línea.
        """
        body = _said(
            tank_id=tank_id, batch_id=batch_id, session_number=session_number, global_notes=global_notes
        ) | {
            "deductions": [one.body() for one in deductions],
            "module_reference": module_reference,
        }
        return self._post(BatchDeducted, f"{RAIZ}/stock/use-batch", body, idempotency_key, acting)

    def adjust_stock(
        self,
        *,
        item_id: int,
        adjustment_type: str,
        quantity_change: Quantity,
        reason: str,
        notes: str | None = None,
        idempotency_key: str | None = None,
        acting: Persona | None = None,
    ) -> StockAdjusted:
        """`adjustment_type`: increase, decrease o recount (entonces `quantity_change` es lo contado)."""
        body = _said(notes=notes) | {
            "item_master_id": item_id,
            "adjustment_type": adjustment_type,
            "quantity_change": decimal_de(quantity_change),
            "reason": reason,
        }
        return self._post(StockAdjusted, f"{RAIZ}/stock/adjust", body, idempotency_key, acting)

    def list_transactions(
        self,
        *,
        item_id: int | None = None,
        transaction_type: str | None = None,
        days_back: int = 30,
        page: int = 1,
        limit: int = 100,
    ) -> TransactionPage:
        return self._get(
            TransactionPage,
            f"{RAIZ}/transactions",
            item_id=item_id,
            transaction_type=transaction_type,
            days_back=days_back,
            page=page,
            limit=limit,
        )

    def iter_transactions(self, *, item_id: int | None = None, days_back: int = 30) -> Iterator[Transaction]:
        """Del más nuevo al más viejo; lo que se asiente entre dos páginas puede repetir filas."""
        page = 1
        while True:
            one = self.list_transactions(item_id=item_id, days_back=days_back, page=page, limit=PAGINA)
            yield from one.transactions
            if page * PAGINA >= one.total:
                return
            page += 1

    # ── Consultas en bloque y reservas ───────────────────────────────────────────────────────────

    def bulk_fetch(
        self,
        *,
        skus: Iterable[str] = (),
        item_ids: Iterable[int] = (),
        include_reserved: bool = True,
        include_batches: bool = False,
    ) -> StockItems:
        """Hasta 100 de cada lista."""
        body: dict[str, Any] = {"include_reserved": include_reserved, "include_batches": include_batches}
        if skus := list(skus):
            body["skus"] = skus
        if item_ids := list(item_ids):
            body["item_ids"] = item_ids
        answer = self.transporte.pedir("POST", f"{RAIZ}/items/bulk-fetch", cuerpo=body, solo_lee=True)
        return decodificar(StockItems, answer.dato)

    def reserve(
        self,
        *,
        item_id: int,
        quantity: Quantity,
        module_reference: str,
        reference_id: UUID | str | None = None,
        duration_hours: int = 24,
        notes: str | None = None,
        idempotency_key: str | None = None,
        acting: Persona | None = None,
    ) -> Reservation:
        body = _said(reference_id=reference_id, notes=notes) | {
            "item_id": item_id,
            "quantity": decimal_de(quantity),
            "module_reference": module_reference,
            "duration_hours": duration_hours,
        }
        return self._post(Reservation, f"{RAIZ}/stock/reserve", body, idempotency_key, acting)

    def list_reservations(
        self,
        *,
        item_id: int | None = None,
        module_reference: str | None = None,
        status: str | None = None,
    ) -> Reservations:
        """Sin `status`, solo las pendientes; con `all`, todas."""
        return self._get(
            Reservations,
            f"{RAIZ}/stock/reservations",
            item_id=item_id,
            module_reference=module_reference,
            status=status,
        )

    def confirm_reservation(
        self,
        reservation_id: UUID | str,
        *,
        idempotency_key: str | None = None,
        acting: Persona | None = None,
    ) -> ReservationConfirmed:
        ruta = f"{RAIZ}/stock/confirm-reservation/{reservation_id}"
        return self._post(ReservationConfirmed, ruta, None, idempotency_key, acting)

    def cancel_reservation(self, reservation_id: UUID | str, *, acting: Persona | None = None) -> None:
        self.transporte.pedir("DELETE", f"{RAIZ}/stock/reserve/{reservation_id}", persona=acting)

    # ── Módulos, avisos y panel ──────────────────────────────────────────────────────────────────

    def module_items(self, module: str) -> list[ModuleItem]:
        return self._inside(list[ModuleItem], "items", f"{RAIZ}/module/{module}/items")

    def module_consumption(
        self,
        module: str,
        *,
        days_back: int | None = None,
        start_date: date | None = None,
        end_date: date | None = None,
    ) -> Consumption:
        return self._get(
            Consumption,
            f"{RAIZ}/module/{module}/consumption",
            days_back=days_back,
            start_date=start_date,
            end_date=end_date,
        )

    def map_item(
        self,
        item_id: int,
        module: str,
        *,
        is_primary: bool = False,
        custom_settings: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> ItemModule:
        body = {
            "module_name": module,
            "is_primary": is_primary,
            "custom_settings": dict(custom_settings or {}),
        }
        return self._post(ItemModule, f"{RAIZ}/items/{item_id}/modules", body, idempotency_key, None)

    def unmap_item(self, item_id: int, module: str) -> None:
        self.transporte.pedir("DELETE", f"{RAIZ}/items/{item_id}/modules/{module}")

    def low_stock_alerts(self, *, module: str | None = None) -> list[LowStockItem]:
        return self._inside(list[LowStockItem], "items", f"{RAIZ}/alerts/low-stock", module=module)

    def expiry_alerts(self, *, days: int = 30) -> list[ExpiringBatch]:
        return self._inside(list[ExpiringBatch], "items", f"{RAIZ}/alerts/expiry", days=days)

    def dashboard(self) -> Dashboard:
        return self._get(Dashboard, f"{RAIZ}/dashboard")

    # ── Lo común ─────────────────────────────────────────────────────────────────────────────────

    def _get(self, kind: type[T], path: str, **query: Any) -> T:
        return decodificar(kind, self.transporte.pedir("GET", path, consulta=query).dato)

    def _inside(self, kind: type[T], key: str, path: str, **query: Any) -> T:
        dato = self.transporte.pedir("GET", path, consulta=query).dato
        return decodificar(kind, dato.get(key) if isinstance(dato, Mapping) else dato)

    def _post(
        self,
        kind: type[T],
        path: str,
        body: Mapping[str, Any] | None,
        key: str | None,
        acting: Persona | None,
    ) -> T:
        answer = self.transporte.pedir("POST", path, cuerpo=body, clave_idempotencia=key, persona=acting)
        dato = answer.dato
        if isinstance(dato, Mapping):
            dato = {**dato, "replayed": answer.repetida}
        return decodificar(kind, dato)


def _said(**values: Any) -> dict[str, Any]:
    """Devuelve solo lo que se dijo: lo ausente lo decide el servidor."""
    return {name: value for name, value in values.items() if value is not None}
