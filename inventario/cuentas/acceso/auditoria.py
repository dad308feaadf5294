"""Lo que una persona hace con su cuenta vale en todas sus empresas: se anota en la auditoría de cada una."""

from __future__ import annotations

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.services import anotar
from inventario.cuentas.empresas.selectors import empresas_de
from inventario.cuentas.models import Usuario


def anotar_de_persona(usuario: Usuario, hecho: Hecho, *, motivo: str) -> None:
    """Anota que la persona le hizo eso a su cuenta; va dentro de la transacción que lo hace."""
    for empresa in empresas_de(usuario):
        anotar(actor=None, empresa=empresa, usuario=usuario, hecho=hecho, sobre=usuario, motivo=motivo)
