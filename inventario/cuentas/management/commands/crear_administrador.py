"""Da a una empresa recién creada quien la administre."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from inventario.cuentas.empresas.selectors import empresa_de_slug
from inventario.cuentas.models import Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import ErrorDeDominio


class Command(BaseCommand):
    help = (
        "Crea a la persona que administra una empresa. La contraseña se pide, o se lee de la entrada: "
        "en la orden la vería cualquiera que liste los procesos."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("empresa", help="identificador de la empresa")
        parser.add_argument("correo")
        parser.add_argument("--nombre", default="", help="como se verá en los movimientos")

    def handle(self, *args: Any, empresa: str, correo: str, nombre: str, **opciones: Any) -> None:
        try:
            validate_email(correo)
            if Usuario.objects.filter(email=correo.strip().lower()).exists():
                raise CommandError(f"Ya hay una persona con el correo {correo}.")
            donde = empresa_de_slug(empresa)
            clave = (
                getpass.getpass("Contraseña: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
            )
            validate_password(clave, Usuario(email=correo, nombre=nombre))
            with transaction.atomic(), en_empresa(donde):
                usuario = Usuario.objects.create_user(correo, clave, nombre=nombre)
                agregar_miembro(empresa=donde, usuario=usuario, rol=Rol.ADMINISTRADOR)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except ErrorDeDominio as error:
            raise CommandError(error.mensaje) from error
        self.stdout.write(f"{usuario.email} administra la empresa «{donde.slug}».")
