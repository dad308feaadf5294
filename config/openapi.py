"""Qué dice de sí la documentación de la API, y cómo se llaman en ella las listas de opciones."""

from __future__ import annotations

from typing import Any

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Inventario",
    "DESCRIPTION": "Productos, lotes y movimientos de un almacén, con despacho FEFO.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v[0-9]",
    "SERVE_INCLUDE_SCHEMA": False,
    "PREPROCESSING_HOOKS": ["inventario.borde.rutas.sin_barra_final"],
    # Nombres propios para listas de opciones que comparten el nombre del campo.
    "ENUM_NAME_OVERRIDES": {
        "TipoDeMovimiento": "inventario.movimientos.models.tipos.TipoMovimiento",
        "TipoDeAsiento": "inventario.movimientos.models.tipos.TipoAsiento",
        "Motivo": "inventario.movimientos.models.tipos.Motivo",
        "MotivoDeEntrada": "inventario.movimientos.api.peticiones.MOTIVOS_DE_ENTRADA",
        "MotivoDeSalida": "inventario.movimientos.api.peticiones.MOTIVOS_DE_SALIDA",
        "MotivoDeDespacho": "inventario.movimientos.api.peticiones.MOTIVOS_DE_DESPACHO",
        "MotivoDeAjuste": "inventario.movimientos.api.peticiones.MOTIVOS_PARA_AJUSTAR",
        "BioflocModule": "inventario.biofloc.catalogo.esquemas.modulos.MODULOS",
        "EstadoDeReserva": "inventario.reservas.estados.EstadoReserva",
        "EstadoDeExportacion": "inventario.reportes.models.EstadoDeExportacion",
        "TipoDeAlerta": "inventario.alertas.models.TipoAlerta",
        "Severidad": "inventario.alertas.models.Severidad",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
