"""Cuándo hay algo que avisar, qué tan grave es y cómo se dice. Funciones puras: no consultan nada."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from inventario.alertas.models import Severidad, TipoAlerta
from inventario.cuentas.models import Bodega
from inventario.lotes.models import Lote
from inventario.nucleo.cantidades import en_espanol, en_numero
from inventario.productos.models import Producto

DIAS_DE_CRITICA = 7
DIAS_DE_ALTA = 30


@dataclass(frozen=True, slots=True)
class Causa:
    """Algo que hoy merece una alerta abierta, con lo que ella debe decir."""

    tipo: TipoAlerta
    producto_id: int
    severidad: Severidad
    mensaje: str
    datos: dict[str, Any]
    bodega_id: int | None = None
    lote_id: int | None = None
    fecha_referencia: date | None = None

    @property
    def clave(self) -> tuple[str, int, int | None, int | None]:
        return (self.tipo.value, self.producto_id, self.bodega_id, self.lote_id)


def bajo_minimo(producto: Producto, *, fisica: Decimal, disponible: Decimal) -> Iterator[Causa]:
    """Hay menos que el mínimo. De un producto inactivo nadie va a pedir más.

    Lo vencido, lo bloqueado y lo reservado cuentan, salvo que el producto pida mirar lo disponible.
    """
    if not producto.activo or not producto.bajo_minimo(fisica=fisica, disponible=disponible):
        return
    hay = producto.contra_el_minimo(fisica=fisica, disponible=disponible)
    datos = {
        "nombre": producto.nombre,
        "sku": producto.sku,
        "cantidad_actual": en_numero(fisica),
        "stock_minimo": en_numero(producto.stock_minimo),
    }
    que = ""
    if producto.minimo_sobre_disponible:
        que, datos["cantidad_disponible"] = "disponibles ", en_numero(disponible)
    yield Causa(
        tipo=TipoAlerta.STOCK_MINIMO,
        producto_id=producto.pk,
        severidad=Severidad.ALTA if hay else Severidad.CRITICA,
        mensaje=f"Quedan {que}{en_espanol(hay)} "
        f"de un mínimo de {en_espanol(producto.stock_minimo)}: {producto}.",
        datos=datos,
    )


def bajo_minimo_sin_cifras(datos: dict[str, Any]) -> str:
    """El mensaje de la misma causa para quien no ve todas las bodegas: que falta, no cuánto hay."""
    de_quien = f"{datos['nombre']} (SKU {datos['sku']})" if datos["sku"] else datos["nombre"]
    return f"Hay menos que el mínimo de {en_espanol(Decimal(str(datos['stock_minimo'])))}: {de_quien}."


def vencimiento(producto: Producto, lote: Lote, hoy: date) -> Causa:
    """El lote, que tiene saldo y vence dentro del horizonte, ya venció o se acerca a su fecha."""
    assert lote.vence_el is not None, "Un lote sin fecha no vence."
    dias = (lote.vence_el - hoy).days
    vencido = dias < 0
    que = "venció" if vencido else "vence"
    return Causa(
        tipo=TipoAlerta.VENCIDO if vencido else TipoAlerta.POR_VENCER,
        producto_id=producto.pk,
        severidad=severidad_por_dias(dias),
        mensaje=f"El lote {lote.pk} de {producto} {que} el {lote.vence_el:%d/%m/%Y}: "
        f"quedan {en_espanol(lote.saldo)}.",
        datos={
            "producto_nombre": producto.nombre,
            "producto_sku": producto.sku,
            "cantidad_actual": en_numero(lote.saldo),
            "fecha_vencimiento": lote.vence_el.isoformat(),
        },
        bodega_id=lote.bodega_id,
        lote_id=lote.pk,
        fecha_referencia=lote.vence_el,
    )


def sin_respaldo(
    producto: Producto, bodega: Bodega, *, apartada: Decimal, utilizable: Decimal, varias: bool
) -> Causa:
    """Se prometió más de lo que se puede entregar (decisión 14); con varias bodegas dice en cuál."""
    falta = apartada - utilizable
    donde = f" en {bodega.nombre}" if varias else ""
    return Causa(
        tipo=TipoAlerta.RESERVA_SIN_RESPALDO,
        producto_id=producto.pk,
        severidad=Severidad.ALTA if utilizable else Severidad.CRITICA,
        mensaje=f"Faltan {en_espanol(falta)} para cumplir lo reservado de {producto}{donde}: "
        f"se prometieron {en_espanol(apartada)} y solo sirven {en_espanol(utilizable)}.",
        datos={
            "nombre": producto.nombre,
            "sku": producto.sku,
            "bodega": bodega.codigo,
            "reservado": en_numero(apartada),
            "utilizable": en_numero(utilizable),
            "falta": en_numero(falta),
        },
        bodega_id=bodega.pk,
    )


def severidad_por_dias(dias: int) -> Severidad:
    """Cuánto apremia algo que vence en esos días; ya vencido, los días son negativos."""
    if dias <= DIAS_DE_CRITICA:
        return Severidad.CRITICA
    return Severidad.ALTA if dias <= DIAS_DE_ALTA else Severidad.INFORMATIVA
