"""Dos que esperan lo mismo: las alertas, en el acto, y otro por su cola. Ninguno sabe del otro."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from inventario.alertas.consumidores import al_moverse
from inventario.alertas.models import Alerta
from inventario.eventos import entrega, tasks
from inventario.eventos.bandeja import registrar, sin_avisar
from inventario.eventos.catalogo import AsientoRegistrado, ImportacionAplicada
from inventario.eventos.models import Entrega, Evento
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.fabricas import BodegaFabrica
from inventario.productos.models import Producto

pytestmark = pytest.mark.django_db(transaction=True)

AQUI = "inventario.eventos.tests.test_dos_consumidores"
ALERTAS, SEGUNDO = f"{AQUI}.alertas_que_pueden_fallar", f"{AQUI}.segundo"

vistos: list[int] = []
recibidos: list[int] = []
fallas: list[BaseException] = []


def alertas_que_pueden_fallar(*eventos: Evento) -> None:
    """Consumidor inmediato: las alertas de siempre, y al final se rompe si la prueba lo pide."""
    al_moverse(*eventos)
    if fallas:
        raise fallas.pop()
    vistos.extend(evento.pk for evento in eventos)


def segundo(evento: Evento) -> None:
    """Consumidor por cola: su efecto es una bodega que la base no admite dos veces."""
    BodegaFabrica.create(empresa=evento.empresa, codigo=f"e-{evento.pk}")
    recibidos.append(evento.pk)


@pytest.fixture(autouse=True)
def _consumidores(settings: Any) -> Iterator[None]:
    settings.CONSUMIDORES_DE_EVENTOS = {"asiento_registrado": [ALERTAS, SEGUNDO]}
    settings.CONSUMIDORES_EN_EL_ACTO = [ALERTAS]
    for lista in (vistos, recibidos, fallas):
        lista.clear()
    yield
    for lista in (vistos, recibidos, fallas):
        lista.clear()


@pytest.fixture
def mundo(transactional_db: None) -> Mundo:
    return Mundo.crear()


@pytest.fixture
def producto(mundo: Mundo) -> Producto:
    with en_empresa(mundo.empresa):
        return mundo.producto(stock_minimo=5)


@pytest.fixture
def sin_cola(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nadie atiende los avisos: lo que quede lo hace la ronda que la prueba mande."""

    def caida(*_: Any) -> None:
        raise ConnectionError("sin cola")

    monkeypatch.setattr(tasks.despachar, "delay", caida)


def entrar(mundo: Mundo, producto: Producto) -> int:
    """Mueve algo y devuelve el evento que dejó."""
    with en_empresa(mundo.empresa):
        mundo.entrada(producto, 1)
        hecho: int = Evento.objects.latest("pk").pk
        return hecho


def alertas(mundo: Mundo) -> list[int]:
    """Cuánto dice que hay cada alerta abierta."""
    with en_empresa(mundo.empresa):
        return [alerta.datos["cantidad_actual"] for alerta in Alerta.objects.activas()]


def entregas(mundo: Mundo) -> list[tuple[int, str, str]]:
    with en_empresa(mundo.empresa):
        filas = Entrega.objects.order_by("evento_id", "consumidor")
        return list(filas.values_list("evento_id", "consumidor", "estado"))


def sin_encaminar(mundo: Mundo) -> int:
    with en_empresa(mundo.empresa):
        return Evento.objects.filter(repartido_en=None, tipo=AsientoRegistrado.codigo).count()


@pytest.mark.usefixtures("sin_cola")
def test_el_inmediato_recibe_en_el_acto_y_el_otro_por_su_entrega(mundo: Mundo, producto: Producto) -> None:
    hechos = []
    for van in (1, 2, 3):
        hechos.append(entrar(mundo, producto))
        assert alertas(mundo) == [van]
        assert vistos == hechos
    assert recibidos == []
    assert entregas(mundo) == [(pk, SEGUNDO, "pendiente") for pk in hechos]
    tasks.despachar(mundo.empresa.pk)
    assert recibidos == hechos
    tasks.despachar(mundo.empresa.pk)
    assert (vistos, recibidos) == (hechos, hechos)
    assert entregas(mundo) == [(pk, SEGUNDO, "entregada") for pk in hechos]


def test_con_cola_el_segundo_no_espera_a_la_ronda(mundo: Mundo, producto: Producto) -> None:
    hechos = [entrar(mundo, producto) for _ in range(2)]
    assert (vistos, recibidos, alertas(mundo)) == (hechos, hechos, [2])


@pytest.mark.usefixtures("sin_cola")
def test_si_falla_el_inmediato_solo_a_el_se_le_repite(mundo: Mundo, producto: Producto) -> None:
    fallas.append(ValueError("roto"))
    hecho = entrar(mundo, producto)
    assert entregas(mundo) == [(hecho, ALERTAS, "pendiente"), (hecho, SEGUNDO, "pendiente")]
    # Lo que alcanzó a hacer se deshizo con su falla.
    assert (vistos, alertas(mundo)) == ([], [])
    tasks.despachar(mundo.empresa.pk)
    assert (vistos, recibidos, alertas(mundo)) == ([hecho], [hecho], [1])
    tasks.despachar(mundo.empresa.pk)
    assert (vistos, recibidos) == ([hecho], [hecho])


def test_si_el_segundo_no_puede_las_alertas_siguen_inmediatas(
    mundo: Mundo, producto: Producto, settings: Any
) -> None:
    settings.CONSUMIDORES_DE_EVENTOS = {"asiento_registrado": [f"{AQUI}.no_existe", ALERTAS]}
    hechos = [entrar(mundo, producto) for _ in range(2)]
    assert (vistos, alertas(mundo)) == (hechos, [2])
    assert entregas(mundo) == [(pk, f"{AQUI}.no_existe", "pendiente") for pk in hechos]


@pytest.mark.usefixtures("sin_cola")
def test_de_dos_inmediatos_el_sano_no_recibe_otra_vez_por_el_roto(
    mundo: Mundo, producto: Producto, settings: Any
) -> None:
    settings.CONSUMIDORES_EN_EL_ACTO = [ALERTAS, SEGUNDO]
    fallas.append(ValueError("roto"))
    hecho = entrar(mundo, producto)
    assert (vistos, recibidos) == ([], [hecho])
    assert entregas(mundo) == [(hecho, ALERTAS, "pendiente")]
    tasks.despachar(mundo.empresa.pk)
    assert (vistos, recibidos, alertas(mundo)) == ([hecho], [hecho], [1])


def test_morir_entre_confirmar_y_el_acto_no_pierde_a_ninguno(mundo: Mundo, producto: Producto) -> None:
    def mover_y_morir() -> None:
        with en_empresa(mundo.empresa):
            # Va primero: lo que se encargó para después de confirmar ya no corre.
            transaction.on_commit(_morir)
            mundo.entrada(producto, 1)

    with pytest.raises(SystemExit):
        mover_y_morir()
    assert (vistos, recibidos, entregas(mundo), sin_encaminar(mundo)) == ([], [], [], 1)
    tasks.despachar(mundo.empresa.pk)
    with en_empresa(mundo.empresa):
        hecho = Evento.objects.get(tipo=AsientoRegistrado.codigo).pk
    assert (vistos, recibidos, alertas(mundo)) == ([hecho], [hecho], [1])
    tasks.despachar(mundo.empresa.pk)
    assert (vistos, recibidos) == ([hecho], [hecho])


def _morir() -> None:
    raise SystemExit


def test_morir_a_mitad_del_acto_tampoco(mundo: Mundo, producto: Producto) -> None:
    fallas.append(SystemExit())
    with pytest.raises(SystemExit):
        entrar(mundo, producto)
    assert (entregas(mundo), sin_encaminar(mundo), alertas(mundo)) == ([], 1, [])
    tasks.despachar(mundo.empresa.pk)
    assert (len(vistos), recibidos, alertas(mundo)) == (1, vistos, [1])


@pytest.mark.usefixtures("sin_cola")
def test_la_entrega_espera_al_anterior_de_su_clave_aunque_nadie_lo_haya_encaminado(
    mundo: Mundo, producto: Producto
) -> None:
    """El acto del primero se atrasó y el del segundo no: quien los recibe por cola los quiere en orden."""
    with en_empresa(mundo.empresa):
        otro = mundo.producto("Z")
    with sin_avisar():
        primero = entrar(mundo, producto)
    despues, aparte = entrar(mundo, producto), entrar(mundo, otro)
    assert entrega.entregar(mundo.empresa) == (1, 0)
    assert recibidos == [aparte]
    tasks.despachar(mundo.empresa.pk)
    assert recibidos == [aparte, primero, despues]


def test_lo_que_dejo_la_version_anterior_llega_una_vez_a_cada_uno(mundo: Mundo, producto: Producto) -> None:
    """Una bandeja con un evento sin encaminar, uno encaminado del todo y uno que debe una entrega."""
    ahora = timezone.now()
    datos = {"producto": producto.pk, "bodega": mundo.bodega.pk, "asiento": 1, "tipo": "entrada"}
    with en_empresa(mundo.empresa):
        nuevo, _hecho, debe = (
            Evento.objects.create(
                empresa=mundo.empresa,
                tipo="asiento_registrado",
                clave=f"producto:{producto.pk}",
                datos=datos,
                repartido_en=encaminado,
            )
            for encaminado in (None, ahora, ahora)
        )
        Entrega.objects.create(empresa=mundo.empresa, evento=debe, consumidor=ALERTAS, proximo_en=ahora)
    for _ in range(2):
        tasks.despachar(mundo.empresa.pk)
        assert (vistos, recibidos) == ([nuevo.pk, debe.pk], [nuevo.pk])


def test_importar_le_cuenta_a_cada_uno_un_solo_hecho(
    mundo: Mundo, producto: Producto, settings: Any, tmp_path: Path
) -> None:
    settings.CONSUMIDORES_DE_EVENTOS["importacion_aplicada"] = [ALERTAS, SEGUNDO]
    archivo = tmp_path / "entradas.csv"
    archivo.write_text("sku,lote,cantidad\n" + "".join(f"{producto.sku},L{n},1\n" for n in range(4)))
    call_command("importar", "entradas", archivo, empresa=mundo.empresa.slug, aplicar=True)
    with en_empresa(mundo.empresa):
        resumen = Evento.objects.get(tipo=ImportacionAplicada.codigo).pk
    assert (vistos, recibidos, alertas(mundo)) == ([resumen], [resumen], [4])


def test_lo_que_nadie_espera_no_deja_entregas(mundo: Mundo, settings: Any) -> None:
    settings.CONSUMIDORES_DE_EVENTOS = {}
    with en_empresa(mundo.empresa):
        registrar(mundo.empresa, ImportacionAplicada(importacion=1, clase="entradas", productos=[]))
    tasks.despachar(mundo.empresa.pk)
    assert (entregas(mundo), sin_encaminar(mundo)) == ([], 0)
