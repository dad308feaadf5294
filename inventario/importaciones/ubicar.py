"""Importar productos: crea los que no estén y cambia, de los que sí, lo que la planilla traiga escrito."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from inventario.importaciones.leer.planillas import FilaProducto
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import DatoInvalido
from inventario.productos.buscar import buscar
from inventario.productos.models import Categoria, Producto, Unidad
from inventario.productos.models.productos import MINIMO_POR_DEFECTO
from inventario.productos.querysets import normalizar_sku
from inventario.productos.services import (
    CambiosDeProducto,
    crear_categoria,
    crear_producto,
    editar_producto,
    unidad_o_nueva,
)


def pasos(
    actor: Actor, filas: Sequence[FilaProducto]
) -> Iterator[tuple[FilaProducto, Callable[[], Producto]]]:
    """Da, fila por fila, lo que hay que hacer con ella. Se llama dentro de `en_empresa`."""
    taller = _Taller(actor)
    for fila in filas:
        yield fila, partial(taller.hacer, fila)


class _Taller:
    """Recuerda unidades, categorías y SKU ya vistos: una planilla repite mucho los mismos."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.unidades: dict[str, Unidad] = {}
        self.categorias = {categoria.nombre.casefold(): categoria for categoria in Categoria.objects.all()}
        self.vistos: dict[str, int] = {}

    def hacer(self, fila: FilaProducto) -> Producto:
        normal = normalizar_sku(fila.sku)
        repetida = self.vistos.setdefault(normal, fila.numero)
        if repetida != fila.numero:
            raise DatoInvalido(f"Es el mismo SKU de la fila {repetida}.", campo="sku", codigo="unique")
        cambios = self._cambios(fila)
        hay = buscar(Producto.objects.vivos(), skus=[fila.sku]).de_sku(fila.sku)
        if hay is not None:
            return editar_producto(actor=self.actor, producto=hay, cambios=cambios)
        return crear_producto(
            actor=self.actor,
            nombre=fila.nombre,
            sku=fila.sku,
            precio=fila.precio,
            stock_minimo=MINIMO_POR_DEFECTO if fila.stock_minimo is None else fila.stock_minimo,
            unidad=cambios.get("unidad"),
            categoria=cambios.get("categoria"),
            codigo_barras=fila.codigo_barras or "",
        )

    def _cambios(self, fila: FilaProducto) -> CambiosDeProducto:
        cambios: CambiosDeProducto = {"nombre": fila.nombre}
        if fila.unidad is not None:
            cambios["unidad"] = self._unidad(fila.unidad)
        if fila.categoria is not None:
            cambios["categoria"] = self._categoria(fila.categoria)
        if fila.precio is not None:
            cambios["precio"] = fila.precio
        if fila.stock_minimo is not None:
            cambios["stock_minimo"] = fila.stock_minimo
        if fila.codigo_barras is not None:
            cambios["codigo_barras"] = fila.codigo_barras
        return cambios

    def _unidad(self, texto: str) -> Unidad:
        if texto not in self.unidades:
            self.unidades[texto] = unidad_o_nueva(self.actor.empresa, texto)
        return self.unidades[texto]

    def _categoria(self, nombre: str) -> Categoria:
        hay = self.categorias.get(nombre.casefold())
        if hay is None:
            hay = crear_categoria(actor=self.actor, nombre=nombre)
            self.categorias[nombre.casefold()] = hay
        return hay
