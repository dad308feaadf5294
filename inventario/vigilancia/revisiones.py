"""Revisar una cosa sin esperarla más de lo dicho, aunque del otro lado nadie conteste.

Una base o un Redis detenidos (no caídos) no rechazan: callan. Cada revisión corre en un hilo suyo; si no
vuelve, se contesta sin ella, y mientras siga colgada no se le abre otro hilo.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from time import perf_counter

from django.db import connections

registro = logging.getLogger(__name__)

ESPERA_S = 2.0
BIEN, MAL, CALLA = "ok", "fail", "timeout"


class NoSirve(Exception):
    """Lo revisado contestó, pero no como debe. El texto lo lee quien tiene permiso de mirar."""


@dataclass(frozen=True, slots=True)
class Resultado:
    """`porque` no trae direcciones ni credenciales: el error entero va al registro."""

    estado: str
    ms: int
    porque: str = ""

    @property
    def bien(self) -> bool:
        return self.estado == BIEN


class Revision:
    """Una cosa que se revisa. `hacer` vuelve si sirve; si no, lanza `NoSirve` o lo que sea."""

    def __init__(self, nombre: str, hacer: Callable[[], object]) -> None:
        self.nombre = nombre
        self.hacer = hacer
        self._turno = threading.Lock()
        self._en_curso: Future[Resultado] | None = None

    def empezar(self) -> Future[Resultado]:
        """Devuelve la que está en curso o abre otra."""
        with self._turno:
            if self._en_curso is None or self._en_curso.done():
                self._en_curso = Future()
                threading.Thread(target=self._correr, args=[self._en_curso], daemon=True).start()
            return self._en_curso

    def _correr(self, futura: Future[Resultado]) -> None:
        desde = perf_counter()
        estado, porque = BIEN, ""
        try:
            self.hacer()
        except NoSirve as error:
            estado, porque = MAL, str(error)
        except Exception as error:  # sea cual sea, no sirve: se dice cuál y se sigue
            registro.warning("No sirve «%s»", self.nombre, exc_info=error)
            estado, porque = MAL, type(error).__name__
        finally:
            # Son las conexiones de este hilo, que termina aquí.
            connections.close_all()
        futura.set_result(Resultado(estado, round((perf_counter() - desde) * 1000), porque))


def revisar(revisiones: Iterable[Revision], *, espera_s: float = ESPERA_S) -> dict[str, Resultado]:
    """Hace todas a la vez y devuelve cómo le fue a cada una en, a lo sumo, `espera_s`."""
    en_curso = {revision.nombre: revision.empezar() for revision in revisiones}
    wait(en_curso.values(), timeout=espera_s)
    callada = Resultado(CALLA, round(espera_s * 1000), "No contestó a tiempo.")
    return {nombre: futura.result() if futura.done() else callada for nombre, futura in en_curso.items()}
