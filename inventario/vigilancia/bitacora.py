"""Una línea JSON por hecho, para que la lea una máquina."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

_DE_FABRICA = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


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
        return json.dumps(linea, ensure_ascii=False, default=str)
