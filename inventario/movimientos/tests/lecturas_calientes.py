"""Lo que se lee todo el día y por qué índice debe entrar: lo usan las pruebas y el banco de medidas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from inventario.existencias import lineas
from inventario.existencias.al_instante import existencias_al
from inventario.existencias.disponibilidad import existencias_de
from inventario.existencias.fichas import fichas
from inventario.existencias.kardex import kardex
from inventario.lotes.models import Lote
from inventario.movimientos.models import Movimiento
from inventario.movimientos.tests.mundo import HOY, Mundo, dia
from inventario.productos.models import Producto


@dataclass(frozen=True)
class Lectura:
    """`indices`: comienzos de nombre; uno debe aparecer. `sin_ordenar`: el índice ya da el orden."""

    hacer: Callable[[], object]
    indices: tuple[str, ...]
    sin_ordenar: bool = False


def lecturas(mundo: Mundo) -> dict[str, Lectura]:
    """Las lecturas sobre un producto cualquiera de un mundo ya lleno."""
    producto = Producto.objects.get(sku="V-3")
    lote = Lote.objects.filter(producto=producto, saldo=0).order_by("pk")[0]
    ahora = mundo.reloj.ahora
    del_producto = Lote.objects.con_saldo().filter(producto=producto, bodega=mundo.bodega)
    recientes = Movimiento.objects.order_by("-pk")
    despues = recientes[5].pk
    return {
        "lotes en orden FEFO": Lectura(
            lambda: list(del_producto.en_orden_fefo()[:5]), ("lote_fefo",), sin_ordenar=True
        ),
        "lotes en orden PEPS": Lectura(
            lambda: list(del_producto.en_orden_peps()[:5]), ("lote_peps",), sin_ordenar=True
        ),
        "lotes de un despacho": Lectura(lambda: mundo.fefo(producto, 1), ("lote_fefo", "lote_peps")),
        "kárdex de un producto": Lectura(
            lambda: kardex(producto=producto, desde=ahora - timedelta(days=60), limite=20),
            ("movimiento_producto",),
        ),
        "kárdex de un lote": Lectura(
            lambda: kardex(lote=lote, limite=20),
            ("movimiento_lote", "movimientos_movimiento_lote_id"),
        ),
        "existencia de un producto a un instante": Lectura(
            lambda: existencias_al(ahora - timedelta(days=90), producto=producto),
            ("movimiento_producto",),
        ),
        "movimientos de un rango": Lectura(
            lambda: list(
                Movimiento.objects.filter(
                    fecha_efectiva__gte=ahora - timedelta(days=9), fecha_efectiva__lt=ahora
                ).order_by("fecha_efectiva", "pk")[:50]
            ),
            ("movimiento_fecha",),
            sin_ordenar=True,
        ),
        "página de movimientos por cursor": Lectura(
            lambda: list(recientes.filter(pk__lt=despues)[:50]),
            ("movimiento_empresa", "movimientos_movimiento_pkey"),
            sin_ordenar=True,
        ),
        "lotes por vencer": Lectura(
            lambda: list(
                Lote.objects.con_saldo()
                .filter(vence_el__gte=HOY, vence_el__lte=dia(30))
                .order_by("vence_el", "pk")[:50]
            ),
            ("lote_por_vencer",),
            sin_ordenar=True,
        ),
        "transacciones de tres días": Lectura(
            lambda: lineas.lineas_asentadas(bodega=mundo.bodega, desde=ahora - timedelta(days=3)),
            ("asiento_registro",),
        ),
        "transacciones de un producto": Lectura(
            lambda: lineas.lineas_asentadas(
                bodega=mundo.bodega, desde=ahora - timedelta(days=3), producto=producto.pk
            ),
            ("asiento_registro", "movimiento_producto"),
        ),
        "ajustes de tres días": Lectura(
            lambda: lineas.ajustes_hechos(bodega=mundo.bodega, desde=ahora - timedelta(days=3)),
            ("asiento_registro",),
        ),
        "consumo de un módulo": Lectura(
            lambda: lineas.consumo_de_modulo(
                modulo="cria", bodega=mundo.bodega, desde=ahora - timedelta(days=30), hasta=ahora
            ),
            ("asiento_modulo", "movimiento_fecha"),
        ),
        "fichas de diez productos": Lectura(
            lambda: fichas(
                bodega=mundo.bodega,
                ahora=ahora,
                hoy=HOY,
                ids=range(producto.pk, producto.pk + 10),
                con_lotes=True,
            ),
            ("lote_fefo", "lote_peps", "lotes_lote_producto_id"),
        ),
        "existencias de tres productos": Lectura(
            lambda: existencias_de(range(producto.pk, producto.pk + 3), ahora=ahora, hoy=HOY),
            ("lote_fefo", "lote_peps", "lote_por_vencer", "lotes_lote_producto_id"),
        ),
    }
