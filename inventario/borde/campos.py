"""Campos de los serializers: la forma del dato, con mensajes que dicen qué se admite (§1.2)."""

from __future__ import annotations

import logging
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from inventario.borde.errores import ConsultaInvalida
from inventario.nucleo.cantidades import CERO, DECIMALES, TOPE, en_numero
from inventario.nucleo.errores import DatoInvalido, Detalle
from inventario.nucleo.reloj import PRIMER_DIA, ULTIMO_DIA, cabe
from inventario.nucleo.textos import limpiar_parrafo, limpiar_texto

registro = logging.getLogger(__name__)

ENTERO_MAXIMO = 2**31 - 1
ID_MAXIMO = 2**63 - 1
DINERO_MAXIMO = Decimal("9999999999.99")
COMUNES = {"required": "Este dato es obligatorio.", "null": "No puede ser nulo."}

_ENTERO = re.compile(r"[+-]?\d{1,40}(?:\.0{0,40})?")
_DECIMAL = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})")
_FECHA = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?")


class _Campo(serializers.Field[Any, Any, Any, Any]):
    """Base: mensajes en español para lo que DRF dice de todo campo."""

    def __init__(self, **opciones: Any) -> None:
        opciones["error_messages"] = {**COMUNES, **opciones.get("error_messages", {})}
        super().__init__(**opciones)

    def to_representation(self, value: Any) -> Any:
        return value


class EnteroCampo(_Campo):
    """Entero: admite `"7"` y `2.0`; rechaza `true`, `1.5` y lo que pase del rango."""

    default_error_messages = {
        "invalid": "Debe ser un número entero.",
        "min_value": "Debe ser mayor o igual que {limite}.",
        "max_value": "Debe ser menor o igual que {limite}.",
    }

    def __init__(self, *, minimo: int | None = None, maximo: int = ENTERO_MAXIMO, **opciones: Any) -> None:
        self.minimo = minimo if minimo is not None else -ENTERO_MAXIMO - 1
        self.maximo = maximo
        super().__init__(**opciones)

    def to_internal_value(self, data: Any) -> int:
        valor = self._leer(data)
        if valor < self.minimo:
            self.fail("min_value", limite=self.minimo)
        if valor > self.maximo:
            self.fail("max_value", limite=self.maximo)
        return valor

    def _leer(self, data: Any) -> int:
        if isinstance(data, int) and not isinstance(data, bool):
            return data
        if isinstance(data, str) and _ENTERO.fullmatch(data.strip()) and data.isascii():
            return int(data.strip().partition(".")[0])
        if not isinstance(data, Decimal) or not data.is_finite():
            self.fail("invalid")
        if abs(data) > self.maximo + 1:
            # Antes de pasarlo a entero: un 1e308 tiene trescientas cifras.
            self.fail(
                "max_value" if data > 0 else "min_value", limite=self.maximo if data > 0 else self.minimo
            )
        if data != data.to_integral_value():
            self.fail("invalid")
        return int(data)


class IdCampo(EnteroCampo):
    """El id de una fila: positivo y de hasta 64 bits."""

    def __init__(self, **opciones: Any) -> None:
        super().__init__(minimo=1, maximo=ID_MAXIMO, **opciones)


class CantidadCampo(_Campo):
    """Cantidad exacta: hasta 4 decimales y menor que 10¹¹; por omisión, mayor que cero.

    `minimo` es inclusivo (0 para un stock mínimo); con `con_signo` se admite negativa, y cero
    solo si `minimo` lo dice: quien ajusta en cero no pide nada.
    """

    decimales = DECIMALES
    maximo = TOPE
    default_error_messages = {
        "invalid": "Debe ser un número.",
        "positive": "Debe ser mayor que cero.",
        "nonzero": "Debe ser distinta de cero.",
        "min_value": "Debe ser mayor o igual que {limite}.",
        "max_value": "Debe ser menor que {limite}.",
        "max_decimal_places": "Se admiten hasta {decimales} decimales.",
    }

    def __init__(
        self, *, minimo: Decimal | int | None = None, con_signo: bool = False, **opciones: Any
    ) -> None:
        self.minimo = None if minimo is None else Decimal(minimo)
        self.con_signo = con_signo
        super().__init__(**opciones)

    def to_internal_value(self, data: Any) -> Decimal:
        valor = self._leer(data)
        if abs(valor) >= self.maximo:
            self.fail("max_value", limite=format(self.maximo, "f"))
        # Ya está acotado: redondear no puede desbordar la precisión del contexto.
        exacto = round(valor, self.decimales)
        if exacto != valor:
            self.fail("max_decimal_places", decimales=self.decimales)
        self._exigir_rango(exacto)
        return exacto

    def _exigir_rango(self, valor: Decimal) -> None:
        if self.minimo is not None:
            if valor < self.minimo:
                self.fail("min_value", limite=format(self.minimo, "f"))
        elif self.con_signo:
            if valor == CERO:
                self.fail("nonzero")
        elif valor <= CERO:
            # El contrato nombra este rechazo como el de un mínimo.
            raise serializers.ValidationError(self.error_messages["positive"], code="min_value")

    def _leer(self, data: Any) -> Decimal:
        if isinstance(data, str) and data.isascii() and _DECIMAL.fullmatch(data.strip()):
            return Decimal(data.strip())
        # El analizador de JSON no da coma flotante: si llega una, alguien la fabricó por el camino.
        if isinstance(data, bool) or not isinstance(data, int | Decimal):
            self.fail("invalid")
        valor = Decimal(data)
        if not valor.is_finite():
            self.fail("invalid")
        return valor

    def to_representation(self, value: Any) -> int | float:
        return en_numero(Decimal(value))


class DineroCampo(CantidadCampo):
    """Precio o total: hasta 2 decimales y hasta 9 999 999 999,99; por omisión, mayor que cero."""

    decimales = 2
    maximo = DINERO_MAXIMO + Decimal("0.01")


@extend_schema_field(OpenApiTypes.DATE)
class FechaCampo(_Campo):
    """Fecha `AAAA-MM-DD`, o fecha y hora si la hora es medianoche; un número no es una fecha."""

    default_error_messages = {"invalid": "Debe ser una fecha AAAA-MM-DD."}

    def to_internal_value(self, data: Any) -> date:
        if isinstance(data, date) and not isinstance(data, datetime):
            return data
        partes = _FECHA.fullmatch(data.strip()) if isinstance(data, str) and data.isascii() else None
        if partes is None:
            self.fail("invalid")
        try:
            return date.fromisoformat(partes[1])
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value: Any) -> str:
        return value.isoformat() if isinstance(value, date) else str(value)


class DiaCampo(FechaCampo):
    """Un día del que se calcula un instante: fuera de rango no cabría en el calendario."""

    default_error_messages = {"range": f"Debe estar entre {PRIMER_DIA} y {ULTIMO_DIA}."}

    def to_internal_value(self, data: Any) -> date:
        dia = super().to_internal_value(data)
        if not cabe(dia):
            self.fail("range")
        return dia


@extend_schema_field(OpenApiTypes.DATETIME)
class InstanteCampo(_Campo):
    """Fecha y hora ISO 8601 **con** zona: sin ella no se sabe de qué instante se habla."""

    default_error_messages = {
        "invalid": "Debe ser una fecha y hora con zona, como 2026-03-31T23:59:59-05:00.",
    }

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str) or not data.isascii() or len(data) > 40:
            self.fail("invalid")
        try:
            # En una dirección, el «+» de la zona llega como espacio si no se codificó.
            instante = datetime.fromisoformat(re.sub(r" (\d{2}:?\d{2})$", r"+\1", data.strip()))
            if instante.utcoffset() is None or not 1900 <= instante.year <= 2200:
                self.fail("invalid")
        except ValueError:
            self.fail("invalid")
        return instante

    def to_representation(self, value: Any) -> str:
        return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)


class MomentoCampo(serializers.DateTimeField):
    """De salida, un instante en UTC, con `Z`: se lee igual recién escrito que un año después."""

    def __init__(self, **opciones: Any) -> None:
        super().__init__(default_timezone=UTC, **opciones)


class TextoCampo(_Campo):
    """Texto recortado y en NFC; rechaza números, caracteres que no se ven y lo que pase del máximo."""

    default_error_messages = {"invalid": "Debe ser un texto.", "blank": "No puede quedar vacío."}

    def __init__(
        self, *, maximo: int, permite_vacio: bool = False, multilinea: bool = False, **opciones: Any
    ) -> None:
        self.maximo = maximo
        self.permite_vacio = permite_vacio
        self.multilinea = multilinea
        super().__init__(**opciones)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        limpiar = limpiar_parrafo if self.multilinea else limpiar_texto
        try:
            texto = limpiar(data, campo=self.field_name or "", maximo=self.maximo)
        except DatoInvalido as error:
            self.rechazar(error.detalles[0])
        if not texto and not self.permite_vacio:
            self.fail("blank")
        return texto

    def rechazar(self, detalle: Detalle) -> NoReturn:
        """Dice lo que el núcleo no admite del texto."""
        raise serializers.ValidationError(detalle.mensaje, code=detalle.codigo)


def opcional(maximo: int, **opciones: Any) -> TextoCampo:
    """Un texto que puede faltar, venir vacío o ser nulo: las tres cosas dicen lo mismo."""
    return TextoCampo(maximo=maximo, required=False, allow_null=True, permite_vacio=True, **opciones)


def codigo_de_bodega() -> TextoCampo:
    return opcional(30, help_text="El código de la bodega; sin nombrarla, la habitual.")


@extend_schema_field(OpenApiTypes.BOOL)
class BooleanoCampo(_Campo):
    """`true` o `false`; en una dirección también `1`/`0` y `si`/`no`."""

    default_error_messages = {"invalid": "Debe ser true o false."}
    _TEXTOS = {"true": True, "1": True, "si": True, "sí": True, "false": False, "0": False, "no": False}

    def to_internal_value(self, data: Any) -> bool:
        if isinstance(data, bool):
            return data
        valor = self._TEXTOS.get(data.strip().lower()) if isinstance(data, str) else None
        if valor is None:
            self.fail("invalid")
        return valor


class OpcionCampo(serializers.ChoiceField):
    """Una de las opciones; el error las enumera."""

    def __init__(self, choices: Any, **opciones: Any) -> None:
        super().__init__(choices, **opciones)
        admite = ", ".join(str(opcion) for opcion in self.choices)
        self.error_messages.update(
            COMUNES, invalid_choice=f"Se admite: {admite}.", blank=f"Se admite: {admite}."
        )

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data.strip())


class Peticion(serializers.Serializer[Any]):
    """Base de lo que llega en un cuerpo. Las claves de más se ignoran (paridad) y quedan en el registro."""

    default_error_messages = {"invalid": "El cuerpo debe ser un objeto JSON."}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (sobran := sorted(set(data) - set(self.fields))):
            registro.debug("Claves ignoradas: %s", ", ".join(clave[:40] for clave in sobran[:20]))
        return super().to_internal_value(data)


class EnDias(Peticion):
    desde = DiaCampo(required=False, help_text="Día local, incluido.")
    hasta = DiaCampo(required=False, help_text="Día local, incluido entero.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        exigir_rango(attrs, "desde", "hasta")
        return attrs


def exigir_rango(datos: dict[str, Any], desde: str, hasta: str) -> None:
    if desde in datos and hasta in datos and datos[desde] > datos[hasta]:
        raise serializers.ValidationError({hasta: f"Debe ser igual o posterior a {desde}."}, code="min_value")


P = TypeVar("P", bound=serializers.Serializer[Any])


def leer_cuerpo(clase: type[P], solicitud: Request, **opciones: Any) -> dict[str, Any]:
    """Devuelve el cuerpo validado; lanza `ValidationError` (422) con todos los errores a la vez."""
    peticion = clase(data=solicitud.data, **opciones)
    peticion.is_valid(raise_exception=True)
    return dict(peticion.validated_data)


def leer_consulta(clase: type[P], solicitud: Request, **opciones: Any) -> dict[str, Any]:
    """Devuelve los parámetros `?clave=valor` validados; lanza `ConsultaInvalida` (422)."""
    # Una clave vacía (`?desde=`) es lo que manda un formulario cuando no se llenó: como si no estuviera.
    datos = {clave: valor for clave, valor in solicitud.query_params.items() if valor != ""}
    consulta = clase(data=datos, **opciones)
    if not consulta.is_valid():
        raise ConsultaInvalida(consulta.errors)
    return dict(consulta.validated_data)
