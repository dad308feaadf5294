"""De una restricción violada a lo que se le dice a quien pidió."""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.db import IntegrityError
from django.db.models import BaseConstraint, CheckConstraint, UniqueConstraint

from inventario.nucleo.integridad import restriccion_violada

_PROPIAS = {
    "producto_sku_unico": (409, "sku_duplicado", "El SKU ya existe en otro producto."),
    "producto_codigo_barras_unico": (409, "conflicto", "El código de barras ya existe en otro producto."),
}


def explicar_integridad(error: IntegrityError) -> tuple[int, str, str]:
    """Devuelve estado, código y frase. Lo único repetido es 409; lo imposible, 422; lo demás, 409."""
    nombre = restriccion_violada(error)
    if nombre in _PROPIAS:
        return _PROPIAS[nombre]
    regla = _reglas().get(nombre)
    if isinstance(regla, UniqueConstraint):
        return 409, "conflicto", _frase(regla) or "Ya existe un registro con esos datos."
    if isinstance(regla, CheckConstraint):
        return 422, "validacion", _frase(regla) or "Hay un dato fuera de lo que se admite."
    return 409, "conflicto", "Lo pedido choca con lo que ya hay registrado."


def _frase(regla: BaseConstraint) -> str:
    if regla.violation_error_message == regla.default_violation_error_message:
        return ""
    return str(regla.violation_error_message)


@cache
def _reglas() -> dict[str, BaseConstraint]:
    return {regla.name: regla for modelo in apps.get_models() for regla in modelo._meta.constraints}
