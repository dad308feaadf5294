"""Elige el motor y acelera lo que no se prueba. Los mundos de prueba se arman con las fábricas."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from pytest_django import DjangoDbBlocker

from herramientas import reparto
from herramientas.programas import marcas_sin_programa
from inventario.nucleo import cache_redis, cola
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

# Las llena `migrate`, y ninguna prueba las cambia.
DE_LOS_MODELOS = {"django_content_type", "auth_permission"}
RECOGIDAS = pytest.StashKey[list[reparto.Prueba]]()
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


def pytest_collection_finish() -> None:
    # Lo cargado vive hasta el final: recorrerlo en cada recolección era la décima parte de la suite.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Retira lo que aquí no se puede correr y, si la suite va repartida, lo que corre en el otro motor.

    Se retira y no se salta: aquí no hay qué arreglar.
    """
    motor = reparto.POSTGRESQL if connection.vendor == "postgresql" else reparto.SQLITE
    imposibles = marcas_sin_programa() | (set() if settings.REDIS_URL else {"redis"})
    pruebas = {item: _prueba(item) for item in items}
    posibles = [item for item, prueba in pruebas.items() if prueba.marcas.isdisjoint(imposibles)]
    config.stash[RECOGIDAS] = [pruebas[item] for item in posibles]
    donde = reparto.corridas if reparto.repartidas() else reparto.posibles
    quedan = [item for item in posibles if motor in donde(pruebas[item])]
    retiradas = pruebas.keys() - set(quedan)
    if retiradas:
        config.hook.pytest_deselected(items=list(retiradas))
        items[:] = quedan


def _prueba(item: pytest.Item) -> reparto.Prueba:
    return reparto.Prueba.leer(
        item.path.relative_to(settings.BASE_DIR).as_posix(),
        marcas=(marca.name for marca in item.iter_markers()),
        pide=getattr(item, "fixturenames", ()),
        nombra=reparto.nombres_de(item.function.__code__) if isinstance(item, pytest.Function) else (),
    )


@pytest.fixture(autouse=True)
def sin_pausas() -> Iterator[None]:
    """La prueba que hace caer a la cola o a Redis no deja en pausa a las demás."""
    yield
    cola.PAUSA.reanudar()
    cache_redis.PAUSA.reanudar()


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    record_testsuite_property: Callable[[str, object], None],
    request: pytest.FixtureRequest,
) -> None:
    """Anota en el informe el motor que respondió de verdad, no el que se creía usar, y cuánto se recogió."""
    with django_db_blocker.unblock():
        _vaciar_de_prisa(borrando=_puede_apagar_disparadores())
        version = ".".join(str(parte) for parte in connection.get_database_version())
    record_testsuite_property("motor", f"{connection.display_name} {version}")
    record_testsuite_property("recogidas", len(request.config.stash[RECOGIDAS]))


def _puede_apagar_disparadores() -> bool:
    """En PostgreSQL lo pide ser superusuario: en una base prestada se vacía como siempre."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        [es_superusuario] = cursor.fetchone()
    return bool(es_superusuario)


def _vaciar_de_prisa(*, borrando: bool) -> None:
    """Deja los permisos donde están, que son de los modelos y rehacerlos cuesta más que la prueba.

    `borrando`: con DELETE, porque entre prueba y prueba hay pocas filas y TRUNCATE rehace cien archivos. Los
    disparadores del libro, que no dejan borrar, y las llaves foráneas se apagan en esa transacción.
    """
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    # De la clase y no de esta conexión: las pruebas que abren un navegador vacían la base con otra.
    operaciones: Any = type(connection.ops)
    como_siempre = operaciones.sql_flush

    def sql_flush(propias: Any, estilo: Any, tablas: list[str], **opciones: Any) -> list[str]:
        que_cambian = sorted(set(tablas) - DE_LOS_MODELOS)
        if not borrando:
            vaciados: list[str] = como_siempre(propias, estilo, que_cambian, **opciones)
            # El dueño sí puede apagarlos, y sin eso el libro no se deja vaciar.
            cada = [connection.ops.quote_name(tabla) for tabla in que_cambian]
            if connection.vendor == "postgresql":
                apagar = [f"ALTER TABLE {tabla} DISABLE TRIGGER USER" for tabla in cada]
                encender = [f"ALTER TABLE {tabla} ENABLE TRIGGER USER" for tabla in cada]
                vaciados = [*apagar, *vaciados, *encender]
            return vaciados
        borrados = [f"DELETE FROM {connection.ops.quote_name(tabla)}" for tabla in que_cambian]
        return ["SET LOCAL session_replication_role = replica", *borrados]

    operaciones.sql_flush = sql_flush
