"""Cuántas sesiones de alimentación por segundo atiende el sistema entero, según cuántos clientes llamen.

    python bench/alimentacion.py [--tanques N] [--clientes 1,2,4,8] [--procesos N] [--hilos N]

PostgreSQL, Redis y gunicorn de verdad; cada sesión es un use-batch de cinco renglones con su
Idempotency-Key, y cada tanque tiene apartado lo suyo. Son medidas de esta máquina, no metas ni pruebas.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import threading
import time
from collections import deque
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from escenarios.dia.cliente import Cliente, Pedido
from escenarios.dia.jornada import Dia
from escenarios.dia.plan import SESIONES, planear
from herramientas.servicios import sistema


def medir(dia: Dia, pedidos: list[Pedido], cuantos: int) -> tuple[float, list[float]]:
    """Devuelve las sesiones por segundo y lo que tardó cada una, en milisegundos."""
    cola, demoras = deque(pedidos), list[float]()

    def trabajar(cliente: Cliente) -> None:
        while True:
            try:
                pedido = cola.popleft()
            except IndexError:
                return
            inicio = time.perf_counter()
            estado = cliente.insistir(pedido).estado
            demoras.append(1000 * (time.perf_counter() - inicio))
            assert estado == 200, f"{pedido.clave}: {estado}"

    hilos = [threading.Thread(target=trabajar, args=(dia.cliente_nuevo(),)) for _ in range(cuantos)]
    empezo = time.perf_counter()
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    return len(pedidos) / (time.perf_counter() - empezo), demoras


def main() -> int:
    argumentos = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    argumentos.add_argument("--tanques", type=int, default=200)
    argumentos.add_argument("--clientes", default="1,2,4,8")
    argumentos.add_argument("--procesos", type=int, default=2)
    argumentos.add_argument("--hilos", type=int, default=4)
    opciones = argumentos.parse_args()
    cuantos = [int(parte) for parte in opciones.clientes.split(",")]
    plan = planear(tanques=opciones.tanques, semilla=1)
    with sistema(procesos=opciones.procesos, hilos=opciones.hilos, con_tareas=False) as todo:
        print(f"{todo.motores}; gunicorn {opciones.procesos} × {opciones.hilos}; {opciones.tanques} tanques")
        dia = Dia(todo, plan, semilla=1)
        dia.abastecer()
        dia.apartar()
        for orden, clientes in enumerate(cuantos):
            ronda = orden % SESIONES + 1
            pedidos = [dia.pedido_de(sesion) for sesion in plan.sesiones if sesion.numero == ronda]
            ritmo, demoras = medir(dia, pedidos, clientes)
            cortes = statistics.quantiles(demoras, n=20)
            print(
                f"{clientes:3} clientes {ritmo:7.1f} sesiones/s  mediana {statistics.median(demoras):6.1f} ms"
                f"   p95 {cortes[18]:6.1f} ms   máxima {max(demoras):6.1f} ms",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
