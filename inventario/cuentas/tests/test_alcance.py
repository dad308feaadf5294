"""Sin empresa no hay consulta, y la base es la segunda red."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.utils import ProgrammingError
from django.test import override_settings
from django_scopes import ScopeError, get_scope

from inventario.cuentas.empresas.selectors import bodega_principal
from inventario.cuentas.models import Bodega, Empresa
from inventario.nucleo.empresa import AJUSTE, consultando, en_empresa
from inventario.nucleo.modelos import ModeloDeEmpresa

DEL_NEGOCIO = [modelo for modelo in apps.get_models() if issubclass(modelo, ModeloDeEmpresa)]


@pytest.mark.django_db
@pytest.mark.parametrize("produccion", [False, True])
@pytest.mark.parametrize("modelo", DEL_NEGOCIO, ids=lambda modelo: modelo.__name__)
def test_consultar_sin_empresa_es_un_error(modelo: Any, produccion: bool) -> None:
    with override_settings(PRODUCCION=produccion, DEBUG=not produccion):
        consultas: list[Callable[[], Any]] = [
            lambda: list(modelo.objects.all()),
            lambda: modelo.objects.filter(pk=1),
            lambda: modelo.objects.exclude(pk=1).first(),
            lambda: modelo.objects.count(),
            lambda: modelo.objects.exists(),
            lambda: modelo.objects.first(),
            lambda: modelo.objects.get(pk=1),
            lambda: modelo.objects.in_bulk([1]),
            lambda: modelo.objects.update(empresa_id=1),
            lambda: modelo.objects.all().delete(),
            lambda: list(modelo.objects.values_list("pk")),
            lambda: list(modelo.objects.raw(f"SELECT * FROM {modelo._meta.db_table}")),
        ]
        for consulta in consultas:
            with pytest.raises(ScopeError):
                consulta()


@pytest.mark.django_db
def test_en_empresa_solo_se_ve_lo_suyo(empresa: Empresa, otra_empresa: Empresa) -> None:
    for abrir in (en_empresa, consultando):
        with abrir(empresa):
            assert Bodega.objects.get().empresa == empresa
            with abrir(otra_empresa):
                assert Bodega.objects.get().empresa == otra_empresa
            assert Bodega.objects.get().empresa == empresa
    assert "empresa" not in get_scope()


@pytest.mark.django_db(transaction=True)
def test_en_empresa_durable_no_se_anida(empresa: Empresa) -> None:
    with en_empresa(empresa), pytest.raises(RuntimeError, match="durable"), en_empresa(empresa, durable=True):
        raise AssertionError("No debió abrirse.")
    with en_empresa(empresa, durable=True):
        assert connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite
def test_consultar_en_sqlite_no_toma_el_turno_de_escribir(empresa: Empresa) -> None:
    with consultando(empresa):
        assert not connection.in_atomic_block
        assert Bodega.objects.count() == 1


ROL = "inventario_prueba_filas"


@pytest.fixture
def _rol_comun(transactional_db: None) -> Iterator[None]:
    """Un rol como el de producción: ni superusuario ni dueño de las tablas."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS {ROL}")
        cursor.execute(f"CREATE ROLE {ROL} NOLOGIN")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {ROL}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROL}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {ROL}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f"DROP OWNED BY {ROL}")
        cursor.execute(f"DROP ROLE {ROL}")


def en_sql(consulta: str, *parametros: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(consulta, parametros)
        return [fila[0] for fila in cursor.fetchall()]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_rol_comun")
def test_un_rol_comun_solo_ve_las_filas_de_la_empresa_en_curso(
    empresa: Empresa, otra_empresa: Empresa
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {ROL}")
    assert en_sql("SELECT empresa_id FROM cuentas_bodega") == []
    with en_empresa(empresa):
        assert en_sql("SELECT empresa_id FROM cuentas_bodega") == [empresa.pk]
        with en_empresa(otra_empresa):
            assert en_sql("SELECT empresa_id FROM cuentas_bodega") == [otra_empresa.pk]
        assert en_sql("SELECT empresa_id FROM cuentas_bodega") == [empresa.pk]
        with pytest.raises(ZeroDivisionError), en_empresa(otra_empresa):
            raise ZeroDivisionError
        assert en_sql("SELECT empresa_id FROM cuentas_bodega") == [empresa.pk]
    # El ajuste terminó con la transacción: quien tome después la conexión no ve nada.
    assert en_sql("SELECT current_setting(%s, true)", AJUSTE) in ([None], [""])
    assert en_sql("SELECT empresa_id FROM cuentas_bodega") == []


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_rol_comun")
def test_un_rol_comun_no_escribe_en_otra_empresa(empresa: Empresa, otra_empresa: Empresa) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {ROL}")
    with pytest.raises(ProgrammingError, match="row-level security"), en_empresa(empresa):
        Bodega(empresa=otra_empresa, codigo="intrusa", nombre="x").save()
    with en_empresa(empresa), connection.cursor() as cursor:
        cursor.execute("UPDATE cuentas_bodega SET nombre = 'x' WHERE empresa_id = %s", [otra_empresa.pk])
        assert cursor.rowcount == 0
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    with en_empresa(otra_empresa):
        assert bodega_principal(otra_empresa).nombre == "Bodega principal"
