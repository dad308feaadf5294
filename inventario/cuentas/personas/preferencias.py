"""Lo que cada persona elige para sí, igual en todas sus empresas."""

from __future__ import annotations

from django.db import transaction

from inventario.auditoria.hechos import Hecho
from inventario.cuentas.acceso import services as acceso
from inventario.cuentas.models import Tema, Usuario
from inventario.cuentas.personas.auditoria import anotar_de_persona
from inventario.nucleo.errores import DatoInvalido


def llamarse(*, usuario: Usuario, nombre: str) -> Usuario:
    """Cambia el nombre con que la ven las demás, y lo anota. Lanza `DatoInvalido` si está vacío o no cabe."""
    antes = {"nombre": usuario.nombre}
    with transaction.atomic():
        usuario = acceso.cambiar_nombre(usuario, nombre)
        anotar_de_persona(
            quien=usuario,
            persona=usuario,
            hecho=Hecho.PERSONA_CAMBIADA,
            antes=antes,
            despues={"nombre": usuario.nombre},
        )
    return usuario


def elegir_tema(*, usuario: Usuario, tema: str) -> Tema:
    """Guarda con qué tema ve las páginas. Lanza `DatoInvalido` si no existe."""
    if tema not in Tema.values:
        raise DatoInvalido(f"Se admite: {', '.join(Tema.values)}.", campo="tema", codigo="invalid_choice")
    usuario.tema = Tema(tema)
    usuario.save(update_fields=["tema"])
    return Tema(tema)
