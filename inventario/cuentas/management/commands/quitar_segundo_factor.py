"""Quita el segundo factor a quien perdió el teléfono y los códigos de recuperación."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inventario.cuentas.models import Usuario
from inventario.cuentas.segundo_factor.services import retirar


class Command(BaseCommand):
    help = (
        "Quita el segundo factor a quien perdió el teléfono y los códigos de recuperación, y cierra sus "
        "sesiones. Antes de usarla, asegúrese de que lo pide esa persona."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--correo", required=True, help="con qué correo entra la persona")

    def handle(self, *args: Any, **opciones: Any) -> None:
        correo = opciones["correo"].strip().lower()
        usuario = Usuario.objects.filter(email=correo, es_servicio=False).first()
        if usuario is None:
            raise CommandError(f"No hay ninguna persona con el correo {correo}.")
        if not retirar(usuario):
            raise CommandError(f"{correo} no tiene un segundo factor activo.")
        self.stdout.write(f"{correo} ya entra solo con su contraseña; sus sesiones quedaron cerradas.")
