"""El rol con que trabaja la aplicación en PostgreSQL: ni dueño de las tablas ni superusuario.

Así le alcanza la seguridad por filas y no puede apagarla. `migrate` entra con otro rol, el dueño.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

# Lo que el rol trae puesto en toda conexión: un pooler en modo transacción no deja mandarlo al conectarse.
PLAZOS = {
    "lock_timeout": "10s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
}
# TRUNCATE, REFERENCES y TRIGGER no: la aplicación no los usa, y con ellos se esquiva una política.
SOBRE_TABLAS = "SELECT, INSERT, UPDATE, DELETE"
SOBRE_SECUENCIAS = "USAGE, SELECT"


# Los que Supabase deja entrar por su API de datos, a los que da por omisión todas las tablas.
AJENOS = ("anon", "authenticated")


class RolConPoder(Exception):
    """Al rol pedido no le alcanza la seguridad por filas; el texto dice por qué."""


def preparar(conexion: BaseDatabaseWrapper, *, rol: str, clave: str) -> None:
    """Crea el rol si falta, le pone la clave y le da lo justo, también sobre lo que se cree después.

    Corre con la conexión del dueño, que debe poder crear roles; repetirla no cambia nada. Con `clave` vacía,
    deja la que tenga. Lanza `RolConPoder` si el rol es superusuario, esquiva políticas, es el dueño mismo o
    hereda de él.
    """
    with conexion.cursor() as cursor:
        _exigir_sin_poder(cursor, rol)
        nombre = sql.Identifier(rol)
        cursor.execute("SELECT current_database(), EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [rol])
        base, existe = cursor.fetchone()
        if not existe:
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(nombre))
        if clave:
            cursor.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(nombre, sql.Literal(clave)))
        for ajuste, plazo in PLAZOS.items():
            cursor.execute(
                sql.SQL("ALTER ROLE {} SET {} = {}").format(
                    nombre, sql.Identifier(ajuste), sql.Literal(plazo)
                )
            )
        for orden in (
            "GRANT CONNECT ON DATABASE {base} TO {rol}",
            # Lo que cualquiera puede de fábrica: temporales en la base y, antes de PostgreSQL 15, tablas.
            "REVOKE TEMPORARY ON DATABASE {base} FROM PUBLIC",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {rol}",
            "GRANT USAGE ON SCHEMA public TO {rol}",
            f"GRANT {SOBRE_TABLAS} ON ALL TABLES IN SCHEMA public TO {{rol}}",
            f"GRANT {SOBRE_SECUENCIAS} ON ALL SEQUENCES IN SCHEMA public TO {{rol}}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {SOBRE_TABLAS} ON TABLES TO {{rol}}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {SOBRE_SECUENCIAS} ON SEQUENCES TO {{rol}}",
        ):
            cursor.execute(sql.SQL(orden).format(base=sql.Identifier(base), rol=nombre))
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(AJENOS)])
        for (ajeno,) in cursor.fetchall():
            for orden in (
                "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {rol}",
                "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {rol}",
            ):
                cursor.execute(sql.SQL(orden).format(rol=sql.Identifier(ajeno)))


def _exigir_sin_poder(cursor: object, rol: str) -> None:
    cursor.execute(  # type: ignore[attr-defined]  # los cursores de Django no tienen un tipo que nombrar
        "SELECT rolsuper, rolbypassrls, rolname = current_user, pg_has_role(oid, current_user, 'MEMBER') "
        "FROM pg_roles WHERE rolname = %s",
        [rol],
    )
    fila = cursor.fetchone()  # type: ignore[attr-defined]
    if fila is None:
        return
    motivos = (
        "es superusuario",
        "esquiva las políticas (BYPASSRLS)",
        "es el dueño",
        "puede volverse el dueño",
    )
    for tiene, motivo in zip(fila, motivos, strict=True):
        if tiene:
            raise RolConPoder(f"El rol «{rol}» {motivo}: la aplicación debe entrar con otro.")
