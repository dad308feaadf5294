"""Lo que puede fallar con el segundo factor: al entrar, al activarlo y al quitarlo."""

from __future__ import annotations

from inventario.cuentas.acceso.errores import CredencialInvalida
from inventario.nucleo.errores import Conflicto, ReglaRota, SinPermiso


class FaltaCodigo(CredencialInvalida):
    """La contraseña es la suya; falta el código."""

    codigo = "falta_codigo"


class CodigoInvalido(CredencialInvalida):
    """El código no es el de ahora, ya se usó, o no es ninguno de los de recuperación."""

    codigo = "codigo_invalido"


class FaltaSegundoFactor(SinPermiso):
    """La empresa lo exige a quien la administra, y esta persona todavía no lo tiene."""

    codigo = "falta_segundo_factor"


class SegundoFactorExigido(ReglaRota):
    """No se quita mientras una de sus empresas lo exija."""

    codigo = "segundo_factor_exigido"


class SinActivar(Conflicto):
    """No hay ningún teléfono que confirmar, o ninguno confirmado."""

    codigo = "segundo_factor_sin_activar"
