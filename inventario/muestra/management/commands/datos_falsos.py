"""Llena una empresa con datos falsos en volumen, para medir y para probar a escala."""

from __future__ import annotations

import time
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Empresa
from inventario.lotes.models import Lote
from inventario.movimientos.models import Movimiento
from inventario.muestra.falsos import generar
from inventario.nucleo.empresa import consultando
from inventario.nucleo.errores import ErrorDeDominio

PRODUCTOS_MAXIMOS = 20_000
MOVIMIENTOS_MAXIMOS = 100_000_000


class Command(BaseCommand):
    help = (
        "Crea una empresa con productos y dos años de movimientos falsos, iguales para cada semilla. "
        "Si la empresa ya tiene historia no agrega nada."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--semilla", type=int, default=1)
        parser.add_argument("--productos", type=_entre(1, PRODUCTOS_MAXIMOS), default=200)
        parser.add_argument("--movimientos", type=_entre(1, MOVIMIENTOS_MAXIMOS), default=20_000)
        parser.add_argument(
            "--empresa", default="", help="Identificador; se crea si no existe. Sin él, falsa-SEMILLA."
        )

    def handle(
        self, *args: Any, semilla: int, productos: int, movimientos: int, empresa: str, **opciones: Any
    ) -> None:
        if settings.PRODUCCION:
            raise CommandError("No se generan datos falsos en producción.")
        slug = empresa or f"falsa-{semilla}".replace("--", "-")
        try:
            destino = Empresa.objects.filter(slug=slug).first() or crear_empresa(
                slug=slug, nombre=f"Empresa falsa {semilla}"
            )
            if destino.tiene_historia:
                self.stdout.write(f"La empresa «{slug}» ya tiene historia: no se agregó nada.")
                return
            inicio = time.monotonic()
            with tqdm(total=movimientos, unit="mov", disable=opciones["verbosity"] == 0) as barra:
                asientos = generar(
                    empresa=destino,
                    semilla=semilla,
                    productos=productos,
                    movimientos=movimientos,
                    avance=barra.update,
                )
            segundos = time.monotonic() - inicio
        except ErrorDeDominio as error:
            raise CommandError(error.mensaje) from error
        with consultando(destino):
            lotes, lineas = Lote.objects.count(), Movimiento.objects.count()
        self.stdout.write(
            f"Empresa «{slug}»: {productos} productos, {lotes} lotes, {asientos} asientos, "
            f"{lineas} movimientos en {segundos:.1f} s ({lineas / segundos:.0f} por segundo)."
        )


def _entre(minimo: int, maximo: int) -> Any:
    def leer(texto: str) -> int:
        try:
            valor = int(texto)
        except ValueError:
            valor = minimo - 1
        if not minimo <= valor <= maximo:
            raise ArgumentTypeError(f"se admite un entero entre {minimo} y {maximo}")
        return valor

    return leer
