"""De dónde vino lo de un lote y adónde fue, a través de los traslados. Nada aquí escribe ni bloquea.

Se sigue la familia entera de una recepción: su lote y todos los que salieron de él. El número de consultas
no depende de cuántos lotes ni de cuántos movimientos tenga. Lo revertido no llegó a ningún lado: no suma.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, Sum

from inventario.lotes.models import Lote
from inventario.movimientos.models import Asiento, Movimiento, TipoAsiento, TipoMovimiento
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.cantidades import CERO, cuantizar
from inventario.productos.models import Producto

if TYPE_CHECKING:
    from django.db.models import QuerySet

# Lo que se fue de la familia; lo trasladado sigue en ella y un reverso solo deshace.
SALEN = (
    TipoMovimiento.SALIDA,
    TipoMovimiento.AJUSTE_NEGATIVO,
    TipoMovimiento.DEVOLUCION_SALIDA,
)
CON = ("producto__unidad", "bodega", "lote", "asiento__actor")


@dataclass(slots=True)
class Cuadre:
    """Lo que entró, lo que salió y lo que queda de un producto, en su unidad; todo en positivo.

    `ajustado` y `trasladado` llevan signo. Con la familia entera a la vista, lo trasladado es cero.
    """

    producto: Producto
    recibido: Decimal = CERO
    usado: Decimal = CERO
    perdido: Decimal = CERO
    devuelto: Decimal = CERO
    ajustado: Decimal = CERO
    trasladado: Decimal = CERO
    queda: Decimal = CERO

    @property
    def cuadra(self) -> bool:
        """Lo recibido, más o menos los ajustes, es lo que salió más lo que queda."""
        entro = self.recibido + self.ajustado + self.trasladado
        return entro == self.usado + self.perdido + self.devuelto + self.queda


@dataclass(frozen=True, slots=True)
class Destino:
    """Un módulo, tanque y lote de siembra que usaron de la familia; vacíos si no se dijo."""

    producto: Producto
    modulo: str
    tanque: str
    lote_modulo: str
    cantidad: Decimal
    veces: int
    primera: datetime
    ultima: datetime


@dataclass(frozen=True, slots=True)
class Persona:
    """Quién sacó de la familia: `nombre` incluye a la persona de otro sistema."""

    nombre: str
    producto: Producto
    cantidad: Decimal
    veces: int


@dataclass(frozen=True, slots=True)
class Eslabon:
    """Un lote de la familia. `entrada` es la línea que lo abrió; `nivel`, a cuántos traslados está."""

    lote: Lote
    nivel: int
    entrada: Movimiento | None


@dataclass(frozen=True, slots=True)
class Traza:
    eslabones: list[Eslabon]
    cuadres: list[Cuadre]
    destinos: list[Destino]
    personas: list[Persona]

    @property
    def lotes(self) -> list[Lote]:
        return [eslabon.lote for eslabon in self.eslabones]

    @property
    def cabezas(self) -> list[Lote]:
        """Los lotes de los que salieron los demás: bloquearlos bloquea a todos."""
        return [eslabon.lote for eslabon in self.eslabones if eslabon.nivel == 0]

    @property
    def recepciones(self) -> list[Eslabon]:
        return [eslabon for eslabon in self.eslabones if eslabon.nivel == 0]

    @property
    def libres(self) -> int:
        return sum(not lote.bloqueado for lote in self.lotes)

    @property
    def cuadra(self) -> bool:
        return all(cuadre.cuadra for cuadre in self.cuadres)


@dataclass(slots=True)
class _Uso:
    cantidad: Decimal = CERO
    veces: int = 0
    primera: datetime | None = None
    ultima: datetime | None = None

    def sumar(self, cantidad: Decimal, veces: int, primera: datetime, ultima: datetime) -> None:
        self.cantidad += cantidad
        self.veces += veces
        self.primera = primera if self.primera is None else min(primera, self.primera)
        self.ultima = ultima if self.ultima is None else max(ultima, self.ultima)


def traza_de(raices: Collection[int], *, producto: int | None = None, alcance: Alcance = SIN_LIMITE) -> Traza:
    """Sigue las familias de esas raíces hacia atrás y hacia adelante, en cuatro consultas.

    Quien está limitado a unas bodegas ve la parte de la familia que está en ellas.
    """
    familia: QuerySet[Lote] = alcance.filtrar(Lote.objects.filter(Q(pk__in=raices) | Q(raiz_id__in=raices)))
    if producto is not None:
        familia = familia.filter(producto_id=producto)
    lotes = list(familia.select_related("producto__unidad", "bodega", "proveedor").order_by("pk"))
    ids = [lote.pk for lote in lotes]
    productos = {lote.producto_id: lote.producto for lote in lotes}
    destinos, personas = _usos(ids, productos)
    return Traza(_eslabones(lotes, _entradas(ids)), _cuadres(lotes, productos), destinos, personas)


def lineas_de_lotes(lotes: Collection[int]) -> QuerySet[Movimiento]:
    """Todas las líneas de esos lotes, con lo que se muestra de ellas y si su asiento se revirtió."""
    lineas: QuerySet[Movimiento] = Movimiento.objects.filter(lote_id__in=lotes)
    return lineas.select_related(*CON).annotate(revertida=_revertida())


def salidas_de(lotes: Collection[int]) -> QuerySet[Movimiento]:
    """Las que se llevaron algo de esos lotes fuera de la familia, revertidas incluidas."""
    return lineas_de_lotes(lotes).filter(tipo__in=SALEN)


def origen_de(lote: Lote) -> Movimiento | None:
    """La línea con que se abrió el lote, con su asiento, quién lo hizo y de qué importación vino."""
    return _entradas([lote.pk]).get(lote.pk)


def _revertida() -> Exists:
    return Exists(Asiento.objects.filter(revierte=OuterRef("asiento_id")))


def _firmes(lotes: Collection[int]) -> QuerySet[Movimiento]:
    # Un reverso repite línea por línea lo que deshace: quitando los dos la suma por lote es la misma.
    lineas: QuerySet[Movimiento] = Movimiento.objects.filter(~_revertida(), lote_id__in=lotes)
    return lineas.exclude(asiento__tipo=TipoAsiento.REVERSO)


def _entradas(lotes: Collection[int]) -> dict[int, Movimiento]:
    primeras = (
        Movimiento.objects.filter(lote_id__in=lotes)
        .order_by()
        .values("lote_id")
        .annotate(primera=Min("pk"))
        .values("primera")
    )
    lineas = Movimiento.objects.filter(pk__in=primeras).select_related(
        "asiento__actor", "asiento__importacion"
    )
    return {linea.lote_id: linea for linea in lineas}


def _eslabones(lotes: Iterable[Lote], entradas: dict[int, Movimiento]) -> list[Eslabon]:
    """En orden de árbol: cada lote seguido de los que salieron de él."""
    hijos: dict[int | None, list[Lote]] = {}
    presentes = {lote.pk for lote in lotes}
    for lote in lotes:
        hijos.setdefault(lote.origen_id if lote.origen_id in presentes else None, []).append(lote)
    ordenados: list[Eslabon] = []
    pendientes = [(lote, 0) for lote in reversed(hijos.get(None, []))]
    while pendientes:
        lote, nivel = pendientes.pop()
        ordenados.append(Eslabon(lote, nivel, entradas.get(lote.pk)))
        pendientes += [(hijo, nivel + 1) for hijo in reversed(hijos.get(lote.pk, []))]
    return ordenados


def _cuadres(lotes: Collection[Lote], productos: dict[int, Producto]) -> list[Cuadre]:
    cuadres = {pk: Cuadre(producto) for pk, producto in productos.items()}
    for lote in lotes:
        cuadres[lote.producto_id].queda += lote.saldo
    sumas = (
        _firmes([lote.pk for lote in lotes])
        .order_by()
        .values_list("producto_id", "asiento__tipo")
        .annotate(total=Sum("cantidad"))
    )
    for producto_id, tipo, total in sumas:
        cuadre, suma = cuadres[producto_id], cuantizar(total)
        match tipo:
            case TipoAsiento.ENTRADA | TipoAsiento.INICIAL:
                cuadre.recibido += suma
            case TipoAsiento.SALIDA:
                cuadre.usado -= suma
            case TipoAsiento.MERMA:
                cuadre.perdido -= suma
            case TipoAsiento.DEVOLUCION:
                cuadre.devuelto -= suma
            case TipoAsiento.TRASLADO:
                cuadre.trasladado += suma
            case _:
                cuadre.ajustado += suma
    return sorted(cuadres.values(), key=lambda uno: (uno.producto.nombre_plegado, uno.producto.pk))


def _usos(lotes: Collection[int], productos: dict[int, Producto]) -> tuple[list[Destino], list[Persona]]:
    grupos: Any = (
        _firmes(lotes)
        .filter(asiento__tipo=TipoAsiento.SALIDA)
        .order_by()
        .values_list(
            "producto_id",
            "asiento__modulo",
            "asiento__tanque",
            "asiento__lote_modulo",
            "asiento__actor__nombre",
            "asiento__actor__email",
            "asiento__externo_nombre",
        )
        .annotate(
            total=Sum("cantidad"), veces=Count("pk"), desde=Min("fecha_efectiva"), hasta=Max("fecha_efectiva")
        )
    )
    destinos: dict[tuple[int, str, str, str], _Uso] = {}
    personas: dict[tuple[int, str], _Uso] = {}
    for pk, modulo, tanque, lote_modulo, nombre, correo, externo, total, veces, desde, hasta in grupos:
        quien = f"{externo} ({nombre or correo})" if externo else nombre or correo
        por_destino = destinos.setdefault((pk, modulo, tanque, lote_modulo), _Uso())
        por_persona = personas.setdefault((pk, quien), _Uso())
        for uso in (por_destino, por_persona):
            uso.sumar(-cuantizar(total), veces, desde, hasta)
    return (
        [
            Destino(productos[clave[0]], *clave[1:], uso.cantidad, uso.veces, uso.primera, uso.ultima)
            for clave, uso in sorted(destinos.items(), key=lambda par: (par[0][1:], par[0][0]))
            if uso.primera is not None and uso.ultima is not None
        ],
        [
            Persona(quien, productos[pk], uso.cantidad, uso.veces)
            for (pk, quien), uso in sorted(personas.items(), key=lambda par: (par[0][1], par[0][0]))
        ],
    )
