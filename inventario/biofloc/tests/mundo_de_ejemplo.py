"""La granja de los ejemplos: siempre los mismos ítems y lotes, armados por las direcciones del contrato."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from inventario.cuentas.models import Empresa
from inventario.movimientos.models import Movimiento
from inventario.movimientos.tests.mundo import comprobar_invariantes
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.fabricas import CategoriaFabrica, ProductoFabrica
from inventario.nucleo.tests.mundo import ClienteApi

RAIZ = "/api/v1/inventory"
TANQUE = "550e8400-e29b-41d4-a716-446655440000"
CARDUMEN = "660e8400-e29b-41d4-a716-446655440001"


@dataclass
class Granja:
    """Un cliente con su clave y los ítems por su SKU (o su nombre, si no tienen)."""

    empresa: Empresa
    cliente: ClienteApi
    ids: dict[str, int] = field(default_factory=dict)

    def item(self, sku: str | None, nombre: str, **campos: Any) -> int:
        with en_empresa(self.empresa):
            producto: Any = ProductoFabrica(empresa=self.empresa, sku=sku, nombre=nombre, **campos)
        self.ids[sku or nombre] = producto.pk
        return int(producto.pk)

    def por(self, persona: str, nombre: str) -> None:
        """De aquí en adelante la clave actúa por esa persona del otro sistema."""
        credencial: dict[str, Any] = vars(self.cliente)["_credentials"]
        self.cliente.credentials(
            **{**credencial, "HTTP_X_ACTING_USER_ID": persona, "HTTP_X_ACTING_USER_NAME": nombre}
        )

    def post(self, ruta: str, cuerpo: Any = None, *, clave: str | None = None) -> Any:
        """`clave` es la de idempotencia."""
        cabeceras: dict[str, Any] = {} if clave is None else {"HTTP_IDEMPOTENCY_KEY": clave}
        return self.cliente.post(f"{RAIZ}/{ruta}", {} if cuerpo is None else cuerpo, **cabeceras)

    def get(self, ruta: str, **consulta: Any) -> Any:
        return self.cliente.get(f"{RAIZ}/{ruta}", consulta)

    def delete(self, ruta: str) -> Any:
        return self.cliente.delete(f"{RAIZ}/{ruta}")

    def agregar(self, cual: str, cantidad: Any, costo: Any = 0, dia: str = "2024-01-10", **mas: Any) -> int:
        """Agrega existencia y devuelve el lote."""
        cuerpo = {
            "item_master_id": self.ids[cual],
            "quantity": cantidad,
            "unit_cost": costo,
            "purchase_date": dia,
            **mas,
        }
        respuesta = self.post("stock/add", cuerpo)
        assert respuesta.status_code == 201, respuesta.content
        return int(respuesta.json()["batch_id"])

    def usar(self, cual: str, cantidad: Any, **mas: Any) -> Any:
        cuerpo = {"item_master_id": self.ids[cual], "quantity": cantidad, "purpose": "Feeding", **mas}
        return self.post("stock/use", cuerpo)

    def usar_varias(self, *lineas: tuple[str, Any], modulo: str = "biofloc", **mas: Any) -> Any:
        deducciones = [{"sku": sku, "quantity": cantidad} for sku, cantidad in lineas]
        return self.post("stock/use-batch", {"deductions": deducciones, "module_reference": modulo, **mas})

    def ajustar(self, cual: str, clase: str, cantidad: Any, **mas: Any) -> Any:
        cuerpo = {
            "item_master_id": self.ids[cual],
            "adjustment_type": clase,
            "quantity_change": cantidad,
            "reason": "Monthly count",
            **mas,
        }
        return self.post("stock/adjust", cuerpo)

    def reservar(self, cual: str, cantidad: Any, modulo: str = "biofloc", **mas: Any) -> Any:
        cuerpo = {"item_id": self.ids[cual], "quantity": cantidad, "module_reference": modulo, **mas}
        return self.post("stock/reserve", cuerpo)

    def reservada(self, cual: str, cantidad: Any, modulo: str = "biofloc", **mas: Any) -> str:
        """Reserva y devuelve el id de la reserva."""
        respuesta = self.reservar(cual, cantidad, modulo, **mas)
        assert respuesta.status_code == 201, respuesta.content
        return str(respuesta.json()["id"])

    def ficha(self, cual: str, **mas: Any) -> dict[str, Any]:
        cuerpo = {"item_ids": [self.ids[cual]], "include_reserved": True, **mas}
        ficha: dict[str, Any] = self.post("items/bulk-fetch", cuerpo).json()["items"][0]
        return ficha

    def hay(self, cual: str) -> Any:
        return self.ficha(cual)["current_qty"]

    def libro(self, **consulta: Any) -> list[dict[str, Any]]:
        """Las transacciones, la más nueva primero."""
        filas: list[dict[str, Any]] = self.get("transactions", limit=500, **consulta).json()["transactions"]
        return filas

    def comprobar(self) -> None:
        """Libro, lotes y existencias dicen lo mismo."""
        with en_empresa(self.empresa):
            comprobar_invariantes()

    def suma_del_libro(self, cual: str) -> Decimal:
        filas = self.libro(item_id=self.ids[cual])
        return sum((Decimal(fila["quantity_change"]) for fila in filas), Decimal(0))


def armar(empresa: Empresa, cliente: ClienteApi) -> Granja:
    """Dos alimentos con existencia, uno solo vencido, dos que se llaman igual y piezas sin SKU."""
    granja = Granja(empresa, cliente)
    with en_empresa(empresa):
        categoria = CategoriaFabrica(empresa=empresa, nombre="Feeds")
    granja.item("CR-12", "Starter crumble 1.2", categoria=categoria, punto_reorden=Decimal(80))
    granja.item("VIT-MIX", "Vitamin mix")
    granja.item("PRO-1", "Probiotic")
    granja.item("SALT-1", "Salt")
    granja.item("SALT-2", "Salt")
    granja.item(None, "Air stone", por_unidad=True)
    granja.item("NET-9", "Old net", activo=False)
    granja.agregar("CR-12", 9, 55, "2024-01-10", batch_number="L-07", po_number="PO-81", notes="Dry")
    granja.agregar("CR-12", "20.5", "58", "2024-02-10")
    granja.agregar("VIT-MIX", 2, "5.5")
    granja.agregar("PRO-1", 3, 12, "2024-01-01", expiry_date="2024-06-01", batch_number="P-1")
    granja.agregar("Air stone", 10, "1.25")
    return granja


def detalle(respuesta: Any, estado: int) -> str:
    """El texto del rechazo, después de exigir su estado y su forma."""
    assert respuesta.status_code == estado, respuesta.content
    cuerpo = respuesta.json()
    assert isinstance(cuerpo["detail"], str)
    assert cuerpo["detail"]
    if estado == 422:
        assert cuerpo["errors"]
    return str(cuerpo["detail"])


def campos(respuesta: Any) -> list[str]:
    """Los campos que nombra un 422."""
    detalle(respuesta, 422)
    return [error["field"] for error in respuesta.json()["errors"]]


def movimientos(granja: Granja) -> int:
    with en_empresa(granja.empresa):
        return int(Movimiento.objects.count())
