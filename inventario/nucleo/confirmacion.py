"""Lo que se hace después de confirmar, cuando ya nada puede estropear lo hecho."""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction

registro = logging.getLogger(__name__)


def al_confirmarse(que: str, hacer: Callable[[], object]) -> None:
    """Lo hace cuando se confirme la transacción; si falla, lo anota y sigue con lo demás que esperaba.

    Menos cuando se acabó el tiempo de la tarea: eso sale a quien la corre, y lo que faltaba no se hace. Por
    eso nada de lo que va aquí puede ser la única oportunidad: los eventos los recoge la ronda y lo recordado
    tiene su plazo.
    """

    def sin_estropear() -> None:
        try:
            hacer()
        except SoftTimeLimitExceeded:
            raise
        except Exception:  # lo que se confirmó, confirmado está: quien lo pidió recibe su respuesta
            registro.exception("No se pudo %s después de confirmar", que)

    # Sin `robust`: se tragaría también el límite, y la tarea seguiría hasta que la maten.
    transaction.on_commit(sin_estropear)
