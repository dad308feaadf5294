"""Lo que se comprueba antes de dar acceso a una empresa, sea a una persona o a una clave."""

from __future__ import annotations

from collections.abc import Iterable

from inventario.cuentas.models import Bodega, Empresa
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import DatoInvalido, SinPermiso


def exigir_administrador(actor: Actor | None, empresa: Empresa) -> None:
    if actor is None:
        return
    actor.exigir(Permiso.ADMINISTRAR)
    if actor.empresa.pk != empresa.pk:
        raise SinPermiso("Solo administra la empresa en la que está.")


def exigir_bodegas_propias(empresa: Empresa, bodegas: Iterable[Bodega | None]) -> None:
    if any(bodega is not None and bodega.empresa_id != empresa.pk for bodega in bodegas):
        raise DatoInvalido("Esa bodega no existe.", campo="bodega", codigo="does_not_exist")
