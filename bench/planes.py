"""Planes de las lecturas de todo el día con 100 000 lotes y un millón de movimientos (PostgreSQL).

    python -m herramientas.postgres -- python bench/planes.py [--lotes N] [--movimientos N]

Sale con 1 si alguna no entra por su índice o recorre entera una tabla grande.
"""

from __future__ import annotations

import argparse
import sys
import time

from comun import base_de_prueba


def medir(lotes: int, movimientos: int, productos: int) -> int:
    from django.db import transaction

    from inventario.movimientos.tests.lecturas_calientes import lecturas
    from inventario.movimientos.tests.mundo import Mundo
    from inventario.movimientos.tests.volumen import llenar, planes_de
    from inventario.nucleo.empresa import en_empresa

    mundo = Mundo.crear()
    inicio = time.perf_counter()
    with en_empresa(mundo.empresa):
        llenar(mundo, productos=productos, lotes=lotes, movimientos=movimientos)
    print(f"{lotes} lotes y {movimientos} movimientos en {time.perf_counter() - inicio:.0f} s\n")
    malas = 0
    with en_empresa(mundo.empresa):
        for nombre, lectura in lecturas(mundo).items():
            planes = planes_de(lectura.hacer, medir=True)
            usados = sorted(frozenset[str]().union(*(plan.indices for plan in planes)))
            recorridas = sorted(frozenset[str]().union(*(plan.recorridas for plan in planes)))
            entra = any(indice.startswith(lectura.indices) for indice in usados)
            ordena = lectura.sin_ordenar and any(plan.ordena for plan in planes)
            bien = entra and not recorridas and not ordena
            malas += not bien
            print(f"{'bien' if bien else 'MAL ':4}  {sum(plan.ms for plan in planes):8.2f} ms  {nombre}")
            print(f"      {', '.join(usados)}{'  RECORRE ' + ', '.join(recorridas) if recorridas else ''}")
        transaction.set_rollback(True)
    return 1 if malas else 0


def main() -> int:
    argumentos = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    argumentos.add_argument("--lotes", type=int, default=100_000)
    argumentos.add_argument("--movimientos", type=int, default=1_000_000)
    argumentos.add_argument("--productos", type=int, default=500)
    opciones = argumentos.parse_args()
    with base_de_prueba():
        return medir(opciones.lotes, opciones.movimientos, opciones.productos)


if __name__ == "__main__":
    sys.exit(main())
