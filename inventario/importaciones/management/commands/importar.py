"""Importa productos, entradas o salidas desde un CSV o un XLSX."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from inventario.borde.comandos import actor_de_consola
from inventario.cuentas.empresas.selectors import empresa_de_slug
from inventario.cuentas.models import Bodega, Empresa
from inventario.importaciones.aplicar import importar, leer
from inventario.importaciones.por_importar import Informe, PorImportar
from inventario.movimientos.models import Importacion
from inventario.movimientos.reparto import Politica
from inventario.nucleo import estadisticas
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import ErrorDeDominio, NoEncontrado

MAXIMO_A_LA_VISTA = 200


class Command(BaseCommand):
    help = (
        "Importa un CSV (coma o punto y coma, también .gz) o un XLSX. Sin --aplicar es un ensayo: dice "
        "todo lo que pasaría y no escribe nada. Cada importación se puede deshacer con revertir_importacion."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("clase", choices=sorted(Importacion.Clase.values))
        parser.add_argument("archivo", type=Path)
        parser.add_argument("--empresa", required=True, help="Identificador de la empresa.")
        parser.add_argument("--bodega", help="Código de la bodega; si falta, la habitual de quien importa.")
        parser.add_argument("--usuario", metavar="CORREO", help="En nombre de quién; si falta, la consola.")
        parser.add_argument(
            "--politica",
            choices=Politica.values,
            help="En qué orden salen los lotes; obligatoria en salidas.",
        )
        parser.add_argument("--aplicar", action="store_true", help="Escribe de verdad.")
        parser.add_argument(
            "--omitir-rechazados", action="store_true", help="Aplica las demás filas y lista las rechazadas."
        )
        parser.add_argument(
            "--repetir", action="store_true", help="Admite un archivo que ya se importó antes."
        )
        parser.add_argument(
            "--divisible", action="append", default=[], metavar="UNIDAD", help="Declara divisible esa unidad."
        )

    def handle(self, *args: Any, empresa: str, usuario: str | None, **opciones: Any) -> None:
        try:
            duena = empresa_de_slug(empresa)
            leida = leer(opciones["clase"], opciones["archivo"])
            with en_empresa(duena), tqdm(unit=" filas", disable=None, file=self.stderr) as barra:
                actor, por_importar = self._preparar(duena, usuario, opciones)
                informe = importar(actor=actor, por_importar=por_importar, leida=leida, avanzar=barra.update)
                if not informe.aplicado:
                    # Ni siquiera el usuario de la consola, si nació en este ensayo.
                    transaction.set_rollback(True)
        except ErrorDeDominio as error:
            raise CommandError(error.mensaje) from error
        if informe.aplicado:
            estadisticas.refrescar()
        self._contar(informe, por_importar)

    def _preparar(
        self, empresa: Empresa, usuario: str | None, opciones: dict[str, Any]
    ) -> tuple[Actor, PorImportar]:
        actor = actor_de_consola(empresa, usuario)
        bodega: Bodega | None = None
        if opciones["bodega"] is not None:
            bodega = Bodega.objects.filter(codigo=opciones["bodega"], activa=True).first()
            if bodega is None:
                raise NoEncontrado(f"No hay una bodega activa con el código «{opciones['bodega']}».")
        politica = opciones["politica"]
        return actor, PorImportar(
            clase=opciones["clase"],
            archivo=opciones["archivo"],
            politica=Politica(politica) if politica else None,
            bodega=bodega,
            divisibles=opciones["divisible"],
            aplicar=opciones["aplicar"],
            omitir_rechazados=opciones["omitir_rechazados"],
            repetir=opciones["repetir"],
        )

    def _contar(self, informe: Informe, por_importar: PorImportar) -> None:
        for aviso in informe.avisos:
            self.stdout.write(self.style.WARNING(aviso))
        for rechazo in informe.rechazos[:MAXIMO_A_LA_VISTA]:
            self.stdout.write(self.style.ERROR(str(rechazo)))
        if len(informe.rechazos) > MAXIMO_A_LA_VISTA:
            self.stdout.write(f"… y {len(informe.rechazos) - MAXIMO_A_LA_VISTA} más.")
        cuenta = (
            f"{informe.leidas} filas leídas, {informe.aceptadas} aceptadas, {informe.rechazadas} rechazadas."
        )
        if informe.aplicado:
            assert informe.importacion is not None, "Lo aplicado tiene su importación."
            self.stdout.write(self.style.SUCCESS(f"{cuenta} Importación {informe.importacion.pk} aplicada."))
            return
        if informe.rechazos and not (por_importar.omitir_rechazados and not por_importar.aplicar):
            raise CommandError(f"{cuenta} No se escribió nada: corrija el archivo o use --omitir-rechazados.")
        self.stdout.write(f"{cuenta} Fue un ensayo: con --aplicar se escribe.")
