"""Operaciones de migración que solo existen en PostgreSQL: seguridad por filas y libros sin borrón."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from inventario.nucleo.empresa import AJUSTE


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


def filas_por_empresa(*tablas: str) -> list[SoloPostgres]:
    """Segunda red: quien no es dueño de la tabla solo ve y escribe filas de la empresa en curso."""
    return [
        SoloPostgres(
            sql=[
                f"ALTER TABLE {tabla} ENABLE ROW LEVEL SECURITY",
                f"CREATE POLICY por_empresa ON {tabla} "
                f"USING (empresa_id = NULLIF(current_setting('{AJUSTE}', true), '')::bigint)",
            ],
            reverse_sql=[
                f"DROP POLICY por_empresa ON {tabla}",
                f"ALTER TABLE {tabla} DISABLE ROW LEVEL SECURITY",
            ],
        )
        for tabla in tablas
    ]


def solo_agregar(*tablas: str) -> list[SoloPostgres]:
    """Un disparador niega UPDATE y DELETE: el libro se corrige agregando."""
    return [
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
        )
        for tabla in tablas
    ]
