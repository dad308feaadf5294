"""Cuánto se puede insistir en cada cosa, entre por la puerta que entre (R-08).

Lo que se pide por la página, el admin y las API es una sola acción, con una sola cuenta. Dos guardianes:

- este, que cuenta **antes** de hacer nada y por ratos, en la caché común a los procesos;
- axes (`acceso/intentos.py`), que anota en la base los fallos de entrar: cierra el paso de una cuenta desde
  una dirección, y de ahí sale la cuenta lenta de cada cuenta, que sobrevive a la caché.

Los dos cuentan por la misma dirección: `nucleo.direccion.origen_de`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from django.conf import settings

from inventario.cuentas.acceso.errores import CupoAgotado
from inventario.nucleo.contador import contar
from inventario.nucleo.direccion import Solicitud, origen_de

MINUTO, HORA, DIA = 60, 3_600, 86_400


class Accion(StrEnum):
    ENTRAR = "entrar"
    RENOVAR = "renovar"
    RECUPERAR = "recuperar"
    RESTABLECER = "restablecer"
    CAMBIAR_CONTRASENA = "cambiar_contrasena"
    SEGUNDO_FACTOR = "segundo_factor"
    INVITAR = "invitar"
    IMPORTAR = "importar"


class Por(Enum):
    DIRECCION = auto()
    CUENTA = auto()
    DIRECCION_Y_CUENTA = auto()
    EMPRESA = auto()


@dataclass(frozen=True, slots=True)
class Cupo:
    """`cuantos` es un número, o el nombre del ajuste que lo dice; 0 es sin límite."""

    por: Por
    cuantos: int | str
    cada_s: int


# Por dirección caben más que por cuenta: una oficina entera sale por una sola dirección.
_DE_LA_DIRECCION = Cupo(Por.DIRECCION, "LIMITE_DE_ACCESO_POR_IP", MINUTO)
_A_LA_CUENTA = Cupo(Por.DIRECCION_Y_CUENTA, "LIMITE_DE_ACCESO", MINUTO)

LIMITES: dict[Accion, tuple[Cupo, ...]] = {
    # La dirección primero: quien ya la gastó no deja además una cuenta anotada por cada correo que inventa.
    Accion.ENTRAR: (_DE_LA_DIRECCION, _A_LA_CUENTA),
    Accion.RENOVAR: (_DE_LA_DIRECCION, _A_LA_CUENTA),
    Accion.RECUPERAR: (_DE_LA_DIRECCION, _A_LA_CUENTA),
    # Por dirección y no por código: otro código no da intentos nuevos. Abrir el enlace no gasta,
    # que también lo abren los antivirus: no se adivina.
    Accion.RESTABLECER: (Cupo(Por.DIRECCION, "LIMITE_DE_ACCESO", MINUTO),),
    # Ya se sabe quién es: cambiar de dirección no da intentos nuevos.
    Accion.CAMBIAR_CONTRASENA: (
        Cupo(Por.CUENTA, "LIMITE_DE_ACCESO", MINUTO),
        Cupo(Por.CUENTA, "LIMITE_DE_CODIGOS_POR_DIA", DIA),
    ),
    # Son seis cifras: sin la cuenta larga, a 5 por minuto se recorrerían en unos meses.
    Accion.SEGUNDO_FACTOR: (
        Cupo(Por.CUENTA, "LIMITE_DE_ACCESO", MINUTO),
        Cupo(Por.CUENTA, "LIMITE_DE_CODIGOS_POR_DIA", DIA),
    ),
    Accion.INVITAR: (Cupo(Por.EMPRESA, "LIMITE_DE_INVITACIONES_POR_DIA", DIA),),
    Accion.IMPORTAR: (Cupo(Por.EMPRESA, "LIMITE_DE_IMPORTACIONES_POR_HORA", HORA),),
}


def exigir_cupo(
    accion: Accion,
    *,
    solicitud: Solicitud | None = None,
    cuenta: str = "",
    empresa_id: int | None = None,
) -> None:
    """Gasta una vez de cada cupo de la acción; lanza `CupoAgotado` con los segundos que hay que esperar.

    Se llama antes de hacer nada. Lanza `ValueError` si falta aquello por lo que la acción se cuenta.
    """
    for cupo in LIMITES[accion]:
        limite = getattr(settings, cupo.cuantos) if isinstance(cupo.cuantos, str) else cupo.cuantos
        quien = _quien(cupo.por, solicitud, cuenta, empresa_id)
        espera_s = contar(f"{accion}:{cupo.por.name}:{quien}", limite, cupo.cada_s)
        if espera_s is not None:
            raise CupoAgotado(espera_s)


def _quien(por: Por, solicitud: Solicitud | None, cuenta: str, empresa_id: int | None) -> str:
    if por is Por.EMPRESA:
        if empresa_id is None:
            raise ValueError("Esta acción se cuenta por empresa.")
        return str(empresa_id)
    # Lo que se teclea puede ser largo o llevar lo que sea: en la caché va su huella.
    huella = hashlib.sha256(cuenta.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()
    if por is Por.CUENTA:
        return huella
    if solicitud is None:
        raise ValueError("Esta acción se cuenta por dirección.")
    return origen_de(solicitud) if por is Por.DIRECCION else f"{origen_de(solicitud)}:{huella}"
