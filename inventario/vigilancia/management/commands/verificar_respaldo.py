"""Restaura un respaldo aparte y comprueba que sirva."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from inventario.vigilancia.respaldos import al_dia, services
from inventario.vigilancia.respaldos import carpeta as archivos
from inventario.vigilancia.respaldos.ordenes import anotando


class Command(BaseCommand):
    help = (
        "Restaura un respaldo en una base aparte, que después borra, lo compara con su ficha y recalcula los "
        "libros. Termina en 1 y dice por qué si no sirve."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archivo", nargs="?", type=Path, help="Si falta, el más nuevo de la carpeta.")
        parser.add_argument(
            "--carpeta", type=Path, default=settings.RESPALDOS_EN, help="En vez de RESPALDOS_EN."
        )

    def handle(self, *args: Any, archivo: Path | None, carpeta: Path, **opciones: Any) -> None:
        with anotando(al_dia.VERIFICAR):
            verificado = services.verificar(archivo or archivos.ultimo(carpeta))
        self.stdout.write(verificado.dicho)
        self.stdout.write(
            self.style.SUCCESS(
                f"{verificado.archivo}, de {verificado.ficha.creado_en}, sirve: se restauró y se comprobó en "
                f"{verificado.duro_s} s."
            )
        )
