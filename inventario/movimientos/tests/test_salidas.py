"""Salidas: el orden en que salen los lotes, lo que no sale nunca y lo que cuesta lo que salió."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import Lote
from inventario.movimientos import services
from inventario.movimientos.errores import (
    ExistenciaInsuficiente,
    LineasRechazadas,
    LoteBloqueado,
    LoteVencido,
)
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, Motivo, Movimiento, TipoAsiento
from inventario.movimientos.reparto import Politica
from inventario.movimientos.services import LineaSalida
from inventario.movimientos.tests.mundo import AHORA, HOY, Mundo, cant, cants, dia, lineas_de, tomas
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.cantidades import costo_total, en_dinero
from inventario.nucleo.errores import DatoInvalido, NoEncontrado, SinPermiso


def test_despachar_fefo_saca_primero_lo_que_vence_primero(mundo: Mundo) -> None:
    producto = mundo.producto()
    lejano = mundo.entrada(producto, 10, vence=dia(60))
    cercano = mundo.entrada(producto, 10, vence=dia(5))
    asiento = mundo.fefo(producto, 14)
    assert lineas_de(asiento) == tomas((cercano, -10), (lejano, -4))
    assert [linea.saldo_lote_tras for linea in asiento.lineas] == [0, 6]
    assert [linea.fisica_tras for linea in asiento.lineas] == [10, 6]
    assert (asiento.tipo, asiento.fecha_efectiva) == (TipoAsiento.SALIDA, AHORA)
    assert {linea.tipo for linea in asiento.lineas} == {"salida"}


def test_despachar_fefo_con_empates_sigue_el_ingreso_y_luego_el_orden_de_registro(mundo: Mundo) -> None:
    producto = mundo.producto()
    tercero = mundo.entrada(producto, 1, vence=dia(9))
    cuarto = mundo.entrada(producto, 1, vence=dia(9))
    primero = mundo.entrada(producto, 1, vence=dia(9), fecha_ingreso=dia(-8))
    segundo = mundo.entrada(producto, 1, vence=dia(9), fecha_ingreso=dia(-7))
    assert lineas_de(mundo.fefo(producto, 4)) == tomas(
        (primero, -1), (segundo, -1), (tercero, -1), (cuarto, -1)
    )


def test_despachar_fefo_deja_al_final_lo_que_no_vence(mundo: Mundo) -> None:
    producto = mundo.producto()
    sin_fecha = mundo.entrada(producto, 1, fecha_ingreso=dia(-300))
    lejano = mundo.entrada(producto, 1, vence=date(2099, 12, 31))
    otro_sin_fecha = mundo.entrada(producto, 1, fecha_ingreso=dia(-301))
    assert lineas_de(mundo.fefo(producto, 3)) == tomas((lejano, -1), (otro_sin_fecha, -1), (sin_fecha, -1))


def test_despachar_peps_sigue_el_ingreso_aunque_otro_venza_antes(mundo: Mundo) -> None:
    producto = mundo.producto()
    hoy_vence_antes = mundo.entrada(producto, 2, vence=dia(1))
    ayer = mundo.entrada(producto, 2, vence=dia(50), fecha_ingreso=dia(-1))
    hoy_despues = mundo.entrada(producto, 2)
    assert lineas_de(mundo.peps(producto, 5)) == tomas((ayer, -2), (hoy_vence_antes, -2), (hoy_despues, -1))


@pytest.mark.parametrize("politica", list(Politica))
def test_despachar_saca_lo_que_vence_hoy_y_salta_lo_vencido_y_lo_bloqueado(
    mundo: Mundo, politica: Politica
) -> None:
    producto = mundo.producto()
    vencido = mundo.entrada(producto, 10, vence=dia(-1), fecha_ingreso=dia(-9))
    bloqueado = mundo.entrada(producto, 10, vence=dia(3), fecha_ingreso=dia(-8))
    vence_hoy = mundo.entrada(producto, 10, vence=HOY)
    mundo.bloquear(bloqueado)
    despachar = mundo.fefo if politica == Politica.FEFO else mundo.peps
    assert lineas_de(despachar(producto, 10)) == tomas((vence_hoy, -10))
    with mundo.rechaza(ExistenciaInsuficiente) as visto:
        despachar(producto, "0.0001")
    assert visto.value.datos == {
        "producto": producto.pk,
        "sku": "ALIM-01",
        "solicitado": cant("0.0001"),
        "disponible": 0,
        "reservado": 0,
        "vencido": 10,
    }
    assert (mundo.saldo(vencido), mundo.saldo(bloqueado)) == cants(10, 10)


def test_despachar_fefo_deja_de_sacar_un_lote_cuando_el_dia_local_cambia(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 10, vence=HOY)
    mundo.reloj.ahora = datetime(2026, 3, 11, 4, 59, 59, tzinfo=UTC)
    mundo.fefo(producto, 1)
    mundo.reloj.ahora = datetime(2026, 3, 11, 5, 0, tzinfo=UTC)
    with mundo.rechaza(ExistenciaInsuficiente):
        mundo.fefo(producto, 1)


def test_despachar_fefo_mas_de_lo_que_hay_no_saca_nada_y_dice_las_cifras(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, "7.25")
    with mundo.rechaza(
        ExistenciaInsuficiente, r"insuficiente de ALIM-01 en .*se pidió 8 kg y hay 7\.25 kg"
    ) as visto:
        mundo.fefo(producto, 8)
    assert (visto.value.datos["solicitado"], visto.value.datos["disponible"]) == cants(8, "7.25")


def test_despachar_fefo_con_una_sola_bodega_no_la_nombra(mundo: Mundo) -> None:
    Bodega.objects.filter(pk=mundo.otra.pk).update(activa=False)
    with mundo.rechaza(ExistenciaInsuficiente, "insuficiente de ALIM-01: se pidió 1 kg y hay 0 kg"):
        mundo.fefo(mundo.producto(), 1)


def test_despachar_fefo_no_toma_lo_de_otra_bodega(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 10, bodega=mundo.otra)
    with mundo.rechaza(ExistenciaInsuficiente):
        mundo.fefo(producto, 1)
    assert mundo.fisica(producto, mundo.otra) == 10


def test_despachar_fefo_cuesta_exacto_y_se_redondea_una_sola_vez(mundo: Mundo) -> None:
    producto = mundo.producto()
    for _ in range(3):
        mundo.entrada(producto, 1, costo="0.335")
    asiento = mundo.fefo(producto, 3)
    costo = costo_total((-linea.cantidad, linea.costo_unitario) for linea in asiento.lineas)
    assert costo == cant("1.005")
    assert en_dinero(costo) == cant("1.01")


def test_despachar_fefo_con_fracciones_cuadra_hasta_el_ultimo_decimal(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, "0.3")
    for cantidad in ("0.1", "0.2"):
        mundo.fefo(producto, cantidad)
    assert (mundo.saldo(lote), mundo.fisica(producto)) == cants(0, 0)


@pytest.mark.parametrize("cantidad", ["0", "-3", "0.00001", "NaN", "Infinity", "100000000000"])
def test_despachar_cantidad_imposible_se_rechaza(mundo: Mundo, cantidad: str) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    intentos: list[Callable[[], object]] = [
        lambda: mundo.fefo(producto, cantidad),
        lambda: mundo.peps(producto, cantidad),
        lambda: mundo.salida(lote, cantidad),
        lambda: mundo.merma(lote, cantidad),
    ]
    for intento in intentos:
        with mundo.rechaza(DatoInvalido) as visto:
            intento()
        assert visto.value.datos["campo"] == "cantidad"


def test_despachar_media_pieza_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto(unidad=mundo.pieza)
    lote = mundo.entrada(producto, 10)
    intentos: list[Callable[[], object]] = [
        lambda: mundo.fefo(producto, "0.5"),
        lambda: mundo.salida(lote, "0.5"),
        lambda: mundo.merma(lote, "0.5"),
    ]
    for intento in intentos:
        with mundo.rechaza(DatoInvalido, "enteras"):
            intento()


def test_despachar_un_producto_inactivo_saca_lo_que_queda(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 10)
    producto.activo = False
    producto.save()
    mundo.fefo(producto, 10)
    assert mundo.fisica(producto) == 0


# ── Lote nombrado ───────────────────────────────────────────────────────────────────────────────────


def test_registrar_salida_saca_del_lote_nombrado_y_de_ninguno_mas(mundo: Mundo) -> None:
    producto = mundo.producto()
    primero = mundo.entrada(producto, 10, vence=dia(1), costo=5)
    nombrado = mundo.entrada(producto, 10, vence=dia(90), costo=7)
    asiento = mundo.salida(nombrado, 4, glosa=Glosa(motivo=Motivo.CONSUMO, modulo="engorde", tanque="T-3"))
    assert lineas_de(asiento) == tomas((nombrado, -4))
    assert asiento.lineas[0].costo_unitario == 7
    guardado = Asiento.objects.get(pk=asiento.pk)
    assert (guardado.motivo, guardado.modulo, guardado.tanque) == ("consumo", "engorde", "T-3")
    assert (mundo.saldo(primero), mundo.saldo(nombrado)) == cants(10, 6)


def test_registrar_salida_de_mas_de_lo_que_tiene_el_lote_se_rechaza_aunque_haya_en_otro(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10, codigo="L-1")
    mundo.entrada(producto, 50)
    with mundo.rechaza(ExistenciaInsuficiente, "del lote L-1") as visto:
        mundo.salida(lote, "10.0001")
    assert visto.value.datos["disponible"] == 10


def test_registrar_salida_de_un_lote_agotado_se_rechaza(mundo: Mundo) -> None:
    lote = mundo.entrada(mundo.producto(), 10)
    mundo.salida(lote, 10)
    with mundo.rechaza(ExistenciaInsuficiente):
        mundo.salida(lote, 1)


def test_registrar_salida_de_lote_vencido_o_bloqueado_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    vencido = mundo.entrada(producto, 10, vence=dia(-1))
    bloqueado = mundo.entrada(producto, 10)
    mundo.bloquear(bloqueado, "Espera análisis")
    with mundo.rechaza(LoteVencido, "09/03/2026"):
        mundo.salida(vencido, 1)
    with mundo.rechaza(LoteBloqueado, "Espera análisis"):
        mundo.salida(bloqueado, 1)


def test_registrar_salida_no_deja_tomar_lo_que_otro_aparto(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    mundo.apartar(producto, 7, modulo="cria")
    with mundo.rechaza(ExistenciaInsuficiente) as visto:
        mundo.salida(lote, 4)
    assert (visto.value.datos["disponible"], visto.value.datos["reservado"]) == cants(3, 7)
    mundo.salida(lote, 3)


@pytest.mark.parametrize("motivo", [Motivo.MERMA, Motivo.ROTURA, Motivo.VENCIMIENTO, Motivo.ROBO])
def test_registrar_salida_con_motivo_de_perdida_es_una_merma_y_exige_poder_ajustar(
    mundo: Mundo, motivo: Motivo
) -> None:
    vencido = mundo.entrada(mundo.producto(), 10, vence=dia(-1))
    glosa = Glosa(motivo=motivo)
    with mundo.rechaza(SinPermiso, "ajustar"):
        mundo.salida(vencido, 1, glosa=glosa, actor=mundo.actor_sin(Permiso.AJUSTAR))
    asiento = mundo.salida(vencido, 1, glosa=glosa, actor=mundo.actor_con(Permiso.AJUSTAR))
    assert (asiento.tipo, asiento.lineas[0].tipo) == ("merma", "ajuste_negativo")
    assert mundo.saldo(vencido) == 9


def test_registrar_salida_con_motivo_devolucion_es_una_devolucion(mundo: Mundo) -> None:
    lote = mundo.entrada(mundo.producto(), 10)
    asiento = mundo.salida(lote, 4, glosa=Glosa(motivo=Motivo.DEVOLUCION))
    assert (asiento.tipo, asiento.lineas[0].tipo) == ("devolucion", "devolucion_salida")
    assert mundo.saldo(lote) == 6


# ── Mermas ──────────────────────────────────────────────────────────────────────────────────────────


def test_registrar_merma_saca_lo_vencido_y_lo_bloqueado(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10, vence=dia(-1), costo="2.5")
    mundo.bloquear(lote)
    asiento = mundo.merma(lote, 10)
    assert (asiento.tipo, lineas_de(asiento)) == ("merma", tomas((lote, -10)))
    assert asiento.lineas[0].costo_unitario == cant("2.5")
    assert (mundo.saldo(lote), mundo.fisica(producto)) == cants(0, 0)


def test_registrar_merma_puede_dejar_menos_de_lo_prometido(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    apartado = mundo.apartar(producto, 8, modulo="cria")
    mundo.merma(lote, 6)
    apartado.refresh_from_db()
    assert (apartado.estado, apartado.restante, mundo.apartada(producto)) == ("vigente", *cants(8, 8))
    assert (mundo.fisica(producto), mundo.disponible(producto)) == cants(4, 0)
    with mundo.rechaza(ExistenciaInsuficiente):
        mundo.fefo(producto, "0.0001")


def test_registrar_merma_de_mas_de_lo_que_hay_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    mundo.entrada(producto, 10)
    with mundo.rechaza(ExistenciaInsuficiente):
        mundo.merma(lote, 11)


def test_registrar_merma_sin_motivo_de_perdida_o_sin_permiso_se_rechaza(mundo: Mundo) -> None:
    lote = mundo.entrada(mundo.producto(), 10)
    with mundo.rechaza(DatoInvalido, "merma, robo") as visto:
        mundo.merma(lote, 1, glosa=Glosa(motivo=Motivo.CONSUMO))
    assert visto.value.datos["campo"] == "motivo"
    with mundo.rechaza(SinPermiso):
        mundo.merma(lote, 1, actor=mundo.actor_sin(Permiso.AJUSTAR))


# ── Varias líneas ───────────────────────────────────────────────────────────────────────────────────


def test_despachar_varios_saca_todo_en_un_asiento_y_dice_que_cumplio_cada_linea(mundo: Mundo) -> None:
    uno, dos = mundo.producto("A"), mundo.producto("B")
    a1, a2 = mundo.entrada(uno, 5, vence=dia(1)), mundo.entrada(uno, 5, vence=dia(2))
    b1 = mundo.entrada(dos, 5, bodega=mundo.otra)
    salida = services.despachar_varios(
        actor=mundo.actor,
        lineas=[
            LineaSalida(dos, mundo.otra, cant(2), "raceway"),
            LineaSalida(uno, mundo.bodega, cant(3)),
            LineaSalida(uno, mundo.bodega, cant(4)),
        ],
        politica=Politica.FEFO,
        reloj=mundo.reloj,
    )
    assert lineas_de(salida.asiento) == tomas((b1, -2), (a1, -3), (a1, -2), (a2, -2))
    assert [[linea.cantidad for linea in linea_s] for linea_s in salida.por_linea] == [[-2], [-3], [-2, -2]]
    assert [linea.nota for linea in Movimiento.objects.filter(nota__gt="")] == ["raceway"]
    assert (mundo.fisica(uno), mundo.fisica(dos, mundo.otra)) == cants(3, 3)


def test_despachar_varios_con_una_linea_que_no_alcanza_no_saca_ninguna(mundo: Mundo) -> None:
    uno, dos = mundo.producto("A"), mundo.producto("B")
    mundo.entrada(uno, 5)
    mundo.entrada(dos, 5)
    lineas = [
        LineaSalida(uno, mundo.bodega, cant(3)),
        LineaSalida(uno, mundo.bodega, cant(3)),
        LineaSalida(dos, mundo.bodega, cant(5)),
    ]
    with mundo.rechaza(LineasRechazadas, "1 de 3 líneas") as visto:
        services.despachar_varios(actor=mundo.actor, lineas=lineas, politica=Politica.PEPS, reloj=mundo.reloj)
    assert [type(resultado) for resultado in visto.value.resultados] == [
        type(None),
        ExistenciaInsuficiente,
        type(None),
    ]
    # La segunda línea vio lo que dejó la primera.
    assert visto.value.resultados[1].datos["disponible"] == 2
    assert [detalle.campo for detalle in visto.value.detalles] == ["lineas.1"]


def test_despachar_varios_sin_lineas_se_rechaza(mundo: Mundo) -> None:
    with mundo.rechaza(DatoInvalido, "al menos una"):
        services.despachar_varios(actor=mundo.actor, lineas=[], politica=Politica.FEFO, reloj=mundo.reloj)


# ── Quién puede ─────────────────────────────────────────────────────────────────────────────────────


def test_despachar_sin_permiso_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    with mundo.rechaza(SinPermiso, "despachar"):
        mundo.fefo(producto, 1, actor=mundo.actor_sin(Permiso.DESPACHAR))
    with mundo.rechaza(SinPermiso, "despachar"):
        mundo.peps(producto, 1, actor=mundo.actor_sin(Permiso.DESPACHAR))
    with mundo.rechaza(SinPermiso, "registrar salida"):
        mundo.salida(lote, 1, actor=mundo.actor_sin(Permiso.REGISTRAR_SALIDA))
    with mundo.rechaza(SinPermiso):
        services.despachar_varios(
            actor=mundo.actor_sin(Permiso.DESPACHAR),
            lineas=[LineaSalida(producto, mundo.bodega, cant(1))],
            politica=Politica.FEFO,
        )


def test_despachar_fuera_de_su_bodega_o_de_su_modulo_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    ajeno = mundo.actor_con(*Permiso, alcance=Alcance.de({mundo.otra.pk}))
    de_cria = mundo.actor_con(*Permiso, modulos_permitidos=frozenset({"cria"}))
    engorde = Glosa(modulo="engorde")
    intentos: list[Callable[[], object]] = [
        lambda: mundo.fefo(producto, 1, actor=ajeno),
        lambda: mundo.salida(lote, 1, actor=ajeno),
        lambda: mundo.merma(lote, 1, actor=ajeno),
        lambda: mundo.peps(producto, 1, actor=de_cria, glosa=engorde),
        lambda: mundo.salida(lote, 1, actor=de_cria, glosa=engorde),
    ]
    for intento in intentos:
        with mundo.rechaza(SinPermiso):
            intento()
    # Sin nombrar módulo, una clave limitada actúa por nadie: puede, pero no gasta promesas de otros.
    mundo.fefo(producto, 1, actor=de_cria)


def test_despachar_lo_de_otra_empresa_es_como_si_no_existiera(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    intruso = Mundo.crear()
    intentos: list[Callable[[], object]] = [
        lambda: mundo.fefo(producto, 1, actor=intruso.actor, bodega=intruso.bodega),
        lambda: mundo.salida(lote, 1, actor=intruso.actor),
        lambda: mundo.merma(lote, 1, actor=intruso.actor),
    ]
    for intento in intentos:
        with mundo.rechaza(NoEncontrado):
            intento()


def test_un_asiento_dice_quien_fue(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 10)
    actor = mundo.actor_con(Permiso.DESPACHAR, externo_id="u-9", externo_nombre="Rosa", solicitud_id="req-1")
    asiento = Asiento.objects.get(pk=mundo.fefo(producto, 1, actor=actor).pk)
    assert (asiento.actor, asiento.externo_id, asiento.externo_nombre, asiento.solicitud_id) == (
        mundo.actor.usuario,
        "u-9",
        "Rosa",
        "req-1",
    )


def test_despachar_de_trescientos_lotes_a_la_vez(mundo: Mundo) -> None:
    producto = mundo.producto()
    lineas = [
        services.LineaEntrada(producto, mundo.bodega, Decimal("0.0001"), vence_el=dia(i)) for i in range(300)
    ]
    services.registrar_entradas(actor=mundo.actor, lineas=lineas, reloj=mundo.reloj)
    asiento = mundo.fefo(producto, "0.03")
    assert len(asiento.lineas) == 300
    assert Lote.objects.con_saldo().count() == 0
