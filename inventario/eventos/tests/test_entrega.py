"""La bandeja de salida: orden por clave, reintentos y nada dos veces."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import scope, scopes_disabled

from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Bodega, Empresa
from inventario.eventos import entrega, tasks
from inventario.eventos.bandeja import registrar
from inventario.eventos.catalogo import Hecho
from inventario.eventos.models import Entrega, Evento
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.fabricas import BodegaFabrica

pytestmark = pytest.mark.django_db

AQUI = "inventario.eventos.tests.test_entrega"
AHORA = datetime(2027, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Algo(Hecho):
    codigo = "algo"
    nombre = _("Algo")

    n: int
    de: str = ""

    @property
    def clave(self) -> str:
        return self.de


class Doble(Algo):
    codigo = "doble"


class Inesperado(Algo):
    codigo = "nadie_lo_espera"


recibidos: list[tuple[str, int]] = []
rotos: set[int] = set()


def anotar(evento: Evento) -> None:
    """Consumidor: deja una bodega como efecto en la base y falla cuando la prueba lo pide."""
    n = evento.datos["n"]
    BodegaFabrica.create(empresa=evento.empresa, codigo=f"e-{n}")
    if n in rotos:
        raise ValueError(f"roto {n}")
    recibidos.append((evento.clave, n))


def anotar_tambien(evento: Evento) -> None:
    recibidos.append((f"otro:{evento.clave}", evento.datos["n"]))


@pytest.fixture(autouse=True)
def _consumidores(settings: Any) -> Iterator[None]:
    settings.CONSUMIDORES_DE_EVENTOS = {
        "algo": [f"{AQUI}.anotar"],
        "doble": [f"{AQUI}.anotar", f"{AQUI}.anotar_tambien"],
    }
    recibidos.clear()
    rotos.clear()
    yield
    recibidos.clear()
    rotos.clear()


def apuntar(empresa: Empresa, n: int, clave: str = "", hecho: type[Algo] = Algo) -> Evento:
    with scope(empresa=empresa):
        registrar(empresa, hecho(n=n, de=clave))
        evento: Evento = Evento.objects.latest("pk")
        return evento


def test_encaminar_crea_una_entrega_por_consumidor_y_no_repite(alcance: Empresa) -> None:
    apuntar(alcance, 1, hecho=Doble)
    apuntar(alcance, 2, hecho=Inesperado)
    assert entrega.encaminar(alcance, AHORA) == 2
    assert entrega.encaminar(alcance, AHORA) == 0
    assert Entrega.objects.count() == 2
    assert Evento.objects.filter(repartido_en=None).count() == 0
    assert entrega.entregar(alcance, lambda: AHORA) == (2, 0)
    assert entrega.entregar(alcance, lambda: AHORA) == (0, 0)
    assert sorted(recibidos) == [("", 1), ("otro:", 1)]
    assert set(Entrega.objects.values_list("estado", flat=True)) == {"entregada"}


def test_fallar_deshace_el_efecto_retiene_a_los_de_su_clave_y_no_a_los_demas(alcance: Empresa) -> None:
    for n, clave in ((1, "a"), (2, "a"), (3, "b"), (4, ""), (5, "")):
        apuntar(alcance, n, clave)
    rotos.update({1, 4})
    entrega.encaminar(alcance, AHORA)
    assert entrega.entregar(alcance, lambda: AHORA) == (2, 2)
    assert recibidos == [("b", 3), ("", 5)]
    assert not Bodega.objects.filter(codigo__in=["e-1", "e-4"]).exists()
    primera = Entrega.objects.get(evento__datos__n=1)
    assert (primera.estado, primera.intentos, primera.error) == ("pendiente", 1, "ValueError: roto 1")
    assert primera.proximo_en == AHORA + timedelta(seconds=30)
    rotos.clear()
    assert entrega.entregar(alcance, lambda: AHORA + timedelta(seconds=29)) == (0, 0)
    assert entrega.entregar(alcance, lambda: AHORA + timedelta(seconds=30)) == (3, 0)
    assert recibidos[2:] == [("a", 1), ("a", 2), ("", 4)] or recibidos[2:] == [("a", 1), ("", 4), ("a", 2)]


def test_fallar_siempre_se_rinde_y_deja_pasar_a_los_siguientes(alcance: Empresa) -> None:
    apuntar(alcance, 1, "a")
    apuntar(alcance, 2, "a")
    rotos.add(1)
    entrega.encaminar(alcance, AHORA)
    for intento in range(entrega.INTENTOS):
        assert recibidos == []
        despues = AHORA + timedelta(days=intento)
        entrega.entregar(alcance, partial(lambda instante: instante, despues))
    rendida = Entrega.objects.get(evento__datos__n=1)
    assert (rendida.estado, rendida.intentos) == ("fallida", entrega.INTENTOS)
    assert recibidos == [("a", 2)]


def test_un_consumidor_que_no_existe_no_detiene_a_los_demas(alcance: Empresa, settings: Any) -> None:
    settings.CONSUMIDORES_DE_EVENTOS = {"algo": ["no.existe", f"{AQUI}.anotar"]}
    apuntar(alcance, 1)
    entrega.encaminar(alcance, AHORA)
    assert entrega.entregar(alcance, lambda: AHORA) == (1, 1)
    assert recibidos == [("", 1)]


def test_tardar_mas_que_la_espera_no_deja_el_efecto_dos_veces(alcance: Empresa, settings: Any) -> None:
    settings.CONSUMIDORES_DE_EVENTOS = {"algo": [f"{AQUI}.lento"]}
    apuntar(alcance, 1)
    entrega.encaminar(alcance, AHORA)
    assert entrega.entregar(alcance, lambda: AHORA) == (0, 1)
    assert not Bodega.objects.filter(codigo="e-1").exists()
    assert Entrega.objects.get().estado == "pendiente"


def lento(evento: Evento) -> None:
    """Consumidor que tarda tanto que otro proceso retoma su entrega mientras trabaja."""
    anotar(evento)
    Entrega.objects.filter(evento=evento).update(intentos=2)


def test_acabarse_el_tiempo_de_la_tarea_no_gasta_otra_entrega(alcance: Empresa, settings: Any) -> None:
    settings.CONSUMIDORES_DE_EVENTOS = {"algo": [f"{__name__}.sin_tiempo"]}
    apuntar(alcance, 1)
    apuntar(alcance, 2)
    entrega.encaminar(alcance, timezone.now())
    with pytest.raises(SoftTimeLimitExceeded):
        entrega.entregar(alcance)
    assert [una.estado for una in Entrega.objects.all()] == [Entrega.Estado.PENDIENTE] * 2
    assert sorted(una.intentos for una in Entrega.objects.all()) == [0, 1]


def sin_tiempo(evento: Evento) -> None:
    raise SoftTimeLimitExceeded


@pytest.mark.django_db(transaction=True)
def test_si_el_tiempo_se_acaba_en_el_acto_la_tarea_termina_y_el_evento_espera(
    empresa: Empresa, settings: Any
) -> None:
    settings.CONSUMIDORES_DE_EVENTOS = {"algo": [f"{AQUI}.sin_tiempo"]}
    settings.CONSUMIDORES_EN_EL_ACTO = [f"{AQUI}.sin_tiempo"]
    with pytest.raises(SoftTimeLimitExceeded), en_empresa(empresa):
        apuntar(empresa, 1)
    with en_empresa(empresa):
        assert Evento.objects.get().repartido_en is None
    settings.CONSUMIDORES_DE_EVENTOS = {"algo": [f"{AQUI}.anotar"]}
    tasks.despachar()
    assert recibidos == [("", 1)]


def test_despachar_pasa_por_todas_las_empresas(empresa: Empresa, otra_empresa: Empresa) -> None:
    apuntar(empresa, 1)
    apuntar(otra_empresa, 2)
    tasks.despachar()
    assert sorted(recibidos) == [("", 1), ("", 2)]
    tasks.despachar()
    assert len(recibidos) == 2


@pytest.mark.django_db(transaction=True)
def test_registrar_avisa_al_confirmar_y_no_si_se_deshace(empresa: Empresa) -> None:
    def apuntar_y_fallar() -> None:
        with en_empresa(empresa):
            apuntar(empresa, 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        apuntar_y_fallar()
    with scopes_disabled():
        assert Evento.objects.count() == 0
    with en_empresa(empresa):
        apuntar(empresa, 2)
        assert recibidos == []
    assert recibidos == [("", 2)]


@pytest.mark.django_db(transaction=True)
def test_registrar_sin_cola_que_responda_no_estropea_lo_hecho(empresa: Empresa, monkeypatch: Any) -> None:
    def caida(*_: Any) -> None:
        raise ConnectionError("sin cola")

    monkeypatch.setattr(tasks.despachar, "delay", caida)
    with transaction.atomic():
        apuntar(empresa, 1)
    assert recibidos == []
    monkeypatch.undo()
    tasks.despachar(empresa.pk)
    assert recibidos == [("", 1)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_despachar_a_la_vez_entrega_cada_uno_una_vez_y_en_orden(empresa: Empresa, settings: Any) -> None:
    consumidores = settings.CONSUMIDORES_DE_EVENTOS
    settings.CONSUMIDORES_DE_EVENTOS = {}
    for n in range(40):
        apuntar(empresa, n, f"producto-{n % 4}")
    settings.CONSUMIDORES_DE_EVENTOS = consumidores
    barrera = threading.Barrier(4)

    def correr() -> None:
        try:
            barrera.wait(timeout=20)
            tasks.despachar(empresa.pk)
        finally:
            connections.close_all()

    hilos = [threading.Thread(target=correr) for _ in range(4)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join(timeout=60)
    tasks.despachar(empresa.pk)
    assert sorted(n for _, n in recibidos) == list(range(40))
    for resto in range(4):
        propios = [n for clave, n in recibidos if clave == f"producto-{resto}"]
        assert propios == sorted(propios)


def test_purgar_borra_lo_viejo_y_entregado(alcance: Empresa) -> None:
    otra = crear_empresa(slug="lejana", nombre="Lejana")
    viejo, roto, nuevo, sin_encaminar = (apuntar(alcance, n) for n in range(4))
    ajeno = apuntar(otra, 9)
    rotos.add(1)
    ahora = timezone.now()
    entrega.encaminar(alcance, ahora)
    entrega.entregar(alcance, lambda: ahora)
    Evento.objects.filter(pk=sin_encaminar.pk).update(repartido_en=None)
    antiguo = ahora - timedelta(days=31)
    Evento.objects.filter(pk__in=[viejo.pk, roto.pk, sin_encaminar.pk]).update(creado_en=antiguo)
    tasks.purgar()
    assert set(Evento.objects.values_list("pk", flat=True)) == {roto.pk, nuevo.pk, sin_encaminar.pk}
    with scope(empresa=otra):
        assert Evento.objects.get() == ajeno
