"""Listas e informes del libro para quien integra: líneas asentadas, ajustes y consumo.

Ninguna escribe ni bloquea, y el número de consultas no depende de cuántas filas haya. Todas hablan de una
bodega: los saldos que muestran son los de ella.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db.models import Count, Max, Min, Q, Subquery, Sum

from inventario.cuentas.models import Bodega
from inventario.lotes.models import Procedencia
from inventario.movimientos.models import Movimiento, TipoAsiento, TipoMovimiento
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.cantidades import CERO, cuantizar
from inventario.productos.models import Producto

if TYPE_CHECKING:
    from django.db.models import QuerySet

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pagina(Generic[T]):
    """Unas filas y cuántas hay en total con el mismo filtro."""

    filas: list[T]
    total: int


@dataclass(frozen=True, slots=True)
class AjusteHecho:
    """Lo que un ajuste le hizo a un producto: `cambio` lleva signo y los saldos son los de la bodega."""

    primera: Movimiento
    ultima: Movimiento

    @property
    def anterior(self) -> Decimal:
        return self.primera.fisica_tras - self.primera.cantidad

    @property
    def nueva(self) -> Decimal:
        return self.ultima.fisica_tras

    @property
    def cambio(self) -> Decimal:
        return self.nueva - self.anterior


@dataclass(slots=True)
class Consumo:
    """Lo que un módulo usó de un producto; `costo` es exacto y se redondea al mostrarlo."""

    producto: Producto
    cantidad: Decimal = CERO
    costo: Decimal = CERO
    lineas: int = 0
    ultimo: datetime | None = None


def lineas_asentadas(
    *,
    bodega: Bodega,
    desde: datetime,
    producto: int | None = None,
    tipos: Collection[TipoMovimiento] | None = None,
    compradas: bool | None = None,
    salto: int = 0,
    limite: int = 100,
) -> Pagina[Movimiento]:
    """Devuelve las líneas registradas desde ese instante, la más nueva primero, en una consulta.

    Va por la hora de registro porque cada línea trae el saldo que dejó, y esos saldos siguen ese orden
    (decisión 10). `compradas` separa las entradas que vienen de una orden de compra de las demás.
    """
    lineas = _registradas(bodega, desde)
    if producto is not None:
        lineas = lineas.filter(producto_id=producto)
    if tipos is not None:
        lineas = lineas.filter(tipo__in=list(tipos))
    if compradas is not None:
        de_compra = Q(tipo=TipoMovimiento.ENTRADA, lote__procedencia=Procedencia.COMPRA)
        lineas = lineas.filter(de_compra if compradas else ~de_compra)
    # El total viaja con la página, calculado una vez y no por fila; solo una vacía lo pregunta aparte.
    total = lineas.order_by().values("empresa_id").annotate(cuantas=Count("pk")).values("cuantas")
    pagina: list[Any] = list(
        lineas.select_related("producto", "lote", "asiento__actor")
        .annotate(total=Subquery(total))
        .order_by("-asiento__registrado_en", "-pk")[salto : salto + limite]
    )
    return Pagina(pagina, pagina[0].total if pagina else lineas.count())


def _registradas(bodega: Bodega, desde: datetime) -> QuerySet[Movimiento]:
    # La empresa del asiento es la de la línea: se repite para que la base entre por su índice.
    registradas: QuerySet[Movimiento] = Movimiento.objects.filter(
        bodega=bodega, asiento__empresa_id=bodega.empresa_id, asiento__registrado_en__gte=desde
    )
    return registradas


def ajustes_hechos(
    *, bodega: Bodega, desde: datetime, producto: int | None = None, salto: int = 0, limite: int = 50
) -> Pagina[AjusteHecho]:
    """Devuelve los ajustes, conteos y mermas registrados desde ese instante, el más nuevo primero.

    Una fila por asiento y producto, en tres consultas.
    """
    lineas = _registradas(bodega, desde).filter(asiento__tipo__in=[TipoAsiento.AJUSTE, TipoAsiento.MERMA])
    if producto is not None:
        lineas = lineas.filter(producto_id=producto)
    grupos = (
        lineas.order_by()
        .values("asiento_id", "producto_id", "asiento__registrado_en")
        .annotate(primera=Min("pk"), ultima=Max("pk"))
    )
    pares = list(
        grupos.order_by("-asiento__registrado_en", "-ultima").values_list("primera", "ultima")[
            salto : salto + limite
        ]
    )
    extremos = {pk for par in pares for pk in par}
    por_pk = {
        linea.pk: linea
        for linea in Movimiento.objects.filter(pk__in=extremos).select_related(
            "asiento__actor", "producto__unidad"
        )
    }
    return Pagina([AjusteHecho(por_pk[a], por_pk[b]) for a, b in pares], grupos.count())


def consumo_de_modulo(*, modulo: str, bodega: Bodega, desde: datetime, hasta: datetime) -> list[Consumo]:
    """Devuelve lo que el módulo usó en ese tiempo efectivo, lo más costoso primero, en dos consultas.

    `desde` se incluye y `hasta` no. Lo que se revirtió no se consumió.
    """
    usos: QuerySet[Movimiento] = Movimiento.objects.filter(
        asiento__empresa_id=bodega.empresa_id,
        asiento__modulo=modulo,
        asiento__reverso=None,
        bodega=bodega,
        tipo=TipoMovimiento.SALIDA,
        fecha_efectiva__gte=desde,
        fecha_efectiva__lt=hasta,
    )
    # Se suma por costo y se multiplica aquí: SQLite haría el producto en coma flotante.
    grupos = (
        usos.order_by()
        .values_list("producto_id", "costo_unitario")
        .annotate(total=Sum("cantidad"), lineas=Count("pk"), ultimo=Max("fecha_efectiva"))
    )
    filas: list[tuple[Any, ...]] = list(grupos)
    productos: QuerySet[Producto] = Producto.objects.filter(pk__in={fila[0] for fila in filas})
    consumos = {uno.pk: Consumo(uno) for uno in productos.select_related("unidad", "categoria")}
    for producto_id, costo_unitario, total, lineas, ultimo in filas:
        consumo = consumos[producto_id]
        cantidad = -cuantizar(total)
        consumo.cantidad += cantidad
        consumo.costo += cantidad * costo_unitario
        consumo.lineas += lineas
        consumo.ultimo = ultimo if consumo.ultimo is None else max(ultimo, consumo.ultimo)
    return sorted(
        consumos.values(), key=lambda uno: (-uno.costo, uno.producto.nombre_plegado, uno.producto.pk)
    )


def contar_desde(desde: datetime, *, bodega: Bodega) -> int:
    """Cuántas líneas del libro se registraron en la bodega desde ese instante."""
    return Movimiento.objects.filter(bodega=bodega, asiento__registrado_en__gte=desde).count()


def movimientos_por_producto(productos: Iterable[int], alcance: Alcance = SIN_LIMITE) -> dict[int, int]:
    """Cuántas líneas en ese alcance tiene cada producto pedido, en una consulta."""
    ids = list(productos)
    filas = alcance.filtrar(Movimiento.objects.filter(producto_id__in=ids)).order_by()
    return {**dict.fromkeys(ids, 0), **dict(filas.values_list("producto_id").annotate(n=Count("pk")))}
