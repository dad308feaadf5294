"""El libro es la única puerta de las existencias y toda app tiene su capa.

Que los imports solo bajen lo mira import-linter, con las capas de `pyproject.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from inventario.tests.arquitectura import consultas_propias, escritores, lecturas_del_limite

CASA = Path(__file__).resolve().parent.parent


def _modulos() -> Iterator[tuple[str, str]]:
    """Da el código que corre: ni pruebas ni migraciones."""
    for archivo in sorted(CASA.rglob("*.py")):
        ruta = archivo.relative_to(CASA)
        if len(ruta.parts) > 1 and not {"tests", "migrations"} & set(ruta.parts):
            yield ruta.as_posix(), archivo.read_text()


def _es_el_libro(ruta: str) -> bool:
    return ruta.startswith("movimientos/libro/")


def test_toda_app_tiene_su_capa() -> None:
    contratos = tomllib.loads((CASA.parent / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    capas = next(contrato["layers"] for contrato in contratos if contrato["type"] == "layers")
    ordenadas = {modulo.strip() for capa in capas for modulo in capa.split("|")}
    assert ordenadas == {f"inventario.{archivo.parent.name}" for archivo in CASA.glob("*/apps.py")}


def test_solo_el_libro_escribe_existencias() -> None:
    faltas = [f for ruta, codigo in _modulos() if not _es_el_libro(ruta) for f in escritores(ruta, codigo)]
    assert faltas == []


def test_el_libro_si_escribe() -> None:
    """Si el detector se quedara ciego, la prueba de arriba pasaría siempre."""
    hallado = {
        falta.rsplit(": ", 1)[1]
        for ruta, codigo in _modulos()
        if _es_el_libro(ruta)
        for falta in escritores(ruta, codigo)
    }
    assert {"saldo", "fisica", "apartada", "restante", "Movimiento(…)", "Asiento(…)"} <= hallado


def test_el_traductor_no_consulta_por_su_cuenta() -> None:
    suyos = [(ruta, codigo) for ruta, codigo in _modulos() if ruta.startswith("biofloc/")]
    assert len(suyos) > 10
    assert [falta for ruta, codigo in suyos for falta in consultas_propias(ruta, codigo)] == []


def test_solo_el_alcance_sabe_a_que_bodegas_se_limita_alguien() -> None:
    faltas = [
        falta
        for ruta, codigo in _modulos()
        if ruta != "cuentas/alcance.py"
        for falta in lecturas_del_limite(ruta, codigo)
    ]
    assert faltas == []


def test_el_alcance_si_lo_lee() -> None:
    """Si el detector se quedara ciego, la prueba de arriba pasaría siempre."""
    assert list(lecturas_del_limite("cuentas/alcance.py", (CASA / "cuentas/alcance.py").read_text()))


@pytest.mark.parametrize(
    ("ruta", "codigo"),
    [
        ("panel/x.py", "if actor.bodegas_permitidas: pass"),
        ("panel/x.py", "getattr(actor, 'bodegas_permitidas')"),
        ("lotes/x.py", "agregar_miembro(bodegas_permitidas=[])"),
        ("alertas/x.py", "membresia.bodegas_permitidas.set([])"),
        ("cuentas/services.py", "list(membresia.bodegas_permitidas.all())"),
        ("cuentas/actores.py", "ClaveApi.bodegas_permitidas.through.objects"),
    ],
)
def test_mirar_el_limite_por_su_cuenta_se_descubre(ruta: str, codigo: str) -> None:
    assert len(list(lecturas_del_limite(ruta, codigo))) == 1


@pytest.mark.parametrize(
    "codigo",
    [
        "bodegas_permitidas = models.ManyToManyField(Bodega)",
        "def agregar(*, bodegas_permitidas): membresia.bodegas_permitidas.set(bodegas_permitidas)",
        "fields = ('rol', 'bodegas_permitidas')",
    ],
)
def test_donde_se_guarda_el_limite_se_puede_poner(codigo: str) -> None:
    assert list(lecturas_del_limite("cuentas/services.py", codigo)) == []


@pytest.mark.parametrize(
    "codigo",
    [
        "Producto.objects.filter(pk=1)",
        "modelo._default_manager.all()",
        "from django.db import models",
        "from django.db import connection, transaction",
        "from django.db.models import Sum",
        "from django.db.models.functions import Lower",
    ],
)
def test_consultar_en_el_traductor_se_descubre(codigo: str) -> None:
    assert len(list(consultas_propias("biofloc/views/x.py", codigo))) == 1


@pytest.mark.parametrize(
    "codigo",
    [
        "lote.saldo = lote.saldo - 1",
        "lote.saldo -= 1",
        "a, lote.saldo = 1, 2",
        "hoja.existencias[0].fisica += 3",
        "existencia.apartada: int = 0",
        "for apartado.restante in (1, 2): pass",
        "with abrir() as lote.saldo: pass",
        "Lote.objects.filter(pk=1).update(saldo=0)",
        "producto.lotes.update(saldo=0)",
        "Lote.objects.bulk_update(lotes, ['saldo'])",
        "gestor.bulk_update(filas, fields=['fisica'])",
        "setattr(lote, 'saldo', 3)",
        "Movimiento.objects.create(lote=lote)",
        "Movimiento.objects.bulk_create([])",
        "Asiento.objects.using('otra').create()",
        "Lote.objects.create()",
        "Lote.objects.bulk_create([])",
        "Lote(saldo=3).save()",
        "insertar(Movimiento, filas)",
        "Existencia.objects.select_for_update().update(version=2)",
        "Existencia.objects.get_or_create(producto=p)",
        "Apartado.objects.filter(pk=1).update(estado='liberado')",
        "Apartado.objects.filter(pk=1).delete()",
        "models.Movimiento.objects.create()",
        "cursor.execute('UPDATE lotes_lote SET saldo = 0')",
        "cursor.execute('insert into \"movimientos_movimiento\" values (1)')",
    ],
)
def test_escribir_fuera_del_libro_se_descubre(codigo: str) -> None:
    assert list(escritores("ventas/services.py", codigo))


@pytest.mark.parametrize(
    "codigo",
    [
        "saldo = lote.saldo",
        "total = existencia.fisica - existencia.apartada",
        "Lote.objects.filter(saldo__gt=0).update(bloqueado=True)",
        "datos.update(nombre='x')",
        "Movimiento.objects.filter(lote=lote).count()",
        "setattr(fila, 'nombre', 'x')",
        "'Actualice la cantidad: update movimientos'",
    ],
)
def test_leer_no_es_escribir(codigo: str) -> None:
    assert list(escritores("ventas/services.py", codigo)) == []
