"""La comprobación nocturna guarda lo que encontró en cada empresa y avisa si algo no cuadra."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from inventario.cuentas.empresas.por_empresa import RondaIncompleta
from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Empresa
from inventario.eventos.models import Comprobacion
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.empresa import en_empresa
from inventario.vigilancia import tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def granja(db: None) -> Mundo:
    mundo = Mundo.crear()
    with en_empresa(mundo.empresa):
        mundo.entrada(mundo.producto(), 20)
    return mundo


def _alterar(mundo: Mundo) -> int:
    """Cambia las existencias por debajo del libro; devuelve de qué producto."""
    with en_empresa(mundo.empresa), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE movimientos_existencia SET fisica = 17 WHERE empresa_id = %s RETURNING producto_id",
            [mundo.empresa.pk],
        )
        (fila,) = cursor.fetchall()
        return int(fila[0])


def test_comprobar_libros_sanos_lo_deja_dicho_con_su_hora(granja: Mundo) -> None:
    comprobacion = tasks.comprobar_libros(granja.empresa, reloj=granja.reloj)
    assert (comprobacion.cuadran, comprobacion.diferencias, comprobacion.detalle) == (True, 0, "")
    assert (comprobacion.empezo_en, comprobacion.termino_en) == (granja.reloj(), granja.reloj())
    with en_empresa(granja.empresa):
        assert Comprobacion.objects.get() == comprobacion


def test_comprobar_libros_alterados_guarda_cada_diferencia(granja: Mundo) -> None:
    cual = f"producto {_alterar(granja)} en bodega {granja.bodega.pk}"
    comprobacion = tasks.comprobar_libros(granja.empresa)
    assert (comprobacion.cuadran, comprobacion.diferencias) == (False, 2)
    assert comprobacion.detalle.splitlines() == [
        f"I2: {cual}: física 17, y sus lotes suman 20.",
        f"I2: {cual}: física 17, y sus movimientos suman 20.",
    ]
    assert comprobacion.termino_en - comprobacion.empezo_en < timedelta(minutes=1)


def test_comprobar_libros_deshechos_cuenta_todas_y_guarda_las_primeras(
    granja: Mundo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "DETALLE_MAXIMO", 1)
    _alterar(granja)
    comprobacion = tasks.comprobar_libros(granja.empresa)
    assert (comprobacion.diferencias, len(comprobacion.detalle.splitlines())) == (2, 1)


def test_la_noche_comprueba_todas_las_empresas_y_falla_si_una_no_cuadra(granja: Mundo) -> None:
    sana = crear_empresa(slug="sana", nombre="Sana")
    tasks.verificar_libros()
    _alterar(granja)
    with pytest.raises(RondaIncompleta, match=f"^Falló en: {granja.empresa.slug}"):
        tasks.verificar_libros()
    guardadas = {}
    for empresa in (granja.empresa, sana):
        with en_empresa(empresa):
            guardadas[empresa.slug] = list(Comprobacion.objects.values_list("diferencias", flat=True))
    assert guardadas == {granja.empresa.slug: [2, 0], "sana": [0, 0]}


def test_la_noche_empieza_por_la_que_hace_mas_que_no_se_comprueba(granja: Mundo) -> None:
    """Si un día el tiempo no alcanza, no se queda siempre sin comprobar la misma."""
    nueva = crear_empresa(slug="nueva", nombre="Nueva")
    for primera, segunda in ((nueva, granja.empresa), (granja.empresa, nueva)):
        tasks.comprobar_libros(segunda)
        tasks.verificar_libros()
        assert _ultima(primera) < _ultima(segunda)


def _ultima(empresa: Empresa) -> datetime:
    with en_empresa(empresa):
        return Comprobacion.objects.latest("pk").empezo_en
