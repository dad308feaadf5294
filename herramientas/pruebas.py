"""Corre las revisiones y, a la vez, la suite en SQLite y en PostgreSQL; después, un día de alimentación
contra el sistema encendido (`escenarios/dia`), y con `--todo` se lo ataca (`escenarios/ataque`). Cuenta la
verdad al final.

    python -m herramientas.pruebas [argumentos de pytest…]   lo de `make test`, repartido entre los motores
    python -m herramientas.pruebas --todo                    todo en los dos, más la farmacia y la cobertura
    python -m herramientas.pruebas --solo-revisiones

Con argumentos de pytest no se reparte: lo pedido corre en los dos motores, y nada más. Con CI=true, que falte
PostgreSQL, Redis u otro programa que se prueba es un fallo; si no, se dice y se sigue.
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
from dataclasses import dataclass
from pathlib import Path

from herramientas import farmacia, reparto
from herramientas.cuenta import Cuenta
from herramientas.postgres import VARIABLE as POSTGRES_DADO
from herramientas.postgres import SinPostgres, servidor
from herramientas.procesos import RAIZ, convertir_sigterm_en_salida, morir_con_el_padre, terminar
from herramientas.programas import faltantes
from herramientas.redis_temporal import VARIABLE as REDIS_DADO
from herramientas.redis_temporal import servidor_redis
from herramientas.revisiones import REVISIONES, revisar_todo
from herramientas.suite import BIN, Suite, correr, sin_correr

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
    "URL_PUBLICA",
    "INTENTOS_DE_ACCESO",
    "SESIONES_DE_ADMINISTRADOR",
    "SESIONES_POR_PERSONA",
    *(f"POSTGRES_{parte}" for parte in ("SERVER", "USER", "PASSWORD", "DB", "PORT", "ROL")),
)


@dataclass(frozen=True)
class Alcance:
    """Cuánto se prueba, y cuánto se espera por cada paso antes de darlo por fallado."""

    pruebas: str
    suite_s: int
    tanques: int = 0
    dia_s: int = 0
    ataque_s: int = 0
    farmacia_s: int = 0
    busqueda: str = "rapido"
    mide: bool = False


DE_SIEMPRE = Alcance(reparto.REPARTIDAS, suite_s=26 * 60, tanques=40, dia_s=4 * 60)
TODO = Alcance(
    reparto.TODAS,
    suite_s=150 * 60,
    tanques=200,
    dia_s=10 * 60,
    ataque_s=10 * 60,
    farmacia_s=30 * 60,
    busqueda="largo",
    mide=True,
)
LO_PEDIDO = Alcance("", suite_s=120 * 60)


def main(argumentos: list[str]) -> int:
    convertir_sigterm_en_salida()
    ambiente = {
        **os.environ,
        **dict.fromkeys(AJENAS, ""),
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "DJANGO_ENTORNO": "desarrollo",
        "PYTHONUNBUFFERED": "1",
    }
    cuenta = Cuenta()
    resultados: dict[str, bool] = {}
    # A la vez que las suites: aprovechan lo que estas esperan.
    revisiones = threading.Thread(target=revisar_todo, args=(ambiente, resultados), daemon=True)
    revisiones.start()
    if argumentos == ["--todo"]:
        probar(TODO, [], ambiente, cuenta)
    elif argumentos != ["--solo-revisiones"]:
        probar(LO_PEDIDO if argumentos else DE_SIEMPRE, argumentos, ambiente, cuenta)
    revisiones.join()
    malas = [nombre for nombre in REVISIONES if not resultados.get(nombre)]
    cuenta.decir("revisiones", f"{len(REVISIONES) - len(malas)} bien, {len(malas)} mal {' '.join(malas)}")
    cuenta.pasaron += len(REVISIONES) - len(malas)
    cuenta.fallaron += len(malas)
    return cuenta.despedir()


def probar(alcance: Alcance, argumentos: list[str], ambiente: dict[str, str], cuenta: Cuenta) -> None:
    faltan = faltantes()
    with contextlib.ExitStack() as pila:
        carpeta = Path(pila.enter_context(tempfile.TemporaryDirectory(prefix="inventario-pruebas-")))
        redis = pila.enter_context(servidor_redis())
        if redis is None:
            faltan.append("Redis: no hay redis-server ni INVENTARIO_REDIS_URL; la caché se probó en memoria")
        try:
            postgres = pila.enter_context(servidor())
        except SinPostgres as error:
            postgres = None
            faltan.append(f"PostgreSQL: {error}; NADA se probó en ese motor")
        comunes = {
            **ambiente,
            reparto.VARIABLE: alcance.pruebas if postgres else "",
            "HYPOTHESIS_PROFILE": alcance.busqueda,
        }
        suites = [Suite("sqlite", carpeta, comunes, [*_medicion(alcance), *argumentos])]
        if postgres is not None:
            con_servicios = {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url if redis else ""}
            suites.append(Suite("postgresql", carpeta, {**comunes, **con_servicios}, argumentos))
        cuenta.decir("semilla del orden", _ponerles_semilla(suites))
        correr(suites, alcance.suite_s)
        contar_suites(suites, cuenta)
        if alcance.pruebas and postgres is not None:
            faltaron = sin_correr(suites)
            cuenta.sumar("pruebas que no corrieron en ninguno", str(faltaron), bien=not faltaron)
        if alcance.mide:
            contar_cobertura(suites[0], ambiente, cuenta)
        if alcance.farmacia_s:
            reproducir_farmacia(alcance, ambiente, cuenta)
        if alcance.tanques and postgres is not None and redis is not None:
            # Solo y al final: mide un sistema vivo, y con las suites a la vez mediría la máquina.
            prestados = {**ambiente, POSTGRES_DADO: postgres.url, REDIS_DADO: redis.url}
            vivir_un_dia(alcance, prestados, cuenta)
            if alcance.ataque_s:
                atacar(alcance, prestados, cuenta)
    cuenta.decir("PostgreSQL", str(postgres or "no"))
    cuenta.decir("Redis", f"{redis}, usado por la suite de PostgreSQL" if redis else "no")
    for falta in faltan:
        cuenta.lineas.append(f"!!! FALTA {falta}.")
    if ambiente.get("CI", "").lower() in ("1", "true"):
        cuenta.fallaron += len(faltan)


def _medicion(alcance: Alcance) -> list[str]:
    """Medir frena un tercio, y la de PostgreSQL es la más larga: lo que cubre SQLite ya pasa del mínimo."""
    return ["--cov", "--cov-report=", "--cov-fail-under=0"] if alcance.mide else []


def _ponerles_semilla(suites: list[Suite]) -> str:
    semilla = str(random.SystemRandom().randrange(2**32))
    for suite in suites:
        suite.argumentos = [f"--randomly-seed={semilla}", *suite.argumentos]
    return semilla


def contar_suites(suites: list[Suite], cuenta: Cuenta) -> None:
    for suite in suites:
        suite.contar()
        pruebas = f"{suite.pasaron} pasaron, {suite.fallaron} fallaron, {suite.saltadas} saltadas"
        cuenta.decir(suite.motor or suite.nombre, f"{pruebas}, {suite.duro_s:.0f} s")
        cuenta.lineas += [f"MAL {suite.nombre} {mala}" for mala in suite.malas]
        cuenta.pasaron += suite.pasaron
        cuenta.fallaron += suite.fallaron


def contar_cobertura(suite: Suite, ambiente: dict[str, str], cuenta: Cuenta) -> None:
    """Informa lo que cubrió la suite, y si llega al mínimo."""
    informe = subprocess.run(
        [str(BIN / "coverage"), "report"],
        cwd=RAIZ,
        env={**ambiente, "COVERAGE_FILE": str(suite.medida)},
        capture_output=True,
        text=True,
        check=False,
    )
    print(informe.stdout, informe.stderr, sep="", flush=True)
    total = next(
        (linea.split()[-1] for linea in informe.stdout.splitlines() if linea.startswith("TOTAL")), "?"
    )
    cuenta.sumar(
        f"cobertura de ramas, en {suite.nombre}", f"{total}, mínimo 90 %", bien=informe.returncode == 0
    )


def reproducir_farmacia(alcance: Alcance, ambiente: dict[str, str], cuenta: Cuenta) -> None:
    if not farmacia.DATOS.is_dir():
        cuenta.decir("la farmacia entera", f"no: falta {farmacia.DATOS} (la suite trae una generada)")
        return
    motores = sorted(reparto.MOTORES)
    for paso in [Paso(f"la farmacia, en {motor}", farmacia.orden(motor), ambiente) for motor in motores]:
        paso.esperar(alcance.farmacia_s, cuenta)


def vivir_un_dia(alcance: Alcance, ambiente: dict[str, str], cuenta: Cuenta) -> None:
    orden = [sys.executable, "-m", "escenarios.dia", "--tanques", str(alcance.tanques)]
    Paso(f"un día de alimentación, {alcance.tanques} tanques", orden, ambiente).esperar(alcance.dia_s, cuenta)


def atacar(alcance: Alcance, ambiente: dict[str, str], cuenta: Cuenta) -> None:
    orden = [sys.executable, "-m", "escenarios.ataque", "--breve"]
    Paso("ataques a una copia como la de producción", orden, ambiente).esperar(alcance.ataque_s, cuenta)


class Paso:
    """Un escenario que corre en su propio proceso, desde que se nombra."""

    def __init__(self, nombre: str, orden: list[str], ambiente: dict[str, str]) -> None:
        self.nombre, self._empezo = nombre, time.monotonic()
        self._proceso = subprocess.Popen(
            orden,
            cwd=RAIZ,
            env=ambiente,
            stdin=subprocess.DEVNULL,
            preexec_fn=morir_con_el_padre(signal.SIGTERM),
        )

    def esperar(self, limite_s: float, cuenta: Cuenta) -> None:
        try:
            bien = self._proceso.wait(max(0.0, self._empezo + limite_s - time.monotonic())) == 0
        except subprocess.TimeoutExpired:
            bien = False
        finally:
            terminar(self._proceso, signal.SIGTERM, espera_s=60)
        cuenta.sumar(self.nombre, f"{time.monotonic() - self._empezo:.0f} s", bien=bien)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Interrumpido.")
