"""El libro es la única puerta de las existencias, toda app tiene su capa y ninguna sube a consultar.

Que los imports solo bajen lo mira import-linter, con las capas de `pyproject.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

from inventario.tests.arquitectura import consultas_propias, escritores, lecturas_del_limite, subidas

CASA = Path(__file__).resolve().parent.parent


def _modulos() -> Iterator[tuple[str, str]]:
    """Da el código que corre: ni pruebas ni migraciones."""
    for archivo in sorted(CASA.rglob("*.py")):
        ruta = archivo.relative_to(CASA)
        if len(ruta.parts) > 1 and not {"tests", "migrations"} & set(ruta.parts):
            yield ruta.as_posix(), archivo.read_text()


def _es_el_libro(ruta: str) -> bool:
    return ruta.startswith("movimientos/libro/")


def _capas() -> dict[str, int]:
    """Qué tan abajo está cada app: lo dice `pyproject.toml`, de arriba abajo."""
    contratos = tomllib.loads((CASA.parent / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    capas = next(contrato["layers"] for contrato in contratos if contrato["type"] == "layers")
    return {
        modulo.strip().removeprefix("inventario."): abajo
        for abajo, capa in enumerate(capas)
        for modulo in capa.split("|")
    }


def _arriba_de(app: str) -> set[str]:
    """Los nombres de las relaciones inversas que llevan desde esa app a otra que ella no importaría.

    Menos los que también son de un campo de la app o de una de más abajo: esos no dicen adónde se va.
    """
    capas = _capas()
    suben: set[str] = set()
    propios: set[str] = set()
    for modelo in apps.get_models():
        if _app_de(modelo) in capas and capas[_app_de(modelo)] >= capas[app]:
            propios |= {campo.name for campo in (*modelo._meta.fields, *modelo._meta.many_to_many)}
        for relacion in modelo._meta.related_objects:
            otra = _app_de(relacion.related_model)
            if otra in capas and otra != app and capas[otra] <= capas[app]:
                suben |= {relacion.name, relacion.get_accessor_name() or relacion.name}
    return suben - propios


def _app_de(modelo: type[Model]) -> str:
    return modelo.__module__.removeprefix("inventario.").split(".")[0]


def test_toda_app_tiene_su_capa() -> None:
    assert set(_capas()) == {archivo.parent.name for archivo in CASA.glob("*/apps.py")}


def test_nadie_sube_por_una_relacion_inversa() -> None:
    """Lo que un import no haría, tampoco una consulta: quien está debajo no sabe quién lo nombra."""
    faltas: list[str] = []
    for ruta, codigo in _modulos():
        faltas += subidas(ruta, codigo, _arriba_de(ruta.split("/")[0]))
    assert faltas == []


def test_las_relaciones_que_suben_salen_de_los_modelos() -> None:
    """Si no se hallara ninguna, la prueba de arriba pasaría siempre."""
    assert {"lotes", "existencias", "apartados", "movimientos", "alertas"} <= _arriba_de("productos")
    assert {"movimientos", "existencias", "alertas"} <= _arriba_de("lotes")
    assert "lotes" not in _arriba_de("movimientos")
    assert {"reserva", "alertas"} <= _arriba_de("movimientos")
    assert "reserva" in _arriba_de("alertas")
    assert _arriba_de("panel") == set()


@pytest.mark.parametrize(
    "codigo",
    [
        "producto.lotes.exists()",
        "producto.existencias.all()",
        "Producto.objects.filter(lotes__saldo__gt=0)",
        "Producto.objects.exclude(movimientos=None)",
        "Producto.objects.values_list('pk', 'existencias__fisica')",
        "Producto.objects.order_by('-existencias__bodega__codigo')",
        "Producto.objects.order_by(*('pk', 'existencias'))",
        "Producto.objects.annotate(suma=Sum('lotes__saldo'))",
        "Producto.objects.annotate(n=models.Count('movimientos'))",
        "Producto.objects.prefetch_related('lotes')",
        "Proveedor.objects.filter(Q(productos__lotes__saldo=0) | Q(activo=True))",
        "donde = {'existencias__bodega__in': bodegas}",
        "list_filter = ('lotes__bloqueado',)",
    ],
)
def test_subir_por_una_relacion_inversa_se_descubre(codigo: str) -> None:
    assert list(subidas("productos/selectors.py", codigo, _arriba_de("productos")))


@pytest.mark.parametrize(
    "codigo",
    [
        "producto.unidad.productos.count()",
        "Categoria.objects.filter(productos__eliminado_en=None)",
        "Producto.objects.filter(modulos__modulo='cria', categoria__nombre='lotes')",
        "raise TieneDependencias('…', lotes=lotes, reservas=apartados)",
        "lotes, apartados = ataduras",
        "datos = {'lotes': 3}",
        "import inventario.lotes",
    ],
)
def test_mirar_al_lado_o_hacia_abajo_no_es_subir(codigo: str) -> None:
    assert list(subidas("productos/selectors.py", codigo, _arriba_de("productos"))) == []


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
