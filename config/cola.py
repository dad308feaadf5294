"""La cola embebida: un mensaje por archivo, visible solo cuando está entero.

La de kombu crea el archivo y luego lo escribe: quien mira entre una cosa y la otra se lleva un mensaje
vacío, lo pierde y el worker termina con «Unrecoverable error».
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Canal(filesystem.Channel):
    def _put(self, queue: Any, payload: Any, **_: Any) -> None:  # type: ignore[override]  # kombu lo llama de dos maneras
        # Con la hora y no con el reloj monotónico: tras reiniciar la máquina lo viejo sigue yendo primero.
        nombre = f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        carpeta = Path(self.data_folder_out)
        # El punto inicial lo esconde de quien busca mensajes de esta cola.
        borrador = carpeta / f".{nombre}"
        try:
            borrador.write_bytes(str_to_bytes(dumps(payload)))
            borrador.rename(carpeta / nombre)
        except OSError as error:
            raise ChannelError(f"No se pudo dejar el mensaje en {carpeta}") from error


class Transporte(filesystem.Transport):
    Channel = Canal
