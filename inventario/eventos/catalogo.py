"""Los hechos que se cuentan: cómo se llama cada uno, qué dice, en qué orden llega y qué vuelve viejo.

Un hecho nuevo es una clase más y una línea en `CATALOGO`; quién lo oye se dice en
`settings.CONSUMIDORES_DE_EVENTOS`. Sus nombres y sus campos los leen otros sistemas: no se cambian.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from inventario.nucleo.cache import Familia

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, kw_only=True)
class Hecho:
    """Algo que pasó. Sus campos son lo que el evento cuenta."""

    codigo: ClassVar[str]
    nombre: ClassVar[StrPromise]
    olvida: ClassVar[tuple[Familia, ...]] = (Familia.PRODUCTO,)
    """Lo recordado que deja de valer cuando pasa."""

    @property
    def clave(self) -> str:
        """Los hechos de una clave se entregan en su orden; los que no la tienen, en cualquiera."""
        return ""

    @property
    def datos(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True, kw_only=True)
class DeProducto(Hecho):
    """Le pasó a un producto: cada producto conserva el orden de lo suyo."""

    producto: int

    @property
    def clave(self) -> str:
        return f"producto:{self.producto}"


@dataclass(frozen=True, kw_only=True)
class ProductoCambiado(DeProducto):
    codigo = "producto_cambiado"
    nombre = _("Producto creado, cambiado o eliminado")


@dataclass(frozen=True, kw_only=True)
class DeExistencia(DeProducto):
    """Le pasó a un producto en una bodega."""

    bodega: int


@dataclass(frozen=True, kw_only=True)
class AsientoRegistrado(DeExistencia):
    """Uno por cada producto y bodega que el asiento tocó."""

    codigo = "asiento_registrado"
    nombre = _("Movimiento registrado")

    asiento: int
    tipo: str


@dataclass(frozen=True, kw_only=True)
class LoteBloqueado(DeExistencia):
    codigo = "lote_bloqueado"
    nombre = _("Lote bloqueado")

    lote: int


@dataclass(frozen=True, kw_only=True)
class LoteDesbloqueado(DeExistencia):
    codigo = "lote_desbloqueado"
    nombre = _("Lote desbloqueado")

    lote: int


@dataclass(frozen=True, kw_only=True)
class ApartadoVencido(DeExistencia):
    codigo = "apartado_vencido"
    nombre = _("Reserva vencida")

    apartado: int
    liberada: str


@dataclass(frozen=True, kw_only=True)
class ReservaSinRespaldo(DeExistencia):
    """Se prometió más de lo que ahora se puede entregar."""

    codigo = "reserva_sin_respaldo"
    nombre = _("Lo reservado se quedó sin respaldo")


@dataclass(frozen=True, kw_only=True)
class DisponibleReducido(DeExistencia):
    """Se apartó de un producto cuyo mínimo mira lo disponible."""

    codigo = "disponible_reducido"
    nombre = _("Disponible reducido")


@dataclass(frozen=True, kw_only=True)
class DeReserva(DeExistencia):
    reserva: str
    modulo: str
    restante: str


@dataclass(frozen=True, kw_only=True)
class ReservaCreada(DeReserva):
    codigo = "reserva_creada"
    nombre = _("Reserva creada")


@dataclass(frozen=True, kw_only=True)
class ReservaConfirmada(DeReserva):
    """Entera o en parte: `restante` dice cuánto queda."""

    codigo = "reserva_confirmada"
    nombre = _("Reserva confirmada")


@dataclass(frozen=True, kw_only=True)
class ReservaCancelada(DeReserva):
    codigo = "reserva_cancelada"
    nombre = _("Reserva cancelada")


@dataclass(frozen=True, kw_only=True)
class ReservaExtendida(DeReserva):
    codigo = "reserva_extendida"
    nombre = _("Reserva extendida")


@dataclass(frozen=True, kw_only=True)
class DeAlerta(DeProducto):
    olvida = (Familia.ALERTA,)

    alerta: int
    tipo: str
    severidad: str
    lote: int | None
    bodega: int | None


@dataclass(frozen=True, kw_only=True)
class AlertaAbierta(DeAlerta):
    codigo = "alerta_abierta"
    nombre = _("Alerta abierta")


@dataclass(frozen=True, kw_only=True)
class AlertaCerrada(DeAlerta):
    codigo = "alerta_cerrada"
    nombre = _("Alerta cerrada")


@dataclass(frozen=True, kw_only=True)
class ImportacionAplicada(Hecho):
    """Resume todo lo que entró con un archivo."""

    codigo = "importacion_aplicada"
    nombre = _("Importación aplicada")

    importacion: int
    clase: str
    productos: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class ImportacionDeshecha(Hecho):
    """Resume una tanda de lo que se revirtió de una importación."""

    codigo = "importacion_deshecha"
    nombre = _("Importación deshecha")

    importacion: int
    productos: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class DatosFalsosGenerados(Hecho):
    """Resume una empresa llenada de una vez: aquí `productos` es cuántos."""

    codigo = "datos_falsos_generados"
    nombre = _("Datos de muestra generados")

    semilla: int
    productos: int
    movimientos: int


CATALOGO: dict[str, type[Hecho]] = {
    clase.codigo: clase
    for clase in (
        AsientoRegistrado,
        LoteBloqueado,
        LoteDesbloqueado,
        ApartadoVencido,
        DisponibleReducido,
        ReservaSinRespaldo,
        ReservaCreada,
        ReservaConfirmada,
        ReservaCancelada,
        ReservaExtendida,
        ProductoCambiado,
        AlertaAbierta,
        AlertaCerrada,
        ImportacionAplicada,
        ImportacionDeshecha,
        DatosFalsosGenerados,
    )
}
