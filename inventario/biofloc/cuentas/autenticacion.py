"""Entrar con correo y contraseña, seguir, salir y la cuenta propia (§1.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.conf import settings
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inventario.biofloc.cuentas import esquemas as formas
from inventario.biofloc.errores import Frase, Rechazo, manejar
from inventario.biofloc.esquema import documentar
from inventario.biofloc.fechas import instante
from inventario.biofloc.views import VistaBiofloc
from inventario.borde.campos import leer_cuerpo
from inventario.borde.views import exigir_sin_nulos
from inventario.cuentas.acceso import recuperacion
from inventario.cuentas.acceso import services as acceso
from inventario.cuentas.acceso.errores import (
    ContrasenaDebil,
    ContrasenaIncorrecta,
    ContrasenaRepetida,
    CredencialInvalida,
    CuentaInactiva,
    PasoCerrado,
    RecuperacionInvalida,
)
from inventario.cuentas.acceso.limites import Accion, exigir_cupo
from inventario.cuentas.acceso.services import Acceso
from inventario.cuentas.empresas.errores import SinEmpresa
from inventario.cuentas.models import ClaveApi, Usuario
from inventario.cuentas.permisos import Permiso
from inventario.cuentas.personas import preferencias
from inventario.cuentas.segundo_factor.errores import CodigoInvalido, FaltaCodigo
from inventario.nucleo.actores import Actor
from inventario.nucleo.direccion import direccion_del_cliente
from inventario.nucleo.errores import ErrorDeDominio

TIPO_DE_TOKEN = "Bearer"
ID_DE_ROL = {acceso.ROL_ADMINISTRADOR: 1, acceso.ROL_COMUN: 2}
# Con palabras propias: las de Django nombran el campo como se llama en la casa, en español.
DEBILIDADES = {
    "password_too_similar": "This password is too similar to the name or e-mail of its owner.",
    "password_too_short": "This password is too short.",
    "password_too_common": "This password is too common.",
    "password_entirely_numeric": "This password is entirely numeric.",
}
CONTRASENAS: Mapping[type[ErrorDeDominio], Frase] = {
    ContrasenaIncorrecta: "The current password is not correct",
    ContrasenaRepetida: "The new password must be different from the current one",
    ContrasenaDebil: lambda error: " ".join(
        DEBILIDADES.get(motivo, "This password is not strong enough.") for motivo in error.datos["motivos"]
    ),
    RecuperacionInvalida: "The recovery token is invalid, was already used or has expired",
}


class _SinGuardar(APIView):
    """Sus respuestas llevan tokens, claves o datos de una persona: nadie las guarda por el camino."""

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        respuesta = super().finalize_response(*args, **kwargs)
        respuesta["Cache-Control"] = "no-store"
        return respuesta


class VistaAbierta(_SinGuardar):
    """Para quien todavía no se identificó; cada una cuenta sus intentos, que son por cuenta."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    frases: ClassVar[Mapping[type[ErrorDeDominio], Frase]] = {}

    def get_exception_handler(self) -> Callable[..., Response]:
        return manejar

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        exigir_sin_nulos(request)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return Response({"methods": sorted(self.allowed_methods)})


class SoloPersonas(BasePermission):
    """Una clave de API no tiene cuenta propia."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, ClaveApi):
            raise Rechazo(403, "API keys are not accepted here: log in with email and password")
        return True


class VistaDePersona(_SinGuardar, VistaBiofloc):
    """Lo que se hace con la cuenta propia."""

    # Las respuestas llevan secretos o dependen de la contraseña: ninguna se recuerda.
    idempotente = False
    pide_segundo_factor = False
    permission_classes = (SoloPersonas, *VistaBiofloc.permission_classes)


def _quedan(error: ErrorDeDominio) -> str:
    frase = "Incorrect email or password"
    return frase if "restantes" not in error.datos else f"{frase}. {_intentos(error)}"


def _intentos(error: ErrorDeDominio) -> str:
    quedan = error.datos["restantes"]
    if not quedan:
        return "No attempts left: the account is locked for a while"
    return f"{quedan} attempt{'s' if quedan > 1 else ''} left"


def _quedan_con_codigo(error: ErrorDeDominio) -> str:
    return f"The code is not correct or was already used: wait for the next one. {_intentos(error)}"


class Entrar(VistaAbierta):
    frases = {
        CredencialInvalida: _quedan,
        CodigoInvalido: _quedan_con_codigo,
        FaltaCodigo: "This account has a second factor: send its current code in otp_code",
        PasoCerrado: lambda error: (
            f"Account locked after too many failed attempts. Try again in {error.datos['minutos']} minutes"
        ),
        CuentaInactiva: "This user account is inactive",
        SinEmpresa: "This user does not belong to any active company",
    }

    @documentar(
        "Log in with email and password",
        nombre="auth_login",
        grupo="auth",
        peticion=formas.EntrarPeticion,
        exito={200: formas.EntradaSerializer},
        errores=(423,),
        ejemplo={"email": "ana@example.com", "password": "a long password"},
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(formas.EntrarPeticion, request)
        concedido = acceso.entrar(
            peticion=request._request,
            correo=datos["email"],
            contrasena=datos["password"],
            codigo=datos["otp_code"] or "",
            ip=direccion_del_cliente(request),
        )
        return Response(
            {
                "access_token": concedido.acceso,
                "refresh_token": concedido.renovacion,
                **_vigencia(),
                "must_change_password": concedido.usuario.debe_cambiar_contrasena,
                "user": _persona(concedido.usuario, concedido.rol),
            }
        )


class Renovar(VistaAbierta):
    frases = {CredencialInvalida: "Invalid, expired or revoked refresh token"}

    @documentar(
        "Get another access token, and the refresh token that replaces this one",
        nombre="auth_refresh",
        grupo="auth",
        peticion=formas.RenovarPeticion,
        exito={200: formas.RenovacionSerializer},
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(formas.RenovarPeticion, request)
        exigir_cupo(Accion.RENOVAR, solicitud=request, cuenta=datos["refresh_token"])
        renovado = acceso.renovar(token=datos["refresh_token"])
        return Response(
            {"access_token": renovado.acceso, "refresh_token": renovado.renovacion, **_vigencia()}
        )


class Olvido(VistaAbierta):
    @documentar(
        "Ask for a password recovery e-mail",
        nombre="auth_forgot_password",
        grupo="auth",
        peticion=formas.OlvidoPeticion,
        exito={200: formas.MensajeSerializer},
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(formas.OlvidoPeticion, request)
        exigir_cupo(Accion.RECUPERAR, solicitud=request, cuenta=datos["email"])
        recuperacion.pedir(datos["email"])
        return Response({"message": "If that account exists, a recovery e-mail is on its way"})


class Restablecer(VistaAbierta):
    frases = CONTRASENAS

    @documentar(
        "Set a new password with a recovery token",
        nombre="auth_reset_password",
        grupo="auth",
        peticion=formas.RestablecerPeticion,
        exito={200: formas.MensajeSerializer},
        errores=(400,),
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(formas.RestablecerPeticion, request)
        exigir_cupo(Accion.RESTABLECER, solicitud=request)
        acceso.restablecer(codigo=datos["recovery_token"], nueva=datos["new_password"])
        return Response({"message": "Password changed: log in again"})


class Salir(VistaDePersona):
    con_contrasena_por_cambiar = True
    permisos = {"POST": Permiso.VER}

    @documentar(
        "End every session of the user",
        nombre="auth_logout",
        grupo="auth",
        exito={200: formas.MensajeSerializer},
        escribe=True,
    )
    def post(self, request: Request) -> Response:
        acceso.salir(self.actor.usuario)
        return Response({"message": "Logged out"})


class Quien(VistaDePersona):
    con_contrasena_por_cambiar = True
    permisos = {"GET": Permiso.VER}

    @documentar("The logged-in user", nombre="auth_me", grupo="auth", exito={200: formas.QuienSerializer})
    def get(self, request: Request) -> Response:
        rol = _rol(self.actor)
        quien = _persona(self.actor.usuario, rol)
        activo = quien.pop("is_active")
        return Response({**quien, "role_id": ID_DE_ROL[rol], "is_active": activo})


class Perfil(VistaDePersona):
    permisos = {"GET": Permiso.VER, "PUT": Permiso.VER}
    nombres = {"nombre": "full_name"}

    @documentar(
        "The profile of the logged-in user",
        nombre="auth_profile",
        grupo="auth",
        exito={200: formas.PerfilSerializer},
    )
    def get(self, request: Request) -> Response:
        usuario = self.actor.usuario
        cambio = usuario.contrasena_cambiada_en
        return Response(
            {
                **_persona(usuario, _rol(self.actor)),
                "created_at": instante(usuario.creado_en),
                "last_password_change": None if cambio is None else instante(cambio),
            }
        )

    @documentar(
        "Change the name of the logged-in user",
        nombre="auth_profile_update",
        grupo="auth",
        peticion=formas.PerfilPeticion,
        exito={200: formas.PerfilCambiadoSerializer},
    )
    def put(self, request: Request) -> Response:
        datos = leer_cuerpo(formas.PerfilPeticion, request)
        usuario = preferencias.llamarse(usuario=self.actor.usuario, nombre=datos["full_name"])
        return Response({"message": "Profile updated", "full_name": usuario.get_full_name()})


class CambiarContrasena(VistaDePersona):
    con_contrasena_por_cambiar = True
    permisos = {"POST": Permiso.VER}
    frases = CONTRASENAS

    @documentar(
        "Change the password; other sessions end",
        nombre="auth_change_password",
        grupo="auth",
        peticion=formas.CambiarContrasenaPeticion,
        exito={200: formas.MensajeSerializer},
        errores=(400,),
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(formas.CambiarContrasenaPeticion, request)
        usuario = self.actor.usuario
        exigir_cupo(Accion.CAMBIAR_CONTRASENA, cuenta=usuario.email)
        sesion_id = request.auth.sesion_id if isinstance(request.auth, Acceso) else None
        acceso.cambiar_contrasena(
            usuario=usuario,
            actual=datos["current_password"],
            nueva=datos["new_password"],
            sesion_id=sesion_id,
            peticion=None if sesion_id else request._request,
        )
        return Response({"message": "Password changed"})


def _vigencia() -> dict[str, Any]:
    return {
        "token_type": TIPO_DE_TOKEN,
        "expires_in": int(settings.TOKEN_DE_ACCESO_DURA.total_seconds()),
    }


def _rol(actor: Actor) -> str:
    return acceso.ROL_ADMINISTRADOR if actor.puede(Permiso.ADMINISTRAR) else acceso.ROL_COMUN


def _persona(usuario: Usuario, rol: str) -> dict[str, Any]:
    return {
        "id": str(usuario.pk),
        "email": usuario.email,
        "full_name": usuario.get_full_name(),
        "role": rol,
        "is_active": usuario.is_active,
    }
