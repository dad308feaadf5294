"""Tokens firmados (JWT, HS256) de quien entra por la API con su correo.

Los datos que llevan son los del contrato en inglés, y dos propios: la sesión y la empresa.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from django.conf import settings

from inventario.cuentas.acceso.errores import CredencialInvalida, TokenVencido
from inventario.cuentas.models import Empresa, Sesion

ALGORITMO = "HS256"
ACCESO = "access"
RENOVACION = "refresh"
LARGO_MAXIMO = 4096


@dataclass(frozen=True, slots=True)
class Reclamo:
    """Lo que un token auténtico dice. Uno que firmó otro sistema no nombra sesión ni empresa.

    `serie` distingue cada token de renovación de los que reemplaza.
    """

    usuario_id: uuid.UUID
    sesion_id: uuid.UUID | None
    empresa_id: int | None
    serie: uuid.UUID | None = None


def parece_token(texto: str) -> bool:
    """Distingue un token de una clave de API, que no lleva puntos."""
    return texto.count(".") == 2


def de_acceso(sesion: Sesion, empresa: Empresa, *, rol: str, ahora: datetime) -> str:
    """Devuelve el token que acompaña a cada solicitud."""
    usuario = sesion.usuario
    datos = {"email": usuario.email, "full_name": usuario.get_full_name(), "role": rol}
    return _firmar(ACCESO, sesion, empresa, ahora, ahora + settings.TOKEN_DE_ACCESO_DURA, datos)


def de_renovacion(sesion: Sesion, empresa: Empresa, *, ahora: datetime) -> str:
    """Devuelve el token con que se piden otros mientras dure la sesión; es de la serie que ella recuerda."""
    # Una sesión de antes de que rotaran no recuerda ninguna hasta que renueva.
    datos = {} if sesion.renovacion is None else {"jti": str(sesion.renovacion)}
    return _firmar(RENOVACION, sesion, empresa, ahora, sesion.vence_en, datos)


def leer(texto: str, *, tipo: str) -> Reclamo:
    """Devuelve lo que el token dice, si es auténtico, del tipo pedido y no ha vencido.

    Lanza `TokenVencido` o `CredencialInvalida`.
    """
    datos = _abrir(texto)
    try:
        if datos["type"] != tipo:
            raise CredencialInvalida("El token no es del tipo que se espera aquí.")
        sesion = datos.get("sid")
        empresa = datos.get("empresa")
        # La de otro sistema puede ser cualquier cosa, y no es nuestra.
        serie = None if sesion is None else datos.get("jti")
        return Reclamo(
            usuario_id=uuid.UUID(datos["sub"]),
            sesion_id=None if sesion is None else uuid.UUID(sesion),
            empresa_id=None if empresa is None else int(empresa),
            serie=None if serie is None else uuid.UUID(serie),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CredencialInvalida("El token no dice lo que debe.") from error


def _firmar(
    tipo: str, sesion: Sesion, empresa: Empresa, ahora: datetime, vence_en: datetime, datos: dict[str, Any]
) -> str:
    carga = {
        "sub": str(sesion.usuario_id),
        **datos,
        "type": tipo,
        "iat": ahora,
        "exp": vence_en,
        "sid": str(sesion.pk),
        "empresa": empresa.pk,
    }
    return jwt.encode(carga, settings.SECRETOS_DE_TOKEN[0], algorithm=ALGORITMO)


def _abrir(texto: str) -> dict[str, Any]:
    if not texto.isascii() or len(texto) > LARGO_MAXIMO:
        raise CredencialInvalida("El token no es válido.")
    # `iat` no se compara con la hora: dos servidores pueden diferir en segundos y no protege de nada.
    # Lo que sea `jti` lo dice `leer`.
    opciones = {
        "require": ["exp", "sub"],
        "verify_iat": False,
        "verify_aud": False,
        "verify_jti": False,
    }
    for secreto in settings.SECRETOS_DE_TOKEN:
        try:
            datos: dict[str, Any] = jwt.decode(texto, secreto, algorithms=[ALGORITMO], options=opciones)  # type: ignore[arg-type]  # PyJWT tipa sus opciones con una clase que no exporta
        except jwt.InvalidSignatureError:
            continue
        except jwt.ExpiredSignatureError as error:
            raise TokenVencido("El token está vencido.") from error
        # La cabecera se lee antes de verificar la firma: puede venir cualquier cosa.
        except (jwt.PyJWTError, RecursionError, ValueError, OverflowError) as error:
            raise CredencialInvalida("El token no es válido.") from error
        return datos
    raise CredencialInvalida("El token no es válido.")
