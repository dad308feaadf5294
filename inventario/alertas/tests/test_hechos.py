"""Lo que una alerta deja escrito en la bandeja de salida: cuándo se avisa y cuándo ya no hace falta."""

from __future__ import annotations

from typing import Any

from inventario.alertas.models import Alerta
from inventario.alertas.proyeccion import recalcular
from inventario.eventos.models import Evento
from inventario.movimientos.tests.mundo import Mundo, dia
from inventario.productos.models import Producto

TIPOS = ("alerta_abierta", "alerta_cerrada")


def hechos(mundo: Mundo, *productos: Producto) -> list[tuple[str, dict[str, Any]]]:
    """Recalcula y devuelve los hechos de alertas que eso dejó, en orden."""
    ultimo = Evento.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    recalcular(mundo.empresa, [uno.pk for uno in productos], mundo.reloj())
    nuevos = Evento.objects.filter(pk__gt=ultimo, tipo__in=TIPOS).order_by("pk")
    assert {uno.clave for uno in nuevos} <= {f"producto:{uno.pk}" for uno in productos}
    return [(uno.tipo, uno.datos) for uno in nuevos]


def test_abrirse_y_cerrarse_se_cuentan_una_vez(mundo: Mundo) -> None:
    producto = mundo.producto("HAR-1", stock_minimo=10)
    mundo.entrada(producto, 4)
    abierta = hechos(mundo, producto)
    alerta = Alerta.objects.get()
    datos = {
        "alerta": alerta.pk,
        "tipo": "stock_minimo",
        "severidad": "alta",
        "producto": producto.pk,
        "lote": None,
        "bodega": None,
    }
    assert abierta == [("alerta_abierta", datos)]
    mundo.entrada(producto, 1)
    assert hechos(mundo, producto) == []  # cambiaron las cifras, no la causa
    mundo.entrada(producto, 50)
    assert hechos(mundo, producto) == [("alerta_cerrada", datos)]
    assert hechos(mundo, producto) == []


def test_lo_que_vence_se_avisa_desde_los_treinta_dias(mundo: Mundo) -> None:
    producto = mundo.producto(stock_minimo=0)
    lote = mundo.entrada(producto, 5, vence=dia(31))
    otro = mundo.entrada(producto, 5, vence=dia(60))
    assert hechos(mundo, producto) == []
    mundo.salida(otro, 5)
    assert hechos(mundo, producto) == []  # de la que no se avisó tampoco se cuenta que se cerró
    mundo.reloj.avanzar(days=1)
    [(tipo, datos)] = hechos(mundo, producto)
    assert (tipo, datos["severidad"], datos["lote"], datos["bodega"]) == (
        "alerta_abierta",
        "alta",
        lote.pk,
        mundo.bodega.pk,
    )
    mundo.reloj.avanzar(days=23)
    assert hechos(mundo, producto) == []  # empeorar de alta a crítica no es otra alerta
    mundo.reloj.avanzar(days=8)
    assert [(tipo, datos["tipo"]) for tipo, datos in hechos(mundo, producto)] == [
        ("alerta_cerrada", "por_vencer"),
        ("alerta_abierta", "vencido"),
    ]


def test_la_proyeccion_no_se_escucha_a_si_misma(settings: Any) -> None:
    """Si los recibiera, cada alerta volvería a calcular la suya."""
    mios = "inventario.alertas.consumidores."
    for tipo in TIPOS:
        assert not [uno for uno in settings.CONSUMIDORES_DE_EVENTOS.get(tipo, []) if uno.startswith(mios)]
