"""Las operaciones del libro en la API, descritas una vez para todas las pruebas que las recorren."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

V1 = "/api/v1/inventario"


@dataclass(frozen=True)
class Ids:
    producto: int
    lote: int
    asiento: int


@dataclass(frozen=True)
class Operacion:
    """Una operación POST: su ruta, un cuerpo que vale y de qué clase es cada dato."""

    ruta: str
    cuerpo: Callable[[Ids], dict[str, Any]]
    ids: tuple[str, ...] = ()
    cantidades: tuple[str, ...] = ()
    textos: tuple[str, ...] = ()
    fechas: tuple[str, ...] = ()
    opciones: tuple[str, ...] = ()
    con_signo: tuple[str, ...] = ()
    cero_vale: tuple[str, ...] = ()

    def dato(self) -> Iterator[tuple[str, str]]:
        for clase in ("ids", "cantidades", "textos", "fechas", "opciones"):
            for campo in getattr(self, clase):
                yield clase, campo


POR_QUE = {"motivo": "conteo", "justificacion": "Conteo físico de marzo"}
DE_MODULO = ("referencia", "justificacion", "notas", "modulo", "tanque", "lote_modulo")
OPERACIONES = {
    "entradas": Operacion(
        f"{V1}/entradas",
        lambda i: {"producto_id": i.producto, "cantidad_recibida": 5},
        ids=("producto_id", "proveedor_id"),
        cantidades=("cantidad_recibida", "costo_unitario"),
        textos=("codigo_lote", "referencia_proveedor", "referencia", "justificacion", "notas", "bodega"),
        fechas=("fecha_vencimiento", "fecha_ingreso"),
        opciones=("motivo", "permitir_vencido"),
        cero_vale=("costo_unitario",),
    ),
    "salidas": Operacion(
        f"{V1}/salidas",
        lambda i: {"lote_id": i.lote, "cantidad": 5},
        ids=("lote_id",),
        cantidades=("cantidad",),
        textos=DE_MODULO,
        opciones=("motivo",),
    ),
    "despachar": Operacion(
        f"{V1}/despachar",
        lambda i: {"producto_id": i.producto, "cantidad": 5},
        ids=("producto_id",),
        cantidades=("cantidad",),
        textos=(*DE_MODULO, "bodega"),
        opciones=("motivo",),
    ),
    "ajustes (contado)": Operacion(
        f"{V1}/ajustes",
        lambda i: {"lote_id": i.lote, "cantidad_contada": 5, **POR_QUE},
        ids=("lote_id",),
        cantidades=("cantidad_contada",),
        textos=("justificacion", "referencia", "notas"),
        opciones=("motivo",),
        cero_vale=("cantidad_contada",),
    ),
    "ajustes (diferencia)": Operacion(
        f"{V1}/ajustes",
        lambda i: {"producto_id": i.producto, "diferencia": 5, **POR_QUE},
        ids=("producto_id",),
        cantidades=("diferencia",),
        textos=("bodega",),
        con_signo=("diferencia",),
        cero_vale=("diferencia",),
    ),
    "traslados (lote)": Operacion(
        f"{V1}/traslados",
        lambda i: {"lote_id": i.lote, "cantidad": 5, "hacia": "estanques"},
        ids=("lote_id",),
        cantidades=("cantidad",),
        textos=("hacia", "referencia", "justificacion", "notas"),
    ),
    "traslados (producto)": Operacion(
        f"{V1}/traslados",
        lambda i: {"producto_id": i.producto, "cantidad": 5, "hacia": "estanques", "politica": "fefo"},
        ids=("producto_id",),
        cantidades=("cantidad",),
        textos=("hacia", "desde"),
        opciones=("politica",),
    ),
    "revertir": Operacion(
        f"{V1}/asientos/{{asiento}}/revertir", lambda i: {"motivo": "Repetido"}, textos=("motivo",)
    ),
    "bloquear": Operacion(
        f"{V1}/lotes/{{lote}}/bloquear", lambda i: {"motivo": "Cuarentena"}, textos=("motivo",)
    ),
    "desbloquear": Operacion(
        f"{V1}/lotes/{{lote}}/desbloquear", lambda i: {"motivo": "Resultó bien"}, textos=("motivo",)
    ),
}
CONSULTAS: dict[str, tuple[str, dict[str, str]]] = {
    "lotes": (f"{V1}/lotes", {}),
    "lote": (f"{V1}/lotes/{{lote}}", {}),
    "kardex de lote": (f"{V1}/lotes/{{lote}}/kardex", {}),
    "kardex de producto": ("/api/v1/productos/{producto}/kardex", {}),
    "movimientos": (f"{V1}/movimientos", {}),
    "asientos": (f"{V1}/asientos", {}),
    "asiento": (f"{V1}/asientos/{{asiento}}", {}),
    "existencias": (f"{V1}/existencias", {}),
    "vista previa": (f"{V1}/despachar/vista-previa", {"producto_id": "{producto}", "cantidad": "1"}),
}


def ruta_de(operacion: Operacion | str, ids: Ids) -> str:
    ruta = operacion if isinstance(operacion, str) else operacion.ruta
    return ruta.format(producto=ids.producto, lote=ids.lote, asiento=ids.asiento)
