"""Del libro al vocabulario ajeno, y de vuelta: funciones puras, sin consultas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from inventario.biofloc import numeros
from inventario.existencias.fichas import Ficha
from inventario.existencias.lineas import AjusteHecho, Consumo
from inventario.lotes.models import Lote, Procedencia
from inventario.movimientos.errores import ExistenciaInsuficiente
from inventario.movimientos.models import Asiento, Motivo, Movimiento, TipoMovimiento
from inventario.movimientos.models.tipos import NEGATIVOS, POSITIVOS
from inventario.nucleo.cantidades import CERO, costo_total, en_dinero, en_numero
from inventario.nucleo.errores import DatoInvalido, ErrorDeDominio
from inventario.productos.models import Producto
from inventario.reservas.services import DOCUMENTO as RESERVA

SIN_EXISTENCIA = "No stock available for this item"
OPERACION_MULTIPLE = "Batch operation"

ENTRADAS = frozenset({TipoMovimiento.ENTRADA, TipoMovimiento.DEVOLUCION_ENTRADA})
USOS = frozenset({TipoMovimiento.SALIDA})
AJUSTES = frozenset({*POSITIVOS, *NEGATIVOS}) - ENTRADAS - USOS
# Tipo ajeno → tipos de línea y, si hace falta, si vienen de una orden de compra (decisión 12).
TIPOS: dict[str, tuple[frozenset[TipoMovimiento], bool | None]] = {
    "add": (ENTRADAS, False),
    "purchase": (frozenset({TipoMovimiento.ENTRADA}), True),
    "use": (USOS, None),
    "adjustment": (AJUSTES, None),
}


# ── Lo que no alcanza ───────────────────────────────────────────────────────────────────────────


def por_que_no_alcanza(error: ExistenciaInsuficiente, *, adjetivo: str = "") -> str:
    """Devuelve el texto del protocolo con las cifras que de verdad se exigieron, el ítem y su unidad."""
    if error.utilizable == 0 and not adjetivo:
        return SIN_EXISTENCIA
    disponible, solicitado = (numeros.cantidad(error.datos[cual]) for cual in ("disponible", "solicitado"))
    donde = f" in {error.bodega}" if error.bodega else ""
    return (
        f"Insufficient {adjetivo}stock. Available: {disponible}, Requested: {solicitado} "
        f"({item_legible(error.producto)}, {error.producto.unidad.nombre_en}{donde})"
    )


def cifras_de(error: ExistenciaInsuficiente) -> dict[str, Any]:
    """Lo que va junto a `detail`, para quien no quiere leerlo de una frase."""
    return {
        "available": en_numero(error.datos["disponible"]),
        "requested": en_numero(error.datos["solicitado"]),
        "reserved_qty": en_numero(error.datos["reservado"]),
        "expired_qty": en_numero(error.datos["vencido"]),
        "unit": error.producto.unidad.nombre_en,
    }


def item_legible(producto: Producto) -> str:
    return f"{producto.nombre} [{producto.sku}]" if producto.sku else producto.nombre


def cifra(valor: Decimal) -> str:
    return numeros.cantidad(valor)


# ── Lotes, líneas y ajustes ─────────────────────────────────────────────────────────────────────


def numero_de_lote(lote: Lote) -> str | None:
    """El código; lo contado de más abre un lote sin él, que aquí se nombra como un ajuste (§3.5)."""
    if lote.codigo:
        return lote.codigo
    return f"ADJ-{lote.pk}" if lote.procedencia == Procedencia.CONTEO else None


def uso_de_lotes(lineas: Sequence[Movimiento]) -> dict[str, Any]:
    """Lo que se tomó de cada lote, en el orden en que salió, con el costo exacto redondeado una vez."""
    cantidad = -sum((linea.cantidad for linea in lineas), CERO)
    costo = costo_de(lineas)
    return {
        "quantity_used": cantidad,
        "batches_used": [
            {
                "batch_id": linea.lote_id,
                "batch_number": numero_de_lote(linea.lote),
                "qty_from_batch": -linea.cantidad,
                "unit_cost": linea.costo_unitario,
                "cost": -linea.cantidad * linea.costo_unitario,
            }
            for linea in lineas
        ],
        "total_cost": costo,
        "weighted_avg_cost": costo / cantidad,
        "new_balance": lineas[-1].fisica_tras,
    }


def costo_de(lineas: Iterable[Movimiento]) -> Decimal:
    return costo_total((abs(linea.cantidad), linea.costo_unitario) for linea in lineas)


def tipo_de(linea: Movimiento) -> str:
    tipo = TipoMovimiento(linea.tipo)
    if tipo in USOS:
        return "use"
    if tipo not in ENTRADAS:
        return "adjustment"
    comprado = tipo == TipoMovimiento.ENTRADA and linea.lote.procedencia == Procedencia.COMPRA
    return "purchase" if comprado else "add"


def transaccion(linea: Movimiento) -> dict[str, Any]:
    asiento, tipo = linea.asiento, tipo_de(linea)
    de_compra = tipo in ("add", "purchase")
    return {
        "id": linea.pk,
        "item_master_id": linea.producto_id,
        "item_name": linea.producto.nombre,
        "batch_id": linea.lote_id,
        "batch_number": numero_de_lote(linea.lote),
        "transaction_type": tipo,
        "quantity_change": linea.cantidad,
        "new_balance": linea.fisica_tras,
        "unit_cost": linea.costo_unitario,
        "total_cost": abs(linea.cantidad) * linea.costo_unitario,
        "po_number": (asiento.referencia or None) if de_compra else None,
        "module_reference": asiento.modulo or None,
        "tank_id": asiento.tanque or None,
        "module_batch_id": asiento.lote_modulo or None,
        "session_number": asiento.sesion,
        "user_id": quien(asiento)[0],
        "username": quien(asiento)[1],
        "notes": notas_de(linea),
        "transaction_date": asiento.registrado_en,
    }


def quien(asiento: Asiento) -> tuple[str, str]:
    """Id y nombre de la persona: la que la clave dijo representar; si no, la del propio sistema."""
    persona = asiento.actor
    return asiento.externo_id or str(persona.pk), asiento.externo_nombre or persona.nombre or persona.email


def notas_de(linea: Movimiento) -> str | None:
    asiento = linea.asiento
    porque = asiento.motivo_texto
    if asiento.documento_tipo == RESERVA:
        porque = f"Confirmed reservation {asiento.documento_id}"
    elif tipo_de(linea) == "adjustment" and porque:
        porque = f"{clase_de_ajuste(asiento, linea.cantidad)}: {porque}"
    return " | ".join(parte for parte in (porque, asiento.notas, linea.nota) if parte) or None


def clase_de_ajuste(asiento: Asiento, cambio: Decimal) -> str:
    if asiento.motivo == Motivo.CONTEO:
        return "recount"
    return "increase" if cambio > 0 else "decrease"


def ajustado(asiento: Asiento | None, *, contada: Decimal) -> dict[str, Any]:
    """Lo que hizo un ajuste; sin asiento, el conteo halló justo lo que se sabía."""
    if asiento is None:
        return {
            "message": "Stock already matches the count",
            "adjustment_id": None,
            "previous_qty": contada,
            "new_qty": contada,
            "quantity_change": CERO,
        }
    hecho = AjusteHecho(asiento.lineas[0], asiento.lineas[-1])
    return {
        "message": "Stock adjusted",
        "adjustment_id": asiento.pk,
        "previous_qty": hecho.anterior,
        "new_qty": hecho.nueva,
        "quantity_change": hecho.cambio,
    }


def ajuste(hecho: AjusteHecho) -> dict[str, Any]:
    asiento, producto = hecho.ultima.asiento, hecho.ultima.producto
    persona_id, persona = quien(asiento)
    return {
        "id": asiento.pk,
        "item_master_id": producto.pk,
        "item_name": producto.nombre,
        "sku": producto.sku,
        "unit": producto.unidad.nombre_en,
        "adjustment_type": clase_de_ajuste(asiento, hecho.cambio),
        "quantity_change": hecho.cambio,
        "previous_qty": hecho.anterior,
        "new_qty": hecho.nueva,
        "reason": asiento.motivo_texto or asiento.motivo,
        "notes": asiento.notas or None,
        "adjusted_by": persona_id,
        "adjusted_by_name": persona,
        "adjustment_date": asiento.registrado_en,
    }


# ── Varios a la vez ─────────────────────────────────────────────────────────────────────────────


def linea_cumplida(producto: Producto, cantidad: Decimal, lineas: Sequence[Movimiento]) -> dict[str, Any]:
    return {
        "item_name": producto.nombre,
        "sku": producto.sku,
        "quantity": cantidad,
        "cost": en_dinero(costo_de(lineas)),
        "success": True,
        "transaction_ids": [linea.pk for linea in lineas],
    }


def linea_fallida(nombre: str, sku: str | None, cantidad: Decimal, error: ErrorDeDominio) -> dict[str, Any]:
    """La línea que impidió el resto; las cifras van solo si lo que faltó fue existencia."""
    fallida: dict[str, Any] = {
        "item_name": nombre,
        "sku": sku,
        "quantity": cantidad,
        "cost": CERO,
        "success": False,
        "transaction_ids": [],
        "error": motivo_de_linea(error),
    }
    if isinstance(error, ExistenciaInsuficiente):
        fallida["available"] = error.datos["disponible"]
        fallida["requested"] = error.datos["solicitado"]
    return fallida


def motivo_de_linea(error: ErrorDeDominio) -> str:
    """Dice en inglés por qué no salió una línea; las que no son de existencia ya vienen en inglés."""
    if isinstance(error, ExistenciaInsuficiente):
        return por_que_no_alcanza(error)
    if isinstance(error, DatoInvalido):
        return "This unit does not take fractions"
    return error.mensaje


def ficha(una: Ficha, *, con_apartado: bool) -> dict[str, Any]:
    producto = una.producto
    return {
        "id": producto.pk,
        "sku": producto.sku,
        "name": producto.nombre,
        "current_qty": una.cifras.fisica,
        "unit": producto.unidad.nombre_en,
        "category": producto.categoria.nombre if producto.categoria else None,
        "reorder_threshold": producto.punto_reorden,
        "last_purchase_price": una.ultimo_costo,
        "reserved_qty": una.cifras.apartada if con_apartado else None,
        "available_qty": una.cifras.disponible if con_apartado else None,
        "batches": None if una.lotes is None else [lote_de(producto, lote) for lote in una.lotes],
    }


def lote_de(producto: Producto, lote: Any) -> dict[str, Any]:
    """`lote` trae anotadas las notas de su entrada."""
    return {
        "id": lote.pk,
        "item_master_id": producto.pk,
        "item_name": producto.nombre,
        "batch_number": numero_de_lote(lote),
        "quantity_purchased": lote.cantidad_recibida,
        "remaining_qty": lote.saldo,
        "unit_cost": lote.costo_unitario,
        "purchase_date": lote.fecha_ingreso,
        "expiry_date": lote.vence_el,
        "supplier_id": lote.proveedor_id,
        "supplier_name": lote.proveedor.nombre if lote.proveedor else None,
        "po_number": lote.referencia_proveedor or None,
        "notes": lote.notas or None,
        "is_active": not lote.bloqueado,
        "created_at": lote.creado_en,
    }


def consumo(uno: Consumo) -> dict[str, Any]:
    producto = uno.producto
    return {
        "item_id": producto.pk,
        "item_name": producto.nombre,
        "sku": producto.sku,
        "category": producto.categoria.nombre if producto.categoria else None,
        "unit": producto.unidad.nombre_en,
        "total_quantity_used": uno.cantidad,
        "total_cost": uno.costo,
        "transaction_count": uno.lineas,
        "last_used": uno.ultimo,
    }
