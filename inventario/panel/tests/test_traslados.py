"""Traslado entre bodegas, de un producto o de un lote."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Rol
from inventario.lotes.models import Lote
from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.mundo import HOY, Mundo, cant
from inventario.panel.tests.conftest import Navegador

NUEVO = "/traslados/nuevo/"


@pytest.fixture
def lote(granja: Mundo) -> Lote:
    producto = granja.producto("ALIM-35")
    granja.entrada(producto, 20, vence=HOY + timedelta(days=60), codigo="TARDE")
    return granja.entrada(producto, 10, vence=HOY + timedelta(days=30), codigo="PRONTO")


def de_producto(granja: Mundo, lote: Lote, cantidad: str) -> dict[str, object]:
    return {
        "producto": lote.producto_id,
        "cantidad": cantidad,
        "bodega": granja.bodega.pk,
        "hacia": granja.otra.pk,
    }


def test_traslado_lleva_primero_lo_que_vence_primero(granja: Mundo, navegador: Navegador, lote: Lote) -> None:
    datos = de_producto(granja, lote, "12")
    primera, segunda = (navegador.mover(NUEVO, datos, clave="la-misma") for _ in range(2))
    asiento = Asiento.objects.get(tipo="traslado")
    assert primera["Location"] == segunda["Location"] == f"/asientos/{asiento.pk}/"
    alla = Lote.objects.filter(bodega=granja.otra).order_by("pk").values_list("codigo", "saldo")
    assert list(alla) == [("PRONTO", cant(10)), ("TARDE", cant(2))]
    assert (asiento.motivo, granja.fisica(lote.producto)) == ("traslado", cant(18))
    # Lo que sale y lo que llega cuestan lo mismo y el recibo nombra las dos bodegas.
    assert "Estanques" in navegador.get(primera["Location"]).content.decode()


def test_traslado_de_un_lote_nombrado(granja: Mundo, navegador: Navegador, lote: Lote) -> None:
    ruta = f"/lotes/{lote.pk}/traslado/"
    assert "bodega" not in navegador.get(ruta).context["formulario"].fields
    respuesta = navegador.mover(ruta, {"cantidad": "4", "hacia": granja.otra.pk}, htmx=True)
    assert respuesta["HX-Redirect"] == f"/asientos/{Asiento.objects.get(tipo='traslado').pk}/"
    assert (granja.saldo(lote), granja.fisica(lote.producto, granja.otra)) == (cant(6), cant(4))


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"cantidad": "31"}, "cantidad"),
        ({"cantidad": "0"}, "cantidad"),
        ({"cantidad": ""}, "cantidad"),
        ({"hacia": ""}, "hacia"),
        ({"hacia": "999999"}, "hacia"),
        ({"bodega": "999999"}, "bodega"),
        ({"producto": "999999"}, "producto"),
    ],
)
def test_traslado_rechazado_se_dice_en_su_campo_y_no_mueve(
    granja: Mundo, navegador: Navegador, lote: Lote, cambio: dict[str, str], campo: str
) -> None:
    antes = granja.foto()
    respuesta = navegador.mover(NUEVO, {**de_producto(granja, lote, "1"), **cambio})
    assert respuesta.status_code == 422
    assert list(respuesta.context["formulario"].errors) == [campo]
    assert granja.foto() == antes


def test_traslado_a_la_misma_bodega_se_rechaza(granja: Mundo, navegador: Navegador, lote: Lote) -> None:
    antes = granja.foto()
    datos = {**de_producto(granja, lote, "1"), "hacia": granja.bodega.pk}
    respuesta = navegador.mover(NUEVO, datos)
    assert respuesta.context["formulario"].errors == {"hacia": ["La bodega de destino debe ser otra."]}
    assert navegador.mover(f"/lotes/{lote.pk}/traslado/", datos).status_code == 422
    assert granja.foto() == antes


def test_traslado_no_se_lleva_lo_reservado(granja: Mundo, navegador: Navegador, lote: Lote) -> None:
    granja.apartar(lote.producto, 25)
    antes = granja.foto()
    assert navegador.mover(NUEVO, de_producto(granja, lote, "6")).status_code == 422
    assert granja.foto() == antes


def test_traslado_con_una_sola_bodega_lo_explica(granja: Mundo, navegador: Navegador, lote: Lote) -> None:
    Bodega.objects.filter(pk=granja.otra.pk).update(activa=False)
    for ruta in (NUEVO, f"/lotes/{lote.pk}/traslado/"):
        texto = navegador.get(ruta).content.decode()
        assert "No hay otra bodega adonde llevarlo" in texto
        assert 'name="clave_idempotencia"' not in texto


def test_de_una_bodega_cerrada_se_saca_y_a_ella_no_se_lleva(
    granja: Mundo, navegador: Navegador, lote: Lote
) -> None:
    alla = granja.entrada(lote.producto, 5, bodega=granja.otra)
    Bodega.objects.filter(pk=granja.otra.pk).update(activa=False)
    antes = granja.foto()
    assert navegador.mover(NUEVO, de_producto(granja, lote, "1")).status_code == 422
    assert granja.foto() == antes
    navegador.mover(
        NUEVO,
        {
            "producto": lote.producto_id,
            "cantidad": "5",
            "bodega": granja.otra.pk,
            "hacia": granja.bodega.pk,
        },
    )
    assert granja.saldo(alla) == 0


def test_traslado_sin_permiso_es_403_y_lo_ajeno_no_existe(
    granja: Mundo, operador: Navegador, vecino: Navegador, entrar: Callable[..., Navegador], lote: Lote
) -> None:
    antes = granja.foto()
    de_lote = f"/lotes/{lote.pk}/traslado/"
    datos = de_producto(granja, lote, "1")
    for ruta in (NUEVO, de_lote):
        assert (operador.get(ruta).status_code, operador.mover(ruta, datos).status_code) == (403, 403)
    assert vecino.mover(de_lote, datos).status_code == 404
    assert vecino.mover(NUEVO, datos).status_code == 422
    assert entrar(Rol.SUPERVISOR, granja.otra).mover(de_lote, datos).status_code == 404
    assert granja.foto() == antes


def test_traslado_con_htmx_recibe_el_fragmento(granja: Mundo, navegador: Navegador, lote: Lote) -> None:
    respuesta = navegador.mover(NUEVO, de_producto(granja, lote, "99"), htmx=True)
    assert respuesta.status_code == 422
    assert respuesta.content.decode().lstrip().startswith("<form")
    entera = navegador.get(NUEVO, {"producto": lote.producto_id}).content.decode()
    assert "<!doctype html>" in entera
    assert f'<option value="{lote.producto_id}" selected>' in entera
