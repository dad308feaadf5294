"""Lo que se comprueba antes de dar acceso a una empresa, sea a una persona o a una clave."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as traducir

from inventario.cuentas.models import Bodega, Empresa
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.errores import DatoInvalido, SinPermiso


def exigir_administrador(actor: Actor | None, empresa: Empresa) -> None:
    if actor is None:
        return
    actor.exigir(Permiso.ADMINISTRAR)
    if actor.empresa.pk != empresa.pk:
        raise SinPermiso(traducir("Solo administra la empresa en la que está."))


def exigir_bodegas_propias(empresa: Empresa, bodegas: Iterable[Bodega | None]) -> None:
    if any(bodega is not None and bodega.empresa_id != empresa.pk for bodega in bodegas):
        raise DatoInvalido(traducir("Esa bodega no existe."), campo="bodega", codigo="does_not_exist")


def limite_que_da(
    actor: Actor | None, empresa: Empresa, *, bodega: Bodega | None, permitidas: Iterable[Bodega]
) -> list[int]:
    """Devuelve a qué bodegas queda limitado aquello a lo que se da acceso; vacío, a todas.

    Nadie da más de lo que alcanza: sin nombrar ninguna, quien está limitado da las suyas. Lanza
    `DatoInvalido` si nombra una ajena o una que no alcanza.
    """
    nombradas = list(permitidas)
    exigir_bodegas_propias(empresa, [bodega, *nombradas])
    suyo = SIN_LIMITE if actor is None else actor.alcance
    limite = [una.pk for una in nombradas] or suyo.nombradas
    if not suyo.abarca(Alcance.de(limite)):
        raise DatoInvalido(traducir("Elija solo bodegas que usted alcanza."), campo="bodegas_permitidas")
    if bodega is not None and not suyo.ve(bodega.pk):
        raise DatoInvalido(traducir("Elija una bodega que usted alcanza."), campo="bodega")
    return limite
