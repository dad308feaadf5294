"""Cliente tipado de Inventario: la API en español aquí; el contrato en inglés en `.biofloc`."""

from inventario_cliente.errores import (
    Conflicto,
    DatoInvalido,
    DemasiadasSolicitudes,
    ErrorDeApi,
    ErrorDeInventario,
    ExistenciaInsuficiente,
    FallaDelServidor,
    NoAutenticado,
    NoEncontrado,
    ReglaRota,
    RespuestaIlegible,
    SinPermiso,
    SinRespuesta,
)
from inventario_cliente.inventario import Inventario
from inventario_cliente.transporte import Persona, Reintentos, Tiempos

__all__ = [
    "Conflicto",
    "DatoInvalido",
    "DemasiadasSolicitudes",
    "ErrorDeApi",
    "ErrorDeInventario",
    "ExistenciaInsuficiente",
    "FallaDelServidor",
    "Inventario",
    "NoAutenticado",
    "NoEncontrado",
    "Persona",
    "ReglaRota",
    "Reintentos",
    "RespuestaIlegible",
    "SinPermiso",
    "SinRespuesta",
    "Tiempos",
]
