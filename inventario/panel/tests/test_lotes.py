"""La lista de lotes, su ficha y su bloqueo."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from inventario.cuentas.permisos import Rol
from inventario.lotes.models import CambioDeBloqueo, Lote
from inventario.movimientos import services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo
from inventario.movimientos.tests.mundo import HOY, Mundo, cant, dia
from inventario.panel.tests.conftest import Navegador, contar_consultas
from inventario.productos.models import Producto

# Sesión, persona, empresa y sus bodegas: 5. De la lista: bodegas, lotes y productos que se ofrecen.
CONSULTAS_DE_LA_LISTA = 8
# De la ficha: lote, familia (2), origen, derivados, líneas, cambios de bloqueo y bodegas.
CONSULTAS_DE_LA_FICHA = 13


@pytest.fixture
def producto(granja: Mundo) -> Producto:
    return granja.producto("ALIM-35")


@pytest.fixture
def lote(granja: Mundo, producto: Producto) -> Lote:
    return granja.entrada(producto, 20, vence=dia(60), codigo="L-1", costo=2, referencia_proveedor="PROV-9")


def trasladar(granja: Mundo, lote: Lote, cantidad: str | int) -> Lote:
    asiento = services.trasladar_lote(
        actor=granja.actor, lote=lote, cantidad=cant(cantidad), hacia=granja.otra, reloj=granja.reloj
    )
    return asiento.lineas[1].lote


def codigos(navegador: Navegador, consulta: str) -> list[str]:
    return [fila["lote"].codigo for fila in navegador.get(f"/lotes/?{consulta}").context["filas"]]


@pytest.fixture
def surtido(granja: Mundo, producto: Producto) -> dict[str, Lote]:
    """Uno de cada estado, registrados en un orden que no es el de su vencimiento."""
    lotes = {
        "NO-VENCE": granja.entrada(producto, 1, codigo="NO-VENCE"),
        "LEJOS": granja.entrada(producto, 2, vence=dia(90), codigo="LEJOS", referencia_proveedor="Prov-7"),
        "PRONTO": granja.entrada(producto, 3, vence=dia(5), codigo="PRONTO"),
        "VIEJO": granja.entrada(producto, 4, vence=dia(-1), codigo="VIEJO"),
        "QUIETO": granja.entrada(producto, 5, vence=dia(40), codigo="QUIETO"),
        "VACIO": granja.entrada(producto, 6, vence=dia(50), codigo="VACIO"),
    }
    granja.bloquear(lotes["QUIETO"])
    granja.merma(lotes["VACIO"], 6)
    return lotes


@pytest.mark.parametrize(
    ("consulta", "esperados"),
    [
        ("", ["VIEJO", "PRONTO", "QUIETO", "LEJOS", "NO-VENCE"]),
        ("orden=recientes", ["QUIETO", "VIEJO", "PRONTO", "LEJOS", "NO-VENCE"]),
        ("estado=todos", ["VIEJO", "PRONTO", "QUIETO", "VACIO", "LEJOS", "NO-VENCE"]),
        ("estado=disponible", ["PRONTO", "LEJOS", "NO-VENCE"]),
        ("estado=por_vencer", ["PRONTO"]),
        ("estado=vencido", ["VIEJO"]),
        ("estado=bloqueado", ["QUIETO"]),
        ("estado=agotado", ["VACIO"]),
        ("q=prov-7", ["LEJOS"]),
        ("q=ront", ["PRONTO"]),
        (f"vence_desde={dia(5)}&vence_hasta={dia(40)}", ["PRONTO", "QUIETO"]),
        # Lo mal escrito no filtra.
        (
            "estado=raro&producto=x&vence_desde=ayer&cursor=malo",
            ["VIEJO", "PRONTO", "QUIETO", "LEJOS", "NO-VENCE"],
        ),
        ("producto=99999999999999999999", ["VIEJO", "PRONTO", "QUIETO", "LEJOS", "NO-VENCE"]),
    ],
)
def test_filtros(navegador: Navegador, surtido: dict[str, Lote], consulta: str, esperados: list[str]) -> None:
    assert codigos(navegador, consulta) == esperados


def test_filtro_por_producto_y_por_bodega(
    granja: Mundo, navegador: Navegador, entrar: Callable[..., Navegador], producto: Producto, lote: Lote
) -> None:
    granja.entrada(granja.producto("OTRO"), 1, codigo="O-1")
    alla = trasladar(granja, lote, 5)
    assert codigos(navegador, f"producto={producto.pk}") == ["L-1", "L-1"]
    filas = navegador.get(f"/lotes/?bodega={granja.otra.pk}").context["filas"]
    assert [fila["lote"].pk for fila in filas] == [alla.pk]
    # Quien está limitado ve solo lo suyo, pida lo que pida.
    limitado = entrar(Rol.OPERADOR, granja.otra)
    for consulta in ("", f"?bodega={granja.bodega.pk}"):
        filas = limitado.get(f"/lotes/{consulta}").context["filas"]
        assert [fila["lote"].pk for fila in filas] == [alla.pk]


@pytest.mark.parametrize("orden", ["", "recientes"])
def test_las_paginas_van_y_vuelven_sin_repetir_ni_saltar(
    granja: Mundo, navegador: Navegador, producto: Producto, orden: str
) -> None:
    for i in range(60):
        # Muchos vencen el mismo día y muchos no vencen.
        granja.entrada(producto, 1, vence=dia(i % 3) if i % 2 else None, codigo=f"C-{i}")
    vistos: list[list[int]] = []
    cursor = ""
    while True:
        respuesta = navegador.get("/lotes/", {"orden": orden, "cursor": cursor})
        vistos.append([fila["lote"].pk for fila in respuesta.context["filas"]])
        cursor = respuesta.context["tramo"].siguiente
        if not cursor:
            break
    assert [len(pagina) for pagina in vistos] == [25, 25, 10]
    assert len({pk for pagina in vistos for pk in pagina}) == 60
    for esperada in (vistos[1], vistos[0]):
        cursor = respuesta.context["tramo"].anterior
        respuesta = navegador.get("/lotes/", {"orden": orden, "cursor": cursor})
        assert [fila["lote"].pk for fila in respuesta.context["filas"]] == esperada
    assert respuesta.context["tramo"].anterior == ""


def test_lista_vacia_dice_que_hacer(navegador: Navegador) -> None:
    assert "Registrar una entrada" in navegador.get("/lotes/").content.decode()
    assert "Ningún lote cumple ese filtro" in navegador.get("/lotes/?estado=vencido").content.decode()


def test_rango_al_reves_se_dice_junto_a_la_fecha(navegador: Navegador, lote: Lote) -> None:
    respuesta = navegador.get(f"/lotes/?vence_desde={dia(9)}&vence_hasta={dia(1)}")
    assert list(respuesta.context["filtro"].errors) == ["vence_hasta"]


def test_lista_y_ficha_ajenas(vecino: Navegador, lote: Lote) -> None:
    assert codigos(vecino, "estado=todos") == []
    assert vecino.get(f"/lotes/{lote.pk}/").status_code == 404
    assert Navegador().get("/lotes/").status_code == 302


def test_htmx_recibe_el_fragmento(navegador: Navegador, lote: Lote) -> None:
    assert navegador.fragmento("/lotes/").content.decode().lstrip().startswith('<div id="tabla"')
    assert "<html" in navegador.get("/lotes/").content.decode()
    assert "HX-Request" in navegador.fragmento("/lotes/")["Vary"]


@pytest.mark.parametrize("cuantos", [1, 40])
def test_lista_y_ficha_hacen_siempre_las_mismas_consultas(
    granja: Mundo, navegador: Navegador, producto: Producto, lote: Lote, cuantos: int
) -> None:
    for _ in range(cuantos):
        granja.entrada(granja.producto(f"P-{_}"), 1, vence=dia(3))
        granja.salida(lote, "0.1")
        trasladar(granja, lote, "0.1")
    assert contar_consultas(lambda: navegador.get("/lotes/")) == CONSULTAS_DE_LA_LISTA
    assert contar_consultas(lambda: navegador.get(f"/lotes/{lote.pk}/")) == CONSULTAS_DE_LA_FICHA


# ── La ficha ────────────────────────────────────────────────────────────────────────────────────


def test_ficha_dice_de_donde_vino_y_adonde_fue(granja: Mundo, navegador: Navegador, lote: Lote) -> None:
    glosa = Glosa(motivo=Motivo.CONSUMO, modulo="engorde", tanque="T-4", lote_modulo="S-12", sesion=7)
    salida = granja.salida(lote, 3, glosa=glosa)
    mal = granja.salida(lote, 2)
    granja.revertir(mal)
    alla = trasladar(granja, lote, 5)
    respuesta = navegador.get(f"/lotes/{lote.pk}/")
    texto = " ".join(respuesta.content.decode().split())
    for dato in ("PROV-9", "engorde", "tanque T-4", "siembra S-12", "sesión 7", "20 ", "12 ", "Deshecho"):
        assert dato in texto
    assert f'href="/asientos/{salida.pk}/"' in texto
    assert f'href="/lotes/{alla.pk}/"' in texto
    assert f'href="/lotes/{lote.pk}/"' in navegador.get(f"/lotes/{alla.pk}/").content.decode()
    assert [linea.cantidad for linea in respuesta.context["tramo"].filas] == [
        cant(-5),
        cant(2),
        cant(-2),
        cant(-3),
        cant(20),
    ]


def test_ficha_de_una_bodega_fuera_de_su_alcance_no_existe(
    granja: Mundo, entrar: Callable[..., Navegador], lote: Lote
) -> None:
    assert entrar(Rol.SUPERVISOR, granja.otra).get(f"/lotes/{lote.pk}/").status_code == 404


# ── Bloquear y desbloquear ──────────────────────────────────────────────────────────────────────


def test_bloquear_alcanza_a_los_que_salieron_de_el_y_dice_cuantos(
    granja: Mundo, navegador: Navegador, lote: Lote
) -> None:
    alla = trasladar(granja, lote, 5)
    assert "son 2 lotes" in navegador.get(f"/lotes/{lote.pk}/").content.decode()
    respuesta = navegador.mover(f"/lotes/{lote.pk}/bloquear/", {"motivo": "Huele mal"})
    assert (respuesta.status_code, respuesta["Location"]) == (303, f"/lotes/{lote.pk}/")
    pagina = navegador.get(f"/lotes/{lote.pk}/").content.decode()
    assert "Se bloquearon 2 lotes." in pagina
    assert "Huele mal" in pagina
    assert set(Lote.objects.values_list("pk", "bloqueado")) == {(lote.pk, True), (alla.pk, True)}
    navegador.mover(f"/lotes/{lote.pk}/desbloquear/", {"motivo": "Era otro"})
    assert "Se desbloquearon 2 lotes." in navegador.get(f"/lotes/{lote.pk}/").content.decode()
    assert not Lote.objects.filter(bloqueado=True).exists()


def test_bloquear_dos_veces_con_la_misma_clave_bloquea_una(navegador: Navegador, lote: Lote) -> None:
    primera, segunda = (
        navegador.mover(f"/lotes/{lote.pk}/bloquear/", {"motivo": "Duda"}, clave="la-misma", htmx=True)
        for _ in range(2)
    )
    assert primera["HX-Redirect"] == segunda["HX-Redirect"] == f"/lotes/{lote.pk}/"
    assert CambioDeBloqueo.objects.count() == 1


def test_bloquear_lo_bloqueado_no_cambia_nada_y_lo_dice(
    granja: Mundo, navegador: Navegador, lote: Lote
) -> None:
    granja.bloquear(lote)
    antes = granja.foto()
    navegador.mover(f"/lotes/{lote.pk}/bloquear/", {"motivo": "Otra vez"})
    assert "Ya estaba bloqueado" in navegador.get(f"/lotes/{lote.pk}/").content.decode()
    assert granja.foto() == antes


@pytest.mark.parametrize("motivo", ["", "   ", "x" * 256])
@pytest.mark.parametrize("htmx", [False, True])
def test_bloquear_sin_decir_por_que_no_bloquea(
    granja: Mundo, navegador: Navegador, lote: Lote, motivo: str, htmx: bool
) -> None:
    antes = granja.foto()
    respuesta = navegador.mover(f"/lotes/{lote.pk}/bloquear/", {"motivo": motivo}, htmx=htmx)
    assert respuesta.status_code == 422
    assert list(respuesta.context["formulario"].errors) == ["motivo"]
    assert ("<html" in respuesta.content.decode()) != htmx
    assert granja.foto() == antes


@pytest.mark.parametrize("verbo", ["bloquear", "desbloquear"])
def test_bloqueo_sin_permiso_403_y_ajeno_o_fuera_de_alcance_404(
    granja: Mundo,
    operador: Navegador,
    vecino: Navegador,
    entrar: Callable[..., Navegador],
    lote: Lote,
    verbo: str,
) -> None:
    antes = granja.foto()
    ruta = f"/lotes/{lote.pk}/{verbo}/"
    assert operador.mover(ruta, {"motivo": "x"}).status_code == 403
    assert vecino.mover(ruta, {"motivo": "x"}).status_code == 404
    assert entrar(Rol.SUPERVISOR, granja.otra).mover(ruta, {"motivo": "x"}).status_code == 404
    assert ruta not in operador.get(f"/lotes/{lote.pk}/").content.decode()
    assert granja.foto() == antes


def test_volver_a_la_direccion_de_bloquear_lleva_a_la_ficha(navegador: Navegador, lote: Lote) -> None:
    assert navegador.get(f"/lotes/{lote.pk}/bloquear/")["Location"] == f"/lotes/{lote.pk}/"


def test_por_vencer_dice_cuantos_dias(granja: Mundo, navegador: Navegador, producto: Producto) -> None:
    for dias in (0, 1, 5):
        granja.entrada(producto, 1, vence=HOY + timedelta(days=dias))
    texto = navegador.get("/lotes/").content.decode()
    assert re.findall(r"Vence (?:hoy|en \d+ días?)", texto) == [
        "Vence hoy",
        "Vence en 1 día",
        "Vence en 5 días",
    ]
