"""Tipos de asiento, tipos de línea, motivos, y qué motivos admite cada asiento (decisión 12)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

from inventario.nucleo.errores import Incoherencia


class TipoAsiento(models.TextChoices):
    ENTRADA = "entrada", _("Entrada")
    INICIAL = "inicial", _("Saldo inicial")
    SALIDA = "salida", _("Salida")
    AJUSTE = "ajuste", _("Ajuste")
    MERMA = "merma", _("Merma")
    TRASLADO = "traslado", _("Traslado")
    DEVOLUCION = "devolucion", _("Devolución")
    REVERSO = "reverso", _("Reverso")


class TipoMovimiento(models.TextChoices):
    ENTRADA = "entrada", _("Entrada")
    SALIDA = "salida", _("Salida")
    AJUSTE_POSITIVO = "ajuste_positivo", _("Ajuste positivo")
    AJUSTE_NEGATIVO = "ajuste_negativo", _("Ajuste negativo")
    TRASLADO_ENTRADA = "traslado_entrada", _("Entrada por traslado")
    TRASLADO_SALIDA = "traslado_salida", _("Salida por traslado")
    DEVOLUCION_ENTRADA = "devolucion_entrada", _("Entrada por devolución")
    DEVOLUCION_SALIDA = "devolucion_salida", _("Salida por devolución")
    REVERSO_ENTRADA = "reverso_entrada", _("Entrada por reverso")
    REVERSO_SALIDA = "reverso_salida", _("Salida por reverso")


class Motivo(models.TextChoices):
    """Por qué se movió. Los de pérdida exigen el permiso de ajustar (decisión 8)."""

    COMPRA = "compra", _("Compra")
    CONSUMO = "consumo", _("Consumo")
    VENTA = "venta", _("Venta")
    TRASLADO = "traslado", _("Traslado")
    DEVOLUCION = "devolucion", _("Devolución")
    CONTEO = "conteo", _("Conteo físico")
    CORRECCION = "correccion", _("Corrección")
    MERMA = "merma", _("Merma")
    ROTURA = "rotura", _("Rotura")
    VENCIMIENTO = "vencimiento", _("Vencimiento")
    ROBO = "robo", _("Robo")
    INICIAL = "inicial", _("Saldo inicial")
    REVERSO = "reverso", _("Reverso")
    OTRO = "otro", _("Otro")


# Qué motivos admite cada asiento. `OTRO` es que nadie lo dijo: no basta para explicar lo que falta o sobra.
MOTIVOS_ADMITIDOS: dict[TipoAsiento, tuple[Motivo, ...]] = {
    TipoAsiento.ENTRADA: (Motivo.COMPRA, Motivo.DEVOLUCION, Motivo.CORRECCION, Motivo.OTRO),
    TipoAsiento.INICIAL: (Motivo.INICIAL, Motivo.OTRO),
    TipoAsiento.SALIDA: (Motivo.CONSUMO, Motivo.VENTA, Motivo.OTRO),
    TipoAsiento.AJUSTE: (
        Motivo.CONTEO,
        Motivo.CORRECCION,
        Motivo.MERMA,
        Motivo.ROBO,
        Motivo.ROTURA,
        Motivo.VENCIMIENTO,
    ),
    TipoAsiento.MERMA: (Motivo.MERMA, Motivo.ROBO, Motivo.ROTURA, Motivo.VENCIMIENTO),
    TipoAsiento.TRASLADO: (Motivo.TRASLADO, Motivo.OTRO),
    TipoAsiento.DEVOLUCION: (Motivo.DEVOLUCION,),
    TipoAsiento.REVERSO: (Motivo.REVERSO,),
}
# Lo que se pierde de un lote nombrado: se echa a perder o se devuelve a quien lo vendió.
PERDIDAS = (TipoAsiento.DEVOLUCION, TipoAsiento.MERMA)


def motivos_de(*tipos: TipoAsiento) -> tuple[Motivo, ...]:
    """Devuelve los motivos que admite alguno de esos asientos, en el orden en que se ofrecen."""
    return tuple(motivo for tipo in tipos for motivo in MOTIVOS_ADMITIDOS[tipo])


def opciones_de(*tipos: TipoAsiento) -> list[tuple[str, str | StrPromise]]:
    """Los mismos motivos como los piden un formulario o la API: valor y nombre."""
    return [(motivo.value, motivo.label) for motivo in motivos_de(*tipos)]


POSITIVOS = (
    TipoMovimiento.ENTRADA,
    TipoMovimiento.AJUSTE_POSITIVO,
    TipoMovimiento.TRASLADO_ENTRADA,
    TipoMovimiento.DEVOLUCION_ENTRADA,
    TipoMovimiento.REVERSO_ENTRADA,
)
NEGATIVOS = (
    TipoMovimiento.SALIDA,
    TipoMovimiento.AJUSTE_NEGATIVO,
    TipoMovimiento.TRASLADO_SALIDA,
    TipoMovimiento.DEVOLUCION_SALIDA,
    TipoMovimiento.REVERSO_SALIDA,
)

_LINEA: dict[TipoAsiento, tuple[TipoMovimiento | None, TipoMovimiento | None]] = {
    TipoAsiento.ENTRADA: (TipoMovimiento.ENTRADA, None),
    TipoAsiento.INICIAL: (TipoMovimiento.ENTRADA, None),
    TipoAsiento.SALIDA: (None, TipoMovimiento.SALIDA),
    TipoAsiento.AJUSTE: (TipoMovimiento.AJUSTE_POSITIVO, TipoMovimiento.AJUSTE_NEGATIVO),
    TipoAsiento.MERMA: (None, TipoMovimiento.AJUSTE_NEGATIVO),
    TipoAsiento.TRASLADO: (TipoMovimiento.TRASLADO_ENTRADA, TipoMovimiento.TRASLADO_SALIDA),
    TipoAsiento.DEVOLUCION: (TipoMovimiento.DEVOLUCION_ENTRADA, TipoMovimiento.DEVOLUCION_SALIDA),
    TipoAsiento.REVERSO: (TipoMovimiento.REVERSO_ENTRADA, TipoMovimiento.REVERSO_SALIDA),
}


def tipo_de_linea(tipo: TipoAsiento, cantidad: Decimal) -> TipoMovimiento:
    """Devuelve el tipo de la línea según el asiento y su signo; `Incoherencia` si no lo admite."""
    suma, resta = _LINEA[tipo]
    linea = suma if cantidad > 0 else resta
    if linea is None:
        raise Incoherencia(f"Un asiento de {tipo} no admite el signo de {cantidad}.")
    return linea
