"""La segunda red de PostgreSQL, tabla por tabla: la política `por_empresa` niega la fila de otra empresa."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from inventario.cuentas.models import Empresa
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.modelos import ModeloDeEmpresa

pytestmark = pytest.mark.postgresql
DEL_NEGOCIO = [modelo for modelo in apps.get_models() if issubclass(modelo, ModeloDeEmpresa)]
ROL = "inventario_prueba_politicas"


@pytest.fixture
def _como_rol_comun(empresa: Empresa, otra_empresa: Empresa) -> Iterator[None]:
    """Con un rol como el de producción, ni dueño ni superusuario, que se va con la transacción."""
    with en_empresa(empresa), connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROL} NOLOGIN")
        cursor.execute(f"GRANT INSERT ON ALL TABLES IN SCHEMA public TO {ROL}")
        cursor.execute(f"SET LOCAL ROLE {ROL}")
        yield
        cursor.execute("RESET ROLE")


@pytest.mark.usefixtures("_como_rol_comun")
@pytest.mark.parametrize("modelo", DEL_NEGOCIO, ids=lambda modelo: modelo.__name__)
def test_la_politica_niega_la_fila_de_otra_empresa(
    modelo: type[models.Model], empresa: Empresa, otra_empresa: Empresa
) -> None:
    tabla = modelo._meta.db_table
    with pytest.raises(DatabaseError, match=f'row-level security policy for table "{tabla}"'):
        _agregar_vacia(tabla, otra_empresa)
    # La misma fila en la empresa en curso pasa la política, y lo que la niega es todo lo que le falta.
    with pytest.raises(IntegrityError, match="not-null"):
        _agregar_vacia(tabla, empresa)


def _agregar_vacia(tabla: str, empresa: Empresa) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {tabla} (empresa_id) VALUES (%s)", [empresa.pk])
