"""Ajustes y conteos: manda lo que se halló, aunque deje promesas sin respaldo."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import Lote
from inventario.movimientos import services
from inventario.movimientos.errores import ExistenciaInsuficiente
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, Motivo
from inventario.movimientos.tests.mundo import CONTEO, HOY, MERMA, Mundo, cant, cants, dia, lineas_de, tomas
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.errores import DatoInvalido, NoEncontrado, SinPermiso
from inventario.productos.models import Producto


def ajustar(mundo: Mundo, que: Lote | Producto, diferencia: str | int, **otros: Any) -> Asiento | None:
    campos = {"actor": mundo.actor, "glosa": MERMA, "reloj": mundo.reloj, **otros}
    if isinstance(que, Lote):
        return services.ajustar_lote(lote=que, diferencia=Decimal(diferencia), **campos)
    campos = {"bodega": mundo.bodega, **campos}
    return services.ajustar_existencias(producto=que, diferencia=Decimal(diferencia), **campos)


def contar(mundo: Mundo, que: Lote | Producto, contada: str | int, **otros: Any) -> Asiento | None:
    campos = {"actor": mundo.actor, "glosa": CONTEO, "reloj": mundo.reloj, **otros}
    if isinstance(que, Lote):
        return services.contar_lote(lote=que, contada=Decimal(contada), **campos)
    campos = {"bodega": mundo.bodega, **campos}
    return services.contar_existencias(producto=que, contada=Decimal(contada), **campos)


def hecho(asiento: Asiento | None) -> Asiento:
    assert asiento is not None
    return asiento


# ── De un lote ──────────────────────────────────────────────────────────────────────────────────────


def test_ajustar_lote_resta_y_suma_en_el_mismo_lote_y_al_mismo_costo(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10, costo="2.5")
    baja, alza = hecho(ajustar(mundo, lote, "-3.5")), hecho(ajustar(mundo, lote, "0.5"))
    assert (lineas_de(baja), lineas_de(alza)) == (tomas((lote, "-3.5")), tomas((lote, "0.5")))
    assert [asiento.lineas[0].tipo for asiento in (baja, alza)] == ["ajuste_negativo", "ajuste_positivo"]
    assert [asiento.lineas[0].costo_unitario for asiento in (baja, alza)] == list(cants("2.5", "2.5"))
    assert {baja.tipo, alza.tipo} == {"ajuste"}
    assert (mundo.saldo(lote), mundo.fisica(producto), Lote.objects.count()) == (*cants(7, 7), 1)


def test_contar_lote_asienta_la_diferencia_con_lo_que_habia(mundo: Mundo) -> None:
    lote = mundo.entrada(mundo.producto(), 10)
    assert lineas_de(hecho(contar(mundo, lote, "8.75"))) == tomas((lote, "-1.25"))
    assert lineas_de(hecho(contar(mundo, lote, 9))) == tomas((lote, "0.25"))
    assert lineas_de(hecho(contar(mundo, lote, 0))) == tomas((lote, -9))
    # Lo agotado puede reaparecer: es el mismo lote.
    assert lineas_de(hecho(contar(mundo, lote, 2))) == tomas((lote, 2))


def test_ajustar_o_contar_sin_diferencia_no_asienta_nada(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    antes = mundo.foto()
    resultados = [
        ajustar(mundo, lote, 0),
        contar(mundo, lote, "10.0000"),
        ajustar(mundo, producto, 0),
        contar(mundo, producto, 10),
    ]
    assert resultados == [None] * 4
    assert mundo.foto() == antes


def test_ajustar_lote_bajo_cero_se_rechaza_aunque_haya_en_otro(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    mundo.entrada(producto, 10)
    with mundo.rechaza(ExistenciaInsuficiente) as visto:
        ajustar(mundo, lote, "-10.0001")
    assert (visto.value.datos["solicitado"], visto.value.datos["disponible"]) == cants("10.0001", 10)


def test_ajustar_lote_vencido_bloqueado_o_prometido_se_puede(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    mundo.apartar(producto, 10)
    mundo.bloquear(lote)
    ajustar(mundo, lote, -9)
    assert (mundo.saldo(lote), mundo.apartada(producto), mundo.disponible(producto)) == cants(1, 10, 0)


def test_ajustar_lote_sobre_el_maximo_se_rechaza(mundo: Mundo) -> None:
    lote = mundo.entrada(mundo.producto(), "99999999999.9999")
    with mundo.rechaza(DatoInvalido, "máximo"):
        ajustar(mundo, lote, "0.0001")


# ── De un producto ──────────────────────────────────────────────────────────────────────────────────


def test_ajustar_existencias_hacia_abajo_toma_lo_vencido_lo_bloqueado_y_luego_peps(mundo: Mundo) -> None:
    producto = mundo.producto()
    viejo = mundo.entrada(producto, 1, fecha_ingreso=dia(-90))
    vence_antes = mundo.entrada(producto, 1, vence=dia(1))
    bloqueado = mundo.entrada(producto, 1, vence=dia(2))
    vencido_reciente = mundo.entrada(producto, 1, vence=dia(-1), fecha_ingreso=dia(-1))
    vencido_viejo = mundo.entrada(producto, 1, vence=dia(-1), fecha_ingreso=dia(-5))
    vencido_y_bloqueado = mundo.entrada(producto, 1, vence=dia(-30))
    for lote in (bloqueado, vencido_y_bloqueado):
        mundo.bloquear(lote)
    asiento = hecho(ajustar(mundo, producto, "-5.5"))
    assert lineas_de(asiento) == tomas(
        (vencido_y_bloqueado, -1),
        (vencido_viejo, -1),
        (vencido_reciente, -1),
        (bloqueado, -1),
        (viejo, -1),
        (vence_antes, "-0.5"),
    )
    assert {linea.tipo for linea in asiento.lineas} == {"ajuste_negativo"}


def test_contar_existencias_de_menos_deja_promesas_sin_respaldo(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 10)
    apartado = mundo.apartar(producto, 8)
    contar(mundo, producto, 5)
    apartado.refresh_from_db()
    assert apartado.estado == "vigente"
    assert apartado.restante == 8
    assert (mundo.fisica(producto), mundo.apartada(producto), mundo.disponible(producto)) == cants(5, 8, 0)


def test_contar_existencias_de_mas_abre_su_lote_al_ultimo_costo_y_con_el_vencimiento_mas_proximo(
    mundo: Mundo,
) -> None:
    producto = mundo.producto(precio=cant(99))
    mundo.entrada(producto, 10, costo=4, vence=dia(40))
    mundo.entrada(producto, 10, costo=7, vence=dia(-2))
    cercano = mundo.entrada(producto, 10, costo=5, vence=dia(15))
    bloqueado = mundo.entrada(producto, 10, costo=6, vence=dia(3))
    mundo.entrada(producto, 10, costo=1, fecha_ingreso=dia(-30))
    mundo.bloquear(bloqueado)
    asiento = hecho(contar(mundo, producto, "52.5"))
    lote = asiento.lineas[0].lote
    assert lote.pk > cercano.pk
    assert lineas_de(asiento) == tomas((lote, "2.5"))
    assert (lote.procedencia, lote.fecha_ingreso, lote.vence_el) == ("conteo", HOY, dia(15))
    # El último en llegar fue el bloqueado; la entrada atrasada es más vieja.
    assert (lote.costo_unitario, asiento.lineas[0].costo_unitario) == cants(6, 6)
    assert (lote.cantidad_recibida, lote.saldo) == cants("2.5", "2.5")


def test_contar_existencias_de_mas_sin_ninguna_compra_usa_el_precio_o_cero(mundo: Mundo) -> None:
    con_precio, sin_precio = mundo.producto("A", precio=cant("3.25")), mundo.producto("B")
    uno, dos = hecho(contar(mundo, con_precio, 4)), hecho(contar(mundo, sin_precio, 4))
    assert [asiento.lineas[0].costo_unitario for asiento in (uno, dos)] == list(cants("3.25", 0))
    assert uno.lineas[0].lote.vence_el is None


def test_el_ultimo_costo_no_es_el_de_un_conteo_ni_el_de_una_entrada_revertida(mundo: Mundo) -> None:
    producto = mundo.producto()
    buena = mundo.entrada(producto, 10, costo=3, fecha_ingreso=dia(-1))
    services.trasladar_lote(
        actor=mundo.actor, lote=buena, cantidad=cant(5), hacia=mundo.otra, reloj=mundo.reloj
    )
    contar(mundo, producto, 9)
    equivocada = mundo.entrada(producto, 10, costo=3000)
    mundo.revertir(equivocada.movimientos.get().asiento)
    asiento = hecho(contar(mundo, producto, 10))
    assert lineas_de(asiento)[0][1] == 1
    assert asiento.lineas[0].costo_unitario == 3


def test_contar_existencias_cuenta_tambien_lo_vencido_y_lo_bloqueado(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 4, vence=dia(-1))
    mundo.bloquear(mundo.entrada(producto, 3))
    mundo.entrada(producto, 2)
    assert contar(mundo, producto, 9) is None
    assert len(hecho(contar(mundo, producto, 0)).lineas) == 3
    assert mundo.fisica(producto) == 0


def test_contar_existencias_donde_nunca_hubo_nada(mundo: Mundo) -> None:
    producto = mundo.producto()
    assert contar(mundo, producto, 0, bodega=mundo.otra) is None
    contar(mundo, producto, 6, bodega=mundo.otra)
    assert (mundo.fisica(producto), mundo.fisica(producto, mundo.otra)) == cants(0, 6)


def test_ajustar_existencias_bajo_cero_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 10)
    mundo.entrada(producto, 10, bodega=mundo.otra)
    with mundo.rechaza(ExistenciaInsuficiente) as visto:
        ajustar(mundo, producto, -11)
    assert visto.value.datos["disponible"] == 10


# ── Lo que se rechaza ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("valor", ["0.00001", "NaN", "Infinity", "-Infinity", "100000000000", "-1E+12"])
def test_ajustar_con_un_valor_imposible_se_rechaza(mundo: Mundo, valor: str) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    for que in (lote, producto):
        with mundo.rechaza(DatoInvalido) as visto:
            ajustar(mundo, que, valor)
        assert visto.value.datos["campo"] == "diferencia"
        with mundo.rechaza(DatoInvalido) as visto:
            contar(mundo, que, valor)
        assert visto.value.datos["campo"] == "cantidad_contada"


def test_contar_negativo_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    for que in (lote, producto):
        with mundo.rechaza(DatoInvalido, "negativa"):
            contar(mundo, que, "-0.0001")


def test_ajustar_media_pieza_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto(unidad=mundo.pieza)
    lote = mundo.entrada(producto, 10)
    for que in (lote, producto):
        with mundo.rechaza(DatoInvalido, "enteras"):
            ajustar(mundo, que, "-0.5")
        with mundo.rechaza(DatoInvalido, "enteras"):
            contar(mundo, que, "9.5")


@pytest.mark.parametrize("motivo", [Motivo.OTRO, Motivo.CONSUMO, Motivo.DEVOLUCION])
def test_ajustar_sin_un_motivo_de_ajuste_se_rechaza(mundo: Mundo, motivo: Motivo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    for que in (lote, producto):
        with mundo.rechaza(DatoInvalido, "conteo, correccion, merma") as visto:
            ajustar(mundo, que, -1, glosa=Glosa(motivo=motivo))
        assert visto.value.datos["campo"] == "motivo"


def test_ajustar_sin_permiso_o_fuera_de_su_bodega_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    ajeno = mundo.actor_con(*Permiso, alcance=Alcance.de({mundo.otra.pk}))
    for actor in (mundo.actor_sin(Permiso.AJUSTAR), ajeno):
        for que in (lote, producto):
            with mundo.rechaza(SinPermiso):
                ajustar(mundo, que, -1, actor=actor)
            with mundo.rechaza(SinPermiso):
                contar(mundo, que, 1, actor=actor)


def test_ajustar_hacia_arriba_un_producto_eliminado_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    mundo.fefo(producto, 10)
    Producto.objects.filter(pk=producto.pk).update(activo=False, eliminado_en=timezone.now())
    for que in (lote, producto):
        with mundo.rechaza(NoEncontrado, "no encontrado"):
            ajustar(mundo, que, 1)
        with mundo.rechaza(NoEncontrado, "no encontrado"):
            contar(mundo, que, 1)


def test_contar_de_mas_un_producto_inactivo_se_puede(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    Producto.objects.filter(pk=producto.pk).update(activo=False)
    Bodega.objects.filter(pk=mundo.bodega.pk).update(principal=False, activa=False)
    contar(mundo, lote, 12)
    contar(mundo, producto, 13)
    assert mundo.fisica(producto) == 13
