"""Una corrida de pytest en un motor, y lo que de verdad pasó según su informe."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from herramientas.procesos import RAIZ, morir_con_el_padre

BIN = Path(sys.executable).parent
LETRAS_DE_UNA_FALLA = 400


@dataclass
class Suite:
    """`nombre` distingue su salida; lo demás se sabe al terminar."""

    nombre: str
    carpeta: Path
    ambiente: dict[str, str]
    argumentos: list[str]
    proceso: subprocess.Popen[str] | None = None
    empezo: float = field(default_factory=time.monotonic)
    duro_s: float = 0
    motor: str = ""
    pasaron: int = 0
    fallaron: int = 0
    saltadas: int = 0
    malas: list[str] = field(default_factory=list)
    recogidas: int = 0
    corridas: set[str] = field(default_factory=set)

    def empezar(self) -> threading.Thread:
        self.proceso = subprocess.Popen(
            [str(BIN / "pytest"), f"--junitxml={self._informe}", *self.argumentos],
            cwd=RAIZ,
            env={**self.ambiente, "COVERAGE_FILE": str(self.medida)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=morir_con_el_padre(signal.SIGTERM),
        )
        hilo = threading.Thread(target=self._seguir, daemon=True)
        hilo.start()
        return hilo

    def terminar(self) -> None:
        if self.proceso is not None and self.proceso.poll() is None:
            # Al grupo: una prueba puede haber abierto procesos propios.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.proceso.pid, signal.SIGKILL)
            self.proceso.wait()

    def contar(self) -> None:
        """Lee del informe lo que pasó de verdad; sin informe, la suite entera es un fallo."""
        codigo = self.proceso.wait() if self.proceso else 1
        try:
            suite = ElementTree.parse(self._informe).getroot().find("testsuite")
        except (OSError, ElementTree.ParseError):
            suite = None
        if suite is None:
            self.fallaron = 1
            return
        total, self.saltadas = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        self.fallaron = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        self.pasaron = total - self.fallaron - self.saltadas
        casos = list(suite.iter("testcase"))
        self.corridas = {f"{caso.get('classname')}::{caso.get('name')}" for caso in casos}
        self.malas = [_contar_falla(caso) for caso in casos if _falla_de(caso) is not None]
        anotado = {
            propiedad.get("name"): propiedad.get("value", "")
            for propiedad in suite.iterfind("./properties/property")
        }
        self.motor, self.recogidas = anotado.get("motor", ""), int(anotado.get("recogidas", 0))
        if codigo and not self.fallaron:
            self.fallaron = 1

    @property
    def medida(self) -> Path:
        return self.carpeta / f".coverage.{self.nombre}"

    @property
    def _informe(self) -> Path:
        return self.carpeta / f"{self.nombre}.xml"

    def _seguir(self) -> None:
        assert self.proceso is not None
        assert self.proceso.stdout is not None
        for linea in self.proceso.stdout:
            print(f"{self.nombre:<10} │ {linea}", end="", flush=True)
        self.duro_s = time.monotonic() - self.empezo


def correr(suites: list[Suite], limite_s: float) -> None:
    """Las corre a la vez; la que no termina a tiempo se corta, y eso cuenta como un fallo."""
    limite = time.monotonic() + limite_s
    try:
        for hilo in [suite.empezar() for suite in suites]:
            hilo.join(max(0.0, limite - time.monotonic()))
    finally:
        for suite in suites:
            suite.terminar()


def sin_correr(suites: list[Suite]) -> int:
    """Devuelve cuántas de las que se recogieron no corrió ninguna.

    La que lleva en su nombre algo del motor se llama de otra manera en cada uno: corridas puede haber más.
    """
    corridas = set().union(*(suite.corridas for suite in suites))
    return max(0, max(suite.recogidas for suite in suites) - len(corridas))


def _falla_de(caso: ElementTree.Element) -> ElementTree.Element | None:
    falla = caso.find("failure")
    return caso.find("error") if falla is None else falla


def _contar_falla(caso: ElementTree.Element) -> str:
    """Una línea que dice qué prueba, qué pasó y dónde: lo último que se lee cuando lo demás ya no cabe."""
    falla = _falla_de(caso)
    assert falla is not None
    que = " ".join(falla.get("message", "").split())[:LETRAS_DE_UNA_FALLA]
    donde = next((linea for linea in reversed((falla.text or "").splitlines()) if linea.strip()), "")
    return f"{caso.get('classname')}::{caso.get('name')} ({donde.strip()}): {que}"
