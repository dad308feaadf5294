"""Los campos del contrato, de ida y de vuelta, con sus mensajes en inglés.

De entrada: los números pueden venir como texto, `""` es nulo donde se admite nulo, lo que sobra se
ignora. De salida: cada campo conoce su escala (`numeros`) y cada instante termina en `Z`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, NoReturn, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from inventario.biofloc import fechas, numeros
from inventario.borde import campos as borde
from inventario.borde.errores import ConsultaInvalida
from inventario.nucleo.cantidades import CERO, en_numero
from inventario.nucleo.errores import Detalle
from inventario.nucleo.reloj import PRIMER_DIA, ULTIMO_DIA

COMUNES = {"required": "Field required", "null": "Input should not be null"}
# El nombre con que el contrato llama a cada rechazo.
TIPOS = {
    "required": "missing",
    "null": "none_not_allowed",
    "blank": "string_too_short",
    "max_length": "string_too_long",
    "min_value": "greater_than_equal",
    "max_value": "less_than_equal",
    "positive": "greater_than",
    "nonzero": "value_error",
    "max_decimal_places": "decimal_max_places",
    "invalid_choice": "enum",
    "no_imprimible": "value_error",
    "no_divisible": "int_from_float",
    "invalid": "value_error",
}


class _EnIngles(serializers.Field[Any, Any, Any, Any]):
    """Mezcla: mensajes en inglés y el tipo de error que nombra el contrato."""

    mensajes: ClassVar[dict[str, str]] = {}
    tipo_si_no_es: ClassVar[str] = "value_error"

    def __init__(self, **opciones: Any) -> None:
        opciones["error_messages"] = {**COMUNES, **self.mensajes, **opciones.get("error_messages", {})}
        super().__init__(**opciones)

    def fail(self, key: str, **datos: Any) -> NoReturn:
        tipo = self.tipo_si_no_es if key == "invalid" else TIPOS.get(key, key)
        raise serializers.ValidationError(self.error_messages[key].format(**datos), code=tipo)


class Entero(_EnIngles, borde.EnteroCampo):
    tipo_si_no_es = "int_parsing"
    mensajes = {
        "invalid": "Input should be a valid integer",
        "min_value": "Input should be greater than or equal to {limite}",
        "max_value": "Input should be less than or equal to {limite}",
    }


class Cantidad(_EnIngles, borde.CantidadCampo):
    """Cantidad o costo: hasta 4 decimales; sin `minimo` ni `con_signo`, mayor que cero."""

    tipo_si_no_es = "decimal_parsing"
    mensajes = {
        "invalid": "Input should be a valid decimal",
        "positive": "Input should be greater than 0",
        "nonzero": "Input should not be 0",
        "min_value": "Input should be greater than or equal to {limite}",
        "max_value": "Input should be less than {limite}",
        "max_decimal_places": "Decimal input should have no more than {decimales} decimal places",
    }

    def _exigir_rango(self, valor: Decimal) -> None:
        if self.minimo is None and not self.con_signo and valor <= CERO:
            self.fail("positive")
        super()._exigir_rango(valor)


class Dinero(Cantidad, borde.DineroCampo):
    """Precio: hasta 2 decimales."""

    decimales = borde.DineroCampo.decimales
    maximo = borde.DineroCampo.maximo


class Fecha(_EnIngles, borde.FechaCampo):
    tipo_si_no_es = "date_parsing"
    mensajes = {"invalid": "Input should be a valid date (YYYY-MM-DD)"}


class Dia(_EnIngles, borde.DiaCampo):
    tipo_si_no_es = Fecha.tipo_si_no_es
    mensajes = {**Fecha.mensajes, "range": f"Input should be between {PRIMER_DIA} and {ULTIMO_DIA}"}


class Texto(_EnIngles, borde.TextoCampo):
    tipo_si_no_es = "string_type"
    mensajes = {
        "invalid": "Input should be a valid string",
        "blank": "String should have at least 1 character",
        "max_length": "String should have at most {maximo} characters",
        "no_imprimible": "String should only have printable characters",
    }

    def rechazar(self, detalle: Detalle) -> NoReturn:
        self.fail("max_length" if detalle.codigo == "max_length" else "no_imprimible", maximo=self.maximo)


class Booleano(_EnIngles, borde.BooleanoCampo):
    tipo_si_no_es = "bool_parsing"
    mensajes = {"invalid": "Input should be a valid boolean"}

    def to_internal_value(self, data: Any) -> bool:
        if isinstance(data, int) and data in (0, 1):
            return bool(data)
        return super().to_internal_value(data)


class Opcion(serializers.ChoiceField):
    """Una de las opciones, tal cual; el error las enumera."""

    def __init__(self, choices: Any, **opciones: Any) -> None:
        super().__init__(choices, **opciones)
        admite = ", ".join(f"'{opcion}'" for opcion in self.choices)
        self.error_messages.update(COMUNES, invalid_choice=f"Input should be {admite}")
        self.error_messages["blank"] = self.error_messages["invalid_choice"]

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choices:
            raise serializers.ValidationError(self.error_messages["invalid_choice"], code="enum")
        return data


@extend_schema_field({"type": "object", "additionalProperties": True})
class Objeto(_EnIngles):
    """Un objeto JSON cualquiera."""

    mensajes = {"invalid": "Input should be a valid dictionary"}
    tipo_si_no_es = "dict_type"

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class _DeSalida(serializers.Field[Any, Any, Any, Any]):
    def __init__(self, **opciones: Any) -> None:
        super().__init__(read_only=True, **opciones)


@extend_schema_field(OpenApiTypes.STR)
class CantidadTexto(_DeSalida):
    def to_representation(self, value: Decimal) -> str:
        return numeros.cantidad(value)


@extend_schema_field(OpenApiTypes.STR)
class DineroTexto(_DeSalida):
    def to_representation(self, value: Decimal) -> str:
        return numeros.dinero(value)


@extend_schema_field(OpenApiTypes.STR)
class CostoTexto(_DeSalida):
    def to_representation(self, value: Decimal) -> str:
        return numeros.costo(value)


@extend_schema_field(OpenApiTypes.NUMBER)
class Numero(_DeSalida):
    """Número JSON: para lo que el contrato no escribe como texto."""

    def to_representation(self, value: Decimal) -> int | float:
        return en_numero(value)


@extend_schema_field(OpenApiTypes.DATETIME)
class Instante(_DeSalida):
    def to_representation(self, value: datetime) -> str:
        return fechas.instante(value)


class Cuerpo(serializers.Serializer[Any]):
    # Base de lo que llega en un cuerpo; no es docstring porque sería la descripción de cada petición.
    # `""` y nulo son lo mismo donde se admite nulo, y un nulo donde no se admite, si el campo no es
    # obligatorio, es como si no viniera (§1.9).

    default_error_messages = {"invalid": "Input should be a valid dictionary"}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            data = {nombre: self._leido(nombre, valor) for nombre, valor in data.items()}
            data = {nombre: valor for nombre, valor in data.items() if not self._sobra(nombre, valor)}
        return super().to_internal_value(data)

    def _leido(self, nombre: str, valor: Any) -> Any:
        campo = self.fields.get(nombre)
        if campo is None or not (isinstance(valor, str) and not valor.strip()):
            return valor
        es_texto = isinstance(campo, Texto)
        return None if campo.allow_null or not (campo.required or es_texto) else valor

    def _sobra(self, nombre: str, valor: Any) -> bool:
        campo = self.fields.get(nombre)
        return campo is None or (valor is None and not campo.allow_null and not campo.required)


class Consulta(serializers.Serializer[Any]):
    """Base de los parámetros `?clave=valor`. Un texto vacío es como no mandarlo; un número vacío, un error.

    `vacios` nombra los que, aun siendo números u opciones, admiten venir vacíos.
    """

    vacios: ClassVar[frozenset[str]] = frozenset()


P = TypeVar("P", bound=serializers.Serializer[Any])


def leer_consulta(clase: type[Consulta], solicitud: Request) -> dict[str, Any]:
    """Devuelve los parámetros validados; lanza `ConsultaInvalida` (422)."""
    consulta = clase()
    datos = {
        nombre: valor
        for nombre, valor in solicitud.query_params.items()
        if valor != "" or not (nombre in clase.vacios or isinstance(consulta.fields.get(nombre), Texto))
    }
    consulta = clase(data=datos)
    if not consulta.is_valid():
        raise ConsultaInvalida(consulta.errors)
    return dict(consulta.validated_data)
