"""Comprueba que los libros cuadren, recalculándolo todo desde los movimientos."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inventario.cuentas.empresas.selectors import empresa_de_slug
from inventario.cuentas.models import Empresa
from inventario.movimientos.verificacion import verificar
from inventario.nucleo.empresa import fotografiando
from inventario.nucleo.errores import NoEncontrado

MAXIMO_A_LA_VISTA = 200


class Command(BaseCommand):
    help = (
        "Recalcula saldos, existencias y apartados desde los movimientos y comprueba números y reversos. "
        "Termina en 1 y dice qué difiere."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--empresa", help="Identificador de la empresa; si falta, todas.")

    def handle(self, *args: Any, empresa: str | None, **opciones: Any) -> None:
        try:
            empresas = [empresa_de_slug(empresa)] if empresa else list(Empresa.objects.order_by("slug"))
        except NoEncontrado as error:
            raise CommandError(error.mensaje) from error
        total = sum(self._verificar(una) for una in empresas)
        if total:
            raise CommandError(f"Hay {total} diferencias.")

    def _verificar(self, empresa: Empresa) -> int:
        cuantos = 0
        with fotografiando(empresa):
            for cuantos, hallazgo in enumerate(verificar(empresa), start=1):
                if cuantos <= MAXIMO_A_LA_VISTA:
                    self.stdout.write(self.style.ERROR(f"{empresa.slug} · {hallazgo}"))
        if cuantos > MAXIMO_A_LA_VISTA:
            self.stdout.write(f"{empresa.slug} · … y {cuantos - MAXIMO_A_LA_VISTA} más.")
        elif not cuantos:
            self.stdout.write(self.style.SUCCESS(f"{empresa.slug}: los libros cuadran."))
        return cuantos
