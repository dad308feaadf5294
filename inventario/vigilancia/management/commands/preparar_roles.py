"""Prepara el rol de PostgreSQL con que entran la web y los workers."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction

from inventario.nucleo import roles


class Command(BaseCommand):
    help = (
        "Crea o pone al día el rol de PostgreSQL de la aplicación: el usuario y la clave de DATABASE_URL. "
        "Entra como el dueño (DATABASE_URL_DUENO), igual que migrate. Se corre antes del primer migrate, y "
        "otra vez si cambia la clave; repetirla no hace daño."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--sin-clave",
            action="store_true",
            help="no tocar la clave: el rol ya la tiene (o entra por peer)",
        )

    def handle(self, *args: Any, **opciones: Any) -> None:
        if connection.vendor != "postgresql":
            self.stdout.write("SQLite no tiene roles: no hay nada que preparar.")
            return
        rol, clave = settings.ROL_DE_LA_APLICACION, settings.PASSWORD_DE_LA_APLICACION
        try:
            with transaction.atomic():
                roles.preparar(connection, rol=rol, clave="" if opciones["sin_clave"] else clave)
        except (roles.RolConPoder, DatabaseError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"El rol «{rol}» está listo.")
