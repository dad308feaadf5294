"""Etiquetas de lote: qué dicen, en qué papel, y que lo impreso se vuelve a leer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from barcode.charsets import code128
from reportlab.lib.units import mm

from inventario.cuentas.permisos import Rol
from inventario.lotes.gs1 import SEPARADOR, Lectura, elementos_de, leer
from inventario.lotes.models import Lote
from inventario.movimientos.tests.mundo import Mundo
from inventario.panel.lotes.etiquetas_pdf import (
    FORMATOS,
    MODULO_MINIMO,
    PUNTO_TERMICO,
    SILENCIO,
    barras_de,
    barras_que_caben,
    dibujar,
)
from inventario.panel.tests.conftest import Navegador, contar_consultas
from inventario.panel.tests.impreso import Trazo, textos, trazos
from inventario.productos.models import Producto

VENCE = date(2027, 6, 1)


@pytest.fixture
def alimento(granja: Mundo) -> Producto:
    return granja.producto("ALIM-35", nombre="Alimento balanceado 35 %", codigo_barras="7501031311309")


@pytest.fixture
def lote(granja: Mundo, alimento: Producto) -> Lote:
    return granja.entrada(alimento, 10, vence=VENCE, codigo="L-2026A")


def leer_barras(pdf: bytes, modulo: float) -> list[str]:
    """Lo que lee un lector en cada código de barras de la página, de arriba abajo."""
    altas: dict[float, list[Trazo]] = {}
    for trazo in trazos(pdf):
        if trazo.alto > 6 * mm:
            altas.setdefault(trazo.y, []).append(trazo)
    return [_leer_code128(altas[y], modulo) for y in sorted(altas, reverse=True)]


def _leer_code128(barras: list[Trazo], modulo: float) -> str:
    """Descifra un Code 128 por el ancho de sus barras; el FNC1 de enmedio queda como separador."""
    fin = 0
    modulos = ""
    for barra in sorted(barras, key=lambda barra: barra.x):
        desde = round((barra.x - barras[0].x) / modulo)
        modulos += "0" * (desde - fin) + "1" * round(barra.ancho / modulo)
        fin = len(modulos)
    final = code128.STOP + "11"
    assert modulos.endswith(final)
    valores = [code128.CODES.index(modulos[i : i + 11]) for i in range(0, len(modulos) - len(final), 11)]
    inicio, *datos, control = valores
    assert (inicio + sum(i * valor for i, valor in enumerate(datos, 1))) % 103 == control
    juego = {103: "A", 104: "B", 105: "C"}[inicio]
    assert datos[0] == 102, "Sin FNC1 al principio no es GS1-128."
    leido = ""
    for valor in datos[1:]:
        if valor == 102:
            leido += SEPARADOR
        elif juego == "C" and valor < 100:
            leido += f"{valor:02d}"
        elif valor in (99, 100, 101):
            juego = {99: "C", 100: "B", 101: "A"}[valor]
        else:
            leido += chr(valor + 32)
    return leido


def test_etiqueta_dice_producto_lote_vencimiento_y_codigo(navegador: Navegador, lote: Lote) -> None:
    respuesta = navegador.get(f"/lotes/{lote.pk}/etiqueta.pdf")
    assert (respuesta.status_code, respuesta["Content-Type"]) == (200, "application/pdf")
    assert respuesta["Content-Disposition"] == f'inline; filename="etiqueta-lote-{lote.pk}.pdf"'
    [pagina] = textos(respuesta.content)
    for dicho in ("Alimento balanceado 35 %", "Lote L-2026A", "Vence 01/06/2027", "SKU ALIM-35", "L-2026A"):
        assert dicho in pagina.replace("\\", "")


@pytest.mark.parametrize(
    ("formato", "copias", "paginas"), [("hoja", 14, 1), ("hoja", 15, 2), ("rollo", 3, 3), ("hoja", "", 1)]
)
def test_etiqueta_en_cada_papel(
    navegador: Navegador, lote: Lote, formato: str, copias: int | str, paginas: int
) -> None:
    datos = {"formato": formato, "copias": copias}
    pdf = navegador.get(f"/lotes/{lote.pk}/etiqueta.pdf", datos).content
    assert len(textos(pdf)) == paginas


@pytest.mark.parametrize("datos", [{"copias": "0"}, {"copias": "101"}, {"copias": "x"}, {"formato": "pared"}])
def test_etiqueta_mal_pedida_se_explica(navegador: Navegador, lote: Lote, datos: dict[str, str]) -> None:
    assert navegador.get(f"/lotes/{lote.pk}/etiqueta.pdf", datos).status_code == 422


def test_etiqueta_de_un_producto_sin_codigo_ni_nombre_imprimible(granja: Mundo, navegador: Navegador) -> None:
    producto = granja.producto("Ñ", nombre="Корм → 🐟 " * 20)
    lote = granja.entrada(producto, 1)
    assert "No vence" in textos(navegador.get(f"/lotes/{lote.pk}/etiqueta.pdf").content)[0]


def test_etiqueta_apretada_no_pierde_el_lote_ni_el_vencimiento(granja: Mundo, navegador: Navegador) -> None:
    producto = granja.producto("S" * 30, nombre="Alimento balanceado extruido flotante para tilapia " * 4)
    lote = granja.entrada(producto, 1, vence=VENCE, codigo="ABCDEFGHIJKLMNOPQRST")
    [pagina] = textos(navegador.get(f"/lotes/{lote.pk}/etiqueta.pdf").content)
    assert "Vence 01/06/2027" in pagina
    assert "Lote ABCDEFGHIJKLMNOPQRST" in pagina


def test_etiquetas_de_una_entrada_traen_todos_sus_lotes(
    granja: Mundo, navegador: Navegador, lote: Lote
) -> None:
    [asiento] = {linea.asiento_id for linea in lote.movimientos.all()}
    respuesta = navegador.get(f"/asientos/{asiento}/etiquetas.pdf", {"copias": "2", "formato": "rollo"})
    assert len(textos(respuesta.content)) == 2
    assert "/lotes/" in navegador.get(f"/asientos/{asiento}/etiquetas/").content.decode()
    assert navegador.get(f"/lotes/{lote.pk}/etiquetas/").status_code == 200
    salida = granja.salida(lote, 1)
    assert navegador.get(f"/asientos/{salida.pk}/etiquetas.pdf").status_code == 404


def test_etiqueta_de_otra_empresa_no_existe(vecino: Navegador, lote: Lote) -> None:
    [asiento] = {linea.asiento_id for linea in lote.movimientos.all()}
    for ruta in (f"/lotes/{lote.pk}/etiqueta.pdf", f"/asientos/{asiento}/etiquetas.pdf"):
        assert vecino.get(ruta).status_code == 404


def test_etiqueta_de_otra_bodega_no_se_ve(
    granja: Mundo, entrar: Callable[..., Navegador], lote: Lote
) -> None:
    limitado = entrar(Rol.OPERADOR, granja.otra)
    [asiento] = {linea.asiento_id for linea in lote.movimientos.all()}
    assert limitado.get(f"/lotes/{lote.pk}/etiqueta.pdf").status_code == 404
    assert limitado.get(f"/asientos/{asiento}/etiquetas.pdf").status_code == 404


def test_etiquetas_hacen_siempre_las_mismas_consultas(
    granja: Mundo, navegador: Navegador, lote: Lote
) -> None:
    ruta = f"/lotes/{lote.pk}/etiqueta.pdf"
    una = contar_consultas(lambda: navegador.get(ruta, {"copias": 1}))
    assert contar_consultas(lambda: navegador.get(ruta, {"copias": 20})) == una


def test_lo_impreso_se_vuelve_a_leer() -> None:
    barras = barras_de([("17", "270601"), ("91", "ALIM-35"), ("10", "L-9")])
    assert barras.legible == "(17)270601(91)ALIM-35(10)L-9"
    assert leer(barras.legible) == Lectura(sku="ALIM-35", lote="L-9", vence_el=VENCE)
    # Empieza por «Start C», FNC1: lo que distingue un GS1-128 de un Code 128 cualquiera.
    assert barras.modulos.startswith("11010011100" + "11110101110")


def test_un_codigo_largo_se_parte_y_lo_que_no_cabe_se_calla() -> None:
    largo = [("01", "07501031311309"), ("17", "270601"), ("10", "ABCDEFGHIJKLMNOPQRST")]
    assert [una.legible for una in barras_que_caben(largo, 97 * mm)] == [
        "(01)07501031311309(17)270601(10)ABCDEFGHIJKLMNOPQRST"
    ]
    partes = barras_que_caben(largo, 60 * mm)
    assert [una.legible for una in partes] == ["(01)07501031311309(17)270601", "(10)ABCDEFGHIJKLMNOPQRST"]
    assert all(una.modulo(60 * mm) >= MODULO_MINIMO for una in partes)
    assert barras_que_caben([("91", "X" * 90)], 60 * mm) == []
    assert barras_que_caben([], 60 * mm) == []


@pytest.mark.parametrize(
    ("formato", "codigo", "se_leen"),
    [
        ("hoja", "L-2026A", ["0107501031311309" + "17270601" + "10L-2026A"]),
        ("rollo", "L-2026A", ["0107501031311309" + "17270601", "10L-2026A"]),
        ("rollo", "", ["0107501031311309" + "17270601"]),
    ],
)
def test_lo_dibujado_se_vuelve_a_leer_y_dice_el_lote(
    granja: Mundo,
    navegador: Navegador,
    alimento: Producto,
    formato: str,
    codigo: str,
    se_leen: list[str],
) -> None:
    lote = granja.entrada(alimento, 10, vence=VENCE, codigo=codigo)
    pdf = navegador.get(f"/lotes/{lote.pk}/etiqueta.pdf", {"formato": formato}).content
    elegido = FORMATOS[formato]
    ancho = elegido.etiqueta[0] - 2 * mm
    codigos = barras_que_caben(elementos_de(lote), ancho, elegido.punto)
    [modulo] = {round(uno.modulo(ancho, elegido.punto), 6) for uno in codigos}
    leidos = leer_barras(pdf, modulo)
    assert leidos == se_leen
    lecturas = [leer(f"]C1{leido}") for leido in leidos]
    assert lecturas[0].codigo == "07501031311309"
    assert lecturas[0].vence_el == VENCE
    assert lecturas[-1].lote == codigo


def test_el_qr_impreso_lleva_a_su_lote_desde_el_buscador_la_traza_y_la_lista(
    navegador: Navegador, vecino: Navegador, lote: Lote
) -> None:
    qr = f"http://testserver/lotes/{lote.pk}/"
    impreso = navegador.get(f"/lotes/{lote.pk}/etiqueta.pdf").content
    assert trazos(impreso) == trazos(dibujar([(lote, qr)], FORMATOS["hoja"]))
    assert navegador.get("/buscar/", {"q": qr})["Location"] == f"/lotes/{lote.pk}/"
    assert navegador.get("/trazabilidad/", {"q": qr}).context["traza"].lotes == [lote]
    assert [fila["lote"] for fila in navegador.get("/lotes/", {"q": qr}).context["filas"]] == [lote]
    # De otra casa, o de otra empresa, es como si no existiera.
    for persona, codigo in ((vecino, qr), (navegador, f"https://ejemplo.com/lotes/{lote.pk}/")):
        hallado = persona.get("/buscar/", {"q": codigo})
        assert hallado.context["resultados"].nada
        assert "/productos/nuevo/" not in hallado.content.decode()
        assert "traza" not in persona.get("/trazabilidad/", {"q": codigo}).context


@pytest.mark.parametrize("formato", FORMATOS)
def test_el_qr_y_las_barras_llevan_su_margen_en_blanco(
    navegador: Navegador, lote: Lote, formato: str
) -> None:
    pdf = navegador.get(f"/lotes/{lote.pk}/etiqueta.pdf", {"formato": formato}).content
    negros = trazos(pdf)
    barras = [trazo for trazo in negros if trazo.alto > 6 * mm]
    celdas = [trazo for trazo in negros if trazo.alto <= 6 * mm]
    celda = min(trazo.ancho for trazo in celdas) / 1.02
    assert min(c.y for c in celdas) - max(b.y + b.alto for b in barras) >= 4 * celda - 0.01
    elegido = FORMATOS[formato]
    derecha, arriba = elegido.izquierda + elegido.etiqueta[0], elegido.pagina[1] - elegido.arriba
    assert derecha - max(c.x + c.ancho for c in celdas) >= 4 * celda - 0.01
    assert arriba - max(c.y + c.alto for c in celdas) >= 4 * celda - 0.01
    fino = min(b.ancho for b in barras)
    assert min(b.x for b in barras) - elegido.izquierda >= SILENCIO * fino - 0.01
    assert derecha - max(b.x + b.ancho for b in barras) >= SILENCIO * fino - 0.01


def test_en_rollo_cada_barra_ocupa_puntos_enteros(navegador: Navegador, lote: Lote) -> None:
    """Una térmica de 203 por pulgada no imprime medio punto: lo redondea, y deja de leerse."""
    pdf = navegador.get(f"/lotes/{lote.pk}/etiqueta.pdf", {"formato": "rollo"}).content
    for trazo in trazos(pdf):
        for medida in (trazo.ancho, trazo.x):
            assert medida / PUNTO_TERMICO == pytest.approx(round(medida / PUNTO_TERMICO), abs=0.01)


def test_en_rollo_un_lote_largo_se_escribe_entero(granja: Mundo, navegador: Navegador) -> None:
    lote = granja.entrada(granja.producto("LARGO"), 1, vence=VENCE, codigo="ABCDEFGHIJKLMNOPQRST")
    [pagina] = textos(navegador.get(f"/lotes/{lote.pk}/etiqueta.pdf", {"formato": "rollo"}).content)
    assert "Lote ABCDEFGHIJKLMNOPQRST" in pagina
