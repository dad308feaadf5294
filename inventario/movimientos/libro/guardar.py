"""Escribir lo que una hoja anotó: una sentencia por tabla, sin importar cuántas filas sean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from inventario.cuentas.models import Empresa
from inventario.lotes.models import Lote
from inventario.movimientos.errores import PeriodoCerrado
from inventario.movimientos.models import Apartado, Asiento, Existencia, Movimiento
from inventario.nucleo.errores import Incoherencia
from inventario.nucleo.reloj import hoy_en
from inventario.nucleo.sql import actualizar, insertar


@dataclass(slots=True)
class Borrador:
    """Lo anotado en una hoja que todavía no está en la base."""

    asientos: list[Asiento] = field(default_factory=list)
    lotes: list[Lote] = field(default_factory=list)
    apartados: list[Apartado] = field(default_factory=list)
    # De lo que cambia, lo que además se cuenta a quien lo espere.
    bloqueados: list[Lote] = field(default_factory=list)
    vencidos: list[Apartado] = field(default_factory=list)
    _cambiados: dict[tuple[type, int], Any] = field(default_factory=dict)

    def marcar(self, fila: Lote | Existencia | Apartado) -> None:
        """Anota que una fila ya guardada cambió; la que nace en esta hoja se inserta ya cambiada."""
        if fila.pk is not None:
            self._cambiados[type(fila), fila.pk] = fila

    def cambiados(self, modelo: type[Lote] | type[Existencia] | type[Apartado]) -> list[Any]:
        return [fila for (clase, _), fila in self._cambiados.items() if clase is modelo]

    def escribir(self, empresa: Empresa) -> None:
        """Guarda todo y les pone número e id. Lanza `PeriodoCerrado` si algún asiento cae en lo cerrado."""
        insertar(Lote, self.lotes)
        if self.asientos:
            if not all(asiento.lineas for asiento in self.asientos):
                raise Incoherencia("Un asiento sin líneas no dice nada.")
            numerar(empresa, self.asientos)
            insertar(Asiento, self.asientos)
            insertar(Movimiento, [linea for asiento in self.asientos for linea in asiento.lineas])
        insertar(Apartado, self.apartados)
        actualizar(Lote, self.cambiados(Lote), ("saldo", "bloqueado", "motivo_bloqueo"))
        actualizar(Existencia, self.cambiados(Existencia), ("fisica", "apartada"))
        actualizar(
            Apartado,
            self.cambiados(Apartado),
            ("restante", "liberada", "estado", "vence_en", "resuelto_en"),
        )


def numerar(empresa: Empresa, asientos: Iterable[Asiento]) -> None:
    """Numera al final: la fila de la empresa, que todos comparten, se retiene lo menos posible."""
    asientos = list(asientos)
    ultimo, cierre = Empresa.objects.tomar_numeros(empresa.pk, len(asientos))
    for numero, asiento in enumerate(asientos, start=ultimo - len(asientos) + 1):
        asiento.numero = numero
        if cierre and hoy_en(empresa.zona_horaria, asiento.fecha_efectiva) <= cierre:
            raise PeriodoCerrado(cierre)
