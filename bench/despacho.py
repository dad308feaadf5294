"""Cuánto cuesta despachar, en proporciones dentro de una misma corrida: no son metas ni pruebas.

    python bench/despacho.py                                        en SQLite
    python -m herramientas.postgres -- python bench/despacho.py en PostgreSQL

Con 1 y con 50 lotes tomados, por FEFO y por PEPS, y con 1 y con 1000 lotes vivos en el producto.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from comun import base_de_prueba

VECES = 60


def mediana_ms(hacer: Callable[[], object], veces: int = VECES) -> float:
    tiempos = []
    for _ in range(veces):
        inicio = time.perf_counter()
        hacer()
        tiempos.append(1000 * (time.perf_counter() - inicio))
    return statistics.median(tiempos)


def medir() -> None:
    from inventario.movimientos import services
    from inventario.movimientos.services import LineaEntrada
    from inventario.movimientos.tests.mundo import Mundo, cant, dia
    from inventario.nucleo.empresa import en_empresa
    from inventario.productos.models import Producto

    mundo = Mundo.crear()

    def con_lotes(sku: str, cuantos: int, cantidad: str) -> Producto:
        producto = mundo.producto(sku)
        lineas = [
            LineaEntrada(producto, mundo.bodega, cant(cantidad), vence_el=dia(numero))
            for numero in range(cuantos)
        ]
        services.registrar_entradas(actor=mundo.actor, lineas=lineas, reloj=mundo.reloj)
        return producto

    def en_transaccion(hacer: Callable[[], object]) -> Callable[[], None]:
        def una() -> None:
            with en_empresa(mundo.empresa):
                hacer()

        return una

    with en_empresa(mundo.empresa):
        pocos, muchos = con_lotes("POCOS", 1, "100000"), con_lotes("MUCHOS", 1000, "100000")
        chicos = con_lotes("CHICOS", 50 * VECES + 50, "1")
    uno = mediana_ms(en_transaccion(lambda: mundo.fefo(pocos, 1)))
    medidas = {
        "FEFO, 1 lote": uno,
        "PEPS, 1 lote": mediana_ms(en_transaccion(lambda: mundo.peps(pocos, 1))),
        "FEFO, 1 lote de 1000 vivos": mediana_ms(en_transaccion(lambda: mundo.fefo(muchos, 1))),
        "FEFO, 50 lotes de miles vivos": mediana_ms(en_transaccion(lambda: mundo.fefo(chicos, 50))),
        "entrada": mediana_ms(en_transaccion(lambda: mundo.entrada(pocos, 1))),
    }
    for nombre, ms in medidas.items():
        print(f"{ms:8.2f} ms  {ms / uno:6.2f} ×  {nombre}")


def main() -> int:
    with base_de_prueba():
        medir()
    return 0


if __name__ == "__main__":
    sys.exit(main())
