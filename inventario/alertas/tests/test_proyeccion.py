"""La vida de una alerta, fila por fila (§2.6 y §3.3): se abre, se pone al día, se cierra y vuelve."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from inventario.alertas.models import Alerta
from inventario.alertas.proyeccion import Cambios, recalcular
from inventario.alertas.services import reconocer_alerta
from inventario.cuentas.empresas.services import crear_empresa
from inventario.movimientos import services as libro
from inventario.movimientos.tests.mundo import AHORA, CONTEO, Mundo, cant, dia
from inventario.nucleo.empresa import en_empresa
from inventario.productos.models import Producto
from inventario.productos.services import editar_producto, eliminar_producto


def proyectar(mundo: Mundo, *productos: Producto) -> Cambios:
    """Recalcula y devuelve cuántas se abrieron, se pusieron al día y se cerraron."""
    return recalcular(mundo.empresa, [uno.pk for uno in productos], mundo.reloj())


def abiertas() -> list[tuple[str, str]]:
    return list(Alerta.objects.activas().order_by("pk").values_list("tipo", "severidad"))


# ── El mínimo ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("hay", "minimo", "abre"), [(9, 10, True), (10, 10, False), (11, 10, False), (0, 5, True), (0, 0, False)]
)
def test_minimo_estar_justo_no_es_estar_debajo(mundo: Mundo, hay: int, minimo: int, abre: bool) -> None:
    producto = mundo.producto(stock_minimo=minimo)
    if hay:
        mundo.entrada(producto, hay)
    proyectar(mundo, producto)
    assert [tipo for tipo, _ in abiertas()] == (["stock_minimo"] if abre else [])


def test_minimo_dice_las_cifras_y_de_que_se_trata(mundo: Mundo) -> None:
    producto = mundo.producto("HAR-1", nombre="Harina", stock_minimo="1200.5")
    mundo.entrada(producto, "7.25")
    proyectar(mundo, producto)
    alerta = Alerta.objects.get()
    assert alerta.mensaje == "Quedan 7,25 de un mínimo de 1.200,5: Harina (SKU HAR-1)."
    assert alerta.datos == {
        "nombre": "Harina",
        "sku": "HAR-1",
        "cantidad_actual": 7.25,
        "stock_minimo": 1200.5,
    }
    assert (alerta.severidad, alerta.producto, alerta.lote, alerta.bodega) == ("alta", producto, None, None)
    assert (alerta.creada_en, alerta.actualizada_en, alerta.cerrada_en) == (AHORA, AHORA, None)


def test_minimo_suma_las_bodegas_y_lo_vencido_cuenta(mundo: Mundo) -> None:
    producto = mundo.producto(stock_minimo=10)
    mundo.entrada(producto, 4)
    mundo.entrada(producto, 3, bodega=mundo.otra)
    mundo.entrada(producto, 3, bodega=mundo.otra, vence=dia(-1))
    proyectar(mundo, producto)
    assert abiertas() == [("vencido", "critica")]


def test_minimo_sin_nada_es_critico_y_un_producto_inactivo_no_avisa(mundo: Mundo) -> None:
    producto, inactivo = mundo.producto(), mundo.producto("B", activo=False)
    proyectar(mundo, producto, inactivo)
    assert abiertas() == [("stock_minimo", "critica")]


def test_si_cambian_las_cifras_es_la_misma_alerta_puesta_al_dia(mundo: Mundo) -> None:
    producto = mundo.producto(stock_minimo=10)
    mundo.entrada(producto, 9)
    assert proyectar(mundo, producto) == (1, 0, 0)
    primera = Alerta.objects.get()
    mundo.reloj.avanzar(hours=1)
    assert proyectar(mundo, producto) == (0, 0, 0)
    assert Alerta.objects.get().actualizada_en == AHORA
    mundo.fefo(producto, 1)
    assert proyectar(mundo, producto) == (0, 1, 0)
    alerta = Alerta.objects.get()
    assert (alerta.pk, alerta.creada_en) == (primera.pk, AHORA)
    assert alerta.actualizada_en == AHORA + timedelta(hours=1)
    assert (alerta.datos["cantidad_actual"], alerta.mensaje[:8]) == (8, "Quedan 8")


def test_al_reponer_se_cierra_con_fecha_y_si_vuelve_es_otra(mundo: Mundo) -> None:
    producto = mundo.producto(stock_minimo=10)
    mundo.entrada(producto, 9)
    proyectar(mundo, producto)
    primera = Alerta.objects.get()
    mundo.reloj.avanzar(hours=1)
    mundo.entrada(producto, 1)
    assert proyectar(mundo, producto) == (0, 0, 1)
    cerrada = Alerta.objects.get()
    assert (cerrada.activa, cerrada.cerrada_en) == (False, AHORA + timedelta(hours=1))
    assert cerrada.datos["cantidad_actual"] == 9
    mundo.fefo(producto, 1)
    assert proyectar(mundo, producto) == (1, 0, 0)
    assert Alerta.objects.count() == 2
    assert Alerta.objects.activas().get().pk != primera.pk


def test_cambiar_el_minimo_o_desactivar_abre_y_cierra(mundo: Mundo) -> None:
    producto = mundo.producto(stock_minimo=0)
    proyectar(mundo, producto)
    assert abiertas() == []
    editar_producto(actor=mundo.actor, producto=producto, cambios={"stock_minimo": Decimal(1)})
    proyectar(mundo, producto)
    assert abiertas() == [("stock_minimo", "critica")]
    editar_producto(actor=mundo.actor, producto=producto, cambios={"activo": False})
    proyectar(mundo, producto)
    assert abiertas() == []


def test_eliminar_el_producto_las_cierra(mundo: Mundo) -> None:
    producto = mundo.producto()
    proyectar(mundo, producto)
    eliminar_producto(actor=mundo.actor, producto=producto, reloj=mundo.reloj)
    assert proyectar(mundo, producto) == (0, 0, 1)
    assert abiertas() == []


# ── El mínimo sobre lo disponible ───────────────────────────────────────────────────────────────


def test_sobre_lo_disponible_dice_que_compara_y_guarda_las_dos_cifras(mundo: Mundo) -> None:
    producto = mundo.producto("HAR-1", nombre="Harina", stock_minimo=5, minimo_sobre_disponible=True)
    mundo.entrada(producto, 10)
    mundo.apartar(producto, 5)
    proyectar(mundo, producto)
    assert abiertas() == []
    mundo.apartar(producto, "1.5")
    proyectar(mundo, producto)
    alerta = Alerta.objects.get()
    assert alerta.mensaje == "Quedan disponibles 3,5 de un mínimo de 5: Harina (SKU HAR-1)."
    assert alerta.datos == {
        "nombre": "Harina",
        "sku": "HAR-1",
        "cantidad_actual": 10,
        "cantidad_disponible": 3.5,
        "stock_minimo": 5,
    }
    assert (alerta.severidad, alerta.bodega) == ("alta", None)
    editar_producto(actor=mundo.actor, producto=producto, cambios={"minimo_sobre_disponible": False})
    assert proyectar(mundo, producto) == (0, 0, 1)


def test_sobre_lo_disponible_la_abren_y_la_cierran_el_bloqueo_el_dia_y_la_hora(mundo: Mundo) -> None:
    producto = mundo.producto(stock_minimo=5, minimo_sobre_disponible=True)
    lote = mundo.entrada(producto, 5)
    proyectar(mundo, producto)
    assert abiertas() == []
    mundo.bloquear(lote)
    proyectar(mundo, producto)
    assert abiertas() == [("stock_minimo", "critica")]
    libro.desbloquear_lote(actor=mundo.actor, lote=lote, motivo="Ya está", reloj=mundo.reloj)
    assert proyectar(mundo, producto) == (0, 0, 1)
    # Una promesa que pasó su hora ya no resta, la anote alguien o no.
    mundo.apartar(producto, 1, horas=1)
    assert proyectar(mundo, producto) == (1, 0, 0)
    mundo.reloj.avanzar(hours=1)
    assert proyectar(mundo, producto) == (0, 0, 1)
    mundo.merma(lote, 1)
    mundo.entrada(producto, 1, vence=dia(0))
    proyectar(mundo, producto)
    assert abiertas() == [("por_vencer", "critica")]
    mundo.reloj.avanzar(days=1)
    proyectar(mundo, producto)
    assert sorted(tipo for tipo, _ in abiertas()) == ["stock_minimo", "vencido"]


def test_sobre_lo_disponible_lo_que_falta_en_una_bodega_no_resta_de_otra(mundo: Mundo) -> None:
    producto = mundo.producto(stock_minimo=7, minimo_sobre_disponible=True)
    mundo.entrada(producto, 7)
    lote = mundo.entrada(producto, 3, bodega=mundo.otra)
    mundo.apartar(producto, 3, bodega=mundo.otra)
    mundo.bloquear(lote)
    proyectar(mundo, producto)
    assert abiertas() == [("reserva_sin_respaldo", "critica")]


def test_sobre_lo_disponible_el_vecino_que_no_lo_pidio_no_se_entera(mundo: Mundo) -> None:
    mira = mundo.producto("MIRA", stock_minimo=5, minimo_sobre_disponible=True)
    no_mira = mundo.producto("NO-MIRA", stock_minimo=5)
    for producto in (mira, no_mira):
        mundo.entrada(producto, 5, vence=dia(-1))
    proyectar(mundo, mira, no_mira)
    assert [una.producto for una in Alerta.objects.activas().filter(tipo="stock_minimo")] == [mira]


# ── Los vencimientos ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("dias", "espera"),
    [
        (None, []),
        (-3, [("vencido", "critica")]),
        (-1, [("vencido", "critica")]),
        (0, [("por_vencer", "critica")]),
        (7, [("por_vencer", "critica")]),
        (8, [("por_vencer", "alta")]),
        (30, [("por_vencer", "alta")]),
        (31, [("por_vencer", "informativa")]),
        (365, [("por_vencer", "informativa")]),
        (366, []),
    ],
)
def test_vencimiento_segun_los_dias_que_faltan(
    mundo: Mundo, dias: int | None, espera: list[tuple[str, str]]
) -> None:
    producto = mundo.producto(stock_minimo=0)
    mundo.entrada(producto, 5, vence=None if dias is None else dia(dias))
    proyectar(mundo, producto)
    assert abiertas() == espera


def test_vencimiento_dice_el_lote_la_cantidad_y_la_fecha(mundo: Mundo) -> None:
    producto = mundo.producto("HAR-1", nombre="Harina", stock_minimo=0)
    lote = mundo.entrada(producto, "2.5", vence=dia(15), bodega=mundo.otra)
    proyectar(mundo, producto)
    alerta = Alerta.objects.get()
    assert alerta.mensaje == f"El lote {lote.pk} de Harina (SKU HAR-1) vence el 25/03/2026: quedan 2,5."
    assert alerta.datos == {
        "producto_nombre": "Harina",
        "producto_sku": "HAR-1",
        "cantidad_actual": 2.5,
        "fecha_vencimiento": "2026-03-25",
    }
    assert (alerta.lote, alerta.bodega, alerta.fecha_referencia) == (lote, mundo.otra, dia(15))


def test_vencimiento_de_un_producto_sin_sku_e_inactivo_tambien_avisa(mundo: Mundo) -> None:
    producto = mundo.producto(nombre="Sin código", stock_minimo=0)
    mundo.entrada(producto, 5, vence=dia(-1))
    Producto.objects.filter(pk=producto.pk).update(sku=None, sku_normalizado=None, activo=False)
    proyectar(mundo, producto)
    alerta = Alerta.objects.get()
    assert (alerta.datos["producto_sku"], "de Sin código venció" in alerta.mensaje) == (None, True)


def test_al_pasar_su_fecha_pasa_a_vencido_hasta_que_se_le_da_de_baja(mundo: Mundo) -> None:
    producto = mundo.producto(stock_minimo=0)
    lote = mundo.entrada(producto, 5, vence=dia(1))
    proyectar(mundo, producto)
    mundo.reloj.avanzar(days=1)
    # Las diez de la mañana del día en que vence: todavía sirve, y es la misma alerta.
    assert proyectar(mundo, producto) == (0, 0, 0)
    mundo.reloj.avanzar(hours=13, minutes=59)
    assert proyectar(mundo, producto) == (0, 0, 0)
    mundo.reloj.avanzar(minutes=1)
    assert proyectar(mundo, producto) == (1, 0, 1)
    assert abiertas() == [("vencido", "critica")]
    mundo.merma(lote, 5)
    assert proyectar(mundo, producto) == (0, 0, 1)
    assert abiertas() == []


def test_la_gravedad_sube_sola_y_lo_reconocido_vuelve_a_pedir_atencion(mundo: Mundo) -> None:
    producto = mundo.producto(stock_minimo=0)
    mundo.entrada(producto, 5, vence=dia(31))
    proyectar(mundo, producto)
    reconocer_alerta(actor=mundo.actor, alerta=Alerta.objects.get(), nota="Ya sé", reloj=mundo.reloj)
    mundo.fefo(producto, 1)
    assert proyectar(mundo, producto) == (0, 1, 0)
    assert Alerta.objects.get().nota == "Ya sé"
    mundo.reloj.avanzar(days=1)
    assert proyectar(mundo, producto) == (0, 1, 0)
    alerta = Alerta.objects.get()
    assert (alerta.severidad, alerta.reconocida_por, alerta.reconocida_en, alerta.nota) == (
        "alta",
        None,
        None,
        "",
    )


def test_vaciar_el_lote_la_cierra_y_corregir_el_conteo_abre_otra(mundo: Mundo) -> None:
    producto = mundo.producto(stock_minimo=0)
    lote = mundo.entrada(producto, 5, vence=dia(40))
    proyectar(mundo, producto)
    mundo.fefo(producto, 5)
    proyectar(mundo, producto)
    assert abiertas() == []
    libro.contar_lote(actor=mundo.actor, lote=lote, contada=cant(1), glosa=CONTEO, reloj=mundo.reloj)
    assert proyectar(mundo, producto) == (1, 0, 0)
    assert Alerta.objects.count() == 2


# ── Lo prometido sin con qué cumplirlo ──────────────────────────────────────────────────────────


def test_sin_respaldo_se_abre_por_bodega_y_se_cierra_al_cubrirse(mundo: Mundo) -> None:
    producto = mundo.producto("BAL-1", nombre="Balanceado", stock_minimo=0)
    lote = mundo.entrada(producto, 10, bodega=mundo.otra)
    mundo.entrada(producto, 50)
    mundo.apartar(producto, 8, bodega=mundo.otra)
    proyectar(mundo, producto)
    assert abiertas() == []
    mundo.merma(lote, 7)
    proyectar(mundo, producto)
    alerta = Alerta.objects.get()
    assert (alerta.tipo, alerta.severidad, alerta.bodega, alerta.lote) == (
        "reserva_sin_respaldo",
        "alta",
        mundo.otra,
        None,
    )
    assert alerta.mensaje == (
        "Faltan 5 para cumplir lo reservado de Balanceado (SKU BAL-1) en Estanques: "
        "se prometieron 8 y solo sirven 3."
    )
    assert alerta.datos == {
        "nombre": "Balanceado",
        "sku": "BAL-1",
        "bodega": "estanques",
        "reservado": 8,
        "utilizable": 3,
        "falta": 5,
    }
    mundo.entrada(producto, 5, bodega=mundo.otra)
    assert proyectar(mundo, producto) == (0, 0, 1)


def test_sin_respaldo_por_un_bloqueo_un_vencimiento_o_hasta_que_vence_la_reserva(mundo: Mundo) -> None:
    producto = mundo.producto(stock_minimo=0)
    lote = mundo.entrada(producto, 10)
    mundo.apartar(producto, 8, horas=2)
    mundo.bloquear(lote)
    proyectar(mundo, producto)
    assert abiertas() == [("reserva_sin_respaldo", "critica")]
    libro.desbloquear_lote(actor=mundo.actor, lote=lote, motivo="Ya está", reloj=mundo.reloj)
    proyectar(mundo, producto)
    assert abiertas() == []
    mundo.bloquear(lote)
    proyectar(mundo, producto)
    mundo.reloj.avanzar(hours=2)
    proyectar(mundo, producto)
    assert abiertas() == []


def test_sin_respaldo_en_dos_bodegas_son_dos(mundo: Mundo) -> None:
    producto = mundo.producto(stock_minimo=0)
    for bodega in (mundo.bodega, mundo.otra):
        lote = mundo.entrada(producto, 2, bodega=bodega)
        mundo.apartar(producto, 1, bodega=bodega)
        mundo.merma(lote, 2)
    proyectar(mundo, producto)
    assert abiertas() == [("reserva_sin_respaldo", "critica")] * 2


# ── La base y el costo ──────────────────────────────────────────────────────────────────────────


def test_repetir_no_hace_nada_y_lo_de_otra_empresa_no_se_toca(mundo: Mundo) -> None:
    producto = mundo.producto()
    proyectar(mundo, producto)
    ajena = crear_empresa(slug="ajena", nombre="Ajena")
    with en_empresa(ajena):
        assert recalcular(ajena, [producto.pk], AHORA) == (0, 0, 0)
        assert not Alerta.objects.exists()
    assert proyectar(mundo, producto) == (0, 0, 0)
    assert abiertas() == [("stock_minimo", "critica")]


def _base(mundo: Mundo, **campos: Any) -> Alerta:
    severidad = {"severidad": "critica", "gravedad": 3}
    tiempos = {"creada_en": AHORA, "actualizada_en": AHORA}
    return Alerta(empresa=mundo.empresa, mensaje="x", **{**severidad, **tiempos, **campos})


def test_la_base_no_admite_dos_abiertas_por_la_misma_causa(mundo: Mundo) -> None:
    producto = mundo.producto(stock_minimo=0)
    lote = mundo.entrada(producto, 1, vence=dia(3))
    de_lote = {"producto": producto, "lote": lote, "bodega": mundo.bodega, "fecha_referencia": dia(3)}
    causas: list[dict[str, Any]] = [
        {"tipo": "stock_minimo", "producto": producto},
        {"tipo": "reserva_sin_respaldo", "producto": producto, "bodega": mundo.bodega},
        {"tipo": "por_vencer", **de_lote},
    ]
    for causa in causas:
        _base(mundo, **causa).save()
        with pytest.raises(IntegrityError), transaction.atomic():
            _base(mundo, **causa).save()
        _base(mundo, **causa, activa=False, cerrada_en=AHORA).save()
    _base(mundo, tipo="reserva_sin_respaldo", producto=producto, bodega=mundo.otra).save()
    assert Alerta.objects.activas().count() == 4


def test_cuesta_lo_mismo_con_un_producto_que_con_sesenta(mundo: Mundo) -> None:
    productos = [mundo.producto(f"P-{n}") for n in range(60)]
    for n, producto in enumerate(productos):
        mundo.entrada(producto, 2, vence=dia(n))
    medidas = []
    for cuales in (productos[:1], productos[1:]):
        for _ in range(2):
            # La primera abre dos por producto; la segunda no cambia nada.
            with CaptureQueriesContext(connection) as consultas:
                proyectar(mundo, *cuales)
            medidas.append(len(consultas))
        for producto in cuales:
            mundo.fefo(producto, 1)
        with CaptureQueriesContext(connection) as consultas:
            assert proyectar(mundo, *cuales) == (0, 2 * len(cuales), 0)
        medidas.append(len(consultas))
        for producto in cuales:
            mundo.entrada(producto, 5)
            mundo.fefo(producto, 1)
        with CaptureQueriesContext(connection) as consultas:
            assert proyectar(mundo, *cuales) == (0, 0, 2 * len(cuales))
        medidas.append(len(consultas))
    uno, muchos = medidas[:4], medidas[4:]
    margen = 0 if connection.vendor == "postgresql" else 3
    assert all(de_muchos <= de_uno + margen for de_uno, de_muchos in zip(uno, muchos, strict=True)), medidas
    assert uno[1] == 4
