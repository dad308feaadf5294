"""Crea una empresa con su bodega principal."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inventario.cuentas.empresas.services import crear_empresa
from inventario.nucleo.errores import DatoInvalido, ErrorDeDominio


class Command(BaseCommand):
    help = "Crea una empresa con su bodega principal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="identificador: letras minúsculas, cifras y guiones")
        parser.add_argument("nombre")
        parser.add_argument("--pais", default="EC", help="código ISO de dos letras (EC)")
        parser.add_argument("--zona", default="America/Guayaquil", help="zona horaria (America/Guayaquil)")
        parser.add_argument("--moneda", default="USD", help="código ISO de tres letras (USD)")

    def handle(self, *args: Any, **opciones: Any) -> None:
        try:
            empresa = crear_empresa(
                slug=opciones["slug"],
                nombre=opciones["nombre"],
                pais=opciones["pais"],
                zona_horaria=opciones["zona"],
                moneda=opciones["moneda"],
            )
        except DatoInvalido as error:
            raise CommandError(f"{error.datos['campo']}: {error.mensaje}") from error
        except ErrorDeDominio as error:
            raise CommandError(error.mensaje) from error
        self.stdout.write(f"Empresa «{empresa.slug}» creada, con su bodega principal.")
