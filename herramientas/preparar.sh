#!/bin/sh
# Deja .venv con lo fijado en requirements: `preparar.sh ejecucion` o `preparar.sh desarrollo`.
# Si nada cambió desde la última vez, termina enseguida.
set -eu
cd "$(dirname "$0")/.."
nivel=${1:-desarrollo}
case $nivel in
    ejecucion) lista=requirements.txt ;;
    desarrollo) lista=requirements-dev.txt ;;
    *) echo "Uso: herramientas/preparar.sh ejecucion|desarrollo" >&2; exit 2 ;;
esac
CORRE='import sys; sys.exit(sys.version_info < (3, 11))'

elegir_python() {
    for candidato in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if "$candidato" -c "$CORRE" 2>/dev/null; then
            echo "$candidato"
            return
        fi
    done
    hallado=$(python3 --version 2>&1) || hallado="ninguno"
    echo "Hace falta Python 3.11 o más nuevo en el PATH (o en la variable PYTHON); el que hay: $hallado." >&2
    return 1
}

if ! .venv/bin/python -c "$CORRE" 2>/dev/null; then
    python=$(elegir_python)
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        echo "A $python le falta el módulo venv; en Debian y Ubuntu: apt install python3-venv" >&2
        exit 1
    fi
    echo "Creando .venv con $("$python" --version)…"
    "$python" -m venv --clear .venv
fi

[ -f .env ] || cp .env.example .env

# El sello depende de las listas, de la versión de Python y de dónde está la carpeta, que un venv lleva escrita.
sello=$(.venv/bin/python - "$PWD" requirements.txt requirements-dev.txt <<'PY'
import hashlib, pathlib, sys
suma = hashlib.sha256(f"{sys.version} {sys.argv[1]}".encode())
for nombre in sys.argv[2:]:
    suma.update(pathlib.Path(nombre).read_bytes())
print(suma.hexdigest())
PY
)
vigente() { [ "$(cat ".venv/.sello-$1" 2>/dev/null)" = "$sello" ]; }
# Lo de desarrollo incluye lo de ejecución.
if vigente desarrollo || vigente "$nivel"; then
    exit 0
fi
rm -f .venv/.sello-*

echo "Instalando $lista…"
uv=$(sed -n 's/^\(uv==[^ ;]*\).*/\1/p' requirements-dev.txt)
# uv no lee la configuración de pip (un índice propio, un certificado): si no puede, lo hace pip.
if ! { .venv/bin/python -m pip install --quiet --disable-pip-version-check "$uv" \
    && VIRTUAL_ENV="$PWD/.venv" .venv/bin/uv pip install --quiet --requirements "$lista"; }; then
    echo "uv no pudo; se sigue con pip."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$lista"
fi
echo "$sello" > ".venv/.sello-$nivel"
