"""Los días que pide una consulta, en instantes de la empresa."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from inventario.nucleo.actores import Actor
from inventario.nucleo.reloj import fin_del_dia, inicio_del_dia


def en_dias(actor: Actor, filtro: dict[str, Any]) -> dict[str, datetime]:
    """Los días son los de la empresa; el último cuenta entero."""
    zona = actor.empresa.zona_horaria
    condiciones = {}
    if "desde" in filtro:
        condiciones["fecha_efectiva__gte"] = inicio_del_dia(filtro["desde"], zona)
    if "hasta" in filtro:
        condiciones["fecha_efectiva__lt"] = fin_del_dia(filtro["hasta"], zona)
    return condiciones
