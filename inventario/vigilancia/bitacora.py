"""Cómo se escribe cada línea del registro: sin lo que abriría una puerta, y en JSON para una máquina."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

_DE_FABRICA = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Quien lea el registro no debe poder aceptar la invitación ni cambiar la contraseña de otro. También cuando
# la dirección va dentro de otra (`next=%2Finvitacion%2F…`).
_ENLACE = re.compile(r"((?:invitacion|restablecer)(?:/|%2F))[\w.~:=-]+", re.IGNORECASE)


def sin_enlaces(texto: str) -> str:
    """Tapa el código de los enlaces que llegan por correo."""
    return _ENLACE.sub(r"\1***", texto)


class FormatoLegible(logging.Formatter):
    """El de siempre, para leerlo en una consola."""

    def format(self, record: logging.LogRecord) -> str:
        # La línea ya hecha: en la traza y en los argumentos también puede ir una dirección.
        return sin_enlaces(super().format(record))


class FormatoJson(logging.Formatter):
    """Escribe lo fijo y, además, todo lo que se haya pasado en `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        linea: dict[str, object] = {
            "hora": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "nivel": record.levelname,
            "origen": record.name,
            "mensaje": record.getMessage(),
            **{clave: valor for clave, valor in vars(record).items() if clave not in _DE_FABRICA},
        }
        if record.exc_info:
            linea["excepcion"] = self.formatException(record.exc_info)
        if record.stack_info:
            linea["pila"] = self.formatStack(record.stack_info)
        # `default=str`: una solicitud o una fecha en `extra` no debe tumbar el registro.
        return sin_enlaces(json.dumps(linea, ensure_ascii=False, default=str))
