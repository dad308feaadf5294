"""Deshace una importación, en tandas; si se corta, volver a darla sigue donde quedó."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from inventario.borde.comandos import actor_de_consola
from inventario.cuentas.empresas.selectors import empresa_de_slug
from inventario.importaciones.deshacer import revertir_importacion
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import ErrorDeDominio


class Command(BaseCommand):
    help = (
        "Revierte, del último al primero, los asientos de una importación. Termina en 1 si alguno no se pudo."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("importacion", type=int, metavar="ID")
        parser.add_argument("--empresa", required=True, help="Identificador de la empresa.")
        parser.add_argument("--motivo", required=True, help="Por qué se deshace; queda en cada reverso.")
        parser.add_argument("--usuario", metavar="CORREO", help="En nombre de quién; si falta, la consola.")

    def handle(
        self, *args: Any, importacion: int, empresa: str, motivo: str, usuario: str | None, **opciones: Any
    ) -> None:
        try:
            duena = empresa_de_slug(empresa)
            with en_empresa(duena):
                actor = actor_de_consola(duena, usuario)
            with tqdm(unit=" asientos", disable=None, file=self.stderr) as barra:
                deshecho = revertir_importacion(
                    actor=actor, importacion_id=importacion, motivo=motivo, avanzar=barra.update
                )
        except ErrorDeDominio as error:
            raise CommandError(error.mensaje) from error
        for pendiente in deshecho.pendientes:
            self.stdout.write(self.style.ERROR(pendiente))
        if deshecho.pendientes:
            raise CommandError(
                f"{deshecho.revertidos} asientos revertidos y {len(deshecho.pendientes)} que no se pudieron: "
                "resuelva lo que los retiene y vuelva a dar la orden."
            )
        self.stdout.write(
            self.style.SUCCESS(
                f"Importación {importacion} deshecha: {deshecho.revertidos} asientos revertidos."
            )
        )
