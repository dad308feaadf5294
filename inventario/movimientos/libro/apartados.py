"""Prometer existencia, gastarla o soltarla (decisiones 13 a 16)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from inventario.cuentas.models import Bodega
from inventario.movimientos.libro.mirar import Vista
from inventario.movimientos.models import Apartado
from inventario.movimientos.querysets import Clave, clave_de
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.errores import Incoherencia
from inventario.productos.models import Producto


class ConPromesas(Vista):
    """Una vista en que además se promete."""

    @property
    def vencidos(self) -> int:
        """Cuántos apartados se soltaron en esta hoja por haber pasado su hora."""
        return len(self.borrador.vencidos)

    def apartar(
        self,
        producto: Producto,
        bodega: Bodega,
        cantidad: Decimal,
        *,
        vence_en: datetime,
        modulo: str = "",
        referencia: str = "",
    ) -> Apartado:
        """Promete `cantidad` hasta `vence_en`. Quien llama ya comprobó que hay libre."""
        clave = Clave(producto.pk, bodega.pk)
        apartado = Apartado(
            empresa=self.empresa,
            producto=producto,
            bodega=bodega,
            cantidad=cantidad,
            restante=cantidad,
            modulo=modulo,
            referencia=referencia,
            vence_en=vence_en,
            creado_en=self.ahora,
        )
        self.borrador.apartados.append(apartado)
        self._apartados.setdefault(clave, []).append(apartado)
        self._sumar_apartada(apartado, cantidad)
        return apartado

    def consumir(self, apartado: Apartado, cantidad: Decimal) -> None:
        """Gasta parte de la promesa; gastada entera, queda consumida."""
        _exigir_vigente(apartado)
        if not 0 < cantidad <= apartado.restante:
            raise Incoherencia(
                f"Se gastarían {cantidad} de un apartado al que le quedan {apartado.restante}."
            )
        apartado.restante -= cantidad
        self._sumar_apartada(apartado, -cantidad)
        if apartado.restante == 0:
            apartado.estado, apartado.resuelto_en = Apartado.Estado.CONSUMIDO, self.ahora
        self.borrador.marcar(apartado)

    def liberar(self, apartado: Apartado, *, como: Apartado.Estado = Apartado.Estado.LIBERADO) -> None:
        """Suelta lo que reste de la promesa y la da por resuelta."""
        _exigir_vigente(apartado)
        self._sumar_apartada(apartado, -apartado.restante)
        apartado.liberada += apartado.restante
        apartado.restante = CERO
        apartado.estado, apartado.resuelto_en = como, self.ahora
        self.borrador.marcar(apartado)

    def extender(self, apartado: Apartado, vence_en: datetime) -> None:
        _exigir_vigente(apartado)
        apartado.vence_en = vence_en
        self.borrador.marcar(apartado)

    def liberar_vencidos(self) -> None:
        """Suelta lo que ya pasó su hora: la expiración no espera a ninguna tarea."""
        for apartados in self._apartados.values():
            for apartado in apartados:
                if apartado.estado == Apartado.Estado.VIGENTE and apartado.vence_en <= self.ahora:
                    self.liberar(apartado, como=Apartado.Estado.VENCIDO)
                    self.borrador.vencidos.append(apartado)

    def _sumar_apartada(self, apartado: Apartado, cantidad: Decimal) -> None:
        existencia = self._existencias[clave_de(apartado)]
        existencia.apartada += cantidad
        self.borrador.marcar(existencia)


def _exigir_vigente(apartado: Apartado) -> None:
    if apartado.estado != Apartado.Estado.VIGENTE:
        raise Incoherencia(f"Un apartado se resuelve una sola vez, y este está {apartado.estado}.")
