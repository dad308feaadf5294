"""Importar productos: crea los que no estén y cambia, de los que sí, lo que la planilla traiga escrito."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction

from inventario.importaciones.leer.planillas import FilaProducto
from inventario.importaciones.obra import Obra
from inventario.importaciones.por_importar import Informe
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import DatoInvalido
from inventario.productos.buscar import buscar
from inventario.productos.models import Categoria, Producto, Proveedor, Unidad
from inventario.productos.querysets import normalizar_sku
from inventario.productos.services import (
    CambiosDeProducto,
    crear_categoria,
    crear_producto,
    crear_proveedor,
    desactivar_producto,
    editar_producto,
    unidad_o_nueva,
)
from inventario.productos.services.avisos import en_resumen

# Lo que se ensaya de una vez: unas décimas de segundo.
TANDA = 100


def importar_productos(obra: Obra) -> None:
    planilla = obra.leer(FilaProducto)
    obra.empezar()
    _hacer(_Taller(obra), planilla.filas)


def ensayar_productos(obra: Obra) -> Informe:
    """Hace y deshace la planilla por tandas, cada una en su transacción, y devuelve qué pasaría.

    Cada fila es de otro producto, así que una tanda no necesita ver lo que hizo la anterior; y quien quiera
    escribir no espera el archivo entero.
    """
    planilla = obra.leer(FilaProducto)
    vistos: dict[str, int] = {}
    for desde in range(0, max(len(planilla.filas), 1), TANDA):
        with en_empresa(obra.empresa):
            if desde == 0:
                obra.empezar()
            _hacer(_Taller(obra, vistos), planilla.filas[desde : desde + TANDA])
            transaction.set_rollback(True)
    obra.informe.importacion = None
    return obra.en_limpio()


def _hacer(taller: _Taller, filas: Sequence[FilaProducto]) -> None:
    with en_resumen():
        for fila in filas:
            taller.obra.intentar(fila.numero, partial(taller.hacer, fila))
            taller.obra.avanzar(1)


class _Taller:
    """Recuerda unidades, categorías, proveedores y SKU ya vistos: una planilla repite mucho los mismos."""

    def __init__(self, obra: Obra, vistos: dict[str, int] | None = None) -> None:
        self.obra = obra
        self.actor = obra.actor
        self.unidades: dict[str, Unidad] = {}
        self.categorias = {categoria.nombre.casefold(): categoria for categoria in Categoria.objects.all()}
        self.proveedores: dict[str, Proveedor] = {}
        self.vistos: dict[str, int] = {} if vistos is None else vistos
        self._habia = set(Unidad.objects.values_list("pk", flat=True))

    def hacer(self, fila: FilaProducto) -> None:
        repetida = self.vistos.setdefault(normalizar_sku(fila.sku), fila.numero)
        if repetida != fila.numero:
            raise DatoInvalido(f"Es el mismo SKU de la fila {repetida}.", campo="sku", codigo="unique")
        self.obra.tocados.add(self._llevar(fila).pk)

    def _llevar(self, fila: FilaProducto) -> Producto:
        cambios = self._cambios(fila)
        hay = buscar(Producto.objects.vivos(), skus=[fila.sku]).de_sku(fila.sku)
        if hay is not None:
            return editar_producto(actor=self.actor, producto=hay, cambios=cambios)
        datos: dict[str, Any] = {**cambios}
        activo = datos.pop("activo", True)
        producto = crear_producto(actor=self.actor, sku=fila.sku, **datos)
        return producto if activo else desactivar_producto(actor=self.actor, producto=producto)

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
        if fila.minimo_sobre_disponible is not None:
            cambios["minimo_sobre_disponible"] = fila.minimo_sobre_disponible
        if fila.punto_reorden is not None:
            cambios["punto_reorden"] = fila.punto_reorden
        if fila.proveedor is not None:
            cambios["proveedor"] = self._proveedor(fila.proveedor)
        if fila.codigo_barras is not None:
            cambios["codigo_barras"] = fila.codigo_barras
        if fila.activo is not None:
            cambios["activo"] = fila.activo
        return cambios

    def _unidad(self, texto: str) -> Unidad:
        if texto not in self.unidades:
            self.unidades[texto] = unidad_o_nueva(self.actor.empresa, texto)
            if self.unidades[texto].pk not in self._habia:
                self._nuevo("Unidades", texto)
        return self.unidades[texto]

    def _categoria(self, nombre: str) -> Categoria:
        hay = self.categorias.get(nombre.casefold())
        if hay is None:
            hay = crear_categoria(actor=self.actor, nombre=nombre)
            self.categorias[nombre.casefold()] = hay
            self._nuevo("Categorías", nombre)
        return hay

    def _proveedor(self, nombre: str) -> Proveedor:
        if nombre not in self.proveedores:
            # Dos proveedores sí pueden llamarse igual: cuál es no se adivina.
            tocayos = list(Proveedor.objects.filter(nombre=nombre)[:2])
            if len(tocayos) > 1:
                raise DatoInvalido(
                    f"Hay más de un proveedor «{nombre}».", campo="proveedor", codigo="invalid"
                )
            if not tocayos:
                tocayos = [crear_proveedor(actor=self.actor, nombre=nombre)]
                self._nuevo("Proveedores", nombre)
            self.proveedores[nombre] = tocayos[0]
        return self.proveedores[nombre]

    def _nuevo(self, que: str, nombre: str) -> None:
        self.obra.nuevos.setdefault(que, set()).add(nombre)
