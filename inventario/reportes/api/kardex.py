"""Lo que se pide al kárdex de un producto cuando se encarga en archivo."""

from __future__ import annotations

from inventario.borde.campos import IdCampo
from inventario.reportes.api.consultas import RangoConsulta


class KardexConsulta(RangoConsulta):
    producto_id = IdCampo()
