"""Siembra la tienda de demostración."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inventario.cuentas.models import Empresa
from inventario.movimientos.models import Asiento
from inventario.muestra.tienda import SLUG, sembrar_tienda
from inventario.nucleo.empresa import consultando
from inventario.nucleo.errores import ErrorDeDominio


class Command(BaseCommand):
    help = "Crea la empresa de demostración: una granja pequeña con catálogo, lotes y dos meses de historia."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--si-vacia", action="store_true", help="No hace nada si ya existe alguna empresa."
        )

    def handle(self, *args: Any, si_vacia: bool, **opciones: Any) -> None:
        if settings.PRODUCCION:
            raise CommandError("No se siembran datos de muestra en producción.")
        if si_vacia and Empresa.objects.exists():
            self.stdout.write("Ya hay una empresa: no se sembró nada.")
            return
        try:
            empresa = sembrar_tienda()
        except ErrorDeDominio as error:
            raise CommandError(f"No se sembró nada. {error.mensaje}") from error
        if empresa is None:
            self.stdout.write(f"La empresa «{SLUG}» ya tiene historia: no se cambió nada.")
            return
        with consultando(empresa):
            asientos = Asiento.objects.count()
        self.stdout.write(f"Empresa «{SLUG}» sembrada: {asientos} asientos.")
