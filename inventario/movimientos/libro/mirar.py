"""Lo que una hoja ve: existencias, lotes y apartados de sus claves, con las filas ya bloqueadas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from inventario.cuentas.alcance import varias_bodegas
from inventario.cuentas.models import Empresa
from inventario.lotes.models import Lote
from inventario.movimientos.errores import ApartadoResuelto
from inventario.movimientos.libro.guardar import Borrador
from inventario.movimientos.models import Apartado, Existencia
from inventario.movimientos.querysets import Clave, clave_de, lotes_de
from inventario.movimientos.reparto import libre, permitido
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.errores import Incoherencia
from inventario.nucleo.reloj import hoy_en


@dataclass(frozen=True, slots=True)
class Saldo:
    """Lo que hay de un producto en una bodega, visto con las filas bloqueadas."""

    fisica: Decimal
    utilizable: Decimal
    vencida: Decimal
    apartada: Decimal

    @property
    def libre(self) -> Decimal:
        """Utilizable que nadie tiene apartado; nunca negativo (decisión 13)."""
        return libre(self.utilizable, self.apartada)


class Vista:
    """Lo que hay en las claves de una hoja. Lo anotado en ella ya se ve, aunque no se haya guardado."""

    def __init__(
        self,
        empresa: Empresa,
        existencias: Iterable[Existencia],
        claves: Sequence[Clave],
        lotes: Sequence[int],
        *,
        ingresados_hasta: date | None,
        ahora: datetime,
    ) -> None:
        self.empresa = empresa
        self.claves = claves
        self.borrador = Borrador()
        self._nombrados = lotes
        self._ingresados_hasta = ingresados_hasta
        self._existencias = {Clave(fila.producto_id, fila.bodega_id): fila for fila in existencias}
        self._lotes: dict[Clave, list[Lote]] | None = None
        self._por_pk: dict[int, Lote] = {}
        self._apartados: dict[Clave, list[Apartado]] = {}
        # Lo que ya no tenía respaldo al leer los lotes: eso no lo hizo esta hoja.
        self._ya_sin_respaldo: set[Clave] = set()
        self.poner_reloj(ahora)
        if any(fila.apartada for fila in self._existencias.values()):
            for apartado in Apartado.objects.en(claves).vigentes().order_by("vence_en", "pk"):
                self._apartados.setdefault(clave_de(apartado), []).append(apartado)

    def poner_reloj(self, ahora: datetime) -> None:
        """Mueve la hora de la hoja: una importación asienta cada fila en su momento."""
        self.ahora = ahora
        self.hoy: date = hoy_en(self.empresa.zona_horaria, ahora)

    def lotes(self, clave: Clave) -> list[Lote]:
        """Los lotes con saldo de la clave, vencidos y bloqueados incluidos, sin orden."""
        lotes = self._cargados().get(clave, [])
        if self._ingresados_hasta is not None:
            return [lote for lote in lotes if lote.saldo > 0 and lote.fecha_ingreso <= self.hoy]
        return [lote for lote in lotes if lote.saldo > 0]

    def utilizables(self, clave: Clave) -> list[Lote]:
        return [lote for lote in self.lotes(clave) if lote.utilizable(self.hoy)]

    def lote(self, pk: int) -> Lote:
        """El lote nombrado al abrir, leído después del bloqueo."""
        if not self._por_pk:
            self._por_pk = {uno.pk: uno for lotes in self._cargados().values() for uno in lotes if uno.pk}
        if pk not in self._por_pk:
            raise Incoherencia(f"El lote {pk} no se nombró al abrir la hoja.")
        return self._por_pk[pk]

    def apartados(self, clave: Clave) -> list[Apartado]:
        """Los apartados vivos de la clave, el que vence antes primero."""
        return [
            apartado
            for apartado in self._apartados.get(clave, [])
            if apartado.estado == Apartado.Estado.VIGENTE and apartado.vence_en > self.ahora
        ]

    def apartado(self, pk: int, clave: Clave) -> Apartado:
        """El apartado vivo; si ya se resolvió o venció, `ApartadoResuelto`."""
        for apartado in self.apartados(clave):
            if apartado.pk == pk:
                return apartado
        raise ApartadoResuelto("La reserva ya no está vigente: se confirmó, se canceló o venció.")

    def saldo(self, clave: Clave) -> Saldo:
        lotes = self.lotes(clave)
        existencia = self._existencias.get(clave)
        return Saldo(
            fisica=existencia.fisica if existencia else CERO,
            utilizable=sum((lote.saldo for lote in lotes if lote.utilizable(self.hoy)), CERO),
            vencida=sum((lote.saldo for lote in lotes if lote.vencido(self.hoy)), CERO),
            apartada=sum((apartado.restante for apartado in self.apartados(clave)), CERO),
        )

    def permitido(self, clave: Clave, propios: Iterable[Apartado]) -> Decimal:
        """Cuánto puede sacar quien es dueño de `propios` (decisión 14)."""
        saldo = self.saldo(clave)
        return permitido(saldo.utilizable, saldo.apartada, sum((a.restante for a in propios), CERO))

    @cached_property
    def varias_bodegas(self) -> bool:
        """Si un rechazo debe decir de cuál habla; se pregunta una vez aunque se rechacen muchas líneas."""
        return varias_bodegas()

    def _sin_respaldo(self) -> set[Clave]:
        """Las claves que prometieron más de lo que ahora se puede entregar (decisión 14)."""
        saldos = {clave: self.saldo(clave) for clave in self._apartados if self.apartados(clave)}
        return {clave for clave, saldo in saldos.items() if saldo.apartada > saldo.utilizable}

    def _cargados(self) -> dict[Clave, list[Lote]]:
        """Los lotes se leen la primera vez que alguien los mira: apartar no los necesita siempre."""
        if self._lotes is None:
            self._lotes = {}
            guardados = lotes_de(self.empresa.pk, self.claves, self._nombrados, self._ingresados_hasta)
            for lote in [*guardados, *self.borrador.lotes]:
                self._lotes.setdefault(clave_de(lote), []).append(lote)
            self._ya_sin_respaldo = self._sin_respaldo()
        return self._lotes
