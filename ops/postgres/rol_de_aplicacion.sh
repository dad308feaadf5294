#!/bin/sh
# Crea el rol con que entran la web y las tareas: ni dueño de las tablas, ni superusuario, ni exento de la seguridad
# por filas. Lo corre la imagen de PostgreSQL al crear la base, y DEPLOY.md en un servidor Debian.
# Pide POSTGRES_APP_PASSWORD; el dueño es POSTGRES_USER y la base POSTGRES_DB.
set -eu
psql --set ON_ERROR_STOP=1 --no-psqlrc --quiet --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-inventario}" \
    --set duenio="${DUENIO:-${POSTGRES_USER:-inventario}}" <<'SQL'
\getenv clave POSTGRES_APP_PASSWORD
CREATE ROLE inventario_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'clave';
GRANT USAGE ON SCHEMA public TO inventario_app;
-- Las tablas todavía no existen: se dice qué podrá hacer en las que cree el dueño.
ALTER DEFAULT PRIVILEGES FOR ROLE :"duenio" IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO inventario_app;
ALTER DEFAULT PRIVILEGES FOR ROLE :"duenio" IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO inventario_app;
SQL
