"""Lecturas que cruzan tablas: disponibilidad, vista previa, kárdex y existencias a un instante.

Ninguna escribe ni bloquea. Lo que va por fecha es una suma de movimientos por tiempo efectivo, nunca
un saldo guardado (decisión 10). Las sumas se cuantizan: SQLite las hace en coma flotante.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q, Sum

from inventario.cuentas.alcance import varias_bodegas
from inventario.cuentas.models import Bodega
from inventario.lotes.models import Lote
from inventario.movimientos.errores import ExistenciaInsuficiente
from inventario.movimientos.models import Apartado, Existencia, Movimiento
from inventario.movimientos.querysets import Clave
from inventario.movimientos.reparto import Politica, Toma, ordenar, permitido, repartir
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.cantidades import CERO, cuantizar
from inventario.productos.models import Producto

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Cifras:
    """Lo que hay de un producto en una bodega, en la unidad del producto."""

    fisica: Decimal = CERO
    utilizable: Decimal = CERO
    vencida: Decimal = CERO
    bloqueada: Decimal = CERO
    apartada: Decimal = CERO
    disponible: Decimal = CERO


@dataclass(frozen=True, slots=True)
class Disponibilidad(Cifras):
    """La suma de todas las bodegas; `por_bodega` la reparte."""

    por_bodega: dict[int, Cifras] = field(default_factory=dict)


def existencias_de(
    productos: Iterable[int],
    *,
    ahora: datetime,
    hoy: date,
    bodega: Bodega | None = None,
    alcance: Alcance = SIN_LIMITE,
) -> dict[int, Disponibilidad]:
    """Devuelve la disponibilidad de cada producto pedido, en tres consultas sin importar cuántos sean.

    La suma y su reparto son de lo que ve ese alcance y, si se nombra `bodega`, solo de ella.
    Disponible es lo utilizable menos los apartados vivos de cada bodega, nunca bajo cero (decisión 13).
    """
    ids = list(productos)
    aqui: dict[str, Any] = {"producto_id__in": ids}
    if bodega is not None:
        aqui["bodega_id"] = bodega.pk
    visibles = alcance.condicion()
    por_clave: dict[Clave, dict[str, Decimal]] = {}

    def anotar(filas: Iterable[tuple[int, int, *tuple[Decimal | None, ...]]], *nombres: str) -> None:
        for producto_id, bodega_id, *valores in filas:
            cifras = por_clave.setdefault(Clave(producto_id, bodega_id), {})
            cifras.update({n: cuantizar(v or CERO) for n, v in zip(nombres, valores, strict=True)})

    anotar(
        Existencia.objects.filter(visibles, **aqui).values_list("producto_id", "bodega_id", "fisica"),
        "fisica",
    )
    anotar(
        Lote.objects.con_saldo()
        .filter(visibles, **aqui)
        .order_by()
        .values_list("producto_id", "bodega_id")
        .annotate(
            suma_utilizable=Sum("saldo", filter=Q(Q(vence_el=None) | Q(vence_el__gte=hoy), bloqueado=False)),
            suma_vencida=Sum("saldo", filter=Q(vence_el__lt=hoy)),
            suma_bloqueada=Sum("saldo", filter=Q(bloqueado=True)),
        ),
        "utilizable",
        "vencida",
        "bloqueada",
    )
    anotar(
        Apartado.objects.vivos(ahora)
        .filter(visibles, **aqui)
        .order_by()
        .values_list("producto_id", "bodega_id")
        .annotate(apartada=Sum("restante")),
        "apartada",
    )
    por_producto: dict[int, dict[int, Cifras]] = {pk: {} for pk in ids}
    for clave, cifras in sorted(por_clave.items()):
        disponible = max(CERO, cifras.get("utilizable", CERO) - cifras.get("apartada", CERO))
        por_producto[clave.producto_id][clave.bodega_id] = Cifras(**cifras, disponible=disponible)
    return {pk: _total(bodegas) for pk, bodegas in por_producto.items()}


def _total(bodegas: dict[int, Cifras]) -> Disponibilidad:
    def suma(cifra: str) -> Decimal:
        return sum((getattr(una, cifra) for una in bodegas.values()), CERO)

    return Disponibilidad(
        fisica=suma("fisica"),
        utilizable=suma("utilizable"),
        vencida=suma("vencida"),
        bloqueada=suma("bloqueada"),
        apartada=suma("apartada"),
        disponible=suma("disponible"),
        por_bodega=bodegas,
    )


def vista_previa(
    *,
    producto: Producto,
    bodega: Bodega,
    cantidad: Decimal,
    politica: Politica,
    ahora: datetime,
    hoy: date,
    modulo: str = "",
) -> list[Toma]:
    """Dice de qué lotes saldría `cantidad` si se despachara ahora. No escribe ni promete nada.

    Lanza `ExistenciaInsuficiente` con las mismas cifras que el despacho.
    """
    lotes = list(Lote.objects.con_saldo().filter(producto=producto, bodega=bodega))
    vivos = list(Apartado.objects.vivos(ahora).filter(producto=producto, bodega=bodega))
    utilizables = [lote for lote in lotes if lote.utilizable(hoy)]
    apartado = sum((uno.restante for uno in vivos), CERO)
    propio = sum((uno.restante for uno in vivos if modulo and uno.modulo == modulo), CERO)
    disponible = permitido(sum((lote.saldo for lote in utilizables), CERO), apartado, propio)
    if cantidad > disponible:
        raise ExistenciaInsuficiente(
            producto,
            solicitado=cantidad,
            disponible=disponible,
            reservado=apartado,
            vencido=sum((lote.saldo for lote in lotes if lote.vencido(hoy)), CERO),
            bodega=bodega.nombre if varias_bodegas() else "",
        )
    return repartir(cantidad, ordenar(utilizables, politica))


class Punto(NamedTuple):
    """Un lugar del kárdex: después de este movimiento."""

    fecha_efectiva: datetime
    movimiento_id: int


@dataclass(frozen=True, slots=True)
class LineaDeKardex:
    """Un movimiento y el saldo que dejó por orden de fecha efectiva."""

    movimiento: Movimiento
    saldo: Decimal


@dataclass(frozen=True, slots=True)
class Kardex:
    """Una página: saldo al abrirla, sus líneas y el saldo al cerrarla. `sigue` es dónde continúa."""

    apertura: Decimal
    lineas: list[LineaDeKardex]
    cierre: Decimal
    sigue: Punto | None


def kardex(
    *,
    producto: Producto | None = None,
    lote: Lote | None = None,
    bodega: Bodega | None = None,
    alcance: Alcance = SIN_LIMITE,
    desde: datetime | None = None,
    hasta: datetime | None = None,
    tras: Punto | None = None,
    limite: int = 100,
) -> Kardex:
    """Devuelve una página del kárdex de un producto o de un lote, por (fecha efectiva, id).

    `desde` se incluye y `hasta` no. Dos consultas: el saldo de apertura y las líneas.
    """
    assert producto or lote, "El kárdex es de un producto o de un lote."
    todos: QuerySet[Movimiento] = alcance.filtrar(Movimiento.objects.order_by("fecha_efectiva", "pk"))
    if producto is not None:
        todos = todos.filter(producto=producto)
    if lote is not None:
        todos = todos.filter(lote=lote)
    if bodega is not None:
        todos = todos.filter(bodega=bodega)
    pagina = todos.select_related("lote", "bodega", "producto", "asiento__actor")
    antes = Q(pk__in=[])
    if tras is not None:
        hasta_ahi = Q(fecha_efectiva__lt=tras.fecha_efectiva) | Q(
            fecha_efectiva=tras.fecha_efectiva, pk__lte=tras.movimiento_id
        )
        antes, pagina = hasta_ahi, pagina.exclude(hasta_ahi).filter(fecha_efectiva__gte=tras.fecha_efectiva)
    elif desde is not None:
        antes, pagina = Q(fecha_efectiva__lt=desde), pagina.filter(fecha_efectiva__gte=desde)
    if hasta is not None:
        pagina = pagina.filter(fecha_efectiva__lt=hasta)
    saldo = apertura = cuantizar(todos.filter(antes).order_by().aggregate(s=Sum("cantidad"))["s"] or CERO)
    filas = list(pagina[: limite + 1])
    lineas: list[LineaDeKardex] = []
    for movimiento in filas[:limite]:
        saldo += movimiento.cantidad
        lineas.append(LineaDeKardex(movimiento, saldo))
    sigue = (
        Punto(lineas[-1].movimiento.fecha_efectiva, lineas[-1].movimiento.pk) if len(filas) > limite else None
    )
    return Kardex(apertura=apertura, lineas=lineas, cierre=saldo, sigue=sigue)


def existencias_al(
    instante: datetime,
    *,
    producto: Producto | None = None,
    productos: Iterable[int] | None = None,
    bodega: Bodega | None = None,
    alcance: Alcance = SIN_LIMITE,
) -> dict[Clave, Decimal]:
    """Cuánto había en cada producto y bodega en ese instante, incluido, según la fecha efectiva."""
    movimientos = alcance.filtrar(Movimiento.objects.filter(fecha_efectiva__lte=instante))
    if producto is not None:
        movimientos = movimientos.filter(producto=producto)
    if bodega is not None:
        movimientos = movimientos.filter(bodega=bodega)
    if productos is not None:
        movimientos = movimientos.filter(producto_id__in=list(productos))
    sumas = movimientos.order_by().values_list("producto_id", "bodega_id").annotate(total=Sum("cantidad"))
    return {Clave(producto_id, bodega_id): cuantizar(total) for producto_id, bodega_id, total in sumas}


def contar_desde(desde: datetime, *, bodega: Bodega) -> int:
    """Cuántas líneas del libro se registraron en la bodega desde ese instante."""
    return Movimiento.objects.filter(bodega=bodega, asiento__registrado_en__gte=desde).count()
