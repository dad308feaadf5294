"""Una corriente inventada con la forma de la real: cajas fraccionadas, vencimientos cruzados y faltas.

Con la misma semilla salen los mismos archivos.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from inventario.movimientos.tests.modelo_independiente import Entrada, Salida, esperado

PRODUCTOS = 8
DIAS = 60
DESDE = date(2019, 1, 1)
HASTA = DESDE + timedelta(days=DIAS)


def generar(semilla: int) -> tuple[list[Entrada], list[Salida]]:
    """Da las entradas y las salidas en el orden en que ocurren."""
    azar = random.Random(semilla)
    entradas: list[Entrada] = []
    salidas: list[Salida] = []
    for n in range(DIAS):
        hoy = DESDE + timedelta(days=n)
        for p in range(PRODUCTOS):
            sku = f"F{p:02d}"
            if n % 6 == p % 6:
                # Una vida corta después de una larga: el lote nuevo vence antes que el viejo.
                vida = azar.choice([None, 4, 9, 25, 45]) if p else azar.choice([3, 30])
                entradas.append(
                    Entrada(
                        hoy,
                        sku,
                        f"{sku}-{hoy:%Y%m%d}",
                        Decimal(azar.randint(4, 12)),
                        None if vida is None else hoy + timedelta(days=vida),
                        Decimal(azar.randint(5000, 99999)).scaleb(-4),
                    )
                )
        for hora in sorted(azar.sample(range(8, 20), 6)):
            momento = datetime.combine(hoy, time(hora))
            cantidad = Decimal(azar.randint(1, 30000)).scaleb(-4)
            salidas.append(Salida(momento, f"F{azar.randrange(PRODUCTOS):02d}", cantidad))
    return entradas, salidas


def escribir(carpeta: Path, semilla: int) -> dict[str, object]:
    """Deja en la carpeta los cuatro archivos; devuelve lo esperado."""
    entradas, salidas = generar(semilla)
    productos = [(f"F{p:02d}", f"Medicina, número {p}", "caja", "Farmacia", 5) for p in range(PRODUCTOS)]
    encabezado = ("sku", "nombre", "unidad", "categoria", "stock_minimo")
    (carpeta / "farmacia_productos.csv").write_text(_csv(encabezado, productos), "utf-8")
    _comprimir(
        carpeta / "farmacia_entradas.csv.gz",
        ("fecha", "sku", "lote", "cantidad", "vence", "costo_unitario"),
        entradas,
    )
    _comprimir(carpeta / "farmacia_salidas.csv.gz", ("momento", "sku", "cantidad"), salidas)
    debe = esperado(entradas, salidas, [fila[0] for fila in productos], HASTA)
    (carpeta / "farmacia_esperado.json").write_text(json.dumps(debe), "utf-8")
    return debe


def _comprimir(ruta: Path, encabezado: Iterable[str], filas: Iterable[Iterable[object]]) -> None:
    ruta.write_bytes(gzip.compress(_csv(encabezado, filas).encode()))


def _csv(encabezado: Iterable[str], filas: Iterable[Iterable[object]]) -> str:
    salida = io.StringIO()
    escritor = csv.writer(salida)
    escritor.writerow(encabezado)
    escritor.writerows(filas)
    return salida.getvalue()
