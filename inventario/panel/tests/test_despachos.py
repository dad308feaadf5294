"""Despacho por FEFO desde la página: vista previa, confirmación, rechazos y doble envío."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from inventario.cuentas.permisos import Rol
from inventario.movimientos.models import Asiento, Motivo
from inventario.movimientos.tests.mundo import HOY, Mundo, cant, lineas_de
from inventario.panel.tests.conftest import Navegador, a_la_vista, contar_consultas
from inventario.productos.models import Producto

NUEVO = "/despachos/nuevo/"
PREVIA = "/despachos/vista-previa/"
# Sesión, persona, empresa y sus bodegas: 6. Del despacho: producto, bodegas, existencias y plan.
CONSULTAS = 14


@pytest.fixture
def alimento(granja: Mundo) -> Producto:
    """Diez que vencen en un mes y veinte que vencen en dos: treinta utilizables."""
    producto = granja.producto("ALIM-35")
    granja.entrada(producto, 20, vence=HOY + timedelta(days=60), codigo="TARDE")
    granja.entrada(producto, 10, vence=HOY + timedelta(days=30), codigo="PRONTO")
    return producto


def despacho(producto: Producto, cantidad: str, **otros: Any) -> dict[str, Any]:
    return {"producto": producto.pk, "cantidad": cantidad, "motivo": "consumo", **otros}


def ultimo() -> Asiento:
    asiento: Asiento = Asiento.objects.order_by("-pk")[0]
    asiento.lineas = list(asiento.movimientos.order_by("pk").select_related("lote"))
    return asiento


def test_despacho_saca_primero_lo_que_vence_primero_y_lleva_al_recibo(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    datos = despacho(alimento, "12,5", modulo="engorde", tanque="T-4", referencia="OP-9", notas="De prisa")
    respuesta = navegador.confirmar(NUEVO, datos)
    asiento = ultimo()
    assert (respuesta.status_code, respuesta["Location"]) == (303, f"/asientos/{asiento.pk}/")
    assert [(linea.lote.codigo, linea.cantidad) for linea in asiento.lineas] == [
        ("PRONTO", cant(-10)),
        ("TARDE", cant("-2.5")),
    ]
    assert (asiento.motivo, asiento.modulo, asiento.tanque, asiento.referencia, asiento.notas) == (
        Motivo.CONSUMO,
        "engorde",
        "T-4",
        "OP-9",
        "De prisa",
    )
    assert granja.fisica(alimento) == cant("17.5")


def test_despacho_con_htmx_redirige_por_cabecera(navegador: Navegador, alimento: Producto) -> None:
    respuesta = navegador.confirmar(NUEVO, despacho(alimento, "1"), htmx=True)
    assert respuesta.status_code == 200
    assert respuesta["HX-Redirect"] == f"/asientos/{ultimo().pk}/"


def test_despacho_enviado_dos_veces_sale_una(granja: Mundo, navegador: Navegador, alimento: Producto) -> None:
    datos = despacho(alimento, "4")
    primera = navegador.confirmar(NUEVO, datos, clave="la-misma")
    segunda = navegador.mover(NUEVO, datos, clave="la-misma")
    assert primera["Location"] == segunda["Location"]
    assert granja.fisica(alimento) == cant(26)
    assert Asiento.objects.filter(tipo="salida").count() == 1


def test_despacho_de_mas_no_mueve_nada_y_dice_cuanto_hay(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    granja.entrada(alimento, 3, vence=HOY - timedelta(days=1))
    granja.apartar(alimento, 5)
    antes = granja.foto()
    respuesta = navegador.confirmar(NUEVO, despacho(alimento, "26"), htmx=True)
    assert respuesta.status_code == 422
    assert respuesta.context["formulario"].errors == {
        "cantidad": [
            "No alcanza: se pidió 26 kg y hay 25 kg disponible. Hay reservado 5 kg. Hay vencido 3 kg."
        ]
    }
    assert granja.foto() == antes


def test_despacho_rechazado_deja_la_clave_libre_para_corregir(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    malo = navegador.confirmar(NUEVO, despacho(alimento, "31"), clave="la-misma")
    assert 'name="clave_idempotencia" value="la-misma"' in malo.content.decode()
    assert navegador.confirmar(NUEVO, despacho(alimento, "30"), clave="la-misma").status_code == 303
    assert granja.fisica(alimento) == 0


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"cantidad": ""}, "cantidad"),
        ({"cantidad": "0"}, "cantidad"),
        ({"cantidad": "-3"}, "cantidad"),
        ({"cantidad": "1.234,5"}, "cantidad"),
        ({"cantidad": "0,00001"}, "cantidad"),
        ({"cantidad": "nan"}, "cantidad"),
        ({"producto": ""}, "producto"),
        ({"producto": "999999"}, "producto"),
        ({"motivo": "robo"}, "motivo"),
        ({"modulo": "x" * 65}, "modulo"),
        ({"referencia": "x" * 201}, "referencia"),
    ],
)
def test_despacho_mal_escrito_se_marca_en_su_campo_y_no_mueve(
    granja: Mundo, navegador: Navegador, alimento: Producto, cambio: dict[str, str], campo: str
) -> None:
    antes = granja.foto()
    respuesta = navegador.confirmar(NUEVO, {**despacho(alimento, "1"), **cambio})
    assert respuesta.status_code == 422
    assert list(respuesta.context["formulario"].errors) == [campo]
    assert granja.foto() == antes


def test_despacho_de_piezas_no_admite_fracciones(granja: Mundo, navegador: Navegador) -> None:
    red = granja.producto("RED-1", unidad=granja.pieza)
    granja.entrada(red, 4)
    antes = granja.foto()
    respuesta = navegador.confirmar(NUEVO, despacho(red, "1,5"))
    assert respuesta.context["formulario"].errors == {
        "cantidad": ["«u» no se divide: se admiten cantidades enteras."]
    }
    assert granja.foto() == antes


def test_despacho_sin_clave_no_mueve(granja: Mundo, navegador: Navegador, alimento: Producto) -> None:
    antes = granja.foto()
    assert navegador.post(NUEVO, despacho(alimento, "1")).status_code == 422
    assert granja.foto() == antes


def test_despacho_sin_permiso_es_403_y_no_mueve(
    granja: Mundo, auditor: Navegador, alimento: Producto
) -> None:
    antes = granja.foto()
    assert auditor.get(NUEVO).status_code == 403
    assert auditor.get(PREVIA).status_code == 403
    assert auditor.mover(NUEVO, despacho(alimento, "1")).status_code == 403
    assert granja.foto() == antes


def test_despacho_anonimo_manda_a_entrar(granja: Mundo) -> None:
    respuesta = Navegador().get(NUEVO)
    assert (respuesta.status_code, respuesta["Location"]) == (302, f"/entrar/?next={NUEVO}")


def test_despacho_de_un_producto_ajeno_no_existe(
    granja: Mundo, vecino: Navegador, alimento: Producto
) -> None:
    antes = granja.foto()
    respuesta = vecino.mover(NUEVO, despacho(alimento, "1"))
    assert respuesta.status_code == 422
    assert list(respuesta.context["formulario"].errors) == ["producto"]
    assert vecino.get(PREVIA, {"producto": alimento.pk}).context["previsto"] is None
    assert granja.foto() == antes


def test_despacho_con_producto_elegido_lo_trae_puesto(navegador: Navegador, alimento: Producto) -> None:
    respuesta = navegador.get(NUEVO, {"producto": alimento.pk})
    assert f'<option value="{alimento.pk}" selected>' in respuesta.content.decode()
    assert respuesta.context["previsto"].cifras.disponible == cant(30)


def test_la_pagina_trae_el_marco_y_htmx_solo_el_fragmento(navegador: Navegador) -> None:
    entera, fragmento = navegador.get(NUEVO), navegador.fragmento(NUEVO)
    assert "<!doctype html>" in entera.content.decode()
    assert fragmento.content.decode().lstrip().startswith("<form")
    assert entera["Vary"] == fragmento["Vary"]
    assert "HX-Request" in entera["Vary"]


# ── Vista previa ────────────────────────────────────────────────────────────────────────────────


def test_vista_previa_dice_de_que_lotes_sale_y_que_queda_sin_mover(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    antes = granja.foto()
    respuesta = navegador.fragmento(PREVIA, {"producto": alimento.pk, "cantidad": "12,5"})
    previsto = respuesta.context["previsto"]
    assert [(toma.lote.codigo, toma.sale, toma.queda) for toma in previsto.tomas] == [
        ("PRONTO", cant(10), cant(0)),
        ("TARDE", cant("2.5"), cant("17.5")),
    ]
    assert (previsto.cifras.disponible, previsto.queda) == (cant(30), cant("17.5"))
    assert "<html" not in respuesta.content.decode()
    assert granja.foto() == antes


def test_vista_previa_coincide_con_lo_que_despues_sale(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    granja.apartar(alimento, 25, modulo="engorde")
    datos = despacho(alimento, "11", modulo="engorde")
    previsto = navegador.fragmento(PREVIA, datos).context["previsto"]
    navegador.confirmar(NUEVO, datos)
    assert [(toma.lote.codigo, toma.sale) for toma in previsto.tomas] == [("PRONTO", 10), ("TARDE", 1)]
    assert [(toma.lote.pk, -toma.sale) for toma in previsto.tomas] == lineas_de(ultimo())


@pytest.mark.parametrize("cantidad", ["31", "0", "-1"])
def test_vista_previa_dice_por_que_no_se_puede(
    navegador: Navegador, alimento: Producto, cantidad: str
) -> None:
    previsto = navegador.fragmento(PREVIA, {"producto": alimento.pk, "cantidad": cantidad}).context[
        "previsto"
    ]
    assert previsto.tomas == []
    assert previsto.rechazo in (
        "No alcanza: se pidió 31 kg y hay 30 kg disponible.",
        "Debe ser mayor que cero.",
    )


def test_vista_previa_sin_producto_pide_elegirlo(navegador: Navegador, granja: Mundo) -> None:
    respuesta = navegador.fragmento(PREVIA, {"producto": "", "cantidad": "x"})
    assert respuesta.status_code == 200
    assert "Elija un producto" in respuesta.content.decode()


def test_vista_previa_sin_javascript_vuelve_con_la_pagina_y_lo_escrito(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    antes = granja.foto()
    respuesta = navegador.post(PREVIA, despacho(alimento, "3", tanque="T-9"))
    texto = respuesta.content.decode()
    assert "<!doctype html>" in texto
    assert "Confirmar el despacho" in texto
    assert 'value="3"' in texto
    assert 'value="T-9"' in texto
    assert [toma.lote.codigo for toma in respuesta.context["previsto"].tomas] == ["PRONTO"]
    assert granja.foto() == antes


@pytest.mark.parametrize("lotes", [2, 12])
def test_vista_previa_hace_siempre_las_mismas_consultas(
    granja: Mundo, navegador: Navegador, lotes: int
) -> None:
    producto = granja.producto("MUCHOS")
    for i in range(lotes):
        granja.entrada(producto, 1, vence=HOY + timedelta(days=i + 1))
    datos = {"producto": producto.pk, "cantidad": str(lotes)}
    assert contar_consultas(lambda: navegador.fragmento(PREVIA, datos)) == CONSULTAS


# ── Bodegas ─────────────────────────────────────────────────────────────────────────────────────


def lo_visto(navegador: Navegador, datos: dict[str, Any]) -> str:
    """Lo que la vista previa guarda en el formulario."""
    return a_la_vista(navegador.fragmento(PREVIA, datos))["vistos"]


@pytest.mark.parametrize("htmx", [False, True])
def test_sin_haber_visto_los_lotes_se_ensenan_y_se_pide_confirmar(
    granja: Mundo, navegador: Navegador, alimento: Producto, htmx: bool
) -> None:
    antes, datos = granja.foto(), despacho(alimento, "12")
    primera = navegador.mover(NUEVO, datos, clave="la-misma", htmx=htmx)
    html = primera.content.decode()
    assert primera.status_code == 422
    # No es un error: nada quedó marcado.
    assert primera.context["formulario"].errors == {}
    assert "Mire de qué lotes sale: todavía no salió nada. Si está bien, confirme." in html
    assert "Confirmar el despacho" in html
    assert [toma.lote.codigo for toma in primera.context["previsto"].tomas] == ["PRONTO", "TARDE"]
    assert granja.foto() == antes
    segunda = navegador.mover(NUEVO, {**datos, **a_la_vista(primera)}, clave="la-misma", htmx=htmx)
    assert segunda.status_code == (200 if htmx else 303)
    assert granja.fisica(alimento) == 18


@pytest.mark.parametrize(
    "cambio", [{"cantidad": "6"}, {"modulo": "engorde"}, {"producto": "otro"}, {"bodega": "otra"}]
)
def test_lo_visto_de_otra_consulta_no_confirma_este(
    granja: Mundo, navegador: Navegador, alimento: Producto, cambio: dict[str, str]
) -> None:
    """Como «Enter» antes de que llegue la vista previa de lo que se acaba de cambiar."""
    otro = granja.producto("OTRO")
    granja.entrada(otro, 10)
    granja.entrada(alimento, 10, bodega=granja.otra)
    visto, antes = lo_visto(navegador, despacho(alimento, "5")), granja.foto()
    nombrados = {"otro": otro.pk, "otra": granja.otra.pk}
    nuevo = {campo: nombrados.get(valor, valor) for campo, valor in cambio.items()}
    respuesta = navegador.mover(NUEVO, {**despacho(alimento, "5"), **nuevo, "vistos": visto})
    assert respuesta.status_code == 422
    assert respuesta.context["previsto"].tomas
    assert granja.foto() == antes


def test_lo_que_no_cambio_desde_la_vista_previa_sale(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    datos = despacho(alimento, "12,50", modulo="en|gor/de")
    assert navegador.mover(NUEVO, {**datos, "vistos": lo_visto(navegador, datos)}).status_code == 303
    assert granja.fisica(alimento) == cant("17.5")


@pytest.mark.parametrize(
    ("antes", "cambio"),
    [
        ("8", "del lote PRONTO salían 8 kg y ahora 7; ahora salen 1 kg del lote TARDE"),
        ("12", "del lote PRONTO salían 10 kg y ahora 7; del lote TARDE salían 2 kg y ahora 5"),
    ],
)
def test_lo_que_cambio_desde_la_vista_previa_se_dice_y_no_sale(
    granja: Mundo, navegador: Navegador, alimento: Producto, antes: str, cambio: str
) -> None:
    datos = despacho(alimento, antes)
    visto = lo_visto(navegador, datos)
    navegador.confirmar(NUEVO, despacho(alimento, "3"))
    foto = granja.foto()
    respuesta = navegador.mover(NUEVO, {**datos, "vistos": visto}, clave="la-misma")
    assert respuesta.status_code == 422
    [[dicho]] = respuesta.context["formulario"].errors.values()
    assert cambio in dicho
    assert dicho.startswith("Cambió desde que lo vio: ")
    assert granja.foto() == foto
    # La página ya enseña lo de ahora: confirmarlo basta, y con la misma clave.
    nuevo = a_la_vista(respuesta)["vistos"]
    assert nuevo != visto
    assert navegador.mover(NUEVO, {**datos, "vistos": nuevo}, clave="la-misma").status_code == 303


def test_un_lote_visto_que_ya_no_sale_se_nombra(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    datos = despacho(alimento, "5")
    visto = lo_visto(navegador, datos)
    granja.salida(alimento.lotes.get(codigo="PRONTO"), 10)
    [[dicho]] = navegador.mover(NUEVO, {**datos, "vistos": visto}).context["formulario"].errors.values()
    assert "del lote PRONTO ya no sale nada" in dicho
    assert "ahora salen 5 kg del lote TARDE" in dicho
    assert granja.fisica(alimento) == 20


@pytest.mark.parametrize(
    "escrito",
    [
        "",
        "|",
        "|{consulta}",
        "1:99|{producto}/1/99/",
        "x:y,1:1e9,99999999999999999999:1|{consulta}",
        "999999999999999999:1|{consulta}",
    ],
)
def test_un_visto_que_no_se_entiende_no_rompe_ni_mueve_nada(
    granja: Mundo, navegador: Navegador, alimento: Producto, escrito: str
) -> None:
    datos = despacho(alimento, "5")
    _tomas, _separador, consulta = lo_visto(navegador, datos).partition("|")
    escrito = escrito.format(producto=alimento.pk, consulta=consulta)
    assert navegador.mover(NUEVO, {**datos, "vistos": escrito}).status_code == 422
    assert granja.fisica(alimento) == 30


def test_la_misma_clave_con_otra_cosa_a_la_vista_es_el_mismo_despacho(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    datos = despacho(alimento, "4")
    visto = lo_visto(navegador, datos)
    primera = navegador.mover(NUEVO, {**datos, "vistos": visto}, clave="la-misma")
    segunda = navegador.mover(NUEVO, datos, clave="la-misma")
    assert primera["Location"] == segunda["Location"]
    assert granja.fisica(alimento) == 26


@pytest.mark.parametrize("htmx", [False, True])
def test_volver_y_enviar_otra_cantidad_con_la_clave_de_antes_se_explica(
    granja: Mundo, navegador: Navegador, alimento: Producto, htmx: bool
) -> None:
    navegador.confirmar(NUEVO, despacho(alimento, "4"), clave="la-misma")
    respuesta = navegador.mover(NUEVO, despacho(alimento, "5"), clave="la-misma", htmx=htmx)
    dicho = "Ese formulario ya se guardó antes con otros datos. Ábralo de nuevo para otra cosa."
    assert respuesta.status_code == 409
    assert dicho in respuesta.content.decode()
    # htmx no cambia la página por un 409: el porqué llega como aviso.
    aviso = {"avisar": {"texto": dicho, "clase": "danger"}} if htmx else {}
    assert json.loads(respuesta.headers.get("HX-Trigger", "{}")) == aviso
    assert granja.fisica(alimento) == 26


def test_despacho_de_otra_bodega_sale_de_ella(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    granja.entrada(alimento, 7, bodega=granja.otra, vence=date(2027, 1, 1))
    assert "Estanques" in navegador.get(NUEVO).content.decode()
    navegador.confirmar(NUEVO, despacho(alimento, "7", bodega=granja.otra.pk))
    assert (granja.fisica(alimento), granja.fisica(alimento, granja.otra)) == (cant(30), cant(0))


def test_con_una_sola_bodega_nadie_ve_la_palabra(granja: Mundo, navegador: Navegador) -> None:
    granja.otra.activa = False
    granja.otra.save()
    respuesta = navegador.get(NUEVO)
    assert "bodega" not in respuesta.context["formulario"].fields
    assert 'name="bodega"' not in respuesta.content.decode()


def test_quien_esta_limitado_solo_saca_de_las_suyas(
    granja: Mundo, entrar: Callable[..., Navegador], alimento: Producto
) -> None:
    granja.entrada(alimento, 7, bodega=granja.otra)
    limitado = entrar(Rol.OPERADOR, granja.otra)
    antes = granja.foto()
    # Sin bodega que elegir, lo enviado a mano no cuenta: sale de la suya o no sale.
    respuesta = limitado.confirmar(NUEVO, despacho(alimento, "8", bodega=granja.bodega.pk))
    assert respuesta.status_code == 422
    assert granja.foto() == antes
    limitado.confirmar(NUEVO, despacho(alimento, "6"))
    assert (granja.fisica(alimento), granja.fisica(alimento, granja.otra)) == (cant(30), cant(1))
