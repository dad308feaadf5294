"""Salida y merma de un lote; ajuste y conteo de un lote o de un producto."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from inventario.cuentas.permisos import Rol
from inventario.lotes.models import Lote
from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.mundo import HOY, Mundo, cant
from inventario.panel.tests.conftest import Navegador, contar_consultas
from inventario.productos.models import Producto

# Sesión, persona, empresa y sus bodegas: 6. Del conteo: producto, bodegas, existencias y lotes.
CONSULTAS_DEL_CONTEO = 11


@pytest.fixture
def producto(granja: Mundo) -> Producto:
    return granja.producto("ALIM-35")


@pytest.fixture
def lote(granja: Mundo, producto: Producto) -> Lote:
    return granja.entrada(producto, 20, vence=HOY + timedelta(days=60), codigo="L-1", costo=2)


@pytest.fixture
def vencido(granja: Mundo, producto: Producto) -> Lote:
    return granja.entrada(producto, "3.5", vence=HOY - timedelta(days=1), codigo="VIEJO")


# Cada página: su dirección, un envío que vale, lo que queda en el lote y el asiento que hace.
PAGINAS: list[tuple[str, dict[str, str], str, str]] = [
    ("/lotes/{lote}/salida/", {"cantidad": "4", "motivo": "consumo"}, "16", "salida"),
    ("/lotes/{lote}/merma/", {"cantidad": "4", "motivo": "rotura", "texto": "Se cayó"}, "16", "merma"),
    ("/lotes/{lote}/ajuste/", {"diferencia": "-2,5", "motivo": "correccion"}, "17.5", "ajuste"),
    ("/lotes/{lote}/conteo/", {"cantidad_contada": "18", "motivo": "conteo"}, "18", "ajuste"),
    ("/productos/{producto}/ajuste/", {"diferencia": "-5", "motivo": "merma"}, "15", "ajuste"),
    ("/productos/{producto}/conteo/", {"cantidad_contada": "0", "motivo": "conteo"}, "0", "ajuste"),
]
todas = pytest.mark.parametrize(("ruta", "datos", "queda", "tipo"), PAGINAS)


def direccion(ruta: str, lote: Lote) -> str:
    return ruta.format(lote=lote.pk, producto=lote.producto_id)


@todas
def test_se_asienta_una_vez_y_lleva_al_recibo(
    granja: Mundo, navegador: Navegador, lote: Lote, ruta: str, datos: dict[str, str], queda: str, tipo: str
) -> None:
    donde = direccion(ruta, lote)
    primera, segunda = (navegador.mover(donde, datos, clave="la-misma") for _ in range(2))
    asiento = Asiento.objects.order_by("-pk")[0]
    assert (primera.status_code, primera["Location"]) == (303, f"/asientos/{asiento.pk}/")
    assert segunda["Location"] == primera["Location"]
    assert (asiento.tipo, asiento.motivo, asiento.motivo_texto) == (
        tipo,
        datos["motivo"],
        datos.get("texto", ""),
    )
    assert granja.saldo(lote) == cant(queda)
    assert Asiento.objects.count() == 2


@todas
def test_la_pagina_dice_lo_anotado_y_htmx_recibe_el_formulario(
    navegador: Navegador, lote: Lote, ruta: str, datos: dict[str, str], queda: str, tipo: str
) -> None:
    entera, fragmento = navegador.get(direccion(ruta, lote)), navegador.fragmento(direccion(ruta, lote))
    assert "Alimento ALIM-35" in entera.content.decode()
    assert "20 kg" in entera.content.decode()
    assert fragmento.content.decode().lstrip().startswith("<form")


@todas
def test_mal_escrito_es_422_y_no_mueve(
    granja: Mundo,
    navegador: Navegador,
    lote: Lote,
    ruta: str,
    datos: dict[str, str],
    queda: str,
    tipo: str,
) -> None:
    antes = granja.foto()
    campo = next(campo for campo in datos if campo not in ("motivo", "texto"))
    for malo in ("", "x", "1.234,5", "0,00001", "9" * 20):
        respuesta = navegador.mover(direccion(ruta, lote), {**datos, campo: malo}, htmx=True)
        assert respuesta.status_code == 422
        assert list(respuesta.context["formulario"].errors) == [campo]
    respuesta = navegador.mover(direccion(ruta, lote), {**datos, "motivo": "compra"}, htmx=True)
    assert list(respuesta.context["formulario"].errors) == ["motivo"]
    assert granja.foto() == antes


@todas
def test_sin_permiso_es_403_y_lo_ajeno_404(
    granja: Mundo,
    auditor: Navegador,
    vecino: Navegador,
    lote: Lote,
    ruta: str,
    datos: dict[str, str],
    queda: str,
    tipo: str,
) -> None:
    antes = granja.foto()
    donde = direccion(ruta, lote)
    assert (auditor.get(donde).status_code, auditor.mover(donde, datos).status_code) == (403, 403)
    assert (vecino.get(donde).status_code, vecino.mover(donde, datos).status_code) == (404, 404)
    assert Navegador().get(donde).status_code == 302
    assert granja.foto() == antes


@pytest.mark.parametrize("verbo", ["salida", "merma", "ajuste", "conteo"])
def test_lote_de_una_bodega_fuera_de_su_alcance_es_403(
    granja: Mundo, entrar: Callable[..., Navegador], lote: Lote, verbo: str
) -> None:
    assert entrar(Rol.SUPERVISOR, granja.otra).get(f"/lotes/{lote.pk}/{verbo}/").status_code == 404


@pytest.mark.parametrize(
    ("ruta", "datos", "campo"),
    [
        ("/lotes/{lote}/salida/", {"cantidad": "21", "motivo": "consumo"}, "cantidad"),
        ("/lotes/{lote}/merma/", {"cantidad": "21", "motivo": "robo"}, "cantidad"),
        ("/lotes/{lote}/ajuste/", {"diferencia": "-21", "motivo": "conteo"}, "diferencia"),
        ("/productos/{producto}/ajuste/", {"diferencia": "-21", "motivo": "conteo"}, "diferencia"),
        ("/lotes/{lote}/conteo/", {"cantidad_contada": "-1", "motivo": "conteo"}, "cantidad_contada"),
        ("/productos/{producto}/conteo/", {"cantidad_contada": "-1", "motivo": "conteo"}, "cantidad_contada"),
        ("/lotes/{lote}/salida/", {"cantidad": "0", "motivo": "consumo"}, "cantidad"),
        ("/lotes/{lote}/merma/", {"cantidad": "-1", "motivo": "robo"}, "cantidad"),
    ],
)
def test_mas_de_lo_que_hay_se_dice_junto_al_campo_y_no_mueve(
    granja: Mundo, navegador: Navegador, lote: Lote, ruta: str, datos: dict[str, str], campo: str
) -> None:
    antes = granja.foto()
    respuesta = navegador.mover(direccion(ruta, lote), datos)
    assert respuesta.status_code == 422
    assert list(respuesta.context["formulario"].errors) == [campo]
    # El foco va a él también sin JavaScript.
    [enfocado] = re.findall(r"<[^>]*\bautofocus\b[^>]*>", respuesta.content.decode())
    assert f'name="{campo}"' in enfocado
    assert granja.foto() == antes


# ── Salida y merma ──────────────────────────────────────────────────────────────────────────────


def test_salida_no_toma_lo_reservado_por_nombrar_el_lote(
    granja: Mundo, navegador: Navegador, producto: Producto, lote: Lote
) -> None:
    granja.apartar(producto, 15, modulo="engorde")
    ruta, antes = f"/lotes/{lote.pk}/salida/", granja.foto()
    respuesta = navegador.mover(ruta, {"cantidad": "6", "motivo": "consumo"})
    assert respuesta.context["formulario"].errors == {
        "cantidad": ["No alcanza: se pidió 6 kg y hay 5 kg disponible. Hay reservado 15 kg."]
    }
    assert granja.foto() == antes
    # El módulo que lo reservó sí puede, y gasta lo suyo.
    navegador.mover(ruta, {"cantidad": "6", "motivo": "consumo", "modulo": "engorde"})
    assert (granja.saldo(lote), granja.apartada(producto)) == (cant(14), cant(9))


def test_salida_de_un_vencido_o_bloqueado_se_rechaza_y_ofrece_darlo_de_baja(
    granja: Mundo, navegador: Navegador, operador: Navegador, lote: Lote, vencido: Lote
) -> None:
    granja.bloquear(lote)
    for cual in (lote, vencido):
        ruta, antes = f"/lotes/{cual.pk}/salida/", granja.foto()
        assert f"/lotes/{cual.pk}/merma/" in navegador.get(ruta).content.decode()
        assert f"/lotes/{cual.pk}/merma/" not in operador.get(ruta).content.decode()
        respuesta = navegador.mover(ruta, {"cantidad": "1", "motivo": "consumo"})
        assert respuesta.status_code == 422
        assert respuesta.context["formulario"].non_field_errors()
        assert granja.foto() == antes


def test_merma_de_un_vencido_propone_todo_y_por_vencimiento(
    granja: Mundo, navegador: Navegador, vencido: Lote
) -> None:
    formulario = navegador.get(f"/lotes/{vencido.pk}/merma/").context["formulario"]
    propuesto = {"cantidad": formulario["cantidad"].value(), "motivo": formulario["motivo"].value()}
    assert propuesto == {"cantidad": "3,5", "motivo": "vencimiento"}
    navegador.mover(f"/lotes/{vencido.pk}/merma/", propuesto)
    assert granja.saldo(vencido) == 0


def test_merma_por_devolucion_es_una_devolucion(granja: Mundo, navegador: Navegador, lote: Lote) -> None:
    navegador.mover(f"/lotes/{lote.pk}/merma/", {"cantidad": "2", "motivo": "devolucion"})
    assert Asiento.objects.order_by("-pk")[0].tipo == "devolucion"


def test_operador_no_ajusta_ni_da_de_baja(granja: Mundo, operador: Navegador, lote: Lote) -> None:
    antes = granja.foto()
    for verbo, datos in (
        ("merma", {"cantidad": "1", "motivo": "robo"}),
        ("ajuste", {"diferencia": "-1", "motivo": "robo"}),
        ("conteo", {"cantidad_contada": "1", "motivo": "conteo"}),
    ):
        assert operador.mover(f"/lotes/{lote.pk}/{verbo}/", datos).status_code == 403
    # Ni con un motivo de pérdida por la página de salida.
    respuesta = operador.mover(f"/lotes/{lote.pk}/salida/", {"cantidad": "1", "motivo": "robo"})
    assert respuesta.status_code == 422
    assert granja.foto() == antes


# ── Ajuste y conteo ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ruta", "datos"),
    [
        ("/lotes/{lote}/conteo/", {"cantidad_contada": "20", "motivo": "conteo"}),
        ("/lotes/{lote}/ajuste/", {"diferencia": "0", "motivo": "correccion"}),
        ("/productos/{producto}/conteo/", {"cantidad_contada": "20", "motivo": "conteo"}),
        ("/productos/{producto}/ajuste/", {"diferencia": "0", "motivo": "correccion"}),
    ],
)
def test_si_coincide_no_asienta_y_lo_dice(
    granja: Mundo, navegador: Navegador, lote: Lote, ruta: str, datos: dict[str, str]
) -> None:
    antes = granja.foto()
    respuesta = navegador.mover(direccion(ruta, lote), datos)
    assert respuesta.status_code == 303
    assert "Coincide con lo anotado" in navegador.get(respuesta["Location"]).content.decode()
    assert granja.foto() == antes


def test_conteo_de_un_producto_con_sobra_abre_su_lote(
    granja: Mundo, navegador: Navegador, producto: Producto, lote: Lote
) -> None:
    navegador.mover(f"/productos/{producto.pk}/conteo/", {"cantidad_contada": "21,5", "motivo": "conteo"})
    nuevo = Lote.objects.get(producto=producto, procedencia="conteo")
    assert (nuevo.saldo, nuevo.costo_unitario, granja.saldo(lote)) == (cant("1.5"), cant(2), cant(20))


def test_conteo_de_un_producto_con_falta_descuenta_antes_lo_vencido(
    granja: Mundo, navegador: Navegador, producto: Producto, lote: Lote, vencido: Lote
) -> None:
    navegador.mover(f"/productos/{producto.pk}/conteo/", {"cantidad_contada": "19", "motivo": "conteo"})
    assert (granja.saldo(vencido), granja.saldo(lote)) == (cant(0), cant(19))


def test_conteo_y_ajuste_de_un_producto_van_a_la_bodega_elegida(
    granja: Mundo, navegador: Navegador, producto: Producto, lote: Lote
) -> None:
    alla = granja.entrada(producto, 8, bodega=granja.otra)
    texto = navegador.get(f"/productos/{producto.pk}/conteo/").content.decode()
    assert "Estanques" in texto
    assert f"/lotes/{alla.pk}/conteo/" in texto
    datos = {"cantidad_contada": "7", "motivo": "conteo", "bodega": str(granja.otra.pk)}
    navegador.mover(f"/productos/{producto.pk}/conteo/", datos)
    assert (granja.saldo(lote), granja.saldo(alla)) == (cant(20), cant(7))
    datos = {"diferencia": "-1", "motivo": "robo", "bodega": str(granja.otra.pk)}
    navegador.mover(f"/productos/{producto.pk}/ajuste/", datos)
    assert (granja.saldo(lote), granja.saldo(alla)) == (cant(20), cant(6))


def test_quien_esta_limitado_no_ve_ni_cuenta_otras_bodegas(
    granja: Mundo, entrar: Callable[..., Navegador], producto: Producto, lote: Lote
) -> None:
    limitado = entrar(Rol.SUPERVISOR, granja.otra)
    respuesta = limitado.get(f"/productos/{producto.pk}/conteo/")
    assert [(bodega.pk, suyas.fisica) for bodega, suyas in respuesta.context["por_bodega"]] == [
        (granja.otra.pk, cant(0))
    ]
    assert list(respuesta.context["lotes"]) == []


@pytest.mark.parametrize("de", ["/lotes/{lote}/", "/productos/{producto}/"])
def test_del_conteo_se_llega_al_ajuste_y_al_reves(navegador: Navegador, lote: Lote, de: str) -> None:
    """A la ficha se le ve solo «Contar»: sin estos enlaces nadie hallaría el ajuste."""
    ficha = direccion(de, lote)
    assert f'href="{ficha}conteo/"' in navegador.get(ficha).content.decode()
    assert f'href="{ficha}ajuste/"' in navegador.get(f"{ficha}conteo/").content.decode()
    assert f'href="{ficha}conteo/"' in navegador.get(f"{ficha}ajuste/").content.decode()
    assert "Escribir" not in navegador.get(f"/lotes/{lote.pk}/merma/").content.decode()


@pytest.mark.parametrize(
    ("sentido", "diferencia", "queda"),
    [
        ("suma", "2,5", "22.5"),
        ("resta", "2.5", "17.5"),
        # Un teclado de teléfono puede no tener el menos; quien lo tiene y lo escribe no resta dos veces.
        ("resta", "-2,5", "17.5"),
        ("suma", "-2,5", "17.5"),
        ("", "2,5", "22.5"),
    ],
)
def test_ajuste_dice_si_suma_o_resta(
    granja: Mundo, navegador: Navegador, lote: Lote, sentido: str, diferencia: str, queda: str
) -> None:
    datos = {"sentido": sentido, "diferencia": diferencia, "motivo": "correccion"}
    assert navegador.mover(f"/lotes/{lote.pk}/ajuste/", datos).status_code == 303
    assert granja.saldo(lote) == cant(queda)


def test_ajuste_en_otro_sentido_se_rechaza(granja: Mundo, navegador: Navegador, lote: Lote) -> None:
    datos = {"sentido": "lado", "diferencia": "2", "motivo": "correccion"}
    respuesta = navegador.mover(f"/lotes/{lote.pk}/ajuste/", datos)
    assert list(respuesta.context["formulario"].errors) == ["sentido"]
    assert granja.saldo(lote) == 20


def test_ajuste_de_piezas_no_admite_fracciones(granja: Mundo, navegador: Navegador) -> None:
    red = granja.entrada(granja.producto("RED", unidad=granja.pieza), 4)
    antes = granja.foto()
    for verbo, campo in (("ajuste", "diferencia"), ("conteo", "cantidad_contada")):
        respuesta = navegador.mover(f"/lotes/{red.pk}/{verbo}/", {campo: "1,5", "motivo": "conteo"})
        assert list(respuesta.context["formulario"].errors) == [campo]
    assert granja.foto() == antes


@pytest.mark.parametrize("lotes", [1, 40])
def test_conteo_hace_siempre_las_mismas_consultas(
    granja: Mundo, navegador: Navegador, producto: Producto, lotes: int
) -> None:
    for _ in range(lotes):
        granja.entrada(producto, 1)
    ruta: Any = f"/productos/{producto.pk}/conteo/"
    assert contar_consultas(lambda: navegador.get(ruta)) == CONSULTAS_DEL_CONTEO
