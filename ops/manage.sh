#!/bin/sh
# manage.py en un servidor: con el ambiente del servicio y como su usuario.
# Uso: inventario ORDEN…            como la aplicación
#      inventario --duenio ORDEN…   como el dueño de las tablas: migrate, y nada más
#      inventario --respaldo ORDEN… con el rol de los respaldos: respaldar y verificar_respaldo, y nada más
set -eu
ambiente=/etc/inventario/inventario.env
otro=
case "${1:-}" in
    --duenio) otro=/etc/inventario/duenio.env && shift ;;
    --respaldo) otro=/etc/inventario/respaldo.env && shift ;;
esac
set -a
. "$ambiente"
[ -z "$otro" ] || . "$otro"
set +a
umask 077
cd /opt/inventario
exec runuser -u inventario -- .venv/bin/python manage.py "$@"
