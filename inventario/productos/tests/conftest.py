"""El mundo de las pruebas del catálogo: una empresa en curso y quien actúa en ella."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from inventario.cuentas.models import Empresa


@pytest.fixture
def alcance(empresa: Empresa) -> Iterator[Empresa]:
    """La empresa en curso, para las pruebas que llaman a los servicios sin pasar por un borde."""
    with scope(empresa=empresa):
        yield empresa


# TEMPORAL-H3
@pytest.fixture
def empresa(db: None) -> Empresa:
    from inventario.cuentas.services import crear_empresa
    return crear_empresa(slug="acme", nombre="Acme")


@pytest.fixture
def otra_empresa(db: None) -> Empresa:
    from inventario.cuentas.services import crear_empresa
    return crear_empresa(slug="otra", nombre="Otra")


@pytest.fixture
def actor(empresa: Empresa):
    from inventario.cuentas.models import Usuario
    from inventario.cuentas.permisos import Permiso
    from inventario.nucleo.actores import Actor
    u = Usuario.objects.create_user("ana@acme.ec")
    return Actor(usuario=u, empresa=empresa, permisos=frozenset(Permiso))
