"""Da una persona con quien entrar a la empresa de demostración."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inventario.cuentas.models import Empresa, Membresia, Usuario
from inventario.cuentas.permisos import Rol
from inventario.nucleo.empresa import en_empresa, identificando

CORREO = "demo@inventario.local"
SLUG = "demo"


class Command(BaseCommand):
    help = "Crea el acceso de demostración y guarda su contraseña en var/acceso_demo.txt."

    def handle(self, *args: Any, **opciones: Any) -> None:
        if settings.PRODUCCION:
            raise CommandError("En producción no hay acceso de demostración: use createsuperuser.")
        empresa = Empresa.objects.filter(slug=SLUG).first()
        if empresa is None:
            self.stdout.write(f"No hay empresa «{SLUG}»: no se creó el acceso de demostración.")
            return
        archivo = Path(settings.ARCHIVO_DE_ACCESO_DEMO)
        clave = _leer_o_crear(archivo)
        with en_empresa(empresa):
            usuario, nuevo = Usuario.objects.get_or_create(
                email=CORREO, defaults={"nombre": "Demostración", "is_staff": True}
            )
            # El archivo manda: `make login` debe decir siempre una contraseña que sirve.
            if nuevo or not usuario.check_password(clave):
                usuario.set_password(clave)
                usuario.save(update_fields=["password"])
            with identificando(persona=usuario.pk):
                predeterminada = not Membresia.objects.filter(usuario=usuario, predeterminada=True).exists()
                Membresia.objects.get_or_create(
                    empresa=empresa,
                    usuario=usuario,
                    defaults={"rol": Rol.ADMINISTRADOR, "predeterminada": predeterminada},
                )
        self.stdout.write(f"Acceso de demostración listo: {CORREO}, contraseña en {archivo}.")


def _leer_o_crear(archivo: Path) -> str:
    archivo.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(archivo, "x", opener=_solo_el_duenio) as nuevo:
            nuevo.write(f"{CORREO}\n{secrets.token_urlsafe(12)}\n")
    except FileExistsError:
        pass
    lineas = archivo.read_text().split()
    if len(lineas) != 2:
        raise CommandError(f"{archivo} está dañado: bórrelo y vuelva a arrancar.")
    return lineas[1]


def _solo_el_duenio(ruta: str, banderas: int) -> int:
    return os.open(ruta, banderas, 0o600)
