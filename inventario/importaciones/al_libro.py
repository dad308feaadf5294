"""Lo que comparten las planillas que mueven existencias: sus productos, su bodega y sus momentos."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from inventario.cuentas.models import Bodega, Empresa
from inventario.importaciones.leer.planillas import FilaEntrada, FilaSalida
from inventario.importaciones.obra import Obra
from inventario.importaciones.por_importar import PorImportar
from inventario.movimientos import libro
from inventario.movimientos.errores import PeriodoCerrado
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Importacion
from inventario.movimientos.querysets import Clave
from inventario.movimientos.services.comprobaciones import exigir_divisible, retener
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import exigir_cantidad
from inventario.nucleo.errores import DatoInvalido, NoEncontrado
from inventario.nucleo.reloj import hoy_en
from inventario.nucleo.textos import limpiar_texto
from inventario.productos.buscar import buscar
from inventario.productos.models import Producto
from inventario.productos.querysets import normalizar_sku

# Cuántas filas por hoja: de sobra para que guardar pese poco, sin tener un año de lotes en memoria.
POR_HOJA = 500
LARGO_DE_REFERENCIA = 200
Fila = FilaEntrada | FilaSalida
_T = TypeVar("_T")


@dataclass(slots=True)
class Destino:
    """La bodega en la que se asienta y, de los productos que la planilla nombra, su existencia en ella."""

    obra: Obra
    bodega: Bodega
    cierre: date | None
    productos: dict[str, Producto] = field(default_factory=dict)
    claves: dict[str, Clave] = field(default_factory=dict)

    @classmethod
    def tomar(cls, obra: Obra, filas: Sequence[Fila], *, creando: bool) -> Destino:
        """Carga los productos nombrados y toma todas sus existencias, que `creando` pone si faltan."""
        bodega = exigir_bodega(obra.actor, obra.por_importar)
        uno = cls(obra, bodega, Empresa.objects.get(pk=obra.empresa.pk).cierre_hasta)
        nombrados = sorted({normalizar_sku(fila.sku) for fila in filas})
        for tanda in tandas(nombrados):
            hallados = buscar(Producto.objects.vivos().select_related("unidad"), skus=tanda)
            uno.productos.update({str(producto.sku_normalizado): producto for producto in hallados.todos})
        uno.claves = {sku: Clave(producto.pk, bodega.pk) for sku, producto in uno.productos.items()}
        for tomadas in tandas(sorted(uno.claves.values())):
            libro.bloquear(obra.empresa, tomadas, creando=creando)
        if creando:
            for ids in tandas(sorted(clave.producto_id for clave in uno.claves.values())):
                retener(ids)
        return uno

    def producto(self, fila: Fila) -> Producto:
        """El de la fila. Lanza `DatoInvalido` si no está o si no admite esa cantidad."""
        producto = self.productos.get(normalizar_sku(fila.sku))
        if producto is None:
            raise DatoInvalido(f"No hay un producto con el SKU «{fila.sku}».", campo="sku")
        exigir_cantidad(fila.cantidad)
        exigir_divisible(producto, fila.cantidad)
        return producto

    def claves_de(self, filas: Iterable[Fila]) -> set[Clave]:
        normales = {normalizar_sku(fila.sku) for fila in filas}
        return {self.claves[sku] for sku in normales if sku in self.claves}

    def exigir_momento(self, momento: datetime, *, columna: str) -> None:
        if momento > self.obra.ahora:
            raise DatoInvalido("No puede ser futura.", campo=columna, codigo="max_value")
        if self.cierre is not None and hoy_en(self.obra.empresa.zona_horaria, momento) <= self.cierre:
            raise PeriodoCerrado(self.cierre)


def exigir_bodega(actor: Actor, por_importar: PorImportar) -> Bodega:
    """La pedida o la habitual de quien importa. Lanza `NoEncontrado`, o `SinPermiso` si no llega a ella."""
    bodega = por_importar.bodega or actor.bodega
    if bodega is None:
        raise NoEncontrado("No hay una bodega en la que importar.")
    actor.alcance.exigir(bodega.pk)
    return bodega


def glosa_de(fila: Fila, importacion: Importacion) -> Glosa:
    limpia = limpiar_texto(fila.referencia or "", campo="referencia", maximo=LARGO_DE_REFERENCIA)
    return Glosa(referencia=limpia, importacion=importacion)


def tandas(cosas: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for desde in range(0, len(cosas), POR_HOJA):
        yield cosas[desde : desde + POR_HOJA]
