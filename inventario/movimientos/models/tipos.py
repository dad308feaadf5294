"""Tipos de asiento, tipos de línea y motivos (decisión 12)."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from inventario.nucleo.errores import Incoherencia


class TipoAsiento(models.TextChoices):
    ENTRADA = "entrada", "Entrada"
    INICIAL = "inicial", "Saldo inicial"
    SALIDA = "salida", "Salida"
    AJUSTE = "ajuste", "Ajuste"
    MERMA = "merma", "Merma"
    TRASLADO = "traslado", "Traslado"
    DEVOLUCION = "devolucion", "Devolución"
    REVERSO = "reverso", "Reverso"


class TipoMovimiento(models.TextChoices):
    ENTRADA = "entrada", "Entrada"
    SALIDA = "salida", "Salida"
    AJUSTE_POSITIVO = "ajuste_positivo", "Ajuste positivo"
    AJUSTE_NEGATIVO = "ajuste_negativo", "Ajuste negativo"
    TRASLADO_ENTRADA = "traslado_entrada", "Entrada por traslado"
    TRASLADO_SALIDA = "traslado_salida", "Salida por traslado"
    DEVOLUCION_ENTRADA = "devolucion_entrada", "Entrada por devolución"
    DEVOLUCION_SALIDA = "devolucion_salida", "Salida por devolución"
    REVERSO_ENTRADA = "reverso_entrada", "Entrada por reverso"
    REVERSO_SALIDA = "reverso_salida", "Salida por reverso"


class Motivo(models.TextChoices):
    """Por qué se movió. Los de pérdida exigen el permiso de ajustar (decisión 8)."""

    COMPRA = "compra", "Compra"
    CONSUMO = "consumo", "Consumo"
    VENTA = "venta", "Venta"
    TRASLADO = "traslado", "Traslado"
    DEVOLUCION = "devolucion", "Devolución"
    CONTEO = "conteo", "Conteo físico"
    CORRECCION = "correccion", "Corrección"
    MERMA = "merma", "Merma"
    ROTURA = "rotura", "Rotura"
    VENCIMIENTO = "vencimiento", "Vencimiento"
    ROBO = "robo", "Robo"
    INICIAL = "inicial", "Saldo inicial"
    REVERSO = "reverso", "Reverso"
    OTRO = "otro", "Otro"


MOTIVOS_DE_PERDIDA = frozenset(
    {Motivo.MERMA, Motivo.ROTURA, Motivo.VENCIMIENTO, Motivo.ROBO, Motivo.DEVOLUCION}
)
MOTIVOS_DE_AJUSTE = frozenset(
    {Motivo.MERMA, Motivo.CONTEO, Motivo.ROTURA, Motivo.VENCIMIENTO, Motivo.ROBO, Motivo.CORRECCION}
)

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
