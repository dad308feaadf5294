"""Quién actúa cuando nadie entró: se da una orden en la consola o se escriben datos de muestra."""

from __future__ import annotations

from inventario.cuentas.actores import actor_de_membresia
from inventario.cuentas.empresas.selectors import bodega_principal
from inventario.cuentas.models import Empresa, Usuario
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import NoEncontrado

CORREO = "consola@servicio.invalid"


def actor_de_consola(empresa: Empresa, correo: str | None) -> Actor:
    """Devuelve el actor de esa persona, con sus permisos; sin correo, el usuario de servicio de la consola.

    Quien tiene la consola tiene la base: pedirle que sea además alguien con contraseña no protege nada,
    pero el libro debe decir que fue la consola. Se llama dentro de `en_empresa`. Lanza `NoEncontrado` y
    `SinEmpresa`.
    """
    if correo is None:
        return actor_de_servicio(empresa, CORREO, "Consola")
    usuario = Usuario.objects.filter(email=correo.strip().lower()).first()
    if usuario is None:
        raise NoEncontrado(f"No existe el usuario «{correo}».")
    return actor_de_membresia(usuario, empresa)


def actor_de_servicio(empresa: Empresa, correo: str, nombre: str) -> Actor:
    """Devuelve un actor que todo lo puede; su usuario no tiene contraseña ni entra a nada."""
    usuario = Usuario.objects.filter(email=correo).first()
    if usuario is None:
        usuario = Usuario.objects.crear_de_servicio(correo, nombre)
    return Actor(
        usuario=usuario,
        empresa=empresa,
        permisos=frozenset(Permiso.values),
        bodega=bodega_principal(empresa),
        principal=f"usuario:{usuario.pk}",
    )
