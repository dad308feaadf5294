"""El buscador de la barra, con sus grupos y su salto a lo exacto, y el de los campos que eligen producto."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inventario.cuentas.permisos import Rol
from inventario.lotes.models import Lote
from inventario.movimientos.tests.mundo import Mundo
from inventario.panel.buscar.resultados import hallar
from inventario.panel.tests.conftest import Navegador, consultas
from inventario.productos.models import Producto

pytestmark = pytest.mark.django_db

BUSCAR = "/buscar/"
ELEGIR = "/buscar/productos"
# Sesión, persona, empresa, membresía y bodegas: 6. Del buscador: productos y lotes.
CONSULTAS_DE_BUSCAR = 8
# Del campo: los productos y cuánto hay de ellos (3).
CONSULTAS_DE_ELEGIR = 9


@pytest.fixture
def balanceado(granja: Mundo) -> Producto:
    return granja.producto("BAL-35", nombre="Balanceado de engorde", codigo_barras="2000000000015")


@pytest.mark.parametrize("texto", ["bal-35", " BAL-35 ", "2000000000015", "02000000000015"])
def test_un_sku_o_un_codigo_de_barras_exacto_lleva_a_su_ficha(
    granja: Mundo, navegador: Navegador, balanceado: Producto, texto: str
) -> None:
    # Se le parece y no es él: no impide el salto.
    granja.producto("BAL-350")
    respuesta = navegador.get(BUSCAR, {"q": texto})
    assert (respuesta.status_code, respuesta["Location"]) == (303, f"/productos/{balanceado.pk}/")


def test_un_codigo_de_lote_exacto_lleva_a_su_ficha(
    granja: Mundo, navegador: Navegador, balanceado: Producto
) -> None:
    lote = granja.entrada(balanceado, 5, codigo="NL-0917")
    granja.entrada(balanceado, 5, codigo="NL-09170")
    sin_codigo = granja.entrada(balanceado, 5)
    assert navegador.get(BUSCAR, {"q": "nl-0917"})["Location"] == f"/lotes/{lote.pk}/"
    assert navegador.get(BUSCAR, {"q": str(sin_codigo)})["Location"] == f"/lotes/{sin_codigo.pk}/"


def test_dos_exactos_no_adivinan_y_se_muestran_los_dos(
    granja: Mundo, navegador: Navegador, balanceado: Producto
) -> None:
    lotes = [granja.entrada(balanceado, 5, codigo="NL-0917") for _ in range(2)]
    respuesta = navegador.get(BUSCAR, {"q": "NL-0917"})
    assert respuesta.status_code == 200
    assert respuesta.context["resultados"].lotes == lotes[::-1]


def test_lo_encontrado_va_por_grupos_y_lo_inactivo_al_final(
    granja: Mundo, navegador: Navegador, balanceado: Producto
) -> None:
    viejo = granja.producto("VIEJO", nombre="Balanceado antiguo", activo=False)
    lote = granja.entrada(balanceado, 5, codigo="BALAN-1")
    resultados = navegador.get(BUSCAR, {"q": "balan"}).context["resultados"]
    assert resultados.productos == [balanceado, viejo]
    assert resultados.lotes == [lote]


def test_tambien_se_busca_por_la_referencia_del_proveedor(granja: Mundo, balanceado: Producto) -> None:
    lote = granja.entrada(balanceado, 5, referencia_proveedor="FAC-77/B")
    assert hallar("fac-77").lotes == [lote]


def test_sin_texto_o_sin_nada_se_dice_que_hacer(navegador: Navegador, auditor: Navegador) -> None:
    assert "Escriba qué busca" in navegador.get(BUSCAR, {"q": " \x00 "}).content.decode()
    html = navegador.get(BUSCAR, {"q": "zzz"}).content.decode()
    assert "No hay nada con ese texto" in html
    assert 'href="/productos/nuevo/"' in html
    assert "/productos/nuevo/" not in auditor.get(BUSCAR, {"q": "zzz"}).content.decode()


@pytest.mark.parametrize(
    "texto", ["<script>alert(1)</script>", "%", "_", "'; --", "９" * 300, "n.º 999999999999999999"]
)
def test_lo_escrito_nunca_se_toma_por_otra_cosa(
    navegador: Navegador, balanceado: Producto, texto: str
) -> None:
    respuesta = navegador.get(BUSCAR, {"q": texto})
    assert respuesta.status_code == 200
    assert "<script>alert" not in respuesta.content.decode()
    assert respuesta.context["resultados"].lotes == []


def test_lo_de_otra_empresa_y_lo_eliminado_no_se_encuentra(
    granja: Mundo, navegador: Navegador, vecino: Navegador, balanceado: Producto
) -> None:
    granja.entrada(balanceado, 5, codigo="BAL-LOTE")
    assert vecino.get(BUSCAR, {"q": "bal"}).context["resultados"].nada
    assert vecino.get(ELEGIR, {"q": "bal"}).json() == {"resultados": []}


def test_quien_esta_limitado_a_una_bodega_no_encuentra_lotes_de_otra(
    granja: Mundo, entrar: Callable[..., Navegador], balanceado: Producto
) -> None:
    granja.entrada(balanceado, 5, codigo="LOTE-A")
    alla = granja.entrada(balanceado, 3, codigo="LOTE-B", bodega=granja.otra)
    limitado = entrar(Rol.OPERADOR, granja.otra)
    assert limitado.get(BUSCAR, {"q": "lote"}).context["resultados"].lotes == [alla]
    assert limitado.get(ELEGIR, {"q": "bal"}).json()["resultados"][0]["disponible"] == 3


def test_el_campo_recibe_los_activos_con_lo_disponible_y_lo_exacto_primero(
    granja: Mundo, navegador: Navegador, balanceado: Producto
) -> None:
    parecido = granja.producto("A-BAL-35", nombre="Aaa")
    granja.producto("BAL-35-X", nombre="Retirado", activo=False)
    granja.entrada(balanceado, "1234.5")
    assert navegador.get(ELEGIR, {"q": "bal-35"}).json() == {
        "resultados": [
            {
                "id": balanceado.pk,
                "text": "Balanceado de engorde (BAL-35)",
                "unidad": "kg",
                "disponible": 1234.5,
                "hay": "1.234,5 kg disponibles",
            },
            {
                "id": parecido.pk,
                "text": "Aaa (A-BAL-35)",
                "unidad": "kg",
                "disponible": 0,
                "hay": "0 kg disponibles",
            },
        ]
    }


def test_el_campo_sin_texto_recibe_los_primeros_por_nombre(granja: Mundo, navegador: Navegador) -> None:
    for numero in range(25):
        granja.producto(f"P-{numero:02}", nombre=f"Producto {numero:02}")
    resultados = navegador.get(ELEGIR).json()["resultados"]
    assert [uno["text"] for uno in resultados] == [f"Producto {n:02} (P-{n:02})" for n in range(20)]


def test_el_campo_de_un_filtro_tambien_ofrece_los_inactivos_y_el_de_un_formulario_no(
    granja: Mundo, navegador: Navegador
) -> None:
    retirado = granja.producto("RET-1", nombre="Retirado", activo=False)
    assert navegador.get(ELEGIR, {"q": "ret"}).json() == {"resultados": []}
    encontrados = navegador.get(ELEGIR, {"q": "ret", "inactivos": "1"}).json()["resultados"]
    assert [uno["id"] for uno in encontrados] == [retirado.pk]
    assert b'data-consulta="&amp;inactivos=1"' in navegador.get("/movimientos/").content
    assert b'data-consulta="&amp;inactivos=1"' not in navegador.get("/reservas/nueva/").content


def test_buscar_hace_las_mismas_consultas_encuentre_poco_o_mucho(granja: Mundo, navegador: Navegador) -> None:
    lotes: list[Lote] = []
    for cuantos in (1, 15):
        for numero in range(cuantos):
            producto = granja.producto(f"PROD-{cuantos}-{numero}")
            lotes.append(granja.entrada(producto, 1, codigo=f"PROD-L{cuantos}-{numero}"))
        with consultas(CONSULTAS_DE_BUSCAR):
            assert len(navegador.get(BUSCAR, {"q": "prod"}).context["resultados"].lotes) == len(lotes)
        with consultas(CONSULTAS_DE_ELEGIR):
            assert len(navegador.get(ELEGIR, {"q": "prod"}).json()["resultados"]) == len(lotes)


def test_a_htmx_se_le_dan_solo_los_resultados(navegador: Navegador, balanceado: Producto) -> None:
    html = navegador.fragmento(BUSCAR, {"q": "balan"}).content.decode()
    assert html.strip().startswith('<div id="resultados"')


def test_sin_entrar_no_se_busca(granja: Mundo) -> None:
    for ruta in (BUSCAR, ELEGIR):
        assert Navegador().get(ruta).status_code == 302
