#!/bin/sh
# manage.py en un servidor: con el ambiente del servicio y como su usuario. Uso: inventario ORDEN…
# Solo las órdenes que lo necesitan reciben la dirección del dueño de las tablas, o la de quien respalda.
set -eu
set -a
. /etc/inventario/inventario.env
case "${1:-}" in
    migrate | preparar_roles) . /etc/inventario/dueno.env ;;
    respaldar | verificar_respaldo | restaurar) [ ! -e /etc/inventario/respaldo.env ] || . /etc/inventario/respaldo.env ;;
esac
set +a
umask 077
cd /opt/inventario
exec runuser -u inventario -- .venv/bin/python manage.py "$@"
