"""Traslados: lo que sale de una bodega es lo mismo que llega a la otra."""

from __future__ import annotations

from typing import Any

import pytest

from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import Lote
from inventario.movimientos import services
from inventario.movimientos.errores import ExistenciaInsuficiente, NoSeRevierte
from inventario.movimientos.models import Asiento
from inventario.movimientos.reparto import Politica
from inventario.movimientos.tests.mundo import Mundo, cant, cants, dia, lineas_de, tomas
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.errores import DatoInvalido, SinPermiso
from inventario.productos.models import Producto, Proveedor


def trasladar(mundo: Mundo, que: Producto | Lote, cantidad: str | int, **otros: Any) -> Asiento:
    campos = {"actor": mundo.actor, "hacia": mundo.otra, "reloj": mundo.reloj, **otros}
    if isinstance(que, Lote):
        return services.trasladar_lote(lote=que, cantidad=cant(cantidad), **campos)
    campos = {"desde": mundo.bodega, "politica": Politica.FEFO, **campos}
    return services.trasladar(producto=que, cantidad=cant(cantidad), **campos)


def test_trasladar_abre_alla_lotes_iguales_y_en_el_mismo_orden(mundo: Mundo) -> None:
    producto = mundo.producto()
    proveedor = Proveedor.objects.create(empresa=mundo.empresa, nombre="Balanceados del Sur")
    lejano = mundo.entrada(producto, 10, vence=dia(60), costo=3)
    cercano = mundo.entrada(
        producto,
        10,
        vence=dia(5),
        costo="4.5",
        codigo="L-9",
        fecha_ingreso=dia(-7),
        proveedor=proveedor,
        referencia_proveedor="G-1",
    )
    asiento = trasladar(mundo, producto, 12)
    copia_cercana, copia_lejana = (linea.lote for linea in asiento.lineas[1::2])
    assert lineas_de(asiento) == tomas((cercano, -10), (copia_cercana, 10), (lejano, -2), (copia_lejana, 2))
    assert [linea.tipo for linea in asiento.lineas] == ["traslado_salida", "traslado_entrada"] * 2
    assert [linea.costo_unitario for linea in asiento.lineas] == list(cants("4.5", "4.5", 3, 3))
    assert [linea.fisica_tras for linea in asiento.lineas] == [10, 10, 8, 12]
    copia = Lote.objects.get(pk=copia_cercana.pk)
    assert (copia.bodega, copia.procedencia, copia.origen, copia.raiz) == (
        mundo.otra,
        "traslado",
        cercano,
        cercano,
    )
    iguales = ("producto_id", "codigo", "fecha_ingreso", "vence_el", "costo_unitario", "proveedor_id")
    for campo in (*iguales, "referencia_proveedor", "bloqueado", "motivo_bloqueo"):
        assert getattr(copia, campo) == getattr(cercano, campo), campo
    assert (copia.cantidad_recibida, copia.saldo) == cants(10, 10)
    assert (mundo.fisica(producto), mundo.fisica(producto, mundo.otra)) == cants(8, 12)


def test_trasladar_por_peps_sigue_el_ingreso(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 5, vence=dia(1))
    viejo = mundo.entrada(producto, 5, vence=dia(90), fecha_ingreso=dia(-9))
    asiento = trasladar(mundo, producto, 5, politica=Politica.PEPS)
    assert lineas_de(asiento)[:1] == tomas((viejo, -5))


def test_trasladar_de_ida_y_de_vuelta_recuerda_el_primer_lote(mundo: Mundo) -> None:
    producto = mundo.producto()
    abuelo = mundo.entrada(producto, 10)
    hijo = trasladar(mundo, abuelo, 10).lineas[1].lote
    nieto = trasladar(mundo, hijo, 4, hacia=mundo.bodega).lineas[1].lote
    assert (nieto.origen_id, nieto.raiz_id, nieto.bodega_id) == (hijo.pk, abuelo.pk, mundo.bodega.pk)
    assert (mundo.saldo(abuelo), mundo.saldo(hijo), mundo.saldo(nieto)) == cants(0, 6, 4)


def test_trasladar_no_lleva_lo_apartado_ni_lo_que_no_sirve(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 10)
    mundo.entrada(producto, 5, vence=dia(-1))
    mundo.apartar(producto, 7, modulo="cria")
    with mundo.rechaza(ExistenciaInsuficiente) as visto:
        trasladar(mundo, producto, 4)
    assert (visto.value.datos["disponible"], visto.value.datos["vencido"]) == cants(3, 5)
    trasladar(mundo, producto, 3)


def test_trasladar_lote_bloqueado_o_vencido_llega_igual_de_bloqueado(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10, vence=dia(-1))
    mundo.bloquear(lote, "Retiro del fabricante")
    copia = Lote.objects.get(pk=trasladar(mundo, lote, 10).lineas[1].lote.pk)
    assert (copia.bloqueado, copia.motivo_bloqueo, copia.vence_el) == (
        True,
        "Retiro del fabricante",
        dia(-1),
    )


def test_trasladar_lote_utilizable_no_lleva_lo_apartado(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    mundo.apartar(producto, 7)
    with mundo.rechaza(ExistenciaInsuficiente):
        trasladar(mundo, lote, 4)
    trasladar(mundo, lote, 3)


def test_trasladar_lote_mas_de_lo_que_tiene_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 3)
    mundo.entrada(producto, 30)
    with mundo.rechaza(ExistenciaInsuficiente):
        trasladar(mundo, lote, 4)


def test_revertir_un_traslado_devuelve_todo_a_los_mismos_lotes(mundo: Mundo) -> None:
    producto = mundo.producto()
    uno, dos = mundo.entrada(producto, 5, vence=dia(1)), mundo.entrada(producto, 5, vence=dia(2))
    traslado = trasladar(mundo, producto, 8)
    reverso = mundo.revertir(traslado)
    copias = [linea.lote for linea in traslado.lineas[1::2]]
    assert lineas_de(reverso) == tomas((copias[1], -3), (dos, 3), (copias[0], -5), (uno, 5))
    assert (mundo.fisica(producto), mundo.fisica(producto, mundo.otra)) == cants(10, 0)


def test_revertir_un_traslado_cuya_mercaderia_ya_se_movio_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 5)
    traslado = trasladar(mundo, producto, 5)
    # Llega otro lote allá: hay bastante, pero no de lo trasladado.
    mundo.entrada(producto, 50, bodega=mundo.otra)
    mundo.fefo(producto, 1, bodega=mundo.otra)
    with mundo.rechaza(NoSeRevierte, "quedan 4 y hay que devolver 5"):
        mundo.revertir(traslado)


@pytest.mark.parametrize("cantidad", ["0", "-1", "0.00001", "NaN"])
def test_trasladar_cantidad_imposible_se_rechaza(mundo: Mundo, cantidad: str) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    for que in (producto, lote):
        with mundo.rechaza(DatoInvalido):
            trasladar(mundo, que, cantidad)


def test_trasladar_a_la_misma_bodega_o_a_una_inactiva_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    for que in (producto, lote):
        with mundo.rechaza(DatoInvalido, "otra"):
            trasladar(mundo, que, 1, hacia=mundo.bodega)
    Bodega.objects.filter(pk=mundo.otra.pk).update(activa=False)
    mundo.otra.refresh_from_db()
    for que in (producto, lote):
        with mundo.rechaza(DatoInvalido, "inactiva"):
            trasladar(mundo, que, 1)


def test_trasladar_sin_permiso_o_sin_acceso_a_una_de_las_dos_bodegas_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    for actor in (
        mundo.actor_sin(Permiso.TRASLADAR),
        mundo.actor_con(*Permiso, alcance=Alcance.de({mundo.bodega.pk})),
        mundo.actor_con(*Permiso, alcance=Alcance.de({mundo.otra.pk})),
    ):
        for que in (producto, lote):
            with mundo.rechaza(SinPermiso):
                trasladar(mundo, que, 1, actor=actor)
