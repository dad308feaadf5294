"""La granja de los ejemplos: siempre los mismos ítems y lotes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from inventario.cuentas.actores import identidad_de_clave
from inventario.cuentas.empresas.selectors import bodega_principal
from inventario.cuentas.models import ClaveApi, Empresa
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo, Movimiento
from inventario.movimientos.services import registrar_entrada
from inventario.movimientos.tests.mundo import comprobar_invariantes
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.fabricas import CategoriaFabrica, ProductoFabrica
from inventario.nucleo.tests.mundo import ClienteApi
from inventario.productos.models import Producto

RAIZ = "/api/v1/inventory"
TANQUE = "550e8400-e29b-41d4-a716-446655440000"
CARDUMEN = "660e8400-e29b-41d4-a716-446655440001"
COMPRA = Glosa(motivo=Motivo.COMPRA)


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

    def actor(self) -> Actor:
        """El de su clave, para lo que se arma por los servicios."""
        return identidad_de_clave(ClaveApi.objects.select_related("usuario", "empresa").get())

    def comprar(
        self, cual: str, cantidad: str, costo: str, dia: date, glosa: Glosa = COMPRA, **mas: Any
    ) -> None:
        """Deja lo mismo que `agregar`, sin pasar por la dirección."""
        with en_empresa(self.empresa):
            registrar_entrada(
                actor=self.actor(),
                producto=Producto.objects.select_related("unidad").get(pk=self.ids[cual]),
                bodega=bodega_principal(self.empresa),
                cantidad=Decimal(cantidad),
                costo_unitario=Decimal(costo),
                fecha_ingreso=dia,
                permitir_vencido=True,
                glosa=glosa,
                **mas,
            )

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
    orden = Glosa(motivo=Motivo.COMPRA, referencia="PO-81", notas="Dry")
    granja.comprar("CR-12", "9", "55", date(2024, 1, 10), orden, codigo="L-07", referencia_proveedor="PO-81")
    granja.comprar("CR-12", "20.5", "58", date(2024, 2, 10))
    granja.comprar("VIT-MIX", "2", "5.5", date(2024, 1, 10))
    granja.comprar("PRO-1", "3", "12", date(2024, 1, 1), vence_el=date(2024, 6, 1), codigo="P-1")
    granja.comprar("Air stone", "10", "1.25", date(2024, 1, 10))
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
