"""Productos desde las páginas: la lista, su archivo, la ficha, y crearlos, cambiarlos y retirarlos."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from inventario.alertas.models import Alerta, TipoAlerta
from inventario.cuentas.permisos import Rol
from inventario.movimientos.tests.mundo import HOY, Mundo, cant
from inventario.panel.marco.pagina import CAMPO_DE_CLAVE, nueva_clave
from inventario.panel.tests.conftest import Navegador, consultas
from inventario.productos.models import Categoria, Producto, Proveedor
from inventario.reservas.services import reservar

pytestmark = pytest.mark.django_db
# Lo que mira se hace después de confirmar: necesita confirmar de verdad.
al_confirmar = pytest.mark.django_db(transaction=True)

LISTA = "/productos/"
NUEVO = "/productos/nuevo/"
# Sesión, persona, empresa, membresía y bodegas: 6. De la lista: categorías, cuántos,
# la página y cuánto hay (3).
CONSULTAS_DE_LISTA = 11
# De la ficha: el producto, cuánto hay (3), bodegas, lotes, movimientos, reservas, alertas y el saldo diario.
CONSULTAS_DE_FICHA = 15


def datos_de(granja: Mundo, **otros: Any) -> dict[str, Any]:
    return {
        "nombre": "Melaza de caña",
        "sku": "MEL-1",
        "unidad": granja.kilo.pk,
        "stock_minimo": "10,5",
        "punto_reorden": "",
        "precio": "3.25",
        **otros,
    }


def nombres(respuesta: Any) -> list[str]:
    return [contado.producto.nombre for contado, _ in respuesta.context["filas"]]


@pytest.fixture
def catalogo(granja: Mundo) -> list[Producto]:
    """Uno con de sobra, uno bajo el mínimo, uno sin nada y uno inactivo."""
    productos = [
        granja.producto("BAL-1", nombre="Balanceado", stock_minimo=cant(5), precio=Decimal("3.25")),
        granja.producto("CAL-1", nombre="Cal agrícola", stock_minimo=cant(20), precio=Decimal(1234)),
        granja.producto("SAL-1", nombre="Sal en grano", stock_minimo=cant(0)),
        granja.producto("VIE-1", nombre="Viejo", activo=False),
    ]
    granja.entrada(productos[0], 30)
    granja.entrada(productos[1], "12.5")
    return productos


# ── La lista ────────────────────────────────────────────────────────────────────────────────────


def test_la_lista_muestra_los_activos_por_nombre_y_marca_lo_que_falta(
    catalogo: list[Producto], navegador: Navegador
) -> None:
    respuesta = navegador.get(LISTA)
    assert respuesta.status_code == 200
    assert nombres(respuesta) == ["Balanceado", "Cal agrícola", "Sal en grano"]
    assert [contado.bajo_minimo for contado, _ in respuesta.context["filas"]] == [False, True, False]
    html = respuesta.content.decode()
    assert "12,5 kg" in html
    precios = re.findall(r'<td data-titulo="Precio"[^>]*>(.*?)</td>', html)
    assert precios == ["3,25", "1.234,00", "—"]
    assert len(re.findall(r"Bajo el mínimo\s*</span>", html)) == 1
    assert 'hx-trigger="every 60s"' in html


@pytest.mark.parametrize(
    ("consulta", "esperados"),
    [
        ({"q": "AGRICOLA"}, ["Cal agrícola"]),
        ({"q": "sal-1"}, ["Sal en grano"]),
        ({"existencia": "bajo_minimo"}, ["Cal agrícola"]),
        ({"existencia": "con"}, ["Balanceado", "Cal agrícola"]),
        ({"existencia": "sin"}, ["Sal en grano"]),
        ({"estado": "inactivos"}, ["Viejo"]),
        ({"estado": "todos", "orden": "-nombre"}, ["Viejo", "Sal en grano", "Cal agrícola", "Balanceado"]),
        ({"orden": "-existencia"}, ["Balanceado", "Cal agrícola", "Sal en grano"]),
        ({"orden": "existencia"}, ["Sal en grano", "Cal agrícola", "Balanceado"]),
        ({"orden": "-precio"}, ["Cal agrícola", "Balanceado", "Sal en grano"]),
        ({"orden": "-minimo"}, ["Cal agrícola", "Balanceado", "Sal en grano"]),
        (
            {"orden": "cualquiera", "estado": "rara", "categoria": "x", "pagina": "y"},
            ["Balanceado", "Cal agrícola", "Sal en grano"],
        ),
        ({"q": "nada así"}, []),
        # La base no admite un NUL: es como no haber buscado.
        ({"q": "nada\x00 así"}, ["Balanceado", "Cal agrícola", "Sal en grano"]),
    ],
)
def test_la_lista_filtra_y_ordena_por_la_direccion(
    catalogo: list[Producto], navegador: Navegador, consulta: dict[str, str], esperados: list[str]
) -> None:
    respuesta = navegador.get(LISTA, consulta)
    assert respuesta.status_code == 200
    assert nombres(respuesta) == esperados


def test_la_lista_filtra_por_categoria_con_las_que_contiene(
    granja: Mundo, catalogo: list[Producto], navegador: Navegador
) -> None:
    padre = Categoria.objects.create(empresa=granja.empresa, nombre="Agua")
    hija = Categoria.objects.create(empresa=granja.empresa, nombre="Cal", padre=padre)
    Producto.objects.filter(pk=catalogo[1].pk).update(categoria=hija)
    assert nombres(navegador.get(LISTA, {"categoria": padre.pk})) == ["Cal agrícola"]


def test_la_lista_va_de_a_veinticinco_y_la_ultima_pagina_tiene_el_resto(
    granja: Mundo, navegador: Navegador
) -> None:
    for numero in range(27):
        granja.producto(f"P-{numero:02}", nombre=f"Producto {numero:02}")
    primera, segunda = navegador.get(LISTA), navegador.get(LISTA, {"pagina": "2", "q": "producto"})
    assert len(nombres(primera)) == 25
    assert nombres(segunda) == ["Producto 25", "Producto 26"]
    assert "?pagina=1&amp;q=producto" in segunda.content.decode()


def test_la_lista_hace_las_mismas_consultas_con_pocos_productos_que_con_muchos(
    granja: Mundo, navegador: Navegador
) -> None:
    granja.entrada(granja.producto("P-00"), 1)
    with consultas(CONSULTAS_DE_LISTA):
        navegador.get(LISTA)
    for numero in range(1, 25):
        granja.entrada(granja.producto(f"P-{numero:02}"), numero)
    with consultas(CONSULTAS_DE_LISTA):
        assert len(nombres(navegador.get(LISTA))) == 25


def test_a_htmx_se_le_da_la_tabla_y_a_quien_vuelve_atras_la_pagina_entera(
    catalogo: list[Producto], navegador: Navegador
) -> None:
    pieza = navegador.fragmento(LISTA)
    assert pieza.content.decode().strip().startswith('<div id="tabla"')
    assert "HX-Request" in pieza["Vary"]
    atras = navegador.get(LISTA, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<!doctype html>" in atras.content.decode()


def test_sin_productos_la_lista_dice_que_hacer_segun_quien_mire(
    navegador: Navegador, auditor: Navegador
) -> None:
    assert 'href="/productos/nuevo/"' in navegador.get(LISTA).content.decode()
    html = auditor.get(LISTA).content.decode()
    assert "Todavía no hay productos" in html
    assert "/productos/nuevo/" not in html
    assert "Ningún producto cumple ese filtro" in navegador.get(LISTA, {"q": "x"}).content.decode()


def test_el_csv_lleva_lo_filtrado_en_el_orden_en_que_se_ve(
    catalogo: list[Producto], navegador: Navegador
) -> None:
    respuesta = navegador.get("/productos/productos.csv", {"existencia": "con", "orden": "-nombre"})
    assert respuesta["Content-Type"] == "text/csv; charset=utf-8"
    assert respuesta["Content-Disposition"] == f'attachment; filename="productos-{HOY}.csv"'
    filas = list(csv.DictReader(io.StringIO(respuesta.content.decode("utf-8-sig")), delimiter=";"))
    assert [(fila["nombre"], fila["cantidad_actual"], fila["bajo_minimo"]) for fila in filas] == [
        ("Cal agrícola", "12,5", "sí"),
        ("Balanceado", "30", "no"),
    ]


def test_nadie_ve_los_productos_de_otra_empresa(catalogo: list[Producto], vecino: Navegador) -> None:
    assert nombres(vecino.get(LISTA, {"estado": "todos"})) == []
    for ruta in ("", "editar/", "eliminar/"):
        assert vecino.get(f"{LISTA}{catalogo[0].pk}/{ruta}").status_code == 404


# ── La ficha ────────────────────────────────────────────────────────────────────────────────────


@al_confirmar
def test_la_ficha_muestra_cifras_lotes_en_orden_fefo_movimientos_reservas_y_alertas(
    granja: Mundo, navegador: Navegador
) -> None:
    producto = granja.producto("BAL-1", stock_minimo=cant(100))
    tarde = granja.entrada(producto, 20, vence=HOY + timedelta(days=60), codigo="TARDE")
    pronto = granja.entrada(producto, 10, vence=HOY + timedelta(days=3), codigo="PRONTO")
    vencido = granja.entrada(producto, 5, vence=HOY - timedelta(days=1), codigo="VIEJO")
    granja.entrada(producto, 2, bodega=granja.otra, codigo="LEJOS")
    reservar(
        actor=granja.actor,
        producto=producto,
        bodega=granja.bodega,
        cantidad=cant(4),
        modulo="engorde",
        horas=24,
        reloj=granja.reloj,
    )
    respuesta = navegador.get(f"/productos/{producto.pk}/")
    contexto = respuesta.context
    cifras = contexto["cifras"]
    assert (cifras.fisica, cifras.disponible, cifras.apartada, cifras.vencida) == (37, 28, 4, 5)
    assert [fila.lote.pk for fila in contexto["lotes"]][:3] == [vencido.pk, pronto.pk, tarde.pk]
    assert [fila.dias for fila in contexto["lotes"]] == [-1, 3, 60, None]
    assert [(una.bodega.codigo, una.cifras.fisica) for una in contexto["por_bodega"]] == [
        ("principal", cant(35)),
        ("estanques", cant(2)),
    ]
    assert len(contexto["movimientos"]) == 4
    assert [reserva.apartado.restante for reserva in contexto["reservas"]] == [cant(4)]
    assert {alerta.tipo for alerta in contexto["alertas"]} == set(
        Alerta.objects.activas().values_list("tipo", flat=True)
    )
    assert TipoAlerta.STOCK_MINIMO in {alerta.tipo for alerta in contexto["alertas"]}
    assert contexto["grafico"]["series"][0]["datos"][-2:] == [0, 37]
    html = respuesta.content.decode()
    assert '<script id="datos-saldo" type="application/json">' in html
    assert f'href="/despachos/nuevo/?producto={producto.pk}"' in html
    assert f'href="/productos/{producto.pk}/conteo/"' in html


def test_con_una_sola_bodega_la_ficha_no_la_nombra(granja: Mundo, navegador: Navegador) -> None:
    granja.otra.activa = False
    granja.otra.save()
    producto = granja.producto("BAL-1")
    granja.entrada(producto, 1)
    respuesta = navegador.get(f"/productos/{producto.pk}/")
    assert respuesta.context["por_bodega"] == []
    assert "Bodega" not in respuesta.content.decode()


def test_en_la_ficha_quien_esta_limitado_a_una_bodega_ve_lo_de_ella_y_el_minimo_es_del_total(
    granja: Mundo, entrar: Callable[..., Navegador]
) -> None:
    producto = granja.producto("BAL-1", stock_minimo=cant(13))
    granja.entrada(producto, 10, codigo="AQUI")
    granja.entrada(producto, 3, bodega=granja.otra, codigo="ALLA")
    limitado = entrar(Rol.OPERADOR, granja.otra)
    contexto = limitado.get(f"/productos/{producto.pk}/").context
    assert contexto["cifras"].fisica == 3
    # De dos bodegas llega a una: para ella no hay reparto que mostrar.
    assert contexto["por_bodega"] == []
    assert [fila.lote.codigo for fila in contexto["lotes"]] == ["ALLA"]
    assert [movimiento.lote.codigo for movimiento in contexto["movimientos"]] == ["ALLA"]
    assert contexto["saldos"][-1].saldo == 3
    assert not contexto["bajo_minimo"]
    assert contexto["grafico"]["referencia"] is None
    granja.fefo(producto, 1)
    assert limitado.get(f"/productos/{producto.pk}/").context["bajo_minimo"]


def test_en_la_ficha_no_se_habla_de_otras_bodegas_si_queda_una_abierta(
    granja: Mundo, entrar: Callable[..., Navegador]
) -> None:
    producto = granja.producto("BAL-1", stock_minimo=cant(13))
    limitado = entrar(Rol.OPERADOR, granja.bodega)
    ruta, frase = f"/productos/{producto.pk}/", "en todas las bodegas"
    assert frase in limitado.get(ruta).content.decode()
    granja.otra.activa = False
    granja.otra.save()
    assert frase not in limitado.get(ruta).content.decode()


def test_en_la_lista_quien_esta_limitado_a_una_bodega_ve_lo_de_ella(
    granja: Mundo, entrar: Callable[..., Navegador]
) -> None:
    mucho = granja.producto("A-1", nombre="Mucho allá", stock_minimo=cant(4))
    nada = granja.producto("B-1", nombre="Nada allá", stock_minimo=cant(4))
    granja.entrada(mucho, 3, bodega=granja.otra)
    granja.entrada(nada, 100)
    limitado = entrar(Rol.OPERADOR, granja.otra)

    def vistos(consulta: str) -> list[tuple[str, int, bool]]:
        filas = limitado.get(f"/productos/?{consulta}").context["filas"]
        return [(uno.producto.sku, int(uno.cantidades.fisica), uno.bajo_minimo) for uno, _clave in filas]

    # Bajo el mínimo dice lo que falta en toda la empresa, no aquí.
    assert vistos("orden=-existencia") == [("A-1", 3, True), ("B-1", 0, False)]
    assert vistos("existencia=con") == [("A-1", 3, True)]
    assert vistos("existencia=sin") == [("B-1", 0, False)]
    assert vistos("existencia=bajo_minimo") == [("A-1", 3, True)]
    celdas = [
        fila.split(";") for fila in limitado.get("/productos/productos.csv").content.decode().split("\r\n")
    ]
    columna = celdas[0].index("cantidad_actual")
    assert [fila[columna] for fila in celdas[1:3]] == ["3", "0"]


def test_la_ficha_hace_las_mismas_consultas_con_poco_que_con_mucho(
    granja: Mundo, navegador: Navegador
) -> None:
    producto = granja.producto("BAL-1", stock_minimo=cant(1000))
    granja.entrada(producto, 1)
    with consultas(CONSULTAS_DE_FICHA):
        navegador.get(f"/productos/{producto.pk}/")
    for dia in range(1, 31):
        granja.entrada(
            producto, dia, vence=HOY + timedelta(days=dia), bodega=granja.otra if dia % 2 else None
        )
    for horas in range(1, 6):
        reservar(
            actor=granja.actor,
            producto=producto,
            bodega=granja.bodega,
            cantidad=cant(1),
            modulo="m",
            horas=horas,
            reloj=granja.reloj,
        )
    with consultas(CONSULTAS_DE_FICHA):
        contexto = navegador.get(f"/productos/{producto.pk}/").context
    assert (len(contexto["lotes"]), contexto["mas_lotes"], len(contexto["movimientos"])) == (25, True, 10)


def test_la_ficha_a_htmx_es_solo_su_cuerpo(granja: Mundo, navegador: Navegador) -> None:
    producto = granja.producto("BAL-1")
    assert (
        navegador.fragmento(f"/productos/{producto.pk}/")
        .content.decode()
        .strip()
        .startswith('<div id="ficha"')
    )


# ── Crear y cambiar ─────────────────────────────────────────────────────────────────────────────


def test_crear_un_producto_lleva_a_su_ficha(granja: Mundo, navegador: Navegador) -> None:
    categoria = Categoria.objects.create(empresa=granja.empresa, nombre="Melazas")
    datos = datos_de(granja, categoria=categoria.pk, codigo_barras="2000000000015")
    respuesta = navegador.mover(NUEVO, datos)
    producto = Producto.objects.get()
    assert (respuesta.status_code, respuesta["Location"]) == (303, f"/productos/{producto.pk}/")
    assert (producto.nombre, producto.sku, producto.unidad, producto.categoria) == (
        "Melaza de caña",
        "MEL-1",
        granja.kilo,
        categoria,
    )
    assert (producto.stock_minimo, producto.punto_reorden, producto.precio) == (
        cant("10.5"),
        cant(0),
        Decimal("3.25"),
    )
    assert "Se creó «Melaza de caña»." in navegador.get(respuesta["Location"]).content.decode()


def test_crear_dos_veces_con_la_misma_clave_crea_uno(granja: Mundo, navegador: Navegador) -> None:
    clave = nueva_clave()
    primera = navegador.mover(NUEVO, datos_de(granja), clave=clave)
    segunda = navegador.mover(NUEVO, datos_de(granja), clave=clave)
    assert primera["Location"] == segunda["Location"]
    assert Producto.objects.count() == 1


def test_crear_desde_htmx_manda_a_donde_se_estaba(granja: Mundo, navegador: Navegador) -> None:
    respuesta = navegador.mover(NUEVO, datos_de(granja, siguiente="/productos/?q=mel"), htmx=True)
    assert (respuesta.status_code, respuesta["HX-Redirect"]) == (200, "/productos/?q=mel")


@pytest.mark.parametrize("ajena", ["https://mala.example/", "//mala.example/", "javascript:alert(1)"])
def test_despues_de_crear_no_se_sale_de_casa(granja: Mundo, navegador: Navegador, ajena: str) -> None:
    respuesta = navegador.mover(NUEVO, datos_de(granja, siguiente=ajena))
    assert respuesta["Location"] == f"/productos/{Producto.objects.get().pk}/"


@pytest.mark.parametrize(
    ("cambio", "campo", "mensaje"),
    [
        ({"nombre": "  "}, "nombre", "Este campo es requerido."),
        ({"nombre": "a\x07b"}, "nombre", "Tiene caracteres que no se pueden mostrar."),
        ({"sku": "Bal-1"}, "sku", "Ya hay un producto con ese SKU: «Bal-1» ya existe."),
        ({"stock_minimo": "1.234,5"}, "stock_minimo", "Escriba la cantidad sin separar los miles: 1234,5."),
        ({"stock_minimo": "-1"}, "stock_minimo", "No puede ser negativo."),
        ({"precio": "1,234"}, "precio", "Se admiten hasta 2 decimales."),
        (
            {"unidad": "999999"},
            "unidad",
            "Escoja una opción válida. Esa opción no está entre las disponibles.",
        ),
        (
            {"codigo_barras": "2000000000016"},
            "codigo_barras",
            "El dígito de control no corresponde: un GTIN de 13 cifras que empieza así termina en 5.",
        ),
    ],
)
def test_un_rechazo_al_crear_cae_en_su_campo_y_conserva_lo_escrito(
    granja: Mundo, navegador: Navegador, cambio: dict[str, str], campo: str, mensaje: str
) -> None:
    granja.producto("BAL-1")
    clave = nueva_clave()
    respuesta = navegador.mover(NUEVO, datos_de(granja, **cambio), clave=clave, htmx=True)
    assert respuesta.status_code == 422
    formulario = respuesta.context["formulario"]
    assert formulario.errors == {campo: [mensaje]}
    html = respuesta.content.decode()
    assert 'aria-invalid="true"' in html
    assert clave in html
    assert Producto.objects.count() == 1
    # La clave quedó libre: corregido lo escrito, el mismo formulario crea.
    assert navegador.mover(NUEVO, datos_de(granja), clave=clave).status_code == 303


def test_no_se_crea_con_la_unidad_la_categoria_ni_el_proveedor_de_otra_empresa(
    granja: Mundo, navegador: Navegador, vecino: Navegador
) -> None:
    respuesta = vecino.mover(NUEVO, datos_de(granja))
    assert respuesta.status_code == 422
    assert list(respuesta.context["formulario"].errors) == ["unidad"]
    assert Producto.objects.count() == 0


def test_el_formulario_trae_lo_que_diga_la_direccion(navegador: Navegador) -> None:
    html = navegador.get(NUEVO, {"codigo_barras": "2000000000015"}).content.decode()
    assert 'value="2000000000015"' in html


def test_editar_cambia_lo_enviado_y_sube_la_version(granja: Mundo, navegador: Navegador) -> None:
    producto = granja.producto("BAL-1", precio=Decimal("2.50"))
    html = navegador.get(f"/productos/{producto.pk}/editar/").content.decode()
    assert 'value="2,5"' in html
    proveedor = Proveedor.objects.create(empresa=granja.empresa, nombre="Del Litoral")
    datos = datos_de(granja, sku="BAL-2", version=1, proveedor_id=proveedor.pk, precio="")
    respuesta = navegador.mover(f"/productos/{producto.pk}/editar/", datos)
    assert (respuesta.status_code, respuesta["Location"]) == (303, f"/productos/{producto.pk}/")
    producto.refresh_from_db()
    assert (producto.sku, producto.proveedor, producto.precio, producto.version) == (
        "BAL-2",
        proveedor,
        None,
        2,
    )


def test_el_formulario_deja_comparar_el_minimo_con_lo_disponible(granja: Mundo, navegador: Navegador) -> None:
    html = navegador.get(NUEVO).content.decode()
    assert "Comparar el mínimo con lo disponible" in html
    assert "Sin contar lo vencido, lo bloqueado ni lo reservado" in html
    assert navegador.mover(NUEVO, datos_de(granja, minimo_sobre_disponible="on")).status_code == 303
    producto = Producto.objects.get()
    assert producto.minimo_sobre_disponible is True
    ruta = f"/productos/{producto.pk}/editar/"
    formulario = navegador.get(ruta).context["formulario"]
    assert formulario["minimo_sobre_disponible"].value() is True
    assert navegador.mover(ruta, datos_de(granja, version=1)).status_code == 303
    producto.refresh_from_db()
    assert (producto.minimo_sobre_disponible, producto.version) == (False, 2)


@al_confirmar
def test_el_minimo_sobre_lo_disponible_marca_la_lista_la_ficha_y_la_alerta(
    granja: Mundo, navegador: Navegador, entrar: Callable[..., Navegador]
) -> None:
    producto = granja.producto("BAL-1", nombre="Balanceado", stock_minimo=5, minimo_sobre_disponible=True)
    granja.producto("CAL-1", nombre="Cal", stock_minimo=0)
    granja.entrada(producto, 8)
    bajo = {"existencia": "bajo_minimo"}
    assert nombres(navegador.get(LISTA, bajo)) == []
    reservar(
        actor=granja.actor, producto=producto, bodega=granja.bodega, cantidad=cant(5), reloj=granja.reloj
    )
    assert nombres(navegador.get(LISTA, bajo)) == ["Balanceado"]
    filas = navegador.get(LISTA).context["filas"]
    assert [contado.bajo_minimo for contado, _ in filas] == [True, False]
    # Lo que falta es de toda la empresa: también lo ve quien solo alcanza la bodega vacía.
    for mira in (navegador, entrar(Rol.OPERADOR, granja.otra)):
        assert mira.get(f"/productos/{producto.pk}/").context["bajo_minimo"]
    for ruta in (f"/productos/{producto.pk}/", "/alertas/", "/"):
        html = navegador.get(ruta).content.decode().replace("\xa0", " ")
        assert "Quedan disponibles 3 kg de un mínimo de 5." in html, ruta
    [bloque] = [
        uno for uno in navegador.get("/alertas/").context["bloques"] if uno.tipo == TipoAlerta.STOCK_MINIMO
    ]
    assert [(fila.cantidad, fila.limite) for fila in bloque.filas] == [(3, 5)]
    cifras = navegador.get("/reportes/inventario-basico/").context["visto"].cifras
    assert [una.texto for una in cifras if str(una.titulo) == "Bajo el mínimo"] == ["1"]


def test_editar_sobre_lo_que_otro_cambio_se_rechaza_y_no_pisa(granja: Mundo, navegador: Navegador) -> None:
    producto = granja.producto("BAL-1", version=3)
    respuesta = navegador.mover(f"/productos/{producto.pk}/editar/", datos_de(granja, version=2))
    assert respuesta.status_code == 422
    assert "ahora va en la versión 3" in respuesta.content.decode()
    producto.refresh_from_db()
    assert (producto.sku, producto.version) == ("BAL-1", 3)


def test_con_lotes_la_unidad_no_se_cambia_aunque_la_envien(granja: Mundo, navegador: Navegador) -> None:
    producto = granja.producto("BAL-1")
    granja.entrada(producto, 1)
    datos = datos_de(granja, version=1, unidad=granja.pieza.pk)
    assert navegador.mover(f"/productos/{producto.pk}/editar/", datos).status_code == 303
    producto.refresh_from_db()
    assert (producto.nombre, producto.unidad) == ("Melaza de caña", granja.kilo)


def test_desactivar_y_reactivar_vuelven_a_la_lista(granja: Mundo, navegador: Navegador) -> None:
    producto = granja.producto("BAL-1")
    for verbo, queda in (("desactivar", False), ("reactivar", True)):
        ruta = f"/productos/{producto.pk}/{verbo}/"
        respuesta = navegador.mover(ruta, {"siguiente": "/productos/?estado=todos"}, htmx=True)
        assert respuesta["HX-Redirect"] == "/productos/?estado=todos"
        producto.refresh_from_db()
        assert producto.activo is queda
        assert navegador.get(ruta).status_code == 405


def test_eliminar_pregunta_y_despues_ya_no_existe(granja: Mundo, navegador: Navegador) -> None:
    producto = granja.producto("BAL-1")
    ruta = f"/productos/{producto.pk}/eliminar/"
    assert "dejará de existir" in navegador.get(ruta).content.decode()
    assert navegador.mover(ruta, {})["Location"] == "/productos/"
    assert navegador.get(f"/productos/{producto.pk}/").status_code == 404


def test_eliminar_con_existencia_se_rechaza_y_lo_explica(granja: Mundo, navegador: Navegador) -> None:
    producto = granja.producto("BAL-1")
    granja.entrada(producto, 1)
    respuesta = navegador.mover(f"/productos/{producto.pk}/eliminar/", {}, htmx=True)
    assert respuesta.status_code == 422
    assert "tiene 1 lotes con existencia" in respuesta.content.decode()
    producto.refresh_from_db()
    assert producto.eliminado_en is None


def test_sin_clave_no_se_crea_nada(granja: Mundo, navegador: Navegador) -> None:
    respuesta = navegador.post(NUEVO, {**datos_de(granja), CAMPO_DE_CLAVE: ""})
    assert respuesta.status_code == 422
    assert Producto.objects.count() == 0


def test_sin_permiso_ni_se_ofrece_ni_se_deja(granja: Mundo, operador: Navegador) -> None:
    producto = granja.producto("BAL-1")
    for verbo in ("editar", "desactivar", "reactivar", "eliminar"):
        assert operador.mover(f"/productos/{producto.pk}/{verbo}/", datos_de(granja)).status_code == 403
    assert operador.mover(NUEVO, datos_de(granja)).status_code == 403
    producto.refresh_from_db()
    assert (producto.nombre, producto.activo, producto.version) == ("Alimento BAL-1", True, 1)
    for ruta in (LISTA, f"/productos/{producto.pk}/"):
        html = operador.get(ruta).content.decode()
        assert not any(verbo in html for verbo in ("/editar/", "/desactivar/", "/eliminar/", NUEVO))


def test_sin_entrar_se_pide_la_contrasena(granja: Mundo) -> None:
    respuesta = Navegador().get(LISTA)
    assert (respuesta.status_code, respuesta["Location"]) == (302, "/entrar/?next=/productos/")
