"""Qué claves tiene una empresa y qué se pidió con ellas."""

from __future__ import annotations

from inventario.cuentas.models import ClaveApi, Empresa, UsoDeClave
from inventario.nucleo.errores import NoEncontrado


def claves_de(empresa: Empresa, *, revocadas: bool = False) -> list[ClaveApi]:
    """Devuelve las claves de la empresa, las más nuevas primero; las revocadas, solo si se piden."""
    claves = ClaveApi.objects.filter(empresa=empresa).order_by("-creada_en", "-pk")
    return list(claves if revocadas else claves.filter(revocada_en=None))


def clave_de(empresa: Empresa, pk: int) -> ClaveApi:
    """Devuelve la clave, revocada o no; lanza `NoEncontrado` si no es de la empresa."""
    clave = ClaveApi.objects.filter(empresa=empresa, pk=pk).first()
    if clave is None:
        raise NoEncontrado("La clave no existe.")
    return clave


def usos_recientes(clave: ClaveApi, cuantos: int) -> list[UsoDeClave]:
    """Devuelve lo último que se pidió con la clave, lo más nuevo primero."""
    return list(UsoDeClave.objects.filter(clave=clave)[:cuantos])
