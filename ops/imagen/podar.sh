#!/bin/sh
# Quita de un venv lo que nunca corre: pruebas ajenas, idiomas que no se ofrecen y las fuentes de los que sí.
# Uso: podar.sh VENV
set -eu
paquetes=$(echo "$1"/lib/python3*/site-packages)
# django.test se queda: hay comandos que lo importan.
find "$paquetes" -type d \( -name tests -o -name testing \) -not -path '*/django/test/*' -prune -exec rm -rf {} +
find "$paquetes" -path '*/locale/*/LC_MESSAGES' -type d | while read -r carpeta; do
    case $(basename "$(dirname "$carpeta")") in
        es | en) rm -f "$carpeta"/*.po ;;
        *) rm -rf "$carpeta" ;;
    esac
done
find "$paquetes" \( -name '*.pyi' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.c' -o -name '*.h' \) -type f -delete
