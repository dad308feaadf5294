"""Lo que una invitación puede rechazar."""

from __future__ import annotations

from inventario.nucleo.errores import Conflicto, NoEncontrado, ReglaRota, SinPermiso


class YaInvitada(Conflicto):
    """Ese correo tiene una invitación sin responder."""

    codigo = "ya_invitada"


class InvitacionResuelta(ReglaRota):
    """Ya se aceptó o se revocó: no se reenvía ni se revoca otra vez."""

    codigo = "invitacion_resuelta"


class InvitacionNoVigente(NoEncontrado):
    """El enlace no sirve: no existe, venció, se usó, se revocó o se mandó otro después.

    No dice cuál: quien prueba enlaces no aprende nada.
    """

    codigo = "invitacion_no_vigente"


class CuentaYaExiste(Conflicto):
    """Ese correo ya tiene cuenta y su dueño eligió la contraseña: se acepta entrando con ella."""

    codigo = "cuenta_ya_existe"


class CorreoAjeno(SinPermiso):
    """La invitación es para otro correo que el de quien entró."""

    codigo = "correo_ajeno"
