"""Quién llama: clave de API, token o sesión, y en qué empresa queda."""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import unquote

from django.utils import timezone
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from inventario.cuentas.acceso.errores import CredencialInvalida
from inventario.cuentas.acceso.services import Acceso, acceso_de_token, empresa_de_acceso
from inventario.cuentas.acceso.sesion import EMPRESA_EN_SESION
from inventario.cuentas.acceso.tokens import parece_token
from inventario.cuentas.actores import (
    anotar_uso,
    buscar_clave,
    identidad_de_clave,
    identidad_de_persona,
    membresia_de,
)
from inventario.cuentas.empresas.errores import SinEmpresa
from inventario.cuentas.empresas.selectors import elegir_empresa
from inventario.cuentas.models import ClaveApi, Empresa, Membresia, Usuario
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import identificando
from inventario.nucleo.solicitud import solicitud_actual

EXTERNO_ID_MAXIMO = 64
EXTERNO_NOMBRE_MAXIMO = 255
CLAVE_MAXIMA = 200


class PorClave(authentication.BaseAuthentication):
    """`X-API-Key: <clave>` o `Authorization: Bearer <clave>`.

    La primera va antes; si no sirve y hay un `Authorization`, decide este.
    """

    def authenticate(self, request: Request) -> tuple[Usuario, ClaveApi] | None:
        clave = request.headers.get("X-API-Key", "").strip()
        portador = _portador(request)
        if clave:
            try:
                return self._con(clave)
            except exceptions.AuthenticationFailed:
                if portador is None:
                    raise
        return None if portador is None or parece_token(portador) else self._con(portador)

    def _con(self, texto: str) -> tuple[Usuario, ClaveApi]:
        ahora = timezone.now()
        clave = buscar_clave(texto) if texto.isascii() and len(texto) <= CLAVE_MAXIMA else None
        if clave is None:
            raise exceptions.AuthenticationFailed("La clave de API no es válida.")
        if clave.revocada_en is not None:
            raise exceptions.AuthenticationFailed("La clave de API está revocada.")
        if not clave.vigente(ahora):
            raise exceptions.AuthenticationFailed("La clave de API está vencida.")
        if not (clave.usuario.is_active and clave.empresa.activa):
            raise exceptions.AuthenticationFailed("La clave de API no está activa.")
        anotar_uso(clave, ahora)
        return clave.usuario, clave

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class PorToken(authentication.BaseAuthentication):
    """`Authorization: Bearer <token>`, el JWT que da entrar con correo y contraseña."""

    def authenticate(self, request: Request) -> tuple[Usuario, Acceso] | None:
        portador = _portador(request)
        if portador is None or not parece_token(portador):
            return None
        try:
            acceso = acceso_de_token(portador, timezone.now())
        except CredencialInvalida as error:
            raise exceptions.AuthenticationFailed(error.mensaje) from error
        return acceso.usuario, acceso


class PorSesion(authentication.SessionAuthentication):
    """La sesión del navegador; para escribir exige el token CSRF."""

    def enforce_csrf(self, request: Any) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            raise exceptions.PermissionDenied("Falta el token CSRF o no es válido.") from error


def _portador(request: Request) -> str | None:
    esquema, _, resto = request.headers.get("Authorization", "").strip().partition(" ")
    return resto.strip() if esquema.lower() == "bearer" else None


def persona_externa(request: Request) -> tuple[str, str]:
    """Devuelve id y nombre de la persona por la que actúa una clave, limpios y acotados."""
    return (
        _limpiar(request.headers.get("X-Acting-User-Id", ""), EXTERNO_ID_MAXIMO),
        _limpiar(request.headers.get("X-Acting-User-Name", ""), EXTERNO_NOMBRE_MAXIMO),
    )


def identidad_de(solicitud: Request) -> tuple[Actor, ClaveApi | Membresia | None]:
    """Devuelve quién actúa en una solicitud ya identificada, sin sus bodegas, y con qué credencial.

    Lanza `NotAuthenticated` si nadie se identificó, y `SinEmpresa` o `AuthenticationFailed` si la persona
    no tiene empresa en que actuar.
    """
    usuario = solicitud.user
    if not isinstance(usuario, Usuario):
        raise exceptions.NotAuthenticated
    if isinstance(solicitud.auth, ClaveApi):
        externo_id, externo_nombre = persona_externa(solicitud)
        de_clave = identidad_de_clave(
            solicitud.auth,
            externo_id=externo_id,
            externo_nombre=externo_nombre,
            solicitud_id=solicitud_actual(),
        )
        return de_clave, solicitud.auth
    empresa = _empresa_de_persona(solicitud, usuario)
    leida = solicitud.auth.membresia if isinstance(solicitud.auth, Acceso) else None
    if leida is None:
        with identificando(persona=usuario.pk, solo_leer=True):
            leida = membresia_de(usuario, empresa)
    return identidad_de_persona(usuario, empresa, leida, solicitud_id=solicitud_actual()), leida


def _empresa_de_persona(solicitud: Request, usuario: Usuario) -> Empresa:
    if isinstance(solicitud.auth, Acceso):
        try:
            return empresa_de_acceso(solicitud.auth)
        except CredencialInvalida as error:
            raise exceptions.AuthenticationFailed(error.mensaje) from error
    empresa = elegir_empresa(usuario, solicitud.session.get(EMPRESA_EN_SESION))
    if empresa is None:
        raise SinEmpresa("Su usuario no pertenece a ninguna empresa activa.")
    return empresa


def _limpiar(valor: str, maximo: int) -> str:
    # WSGI entrega las cabeceras como Latin-1; quien escribe tildes manda UTF-8 o lo codifica con %.
    with contextlib.suppress(UnicodeEncodeError, UnicodeDecodeError):
        valor = valor.encode("latin-1").decode("utf-8")
    visible = "".join(letra for letra in unquote(valor) if letra.isprintable())
    return " ".join(visible.split())[:maximo]
