"""El campo que elige un producto: una lista si cabe; si no, se busca, y sin JavaScript se escribe."""

from __future__ import annotations

import re
from typing import Any

import pytest

from inventario.movimientos.tests.mundo import Mundo
from inventario.panel.marco.formularios import ProductoCampo
from inventario.panel.tests.conftest import Navegador, contar_consultas
from inventario.productos.models import Producto
from inventario.productos.services import desactivar_producto
from inventario.reservas.models import Reserva

pytestmark = pytest.mark.django_db

RESERVAR = "/reservas/nueva/"


def muchos(granja: Mundo) -> None:
    """Más de los que caben en la lista."""
    Producto.objects.bulk_create(
        Producto(
            empresa=granja.empresa,
            nombre=f"Repuesto {numero:04}",
            nombre_plegado=f"repuesto {numero:04}",
            sku=f"REP-{numero:04}",
            sku_normalizado=f"rep-{numero:04}",
            unidad=granja.pieza,
        )
        for numero in range(ProductoCampo.SIN_BUSCAR + 1)
    )


def opciones(respuesta: Any) -> list[str]:
    lista = re.search(r'<select name="producto".*?</select>', respuesta.content.decode(), re.DOTALL)
    assert lista is not None
    return re.findall(r"<option[^>]*>([^<]*)</option>", lista[0])


def reserva(**otros: Any) -> dict[str, Any]:
    return {"cantidad": "3", "horas": "24", **otros}


def test_pocos_productos_son_una_lista_que_sirve_sin_javascript(granja: Mundo, navegador: Navegador) -> None:
    granja.producto("ALIM-01", nombre="Balanceado")
    respuesta = navegador.get(RESERVAR)
    assert opciones(respuesta) == ["Elija un producto", "Balanceado (ALIM-01)"]
    assert b"producto_escrito" not in respuesta.content


@pytest.mark.parametrize("ruta", [RESERVAR, "/movimientos/", "/lotes/", "/reservas/", "/despachos/nuevo/"])
def test_con_muchos_productos_la_pagina_no_los_trae_y_quien_no_tiene_javascript_escribe(
    granja: Mundo, navegador: Navegador, ruta: str
) -> None:
    antes = contar_consultas(lambda: navegador.get(ruta))
    muchos(granja)
    granja.producto("ALIM-01", nombre="Balanceado")
    respuesta = navegador.get(ruta)
    assert len(opciones(respuesta)) == 1
    assert respuesta.content.count(b'<noscript><input class="form-control mt-2" name="producto_escrito"') == 1
    assert contar_consultas(lambda: navegador.get(ruta)) == antes


def test_con_muchos_productos_el_elegido_se_sigue_viendo(granja: Mundo, navegador: Navegador) -> None:
    muchos(granja)
    producto = granja.producto("ALIM-01", nombre="Balanceado")
    assert opciones(navegador.get(RESERVAR, {"producto": producto.pk}))[1:] == ["Balanceado (ALIM-01)"]
    desactivar_producto(actor=granja.actor, producto=producto)
    # Un inactivo ya no se reserva, pero su historia se sigue mirando.
    assert opciones(navegador.get(RESERVAR, {"producto": producto.pk}))[1:] == []
    assert opciones(navegador.get("/movimientos/", {"producto": producto.pk}))[1:] == ["Balanceado (ALIM-01)"]


@pytest.mark.parametrize("escrito", ["alim-01", "ALIM-01", "balanceado", "Balanceado (ALIM-01)"])
def test_lo_escrito_nombra_al_producto(granja: Mundo, navegador: Navegador, escrito: str) -> None:
    producto = granja.producto("ALIM-01", nombre="Balanceado")
    granja.entrada(producto, 10)
    respuesta = navegador.mover(RESERVAR, reserva(producto="", producto_escrito=escrito))
    assert respuesta.status_code == 303
    assert [uno.apartado.producto_id for uno in Reserva.objects.select_related("apartado")] == [producto.pk]


def test_lo_que_se_ofrecio_es_ese_aunque_otro_se_le_parezca(granja: Mundo, navegador: Navegador) -> None:
    por_nombre = Producto.objects.create(
        empresa=granja.empresa, sku=None, unidad=granja.kilo, nombre="Sal (5)"
    )
    de_ese_sku = granja.producto("5", nombre="Cal")
    como_el_codigo = granja.producto("7501031311309", nombre="Harina")
    de_ese_codigo = granja.producto("ALIM-35", nombre="Alimento", codigo_barras="7501031311309")
    for producto in (por_nombre, de_ese_sku, como_el_codigo, de_ese_codigo):
        granja.entrada(producto, 10)
        [ofrecido] = [
            uno["text"]
            for uno in navegador.get("/buscar/productos", {"q": producto.nombre}).json()["resultados"]
            if uno["id"] == producto.pk
        ]
        assert navegador.mover(RESERVAR, reserva(producto_escrito=ofrecido)).status_code == 303
        assert Reserva.objects.filter(apartado__producto=producto).count() == 1


def test_un_sku_de_solo_numeros_no_es_el_producto_de_ese_numero(granja: Mundo, navegador: Navegador) -> None:
    otro = granja.producto("ALIM-01")
    numerico = granja.producto(str(otro.pk))
    granja.entrada(otro, 10)
    granja.entrada(numerico, 10)
    navegador.mover(RESERVAR, reserva(producto_escrito=str(otro.pk)))
    assert Reserva.objects.get().apartado.producto_id == numerico.pk


def test_lo_elegido_en_la_lista_vale_mas_que_lo_escrito(granja: Mundo, navegador: Navegador) -> None:
    elegido = granja.producto("ALIM-01")
    granja.producto("ALIM-02")
    granja.entrada(elegido, 10)
    navegador.mover(RESERVAR, reserva(producto=elegido.pk, producto_escrito="ALIM-02"))
    assert Reserva.objects.get().apartado.producto_id == elegido.pk


@pytest.mark.parametrize(
    ("escrito", "mensaje"),
    [
        ("NO-HAY", "Ningún producto se llama así: escriba el SKU o el nombre completo."),
        ("Alimento repetido", "Varios productos se llaman así: escriba el SKU."),
        ("", "Este campo es requerido."),
    ],
)
def test_lo_que_no_nombra_a_uno_solo_se_dice_en_el_campo_y_se_conserva(
    granja: Mundo, navegador: Navegador, escrito: str, mensaje: str
) -> None:
    muchos(granja)
    granja.producto("ALIM-01", nombre="Alimento repetido")
    granja.producto("ALIM-02", nombre="Alimento repetido")
    respuesta = navegador.mover(RESERVAR, reserva(producto_escrito=escrito))
    assert respuesta.status_code == 422
    assert respuesta.context["formulario"].errors["producto"] == [mensaje]
    assert f'name="producto_escrito" value="{escrito}"'.encode() in respuesta.content
    assert Reserva.objects.count() == 0


def test_el_de_otra_empresa_no_se_nombra(granja: Mundo, vecino: Navegador) -> None:
    ajeno = granja.producto("ALIM-01")
    granja.entrada(ajeno, 10)
    for datos in (reserva(producto_escrito="ALIM-01"), reserva(producto=ajeno.pk)):
        assert vecino.mover(RESERVAR, datos).status_code == 422
    assert Reserva.objects.count() == 0
