"""Restaura un respaldo en una base vacía."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inventario.vigilancia.respaldos import services
from inventario.vigilancia.respaldos.errores import RespaldoImposible


class Command(BaseCommand):
    help = (
        "Restaura un respaldo en una base vacía y comprueba los libros. Nunca pisa la base en uso: después "
        "se cambia DATABASE_URL a la restaurada. Termina en 1 y dice por qué si no pudo."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archivo", type=Path)
        parser.add_argument(
            "--en",
            default="",
            help="postgres://… de una base vacía, o sqlite:///ruta nueva. Si falta se pregunta: así la clave "
            "no se ve en la lista de procesos.",
        )

    def handle(self, *args: Any, archivo: Path, en: str, **opciones: Any) -> None:
        try:
            restaurado = services.restaurar(archivo, en=en or _preguntar())
        except RespaldoImposible as error:
            raise CommandError(str(error)) from error
        self.stdout.write(restaurado.dicho)
        self.stdout.write(
            self.style.SUCCESS(
                f"Restaurado y comprobado en {restaurado.duro_s} s: {restaurado.archivo.name}."
            )
        )
        if restaurado.ficha.motor == services.POSTGRESQL:
            self.stdout.write("Falta darle permisos al rol de la aplicación (DEPLOY.md, Backups).")


def _preguntar() -> str:
    """Lee la dirección sin mostrarla; si no hay terminal, de la entrada."""
    return (getpass("Dirección de la base vacía: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()
