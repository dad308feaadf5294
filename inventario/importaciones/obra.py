"""Una importación en marcha: lo que las tres clases de planilla hacen igual."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from inventario.cuentas.models import Empresa
from inventario.eventos.bandeja import registrar
from inventario.eventos.catalogo import ImportacionAplicada
from inventario.importaciones.leer.archivos import Archivo
from inventario.importaciones.leer.planillas import F, Planilla
from inventario.importaciones.por_importar import Informe, PorImportar, rechazos_de
from inventario.movimientos.models import Importacion
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import Conflicto, ErrorDeDominio

LARGO_DE_ARCHIVO = 255
Avance = Callable[[int], object]


@dataclass(slots=True)
class Obra:
    """Una importación en marcha: quién, qué y hasta cuándo, y lo que se va juntando para el informe."""

    actor: Actor
    por_importar: PorImportar
    archivo: Archivo
    planilla: Planilla[Any]
    avanzar: Avance
    ahora: datetime
    informe: Informe = field(default_factory=Informe)
    tocados: set[int] = field(default_factory=set)
    nuevos: dict[str, set[str]] = field(default_factory=dict)

    @property
    def empresa(self) -> Empresa:
        return self.actor.empresa

    def intentar(self, numero: int, hacer: Callable[[], object]) -> None:
        """Hace una fila; si algo la rechaza lo anota con su número y sigue con las demás."""
        try:
            hacer()
            self.informe.aceptadas += 1
        except ErrorDeDominio as error:
            self.informe.rechazos += rechazos_de(numero, error)

    def leer(self, clase: type[F]) -> Planilla[F]:
        """Devuelve las filas, que ya se leyeron antes de abrir la transacción, y anota lo que estaba mal."""
        planilla: Planilla[F] = self.planilla
        self.informe.leidas = planilla.leidas
        self.informe.rechazos += planilla.rechazos
        if planilla.sin_usar:
            self.informe.avisos.append(f"Columnas que no se usan: {', '.join(planilla.sin_usar)}.")
        self.avanzar(planilla.leidas - len(planilla.filas))
        return planilla

    def en_limpio(self) -> Informe:
        """Devuelve el informe con los rechazos en el orden de la planilla y lo que hizo falta crear."""
        self.informe.rechazos.sort(key=lambda rechazo: rechazo.fila)
        for que, nombres in sorted(self.nuevos.items()):
            self.informe.avisos.append(f"{que} que no había: {', '.join(sorted(nombres))}.")
        return self.informe

    def empezar(self) -> Importacion:
        """Anota la importación.

        Va con las existencias tomadas: el mismo archivo dos veces a la vez espera.
        """
        anterior = (
            Importacion.objects.filter(clase=self.por_importar.clase, huella=self.archivo.huella)
            .exclude(estado=Importacion.Estado.DESHECHA)
            .first()
        )
        if anterior is not None:
            cuando = f"{anterior.creada_en:%d/%m/%Y}"
            aviso = f"Este mismo archivo ya se importó el {cuando} (importación {anterior.pk})."
            if self.por_importar.aplicar and not self.por_importar.repetir:
                raise Conflicto(f"{aviso} Si de verdad quiere asentarlo otra vez, use --repetir.")
            self.informe.avisos.append(aviso)
        self.informe.importacion = Importacion.objects.create(
            empresa=self.empresa,
            clase=self.por_importar.clase,
            archivo=(self.por_importar.nombre or self.archivo.nombre)[:LARGO_DE_ARCHIVO],
            huella=self.archivo.huella,
            politica=self.por_importar.politica or "",
            usuario=self.actor.usuario,
        )
        return self.informe.importacion

    def cerrar(self) -> None:
        importacion = self.informe.importacion
        assert importacion is not None, "Se anotó al empezar."
        importacion.estado = Importacion.Estado.APLICADA
        importacion.filas = self.informe.leidas
        importacion.aplicadas = self.informe.aceptadas
        importacion.rechazadas = self.informe.rechazadas
        importacion.save(update_fields=["estado", "filas", "aplicadas", "rechazadas"])
        registrar(
            self.empresa,
            ImportacionAplicada(
                importacion=importacion.pk, clase=importacion.clase, productos=sorted(self.tocados)
            ),
        )
