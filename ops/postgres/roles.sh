#!/bin/sh
# Lo corre la imagen de PostgreSQL al nacer el clúster. Su POSTGRES_USER es superusuario y con él no se trabaja: aquí
# nacen el dueño, que solo puede crear roles, y el que respalda, que ve todas las filas. El de la aplicación lo hace
# `preparar_roles`. Pide POSTGRES_DUENO_PASSWORD y POSTGRES_RESPALDO_PASSWORD.
set -eu
psql --set ON_ERROR_STOP=1 --no-psqlrc --quiet --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-postgres}" <<'SQL'
\getenv del_dueno POSTGRES_DUENO_PASSWORD
\getenv del_respaldo POSTGRES_RESPALDO_PASSWORD
CREATE ROLE inventario LOGIN CREATEROLE PASSWORD :'del_dueno';
CREATE ROLE inventario_respaldo LOGIN BYPASSRLS CREATEDB PASSWORD :'del_respaldo';
GRANT pg_read_all_data TO inventario_respaldo;
CREATE DATABASE inventario OWNER inventario ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
SQL
