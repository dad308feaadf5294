"""Reversos: el asiento contrario, línea por línea, una sola vez."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from inventario.cuentas.models import Empresa, Usuario
from inventario.cuentas.permisos import PERMISOS_POR_ROL, Permiso, Rol
from inventario.lotes.models import Lote
from inventario.movimientos import services
from inventario.movimientos.errores import AsientoYaRevertido, NoSeRevierte
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, Motivo, TipoAsiento
from inventario.movimientos.tests.mundo import (
    CONTEO,
    MERMA,
    Mundo,
    cant,
    cants,
    dia,
    lineas_de,
    tomas,
)
from inventario.nucleo.actores import Actor
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.errores import DatoInvalido, NoEncontrado, SinPermiso
from inventario.productos.models import Producto


def _entrada(mundo: Mundo, lote: Lote) -> Asiento:
    return services.registrar_entrada(
        actor=mundo.actor,
        producto=lote.producto,
        bodega=mundo.bodega,
        cantidad=cant(4),
        costo_unitario=cant(9),
    )


def _ajuste_de_mas(mundo: Mundo, lote: Lote) -> Asiento:
    asiento = services.ajustar_existencias(
        actor=mundo.actor, producto=lote.producto, bodega=mundo.bodega, diferencia=cant(3), glosa=CONTEO
    )
    assert asiento is not None
    return asiento


def _ajuste_de_menos(mundo: Mundo, lote: Lote) -> Asiento:
    asiento = services.ajustar_lote(actor=mundo.actor, lote=lote, diferencia=cant(-3), glosa=MERMA)
    assert asiento is not None
    return asiento


HACER: dict[str, Callable[[Mundo, Lote], Asiento]] = {
    "entrada": _entrada,
    "salida": lambda mundo, lote: mundo.fefo(lote.producto, 4),
    "merma": lambda mundo, lote: mundo.merma(lote, 4),
    "devolucion": lambda mundo, lote: mundo.merma(lote, 4, glosa=Glosa(motivo=Motivo.DEVOLUCION)),
    "ajuste de más": _ajuste_de_mas,
    "ajuste de menos": _ajuste_de_menos,
    "traslado": lambda mundo, lote: services.trasladar_lote(
        actor=mundo.actor, lote=lote, cantidad=cant(4), hacia=mundo.otra, reloj=mundo.reloj
    ),
}


@pytest.mark.parametrize("cual", HACER)
def test_revertir_asiento_deja_todo_como_estaba_y_no_se_repite(mundo: Mundo, cual: str) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10, costo="2.5")
    asiento = HACER[cual](mundo, lote)
    hecho = Asiento.objects.get(pk=asiento.pk)
    mundo.reloj.avanzar(hours=3)
    reverso = mundo.revertir(hecho)
    assert (reverso.tipo, reverso.revierte_id, reverso.motivo) == (TipoAsiento.REVERSO, hecho.pk, "reverso")
    assert (reverso.motivo_texto, reverso.fecha_efectiva) == ("Me equivoqué", mundo.reloj.ahora)
    assert lineas_de(reverso) == [(pk, -cantidad) for pk, cantidad in reversed(lineas_de(asiento))]
    assert [linea.costo_unitario for linea in reverso.lineas] == [
        linea.costo_unitario for linea in reversed(asiento.lineas)
    ]
    assert {linea.tipo for linea in reverso.lineas} <= {"reverso_entrada", "reverso_salida"}
    assert (mundo.saldo(lote), mundo.fisica(producto), mundo.fisica(producto, mundo.otra)) == cants(10, 10, 0)
    with mundo.rechaza(AsientoYaRevertido, f"asiento {hecho.numero} ya se revirtió"):
        mundo.revertir(hecho)
    with mundo.rechaza(NoSeRevierte, "reverso no se revierte"):
        mundo.revertir(Asiento.objects.get(pk=reverso.pk))


def test_revertir_una_salida_de_varios_lotes_devuelve_a_cada_uno_lo_suyo(mundo: Mundo) -> None:
    producto = mundo.producto()
    uno, dos = mundo.entrada(producto, 5, vence=dia(1)), mundo.entrada(producto, 5, vence=dia(2))
    salida = mundo.fefo(producto, 7, glosa=Glosa(modulo="engorde", tanque="T-1", referencia="S-9", sesion=3))
    reverso = mundo.revertir(salida)
    assert lineas_de(reverso) == tomas((dos, 2), (uno, 5))
    assert [linea.saldo_lote_tras for linea in reverso.lineas] == [5, 5]
    assert (reverso.modulo, reverso.tanque, reverso.referencia, reverso.sesion) == (
        "engorde",
        "T-1",
        "S-9",
        3,
    )


def test_revertir_una_entrada_de_la_que_ya_salio_algo_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10, codigo="L-1")
    mundo.entrada(producto, 50, fecha_ingreso=dia(-1))
    mundo.salida(lote, "0.5")
    with mundo.rechaza(NoSeRevierte, r"del lote L-1 quedan 9\.5 y hay que devolver 10"):
        mundo.revertir(lote.movimientos.filter(cantidad__gt=0).get().asiento)


def test_revertir_una_entrada_puede_dejar_promesas_sin_respaldo(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    apartado = mundo.apartar(producto, 8)
    mundo.revertir(lote.movimientos.get().asiento)
    apartado.refresh_from_db()
    assert (apartado.estado, mundo.apartada(producto), mundo.disponible(producto)) == (
        "vigente",
        *cants(8, 0),
    )


def test_revertir_una_salida_no_revive_el_apartado_que_gasto(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 10)
    apartado = mundo.apartar(producto, 6, modulo="cria")
    salida = mundo.fefo(producto, 6, glosa=Glosa(modulo="cria"))
    mundo.revertir(salida)
    apartado.refresh_from_db()
    assert (apartado.estado, apartado.restante, mundo.apartada(producto)) == ("consumido", *cants(0, 0))
    assert mundo.disponible(producto) == 10


def test_revertir_lo_que_vencio_despues_lo_devuelve_aunque_este_vencido(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 10, vence=dia(1))
    salida = mundo.fefo(producto, 4)
    mundo.reloj.avanzar(days=5)
    mundo.revertir(salida)
    assert (mundo.fisica(producto), mundo.disponible(producto)) == cants(10, 0)


def test_revertir_un_asiento_de_un_periodo_cerrado_se_asienta_hoy(mundo: Mundo) -> None:
    lote = mundo.entrada(mundo.producto(), 10, fecha_ingreso=dia(-20))
    Empresa.objects.filter(pk=mundo.empresa.pk).update(cierre_hasta=dia(-5))
    reverso = mundo.revertir(lote.movimientos.get().asiento)
    assert reverso.fecha_efectiva == mundo.reloj.ahora


def test_revertir_la_salida_de_un_producto_eliminado_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 10)
    salida = mundo.fefo(producto, 10)
    Producto.objects.filter(pk=producto.pk).update(activo=False, eliminado_en=timezone.now())
    with mundo.rechaza(NoEncontrado, "no encontrado"):
        mundo.revertir(salida)


@pytest.mark.parametrize("explicacion", ["", "   "])
def test_revertir_sin_explicacion_se_rechaza(mundo: Mundo, explicacion: str) -> None:
    lote = mundo.entrada(mundo.producto(), 10)
    with mundo.rechaza(DatoInvalido, "Explique"):
        mundo.revertir(lote.movimientos.get().asiento, explicacion=explicacion)


def test_revertir_sin_permiso_o_fuera_de_su_bodega_o_modulo_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    traslado = services.trasladar_lote(
        actor=mundo.actor, lote=lote, cantidad=cant(4), hacia=mundo.otra, reloj=mundo.reloj
    )
    de_engorde = mundo.fefo(producto, 1, glosa=Glosa(modulo="engorde"))
    with mundo.rechaza(SinPermiso):
        mundo.revertir(traslado, actor=mundo.actor_sin(Permiso.REVERTIR))
    for bodega in (mundo.bodega, mundo.otra):
        with mundo.rechaza(SinPermiso, "bodega"):
            mundo.revertir(traslado, actor=mundo.actor_con(*Permiso, alcance=Alcance.de({bodega.pk})))
    with mundo.rechaza(SinPermiso, "engorde"):
        mundo.revertir(de_engorde, actor=mundo.actor_con(*Permiso, modulos_permitidos=frozenset({"cria"})))


def test_revertir_el_asiento_de_otra_empresa_es_como_si_no_existiera(mundo: Mundo) -> None:
    asiento = mundo.entrada(mundo.producto(), 10).movimientos.get().asiento
    with mundo.rechaza(NoEncontrado):
        mundo.revertir(asiento, actor=Mundo.crear().actor)


# ── Quien opera deshace lo suyo ─────────────────────────────────────────────────────────────────


@pytest.fixture
def operador(mundo: Mundo, settings: Any) -> Actor:
    settings.DESHACER_MINUTOS = 30
    usuario = Usuario.objects.create(email="operador@granja.test", password="!")
    return replace(mundo.actor, usuario=usuario, permisos=PERMISOS_POR_ROL[Rol.OPERADOR])


OPERAR: dict[str, Callable[[Mundo, Lote, Actor], Asiento]] = {
    "entrada": lambda mundo, lote, actor: services.registrar_entrada(
        actor=actor, producto=lote.producto, bodega=mundo.bodega, cantidad=cant(4), reloj=mundo.reloj
    ),
    "salida de un lote": lambda mundo, lote, actor: mundo.salida(lote, 4, actor=actor),
    "despacho": lambda mundo, lote, actor: mundo.fefo(lote.producto, 4, actor=actor),
}


@pytest.mark.parametrize("cual", OPERAR)
def test_revertir_lo_propio_a_tiempo_no_pide_el_permiso_de_revertir(
    mundo: Mundo, operador: Actor, cual: str
) -> None:
    lote = mundo.entrada(mundo.producto(), 10)
    hecho = OPERAR[cual](mundo, lote, operador)
    mundo.reloj.avanzar(minutes=30)
    reverso = mundo.revertir(hecho, actor=operador)
    assert (reverso.revierte_id, reverso.actor_id) == (hecho.pk, operador.usuario.pk)
    assert mundo.fisica(lote.producto) == 10
    with mundo.rechaza(SinPermiso, "revertir"):
        mundo.revertir(reverso, actor=operador)


@pytest.mark.parametrize("cual", OPERAR)
def test_revertir_lo_propio_pasado_el_plazo_se_rechaza(mundo: Mundo, operador: Actor, cual: str) -> None:
    hecho = OPERAR[cual](mundo, mundo.entrada(mundo.producto(), 10), operador)
    mundo.reloj.avanzar(minutes=30, microseconds=1)
    with mundo.rechaza(SinPermiso, "30 minutos"):
        mundo.revertir(hecho, actor=operador)
    assert mundo.revertir(hecho).revierte_id == hecho.pk


def test_revertir_lo_propio_cuenta_desde_que_se_registro_y_no_desde_la_fecha_que_se_dijo(
    mundo: Mundo, operador: Actor
) -> None:
    producto = mundo.producto()
    entrada = services.registrar_entrada(
        actor=operador,
        producto=producto,
        bodega=mundo.bodega,
        cantidad=cant(4),
        fecha_ingreso=dia(-5),
        reloj=mundo.reloj,
    )
    mundo.revertir(entrada, actor=operador)
    assert mundo.fisica(producto) == 0


def test_revertir_lo_de_otra_persona_pide_el_permiso_aunque_sea_reciente(
    mundo: Mundo, operador: Actor
) -> None:
    lote = mundo.entrada(mundo.producto(), 10)
    ajeno = mundo.fefo(lote.producto, 4)
    with mundo.rechaza(SinPermiso, "revertir"):
        mundo.revertir(ajeno, actor=operador)


@pytest.mark.parametrize("cual", OPERAR)
def test_revertir_lo_propio_sin_el_permiso_con_que_se_hizo_se_rechaza(
    mundo: Mundo, operador: Actor, cual: str
) -> None:
    hecho = OPERAR[cual](mundo, mundo.entrada(mundo.producto(), 10), operador)
    with mundo.rechaza(SinPermiso, "revertir"):
        mundo.revertir(hecho, actor=replace(operador, permisos=PERMISOS_POR_ROL[Rol.AUDITOR]))


def test_revertir_lo_propio_de_una_bodega_que_ya_no_alcanza_se_rechaza(mundo: Mundo, operador: Actor) -> None:
    lote = mundo.entrada(mundo.producto(), 10)
    hecho = mundo.fefo(lote.producto, 4, actor=operador)
    with mundo.rechaza(SinPermiso, "bodega"):
        mundo.revertir(hecho, actor=replace(operador, alcance=Alcance.de({mundo.otra.pk})))


def test_revertir_la_entrada_propia_de_la_que_ya_salio_algo_se_rechaza(mundo: Mundo, operador: Actor) -> None:
    producto = mundo.producto()
    entrada = services.registrar_entrada(
        actor=operador, producto=producto, bodega=mundo.bodega, cantidad=cant(4), reloj=mundo.reloj
    )
    mundo.fefo(producto, 1, actor=operador)
    with mundo.rechaza(NoSeRevierte, "quedan 3 y hay que devolver 4"):
        mundo.revertir(entrada, actor=operador)


def test_revertir_lo_propio_con_el_plazo_en_cero_siempre_pide_el_permiso(
    mundo: Mundo, operador: Actor, settings: Any
) -> None:
    settings.DESHACER_MINUTOS = 0
    lote = mundo.entrada(mundo.producto(), 10)
    hecho = mundo.fefo(lote.producto, 4, actor=operador)
    mundo.reloj.avanzar(microseconds=1)
    with mundo.rechaza(SinPermiso):
        mundo.revertir(hecho, actor=operador)
