"""Cuánto hay de cada producto, visto desde el catálogo.

El catálogo está debajo del libro y no lo importa: llega a sus tablas por las relaciones inversas del
producto. La fórmula es la de `existencias.disponibilidad.existencias_de`, y una prueba las compara.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Min, Q, QuerySet, Sum

from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.cantidades import CERO, cuantizar
from inventario.nucleo.textos import plegar
from inventario.productos.models import Categoria, ModuloDeProducto, Producto, Proveedor, Unidad
from inventario.productos.querysets import (
    ProductoQuerySet,
    apartados_vivos,
    lotes_que_sirven,
    normalizar_sku,
)


@dataclass(frozen=True, slots=True)
class EnBodega:
    """Lo que hay en una bodega, en la unidad del producto."""

    codigo: str
    nombre: str
    fisica: Decimal = CERO
    apartada: Decimal = CERO
    utilizable: Decimal = CERO

    @property
    def disponible(self) -> Decimal:
        """Utilizable que nadie apartó, nunca bajo cero (decisión 13)."""
        return max(CERO, self.utilizable - self.apartada)


@dataclass(slots=True)
class Cantidades:
    """Lo que hay de un producto: la suma y su reparto, la bodega principal primero."""

    por_bodega: dict[int, EnBodega] = field(default_factory=dict)

    @property
    def bodegas(self) -> list[EnBodega]:
        return list(self.por_bodega.values())

    def en(self, alcance: Alcance) -> Cantidades:
        """Solo las que ve ese alcance: también las sumas son de ellas."""
        return Cantidades(alcance.acotar(self.por_bodega))

    @property
    def fisica(self) -> Decimal:
        return sum((bodega.fisica for bodega in self.bodegas), CERO)

    @property
    def apartada(self) -> Decimal:
        return sum((bodega.apartada for bodega in self.bodegas), CERO)

    @property
    def disponible(self) -> Decimal:
        return sum((bodega.disponible for bodega in self.bodegas), CERO)


def cantidades_de(productos: Iterable[int], *, ahora: datetime, hoy: date) -> dict[int, Cantidades]:
    """Devuelve las cantidades de cada producto pedido, en tres consultas sin importar cuántos sean.

    `hoy` es la fecha en la zona de la empresa. Un producto sin movimientos sale en cero.
    """
    ids = list(productos)
    cantidades = {pk: Cantidades() for pk in ids}
    if not ids:
        return cantidades
    pedidos: QuerySet[Producto] = Producto.objects.filter(pk__in=ids).order_by()
    utilizables = (
        pedidos.filter(lotes_que_sirven(hoy))
        .values_list("pk", "lotes__bodega_id")
        .annotate(suma=Sum("lotes__saldo"))
    )
    sirven = {(pk, bodega_id): cuantizar(suma) for pk, bodega_id, suma in utilizables}
    vivos = (
        pedidos.filter(apartados_vivos(ahora))
        .values_list("pk", "apartados__bodega_id")
        .annotate(suma=Sum("apartados__restante"))
    )
    prometido = {(pk, bodega_id): cuantizar(suma) for pk, bodega_id, suma in vivos}
    filas = (
        pedidos.filter(existencias__isnull=False)
        .order_by("pk", "-existencias__bodega__principal", "existencias__bodega__codigo")
        .values_list(
            "pk",
            "existencias__bodega_id",
            "existencias__bodega__codigo",
            "existencias__bodega__nombre",
            "existencias__fisica",
        )
    )
    for pk, bodega_id, codigo, nombre, fisica in filas:
        clave = (pk, bodega_id)
        cantidades[pk].por_bodega[bodega_id] = EnBodega(
            codigo, nombre, fisica, prometido.get(clave, CERO), sirven.get(clave, CERO)
        )
    return cantidades


def vence_el_proximo_apartado(ahora: datetime) -> datetime | None:
    """Cuándo cambiará lo disponible de algún producto sin que nadie escriba, además del cambio de día."""
    vivos = Producto.objects.filter(apartados_vivos(ahora)).order_by()
    proximo: datetime | None = vivos.aggregate(cuando=Min("apartados__vence_en"))["cuando"]
    return proximo


def rama_de(categoria_id: int) -> set[int]:
    """Devuelve la categoría y todas las que contiene, por id; vacío si no existe."""
    hijas: dict[int | None, list[int]] = {}
    for pk, padre_id in Categoria.objects.order_by().values_list("pk", "padre_id"):
        hijas.setdefault(padre_id, []).append(pk)
    rama: set[int] = set()
    pendientes = [categoria_id] if any(categoria_id in filas for filas in hijas.values()) else []
    while pendientes:
        actual = pendientes.pop()
        rama.add(actual)
        pendientes += [pk for pk in hijas.get(actual, []) if pk not in rama]
    return rama


def existencia_en(bodega_id: int, productos: Iterable[int]) -> dict[int, Decimal]:
    """Devuelve lo físico de cada producto pedido en esa bodega, en una consulta; sin fila, cero."""
    ids = list(productos)
    cantidades = dict.fromkeys(ids, CERO)
    filas = Producto.objects.filter(pk__in=ids, existencias__bodega_id=bodega_id).order_by()
    cantidades.update(filas.values_list("pk", "existencias__fisica"))
    return cantidades


def movimientos_por_producto(productos: Iterable[int], alcance: Alcance = SIN_LIMITE) -> dict[int, int]:
    """Cuántas líneas del libro en ese alcance tiene cada producto pedido, en una consulta."""
    ids = list(productos)
    cuantos = dict.fromkeys(ids, 0)
    suyas = alcance.condicion("movimientos__bodega")
    filas = Producto.objects.filter(suyas, pk__in=ids, movimientos__isnull=False).order_by()
    cuantos.update(filas.values_list("pk").annotate(n=Count("movimientos")))
    return cuantos


@dataclass(frozen=True, slots=True)
class Faltante:
    """Un producto en su punto de reorden o debajo; `fisica` es lo que ve quien pregunta."""

    producto: Producto
    fisica: Decimal

    @property
    def deficit(self) -> Decimal:
        return self.producto.punto_reorden - self.fisica


def por_reordenar(*, modulo: str = "", alcance: Alcance = SIN_LIMITE) -> list[Faltante]:
    """Los activos con su punto de reorden o menos, del más al menos escaso, en dos consultas.

    El punto es por producto y se compara con la suma de las bodegas, como el mínimo (decisión 3);
    quien lo tiene en cero no pidió aviso. Con `modulo`, solo los asignados a él. Las cifras son las de ese
    alcance: de las demás bodegas se sabe que entre todas no alcanza, no cuánto tienen.
    """
    productos = Producto.objects.activos().en_punto_de_reorden().con_catalogo()
    if modulo:
        productos = productos.filter(modulos__modulo=modulo)
    fisica = _fisica_total((producto.pk for producto in productos), alcance)
    faltantes = [Faltante(producto, fisica[producto.pk]) for producto in productos]
    return sorted(faltantes, key=lambda faltante: (-faltante.deficit, faltante.producto.pk))


def _fisica_total(productos: Iterable[int], alcance: Alcance) -> dict[int, Decimal]:
    totales = dict.fromkeys(productos, CERO)
    suyas = alcance.condicion("existencias__bodega")
    filas = Producto.objects.filter(suyas, pk__in=list(totales), existencias__isnull=False).order_by()
    for pk, fisica in filas.values_list("pk", "existencias__fisica"):
        totales[pk] += fisica
    return totales


def contar_por_reordenar() -> int:
    return Producto.objects.activos().en_punto_de_reorden().count()


@dataclass(frozen=True, slots=True)
class ResumenDelCatalogo:
    productos: int
    activos: int
    categorias: int
    proveedores_activos: int


def resumen_del_catalogo() -> ResumenDelCatalogo:
    """Cuántos hay de cada cosa, en tres consultas."""
    productos = Producto.objects.vivos().aggregate(todos=Count("pk"), activos=Count("pk", Q(activo=True)))
    return ResumenDelCatalogo(
        productos=productos["todos"],
        activos=productos["activos"],
        categorias=Categoria.objects.count(),
        proveedores_activos=Proveedor.objects.filter(activo=True).count(),
    )


def producto_vivo(pk: int) -> Producto | None:
    producto: Producto | None = Producto.objects.vivos().con_catalogo().filter(pk=pk).first()
    return producto


def productos_nombrados(*, ids: Iterable[int], textos: Sequence[str]) -> list[Producto]:
    """Devuelve, en una consulta, los activos con esos id, o cuyo SKU o nombre sea uno de esos textos.

    El nombre se compara plegado, para usar el índice: quien llama decide si de verdad es el mismo.
    """
    nombrados: QuerySet[Producto] = Producto.objects.activos().filter(
        Q(pk__in=list(ids))
        | Q(sku_normalizado__in=[normalizar_sku(texto) for texto in textos])
        | Q(nombre_plegado__in=[plegar(texto) for texto in textos])
    )
    return list(nombrados.select_related("unidad").order_by("pk"))


def productos_listados(*, categoria: str = "", activo: bool | None = None) -> ProductoQuerySet:
    """Los vivos por nombre; `categoria` es el nombre, sin mirar mayúsculas."""
    productos = Producto.objects.vivos().con_catalogo().order_by("nombre_plegado", "pk")
    if categoria:
        productos = productos.filter(categoria__in=categorias_llamadas(categoria))
    return productos if activo is None else productos.filter(activo=activo)


def categorias_llamadas(nombre: str) -> list[int]:
    """Los id de las categorías con ese nombre, sin mirar mayúsculas."""
    # Son pocas, y en Python se comparan igual en los dos motores: SQLite solo pliega ASCII.
    buscado = nombre.casefold()
    todas = Categoria.objects.order_by().values_list("pk", "nombre")
    return [pk for pk, suyo in todas if suyo.casefold() == buscado]


def categoria_llamada(nombre: str) -> Categoria | None:
    """La de ese nombre exacto."""
    return Categoria.objects.filter(nombre=nombre).first()


def proveedor_por_id(pk: int) -> Proveedor | None:
    return Proveedor.objects.filter(pk=pk).first()


def categorias_con_uso() -> QuerySet[Categoria]:
    """Por nombre, con `n_productos`: cuántos vivos la usan, activos o no."""
    vivos = Count("productos", filter=Q(productos__eliminado_en=None))
    return Categoria.objects.annotate(n_productos=vivos).order_by("nombre", "pk")


def unidades_con_uso() -> QuerySet[Unidad]:
    """Con `n_productos`: cuántos vivos se miden en ella, activos o no."""
    vivos = Count("productos", filter=Q(productos__eliminado_en=None))
    return Unidad.objects.annotate(n_productos=vivos).order_by("magnitud", "nombre_en_normalizado", "pk")


def modulos_de(producto_id: int) -> QuerySet[ModuloDeProducto]:
    """Los módulos de un producto, el principal primero; de un producto ajeno o desconocido, ninguno."""
    suyos = ModuloDeProducto.objects.filter(producto_id=producto_id, producto__eliminado_en=None)
    return suyos.order_by("-principal", "modulo")


def asignados_al_modulo(modulo: str) -> QuerySet[ModuloDeProducto]:
    """Los productos activos de un módulo, los principales primero y después por nombre."""
    asignados = ModuloDeProducto.objects.filter(modulo=modulo, producto__activo=True)
    return asignados.select_related("producto__unidad", "producto__categoria").order_by(
        "-principal", "producto__nombre_plegado", "producto_id"
    )
