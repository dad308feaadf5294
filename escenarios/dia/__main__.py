"""Un día de alimentación contra el sistema encendido de verdad, con dos clientes que se portan mal.

    python -m escenarios.dia [--tanques N] [--semilla S]

PostgreSQL, Redis, gunicorn con dos procesos, un worker y beat. La víspera se aparta lo de cada tanque; de
día, 200 tanques × 4 sesiones × 5 renglones por use-batch, con una de cada cinco solicitudes repetida o
cortada, entregas a mediodía, un proceso de la web muerto a mitad de una ronda y reservas en disputa. Al
final se compara todo con un almacén de papel. Termina en 1 si algo no es como debía.
"""

from __future__ import annotations

import argparse
import random
import sys
import time

from escenarios.dia.comprobar import Comprobador
from escenarios.dia.jornada import Dia, contar
from escenarios.dia.plan import SESIONES, planear
from herramientas.postgres import SinPostgres
from herramientas.procesos import convertir_sigterm_en_salida
from herramientas.servicios import NoArranco, sistema


def main() -> int:
    argumentos = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    argumentos.add_argument("--tanques", type=int, default=200)
    argumentos.add_argument("--semilla", type=int, default=None)
    opciones = argumentos.parse_args()
    semilla = random.SystemRandom().randrange(2**32) if opciones.semilla is None else opciones.semilla
    convertir_sigterm_en_salida()
    plan = planear(tanques=opciones.tanques, semilla=semilla)
    print(
        f"Día de alimentación: {opciones.tanques} tanques × {SESIONES} sesiones, "
        f"{len(plan.promesas)} reservas, semilla {semilla}.",
        flush=True,
    )
    empezo = time.monotonic()
    try:
        with sistema() as todo:
            print(f"{todo.motores}; todo encendido a los {time.monotonic() - empezo:.1f} s", flush=True)
            dia = Dia(todo, plan, semilla=semilla)
            dia.transcurrir()
            contar(dia)
            malas = Comprobador(dia).comprobar()
            if malas:
                print("── lo último que dijo la web ──", todo.registro("web")[-3000:], sep="\n")
    except (SinPostgres, NoArranco) as error:
        print(f"No se pudo: {error}", file=sys.stderr)
        return 1
    print(f"{'MAL' if malas else 'Bien'}: {time.monotonic() - empezo:.0f} s en total.", flush=True)
    return 1 if malas else 0


if __name__ == "__main__":
    sys.exit(main())
