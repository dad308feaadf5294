"""Quién siembra: un usuario de servicio, para que el libro diga que esos asientos son de muestra."""

from __future__ import annotations

from inventario.borde.comandos import actor_de_servicio
from inventario.cuentas.models import Empresa
from inventario.nucleo.actores import Actor

CORREO = "sembrador@servicio.invalid"


def sembrador_en(empresa: Empresa) -> Actor:
    """Devuelve el actor que siembra en la empresa; su usuario no tiene contraseña ni entra a nada.

    Se llama dentro de `en_empresa`.
    """
    return actor_de_servicio(empresa, CORREO, "Datos de muestra")
