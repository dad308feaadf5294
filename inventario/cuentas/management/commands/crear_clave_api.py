"""Crea una clave de API y la muestra por única vez."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.empresas.selectors import empresa_de_slug
from inventario.cuentas.models import Bodega, Empresa
from inventario.cuentas.permisos import PERMISOS_POR_ALCANCE
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import DatoInvalido, ErrorDeDominio

DIAS_MAXIMOS = 3650


class Command(BaseCommand):
    help = "Crea una clave de API. La clave es la última línea de la salida y no se vuelve a mostrar."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--empresa", required=True, help="identificador de la empresa")
        parser.add_argument("--nombre", required=True, help="para qué es, como se verá en la lista")
        parser.add_argument(
            "--alcances", required=True, help=f"separados por comas: {', '.join(PERMISOS_POR_ALCANCE)}"
        )
        parser.add_argument(
            "--vence-dias", type=int, help="días hasta que deja de servir; sin decirlo, nunca"
        )
        parser.add_argument("--bodega", help="código de la única bodega en que actúa; sin decirlo, todas")

    def handle(self, *args: Any, **opciones: Any) -> None:
        dias = opciones["vence_dias"]
        if dias is not None and not 1 <= dias <= DIAS_MAXIMOS:
            raise CommandError(f"--vence-dias debe estar entre 1 y {DIAS_MAXIMOS}.")
        try:
            empresa = empresa_de_slug(opciones["empresa"])
            with en_empresa(empresa):
                bodega = self._bodega(empresa, opciones["bodega"])
                fila, clave = crear_clave_api(
                    empresa=empresa,
                    nombre=opciones["nombre"],
                    alcances=[parte.strip() for parte in opciones["alcances"].split(",") if parte.strip()],
                    vence_en=timezone.now() + timedelta(days=dias) if dias is not None else None,
                    bodega=bodega,
                    bodegas_permitidas=[bodega] if bodega is not None else [],
                )
        except DatoInvalido as error:
            raise CommandError(f"{error.datos['campo']}: {error.mensaje}") from error
        except ErrorDeDominio as error:
            raise CommandError(error.mensaje) from error
        vence = f"vence el {fila.vence_en:%Y-%m-%d}" if fila.vence_en is not None else "no vence"
        self.stdout.write(f"Clave «{fila.nombre}» de «{empresa.slug}»: {', '.join(fila.alcances)}; {vence}.")
        self.stdout.write("Cópiela ahora: no se vuelve a mostrar.")
        self.stdout.write(clave)

    def _bodega(self, empresa: Empresa, codigo: str | None) -> Bodega | None:
        if codigo is None:
            return None
        bodega: Bodega | None = Bodega.objects.filter(codigo__iexact=codigo, activa=True).first()
        if bodega is None:
            raise CommandError(f"La empresa «{empresa.slug}» no tiene una bodega activa «{codigo}».")
        return bodega
