"""Asignar productos a los módulos de la granja."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction

from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import DatoInvalido, NoEncontrado
from inventario.nucleo.textos import exigir_texto
from inventario.productos.models import ModuloDeProducto, Producto

LARGO_MODULO = 64
AJUSTES_MAXIMOS = 16 * 1024


def asignar_modulo(
    *, actor: Actor, producto: Producto, modulo: str, ajustes: dict[str, Any], principal: bool = False
) -> ModuloDeProducto:
    """Asigna el producto al módulo o, si ya lo estaba, cambia sus ajustes.

    Principal hay uno solo: marcar este quita la marca a los demás del producto. Lanza `NoEncontrado`
    si el producto no existe y `DatoInvalido` si los ajustes pasan de 16 KB.
    """
    actor.exigir(Permiso.CATALOGAR)
    modulo = exigir_texto(modulo, campo="modulo", maximo=LARGO_MODULO)
    actor.exigir_modulo(modulo)
    if len(json.dumps(ajustes)) > AJUSTES_MAXIMOS:
        raise DatoInvalido("Los ajustes no pueden pasar de 16 KB.", campo="ajustes", codigo="max_length")
    with transaction.atomic():
        # Retener el producto pone en fila a quienes lo asignan a la vez: hay un solo principal.
        if Producto.objects.vivos().retenidos().filter(pk=producto.pk).first() is None:
            raise NoEncontrado("No existe ese producto.")
        if principal:
            ModuloDeProducto.objects.filter(producto=producto, principal=True).exclude(modulo=modulo).update(
                principal=False
            )
        asignado, _ = ModuloDeProducto.objects.update_or_create(
            producto=producto,
            modulo=modulo,
            defaults={"ajustes": ajustes, "principal": principal},
            create_defaults={"empresa": actor.empresa, "ajustes": ajustes, "principal": principal},
        )
    return asignado


def quitar_modulo(*, actor: Actor, producto_id: int, modulo: str) -> None:
    """Quita la asignación; lanza `NoEncontrado` si no la había."""
    actor.exigir(Permiso.ELIMINAR)
    actor.exigir_modulo(modulo)
    quitadas, _ = ModuloDeProducto.objects.filter(producto_id=producto_id, modulo=modulo).delete()
    if not quitadas:
        raise NoEncontrado("El producto no está asignado a ese módulo.")
