"""Entrar, la cuenta propia y las claves de API: lo que llega y lo que sale (§1.2, §1.3)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import Consulta, Cuerpo, Entero, Instante, Texto
from inventario.cuentas.permisos import PERMISOS_POR_ALCANCE
from inventario.cuentas.segundo_factor.codigos import LARGO_MAXIMO

CONTRASENA_MINIMA = 8
# Calcular la huella de una contraseña cuesta según su largo.
CONTRASENA_MAXIMA = 1024
USOS_MAXIMO = 1000


@extend_schema_field(OpenApiTypes.EMAIL)
class Correo(Texto):
    mensajes = {**Texto.mensajes, "email": "value is not a valid email address"}

    def __init__(self, **opciones: Any) -> None:
        super().__init__(maximo=254, **opciones)

    def to_internal_value(self, data: Any) -> str:
        texto = super().to_internal_value(data)
        try:
            validate_email(texto)
        except ValidationError as error:
            raise serializers.ValidationError(self.error_messages["email"], code="value_error") from error
        return texto


@extend_schema_field(OpenApiTypes.PASSWORD)
class Contrasena(Texto):
    """Tal cual se escribió: en una contraseña los espacios cuentan."""

    mensajes = {**Texto.mensajes, "min_length": "String should have at least {minimo} character{s}"}

    def __init__(self, *, minimo: int = 1, **opciones: Any) -> None:
        self.minimo = minimo
        super().__init__(maximo=CONTRASENA_MAXIMA, **opciones)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if len(data) < self.minimo:
            mensaje = self.error_messages["min_length"].format(
                minimo=self.minimo, s="" if self.minimo == 1 else "s"
            )
            raise serializers.ValidationError(mensaje, code="string_too_short")
        if len(data) > self.maximo:
            self.fail("max_length", maximo=self.maximo)
        return data


@extend_schema_serializer(component_name="LoginRequest")
class EntrarPeticion(Cuerpo):
    email = Correo()
    password = Contrasena()
    otp_code = Texto(
        maximo=LARGO_MAXIMO,
        permite_vacio=True,
        required=False,
        allow_null=True,
        default=None,
        help_text="Second factor: its current code, or a recovery code. Only for accounts that have one.",
    )


@extend_schema_serializer(component_name="RefreshRequest")
class RenovarPeticion(Cuerpo):
    refresh_token = Texto(maximo=4096)


@extend_schema_serializer(component_name="ChangePasswordRequest")
class CambiarContrasenaPeticion(Cuerpo):
    current_password = Contrasena()
    new_password = Contrasena(minimo=CONTRASENA_MINIMA)


@extend_schema_serializer(component_name="ForgotPasswordRequest")
class OlvidoPeticion(Cuerpo):
    email = Correo()


@extend_schema_serializer(component_name="ResetPasswordRequest")
class RestablecerPeticion(Cuerpo):
    recovery_token = Texto(maximo=512)
    new_password = Contrasena(minimo=CONTRASENA_MINIMA)


@extend_schema_serializer(component_name="ProfileUpdateRequest")
class PerfilPeticion(Cuerpo):
    full_name = Texto(maximo=255)


@extend_schema_serializer(component_name="ApiKeyCreateRequest")
class ClavePeticion(Cuerpo):
    name = Texto(maximo=255)
    description = Texto(
        maximo=1000, permite_vacio=True, multilinea=True, required=False, allow_null=True, default=None
    )
    scopes = serializers.ListField(
        child=Texto(maximo=64),
        max_length=50,
        error_messages={
            "required": "Field required",
            "null": "Input should not be null",
            "not_a_list": "Input should be a valid list",
            "max_length": "List should have at most {max_length} items",
        },
    )
    expires_in_days = Entero(minimo=1, maximo=365, required=False, allow_null=True, default=None)


@extend_schema_serializer(component_name="ApiKeyUsageQuery")
class UsosConsulta(Consulta):
    limit = Entero(minimo=1, required=False, default=100)


class _UsuarioSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    email = serializers.CharField()
    full_name = serializers.CharField()
    role = serializers.ChoiceField(["Admin", "User"])
    is_active = serializers.BooleanField()


@extend_schema_serializer(component_name="AuthUser")
class UsuarioSerializer(_UsuarioSerializer):
    """Quien entró."""


@extend_schema_serializer(component_name="CurrentUser")
class QuienSerializer(_UsuarioSerializer):
    role_id = serializers.IntegerField()


@extend_schema_serializer(component_name="Profile")
class PerfilSerializer(_UsuarioSerializer):
    created_at = Instante()
    last_password_change = Instante(allow_null=True)


@extend_schema_serializer(component_name="LoginResponse")
class EntradaSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")
    must_change_password = serializers.BooleanField()
    user = UsuarioSerializer()


@extend_schema_serializer(component_name="RefreshResponse")
class RenovacionSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField(
        help_text="Replaces the one sent, which works for 10 more seconds; used later, it ends the session."
    )
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")


@extend_schema_serializer(component_name="Message")
class MensajeSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()


@extend_schema_serializer(component_name="ProfileUpdated")
class PerfilCambiadoSerializer(MensajeSerializer):
    full_name = serializers.CharField()


@extend_schema_serializer(component_name="ApiKey")
class ClaveSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    user_id = serializers.UUIDField()
    key_prefix = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(allow_null=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(list(PERMISOS_POR_ALCANCE)))
    is_active = serializers.BooleanField()
    expires_at = Instante(allow_null=True)
    last_used_at = Instante(allow_null=True)
    created_at = Instante()


@extend_schema_serializer(component_name="ApiKeyCreated")
class ClaveCreadaSerializer(ClaveSerializer):
    api_key = serializers.CharField(help_text="Shown once.")


@extend_schema_serializer(component_name="ApiKeyUsage")
class UsoSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    endpoint = serializers.CharField()
    method = serializers.CharField(source="metodo")
    status_code = serializers.IntegerField(source="estado")
    ip_address = serializers.CharField(source="ip", allow_null=True)
    created_at = Instante(source="creado_en")


@extend_schema_serializer(component_name="ApiKeyScopes")
class AlcancesSerializer(serializers.Serializer[Any]):
    scopes = serializers.ListField(child=serializers.CharField())
