"""El producto que alguien escribió, leyó o nombró: cómo se compara cada cosa, y en una sola consulta."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from inventario.cuentas.models import Empresa
from inventario.lotes.models import Lote
from inventario.nucleo.tests.fabricas import ProductoFabrica
from inventario.productos.buscar import buscar, con_sku, nombrar, reconocer
from inventario.productos.models import Producto

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]


@pytest.fixture
def harina(empresa: Empresa) -> Producto:
    return ProductoFabrica.create(
        empresa=empresa, sku="HAR-Ñ1", nombre="Harina de maíz", codigo_barras="012345678905"
    )


def test_cada_clave_se_compara_a_su_manera_y_todas_en_una_consulta(
    empresa: Empresa, harina: Producto, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    otro, sin_sku = (ProductoFabrica.create(empresa=empresa, sku=sku) for sku in ("B", None))
    ProductoFabrica.create(empresa=empresa, sku="que nadie nombra")
    with django_assert_num_queries(1):
        hallados = buscar(
            Producto.objects.vivos(),
            ids=[sin_sku.pk],
            skus=[" b ", "har-ñ1"],
            barras=["00012345678905"],
            nombres=["HARINA DE MAIZ"],
        )
        assert hallados.todos == [harina, otro, sin_sku]
        assert (hallados.de_id(sin_sku.pk), hallados.de_id(0)) == (sin_sku, None)
        assert (hallados.de_sku(" har-ñ1 "), hallados.de_sku("har"), hallados.de_sku("")) == (
            harina,
            None,
            None,
        )
        assert (hallados.de_barras("00012345678905"), hallados.de_barras("")) == ([harina], [])
        assert hallados.de_nombre("harina de maiz") == [harina]
        assert hallados.de_codigo("b") == [otro]


def test_solo_se_halla_entre_los_que_se_dijo(empresa: Empresa, harina: Producto) -> None:
    apagado = ProductoFabrica.create(empresa=empresa, sku="APAGADO", activo=False)
    assert buscar(Producto.objects.activos(), skus=["apagado"], ids=[apagado.pk]).todos == []
    assert buscar(Producto.objects.vivos(), skus=["apagado"]).todos == [apagado]
    assert buscar(Producto.objects.vivos()).todos == []


@pytest.mark.parametrize("texto", ["\x00", "a\x00b"])
def test_lo_que_no_cabe_en_la_base_no_halla_nada(harina: Producto, texto: str) -> None:
    hallados = buscar(Producto.objects.vivos(), skus=[texto], barras=[texto], nombres=[texto])
    assert hallados.todos == []
    assert reconocer([texto]) == {texto: []}


def test_un_codigo_puede_ser_el_sku_de_uno_y_las_barras_de_otro(empresa: Empresa, harina: Producto) -> None:
    tocayo = ProductoFabrica.create(empresa=empresa, sku="012345678905")
    assert reconocer(["012345678905"]) == {"012345678905": [harina, tocayo]}


@pytest.mark.parametrize(
    "texto", ["Harina de maíz (HAR-Ñ1)", "lo que sea (har-ñ1)", "har-ñ1", "012345678905", "harina de MAIZ"]
)
def test_reconocer_entiende_lo_ofrecido_el_codigo_y_el_nombre(harina: Producto, texto: str) -> None:
    assert reconocer([texto]) == {texto: [harina]}


def test_lo_que_se_ofrecio_gana_al_codigo_de_su_parentesis(empresa: Empresa, harina: Producto) -> None:
    sin_sku = ProductoFabrica.create(empresa=empresa, sku=None, nombre="Harina (har-ñ1)")
    texto = nombrar(sin_sku)
    assert reconocer([texto]) == {texto: [sin_sku]}


def test_el_sku_tambien_se_pregunta_desde_quien_cuelga_del_producto(harina: Producto) -> None:
    # Es la condición con que cada lista se filtra: se arma por el nombre de la relación.
    assert list(Producto.objects.filter(con_sku(" HAR-ñ1"))) == [harina]
    assert not Lote.objects.filter(con_sku("HAR-Ñ1", camino="producto")).exists()
