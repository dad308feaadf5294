"""Seguir un lote: hacia atrás, hacia adelante, lo que cuadra, y retirarlo entero."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inventario.cuentas.permisos import Rol
from inventario.existencias.recepciones import FAMILIAS, raices_de
from inventario.existencias.trazabilidad import Traza, traza_de
from inventario.lotes.models import CambioDeBloqueo, Lote
from inventario.movimientos import services
from inventario.movimientos.errores import LoteBloqueado
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo
from inventario.movimientos.tests.mundo import Mundo, cant
from inventario.panel.tests.conftest import Navegador, consultas, contar_consultas
from inventario.productos.models import Producto

# Sesión, persona, empresa y sus bodegas: 6. De la traza: raíces, familia, entradas, cuadre, usos, salidas y
# bodegas.
CONSULTAS = 12
# Cuando hay que elegir: raíces, cuántas de cada producto y los productos.
CONSULTAS_AL_ELEGIR = 8
RETIRO = "/trazabilidad/bloquear/"


@pytest.fixture
def producto(granja: Mundo) -> Producto:
    return granja.producto("ALIM-35")


@pytest.fixture
def lote(granja: Mundo, producto: Producto) -> Lote:
    return granja.entrada(producto, 100, codigo="L-1", referencia_proveedor="PROV-9")


def trasladar(granja: Mundo, lote: Lote, cantidad: str | int, *, vuelve: bool = False) -> Lote:
    hacia = granja.bodega if vuelve else granja.otra
    asiento = services.trasladar_lote(
        actor=granja.actor, lote=lote, cantidad=cant(cantidad), hacia=hacia, reloj=granja.reloj
    )
    return asiento.lineas[1].lote


def usar(granja: Mundo, lote: Lote, cantidad: str | int, modulo: str = "", tanque: str = "") -> None:
    granja.salida(lote, cantidad, glosa=Glosa(motivo=Motivo.CONSUMO, modulo=modulo, tanque=tanque))


def seguir(navegador: Navegador, consulta: str) -> Traza:
    traza: Traza = navegador.get(f"/trazabilidad/?{consulta}").context["traza"]
    return traza


@pytest.fixture
def familia(granja: Mundo, lote: Lote) -> list[Lote]:
    """Cien recibidos: a otra bodega 40, y de ahí 10 de vuelta. Se usó de los tres."""
    alla = trasladar(granja, lote, 40)
    nieto = trasladar(granja, alla, 10, vuelve=True)
    usar(granja, lote, 5, "engorde", "T-1")
    usar(granja, alla, 7, "cria", "T-2")
    usar(granja, nieto, 3, "engorde", "T-1")
    granja.merma(alla, 2)
    granja.revertir(granja.salida(lote, 9))
    services.ajustar_lote(
        actor=granja.actor,
        lote=Lote.objects.get(pk=lote.pk),
        diferencia=cant("-1.5"),
        glosa=Glosa(motivo=Motivo.CORRECCION),
        reloj=granja.reloj,
    )
    return [lote, alla, nieto]


@pytest.mark.parametrize("cual", ["q=l-1", "q=PROV-9", "lote={0}", "lote={1}", "lote={2}"])
def test_se_sigue_la_familia_entera_desde_cualquiera_de_los_suyos(
    navegador: Navegador, familia: list[Lote], cual: str
) -> None:
    traza = seguir(navegador, cual.format(*(uno.pk for uno in familia)))
    assert [(eslabon.lote.pk, eslabon.nivel) for eslabon in traza.eslabones] == [
        (uno.pk, nivel) for nivel, uno in enumerate(familia)
    ]
    [cuadre] = traza.cuadres
    assert (cuadre.recibido, cuadre.usado, cuadre.perdido, cuadre.ajustado, cuadre.trasladado) == (
        cant(100),
        cant(15),
        cant(2),
        cant("-1.5"),
        cant(0),
    )
    assert cuadre.queda == cant("81.5")
    assert cuadre.recibido + cuadre.ajustado == cuadre.usado + cuadre.perdido + cuadre.queda
    assert traza.cuadra
    assert [(uno.modulo, uno.tanque, uno.cantidad, uno.veces) for uno in traza.destinos] == [
        ("cria", "T-2", cant(7), 1),
        ("engorde", "T-1", cant(8), 2),
    ]
    assert [persona.cantidad for persona in traza.personas] == [cant(15)]


def test_la_pagina_dice_la_recepcion_los_destinos_y_quien(
    granja: Mundo, navegador: Navegador, familia: list[Lote]
) -> None:
    texto = " ".join(navegador.get("/trazabilidad/?q=PROV-9").content.decode().split())
    for dato in ("Cuadra", "engorde", "cria", "T-2", str(granja.actor.usuario), "81,5 kg", "Deshecho"):
        assert dato in texto
    assert "No cuadra" not in texto


def test_quien_esta_limitado_ve_su_parte_y_tambien_cuadra(
    granja: Mundo, entrar: Callable[..., Navegador], familia: list[Lote]
) -> None:
    traza = seguir(entrar(Rol.SUPERVISOR, granja.otra), "q=L-1")
    assert [uno.pk for uno in traza.lotes] == [familia[1].pk]
    [cuadre] = traza.cuadres
    assert (cuadre.recibido, cuadre.trasladado, cuadre.usado, cuadre.perdido, cuadre.queda) == (
        cant(0),
        cant(30),
        cant(7),
        cant(2),
        cant(21),
    )
    assert traza.cuadra


def test_lo_que_no_existe_lo_parecido_y_el_numero(granja: Mundo, navegador: Navegador, lote: Lote) -> None:
    assert "Ningún lote lleva ese código" in navegador.get("/trazabilidad/?q=nada").content.decode()
    # Lo parecido se ofrece, no se sigue.
    respuesta = navegador.get("/trazabilidad/?q=PROV")
    assert "traza" not in respuesta.context
    assert f"?lote={lote.pk}" in respuesta.content.decode()
    sin_codigo = granja.entrada(granja.producto("SIN"), 1)
    for texto in (f"n.º {sin_codigo.pk}", f"#{sin_codigo.pk}", str(sin_codigo.pk)):
        assert [uno.pk for uno in seguir(navegador, f"q={texto.replace('#', '%23')}").lotes] == [
            sin_codigo.pk
        ]
    for raro in ("lote=99999999999999999999", "lote=x", "q=%00", "lote=5&producto=x", ""):
        assert navegador.get(f"/trazabilidad/?{raro}").status_code == 200


def test_un_codigo_de_varios_productos_se_puede_seguir_de_uno_en_uno(
    granja: Mundo, navegador: Navegador, producto: Producto, lote: Lote
) -> None:
    otro = granja.entrada(granja.producto("OTRO"), 5, codigo="L-1")
    assert "Varios productos llevan ese código" in navegador.get("/trazabilidad/?q=L-1").content.decode()
    assert [uno.pk for uno in seguir(navegador, f"q=L-1&producto={otro.producto_id}").lotes] == [otro.pk]


def test_un_codigo_que_llevan_demasiadas_no_se_sigue(
    granja: Mundo, navegador: Navegador, producto: Producto
) -> None:
    lineas = [
        services.LineaEntrada(producto, granja.bodega, cant(1), codigo="LOTE") for _ in range(FAMILIAS + 1)
    ]
    services.registrar_entradas(actor=granja.actor, lineas=lineas, reloj=granja.reloj)
    assert raices_de(codigo="LOTE").demasiadas
    respuesta = navegador.get("/trazabilidad/?q=LOTE")
    texto = respuesta.content.decode()
    assert "Demasiadas recepciones" in texto
    assert f"/lotes/?estado=todos&amp;producto={producto.pk}&amp;q=LOTE" in texto
    antes = granja.foto()
    datos = {"motivo": "Retiro", "confirmo": "on"}
    assert navegador.mover(f"{RETIRO}?q=LOTE", datos).status_code == 404
    assert granja.foto() == antes


@pytest.mark.parametrize("productos", [1, 20])
def test_un_codigo_comun_a_muchas_se_retira_de_un_solo_producto(
    granja: Mundo, navegador: Navegador, producto: Producto, lote: Lote, productos: int
) -> None:
    otros = [granja.producto(f"OTRO-{i}") for i in range(productos)]
    lineas = [
        services.LineaEntrada(otros[i % productos], granja.bodega, cant(1), codigo="L-1")
        for i in range(FAMILIAS)
    ]
    services.registrar_entradas(actor=granja.actor, lineas=lineas, reloj=granja.reloj)
    # Dos lotes de una sola recepción.
    trasladar(granja, lote, 40)
    with consultas(CONSULTAS_AL_ELEGIR):
        respuesta = navegador.get("/trazabilidad/?q=L-1")
    recibidos = {uno.producto.pk: uno.recepciones for uno in respuesta.context["recibidos"]}
    assert recibidos == {producto.pk: 1, **{otro.pk: FAMILIAS // productos for otro in otros}}
    texto = respuesta.content.decode()
    assert "Elija de qué producto seguirlas:" in texto
    elegido = f"q=L-1&amp;producto={producto.pk}"
    assert f'href="?{elegido}"' in texto
    assert seguir(navegador, f"q=L-1&producto={producto.pk}").cabezas == [lote]
    datos = {"motivo": "Retiro", "confirmo": "on"}
    assert navegador.mover(f"{RETIRO}?q=L-1&producto={producto.pk}", datos).status_code == 303
    assert {uno.producto for uno in Lote.objects.filter(bloqueado=True)} == {producto}


@pytest.mark.parametrize("veces", [1, 30])
def test_hace_siempre_las_mismas_consultas(
    granja: Mundo, navegador: Navegador, lote: Lote, veces: int
) -> None:
    for i in range(veces):
        usar(granja, trasladar(granja, lote, 1), "0.5", f"modulo-{i}")
    assert contar_consultas(lambda: navegador.get("/trazabilidad/?q=L-1")) == CONSULTAS
    assert traza_de([lote.pk]).cuadra


# ── El retiro ───────────────────────────────────────────────────────────────────────────────────


def test_retirar_bloquea_toda_la_familia_de_una_vez(
    granja: Mundo, navegador: Navegador, familia: list[Lote]
) -> None:
    ajeno = granja.entrada(granja.producto("OTRO"), 5, codigo="L-10")
    datos = {"motivo": "Aviso del proveedor", "confirmo": "on"}
    primera, segunda = (navegador.mover(f"{RETIRO}?q=PROV-9", datos, clave="la-misma") for _ in range(2))
    assert (primera.status_code, primera["Location"]) == (303, "/trazabilidad/?q=PROV-9")
    assert segunda["Location"] == primera["Location"]
    assert "Se bloquearon 3 lotes." in navegador.get(primera["Location"]).content.decode()
    assert CambioDeBloqueo.objects.count() == 3
    assert list(Lote.objects.filter(bloqueado=False)) == [ajeno]
    with granja.rechaza(LoteBloqueado):
        granja.salida(familia[2], 1)
    assert "Todos estos lotes están bloqueados" in navegador.get("/trazabilidad/?q=L-1").content.decode()


@pytest.mark.parametrize(
    ("datos", "campo"), [({"confirmo": "on"}, "motivo"), ({"motivo": "Retiro"}, "confirmo")]
)
@pytest.mark.parametrize("htmx", [False, True])
def test_retirar_sin_motivo_o_sin_confirmar_no_bloquea(
    granja: Mundo, navegador: Navegador, familia: list[Lote], datos: dict[str, str], campo: str, htmx: bool
) -> None:
    antes = granja.foto()
    respuesta = navegador.mover(f"{RETIRO}?q=L-1", datos, htmx=htmx)
    assert respuesta.status_code == 422
    assert list(respuesta.context["formulario"].errors) == [campo]
    assert ("<html" in respuesta.content.decode()) != htmx
    assert granja.foto() == antes


def test_retirar_sin_permiso_lo_ajeno_o_lo_que_no_existe(
    granja: Mundo, operador: Navegador, vecino: Navegador, navegador: Navegador, familia: list[Lote]
) -> None:
    antes = granja.foto()
    datos = {"motivo": "Retiro", "confirmo": "on"}
    assert operador.mover(f"{RETIRO}?q=L-1", datos).status_code == 403
    assert RETIRO not in operador.get("/trazabilidad/?q=L-1").content.decode()
    assert vecino.mover(f"{RETIRO}?q=L-1", datos).status_code == 404
    assert vecino.mover(f"{RETIRO}?lote={familia[0].pk}", datos).status_code == 404
    assert navegador.mover(RETIRO, datos).status_code == 404
    assert "traza" not in vecino.get("/trazabilidad/?q=L-1").context
    assert granja.foto() == antes


def test_quien_esta_limitado_retira_solo_lo_de_sus_bodegas(
    granja: Mundo, entrar: Callable[..., Navegador], familia: list[Lote]
) -> None:
    limitado = entrar(Rol.SUPERVISOR, granja.bodega)
    limitado.mover(f"{RETIRO}?q=L-1", {"motivo": "Retiro", "confirmo": "on"})
    # Bloquear el suyo alcanza a todo lo que salió de él, esté donde esté.
    assert Lote.objects.filter(bloqueado=True).count() == 3


# ── Fragmento y CSV ─────────────────────────────────────────────────────────────────────────────


def test_htmx_recibe_la_traza(navegador: Navegador, lote: Lote) -> None:
    assert navegador.fragmento("/trazabilidad/?q=L-1").content.decode().lstrip().startswith('<div id="traza"')


def test_csv_trae_todos_los_movimientos_de_la_familia(
    granja: Mundo, navegador: Navegador, vecino: Navegador, familia: list[Lote]
) -> None:
    granja.entrada(granja.producto("OTRO"), 5)
    respuesta = navegador.get("/trazabilidad/trazabilidad.csv?q=L-1")
    texto = respuesta.getvalue().decode("utf-8-sig")
    encabezado, *filas = [linea.split(";") for linea in texto.splitlines()]
    # La entrada, dos traslados, tres usos, una merma, una salida deshecha con su reverso, y un ajuste.
    assert len(filas) == 1 + 4 + 3 + 1 + 2 + 1
    columna = encabezado.index("deshecho")
    assert [fila[columna] for fila in filas].count("sí") == 1
    assert vecino.get("/trazabilidad/trazabilidad.csv?q=L-1").status_code == 404
