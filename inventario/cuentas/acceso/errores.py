"""Lo que puede fallar al entrar, al seguir dentro y al cambiar la contraseña."""

from __future__ import annotations

import math

from django.utils.translation import gettext as traducir

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


class HayQueEsperar(ErrorDeDominio):
    """Nada de lo enviado está mal: en `espera_s` segundos se podrá.

    No es un error de ningún formulario: quien muestra los del dominio junto a un campo deja pasar este, que
    en todas las puertas sale con `Retry-After`.
    """

    espera_s: int


class PasoCerrado(HayQueEsperar):
    """Demasiados intentos seguidos de entrar a la misma cuenta desde la misma dirección."""

    codigo = "paso_cerrado"

    def __init__(self, mensaje: str, *, minutos: int) -> None:
        self.espera_s = max(1, minutos * 60)
        super().__init__(mensaje, minutos=minutos)


class CupoAgotado(HayQueEsperar):
    """Se pidió lo mismo demasiadas veces; `espera_s` dice cuándo volver."""

    codigo = "limite_excedido"

    def __init__(self, espera_s: float) -> None:
        self.espera_s = max(1, math.ceil(espera_s))
        super().__init__(
            traducir("Demasiados intentos: espere %(cuanto)s antes del siguiente.")
            % {"cuanto": _en_palabras(self.espera_s)}
        )


class HuellasOcupadas(HayQueEsperar):
    """Entra tanta gente a la vez que la contraseña no se pudo mirar."""

    codigo = "servicio_ocupado"
    espera_s = 5

    def __init__(self) -> None:
        super().__init__(traducir("Hay mucha gente entrando a la vez: intente de nuevo en unos segundos."))


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


def _en_palabras(espera_s: int) -> str:
    if espera_s < 120:
        return f"{espera_s} s"
    return (
        traducir("%(n)s minutos") % {"n": math.ceil(espera_s / 60)}
        if espera_s < 7_200
        else traducir("%(n)s horas") % {"n": math.ceil(espera_s / 3_600)}
    )
