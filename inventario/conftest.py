"""Elige el motor y acelera lo que no se prueba. Los mundos de prueba se arman con las fábricas."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from programas import marcas_sin_programa
from pytest_django import DjangoDbBlocker

from inventario.nucleo.tests.mundo import (  # noqa: F401  # las fixtures comunes, con su nombre
    actor,
    actor_con,
    alcance,
    bodega,
    clave_de,
    cliente_ajeno,
    cliente_anonimo,
    cliente_api,
    cliente_con_alcances,
    empresa,
    otra_empresa,
    sin_limites,
    usuario,
)

# Con el disco y la base de por medio, el tiempo de un ejemplo no dice nada.
_LENTOS = [HealthCheck.too_slow, HealthCheck.data_too_large]
hypothesis.register_profile("rapido", deadline=None, max_examples=30, suppress_health_check=_LENTOS)
hypothesis.register_profile(
    "largo", deadline=None, max_examples=150, print_blob=True, suppress_health_check=_LENTOS
)
hypothesis.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "rapido")


def pytest_configure() -> None:
    # Argon2 tarda a propósito; los archivos con huella piden un collectstatic; axes se prueba aparte.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # Cada cliente de prueba arma los middlewares de nuevo: sin esto, recorre todos los estáticos cada vez.
    settings.WHITENOISE_AUTOREFRESH = True
    settings.AXES_ENABLED = False
    settings.SECURE_SSL_REDIRECT = False
    # Ninguna prueba espera a un worker, aunque quien las corre tenga una cola en su .env.
    settings.CELERY_TASK_ALWAYS_EAGER = True
    if not settings.REDIS_URL:
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Retira lo del otro motor y lo que pide algo que no hay: no se salta, que aquí no hay qué arreglar."""
    es_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    ajenas = {"sqlite" if es_postgresql else "postgresql"} | (set() if settings.REDIS_URL else {"redis"})
    ajenas |= marcas_sin_programa()
    retiradas = [item for item in items if any(item.get_closest_marker(marca) for marca in ajenas)]
    if retiradas:
        config.hook.pytest_deselected(items=retiradas)
        items[:] = [item for item in items if item not in retiradas]


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    """Anota en el informe el motor que respondió de verdad, no el que se creía usar."""
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            _vaciar_borrando()
        version = ".".join(str(parte) for parte in connection.get_database_version())
    record_testsuite_property("motor", f"{connection.display_name} {version}")


def _vaciar_borrando() -> None:
    """Vacía las tablas con DELETE: entre prueba y prueba hay pocas filas, y TRUNCATE rehace cien archivos.

    Los disparadores del libro, que no dejan borrar, y las llaves foráneas se apagan en esa transacción, lo
    que pide ser superusuario: en una base prestada se vacía como siempre.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        [es_superusuario] = cursor.fetchone()
    if not es_superusuario:
        return

    def sql_flush(_estilo: Any, tablas: list[str], **_opciones: Any) -> list[str]:
        borrados = [f"DELETE FROM {connection.ops.quote_name(tabla)}" for tabla in sorted(tablas)]
        return ["SET LOCAL session_replication_role = replica", *borrados]

    connection.ops.sql_flush = sql_flush  # type: ignore[assignment, method-assign]
