"""La página de alertas: cuatro bloques, su umbral, cómo se atienden y su historia."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from inventario.alertas.models import Alerta, Revision, SuscripcionAlResumen, TipoAlerta
from inventario.cuentas.models import Usuario
from inventario.cuentas.permisos import Rol
from inventario.movimientos.tests.mundo import HOY, Mundo, cant
from inventario.panel.tests.apremios import bajo_el_minimo, con_fecha, por_tipo, sin_respaldo
from inventario.panel.tests.conftest import HTMX, Navegador, consultas, contar_consultas
from inventario.productos.models import Producto

pytestmark = pytest.mark.django_db(transaction=True)

RUTA = "/alertas/"
# Sesión, persona, empresa, membresía y bodegas: 6. De la página: cuántas, los cuatro bloques, si hay varias
# bodegas, si recibe el resumen y cuándo se revisaron todas.
CONSULTAS = 13


@pytest.fixture
def baja(granja: Mundo) -> Alerta:
    """La de un producto del que quedan 7 y su mínimo es 12."""
    bajo_el_minimo(granja)
    alerta: Alerta = Alerta.objects.get(tipo=TipoAlerta.STOCK_MINIMO)
    return alerta


def test_cuatro_bloques_con_sus_cuentas_y_sus_enlaces(
    granja: Mundo, navegador: Navegador, baja: Alerta
) -> None:
    vencido, pronto = con_fecha(granja, -1, 3)
    sin_respaldo(granja)
    respuesta = navegador.get(RUTA)
    assert {tipo: bloque.total for tipo, bloque in por_tipo(respuesta).items()} == {
        "stock_minimo": 1,
        "por_vencer": 1,
        "vencido": 1,
        "reserva_sin_respaldo": 1,
    }
    html = respuesta.content.decode()
    assert "Producto bajo el mínimo</h2>" in html
    assert "Pida más, o baje el mínimo si ya no corresponde." in html
    assert "1 alertas de stock mínimo" in html
    assert "1 alertas de lotes por vencer" in html
    assert html.count('aria-live="polite"') >= 5
    assert f'href="/productos/{baja.producto_id}/"' in html
    assert "Quedan 7 kg de un mínimo de 12." in html.replace("\xa0", " ")
    fila = por_tipo(respuesta)["stock_minimo"].filas[0]
    assert (fila.cantidad, fila.limite, str(fila.severidad), fila.color) == (7, 12, "Alta", "orange")
    assert [fila.alerta.lote for fila in por_tipo(respuesta)["vencido"].filas] == [vencido]
    [por_vencer] = por_tipo(respuesta)["por_vencer"].filas
    assert (por_vencer.alerta.lote, por_vencer.dias, por_vencer.cantidad) == (pronto, 3, 4)
    [promesa] = por_tipo(respuesta)["reserva_sin_respaldo"].filas
    assert (promesa.cantidad, promesa.limite, promesa.falta) == (8, 5, 3)
    assert f'href="/lotes/{vencido.pk}/merma/"' in html


@pytest.mark.parametrize(
    ("dias", "umbral", "cuantos"),
    [("7", 7, 1), ("15", 15, 2), ("30", 30, 3), ("60", 60, 4), ("", 30, 3), ("9", 30, 3), ("x", 30, 3)],
)
def test_el_umbral_dice_hasta_cuando_se_mira(
    granja: Mundo, navegador: Navegador, dias: str, umbral: int, cuantos: int
) -> None:
    con_fecha(granja, 7, 15, 30, 60, 61)
    respuesta = navegador.get(RUTA, {"dias": dias})
    bloque = por_tipo(respuesta)["por_vencer"]
    assert (respuesta.context["umbral"], bloque.total, len(bloque.filas)) == (umbral, cuantos, cuantos)


def test_cada_bloque_tiene_sus_paginas_lo_mas_urgente_primero(granja: Mundo, navegador: Navegador) -> None:
    lotes = con_fecha(granja, *range(12, 0, -1))[::-1]
    vencidos = [
        granja.entrada(lotes[0].producto, 1, vence=HOY - timedelta(days=dia)) for dia in range(6, 0, -1)
    ]
    primera = por_tipo(navegador.get(RUTA))
    assert [fila.alerta.lote for fila in primera["por_vencer"].filas] == lotes[:5]
    assert primera["por_vencer"].siguiente == "?por_vencer=2"
    respuesta = navegador.get(RUTA, {"por_vencer": "3", "dias": "15"})
    tercera = por_tipo(respuesta)
    assert [fila.alerta.lote for fila in tercera["por_vencer"].filas] == lotes[10:]
    assert (tercera["por_vencer"].anterior, tercera["por_vencer"].siguiente) == ("?por_vencer=2&dias=15", "")
    assert [fila.alerta.lote for fila in tercera["vencido"].filas] == vencidos[:5]
    # Una página que ya no existe es la última: las alertas se cierran mientras alguien mira.
    assert por_tipo(navegador.get(RUTA, {"vencidos": "99"}))["vencido"].hoja.number == 2


def test_sin_alertas_lo_dice_con_buenas_palabras(granja: Mundo, navegador: Navegador) -> None:
    granja.entrada(granja.producto("BIEN"), 50)
    html = navegador.get(RUTA).content.decode()
    assert "Todo está en orden: no hay alertas abiertas." in html
    assert "0 alertas de stock mínimo" in html
    assert "Hay suficiente de todo." in html


def test_atender_anota_quien_y_que_hara_y_vuelve_a_donde_se_miraba(
    granja: Mundo, navegador: Navegador, baja: Alerta
) -> None:
    ruta = f"{RUTA}{baja.pk}/reconocer/?dias=60&minimo=1"
    assert "Quedan 7" in navegador.get(ruta).content.decode()
    antes = granja.foto()
    datos = {"nota": "Pedidos 40 sacos; llegan el jueves."}
    primera = navegador.mover(ruta, datos, clave="la-misma")
    assert (primera.status_code, primera["Location"]) == (303, "/alertas/?dias=60&minimo=1")
    baja.refresh_from_db()
    cuando = baja.reconocida_en
    assert (baja.nota, baja.activa, baja.reconocida) == ("Pedidos 40 sacos; llegan el jueves.", True, True)
    assert granja.foto() == antes
    html = navegador.get(primera["Location"]).content.decode()
    assert "La alerta quedó atendida." in html
    assert "Pedidos 40 sacos; llegan el jueves." in html
    segunda = navegador.mover(ruta, datos, clave="la-misma")
    assert segunda["Location"] == primera["Location"]
    baja.refresh_from_db()
    assert baja.reconocida_en == cuando
    assert por_tipo(navegador.get(RUTA, {"pendientes": "1"}))["stock_minimo"].total == 0
    assert "No queda ninguna alerta sin atender." in navegador.get(RUTA, {"pendientes": "1"}).content.decode()


def test_atender_con_htmx_recibe_el_formulario_y_redirige(
    granja: Mundo, navegador: Navegador, baja: Alerta
) -> None:
    ruta = f"{RUTA}{baja.pk}/reconocer/"
    assert navegador.fragmento(ruta).content.decode().lstrip().startswith("<form")
    mala = navegador.mover(ruta, {"nota": "x" * 1001}, htmx=True)
    assert mala.status_code == 422
    assert list(mala.context["formulario"].errors) == ["nota"]
    assert navegador.mover(ruta, {"nota": ""}, htmx=True)["HX-Redirect"] == RUTA


def test_una_alerta_ya_cerrada_no_se_atiende(granja: Mundo, navegador: Navegador, baja: Alerta) -> None:
    granja.entrada(baja.producto, 20)
    respuesta = navegador.mover(f"{RUTA}{baja.pk}/reconocer/", {"nota": "tarde"})
    assert respuesta.status_code == 422
    assert "ya se cerró" in respuesta.content.decode()
    baja.refresh_from_db()
    assert (baja.reconocida, baja.nota) == (False, "")


def test_sin_permiso_no_se_atiende_y_lo_ajeno_no_existe(
    granja: Mundo,
    auditor: Navegador,
    vecino: Navegador,
    entrar: Callable[..., Navegador],
    baja: Alerta,
) -> None:
    [lote] = con_fecha(granja, 3)
    de_lote = Alerta.objects.get(lote=lote)
    ruta = f"{RUTA}{baja.pk}/reconocer/"
    assert (auditor.get(ruta).status_code, auditor.mover(ruta, {}).status_code) == (403, 403)
    assert "Atender" not in auditor.fragmento(RUTA).content.decode()
    assert (vecino.get(ruta).status_code, vecino.mover(ruta, {}).status_code) == (404, 404)
    de_otra = entrar(Rol.OPERADOR, granja.otra)
    assert de_otra.mover(f"{RUTA}{de_lote.pk}/reconocer/", {}).status_code == 404
    assert por_tipo(de_otra.get(RUTA))["por_vencer"].total == 0
    assert Alerta.objects.exclude(reconocida_en=None).count() == 0
    assert {bloque.total for bloque in vecino.get(RUTA).context["bloques"]} == {0}


def test_las_consultas_son_las_mismas_con_poco_que_con_mucho(
    granja: Mundo, navegador: Navegador, baja: Alerta
) -> None:
    con_fecha(granja, -1, 3)
    sin_respaldo(granja)
    with consultas(CONSULTAS):
        navegador.get(RUTA)
    producto = granja.producto("MUCHO", stock_minimo=cant(900))
    for dia in range(1, 8):
        granja.entrada(producto, 1, vence=HOY - timedelta(days=dia))
        granja.entrada(producto, 1, vence=HOY + timedelta(days=dia))
        granja.producto(f"FALTA-{dia}", stock_minimo=cant(3))
        sin_respaldo(granja, f"PROM-{dia}")
    with consultas(CONSULTAS):
        navegador.get(RUTA)


def test_se_refresca_sola_donde_estaba_y_a_htmx_se_le_da_el_cuerpo(
    granja: Mundo, navegador: Navegador
) -> None:
    entera = navegador.get(RUTA, {"dias": "15"})
    assert 'hx-get="/alertas/?dias=15" hx-trigger="every 60s"' in entera.content.decode()
    assert "HX-Request" in entera["Vary"]
    assert navegador.get(RUTA, headers=HTMX).content.decode().lstrip().startswith('<div id="alertas"')


def test_la_historia_guarda_las_cerradas(
    granja: Mundo, navegador: Navegador, vecino: Navegador, baja: Alerta
) -> None:
    ruta = f"{RUTA}historial/"
    assert "Todavía no se ha cerrado ninguna alerta" in navegador.get(ruta).content.decode()
    granja.entrada(baja.producto, 20)
    [(fila, nombre, _)] = navegador.get(ruta).context["filas"]
    assert (fila.alerta, str(nombre)) == (baja, "Producto bajo el mínimo")
    assert navegador.fragmento(ruta, {"tipo": "vencido"}).context["filas"] == []
    assert vecino.get(ruta).context["filas"] == []


def test_la_historia_dice_todas_las_veces_que_se_atendio(
    granja: Mundo, navegador: Navegador, operador: Navegador, baja: Alerta
) -> None:
    ruta = f"{RUTA}{baja.pk}/reconocer/"
    assert "Atendida por" not in navegador.get(ruta).content.decode()
    navegador.mover(ruta, {"nota": "Pedidos 40 sacos."}, clave="una")
    navegador.mover(ruta, {"nota": "Pedidos 40 sacos."}, clave="una")
    # Al acabarse pasa de alta a crítica: vuelve a pedir atención, y quien la atienda ve quién la tenía.
    granja.fefo(baja.producto, 7)
    baja.refresh_from_db()
    assert (baja.severidad, baja.reconocida) == ("critica", False)
    assert "Pedidos 40 sacos." in operador.get(ruta).content.decode()
    operador.mover(ruta, {"nota": "Traídos de la otra bodega."})
    granja.entrada(baja.producto, 20)
    respuesta = navegador.get(f"{RUTA}historial/")
    [(_, _, atenciones)] = respuesta.context["filas"]
    assert [(una.hecha.nota, str(una.severidad), una.color) for una in atenciones] == [
        ("Pedidos 40 sacos.", "Alta", "orange"),
        ("Traídos de la otra bodega.", "Crítica", "red"),
    ]
    html = respuesta.content.decode()
    assert html.index("Pedidos 40 sacos.") < html.index("Traídos de la otra bodega.")
    assert html.count("Atendida por") == 2


def test_la_historia_cuesta_lo_mismo_con_una_que_con_muchas(granja: Mundo, navegador: Navegador) -> None:
    medidas = []
    for cuantas in (1, 6):
        for _ in range(cuantas):
            bajo = bajo_el_minimo(granja, f"BAJO-{Alerta.objects.count()}")
            alerta = Alerta.objects.get(producto=bajo)
            for veces in range(cuantas):
                navegador.mover(f"{RUTA}{alerta.pk}/reconocer/", {"nota": f"Vez {veces}"})
            granja.entrada(bajo, 20)
        medidas.append(contar_consultas(lambda: navegador.get(f"{RUTA}historial/")))
    assert medidas[0] == medidas[1]


def test_el_resumen_por_correo_se_pide_y_se_deja(granja: Mundo, operador: Navegador) -> None:
    ruta = f"{RUTA}resumen/"
    assert operador.mover(ruta, {"recibir": "1"})["Location"] == RUTA
    assert SuscripcionAlResumen.objects.get().activa
    assert operador.get(RUTA).context["suscrita"] is True
    operador.mover(ruta, {})
    assert not SuscripcionAlResumen.objects.get().activa
    assert operador.get(ruta).status_code == 405


def test_a_quien_no_es_miembro_no_se_le_ofrece_el_resumen(granja: Mundo) -> None:
    navegador = Navegador()
    navegador.force_login(Usuario.objects.create_superuser("de-la-casa@granja.ec", "clave-de-prueba"))
    respuesta = navegador.get(RUTA)
    assert (respuesta.status_code, respuesta.context["es_miembro"]) == (200, False)
    assert "resumen/" not in respuesta.content.decode()
    assert navegador.mover(f"{RUTA}resumen/", {"recibir": "1"}).status_code == 404
    assert SuscripcionAlResumen.objects.count() == 0


def test_revisar_ahora_pone_al_dia_lo_que_cambio_por_fuera(
    granja: Mundo, operador: Navegador, baja: Alerta
) -> None:
    """Restaurado un respaldo, o tras una revisión que no corrió, no hace falta esperar a la noche."""
    ruta = f"{RUTA}revisar/"
    pagina = operador.get(RUTA)
    assert pagina.context["revision"] is None
    assert f'action="{ruta}"' in pagina.content.decode()
    Producto.objects.filter(pk=baja.producto_id).update(stock_minimo=0)
    olvidado = granja.producto("OLVIDADO", stock_minimo=cant(3))
    respuesta = operador.mover(ruta, {})
    assert (respuesta.status_code, respuesta["Location"]) == (303, RUTA)
    assert [alerta.producto for alerta in Alerta.objects.activas()] == [olvidado]
    pagina = operador.get(RUTA)
    assert "Se revisaron todas: 1 abierta, 0 actualizadas y 1 cerrada." in pagina.content.decode()
    assert pagina.context["revision"] == Revision.objects.get()
    operador.mover(ruta, {})
    assert Alerta.objects.count() == 2
    assert operador.get(ruta).status_code == 405


def test_revisar_vuelve_a_donde_se_miraba(granja: Mundo, operador: Navegador) -> None:
    assert operador.mover(f"{RUTA}revisar/?dias=60", {})["Location"] == f"{RUTA}?dias=60"


def test_quien_solo_mira_no_revisa(granja: Mundo, auditor: Navegador, vecino: Navegador) -> None:
    granja.producto("OLVIDADO", stock_minimo=cant(3))
    assert f"{RUTA}revisar/" not in auditor.get(RUTA).content.decode()
    assert auditor.mover(f"{RUTA}revisar/", {}).status_code == 403
    # La de al lado revisa lo suyo, y esta no se entera.
    assert vecino.mover(f"{RUTA}revisar/", {}).status_code == 303
    assert (Alerta.objects.count(), Revision.objects.count()) == (0, 0)
