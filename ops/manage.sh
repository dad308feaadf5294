#!/bin/sh
# manage.py en un servidor: con el ambiente del servicio y como su usuario.
# Uso: inventario ORDEN…            como la aplicación
#      inventario --duenio ORDEN…   como el dueño de las tablas: migrate, y nada más
set -eu
ambiente=/etc/inventario/inventario.env
duenio=
if [ "${1:-}" = --duenio ]; then
    shift
    duenio=/etc/inventario/duenio.env
fi
set -a
. "$ambiente"
[ -z "$duenio" ] || . "$duenio"
set +a
umask 077
cd /opt/inventario
exec runuser -u inventario -- .venv/bin/python manage.py "$@"
