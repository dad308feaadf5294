"""Ninguna restricción con nombre se queda sin la prueba que la viola, en ninguna app."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from inventario.cuentas.models import Bodega, Empresa
from inventario.nucleo.solo_agregar import SoloAgregar
from inventario.nucleo.tests.restricciones import Violacion, agregar, cambiar
from inventario.tests.restricciones import con_nombre, probadas

APPS = [app.name for app in apps.get_app_configs() if app.name.startswith("inventario.")]


@pytest.mark.django_db
@pytest.mark.parametrize("app", APPS)
def test_toda_restriccion_con_nombre_tiene_quien_la_viole(app: str) -> None:
    modelos = [modelo for modelo in apps.get_models() if modelo.__module__.startswith(f"{app}.")]
    assert probadas(app) == {nombre for modelo in modelos for nombre in con_nombre(modelo)}


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(
    "orden",
    [
        "ALTER TABLE cuentas_bodega ADD CONSTRAINT puesta_a_mano CHECK (codigo <> 'x')",
        "ALTER TABLE cuentas_bodega ADD CONSTRAINT puesta_a_mano EXCLUDE (codigo WITH =)",
        "CREATE UNIQUE INDEX puesta_a_mano ON cuentas_bodega (nombre) WHERE activa",
        "CREATE TRIGGER puesta_a_mano BEFORE INSERT ON cuentas_bodega "
        "FOR EACH ROW EXECUTE FUNCTION movimientos_asiento_solo_agregar()",
    ],
)
def test_la_que_solo_puso_una_migracion_tambien_cuenta(orden: str) -> None:
    antes = con_nombre(Bodega)
    with connection.cursor() as cursor:
        cursor.execute(orden)
    assert con_nombre(Bodega) - antes == {"puesta_a_mano"}


@pytest.mark.parametrize(
    ("nombre", "caso"),
    [
        # La base lo admite.
        ("bodega_principal_activa", cambiar(Bodega, nombre="'Otra'")),
        # Lo niega otra regla.
        ("bodega_codigo_unico", cambiar(Bodega, activa="false")),
        # No cambia nada: la base no llega a mirar.
        ("bodega_principal_activa", cambiar(Bodega, donde="codigo = 'no hay'", activa="false")),
    ],
)
@pytest.mark.usefixtures("empresa")
def test_un_caso_que_no_viola_su_regla_se_descubre(nombre: str, caso: Violacion) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        caso.exigir_que_la_niegue(nombre)


@pytest.mark.postgresql
def test_un_caso_que_rompe_dos_reglas_se_descubre(empresa: Empresa) -> None:
    with pytest.raises(IntegrityError, match="bodega_principal_unica"):
        agregar(Bodega).exigir_que_la_niegue("bodega_codigo_unico")


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("libro", [m for m in apps.get_models() if issubclass(m, SoloAgregar)])
def test_ningun_libro_se_vacia_de_un_golpe(libro: type[models.Model]) -> None:
    """TRUNCATE no pasa por los disparadores de cada fila; sin el suyo, vaciaría."""
    tabla = libro._meta.db_table
    with pytest.raises(IntegrityError, match="solo se agrega"), transaction.atomic():
        _ejecutar(f"TRUNCATE {tabla} CASCADE")
    with transaction.atomic():
        for una in [m._meta.db_table for m in apps.get_models() if issubclass(m, SoloAgregar)]:
            _ejecutar(f"DROP TRIGGER {una}_sin_vaciar ON {una}")
        _ejecutar(f"TRUNCATE {tabla} CASCADE")
        transaction.set_rollback(True)


def _ejecutar(orden: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(orden)
