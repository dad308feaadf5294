"""Corre las revisiones, la suite entera en SQLite y en PostgreSQL a la vez, y después un día entero contra
el sistema encendido (`escenarios/dia`). Cuenta la verdad al final.

python -m herramientas.pruebas [--solo-revisiones] [argumentos de pytest…]

Con CI=true, que falte PostgreSQL, Redis u otro programa que se prueba es un fallo; si no, se dice y se sigue.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from herramientas.postgres import VARIABLE as POSTGRES_DADO
from herramientas.postgres import SinPostgres, servidor
from herramientas.procesos import RAIZ, convertir_sigterm_en_salida, morir_con_el_padre, terminar
from herramientas.programas import faltantes
from herramientas.redis_temporal import VARIABLE as REDIS_DADO
from herramientas.redis_temporal import servidor_redis

BIN = Path(sys.executable).parent
ANCHO = 46
LIMITE_DE_SUITE_S = 27 * 60
LIMITE_DEL_DIA_S = 6 * 60
LETRAS_DE_UNA_FALLA = 400
REVISIONES: dict[str, list[str]] = {
    "estilo": ["ruff", "check", "."],
    "formato": ["ruff", "format", "--check", "."],
    "capas": ["lint-imports", "--no-logo"],
    "tipos": ["mypy"],
    "migraciones": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "proyecto": ["python", "manage.py", "check", "--fail-level", "WARNING"],
}
# Vacías y no ausentes: lo que diga el .env de quien corre las pruebas no debe influir.
AJENAS = (
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "BASE_DE_DATOS_AGRUPADA",
    "DJANGO_DEBUG",
    "DJANGO_HTTPS",
    "DJANGO_ALLOWED_HOSTS",
    "PROXIES_DE_CONFIANZA",
    "JWT_SECRET",
    "EMAIL_URL",
    "URL_DE_RECUPERACION",
    "INTENTOS_DE_ACCESO",
    "SESIONES_DE_ADMINISTRADOR",
    "SESIONES_POR_PERSONA",
    *(f"POSTGRES_{parte}" for parte in ("SERVER", "USER", "PASSWORD", "DB", "PORT", "ROL")),
)


@dataclass
class Suite:
    """Una corrida de pytest en un motor, con su informe y su medida de cobertura."""

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

    def empezar(self) -> threading.Thread:
        self.proceso = subprocess.Popen(
            [str(BIN / "pytest"), f"--junitxml={self._informe}", *self.argumentos],
            cwd=RAIZ,
            env={**self.ambiente, "COVERAGE_FILE": str(self.carpeta / f".coverage.{self.nombre}")},
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
        self.malas = [contar_falla(caso) for caso in suite.iter("testcase") if falla_de(caso) is not None]
        motor = suite.find("./properties/property[@name='motor']")
        self.motor = motor.get("value", "") if motor is not None else ""
        if codigo and not self.fallaron:
            self.fallaron = 1

    @property
    def _informe(self) -> Path:
        return self.carpeta / f"{self.nombre}.xml"

    def _seguir(self) -> None:
        assert self.proceso is not None
        assert self.proceso.stdout is not None
        for linea in self.proceso.stdout:
            print(f"{self.nombre:<10} │ {linea}", end="", flush=True)
        self.duro_s = time.monotonic() - self.empezo


def main(argumentos: list[str]) -> int:
    convertir_sigterm_en_salida()
    exigir_todo = os.environ.get("CI", "").lower() in ("1", "true")
    ambiente = {
        **os.environ,
        **dict.fromkeys(AJENAS, ""),
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "DJANGO_ENTORNO": "desarrollo",
        "PYTHONUNBUFFERED": "1",
    }
    malas = [nombre for nombre, orden in REVISIONES.items() if not revisar(nombre, orden, ambiente)]
    if argumentos[:1] == ["--solo-revisiones"]:
        return despedir(
            [f"Revisiones que fallaron: {', '.join(malas) or 'ninguna'}"], len(REVISIONES), len(malas)
        )
    lineas = [
        f"{'revisiones':<{ANCHO}} {len(REVISIONES) - len(malas)} bien, {len(malas)} mal {' '.join(malas)}"
    ]
    faltan = faltantes()
    con_todo: dict[str, str] = {}
    semilla = random.SystemRandom().randrange(2**32)
    with contextlib.ExitStack() as pila:
        carpeta = Path(pila.enter_context(tempfile.TemporaryDirectory(prefix="inventario-pruebas-")))
        cobertura = ["--cov", "--cov-report=", "--cov-fail-under=0"] if not argumentos else []
        comunes = [f"--randomly-seed={semilla}", *argumentos]
        # Medir frena un tercio, y la de PostgreSQL es la más larga: lo que cubre SQLite ya pasa del mínimo.
        suites = [Suite("sqlite", carpeta, ambiente, [*cobertura, *comunes])]
        servicios = {"sqlite": "archivo"}
        redis = pila.enter_context(servidor_redis())
        if redis is None:
            faltan.append("Redis: no hay redis-server ni INVENTARIO_REDIS_URL; la caché se probó en memoria")
        try:
            postgres = pila.enter_context(servidor())
        except SinPostgres as error:
            faltan.append(f"PostgreSQL: {error}; NADA se probó en ese motor")
        else:
            con_postgres = {**ambiente, "DATABASE_URL": postgres.url, "REDIS_URL": redis.url if redis else ""}
            suites.append(Suite("postgresql", carpeta, con_postgres, comunes))
            servicios["postgresql"] = postgres.origen
            if redis is not None and not argumentos:
                con_todo = {**ambiente, POSTGRES_DADO: postgres.url, REDIS_DADO: redis.url}
        correr(suites)
        # Solo y al final: mide un sistema vivo, y con las suites a la vez mediría la máquina.
        dias = [vivir_un_dia(con_todo, lineas)] if con_todo else []
        for suite in suites:
            suite.contar()
            motor = f"{suite.motor or suite.nombre} ({servicios[suite.nombre]})"
            cuenta = f"{suite.pasaron} pasaron, {suite.fallaron} fallaron, {suite.saltadas} saltadas"
            lineas.append(f"{motor:<{ANCHO}} {cuenta}, {suite.duro_s:.0f} s")
            lineas += [f"MAL {suite.nombre} {mala}" for mala in suite.malas]
        cubre = not cobertura or medir(carpeta, ambiente, lineas)
    lineas.append(f"{redis or 'Redis'!s:<{ANCHO}} {'usado por la suite de PostgreSQL' if redis else 'no'}")
    lineas.append(f"{'semilla del orden':<{ANCHO}} {semilla}")
    for falta in faltan:
        lineas.append(f"!!! FALTA {falta}.")
    pasaron = len(REVISIONES) - len(malas) + sum(suite.pasaron for suite in suites) + sum([cubre, *dias])
    fallaron = len(malas) + sum(suite.fallaron for suite in suites) + [cubre, *dias].count(False)
    return despedir(lineas, pasaron, fallaron + (len(faltan) if exigir_todo else 0))


def falla_de(caso: ElementTree.Element) -> ElementTree.Element | None:
    falla = caso.find("failure")
    return caso.find("error") if falla is None else falla


def contar_falla(caso: ElementTree.Element) -> str:
    """Una línea que dice qué prueba, qué pasó y dónde: lo último que se lee cuando lo demás ya no cabe."""
    falla = falla_de(caso)
    assert falla is not None
    que = " ".join(falla.get("message", "").split())[:LETRAS_DE_UNA_FALLA]
    donde = next((linea for linea in reversed((falla.text or "").splitlines()) if linea.strip()), "")
    return f"{caso.get('classname')}::{caso.get('name')} ({donde.strip()}): {que}"


def revisar(nombre: str, orden: list[str], ambiente: dict[str, str]) -> bool:
    empezo = time.monotonic()
    resultado = subprocess.run(
        [str(BIN / orden[0]), *orden[1:]],
        cwd=RAIZ,
        env=ambiente,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    bien = resultado.returncode == 0
    print(f"{nombre:<12} {'bien' if bien else 'MAL'} ({time.monotonic() - empezo:.1f} s)", flush=True)
    if not bien:
        print(resultado.stdout, flush=True)
    return bien


def correr(suites: list[Suite]) -> None:
    limite = time.monotonic() + LIMITE_DE_SUITE_S
    try:
        for hilo in [suite.empezar() for suite in suites]:
            hilo.join(max(0.0, limite - time.monotonic()))
    finally:
        for suite in suites:
            suite.terminar()


def vivir_un_dia(ambiente: dict[str, str], lineas: list[str]) -> bool:
    empezo = time.monotonic()
    dia = subprocess.Popen(
        [sys.executable, "-m", "escenarios.dia"],
        cwd=RAIZ,
        env=ambiente,
        stdin=subprocess.DEVNULL,
        preexec_fn=morir_con_el_padre(signal.SIGTERM),
    )
    try:
        bien = dia.wait(LIMITE_DEL_DIA_S) == 0
    except subprocess.TimeoutExpired:
        bien = False
    finally:
        terminar(dia, signal.SIGTERM, espera_s=60)
    como = "como debía" if bien else "MAL"
    lineas.append(f"{'un día de alimentación':<{ANCHO}} {como}, {time.monotonic() - empezo:.0f} s")
    return bien


def medir(carpeta: Path, ambiente: dict[str, str], lineas: list[str]) -> bool:
    """Informa lo que cubrió la suite de SQLite, y si llega al mínimo."""
    informe = subprocess.run(
        [str(BIN / "coverage"), "report"],
        cwd=RAIZ,
        env={**ambiente, "COVERAGE_FILE": str(carpeta / ".coverage.sqlite")},
        capture_output=True,
        text=True,
        check=False,
    )
    print(informe.stdout, informe.stderr, sep="", flush=True)
    total = next(
        (linea.split()[-1] for linea in informe.stdout.splitlines() if linea.startswith("TOTAL")), "?"
    )
    bien = informe.returncode == 0
    lineas.append(f"{'cobertura de ramas, en SQLite':<{ANCHO}} {total}{'' if bien else ' MAL: mínimo 90 %'}")
    return bien


def despedir(lineas: list[str], pasaron: int, fallaron: int) -> int:
    raya = "─" * 78
    print(raya, *lineas, raya, f"{pasaron} passed, {fallaron} failed", sep="\n", flush=True)
    return 1 if fallaron else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Interrumpido.")
