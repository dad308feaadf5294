"""Cada reporte contra un mundo chico cuyas cuentas están hechas a mano."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from inventario.existencias.disponibilidad import existencias_de
from inventario.existencias.productos import bajo_minimo, sobre_minimo
from inventario.movimientos import services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo
from inventario.movimientos.reparto import Politica
from inventario.movimientos.tests.mundo import AHORA, CONTEO, HOY, MERMA, Mundo, cant, dia
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.cantidades import en_dinero
from inventario.productos.models import Producto
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito, ambito_de

ROTURA = Glosa(motivo=Motivo.ROTURA, texto="Se cayó del montacargas")


def ambito(mundo: Mundo, **campos: Any) -> Ambito:
    return ambito_de(mundo.actor, ahora=mundo.reloj.ahora, **campos)


def hace(mundo: Mundo, dias: int) -> None:
    """Pone el reloj a tantos días antes de hoy, a la misma hora."""
    mundo.reloj.ahora = AHORA - timedelta(days=dias)


# ── Existencias ─────────────────────────────────────────────────────────────────────────────────


def test_top_por_existencia_y_empates_por_nombre_en_espanol_y_luego_por_id(mundo: Mundo) -> None:
    nombres = ("Ñame", "Zanahoria", "oca", "Ácido", "nuez", "Nuez", "Sin nada")
    productos = [mundo.producto(f"P-{n}", nombre=nombre) for n, nombre in enumerate(nombres)]
    for uno in productos[:-1]:
        mundo.entrada(uno, "0.3")
    # 0,1 + 0,2 empata con 0,3 aunque en coma flotante no.
    repartido = mundo.producto("R", nombre="Aceite")
    mundo.entrada(repartido, "0.1")
    mundo.entrada(repartido, "0.2", bodega=mundo.otra)
    mayor = mundo.producto("M", nombre="Zumo")
    mundo.entrada(mayor, 4, vence=dia(-1))
    top = informes.top_productos(ambito(mundo), n=100)
    assert [fila.producto.nombre for fila in top] == [
        "Zumo",
        "Aceite",
        "Ácido",
        "nuez",
        "Nuez",
        "Ñame",
        "oca",
        "Zanahoria",
        "Sin nada",
    ]
    assert [fila.cantidades.fisica for fila in top[:2]] == [cant(4), cant("0.3")]
    assert (top[0].cantidades.disponible, top[-1].cantidades.fisica) == (0, 0)
    assert [fila.producto.nombre for fila in informes.top_productos(ambito(mundo), n=2)] == [
        "Zumo",
        "Aceite",
    ]


def test_inventario_basico_da_las_cantidades_del_catalogo(mundo: Mundo) -> None:
    lleno, vacio, otro = mundo.producto("A"), mundo.producto("B", stock_minimo=1), mundo.producto("C")
    mundo.entrada(lleno, 10, vence=dia(3))
    mundo.entrada(lleno, 2, vence=dia(-3))
    mundo.entrada(lleno, 5, bodega=mundo.otra)
    mundo.apartar(lleno, 4)
    mundo.bloquear(mundo.entrada(otro, 7))
    ido = mundo.producto("D", activo=False, eliminado_en=AHORA)
    inventario = informes.inventario_basico(ambito(mundo))
    assert [fila.producto for fila in inventario.filas] == [lleno, vacio, otro]
    assert ido not in [fila.producto for fila in inventario.filas]
    esperadas = existencias_de([lleno.pk, vacio.pk, otro.pk], ahora=AHORA, hoy=HOY)
    assert {fila.producto.pk: fila.cantidades for fila in inventario.filas} == esperadas
    cifras = inventario.filas[0].cantidades
    assert (cifras.fisica, cifras.apartada, cifras.disponible) == (17, 4, 11)
    assert (inventario.bajo_minimo, inventario.sin_existencia) == (1, 1)
    assert informes.contar(ambito(mundo), list(informes.productos())) == inventario.filas


@pytest.mark.parametrize("minimo", [0, 5, 6, 9, 16, 17])
@pytest.mark.parametrize("sobre_disponible", [False, True])
def test_bajo_minimo_dice_lo_mismo_en_la_base_que_en_la_memoria(
    mundo: Mundo, minimo: int, sobre_disponible: bool
) -> None:
    campos = {"stock_minimo": minimo, "minimo_sobre_disponible": sobre_disponible}
    producto, vacio = mundo.producto("A", **campos), mundo.producto("B", **campos)
    # De 16 físicos hay 5 disponibles: en la otra bodega se prometió más de lo que sirve, y eso no resta acá.
    mundo.entrada(producto, 7, vence=dia(0))
    mundo.entrada(producto, 2, vence=dia(-1))
    mundo.bloquear(mundo.entrada(producto, 3))
    mundo.apartar(producto, 2)
    alla = mundo.entrada(producto, 4, bodega=mundo.otra)
    mundo.apartar(producto, 4, bodega=mundo.otra)
    mundo.bloquear(alla)
    mundo.apartar(producto, 1, horas=1)
    mundo.reloj.avanzar(hours=1)
    mira = ambito(mundo)
    hay = 5 if sobre_disponible else 16
    esperados = [uno for uno, cuanto in ((producto, hay), (vacio, 0)) if cuanto < minimo]
    inventario = informes.inventario_basico(mira)
    assert inventario.filas[0].cantidades.disponible == 5
    assert [fila.producto for fila in inventario.filas if fila.bajo_minimo] == esperados
    cuando: Any = {"ahora": mira.ahora, "hoy": mira.hoy}
    assert list(bajo_minimo(Producto.objects.all(), **cuando).order_by("pk")) == esperados
    assert set(sobre_minimo(Producto.objects.all(), **cuando)) == {producto, vacio} - set(esperados)


# ── Vencimientos ────────────────────────────────────────────────────────────────────────────────


def test_por_vencer_va_de_hoy_al_ultimo_dia_ambos_incluidos(mundo: Mundo) -> None:
    producto = mundo.producto()
    lotes = {dias: mundo.entrada(producto, 2, costo="0.335", vence=dia(dias)) for dias in (-3, 31, 30, 1, 0)}
    mundo.entrada(producto, 1)
    otro_de_hoy = mundo.entrada(producto, 1, costo=1, vence=dia(0), bodega=mundo.otra)
    mundo.fefo(producto, 2, bodega=mundo.bodega)  # gasta el de hoy
    por_vencer = informes.lotes_por_vencer(ambito(mundo))
    assert [(fila.lote, fila.dias) for fila in por_vencer.filas] == [
        (otro_de_hoy, 0),
        (lotes[1], 1),
        (lotes[30], 30),
    ]
    assert por_vencer.valor == cant("2.340")
    con_vencidos = informes.lotes_por_vencer(ambito(mundo), dias=1, incluir_vencidos=True)
    assert [(fila.lote, fila.dias) for fila in con_vencidos.filas] == [
        (lotes[-3], -3),
        (otro_de_hoy, 0),
        (lotes[1], 1),
    ]
    aqui = informes.lotes_por_vencer(ambito(mundo, bodega=mundo.bodega.pk), dias=30)
    assert [fila.lote for fila in aqui.filas] == [lotes[1], lotes[30]]


def test_hoy_es_el_de_la_empresa_y_no_el_utc(mundo: Mundo) -> None:
    lote = mundo.entrada(mundo.producto(), 1, vence=HOY)
    # Las nueve de la noche en Guayaquil: en UTC ya es mañana.
    mundo.reloj.ahora = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
    assert [fila.lote for fila in informes.lotes_por_vencer(ambito(mundo)).filas] == [lote]
    mundo.reloj.ahora = datetime(2026, 3, 11, 5, 0, tzinfo=UTC)
    assert informes.lotes_por_vencer(ambito(mundo)).filas == []


def test_lo_que_sobra_de_cada_lote_si_se_sigue_al_mismo_ritmo(mundo: Mundo) -> None:
    """Consumo de 60 en 30 días: 2 al día. Lo que vence pasado mañana tiene tres días de uso."""
    producto = mundo.producto(nombre="Balanceado")
    hace(mundo, 40)
    mundo.entrada(producto, 100, costo=1)
    hace(mundo, 30)
    mundo.fefo(producto, 40)
    hace(mundo, 1)
    mundo.fefo(producto, 20)
    revertido = mundo.fefo(producto, 9)
    mundo.revertir(revertido)
    mundo.reloj.ahora = AHORA
    mundo.fefo(producto, 40)  # lo de hoy no cuenta: el día no ha terminado
    # Se usan 6 hasta el final del día 2: sobran 4. Otros 4 hasta el día 4 (6 + 4 = 2 × 5): sobra 1.
    primero = mundo.entrada(producto, 10, costo="1.5", vence=dia(2))
    segundo = mundo.entrada(producto, 5, costo=2, vence=dia(4))
    bloqueado = mundo.entrada(producto, 3, costo=10, vence=dia(5))
    mundo.bloquear(bloqueado)
    # De aquí se usarían 20 más hasta el día 14; con 8 no sobra nada.
    mundo.entrada(producto, 8, vence=dia(14))
    mundo.entrada(producto, 50)
    mundo.entrada(producto, 6, vence=dia(-1))
    sobra = informes.vencera_sin_usarse(ambito(mundo))
    assert [(fila.lote, fila.dias, fila.sobrara, fila.valor) for fila in sobra.filas] == [
        (primero, 2, cant(4), cant(6)),
        (segundo, 4, cant(1), cant(2)),
        (bloqueado, 5, cant(3), cant(30)),
    ]
    assert {fila.consumo_diario for fila in sobra.filas} == {cant(2)}
    assert [fila.se_usara for fila in sobra.filas] == [6, 4, 0]
    assert sobra.valor == cant(38)
    cerca = informes.vencera_sin_usarse(ambito(mundo), horizonte=2)
    assert [fila.lote for fila in cerca.filas] == [primero]
    # En los últimos siete días completos solo salieron 20: 20/7 al día.
    semana = informes.vencera_sin_usarse(ambito(mundo), dias_de_consumo=7)
    assert [(fila.lote, fila.sobrara) for fila in semana.filas] == [
        (primero, cant("1.4286")),
        (bloqueado, cant(3)),
    ]


def test_lo_que_sobra_es_por_bodega_y_en_piezas_se_redondea_hacia_arriba(mundo: Mundo) -> None:
    producto = mundo.producto(unidad=mundo.pieza)
    hace(mundo, 20)
    mundo.entrada(producto, 10, costo=1)
    hace(mundo, 10)
    mundo.fefo(producto, 10)
    mundo.reloj.ahora = AHORA
    aqui = mundo.entrada(producto, 3, costo=1, vence=dia(0))
    alla = mundo.entrada(producto, 3, costo=1, vence=dia(0), bodega=mundo.otra)
    sobra = informes.vencera_sin_usarse(ambito(mundo))
    # Aquí salen 10/30 al día: hoy se usa un tercio de pieza y quedarían 2,67.
    assert [(fila.lote, fila.sobrara) for fila in sobra.filas] == [(aqui, cant(3)), (alla, cant(3))]
    assert [fila.consumo_diario for fila in sobra.filas] == [cant("0.3333"), cant(0)]


# ── Movimientos ─────────────────────────────────────────────────────────────────────────────────


def test_un_dia_empieza_y_termina_a_la_medianoche_de_la_empresa(mundo: Mundo) -> None:
    producto = mundo.producto()
    for hora in ("04:59:59", "05:00:00"):  # la medianoche de Guayaquil son las cinco en UTC
        for del_dia in (10, 11):
            mundo.reloj.ahora = datetime.fromisoformat(f"2026-03-{del_dia}T{hora}+00:00")
            mundo.entrada(producto, 1, codigo=f"{del_dia} {hora}")
    mundo.reloj.ahora = AHORA + timedelta(days=2)
    rango = informes.movimientos_en_rango(ambito(mundo), desde=HOY, hasta=HOY)
    assert [linea.lote.codigo for linea in rango.consulta] == ["10 05:00:00", "11 04:59:59"]
    dos_dias = informes.movimientos_en_rango(ambito(mundo), desde=HOY, hasta=dia(1))
    assert dos_dias.totales().lineas == 3


def test_totales_de_un_rango(mundo: Mundo) -> None:
    harina, sal = mundo.producto("H"), mundo.producto("S")
    lote = mundo.entrada(harina, 10, costo="0.335")
    mundo.entrada(sal, 4, costo=2)
    salida = mundo.salida(lote, 3)
    mundo.merma(lote, 1)
    mundo.revertir(salida)
    todo = informes.movimientos_en_rango(ambito(mundo), desde=HOY, hasta=HOY).totales()
    assert (todo.lineas, todo.entradas, todo.salidas) == (5, 17, 4)
    assert (todo.valor_entradas, todo.valor_salidas) == (cant("12.355"), cant("1.340"))
    assert [en_dinero(todo.valor_entradas), en_dinero(todo.valor_salidas)] == [cant("12.36"), cant("1.34")]
    de_sal = informes.movimientos_en_rango(ambito(mundo), desde=HOY, hasta=HOY, producto_id=sal.pk)
    assert [linea.cantidad for linea in de_sal.consulta] == [4]
    mermas = informes.movimientos_en_rango(ambito(mundo), desde=HOY, hasta=HOY, tipo="ajuste_negativo")
    assert [linea.cantidad for linea in mermas.consulta] == [-1]
    nada = informes.movimientos_en_rango(ambito(mundo), desde=dia(-2), hasta=dia(-1)).totales()
    assert nada == informes.TotalesDeMovimientos()


def test_por_tandas_no_repite_ni_salta_y_lo_nuevo_queda_fuera(mundo: Mundo) -> None:
    producto = mundo.producto()
    for _ in range(7):
        mundo.entrada(producto, 1)
    rango = informes.movimientos_en_rango(ambito(mundo), desde=HOY, hasta=HOY)
    esperados = [linea.pk for linea in rango.consulta]
    tandas = rango.por_tandas(hasta_id=rango.totales().hasta_id, tanda=3)
    leidos = [[linea.pk for linea in next(tandas)]]
    mundo.entrada(producto, 1)
    leidos += [[linea.pk for linea in tanda] for tanda in tandas]
    assert [len(tanda) for tanda in leidos] == [3, 3, 1]
    assert [pk for tanda in leidos for pk in tanda] == esperados


# ── Valor, rotación, mermas, consumo ────────────────────────────────────────────────────────────


def test_valorizacion_ahora_y_en_un_instante(mundo: Mundo) -> None:
    harina, sal = mundo.producto("H", nombre="Harina"), mundo.producto("S", nombre="Sal")
    hace(mundo, 5)
    for _ in range(3):
        lote = mundo.entrada(harina, 1, costo="0.335")
    mundo.entrada(sal, 10, costo=2, bodega=mundo.otra)
    corte = mundo.reloj.ahora
    mundo.reloj.avanzar(seconds=1)
    mundo.salida(lote, 1)
    mundo.fefo(sal, 10, bodega=mundo.otra)
    mundo.reloj.ahora = AHORA
    ahora = informes.valorizacion(ambito(mundo))
    assert [(f.producto.nombre, f.cantidad, f.valor, f.costo_medio) for f in ahora.filas] == [
        ("Harina", 2, cant("0.670"), cant("0.335"))
    ]
    entonces = informes.valorizacion(ambito(mundo), instante=corte)
    assert [(f.producto.nombre, f.cantidad, f.valor) for f in entonces.filas] == [
        ("Harina", 3, cant("1.005")),
        ("Sal", 10, 20),
    ]
    assert en_dinero(entonces.valor) == cant("21.01")
    aqui = informes.valorizacion(ambito(mundo, bodega=mundo.bodega.pk), instante=corte)
    assert [f.producto.nombre for f in aqui.filas] == ["Harina"]
    antes = informes.valorizacion(ambito(mundo), instante=corte - timedelta(seconds=1))
    assert (antes.filas, antes.valor) == ([], 0)
    assert informes.valorizacion(ambito(mundo), instante=AHORA).filas == ahora.filas


def test_rotacion_y_dias_de_cobertura(mundo: Mundo) -> None:
    usado = mundo.producto("U", nombre="Usado")
    quieto = mundo.producto("Q", nombre="Quieto")
    hace(mundo, 40)
    lote = mundo.entrada(usado, 100, costo=2)
    mundo.entrada(quieto, 5, costo=1)
    hace(mundo, 10)
    mundo.salida(lote, 60)
    mundo.revertir(mundo.salida(lote, 5))
    mundo.merma(lote, 4)
    mundo.reloj.ahora = AHORA
    mundo.salida(lote, 6)
    mundo.entrada(usado, 7, vence=dia(-1))
    rota = informes.rotacion(ambito(mundo), dias=30)
    assert [fila.producto.nombre for fila in rota.filas] == ["Usado", "Quieto"]
    fila = rota.filas[0]
    # Al empezar 100, al terminar ayer 36; hoy 30 que sirven y 7 vencidos.
    assert (fila.inicial, fila.final, fila.promedio) == (100, 36, 68)
    assert (fila.existencia, fila.utilizable) == (37, 30)
    assert (fila.consumido, fila.costo_consumido, fila.consumo_diario) == (60, 120, 2)
    assert fila.rotacion == cant("0.8824")  # 60 / 68
    assert fila.rotacion_anual == cant("10.7353")  # × 365 / 30
    assert (fila.dias_de_cobertura, fila.se_agota_el) == (15, dia(15))
    otra = rota.filas[1]
    assert (otra.rotacion, otra.dias_de_cobertura, otra.se_agota_el) == (0, None, None)
    assert (rota.costo_consumido, rota.valor_promedio) == (120, cant(141))
    assert rota.rotacion == cant("0.8511")


def test_un_traslado_no_es_consumo_ni_cambia_lo_de_todas_las_bodegas(mundo: Mundo) -> None:
    producto = mundo.producto()
    hace(mundo, 5)
    mundo.entrada(producto, 10, costo=1, vence=HOY + timedelta(days=9))
    services.trasladar(
        actor=mundo.actor,
        producto=producto,
        cantidad=Decimal(4),
        desde=mundo.bodega,
        hacia=mundo.otra,
        politica=Politica.FEFO,
        reloj=mundo.reloj,
    )
    mundo.reloj.ahora = AHORA
    [fila] = informes.rotacion(ambito(mundo)).filas
    assert (fila.consumido, fila.final, fila.valor_final) == (0, 10, 10)
    [de_otra] = informes.rotacion(ambito(mundo, bodega=mundo.otra.pk)).filas
    assert (de_otra.existencia, de_otra.final) == (4, 4)
    # Nada se usó: se vencerá en las dos bodegas, también vista sola aquella de donde salió.
    [de_esta] = informes.vencera_sin_usarse(ambito(mundo, bodega=mundo.bodega.pk)).filas
    assert (de_esta.consumo_diario, de_esta.sobrara) == (0, 6)
    assert informes.vencera_sin_usarse(ambito(mundo)).valor == 10


def test_mermas_por_motivo_con_su_costo(mundo: Mundo) -> None:
    harina, sal = mundo.producto("H", nombre="Harina"), mundo.producto("S", nombre="Sal")
    de_harina, de_sal = mundo.entrada(harina, 20, costo="0.335"), mundo.entrada(sal, 10, costo=3)
    for _ in range(3):
        mundo.merma(de_harina, 1)
    mundo.merma(de_harina, 2, glosa=ROTURA)
    mundo.merma(de_sal, 1)
    mundo.revertir(mundo.merma(de_sal, 5))
    mundo.salida(de_sal, 1)
    services.contar_lote(
        actor=mundo.actor, lote=de_harina, contada=Decimal(14), glosa=CONTEO, reloj=mundo.reloj
    )
    hechas = informes.mermas(ambito(mundo), desde=HOY, hasta=HOY)
    assert [(f.motivo, f.producto.nombre, f.cantidad, f.costo, f.lineas) for f in hechas.filas] == [
        (MERMA.motivo, "Sal", 1, 3, 1),
        (MERMA.motivo, "Harina", 3, cant("1.005"), 3),
        (Motivo.ROTURA, "Harina", 2, cant("0.67"), 1),
        (Motivo.CONTEO, "Harina", 1, cant("0.335"), 1),
    ]
    assert [(t.motivo, t.costo, t.lineas) for t in hechas.por_motivo] == [
        (Motivo.MERMA, cant("4.005"), 4),
        (Motivo.ROTURA, cant("0.67"), 1),
        (Motivo.CONTEO, cant("0.335"), 1),
    ]
    assert hechas.costo == cant("5.01")
    assert informes.mermas(ambito(mundo), desde=dia(-9), hasta=dia(-1)).filas == []


def test_consumo_por_modulo_y_tanque(mundo: Mundo) -> None:
    harina = mundo.producto("H", nombre="Harina")
    sal = mundo.producto("S", nombre="Sal")
    mundo.entrada(harina, 20, costo="0.335")
    mundo.entrada(harina, 20, costo=1)
    mundo.entrada(sal, 10, costo=3)

    def usar(producto: Any, cantidad: int, modulo: str = "", tanque: str = "") -> Any:
        return mundo.peps(producto, cantidad, glosa=Glosa(modulo=modulo, tanque=tanque))

    usar(harina, 3, "biofloc", "T1")
    usar(harina, 1, "biofloc", "T2")
    usar(harina, 18, "biofloc", "T1")
    usar(sal, 2, "agua")
    usar(sal, 1)
    mundo.revertir(usar(sal, 4, "agua"))
    consumo = informes.consumo_por_modulo(ambito(mundo), desde=HOY, hasta=HOY)
    assert [
        (f.modulo, f.tanque, f.producto.nombre, f.cantidad, f.costo, f.lineas) for f in consumo.filas
    ] == [
        ("", "", "Sal", 1, 3, 1),
        ("agua", "", "Sal", 2, 6, 1),
        # 3 + 16 del lote de 0,335 y 2 del de 1.
        ("biofloc", "T1", "Harina", 21, cant("8.365"), 3),
        ("biofloc", "T2", "Harina", 1, cant("0.335"), 1),
    ]
    assert {fila.ultimo for fila in consumo.filas} == {AHORA}
    assert [(t.modulo, t.costo, t.lineas) for t in consumo.por_modulo] == [
        ("", 3, 1),
        ("agua", 6, 1),
        ("biofloc", cant("8.7"), 4),
    ]
    assert consumo.costo == cant("17.7")
    solo = informes.consumo_por_modulo(ambito(mundo), desde=HOY, hasta=HOY, modulo="")
    assert [fila.producto.nombre for fila in solo.filas] == ["Sal"]


@pytest.mark.parametrize("suyo", [SIN_LIMITE, Alcance.de({1, 2})])
def test_el_ambito_es_el_del_actor(mundo: Mundo, suyo: Alcance) -> None:
    actor = mundo.actor_con(alcance=suyo)
    assert ambito_de(actor, ahora=AHORA) == Ambito(mundo.empresa.zona_horaria, AHORA, suyo)
