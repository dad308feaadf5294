"""Entrada desde la página: varias líneas, avisos, vencidos, códigos leídos, rechazos y doble envío."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Rol
from inventario.lotes.models import Lote
from inventario.movimientos.models import Asiento, Motivo
from inventario.movimientos.tests.mundo import HOY, Mundo, cant, dia
from inventario.panel.tests.conftest import HTMX, Navegador, contar_consultas
from inventario.productos.models import Producto, Proveedor

NUEVA = "/entradas/nueva/"
LINEAS = "/entradas/nueva/lineas/"
LEER = "/entradas/leer-codigo"
PISTA = "/entradas/pista"
GTIN = "07501031311309"
LEJOS = date(2027, 6, 1)


@pytest.fixture
def alimento(granja: Mundo) -> Producto:
    return granja.producto("ALIM-35", nombre="Alimento 35", codigo_barras="7501031311309")


@pytest.fixture
def red(granja: Mundo) -> Producto:
    return granja.producto("RED-1", nombre="Red fina", unidad=granja.pieza)


def linea(
    producto: str = "ALIM-35", cantidad: str = "10", vence: date | str = LEJOS, **otros: str
) -> dict[str, str]:
    fecha = {"sin_vencimiento": "on"} if vence == "" else {"fecha_vencimiento": str(vence)}
    return {"producto": producto, "cantidad": cantidad, **fecha, **otros}


def enviado(*escritas: dict[str, str], **otros: Any) -> dict[str, Any]:
    datos: dict[str, Any] = {"lineas-TOTAL_FORMS": len(escritas), "lineas-INITIAL_FORMS": 0}
    for i, escrita in enumerate(escritas):
        datos |= {f"lineas-{i}-{campo}": valor for campo, valor in escrita.items()}
    return {**datos, "fecha_ingreso": str(HOY), "motivo": "compra", **otros}


def errores(respuesta: Any) -> list[dict[str, list[str]]]:
    return [dict(linea.errors) for linea in respuesta.context["lineas"]]


def escritas(respuesta: Any) -> list[dict[str, str]]:
    """Las líneas con algo, como se dibujaron."""
    filas = [
        {campo.name: campo.value() for campo in linea if campo.value()}
        for linea in respuesta.context["lineas"].forms
    ]
    return [fila for fila in filas if fila]


def leido(navegador: Navegador, texto: str, *antes: dict[str, str]) -> Any:
    return navegador.post(LEER, enviado(*antes, escaneo=texto), headers=HTMX)


def test_solo_la_linea_recien_leida_se_marca(navegador: Navegador, alimento: Producto) -> None:
    """Tampoco la que se copia para agregar otra sin ir al servidor."""
    assert "linea-leida" not in navegador.get(NUEVA).content.decode()
    assert leido(navegador, "ALIM-35").content.decode().count("linea-leida") == 1


def test_entrada_abre_un_lote_por_linea_y_lleva_al_recibo(
    granja: Mundo, navegador: Navegador, alimento: Producto, red: Producto
) -> None:
    proveedor = Proveedor.objects.create(empresa=granja.empresa, nombre="Molinos")
    datos = enviado(
        linea(cantidad="12,5", costo_unitario="1,25", codigo="L-9"),
        linea("", "", ""),
        linea("red fina", "3", ""),
        proveedor=proveedor.pk,
        referencia="FAC-7",
        notas="Llegó mojado",
        fecha_ingreso="2026-03-08",
    )
    respuesta = navegador.mover(NUEVA, datos)
    asiento = Asiento.objects.get()
    assert (respuesta.status_code, respuesta["Location"]) == (303, f"/asientos/{asiento.pk}/")
    assert (asiento.tipo, asiento.motivo, asiento.referencia, asiento.notas) == (
        "entrada",
        Motivo.COMPRA,
        "FAC-7",
        "Llegó mojado",
    )
    uno, dos = Lote.objects.order_by("pk")
    assert (uno.producto, uno.saldo, uno.costo_unitario, uno.codigo, uno.vence_el, uno.proveedor) == (
        alimento,
        cant("12.5"),
        cant("1.25"),
        "L-9",
        LEJOS,
        proveedor,
    )
    assert (dos.producto, dos.saldo, dos.vence_el, dos.fecha_ingreso) == (
        red,
        cant(3),
        None,
        date(2026, 3, 8),
    )


def test_entrada_con_htmx_redirige_por_cabecera(navegador: Navegador, alimento: Producto) -> None:
    respuesta = navegador.mover(NUEVA, enviado(linea()), htmx=True)
    assert respuesta["HX-Redirect"] == f"/asientos/{Asiento.objects.get().pk}/"


def test_entrada_enviada_dos_veces_entra_una(granja: Mundo, navegador: Navegador, alimento: Producto) -> None:
    primera, segunda = (navegador.mover(NUEVA, enviado(linea()), clave="la-misma") for _ in range(2))
    assert primera["Location"] == segunda["Location"]
    assert granja.fisica(alimento) == cant(10)


@pytest.mark.parametrize(
    ("escrita", "esperado"),
    [
        (
            {"producto": "ALIM-35", "cantidad": "1"},
            {"fecha_vencimiento": ["Escriba la fecha o marque «Sin vencimiento»."]},
        ),
        (
            linea(sin_vencimiento="on"),
            {"fecha_vencimiento": ["O tiene fecha, o es sin vencimiento: deje una sola."]},
        ),
        (linea("NO-HAY"), {"producto": ["No hay un producto activo con ese SKU, código o nombre."]}),
        (linea(cantidad="0"), {"cantidad": ["Debe ser mayor que cero."]}),
        (linea("RED-1", "1,5"), {"cantidad": ["«u» no se divide: se admiten cantidades enteras."]}),
        (linea(costo_unitario="-1"), {"costo_unitario": ["No puede ser negativo."]}),
        (
            linea(vence=dia(-1)),
            {"fecha_vencimiento": ["Ya venció (09/03/2026): se admite de hoy en adelante."]},
        ),
        (linea("", "4"), {"producto": ["Este campo es requerido."]}),
    ],
)
def test_entrada_mal_escrita_dice_en_que_campo_y_no_mueve(
    granja: Mundo,
    navegador: Navegador,
    alimento: Producto,
    red: Producto,
    escrita: dict[str, str],
    esperado: dict[str, list[str]],
) -> None:
    antes = granja.foto()
    respuesta = navegador.mover(NUEVA, enviado(linea(), escrita), htmx=True)
    assert respuesta.status_code == 422
    assert errores(respuesta) == [{}, esperado]
    assert respuesta.content.decode().lstrip().startswith("<form")
    [enfocado] = re.findall(r"<[^>]*\bautofocus\b[^>]*>", respuesta.content.decode())
    assert f'name="lineas-1-{next(iter(esperado))}"' in enfocado
    assert granja.foto() == antes


@pytest.mark.parametrize(
    "datos",
    [
        enviado(linea("", "", "")),
        {"motivo": "compra"},
        enviado(linea(), fecha_ingreso=str(dia(1))),
        enviado(linea(), fecha_ingreso=""),
        enviado(linea(), motivo="robo"),
        enviado(*[linea(cantidad="1")] * 61),
        {**enviado(linea()), "lineas-TOTAL_FORMS": "x"},
    ],
)
def test_entrada_que_no_vale_no_mueve(
    granja: Mundo, navegador: Navegador, alimento: Producto, datos: dict[str, Any]
) -> None:
    antes = granja.foto()
    assert navegador.mover(NUEVA, datos).status_code == 422
    assert granja.foto() == antes


# ── Vencidos y avisos ───────────────────────────────────────────────────────────────────────────


def test_vencido_entra_solo_si_se_marca_y_quien_lo_hace_puede(
    granja: Mundo, navegador: Navegador, operador: Navegador, alimento: Producto
) -> None:
    vencida = enviado(linea(vence=dia(-1), permitir_vencido="on"))
    antes = granja.foto()
    respuesta = operador.mover(NUEVA, vencida)
    assert errores(respuesta) == [
        {"fecha_vencimiento": ["Ya venció: solo quien supervisa puede recibir algo vencido."]}
    ]
    assert "permitir_vencido" not in respuesta.content.decode().split("<template")[0]
    assert granja.foto() == antes
    assert navegador.mover(NUEVA, vencida).status_code == 303
    assert granja.fisica(alimento) == cant(10)


def test_aviso_que_no_se_vio_pide_guardar_otra_vez(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    granja.entrada(alimento, 5, vence=dia(90))
    antes = granja.foto()
    respuesta = navegador.mover(NUEVA, enviado(linea(vence=dia(30))), clave="una")
    assert respuesta.status_code == 422
    texto = respuesta.content.decode()
    assert "Le quedan solo 30 días de vida." in texto
    assert "Vence antes que todo lo que ya hay (lo primero, el 08/06/2026)" in texto
    assert 'name="lineas-0-vistos" value="corto,antes"' in texto
    assert granja.foto() == antes
    visto = enviado(linea(vence=dia(30), vistos="corto,antes"))
    assert navegador.mover(NUEVA, visto, clave="una").status_code == 303


@pytest.mark.parametrize(
    ("vence", "claves"), [(31, ""), (30, "corto"), (0, "corto"), (89, "antes"), (90, ""), (-1, "")]
)
def test_pista_avisa_lo_corto_y_lo_que_vence_antes(
    granja: Mundo, navegador: Navegador, alimento: Producto, vence: int, claves: str
) -> None:
    hay = dia(90) if vence > 31 else dia(-5)
    granja.entrada(alimento, 5, vence=hay)
    datos = {"prefijo": "lineas-4", "lineas-4-producto": "alim-35", "lineas-4-fecha_vencimiento": dia(vence)}
    respuesta = navegador.fragmento(PISTA, datos)
    assert respuesta.context["pista"].claves == claves
    assert "Kilogramo" in respuesta.content.decode()
    assert ("lineas-4-permitir_vencido" in respuesta.content.decode()) == (vence < 0)


@pytest.mark.parametrize("producto", ["", "NO-HAY", "x" * 300])
def test_pista_de_nada_no_dice_nada(navegador: Navegador, alimento: Producto, producto: str) -> None:
    respuesta = navegador.fragmento(PISTA, {"prefijo": "lineas-0", "lineas-0-producto": producto})
    assert (respuesta.status_code, respuesta.content.decode().strip()) == (200, "")


# ── Códigos leídos ──────────────────────────────────────────────────────────────────────────────


def test_leer_llena_una_linea_con_lo_que_dice_el_codigo(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    antes = granja.foto()
    respuesta = leido(navegador, f"]C101{GTIN}17270601310300125010L-9")
    assert respuesta.status_code == 200
    assert escritas(respuesta) == [
        {
            "producto": "Alimento 35 (ALIM-35)",
            "cantidad": "1,25",
            "fecha_vencimiento": "2027-06-01",
            "codigo": "L-9",
        }
    ]
    assert granja.foto() == antes


def test_leer_otra_caja_del_mismo_lote_suma(navegador: Navegador, alimento: Producto) -> None:
    codigo = f"(01){GTIN}(17)270601(3103)001250(10)L-9"
    escrita = linea("Alimento 35 (ALIM-35)", "2", LEJOS, codigo="L-9")
    assert [fila["cantidad"] for fila in escritas(leido(navegador, codigo, escrita))] == ["3,25"]
    de_otro = {**escrita, "codigo": "L-8"}
    assert [fila["cantidad"] for fila in escritas(leido(navegador, codigo, de_otro))] == ["2", "1,25"]


def test_leer_no_suma_a_lo_que_se_puede_leer_de_dos_maneras(navegador: Navegador, alimento: Producto) -> None:
    codigo = f"(01){GTIN}(17)270601(3103)001250(10)L-9"
    escrita = linea("Alimento 35 (ALIM-35)", "1.234", LEJOS, codigo="L-9")
    respuesta = leido(navegador, codigo, escrita)
    assert [fila["cantidad"] for fila in escritas(respuesta)] == ["1.234"]
    aviso = respuesta.context["aviso"]
    assert (aviso.clase, aviso.linea) == ("warning", 0)
    assert aviso.texto == (
        "No se sumó a la línea 1: «1.234» se puede leer de dos maneras: escriba 1234 o 1,234."
    )


@pytest.mark.parametrize("escrito", ["doce", "nan", "1,23456"])
def test_leer_no_suma_a_lo_que_no_es_una_cantidad(
    navegador: Navegador, alimento: Producto, escrito: str
) -> None:
    codigo = f"(01){GTIN}(17)270601(3103)001250(10)L-9"
    respuesta = leido(navegador, codigo, linea("Alimento 35 (ALIM-35)", escrito, LEJOS, codigo="L-9"))
    assert [fila["cantidad"] for fila in escritas(respuesta)] == [escrito]
    assert respuesta.context["aviso"].texto.startswith("No se sumó a la línea 1: ")


def test_leer_sin_cantidad_lo_que_ya_esta_no_repite_la_linea(
    navegador: Navegador, alimento: Producto
) -> None:
    escrita = {"producto": "Alimento 35 (ALIM-35)", "cantidad": "2"}
    respuesta = leido(navegador, "7501031311309", escrita)
    assert escritas(respuesta) == [escrita]
    assert respuesta.context["aviso"].texto == "Ya está en la línea 1: escriba ahí la cantidad."


def test_leer_peso_de_algo_que_se_cuenta_no_inventa_la_cantidad(granja: Mundo, navegador: Navegador) -> None:
    granja.producto("SAC-1", nombre="Saco", unidad=granja.pieza, codigo_barras="7501031311309")
    respuesta = leido(navegador, f"(01){GTIN}(3103)001250")
    assert escritas(respuesta) == [{"producto": "Saco (SAC-1)"}]
    assert "el código dice 1,25 kg; escriba la cantidad en u" in respuesta.context["aviso"].texto


def test_leer_piezas_de_algo_que_se_pesa_no_las_toma_por_kilos(
    navegador: Navegador, alimento: Producto
) -> None:
    respuesta = leido(navegador, f"(02){GTIN}(37)24")
    assert escritas(respuesta) == [{"producto": "Alimento 35 (ALIM-35)"}]
    assert "el código dice 24 piezas; escriba la cantidad en kg" in respuesta.context["aviso"].texto


def test_leer_piezas_de_algo_que_se_cuenta_las_anota(granja: Mundo, navegador: Navegador) -> None:
    granja.producto("SAC-1", nombre="Saco", unidad=granja.pieza, codigo_barras="7501031311309")
    assert escritas(leido(navegador, f"(01){GTIN}(30)12")) == [{"producto": "Saco (SAC-1)", "cantidad": "12"}]


def test_leer_la_segunda_mitad_de_una_etiqueta_completa_la_linea(
    navegador: Navegador, alimento: Producto
) -> None:
    escrita = linea("Alimento 35 (ALIM-35)", "2", LEJOS)
    assert escritas(leido(navegador, "]C110L-9", escrita)) == [{**escrita, "codigo": "L-9"}]
    assert escritas(leido(navegador, "]C110L-9", {**escrita, "codigo": "OTRO"}))[0]["codigo"] == "OTRO"
    assert leido(navegador, "]C110L-9").context["aviso"].clase == "warning"


def test_leer_un_codigo_que_nadie_tiene_ofrece_crearlo(
    navegador: Navegador, operador: Navegador, alimento: Producto
) -> None:
    crear = "/productos/nuevo/?codigo_barras=4006381333931"
    respuesta = leido(navegador, "(01)04006381333931(10)X")
    assert respuesta.context["aviso"].texto == "Ningún producto tiene el código 4006381333931."
    assert crear in respuesta.content.decode()
    assert escritas(respuesta) == []
    assert crear not in leido(operador, "4006381333931").content.decode()
    mal = leido(navegador, "7501031311300").context["aviso"]
    assert (mal.crear, "no se leyó bien" in mal.texto) == ("", True)


@pytest.mark.parametrize("casa", ["http://testserver", "https://localhost:8443", ""])
def test_leer_el_qr_de_una_etiqueta_nuestra_dice_lo_de_su_lote(
    granja: Mundo, navegador: Navegador, alimento: Producto, casa: str
) -> None:
    lote = granja.entrada(alimento, 10, vence=LEJOS, codigo="L-9")
    qr = f"{casa}/lotes/{lote.pk}/"
    esperado = {"producto": "Alimento 35 (ALIM-35)", "codigo": "L-9", "fecha_vencimiento": str(LEJOS)}
    assert escritas(leido(navegador, qr)) == [esperado]
    # Leído otra vez, o por sus barras, es la misma línea.
    for codigo in (qr, f"]C101{GTIN}17{LEJOS:%y%m%d}10L-9"):
        assert escritas(leido(navegador, codigo, esperado)) == [esperado]
    Producto.objects.filter(pk=alimento.pk).update(activo=False)
    assert "está inactivo" in leido(navegador, qr).context["aviso"].texto


def test_leer_el_qr_de_un_lote_que_no_vence_marca_que_no_vence(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    qr = f"/lotes/{granja.entrada(alimento, 10, codigo='L-9').pk}/"
    esperado = {"producto": "Alimento 35 (ALIM-35)", "codigo": "L-9", "sin_vencimiento": "on"}
    assert escritas(leido(navegador, qr)) == [esperado]
    # La línea que ya se había escrito sin decirlo también lo dice.
    sin_decirlo = {"producto": "Alimento 35 (ALIM-35)", "codigo": "L-9", "cantidad": "4"}
    assert escritas(leido(navegador, qr, sin_decirlo)) == [{**sin_decirlo, "sin_vencimiento": "on"}]


@pytest.mark.parametrize(
    "direccion",
    [
        "https://ejemplo.com/lotes/{pk}/",
        "https://ejemplo.com/p/1",
        "http://testserver/productos/{pk}/",
        "https://x.ec",
        "http://[/lotes/{pk}/",
    ],
)
def test_leer_una_direccion_que_no_es_de_un_lote_nuestro_no_ofrece_crearla(
    granja: Mundo, navegador: Navegador, alimento: Producto, direccion: str
) -> None:
    respuesta = leido(navegador, direccion.format(pk=granja.entrada(alimento, 1).pk))
    aviso = respuesta.context["aviso"]
    assert (aviso.clase, aviso.crear, escritas(respuesta)) == ("warning", "", [])
    assert "es una dirección de internet" in aviso.texto


def test_leer_la_etiqueta_de_un_lote_que_no_se_alcanza_es_que_no_existe(
    granja: Mundo,
    navegador: Navegador,
    vecino: Navegador,
    entrar: Callable[..., Navegador],
    alimento: Producto,
) -> None:
    qr = f"http://testserver/lotes/{granja.entrada(alimento, 1, codigo='L-9').pk}/"
    nadie = f"http://testserver/lotes/{10**30}/"
    casos = [(vecino, qr), (entrar(Rol.OPERADOR, granja.otra), qr), (navegador, nadie)]
    for persona, codigo in casos:
        respuesta = leido(persona, codigo)
        assert respuesta.context["aviso"].texto == "No existe el lote de esa etiqueta."
        assert escritas(respuesta) == []


def test_leer_reconoce_sku_y_etiqueta_propia_y_rechaza_lo_inactivo(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    for codigo in ("alim-35", "]C191ALIM-35", "91ALIM-35"):
        assert escritas(leido(navegador, codigo)) == [{"producto": "Alimento 35 (ALIM-35)"}]
    Producto.objects.filter(pk=alimento.pk).update(activo=False)
    assert "está inactivo" in leido(navegador, "7501031311309").context["aviso"].texto


def test_enter_despues_de_leer_no_guarda_y_deja_libre_la_clave(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    antes = granja.foto()
    respuesta = navegador.mover(NUEVA, enviado(linea(), escaneo="7501031311309"), clave="una")
    assert respuesta.status_code == 422
    assert len(escritas(respuesta)) == 2
    assert granja.foto() == antes
    assert navegador.mover(NUEVA, enviado(linea()), clave="una").status_code == 303


def test_solo_esta_pagina_admite_webassembly(navegador: Navegador, alimento: Producto) -> None:
    def permite(ruta: str) -> bool:
        return "'wasm-unsafe-eval'" in navegador.get(ruta)["Content-Security-Policy"]

    assert permite(NUEVA)
    assert not permite("/despachos/nuevo/")


# ── Página, permisos y bodegas ──────────────────────────────────────────────────────────────────


def test_sin_javascript_hay_tres_lineas_y_un_boton_da_mas(
    granja: Mundo, navegador: Navegador, alimento: Producto
) -> None:
    assert len(navegador.get(NUEVA).context["lineas"].forms) == 3
    antes = granja.foto()
    respuesta = navegador.post(LINEAS, enviado(linea(cantidad="2,5"), linea("", "", ""), notas="Ojo"))
    assert escritas(respuesta) == [linea(cantidad="2,5")]
    assert len(respuesta.context["lineas"].forms) == 4
    assert respuesta.context["formulario"]["notas"].value() == "Ojo"
    assert granja.foto() == antes
    assert len(navegador.post(LINEAS, enviado(*[linea()] * 60)).context["lineas"].forms) == 60


def test_producto_elegido_viene_puesto(navegador: Navegador, alimento: Producto) -> None:
    assert escritas(navegador.get(NUEVA, {"producto": alimento.pk})) == [
        {"producto": "Alimento 35 (ALIM-35)"}
    ]
    assert escritas(navegador.get(NUEVA, {"producto": "x"})) == []


def test_entrada_sin_permiso_es_403(granja: Mundo, auditor: Navegador, alimento: Producto) -> None:
    antes = granja.foto()
    assert auditor.get(NUEVA).status_code == 403
    assert auditor.get(PISTA).status_code == 403
    assert auditor.post(LINEAS, enviado(linea())).status_code == 403
    assert auditor.post(LEER, enviado(escaneo="x")).status_code == 403
    assert auditor.mover(NUEVA, enviado(linea())).status_code == 403
    assert granja.foto() == antes


def test_entrada_no_conoce_los_productos_de_otra_empresa(
    granja: Mundo, vecino: Navegador, alimento: Producto
) -> None:
    antes = granja.foto()
    assert "ALIM-35" not in vecino.get(NUEVA, {"producto": alimento.pk}).content.decode()
    assert vecino.mover(NUEVA, enviado(linea())).status_code == 422
    assert "Ningún producto" in leido(vecino, "7501031311309").context["aviso"].texto
    assert granja.foto() == antes


def test_entrada_llega_a_la_bodega_elegida_y_solo_a_las_abiertas(
    granja: Mundo, navegador: Navegador, entrar: Callable[..., Navegador], alimento: Producto
) -> None:
    navegador.mover(NUEVA, enviado(linea(), bodega=granja.otra.pk))
    assert granja.fisica(alimento, granja.otra) == cant(10)
    limitado = entrar(Rol.OPERADOR, granja.otra)
    Bodega.objects.filter(pk=granja.otra.pk).update(activa=False)
    # Todavía queda qué sacar de ella, pero nada entra.
    assert "bodega" not in navegador.get(NUEVA).context["formulario"].fields
    assert limitado.get(NUEVA).status_code == 403


@pytest.mark.parametrize("cuantas", [2, 30])
def test_entrada_hace_siempre_las_mismas_consultas(granja: Mundo, navegador: Navegador, cuantas: int) -> None:
    for i in range(cuantas):
        granja.entrada(granja.producto(f"P-{i}"), 1, vence=HOY + timedelta(days=90 + i))
    datos = enviado(*[linea(f"P-{i}", "1") for i in range(cuantas)])
    assert contar_consultas(lambda: navegador.post(LINEAS, datos, headers=HTMX)) == CONSULTAS


# Sesión, persona, empresa y sus bodegas: 5. De la página: bodegas, proveedores, productos y pistas.
CONSULTAS = 10
