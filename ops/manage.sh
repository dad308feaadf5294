#!/bin/sh
# manage.py en un servidor: con el ambiente del servicio y como su usuario. Uso: inventario ORDEN…
# Solo las órdenes que lo necesitan reciben la dirección del dueño de las tablas, o la de quien respalda.
set -eu
case "${1:-}" in
    migrate | preparar_roles) ambiente="inventario dueno" ;;
    respaldar | verificar_respaldo | restaurar) ambiente="inventario respaldo" ;;
    *) ambiente=inventario ;;
esac
set -a
for nombre in $ambiente; do
    # Con SQLite no hay más que el primero.
    [ ! -e "/etc/inventario/$nombre.env" ] || . "/etc/inventario/$nombre.env"
done
set +a
umask 077
cd /opt/inventario
exec runuser -u inventario -- .venv/bin/python manage.py "$@"
