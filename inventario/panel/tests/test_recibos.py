"""El recibo de una operación y cómo se deshace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from inventario.cuentas.models import Usuario
from inventario.cuentas.permisos import Rol
from inventario.movimientos import services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, Motivo
from inventario.movimientos.reparto import Politica
from inventario.movimientos.services import LineaSalida
from inventario.movimientos.tests.mundo import AHORA, HOY, Mundo, cant
from inventario.panel.mover.recibos import costo_movido
from inventario.panel.tests.conftest import Navegador, contar_consultas
from inventario.productos.models import Producto

# Sesión, persona, empresa y sus bodegas: 6. Del recibo: asiento, cuenta, líneas, costos y bodegas.
CONSULTAS = 10


@pytest.fixture
def alimento(granja: Mundo) -> Producto:
    producto = granja.producto("ALIM-35")
    granja.entrada(producto, 10, vence=HOY + timedelta(days=30), codigo="PRONTO", costo="0.335")
    granja.entrada(producto, 20, vence=HOY + timedelta(days=60), codigo="TARDE", costo="2")
    return producto


@pytest.fixture
def despacho(granja: Mundo, alimento: Producto) -> Asiento:
    glosa = Glosa(motivo=Motivo.CONSUMO, referencia="OP-9", modulo="engorde", tanque="T-4", notas="De prisa")
    return granja.fefo(alimento, 12, glosa=glosa)


def recibo(asiento: Asiento) -> str:
    return f"/asientos/{asiento.pk}/"


def revertir(asiento: Asiento) -> str:
    return f"/asientos/{asiento.pk}/revertir/"


def test_recibo_dice_que_salio_cuanto_queda_cuanto_costo_quien_y_cuando(
    navegador: Navegador, despacho: Asiento
) -> None:
    respuesta = navegador.get(recibo(despacho))
    texto = " ".join(respuesta.content.decode().split())
    assert [
        (linea.lote.codigo, linea.cantidad, linea.saldo_lote_tras) for linea in respuesta.context["pagina"]
    ] == [("PRONTO", cant(-10), cant(0)), ("TARDE", cant(-2), cant(18))]
    assert respuesta.context["total"] == Decimal("7.35")
    for dato in (
        "09/04/2026",
        "7,35 USD",
        "10/03/2026 10:00",
        "engorde",
        "T-4",
        "OP-9",
        "De prisa",
        "Consumo",
    ):
        assert dato in texto
    assert str(despacho.actor) in texto


def test_recibo_de_un_traslado_cuesta_lo_que_se_llevo_una_vez() -> None:
    assert costo_movido([(cant(-3), cant(2)), (cant(3), cant(2))]) == Decimal(6)
    assert costo_movido([(cant(-1), cant("0.335"))] * 3) == Decimal("1.005")
    assert costo_movido([]) == 0


def test_recibo_ajeno_o_que_no_existe_es_404(
    vecino: Navegador, navegador: Navegador, despacho: Asiento
) -> None:
    assert vecino.get(recibo(despacho)).status_code == 404
    assert navegador.get("/asientos/999999/").status_code == 404


def test_recibo_de_una_bodega_fuera_de_su_alcance_es_404(
    granja: Mundo, entrar: Callable[..., Navegador], despacho: Asiento
) -> None:
    assert entrar(Rol.OPERADOR, granja.otra).get(recibo(despacho)).status_code == 404
    assert entrar(Rol.SUPERVISOR, granja.otra, granja.bodega).get(recibo(despacho)).status_code == 200


def test_recibo_de_un_traslado_a_quien_llega_a_una_bodega_no_dice_lo_de_la_otra(
    granja: Mundo, entrar: Callable[..., Navegador], navegador: Navegador
) -> None:
    producto = granja.producto()
    lote = granja.entrada(producto, 10, costo=2)
    granja.entrada(producto, 5, costo=7, bodega=granja.otra)
    traslado = services.trasladar_lote(
        actor=granja.actor, lote=lote, cantidad=cant(3), hacia=granja.otra, reloj=granja.reloj
    )
    completo = navegador.get(recibo(traslado))
    assert [linea.cantidad for linea in completo.context["pagina"]] == [cant(-3), cant(3)]
    assert "Solo se ve lo de sus bodegas." not in completo.content.decode()
    suyo = entrar(Rol.SUPERVISOR, granja.otra)
    visto = suyo.get(recibo(traslado))
    assert [(linea.bodega, linea.cantidad) for linea in visto.context["pagina"]] == [(granja.otra, cant(3))]
    assert visto.context["total"] == Decimal(6)
    assert "Solo se ve lo de sus bodegas." in visto.content.decode()
    # Lo que el servicio no le dejaría deshacer no se le ofrece.
    assert revertir(traslado) not in visto.content.decode()
    antes = granja.foto()
    assert suyo.mover(revertir(traslado), {"motivo": "Error"}).status_code == 403
    assert granja.foto() == antes


def test_recibo_de_un_despacho_de_dos_bodegas_cuesta_lo_de_la_suya(
    granja: Mundo, entrar: Callable[..., Navegador]
) -> None:
    producto = granja.producto()
    granja.entrada(producto, 10, costo=2)
    granja.entrada(producto, 10, costo=7, bodega=granja.otra)
    lineas = [LineaSalida(producto, bodega, cant(1)) for bodega in (granja.bodega, granja.otra)]
    hecho = services.despachar_varios(
        actor=granja.actor, lineas=lineas, politica=Politica.FEFO, reloj=granja.reloj
    )
    visto = entrar(Rol.OPERADOR, granja.bodega).get(recibo(hecho.asiento))
    assert (len(visto.context["pagina"]), visto.context["total"]) == (1, Decimal(2))
    todas = entrar(Rol.SUPERVISOR, granja.bodega, granja.otra).get(recibo(hecho.asiento))
    assert (len(todas.context["pagina"]), todas.context["total"]) == (2, Decimal(9))
    assert "Solo se ve lo de sus bodegas." not in todas.content.decode()


def test_recibo_anonimo_manda_a_entrar(despacho: Asiento) -> None:
    assert Navegador().get(recibo(despacho)).status_code == 302


@pytest.mark.parametrize("cuantas", [1, 60])
def test_recibo_hace_siempre_las_mismas_consultas_y_va_por_paginas(
    granja: Mundo, navegador: Navegador, cuantas: int
) -> None:
    lineas = []
    for i in range(cuantas):
        producto = granja.producto(f"P-{i}")
        granja.entrada(producto, 1)
        lineas.append(LineaSalida(producto, granja.bodega, cant(1)))
    hecho = services.despachar_varios(
        actor=granja.actor, lineas=lineas, politica=Politica.FEFO, reloj=granja.reloj
    )
    assert contar_consultas(lambda: navegador.fragmento(recibo(hecho.asiento))) == CONSULTAS
    respuesta = navegador.get(recibo(hecho.asiento))
    assert len(respuesta.context["pagina"]) == min(cuantas, 50)
    segunda = navegador.fragmento(recibo(hecho.asiento), {"pagina": "2"})
    assert len(segunda.context["pagina"]) == (10 if cuantas == 60 else 1)
    assert "<html" not in segunda.content.decode()


# ── Deshacer ────────────────────────────────────────────────────────────────────────────────────


def test_deshacer_devuelve_todo_y_lleva_al_recibo_del_reverso(
    granja: Mundo, navegador: Navegador, alimento: Producto, despacho: Asiento
) -> None:
    respuesta = navegador.mover(revertir(despacho), {"motivo": "Era otro tanque"})
    reverso = Asiento.objects.get(revierte=despacho)
    assert (respuesta.status_code, respuesta["Location"]) == (303, recibo(reverso))
    assert (reverso.motivo_texto, granja.fisica(alimento)) == ("Era otro tanque", cant(30))
    del_original, del_reverso = navegador.get(recibo(despacho)), navegador.get(recibo(reverso))
    assert f'href="{recibo(reverso)}"' in del_original.content.decode()
    assert "Era otro tanque" in del_original.content.decode()
    assert f'href="{recibo(despacho)}"' in del_reverso.content.decode()
    # Ni lo deshecho ni el reverso se deshacen otra vez.
    for pagina in (del_original, del_reverso):
        assert revertir(despacho) not in pagina.content.decode()
        assert revertir(reverso) not in pagina.content.decode()


def test_deshacer_enviado_dos_veces_deshace_una(
    granja: Mundo, navegador: Navegador, alimento: Producto, despacho: Asiento
) -> None:
    primera, segunda = (
        navegador.mover(revertir(despacho), {"motivo": "Error"}, clave="la-misma", htmx=True)
        for _ in range(2)
    )
    assert primera["HX-Redirect"] == segunda["HX-Redirect"]
    assert granja.fisica(alimento) == cant(30)
    assert Asiento.objects.filter(tipo="reverso").count() == 1


def test_deshacer_lo_ya_deshecho_lo_dice_y_no_mueve(
    granja: Mundo, navegador: Navegador, despacho: Asiento
) -> None:
    reverso = granja.revertir(despacho)
    antes = granja.foto()
    respuesta = navegador.mover(revertir(despacho), {"motivo": "Error"})
    assert respuesta.status_code == 422
    assert f"El asiento {despacho.numero} ya se revirtió." in respuesta.content.decode()
    assert f'href="{recibo(reverso)}"' in respuesta.content.decode()
    assert (
        "ya se revirtió"
        in navegador.mover(revertir(despacho), {"motivo": "Error"}, htmx=True).content.decode()
    )
    assert navegador.mover(revertir(reverso), {"motivo": "Error"}).status_code == 422
    assert granja.foto() == antes


@pytest.mark.parametrize("motivo", ["", "   ", "x" * 501])
def test_deshacer_sin_decir_por_que_no_mueve(
    granja: Mundo, navegador: Navegador, despacho: Asiento, motivo: str
) -> None:
    antes = granja.foto()
    respuesta = navegador.mover(revertir(despacho), {"motivo": motivo}, htmx=True)
    assert respuesta.status_code == 422
    assert list(respuesta.context["formulario"].errors) == ["motivo"]
    assert respuesta.content.decode().lstrip().startswith('<div id="deshacer"')
    assert granja.foto() == antes


def test_deshacer_una_entrada_que_ya_salio_no_se_puede(
    granja: Mundo, navegador: Navegador, alimento: Producto, despacho: Asiento
) -> None:
    entrada = Asiento.objects.filter(tipo="entrada").order_by("pk")[0]
    antes = granja.foto()
    respuesta = navegador.mover(revertir(entrada), {"motivo": "Error"})
    assert respuesta.status_code == 422
    assert "no se puede revertir: del lote PRONTO quedan 0" in respuesta.content.decode()
    assert granja.foto() == antes


def test_deshacer_sin_permiso_es_403_y_la_pagina_no_lo_ofrece(
    granja: Mundo, operador: Navegador, despacho: Asiento
) -> None:
    antes = granja.foto()
    texto = operador.get(recibo(despacho)).content.decode()
    assert revertir(despacho) not in texto
    assert "Pida a quien supervisa" in texto
    assert operador.mover(revertir(despacho), {"motivo": "Error"}).status_code == 403
    assert granja.foto() == antes


def test_quien_opera_deshace_lo_que_acaba_de_hacer_y_mas_tarde_lo_pide(
    granja: Mundo, operador: Navegador, alimento: Producto, settings: Any
) -> None:
    settings.DESHACER_MINUTOS = 30
    quien = replace(granja.actor, usuario=Usuario.objects.get(pk=operador.session["_auth_user_id"]))
    uno, otro = (granja.fefo(alimento, 1, actor=quien) for _ in range(2))
    assert '<details class="card" open>' in operador.get(recibo(uno)).content.decode()
    respuesta = operador.mover(revertir(uno), {"motivo": "Era otro tanque"})
    assert respuesta["Location"] == recibo(Asiento.objects.get(revierte=uno))
    assert granja.fisica(alimento) == cant(29)
    antes = granja.foto()
    with time_machine.travel(AHORA + timedelta(minutes=31), tick=False):
        texto = operador.get(recibo(otro)).content.decode()
        assert revertir(otro) not in texto
        assert "Pida a quien supervisa" in texto
        tarde = operador.mover(revertir(otro), {"motivo": "Era otro tanque"})
        assert tarde.status_code == 403
        assert "Ya pasaron los 30 minutos" in tarde.content.decode()
    assert granja.foto() == antes


def test_deshacer_lo_ajeno_es_404(granja: Mundo, vecino: Navegador, despacho: Asiento) -> None:
    antes = granja.foto()
    assert vecino.mover(revertir(despacho), {"motivo": "Error"}).status_code == 404
    assert granja.foto() == antes


def test_deshacer_se_ofrece_abierto_mientras_es_reciente_y_despues_plegado(
    navegador: Navegador, operador: Navegador, despacho: Asiento, settings: Any
) -> None:
    settings.DESHACER_MINUTOS = 30
    assert '<details class="card" open>' in navegador.get(recibo(despacho)).content.decode()
    with time_machine.travel(AHORA + timedelta(minutes=31), tick=False):
        texto = navegador.get(recibo(despacho)).content.decode()
        assert '<details class="card">' in texto
        assert revertir(despacho) in texto
        assert "Pida a quien supervisa" not in operador.get(recibo(despacho)).content.decode()


def test_quien_acaba_de_hacerlo_ve_que_quedo_anotado(
    granja: Mundo, navegador: Navegador, alimento: Producto, despacho: Asiento
) -> None:
    respuesta = navegador.confirmar(
        "/despachos/nuevo/", {"producto": alimento.pk, "cantidad": "1", "motivo": "venta"}
    )
    assert "Salida FEFO registrada con éxito." in navegador.get(respuesta["Location"]).content.decode()
    # Se dice una vez: al volver al recibo ya no es noticia.
    assert "registrada con éxito" not in navegador.get(respuesta["Location"]).content.decode()


def test_volver_a_la_direccion_de_deshacer_lleva_al_recibo(navegador: Navegador, despacho: Asiento) -> None:
    respuesta = navegador.get(revertir(despacho))
    assert (respuesta.status_code, respuesta["Location"]) == (303, recibo(despacho))
