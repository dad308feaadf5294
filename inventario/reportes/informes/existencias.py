"""Cuánto hay: los productos con más existencia y la lista completa (contrato E13 y E14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Round

from inventario.lotes.models import Lote
from inventario.movimientos.models import Apartado, Existencia
from inventario.movimientos.querysets import Clave
from inventario.nucleo.cantidades import CERO, DECIMALES, CampoDecimal
from inventario.productos.models import Producto
from inventario.productos.selectors import Cantidades, EnBodega, cantidades_de
from inventario.reportes.ambito import Ambito
from inventario.reportes.informes.comun import SumaExacta, en_orden_espanol

TOP = 5
TOP_MAXIMO = 100


@dataclass(frozen=True, slots=True)
class ProductoContado:
    """Un producto vivo con lo que hay de él a la vista de quien pregunta, en total y por bodega.

    `bajo_minimo` es de toda la empresa: el mínimo se compara con la suma de sus bodegas (decisión 3).
    """

    producto: Producto
    cantidades: Cantidades
    bajo_minimo: bool


@dataclass(frozen=True, slots=True)
class InventarioBasico:
    """Todos los productos vivos, por id."""

    filas: list[ProductoContado]

    @property
    def bajo_minimo(self) -> int:
        return sum(fila.bajo_minimo for fila in self.filas)

    @property
    def sin_existencia(self) -> int:
        return sum(fila.cantidades.fisica == 0 for fila in self.filas)


def top_productos(ambito: Ambito, *, n: int = TOP) -> list[ProductoContado]:
    """Devuelve los `n` productos vivos con más existencia física, sumadas las bodegas del ámbito.

    Empatados, por nombre en español y luego por id; sin existencia entran si sobra lugar. Cuatro
    consultas.
    """
    # SQLite suma en coma flotante: sin redondear, dos sumas iguales no empatarían.
    suma = Sum("existencias__fisica", filter=ambito.alcance.condicion("existencias__bodega") or None)
    fisica: Any = Round(Coalesce(suma, CERO, output_field=CampoDecimal()), precision=DECIMALES)
    primeros = (
        Producto.objects.vivos()
        .con_catalogo()
        .annotate(en_total=fisica)
        .order_by(F("en_total").desc(), en_orden_espanol("nombre"), "pk")[:n]
    )
    return contar(ambito, list(primeros))


def inventario_basico(ambito: Ambito) -> InventarioBasico:
    """Devuelve todos los productos vivos, por id, en cuatro consultas sin importar cuántos sean."""
    todas = _todas_las_cantidades(ambito)
    return InventarioBasico([_contado(ambito, uno, todas.get(uno.pk, Cantidades())) for uno in productos()])


def productos() -> QuerySet[Producto]:
    """Los productos vivos por id, sin contar: para quien los muestra por páginas."""
    vivos: QuerySet[Producto] = Producto.objects.vivos().con_catalogo().order_by("pk")
    return vivos


def contar(ambito: Ambito, productos: Sequence[Producto]) -> list[ProductoContado]:
    """Junta a cada producto lo que hay de él, en tres consultas."""
    cantidades = cantidades_de([uno.pk for uno in productos], ahora=ambito.ahora, hoy=ambito.hoy)
    return [_contado(ambito, uno, cantidades[uno.pk]) for uno in productos]


def _contado(ambito: Ambito, producto: Producto, hay: Cantidades) -> ProductoContado:
    falta = producto.bajo_minimo(fisica=hay.fisica, disponible=hay.disponible)
    return ProductoContado(producto, hay.en(ambito.alcance), falta)


def _todas_las_cantidades(ambito: Ambito) -> dict[int, Cantidades]:
    """Como `cantidades_de`, sin nombrar productos: con todo el catálogo la lista no cabría en la consulta."""
    sirve = Q(Q(vence_el=None) | Q(vence_el__gte=ambito.hoy), bloqueado=False)
    utilizables = _sumas(Lote.objects.con_saldo().filter(sirve), "saldo")
    promesas = _sumas(Apartado.objects.vivos(ambito.ahora), "restante")
    todas: dict[int, Cantidades] = {}
    existencias = Existencia.objects.order_by("producto_id", "-bodega__principal", "bodega__codigo")
    for producto, bodega, codigo, nombre, fisica in existencias.values_list(
        "producto_id", "bodega_id", "bodega__codigo", "bodega__nombre", "fisica"
    ):
        todas.setdefault(producto, Cantidades()).por_bodega[bodega] = EnBodega(
            codigo,
            nombre,
            fisica=fisica,
            apartada=promesas.get(Clave(producto, bodega), CERO),
            utilizable=utilizables.get(Clave(producto, bodega), CERO),
        )
    return todas


def _sumas(filas: QuerySet[Any], columna: str) -> dict[Clave, Decimal]:
    sumas = filas.order_by().values_list("producto_id", "bodega_id").annotate(en_total=SumaExacta(columna))
    return {Clave(producto, bodega): suma for producto, bodega, suma in sumas}
