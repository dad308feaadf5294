"""Lo que cada persona elige para sí, igual en todas sus empresas."""

from __future__ import annotations

from inventario.cuentas.models import Tema, Usuario
from inventario.nucleo.errores import DatoInvalido


def elegir_tema(*, usuario: Usuario, tema: str) -> Tema:
    """Guarda con qué tema ve las páginas. Lanza `DatoInvalido` si no existe."""
    if tema not in Tema.values:
        raise DatoInvalido(f"Se admite: {', '.join(Tema.values)}.", campo="tema", codigo="invalid_choice")
    usuario.tema = Tema(tema)
    usuario.save(update_fields=["tema"])
    return Tema(tema)
