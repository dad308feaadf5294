"""Quién siembra: un usuario de servicio, para que el libro diga que esos asientos son de muestra."""

from __future__ import annotations

from inventario.cuentas.empresas.selectors import bodega_principal
from inventario.cuentas.models import Empresa, Usuario
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor

CORREO = "sembrador@servicio.invalid"


def sembrador_en(empresa: Empresa) -> Actor:
    """Devuelve el actor que siembra en la empresa; su usuario no tiene contraseña ni entra a nada.

    Se llama dentro de `en_empresa`.
    """
    usuario = Usuario.objects.filter(email=CORREO).first()
    if usuario is None:
        usuario = Usuario(email=CORREO, nombre="Datos de muestra", es_servicio=True)
        usuario.set_unusable_password()
        usuario.save(force_insert=True)
    return Actor(
        usuario=usuario,
        empresa=empresa,
        permisos=frozenset(Permiso.values),
        bodega=bodega_principal(empresa),
        principal=f"usuario:{usuario.pk}",
    )
