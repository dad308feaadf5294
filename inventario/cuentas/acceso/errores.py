"""Lo que puede fallar al entrar, al seguir dentro y al cambiar la contraseña."""

from __future__ import annotations

from inventario.nucleo.errores import ErrorDeDominio, ReglaRota, SinPermiso


class CredencialInvalida(ErrorDeDominio):
    """No se sabe quién pide: correo, contraseña o token no sirven."""

    codigo = "credencial_invalida"


class TokenVencido(CredencialInvalida):
    codigo = "token_vencido"


class SesionTerminada(CredencialInvalida):
    """El token es auténtico, pero su sesión se cerró o la reemplazó otra más nueva."""

    codigo = "sesion_terminada"


class TokenRepetido(SesionTerminada):
    """Un token de renovación que ya se había cambiado por otro: alguien más lo tiene."""

    codigo = "token_repetido"


class PasoCerrado(ErrorDeDominio):
    """Demasiados intentos seguidos de entrar a la misma cuenta desde la misma dirección."""

    codigo = "paso_cerrado"


class CuentaInactiva(SinPermiso):
    codigo = "cuenta_inactiva"


class DebeCambiarContrasena(SinPermiso):
    """La suya la puso otra persona: hasta que la cambie no puede hacer nada más."""

    codigo = "debe_cambiar_contrasena"


class ContrasenaIncorrecta(ReglaRota):
    """La contraseña actual, que se pide para poner otra."""

    codigo = "contrasena_incorrecta"


class ContrasenaDebil(ReglaRota):
    codigo = "contrasena_debil"


class ContrasenaRepetida(ReglaRota):
    """La nueva es la misma que la actual."""

    codigo = "contrasena_repetida"


class RecuperacionInvalida(ReglaRota):
    """El código de recuperación no existe, ya se usó o venció."""

    codigo = "recuperacion_invalida"
