"""Ataca una copia como la de producción (PostgreSQL, Redis, nginx, gunicorn) con lo de la issue 11.

    python -m escenarios.ataque [--breve] [--solo A1|gente|tabla_tomada]

Cada ataque dice si el sistema RESISTE o CAE, y con qué. Termina en 1 si algo cae.
"""

from __future__ import annotations

import argparse
import sys
import time

from escenarios.ataque import apagon, archivos, esperas, filas, gente, limites, paginas
from escenarios.ataque.blanco import Blanco, blanco
from escenarios.ataque.registro import TODOS, Ataque, Veredicto, probar
from herramientas.postgres import SinPostgres
from herramientas.procesos import convertir_sigterm_en_salida
from herramientas.servicios import NoArranco

# En qué orden van: el apagón, al final.
CAPITULOS = (gente, paginas, limites, archivos, filas, esperas, apagon)


def main() -> int:
    argumentos = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    argumentos.add_argument("--breve", action="store_true", help="solo los de cada día")
    argumentos.add_argument("--solo", default="", help="los de ese hallazgo o capítulo, o el de ese nombre")
    opciones = argumentos.parse_args()
    orden = [capitulo.__name__ for capitulo in CAPITULOS]
    en_orden = sorted(TODOS, key=lambda uno: orden.index(uno.hacer.__module__))
    elegidos = [
        uno for uno in en_orden if (uno.breve or not opciones.breve) and _nombrado(uno, opciones.solo)
    ]
    convertir_sigterm_en_salida()
    empezo = time.monotonic()
    try:
        with blanco() as atacado:
            print(f"{atacado.todo.motores}; encendido a los {time.monotonic() - empezo:.1f} s", flush=True)
            veredictos = [_contar(uno, atacado) for uno in elegidos]
            if not all(uno.resiste for uno in veredictos):
                print("── lo último que dijo la web ──", atacado.todo.registro("web")[-6000:], sep="\n")
    except (SinPostgres, NoArranco) as error:
        print(f"No se pudo: {error}", file=sys.stderr)
        return 1
    return _despedir(veredictos, time.monotonic() - empezo)


def _nombrado(uno: Ataque, texto: str) -> bool:
    capitulo = uno.hacer.__module__.rpartition(".")[2]
    return texto in ("", uno.hallazgo, capitulo, uno.hacer.__name__)


def _contar(uno: Ataque, atacado: Blanco) -> Veredicto:
    veredicto = probar(uno, atacado)
    print(f"{_linea(veredicto)}\n         {veredicto.evidencia}", flush=True)
    return veredicto


def _linea(uno: Veredicto) -> str:
    juicio = "resiste" if uno.resiste else "CAE    "
    return f"{juicio}  {uno.ataque.hallazgo:<4} {uno.ataque.nombre:<72} {uno.duro_s:5.1f} s"


def _despedir(veredictos: list[Veredicto], duro_s: float) -> int:
    caidos = [uno for uno in veredictos if not uno.resiste]
    print(f"\n{'─' * 96}", *map(_linea, veredictos), sep="\n")
    for uno in caidos:
        print(f"\nCAE {uno.ataque.hallazgo} {uno.ataque.nombre}: {uno.evidencia}")
    print(f"\n{len(veredictos)} ataques, {len(caidos)} con éxito, {duro_s:.0f} s.", flush=True)
    return 1 if caidos or not veredictos else 0


if __name__ == "__main__":
    sys.exit(main())
