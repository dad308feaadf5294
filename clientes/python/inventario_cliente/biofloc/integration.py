"""Reemplazo directo de `InventoryIntegration`, la ayuda con que el módulo biofloc usaba el inventario.

La misma clase, los mismos métodos y los mismos argumentos; lo que antes corría en el mismo proceso viaja
ahora por HTTP con una clave de API. Los métodos son corrutinas, como los de antes: el cliente, que es
síncrono, corre en un hilo para no detener el bucle.

Lo que hace por quien la llama, además de traducir:

- las cantidades y los costos son `Decimal`; los identificadores siguen siendo enteros;
- todo error se lee: `str(error)` nunca está vacío, porque ese texto llega al operador;
- `batches_used[i]["batch_id"]` es None: biofloc lo guarda en una columna uuid que no admite nuestro entero,
  que queda al lado como `inventory_batch_id`;
- `transaction_ids[i]` es de la línea i aunque una línea haya tocado varios lotes;
- una sesión de alimentación repetida no descuenta dos veces (vea `batch_deduct`).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from inventario_cliente.biofloc.client import Deduction, InventoryClient, Quantity
from inventario_cliente.biofloc.types import BatchDeducted, StockItem
from inventario_cliente.errores import ErrorDeApi, ErrorDeInventario, RespuestaIlegible
from inventario_cliente.formas import decimal_de, escribir_json
from inventario_cliente.transporte import Persona, Reintentos, Tiempos

registro = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

VARIABLE_URL = "INVENTORY_URL"
VARIABLE_CLAVE = "INVENTORY_API_KEY"
# Detrás de cada llamada espera un navegador que a los 30 s se rinde: mejor decir antes que no se pudo.
TIEMPOS = Tiempos(conectar_s=3, responder_s=12)
REINTENTOS = Reintentos(intentos=3, plazo_s=13)


class InventoryRefused(ErrorDeInventario):
    """El inventario dijo que no; el texto nombra el artículo, lo que hay, lo pedido y la unidad.

    `status_code` y `detail` son los de la respuesta; `results`, si lo pedido era un lote de líneas, dice
    por qué falló cada una.
    """

    def __init__(self, error: ErrorDeApi) -> None:
        super().__init__(str(error))
        self.status_code = error.estado
        self.detail = str(error)
        self.results = [dict(una) for una in error.cuerpo.get("results") or [] if isinstance(una, Mapping)]


class InventoryUnavailable(ErrorDeInventario):
    """No hubo respuesta que se entienda: no se sabe si se hizo. Repetir la misma sesión es seguro."""


class UnknownSku(ErrorDeInventario, ValueError):
    """Ningún artículo activo tiene ese SKU."""

    def __init__(self, sku: str) -> None:
        super().__init__(f"Item with SKU '{sku}' not found or inactive in inventory")
        self.sku = sku


class Registro(dict[str, Any]):
    """Un diccionario que también se lee como objeto: `fila["unit"]` o `fila.unit`."""

    def __getattr__(self, nombre: str) -> Any:
        try:
            return self[nombre]
        except KeyError as error:
            raise AttributeError(nombre) from error


_candado = threading.Lock()
_comun: InventoryClient | None = None


def configure(url: str, api_key: str, **options: Any) -> InventoryClient:
    """Fija el cliente que comparte todo el proceso; `options` son las de `Transporte`."""
    global _comun
    with _candado:
        options = {"tiempos": TIEMPOS, "reintentos": REINTENTOS, **options}
        anterior, _comun = _comun, InventoryClient(url, api_key, **options)
        nuevo = _comun
    if anterior is not None:
        anterior.close()
    return nuevo


def _cliente_comun() -> InventoryClient:
    """Da el cliente del proceso; la primera vez lo arma con las variables de ambiente."""
    global _comun
    with _candado:
        if _comun is None:
            url, clave = os.environ.get(VARIABLE_URL, ""), os.environ.get(VARIABLE_CLAVE, "")
            if not (url and clave):
                raise InventoryUnavailable(
                    f"Inventory is not configured: set {VARIABLE_URL} and {VARIABLE_CLAVE}."
                )
            _comun = InventoryClient(url, clave, tiempos=TIEMPOS, reintentos=REINTENTOS)
        return _comun


class InventoryIntegration:
    """Lo que el módulo `module_name` necesita del inventario.

    Construirla es gratis y no abre conexiones: se puede hacer en cada petición.
    """

    def __init__(self, module_name: str = "biofloc", *, client: InventoryClient | None = None) -> None:
        self.module_name = module_name
        self._client = client

    @property
    def client(self) -> InventoryClient:
        return self._client or _cliente_comun()

    # ── Lo que sale ──────────────────────────────────────────────────────────────────────────────

    async def batch_deduct(
        self,
        deductions: Iterable[Mapping[str, Any]],
        module_reference: str | None = None,
        tank_id: UUID | str | None = None,
        batch_id: UUID | str | None = None,
        session_number: int | None = None,
        global_notes: str | None = None,
        user_id: UUID | str | None = None,
        username: str | None = None,
        *,
        feeding_date: date | None = None,
        idempotency_key: str | None = None,
    ) -> Registro:
        """Descuenta todas las líneas o ninguna; cada una es `{sku | item_id, quantity, notes?}`.

        Con `tank_id` y `session_number` la operación es «la sesión N de ese tanque en esa fecha, con esas
        líneas»: pedirla otra vez devuelve lo de antes con `replayed` y no descuenta. La fecha es
        `feeding_date` o, sin ella, la de hoy en UTC: quien anota dos días iguales de una sentada debe
        decirla. Sin tanque o sin sesión, cada llamada descuenta. `idempotency_key` manda sobre todo esto.
        """
        lines = [_line(one) for one in deductions]
        module = module_reference or self.module_name
        if idempotency_key is None and tank_id is not None and session_number is not None:
            idempotency_key = _session_key(
                module,
                str(tank_id),
                feeding_date or datetime.now(UTC).date(),
                session_number,
                [str(batch_id or ""), global_notes or "", *(_identity(one) for one in lines)],
            )
        done: BatchDeducted = await self._run(
            self.client.use_batch,
            lines,
            module_reference=module,
            tank_id=None if tank_id is None else str(tank_id),
            batch_id=batch_id or None,
            session_number=session_number,
            global_notes=global_notes or None,
            idempotency_key=idempotency_key,
            acting=_person(user_id, username),
        )
        if done.replayed:
            registro.warning(
                "Tank %s, session %s: already deducted with these lines; nothing was deducted again.",
                tank_id,
                session_number,
            )
        result = _record(done)
        result["all_transaction_ids"] = result["transaction_ids"]
        result["transaction_ids"] = [
            line.transaction_ids[0] if line.transaction_ids else None for line in done.results
        ]
        return result

    async def deduct_stock(
        self,
        item_sku: str,
        quantity: Quantity,
        user_id: UUID | str | None = None,
        username: str | None = None,
        reference_id: UUID | str | None = None,
        notes: str | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Registro:
        """Descuenta un artículo. Cada llamada descuenta, salvo que traiga una `idempotency_key` ya usada."""
        item = await self._item(item_sku)
        used = await self._run(
            self.client.use_stock,
            item_id=item.id,
            quantity=quantity,
            purpose=f"{self.module_name} operation",
            module_reference=self.module_name,
            tank_id=None if reference_id is None else str(reference_id),
            notes=notes,
            idempotency_key=idempotency_key,
            acting=_person(user_id, username),
        )
        result = _record(used)
        for batch in result["batches_used"]:
            batch["inventory_batch_id"], batch["batch_id"] = batch["batch_id"], None
        return Registro(result, item_name=item.name, sku=item.sku, unit=item.unit)

    # ── Lo que hay ───────────────────────────────────────────────────────────────────────────────

    async def bulk_fetch(
        self,
        skus: Iterable[str] | None = None,
        item_ids: Iterable[int] | None = None,
        include_reserved: bool = True,
        include_batches: bool = False,
    ) -> Registro:
        """`{items, total, requested, found, not_found}`; sin nada que buscar, vacío y sin preguntar."""
        skus, item_ids = list(skus or ()), list(item_ids or ())
        if not (skus or item_ids):
            return Registro(items=[], total=0, requested=0, found=0, not_found=[])
        found = await self._run(
            self.client.bulk_fetch,
            skus=skus,
            item_ids=item_ids,
            include_reserved=include_reserved,
            include_batches=include_batches,
        )
        return _record(found)

    async def get_item_by_sku(self, sku: str) -> Registro | None:
        found = await self.bulk_fetch(skus=[sku])
        item: Registro | None = next(iter(found["items"]), None)
        return item

    async def check_availability(self, sku: str) -> Registro:
        """`available` dice si hay algo que se pueda sacar; de un SKU que no existe, no hay nada."""
        item = await self.get_item_by_sku(sku)
        if item is None:
            zero = Decimal(0)
            return Registro(
                available=False, sku=sku, current_qty=zero, reserved_qty=zero, available_qty=zero, unit=None
            )
        names = ("sku", "current_qty", "reserved_qty", "available_qty", "unit")
        return Registro({name: item[name] for name in names}, available=item["available_qty"] > 0)

    async def estimate_days_remaining(self, sku: str, daily_usage: Quantity) -> float | None:
        """Días que alcanza lo disponible a ese consumo diario; None si no hay artículo o no se consume."""
        usage = decimal_de(daily_usage)
        item = await self.get_item_by_sku(sku)
        if item is None or usage <= 0:
            return None
        return float(item["available_qty"] / usage)

    # ── Reservas ─────────────────────────────────────────────────────────────────────────────────

    async def create_reservation(
        self,
        item_sku: str,
        quantity: Quantity,
        module_reference: str | None = None,
        reference_id: UUID | str | None = None,
        duration_hours: int = 24,
        notes: str | None = None,
        user_id: UUID | str | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Registro:
        item = await self._item(item_sku)
        reservation = await self._run(
            self.client.reserve,
            item_id=item.id,
            quantity=quantity,
            module_reference=module_reference or self.module_name,
            reference_id=reference_id,
            duration_hours=duration_hours,
            notes=notes,
            idempotency_key=idempotency_key,
            acting=_person(user_id, None),
        )
        return _record(reservation)

    async def cancel_reservation(self, reservation_id: UUID | str) -> bool:
        """True cuando quedó cancelada; si ya no estaba pendiente, lanza `InventoryRefused` (404)."""
        await self._run(self.client.cancel_reservation, reservation_id)
        return True

    async def confirm_reservation(
        self,
        reservation_id: UUID | str,
        user_id: UUID | str | None = None,
        username: str | None = None,
    ) -> Registro:
        confirmed = await self._run(
            self.client.confirm_reservation, reservation_id, acting=_person(user_id, username)
        )
        return _record(confirmed)

    # ── Informes ─────────────────────────────────────────────────────────────────────────────────

    async def get_consumption_report(
        self, start_date: date | None = None, end_date: date | None = None, days_back: int | None = None
    ) -> Registro:
        report = await self._run(
            self.client.module_consumption,
            self.module_name,
            start_date=start_date,
            end_date=end_date,
            days_back=days_back,
        )
        return _record(report)

    async def get_module_items(self) -> list[Registro]:
        return [_record(item) for item in await self._run(self.client.module_items, self.module_name)]

    async def get_low_stock_items(self) -> list[Registro]:
        found = await self._run(self.client.low_stock_alerts, module=self.module_name)
        return [_record(item) for item in found]

    # ── Lo común ─────────────────────────────────────────────────────────────────────────────────

    async def _item(self, sku: str) -> StockItem:
        """El artículo activo de ese SKU; lanza `UnknownSku` (un `ValueError`) si no hay."""
        found = await self._run(self.client.bulk_fetch, skus=[sku])
        if not found.items:
            raise UnknownSku(sku)
        return found.items[0]

    async def _run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await asyncio.to_thread(call, *args, **kwargs)
        except ErrorDeApi as error:
            raise InventoryRefused(error) from error
        except RespuestaIlegible as error:
            raise InventoryUnavailable("The inventory service gave an answer that cannot be read") from error
        except ErrorDeInventario as error:
            raise InventoryUnavailable(f"The inventory service did not answer ({error})") from error


def create_inventory_integration(module_name: str) -> InventoryIntegration:
    return InventoryIntegration(module_name=module_name)


def _line(one: Mapping[str, Any]) -> Deduction:
    return Deduction(
        quantity=one["quantity"],
        sku=one.get("sku"),
        item_id=one.get("item_id"),
        notes=one.get("notes") or None,
    )


def _identity(line: Deduction) -> list[Any]:
    """Lo que hace de una línea la misma línea: 5.5 y "5.50" no son dos cosas."""
    return [line.sku, line.item_id, f"{decimal_de(line.quantity).normalize():f}", line.notes or ""]


def _person(user_id: UUID | str | None, username: str | None) -> Persona:
    return Persona(id=str(user_id or ""), nombre=username or "")


def _session_key(module: str, tank: str, day: date, session: int, rest: list[Any]) -> str:
    """Devuelve la clave de una sesión: la misma para lo mismo, otra si cambia algo de lo que se descuenta."""
    digest = hashlib.sha256(escribir_json([module, tank, day, session, rest])).hexdigest()
    return f"feeding-{day}-{session}-{digest[:40]}"


def _record(thing: Any) -> Registro:
    """Vuelve un dataclass, y todo lo que lleva dentro, diccionarios."""
    return Registro({key: _deep(value) for key, value in asdict(thing).items()})


def _deep(value: Any) -> Any:
    if isinstance(value, dict):
        return Registro({key: _deep(one) for key, one in value.items()})
    if isinstance(value, list):
        return [_deep(one) for one in value]
    return value
