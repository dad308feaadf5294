"""Lo que comparten los reportes: leer los productos nombrados y ordenarlos como en español."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Exists, F, Max, OuterRef, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Collate, Lower, Replace
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext_lazy as _

from inventario.movimientos.models import Asiento, Movimiento, TipoMovimiento
from inventario.productos.models import Producto, Unidad
from inventario.reportes.exportar.tabla import Clase, Columna

UNO_POR_UNO = 500
# «~» va después de la zeta: así «ñ» queda entre «nz» y «o». Lo demás se lee sin tilde.
_LETRAS = {"ñ": "n~", "Ñ": "n~", **dict(zip("áéíóúüÁÉÍÓÚÜ", "aeiouuaeiouu", strict=True))}


class ProductoNombrado(NamedTuple):
    """De un producto, lo que dicen los reportes: armarlos enteros era un tercio del tiempo."""

    pk: int
    sku: str | None
    nombre: str
    nombre_plegado: str
    eliminado_en: datetime | None
    unidad: Unidad


DEL_PRODUCTO = (
    Columna("producto_id", _("Id del producto"), Clase.ENTERO, lambda fila: fila.producto.pk),
    Columna("producto_sku", _("SKU"), Clase.TEXTO, lambda fila: fila.producto.sku),
    Columna("producto_nombre", _("Producto"), Clase.TEXTO, lambda fila: fila.producto.nombre),
    Columna("unidad", _("Unidad"), Clase.TEXTO, lambda fila: fila.producto.unidad.abreviatura),
)


def productos_de(ids: Collection[int]) -> dict[int, ProductoNombrado]:
    """Los productos con su unidad; los eliminados conservan su historia. Dos consultas."""
    productos = Producto.objects.values_list(
        "pk", "sku", "nombre", "nombre_plegado", "eliminado_en", "unidad_id"
    )
    # Con muchos, nombrarlos pasa del tope de parámetros de SQLite: cuesta menos leerlos todos.
    if len(ids) <= UNO_POR_UNO:
        productos = productos.filter(pk__in=ids)
    leidos = list(productos)
    unidades = Unidad.objects.in_bulk()
    return {
        pk: ProductoNombrado(pk, sku, nombre, plegado, eliminado_en, unidades[unidad])
        for pk, sku, nombre, plegado, eliminado_en, unidad in leidos
    }


def en_orden_espanol(campo: str) -> Combinable:
    """Una expresión que ordena el texto igual en los dos motores: sin tildes, y la eñe tras la ene."""
    expresion: Combinable = F(campo)
    for letra, reemplazo in _LETRAS.items():
        expresion = Replace(expresion, Value(letra), Value(reemplazo), output_field=CharField())
    plegada = Lower(expresion)
    # La intercalación de la base puede saltarse la «~»; SQLite ya compara byte por byte.
    return Collate(plegada, "C") if connection.vendor == "postgresql" else plegada


def por_nombre(producto: ProductoNombrado) -> tuple[str, int]:
    return producto.nombre_plegado, producto.pk


def revertida() -> Exists:
    """La condición de que alguien revirtió el asiento de la línea."""
    # No por la relación inversa, que además leería el asiento entero. Y diciendo que no es nulo: los reversos
    # son pocos, y así la base los junta por su índice una vez en lugar de leer todos los asientos.
    return Exists(Asiento.objects.filter(revierte__isnull=False, revierte=OuterRef("asiento_id")))


def salidas_firmes(**condiciones: Any) -> QuerySet[Movimiento]:
    """Lo que se usó o vendió: salidas que nadie revirtió. Mermas, ajustes y traslados no son consumo."""
    salidas: QuerySet[Movimiento] = Movimiento.objects.filter(
        ~revertida(), tipo=TipoMovimiento.SALIDA, **condiciones
    )
    return salidas


class UltimoInstante(Max):
    """El más tardío de cada grupo."""

    def as_postgresql(self, compilador: SQLCompiler, conexion: BaseDatabaseWrapper, **otros: Any) -> Any:
        # Ya escrito: que el controlador leyera miles de instantes costaba más que todo lo demás.
        maximo, parametros = self.as_sql(compilador, conexion, **otros)
        escrito = """'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'"""
        return f"to_char({maximo} AT TIME ZONE 'UTC', {escrito})", parametros

    def convert_value(self, valor: Any, _expresion: Any, conexion: BaseDatabaseWrapper) -> datetime | None:
        return datetime.fromisoformat(valor) if valor and conexion.vendor == "postgresql" else valor
