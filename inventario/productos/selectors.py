"""Lo que se pregunta del catálogo. Cuánto hay lo sabe `existencias`."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from inventario.productos.models import Categoria, ModuloDeProducto, Producto, Proveedor, Unidad
from inventario.productos.querysets import ProductoQuerySet


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
