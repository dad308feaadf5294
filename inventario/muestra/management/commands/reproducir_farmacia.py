"""Reproduce una corriente real y dice si los libros quedan como debían."""

from __future__ import annotations

import secrets
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from inventario.muestra.reproduccion import diferencias, leer_corriente, reproducir
from inventario.nucleo.errores import ErrorDeDominio


class Command(BaseCommand):
    help = (
        "Crea una empresa, repite en ella las entradas y los despachos FEFO de la carpeta, uno por uno y "
        "a su hora, y compara el resultado con farmacia_esperado.json. Termina en 1 si algo difiere."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--datos", required=True, type=Path, metavar="CARPETA")
        parser.add_argument(
            "--empresa-slug", help="Identificador de la empresa que se crea; si falta, uno al azar."
        )

    def handle(self, *args: Any, datos: Path, empresa_slug: str | None, **opciones: Any) -> None:
        inicio = time.monotonic()
        try:
            corriente = leer_corriente(datos)
            with tqdm(total=corriente.operaciones, unit="op", disable=None, file=self.stderr) as barra:
                cuenta = reproducir(
                    corriente,
                    slug=empresa_slug or f"reproduccion-{secrets.token_hex(4)}",
                    avanzar=barra.update,
                )
        except ErrorDeDominio as error:
            raise CommandError(error.mensaje) from error
        tardo = time.monotonic() - inicio
        self.stdout.write(
            f"Empresa «{cuenta.empresa.slug}»: {cuenta.entradas} entradas, {cuenta.aceptadas} despachos y "
            f"{cuenta.rechazadas} rechazados por falta, en {tardo:.1f} s "
            f"({tardo / max(1, corriente.operaciones) * 1000:.2f} ms por operación)."
        )
        halladas = diferencias(corriente, cuenta)
        for diferencia in halladas:
            self.stdout.write(self.style.ERROR(f"  {diferencia}"))
        if halladas:
            raise CommandError(f"Hay {len(halladas)} diferencias con lo esperado.")
        self.stdout.write(self.style.SUCCESS("Todo coincide con lo esperado, hasta la última cifra."))
