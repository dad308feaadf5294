"""Lo que se le hace a una persona se anota en cada empresa de la que es miembro (R-09)."""

from __future__ import annotations

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.services import anotar
from inventario.auditoria.valores import Valores
from inventario.cuentas.models import Empresa, Usuario
from inventario.nucleo.empresa import identificando


def anotar_de_persona(
    *,
    quien: Usuario | None,
    persona: Usuario,
    hecho: Hecho,
    antes: Valores | None = None,
    despues: Valores | None = None,
    motivo: str = "",
) -> None:
    """Anota el hecho en las empresas de la persona; la que no tiene ninguna queda en la historia del admin.

    Como `anotar`, se llama dentro de la transacción del hecho.
    """
    with identificando(persona=persona.pk, solo_leer=True):
        suyas = list(Empresa.objects.filter(membresias__usuario=persona).order_by("pk"))
    for empresa in suyas:
        anotar(
            actor=None,
            empresa=empresa,
            usuario=quien,
            hecho=hecho,
            sobre=persona,
            nombre=persona.email,
            antes=antes,
            despues=despues,
            motivo=motivo,
        )
