"""Operaciones de migración que solo existen en PostgreSQL: seguridad por filas y libros sin borrón."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState, StateApps

from inventario.nucleo.empresa import AJUSTE, HUELLA, PERSONA, fijar_empresa


class SoloPostgres(migrations.RunSQL):
    """SQL reversible que en otro motor no hace nada."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


def _ajuste(nombre: str, tipo: str) -> str:
    # Sin fijar puede venir nulo o vacío, según si la conexión ya lo usó: con ninguno de los dos se ve algo.
    return f"NULLIF(current_setting('{nombre}', true), '')::{tipo}"


EMPRESA_EN_CURSO = _ajuste(AJUSTE, "bigint")
PERSONA_EN_CURSO = _ajuste(PERSONA, "uuid")
HUELLA_EN_CURSO = _ajuste(HUELLA, "text")


def filas_por_empresa(*tablas: str) -> list[SoloPostgres]:
    """Segunda red: nadie que no sea superusuario, ni el dueño de la tabla, ve o escribe otra empresa."""
    return [*filas_sin_forzar(*tablas), *forzar_filas(*tablas)]


def filas_sin_forzar(*tablas: str) -> list[SoloPostgres]:
    """La que no alcanza al dueño. Solo de las migraciones viejas: tras ellas otra recorre lo que ya había."""
    return [
        politica
        for tabla in tablas
        for politica in (
            SoloPostgres(
                sql=f"ALTER TABLE {tabla} ENABLE ROW LEVEL SECURITY",
                reverse_sql=f"ALTER TABLE {tabla} DISABLE ROW LEVEL SECURITY",
            ),
            politica_de_filas(tabla, "por_empresa", f"empresa_id = {EMPRESA_EN_CURSO}"),
        )
    ]


def forzar_filas(*tablas: str) -> list[SoloPostgres]:
    """La seguridad por filas, también para el dueño."""
    return [
        SoloPostgres(
            sql=f"ALTER TABLE {tabla} FORCE ROW LEVEL SECURITY",
            reverse_sql=f"ALTER TABLE {tabla} NO FORCE ROW LEVEL SECURITY",
        )
        for tabla in tablas
    ]


def filas_segun(tabla: str, *politicas: SoloPostgres) -> list[SoloPostgres]:
    """Para la tabla sin empresa, o que se lee antes de saberla: lo que esas políticas no digan, se niega."""
    encender = SoloPostgres(
        sql=f"ALTER TABLE {tabla} ENABLE ROW LEVEL SECURITY",
        reverse_sql=f"ALTER TABLE {tabla} DISABLE ROW LEVEL SECURITY",
    )
    return [encender, *politicas, *forzar_filas(tabla)]


def politica_de_filas(tabla: str, nombre: str, cuales: str, para: str = "ALL") -> SoloPostgres:
    """Admite las filas que cumplen `cuales` (SQL), al mirarlas y al escribirlas, en esa orden."""
    clausula = "WITH CHECK" if para == "INSERT" else "USING"
    return SoloPostgres(
        sql=f"CREATE POLICY {nombre} ON {tabla} FOR {para} {clausula} ({cuales})",
        reverse_sql=f"DROP POLICY {nombre} ON {tabla}",
    )


def para_cada_empresa(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> Iterator[int]:
    """Recorre los ids de las empresas con cada una en curso, para las migraciones de datos.

    El dueño tampoco ve filas sin empresa: una migración que no pase por aquí creería que no hay nada.
    """
    for pk in apps.get_model("cuentas", "Empresa").objects.order_by("pk").values_list("pk", flat=True):
        fijar_empresa(pk)
        yield pk
    fijar_empresa(None)


def solo_agregar(*tablas: str) -> list[SoloPostgres]:
    """Un disparador niega UPDATE, DELETE y TRUNCATE: el libro se corrige agregando."""
    return [
        operacion
        for tabla in tablas
        for operacion in (
            SoloPostgres(
                sql=[
                    f"CREATE FUNCTION {tabla}_solo_agregar() RETURNS trigger LANGUAGE plpgsql AS "
                    f"'BEGIN RAISE EXCEPTION ''{tabla}: solo se agrega'' "
                    "USING ERRCODE = ''restrict_violation''; END'",
                    f"CREATE TRIGGER {tabla}_solo_agregar BEFORE UPDATE OR DELETE ON {tabla} "
                    f"FOR EACH ROW EXECUTE FUNCTION {tabla}_solo_agregar()",
                ],
                reverse_sql=[
                    f"DROP TRIGGER {tabla}_solo_agregar ON {tabla}",
                    f"DROP FUNCTION {tabla}_solo_agregar()",
                ],
            ),
            *sin_vaciar(tabla),
        )
    ]


def sin_vaciar(*tablas: str) -> list[SoloPostgres]:
    """Niega el TRUNCATE de una tabla de `solo_agregar`, que no pasa por los disparadores de cada fila.

    Repetirla no hace nada: las bases que ya tenían el libro la reciben en una migración aparte.
    """
    return [
        SoloPostgres(
            sql=f"CREATE OR REPLACE TRIGGER {tabla}_sin_vaciar BEFORE TRUNCATE ON {tabla} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {tabla}_solo_agregar()",
            reverse_sql=f"DROP TRIGGER IF EXISTS {tabla}_sin_vaciar ON {tabla}",
        )
        for tabla in tablas
    ]
