"""Escribe un respaldo completo de la base y borra los que sobran."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from inventario.vigilancia.respaldos import al_dia, services
from inventario.vigilancia.respaldos.ordenes import anotando


class Command(BaseCommand):
    help = (
        "Respalda la base en RESPALDOS_EN, con su huella, y guarda el último de siete días, cuatro semanas y "
        "doce meses. Termina en 1 y dice por qué si no pudo."
    )
    # Un respaldo no depende de que la aplicación esté bien puesta: se hace también para arreglarla.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--carpeta", type=Path, default=settings.RESPALDOS_EN, help="En vez de RESPALDOS_EN."
        )

    def handle(self, *args: Any, carpeta: Path, **opciones: Any) -> None:
        with anotando(al_dia.RESPALDAR):
            hecho = services.respaldar(carpeta=carpeta)
        ficha = hecho.ficha
        lleva = f"{sum(ficha.movimientos.values())} movimientos de {len(ficha.movimientos)} empresas"
        self.stdout.write(
            self.style.SUCCESS(f"{hecho.archivo}: {lleva}, {ficha.bytes} bytes, en {ficha.duro_s} s.")
        )
        for borrado in hecho.borrados:
            self.stdout.write(f"Ya no hacía falta: {borrado.name}")
