"""El inicio: qué atender, qué se movió hoy, cuánto vale lo que hay y cómo se consume."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache

from inventario.alertas.models import TipoAlerta
from inventario.cuentas.permisos import Rol
from inventario.movimientos.services import revertir_asiento
from inventario.movimientos.tests.mundo import HOY, Mundo, cant
from inventario.panel.tests.apremios import bajo_el_minimo, con_fecha, por_tipo, sin_respaldo
from inventario.panel.tests.conftest import Navegador, consultas

pytestmark = pytest.mark.django_db
# Lo que mira se hace después de confirmar: necesita confirmar de verdad.
al_confirmar = pytest.mark.django_db(transaction=True)

# Sesión, persona, empresa, membresía y bodegas: 6. Del inicio: el último movimiento, el valor, el consumo,
# las alertas, lo de hoy (2) y si hay productos.
CONSULTAS = 12


@pytest.fixture(autouse=True)
def sin_recuerdos() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@al_confirmar
def test_muestra_las_cuatro_cosas_por_atender_y_lleva_a_cada_una(granja: Mundo, navegador: Navegador) -> None:
    falta = bajo_el_minimo(granja)
    vencido, pronto, _lejano = con_fecha(granja, -1, 3, 60)
    sin_respaldo(granja)
    respuesta = navegador.get("/")
    bloques = por_tipo(respuesta)
    assert {tipo: bloque.total for tipo, bloque in bloques.items()} == {
        TipoAlerta.VENCIDO: 1,
        TipoAlerta.RESERVA_SIN_RESPALDO: 1,
        TipoAlerta.STOCK_MINIMO: 1,
        TipoAlerta.POR_VENCER: 1,
    }
    assert bloques[TipoAlerta.VENCIDO].alertas[0].lote == vencido
    assert bloques[TipoAlerta.POR_VENCER].alertas[0].lote == pronto
    html = respuesta.content.decode()
    assert "4 cosas por atender" in html
    # Con el código con que se conoce el lote, la unidad y los decimales del idioma.
    assert f"El lote {vencido} venció el {vencido.vence_el:%d/%m/%Y}: quedan 4\N{NO-BREAK SPACE}kg." in html
    assert f"El lote {pronto} vence el {pronto.vence_el:%d/%m/%Y}: quedan 4\N{NO-BREAK SPACE}kg." in html
    assert "Quedan 7\N{NO-BREAK SPACE}kg de un mínimo de 12." in html
    assert "Faltan 3\N{NO-BREAK SPACE}kg para cumplir lo reservado." in html
    assert f'href="/lotes/{vencido.pk}/"' in html
    assert f'href="/productos/{falta.pk}/"' in html


@al_confirmar
def test_de_cada_tipo_muestra_cinco_y_dice_cuantas_faltan(granja: Mundo, navegador: Navegador) -> None:
    lotes = con_fecha(granja, *range(7, 0, -1))
    respuesta = navegador.get("/")
    [bloque] = [bloque for bloque in respuesta.context["bloques"] if bloque.total]
    assert (bloque.total, bloque.faltan) == (7, 2)
    assert [alerta.lote for alerta in bloque.alertas] == lotes[::-1][:5]
    assert "y 2 más" in respuesta.content.decode()


def test_sin_nada_que_atender_lo_dice(granja: Mundo, navegador: Navegador) -> None:
    granja.entrada(granja.producto("BIEN"), 50)
    assert "Nada por atender: todo está en orden" in navegador.get("/").content.decode()


def test_cuenta_lo_de_hoy_y_suma_el_valor_y_el_consumo_de_catorce_dias(
    granja: Mundo, navegador: Navegador
) -> None:
    producto = granja.producto("BAL-1")
    granja.reloj.avanzar(days=-20)
    lote = granja.entrada(producto, 100, costo="0.335")
    granja.salida(lote, 10)
    granja.reloj.avanzar(days=7)
    granja.salida(lote, 3)
    granja.reloj.avanzar(days=13)
    granja.salida(lote, 6)
    error = granja.salida(lote, 20)
    revertir_asiento(actor=granja.actor, asiento=error, explicacion="Se contó dos veces", reloj=granja.reloj)
    granja.merma(lote, 1)
    contexto = navegador.get("/").context
    assert contexto["dinero"].valor == cant(80) * Decimal("0.335")
    consumo = [(dia.dia, dia.costo, dia.lineas) for dia in contexto["dinero"].consumo if dia.lineas]
    assert consumo == [
        (HOY - timedelta(days=13), Decimal("1.005"), 1),
        (HOY, Decimal("2.010"), 1),
    ]
    assert len(contexto["dinero"].consumo) == 14
    assert contexto["consumido"] == Decimal("3.015")
    assert contexto["grafico"]["series"][0]["datos"] == [1.01, *[0.0] * 12, 2.01]
    de_hoy = contexto["de_hoy"]
    assert (de_hoy.entradas, de_hoy.salidas, len(de_hoy.ultimas)) == (1, 3, 4)


def test_lo_recordado_se_olvida_apenas_algo_se_mueve(granja: Mundo, navegador: Navegador) -> None:
    producto = granja.producto("BAL-1")
    lote = granja.entrada(producto, 10, costo=2)
    assert navegador.get("/").context["dinero"].valor == 20
    with consultas(CONSULTAS - 2):
        assert navegador.get("/").context["dinero"].valor == 20
    granja.salida(lote, 4)
    contexto = navegador.get("/").context
    assert (contexto["dinero"].valor, contexto["consumido"]) == (12, 8)


def test_las_consultas_son_las_mismas_con_poco_que_con_mucho(granja: Mundo, navegador: Navegador) -> None:
    granja.entrada(granja.producto("P-00"), 1)
    with consultas(CONSULTAS):
        navegador.get("/")
    for numero in range(1, 15):
        producto = granja.producto(f"P-{numero:02}")
        granja.entrada(producto, 1, vence=HOY - timedelta(days=1), costo=numero)
        lote = granja.entrada(producto, 2, vence=HOY + timedelta(days=numero), costo=numero)
        granja.salida(lote, 1)
    with consultas(CONSULTAS):
        navegador.get("/")


def test_quien_esta_limitado_a_una_bodega_ve_solo_lo_suyo(
    granja: Mundo, entrar: Callable[..., Navegador]
) -> None:
    producto = granja.producto("BAL-1", stock_minimo=cant(0))
    granja.entrada(producto, 10, costo=2, vence=HOY - timedelta(days=1))
    granja.entrada(producto, 3, costo=5, bodega=granja.otra)
    contexto = entrar(Rol.OPERADOR, granja.otra).get("/").context
    assert (contexto["por_atender"], contexto["dinero"].valor, contexto["de_hoy"].entradas) == (0, 15, 1)


def test_cada_empresa_ve_lo_suyo(granja: Mundo, navegador: Navegador, vecino: Navegador) -> None:
    granja.entrada(granja.producto("BAL-1"), 10, costo=2)
    navegador.get("/")
    respuesta = vecino.get("/")
    assert (respuesta.context["dinero"].valor, respuesta.context["de_hoy"].entradas) == (0, 0)
    assert "Empiece por crear un producto" in respuesta.content.decode()


def test_se_refresca_solo_y_a_htmx_se_le_da_solo_el_cuerpo(granja: Mundo, navegador: Navegador) -> None:
    assert 'hx-trigger="every 60s"' in navegador.get("/").content.decode()
    assert navegador.fragmento("/").content.decode().strip().startswith('<div id="inicio"')


def test_sin_entrar_se_pide_la_contrasena(granja: Mundo) -> None:
    respuesta = Navegador().get("/")
    assert (respuesta.status_code, respuesta["Location"]) == (302, "/entrar/?next=/")


def test_con_la_cache_caida_el_inicio_se_ve_igual(
    granja: Mundo, navegador: Navegador, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    granja.entrada(granja.producto(), 10, costo=3)
    antes = navegador.get("/").context["dinero"]
    # Nadie escucha ahí: cada orden a esta caché falla de verdad.
    caida = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    bien = settings.CACHES
    settings.CACHES = {"default": caida}
    assert navegador.get("/").context["dinero"] == antes
    assert [uno.levelname for uno in caplog.records if uno.name == "inventario.nucleo.cache"] == [
        "WARNING",
        "WARNING",
    ]
    settings.CACHES = bien


def test_lo_recordado_se_lee_aunque_al_actualizar_las_clases_se_muden(
    granja: Mundo, navegador: Navegador, monkeypatch: pytest.MonkeyPatch
) -> None:
    granja.entrada(granja.producto(), 10, costo=3)
    antes = navegador.get("/").context["dinero"]
    # Sin ella tampoco se podría sumar otra vez: lo que se ve salió de la caché.
    monkeypatch.delattr("inventario.reportes.informes.diario.DiaDeConsumo")
    assert navegador.get("/").context["dinero"] == antes
