"""Hacer algo una sola vez aunque lo pidan dos (decisión 18)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError

from inventario.idempotencia.models import RespuestaGuardada
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import consultando, en_empresa
from inventario.nucleo.errores import Conflicto

CLAVE_MAXIMA = 128
INTENTOS = 3


@dataclass(frozen=True, slots=True)
class Respuesta:
    estado: int
    cuerpo: str
    tipo: str

    @property
    def buena(self) -> bool:
        return 200 <= self.estado < 300


@dataclass(frozen=True, slots=True)
class Resultado:
    """`repetida` dice que ya se había hecho: la respuesta es la de aquella vez."""

    respuesta: Respuesta
    repetida: bool


class ClaveYaUsada(Conflicto):
    """La misma clave con otra solicitud."""


class ClaveEnCurso(Conflicto):
    """La primera solicitud con esa clave todavía no termina."""


class _YaHayFila(Exception):
    """Otro la reservó antes."""


class _NoSeRecuerda(Exception):
    """La respuesta no es 2xx: nada de lo hecho debe quedar."""

    def __init__(self, respuesta: Respuesta) -> None:
        super().__init__()
        self.respuesta = respuesta


def clave_valida(clave: str) -> bool:
    return 0 < len(clave) <= CLAVE_MAXIMA and clave.isprintable()


def huella_de(metodo: str, ruta: str, cuerpo: Any) -> str:
    """Devuelve la huella de la solicitud ya analizada: el orden de las claves y `5` o `5.0` no importan."""
    canonico = json.dumps(cuerpo, sort_keys=True, separators=(",", ":"), default=_decimal_canonico)
    texto = "\n".join((metodo.upper(), ruta.rstrip("/"), canonico))
    return hashlib.sha256(texto.encode("utf-8", "surrogatepass")).hexdigest()


def _decimal_canonico(valor: Any) -> int | str:
    if not isinstance(valor, Decimal):
        raise TypeError(f"No se sabe comparar {type(valor).__name__}.")
    # Un 1e308 no se escribe entero: con la notación normalizada alcanza para compararlo.
    if valor == valor.to_integral_value() and valor.adjusted() < 30:
        return int(valor)
    return f"decimal:{valor.normalize()}"


def una_vez(*, actor: Actor, clave: str, huella: str, ejecutar: Callable[[], Respuesta]) -> Resultado:
    """Ejecuta y guarda la respuesta en una transacción, o devuelve la que ya se dio con esa clave.

    `ejecutar` corre dentro de la empresa y de la única transacción durable de la solicitud. Si
    lanza o responde algo que no es 2xx, se deshace todo y la clave queda libre. Lanza
    `ClaveYaUsada` si la clave acompañó antes a otra solicitud.
    """
    for _ in range(INTENTOS):
        try:
            return _ejecutar(actor, clave, huella, ejecutar)
        except _NoSeRecuerda as fallo:
            return Resultado(fallo.respuesta, repetida=False)
        except _YaHayFila:
            guardada = _leer(actor, clave)
        # Quien la tenía pudo borrarla entre el choque y esta lectura; entonces se intenta otra vez.
        if guardada is not None:
            if guardada.huella != huella:
                raise ClaveYaUsada("Esa Idempotency-Key ya se usó con otra solicitud: use una nueva.")
            respuesta = Respuesta(guardada.estado, guardada.cuerpo, guardada.tipo_de_contenido)
            return Resultado(respuesta, repetida=True)
    raise ClaveEnCurso("Otra solicitud con la misma Idempotency-Key está en curso: intente de nuevo.")


def _ejecutar(actor: Actor, clave: str, huella: str, ejecutar: Callable[[], Respuesta]) -> Resultado:
    with en_empresa(actor.empresa, durable=True):
        fila = RespuestaGuardada(empresa=actor.empresa, principal=actor.principal, clave=clave, huella=huella)
        try:
            # Va primero: si la clave está en uso, PostgreSQL espera aquí a que la otra termine.
            fila.save(force_insert=True)
        except IntegrityError as error:
            raise _YaHayFila from error
        respuesta = ejecutar()
        if not respuesta.buena:
            raise _NoSeRecuerda(respuesta)
        fila.estado, fila.cuerpo, fila.tipo_de_contenido = respuesta.estado, respuesta.cuerpo, respuesta.tipo
        fila.save(update_fields=["estado", "cuerpo", "tipo_de_contenido"])
    return Resultado(respuesta, repetida=False)


def _leer(actor: Actor, clave: str) -> RespuestaGuardada | None:
    with consultando(actor.empresa):
        fila: RespuestaGuardada | None = RespuestaGuardada.objects.filter(
            principal=actor.principal, clave=clave
        ).first()
    return fila
