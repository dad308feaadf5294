"""Elegir un lote: cómo se lo encuentra, qué se dice de él y qué deja hacer a cada quien."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Rol
from inventario.lotes.models import Lote
from inventario.movimientos.tests.mundo import Mundo, cant, dia
from inventario.panel.tests.conftest import Navegador, consultas
from inventario.productos.models import Producto
from inventario.reservas.services import reservar

pytestmark = pytest.mark.django_db

ELEGIR = "/salidas/nueva/"
GTIN = "07501031311309"
# Sesión, persona, empresa, membresía y bodegas: 6. De la lista: producto leído, exactos, parecidos y lo que
# hay de ellos (3).
CONSULTAS = 12


@pytest.fixture
def alimento(granja: Mundo) -> Producto:
    return granja.producto("ALIM-35", nombre="Alimento de camarón", codigo_barras="7501031311309")


@pytest.fixture
def surtido(granja: Mundo, alimento: Producto) -> dict[str, Lote]:
    lotes = {
        "NO-VENCE": granja.entrada(alimento, 1, codigo="NO-VENCE"),
        "LEJOS": granja.entrada(alimento, 40, vence=dia(90), codigo="LEJOS", referencia_proveedor="Prov-7"),
        "PRONTO": granja.entrada(alimento, 3, vence=dia(5), codigo="PRONTO"),
        "VIEJO": granja.entrada(alimento, 4, vence=dia(-1), codigo="VIEJO"),
        "QUIETO": granja.entrada(alimento, 5, vence=dia(40), codigo="QUIETO"),
        "VACIO": granja.entrada(alimento, 6, vence=dia(50), codigo="VACIO"),
        "RED": granja.entrada(granja.producto("RED-01", nombre="Red", unidad=granja.pieza), 7, codigo="RED"),
    }
    granja.bloquear(lotes["QUIETO"])
    granja.merma(lotes["VACIO"], 6)
    return lotes


def filas(navegador: Navegador, **consulta: Any) -> list[Any]:
    encontradas: list[Any] = navegador.get(ELEGIR, consulta).context["filas"]
    return encontradas


def codigos(navegador: Navegador, **consulta: Any) -> list[str]:
    return [fila.lote.codigo for fila in filas(navegador, **consulta)]


def operaciones(navegador: Navegador, codigo: str) -> list[str]:
    [fila] = [una for una in filas(navegador) if una.lote.codigo == codigo]
    return [str(una.titulo) for una in fila.operaciones]


@pytest.mark.parametrize(
    ("texto", "esperados"),
    [
        ("", ["VIEJO", "PRONTO", "QUIETO", "LEJOS", "NO-VENCE", "RED"]),
        ("red-01", ["RED"]),
        ("CAMARON", ["VIEJO", "PRONTO", "QUIETO", "LEJOS", "NO-VENCE"]),
        ("ron", ["VIEJO", "PRONTO", "QUIETO", "LEJOS", "NO-VENCE"]),
        ("ronto", ["PRONTO"]),
        ("prov-7", ["LEJOS"]),
        ("  lejos ", ["LEJOS"]),
        # El código de barras, en cualquiera de sus formas, con lote y sin él.
        ("7501031311309", ["VIEJO", "PRONTO", "QUIETO", "LEJOS", "NO-VENCE"]),
        (GTIN, ["VIEJO", "PRONTO", "QUIETO", "LEJOS", "NO-VENCE"]),
        (f"]C101{GTIN}", ["VIEJO", "PRONTO", "QUIETO", "LEJOS", "NO-VENCE"]),
        (f"]C101{GTIN}10LEJOS", ["LEJOS"]),
        (f"]C101{GTIN}10prov-7", ["LEJOS"]),
        (f"\x1d01{GTIN}10LEJOS", ["LEJOS"]),
        (f"(01){GTIN}(17){dia(5):%y%m%d}", ["PRONTO"]),
        # Con el lote a la vista, una fecha que se anotó mal no lo esconde.
        (f"(01){GTIN}(17){dia(300):%y%m%d}(10)LEJOS", ["LEJOS"]),
        ("]C110PRONTO", ["PRONTO"]),
        ("]C191ALIM-35\x1d10QUIETO", ["QUIETO"]),
        # De otro producto, agotado, o de nadie.
        ("(01)04006381333931(10)LEJOS", []),
        ("VACIO", []),
        ("zzz", []),
        ("%", []),
    ],
)
def test_se_encuentra_por_lo_escrito_o_lo_leido(
    navegador: Navegador, surtido: dict[str, Lote], texto: str, esperados: list[str]
) -> None:
    assert codigos(navegador, q=texto) == esperados


def test_el_qr_y_el_numero_de_un_lote_sin_codigo_lo_encuentran(
    granja: Mundo, navegador: Navegador, surtido: dict[str, Lote], alimento: Producto
) -> None:
    sin_codigo = granja.entrada(alimento, 2)
    for texto in (f"http://testserver/lotes/{sin_codigo.pk}/", str(sin_codigo)):
        assert [fila.lote for fila in filas(navegador, q=texto)] == [sin_codigo]
    assert filas(navegador, q=f"http://testserver/lotes/{10**30}/") == []
    assert filas(navegador, q=f"https://ejemplo.com/lotes/{sin_codigo.pk}/") == []


def test_un_codigo_escrito_como_el_numero_de_otro_lote_tambien_se_encuentra(
    granja: Mundo, navegador: Navegador, surtido: dict[str, Lote], alimento: Producto
) -> None:
    texto = f"#{surtido['LEJOS'].pk}"
    asi = granja.entrada(alimento, 2, codigo=texto)
    assert {fila.lote for fila in filas(navegador, q=texto)} == {asi, surtido["LEJOS"]}


@pytest.mark.parametrize("texto", [f"(01){GTIN}(10)AGOTADO", "Melaza", "MEL-1", "\x1d10AGOTADO"])
def test_lo_agotado_se_encuentra_con_el_mismo_texto_en_la_lista_de_todos(
    granja: Mundo, navegador: Navegador, surtido: dict[str, Lote], alimento: Producto, texto: str
) -> None:
    melaza = granja.producto("MEL-1", nombre="Melaza")
    for lote in (granja.entrada(alimento, 1, codigo="AGOTADO"), granja.entrada(melaza, 1, codigo="AGOTADO")):
        granja.merma(lote, 1)
    html = navegador.get(ELEGIR, {"q": texto}).content.decode()
    enlace = re.search(r'href="(/lotes/\?estado=todos[^"]*)"', html)
    assert enlace is not None
    halladas = navegador.get(unescape(enlace[1])).context["filas"]
    assert {fila["lote"].codigo for fila in halladas} == {"AGOTADO"}


def test_trasladar_se_ofrece_solo_si_hay_adonde(
    granja: Mundo,
    navegador: Navegador,
    entrar: Callable[..., Navegador],
    surtido: dict[str, Lote],
) -> None:
    limitado = entrar(Rol.SUPERVISOR, granja.bodega)
    traslado = f"/lotes/{surtido['LEJOS'].pk}/traslado/"

    def ofrecen(quien: Navegador) -> list[bool]:
        lista, ficha, hecho = (
            quien.get(ruta) for ruta in (ELEGIR, f"/lotes/{surtido['LEJOS'].pk}/", traslado)
        )
        return [
            traslado in lista.content.decode(),
            traslado in ficha.content.decode(),
            hecho.context["formulario"].hay_destino,
        ]

    assert (ofrecen(navegador), ofrecen(limitado)) == ([True] * 3, [False] * 3)
    Bodega.objects.filter(pk=granja.otra.pk).update(activa=False)
    assert ofrecen(navegador) == [False] * 3


def test_lo_que_no_se_puede_buscar_se_dice_y_no_encuentra_nada(
    navegador: Navegador, surtido: dict[str, Lote]
) -> None:
    for pedir in (navegador.get, navegador.fragmento):
        respuesta = pedir(ELEGIR, {"q": "x" * 500})
        assert respuesta.context["filas"] == []
        [error] = respuesta.context["filtro"].errors["q"]
        assert respuesta.content.decode().count(error) == 1


def test_lo_que_es_justo_lo_escrito_va_delante_y_no_se_repite(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    for codigo, vence in (("L-10", 5), ("L-1", 60), ("L-100", 7)):
        granja.entrada(alimento, 1, vence=dia(vence), codigo=codigo)
    assert codigos(navegador, q="l-1") == ["L-1", "L-10", "L-100"]


@pytest.mark.parametrize("texto", ["", "alim", "ALIM-35"])
def test_las_paginas_van_y_vuelven_sin_repetir_ni_saltar(
    granja: Mundo, navegador: Navegador, alimento: Producto, texto: str
) -> None:
    for i in range(60):
        granja.entrada(alimento, 1, vence=dia(i % 3) if i % 2 else None, codigo=f"C-{i}")
    vistos: list[list[int]] = []
    cursor = ""
    while True:
        respuesta = navegador.get(ELEGIR, {"q": texto, "cursor": cursor})
        vistos.append([fila.lote.pk for fila in respuesta.context["filas"]])
        cursor = respuesta.context["tramo"].siguiente
        if not cursor:
            break
    todos = [pk for pagina in vistos for pk in pagina]
    assert (len(todos), len(set(todos))) == (60, 60)
    for esperada in reversed(vistos[:-1]):
        cursor = respuesta.context["tramo"].anterior
        respuesta = navegador.get(ELEGIR, {"q": texto, "cursor": cursor})
        assert [fila.lote.pk for fila in respuesta.context["filas"]] == esperada
    assert respuesta.context["tramo"].anterior == ""


def test_un_lugar_mal_escrito_es_el_comienzo_con_lo_exacto_delante(
    navegador: Navegador, surtido: dict[str, Lote]
) -> None:
    assert codigos(navegador, q="PRONTO", cursor="malo") == ["PRONTO"]


def test_libre_es_lo_que_saldria_hoy_con_lo_reservado_descontado(
    granja: Mundo, navegador: Navegador, surtido: dict[str, Lote], alimento: Producto
) -> None:
    reservar(
        actor=granja.actor, producto=alimento, bodega=granja.bodega, cantidad=cant("41.5"), modulo="engorde"
    )
    libres = {fila.lote.codigo: fila.libre for fila in filas(navegador)}
    # Utilizable hay 44, y 41,5 están prometidos: de ninguno pueden salir más de 2,5.
    assert libres == {
        "VIEJO": 0,
        "PRONTO": cant("2.5"),
        "QUIETO": 0,
        "LEJOS": cant("2.5"),
        "NO-VENCE": 1,
        "RED": 7,
    }
    html = navegador.get(ELEGIR, {"q": "LEJOS"}).content.decode()
    assert "2,5\N{NO-BREAK SPACE}kg" in html
    assert "de 40\N{NO-BREAK SPACE}kg" in html


def test_cada_quien_ve_lo_que_puede_hacer_con_cada_lote(
    granja: Mundo, navegador: Navegador, operador: Navegador, surtido: dict[str, Lote]
) -> None:
    assert operaciones(navegador, "LEJOS") == ["Salida", "Merma", "Trasladar", "Contar", "Ajustar"]
    # Vencido o bloqueado solo sale como pérdida.
    for codigo in ("VIEJO", "QUIETO"):
        assert operaciones(navegador, codigo) == ["Merma", "Trasladar", "Contar", "Ajustar"]
        assert operaciones(operador, codigo) == []
    assert operaciones(operador, "LEJOS") == ["Salida"]
    html = operador.get(ELEGIR, {"q": "VIEJO"}).content.decode()
    assert "Solo sale como pérdida: avise a quien supervisa." in html
    granja.otra.delete()
    assert operaciones(navegador, "LEJOS") == ["Salida", "Merma", "Contar", "Ajustar"]


def test_cada_boton_lleva_a_un_formulario_de_ese_lote(navegador: Navegador, surtido: dict[str, Lote]) -> None:
    [fila] = filas(navegador, q="LEJOS")
    for operacion in fila.operaciones:
        assert navegador.get(operacion.direccion).context["lote"] == surtido["LEJOS"]


def test_solo_lo_de_la_empresa_y_las_bodegas_al_alcance(
    granja: Mundo,
    navegador: Navegador,
    vecino: Navegador,
    entrar: Callable[..., Navegador],
    surtido: dict[str, Lote],
    alimento: Producto,
) -> None:
    alla = granja.entrada(alimento, 3, codigo="ALLA", bodega=granja.otra)
    limitado = entrar(Rol.OPERADOR, granja.otra)
    for consulta in ({}, {"q": "alim"}, {"bodega": granja.bodega.pk}):
        assert [fila.lote for fila in filas(limitado, **consulta)] == [alla]
    assert filas(limitado, q=f"/lotes/{surtido['LEJOS'].pk}/") == []
    assert codigos(navegador, q="alim", bodega=granja.otra.pk) == ["ALLA"]
    for texto in ("", "alim", "LEJOS", f"]C101{GTIN}10LEJOS", f"/lotes/{alla.pk}/"):
        assert filas(vecino, q=texto) == []


def test_sin_nada_se_dice_que_hacer(navegador: Navegador, operador: Navegador) -> None:
    html = navegador.get(ELEGIR).content.decode()
    assert "No queda nada en ningún lote" in html
    assert 'href="/entradas/nueva/"' in html
    html = operador.get(ELEGIR, {"q": "z&z"}).content.decode()
    assert "Ningún lote con saldo dice eso" in html
    assert 'href="/lotes/?estado=todos&amp;q=z%26z"' in html


@pytest.mark.parametrize("texto", ["<script>alert(1)</script>", "'; --", "９" * 190, "x" * 500, "a\x00b"])
def test_lo_escrito_nunca_se_toma_por_otra_cosa(navegador: Navegador, texto: str) -> None:
    respuesta = navegador.get(ELEGIR, {"q": texto})
    assert respuesta.status_code == 200
    assert "<script>alert" not in respuesta.content.decode()


def test_elegir_hace_las_mismas_consultas_encuentre_poco_o_mucho(granja: Mundo, navegador: Navegador) -> None:
    for cuantos in (1, 15):
        for numero in range(cuantos):
            producto = granja.producto(f"PROD-{cuantos}-{numero}")
            granja.entrada(producto, 1, codigo=f"PROD-L{cuantos}-{numero}")
        with consultas(CONSULTAS):
            navegador.get(ELEGIR, {"q": "prod"})


def test_a_htmx_se_le_da_solo_la_lista(navegador: Navegador, surtido: dict[str, Lote]) -> None:
    html = navegador.fragmento(ELEGIR, {"q": "lejos"}).content.decode()
    assert html.strip().startswith('<div id="tabla"')


def test_lo_encontrado_se_anuncia_fuera_de_lo_que_se_reemplaza(
    navegador: Navegador, surtido: dict[str, Lote]
) -> None:
    def anuncio(html: str) -> tuple[str, str]:
        hallado = re.search(r'</div>\s*<p id="encontrados"[^>]* role="status"([^>]*)>([^<]*)</p>', html)
        assert hallado is not None
        return hallado[1].strip(), hallado[2].strip()

    assert anuncio(navegador.get(ELEGIR).content.decode()) == ("", "6 lotes a la vista")
    for texto, dicho in (("lejos", "1 lote a la vista"), ("zzz", "Ningún lote con saldo dice eso")):
        html = navegador.fragmento(ELEGIR, {"q": texto}).content.decode()
        assert anuncio(html) == ('hx-swap-oob="innerHTML"', dicho)


def test_se_llega_desde_el_menu_el_inicio_y_el_despacho_si_se_puede(
    granja: Mundo, operador: Navegador, auditor: Navegador
) -> None:
    for ruta, veces in (("/", 2), ("/despachos/nuevo/", 2), ("/lotes/", 1)):
        assert operador.get(ruta).content.decode().count(f'href="{ELEGIR}"') == veces
    assert ELEGIR not in auditor.get("/").content.decode()
    assert auditor.get(ELEGIR).status_code == 403
    assert Navegador().get(ELEGIR).status_code == 302
