"""Recalcula todas las alertas de una empresa, o de todas."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inventario.alertas.services import revisar
from inventario.cuentas.empresas.selectors import empresa_de_slug
from inventario.cuentas.models import Empresa
from inventario.nucleo.errores import NoEncontrado


class Command(BaseCommand):
    help = "Recalcula todas las alertas de una empresa, o de todas las activas."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--empresa", help="Identificador de la empresa; sin él, todas las activas.")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["empresa"]
        try:
            empresas = [empresa_de_slug(slug)] if slug else Empresa.objects.filter(activa=True).order_by("pk")
        except NoEncontrado as error:
            raise CommandError(error.mensaje) from error
        for empresa in empresas:
            cambios = revisar(empresa)
            self.stdout.write(
                f"{empresa.slug}: {cambios.abiertas} abiertas, {cambios.actualizadas} actualizadas, "
                f"{cambios.cerradas} cerradas."
            )
