"""Ejemplos de la documentación: los del contrato, con todas sus claves."""

from __future__ import annotations

from typing import Any

MOVIMIENTO: dict[str, Any] = {
    "id": 801,
    "lote_id": 77,
    "tipo": "salida",
    "cantidad": 12,
    "fecha_movimiento": "2030-02-03T15:04:05.120000Z",
    "producto_id": 31,
    "producto_sku": "HAR-MAIZ-1K",
    "producto_nombre": "Harina de maíz 1 kg",
    "lote_codigo": "L-2031-05",
    "bodega": "principal",
    "saldo_lote": 36,
    "costo_unitario": 3.85,
    "asiento_id": 412,
    "usuario": "Ana",
    "persona_externa": None,
    "motivo": "consumo",
    "justificacion": "",
    "referencia": "",
    "modulo": "",
    "tanque": "",
    "nota": "",
}

INSUFICIENTE: dict[str, Any] = {
    "detail": "Stock insuficiente de HAR-MAIZ-1K: se pidió 60 u y hay 48 u disponible.",
    "codigo": "stock_insuficiente",
    "errores": [
        {
            "campo": "",
            "ubicacion": "body",
            "codigo": "stock_insuficiente",
            "mensaje": "Stock insuficiente de HAR-MAIZ-1K: se pidió 60 u y hay 48 u disponible.",
            "producto": 31,
            "sku": "HAR-MAIZ-1K",
            "solicitado": 60,
            "disponible": 48,
            "reservado": 0,
            "vencido": 5,
        }
    ],
    "request_id": "01JCX2V8M4Q0",
}
