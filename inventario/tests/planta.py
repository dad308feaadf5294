"""Un worker y un beat de verdad, con las órdenes del Procfile, sobre la base de la prueba."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

import redis
from django.conf import settings
from django.db import connection
from django.test import Client
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from honcho.environ import parse_procfile

from inventario.tests.encargos import CARPETA

# Arrancar Python y Django en una máquina ocupada lleva su tiempo.
PACIENCIA_S = 75
# Las bases de un Redis donde puede ir una cola de prueba; las primeras quedan para la caché de cada corrida.
BASES_DE_REDIS = range(15, 7, -1)
TOMADA = "inventario:planta"


class Planta:
    """Lo encendido, y cómo matarlo."""

    def __init__(self, carpeta: Path) -> None:
        self.carpeta = carpeta
        self.encendidos: list[subprocess.Popen[bytes]] = []
        self.ordenes = parse_procfile((settings.BASE_DIR / "Procfile").read_text()).processes
        self.cola = _cola()
        self.ambiente = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "DJANGO_SETTINGS_MODULE": "inventario.tests.ajustes_de_worker",
            "DJANGO_ENTORNO": "desarrollo",
            "DATABASE_URL": base_de_datos(),
            "CELERY_BROKER_URL": self.cola,
            "REDIS_URL": settings.REDIS_URL,
            "INVENTARIO_VAR": str(carpeta / "var"),
            "CELERY_CONCURRENCY": "2",
            CARPETA: str(carpeta),
        }

    @property
    def con_redis(self) -> bool:
        return self.cola.startswith("redis")

    def encender(self, cual: str, **ambiente: str) -> subprocess.Popen[bytes]:
        """Enciende `worker` o `beat`. Sin sesión propia: si a la suite la matan, caen con ella."""
        with (self.carpeta / f"{cual}-{len(self.encendidos)}.log").open("wb") as salida:
            proceso = subprocess.Popen(
                ["sh", "-c", self.ordenes[cual]],
                cwd=settings.BASE_DIR,
                env=self.ambiente | ambiente,
                stdin=subprocess.DEVNULL,
                stdout=salida,
                stderr=subprocess.STDOUT,
            )
        self.encendidos.append(proceso)
        return proceso

    def mandar(self, tarea: str) -> None:
        subprocess.run(
            ["celery", "--app", "config", "call", tarea],
            cwd=settings.BASE_DIR,
            env=self.ambiente,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=60,
            check=True,
        )

    def veces(self, que: str) -> list[int]:
        """Devuelve el proceso que hizo cada uno de los intentos."""
        archivo = self.carpeta / que
        return [int(linea) for linea in archivo.read_text().split()] if archivo.exists() else []

    def seguir(self) -> None:
        (self.carpeta / "siga").touch()

    def esperar(self, que: str, listo: Callable[[], bool]) -> None:
        limite = time.monotonic() + PACIENCIA_S
        while not listo():
            if time.monotonic() > limite:
                raise AssertionError(f"No llegó a pasar: {que}.\n{self.registros()}")
            time.sleep(0.1)

    def registros(self) -> str:
        return "\n".join(
            f"── {archivo.name}\n{archivo.read_text(errors='replace')[-3000:]}"
            for archivo in sorted(self.carpeta.glob("*.log"))
        )

    def planificador(self) -> str:
        estado: str = Client().get("/health").json()["services"]["scheduler"]
        return estado

    def apagar(self) -> None:
        for proceso in self.encendidos:
            matar_todo(proceso)
        if self.con_redis:
            redis.Redis.from_url(self.cola).flushdb()


def matar_todo(proceso: subprocess.Popen[bytes]) -> None:
    """`kill -9` a un proceso y a sus hijos, como si se cortara la luz."""
    familia = [proceso.pid, *hijos(proceso.pid)] if proceso.poll() is None else []
    for pid in familia:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    proceso.wait()


def hijos(pid: int) -> list[int]:
    listado = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pares = [tuple(map(int, linea.split())) for linea in listado.stdout.splitlines()]
    return [hijo for hijo, padre in pares if padre == pid]


def cada_segundo(*tareas: str) -> None:
    """Apura los horarios como lo haría alguien desde el admin."""
    un_segundo, _ = IntervalSchedule.objects.get_or_create(every=1, period="seconds")
    for fila in PeriodicTask.objects.filter(task__in=tareas):
        fila.interval = un_segundo
        fila.save()


def base_de_datos() -> str:
    base = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{base['NAME']}"
    usuario, clave = quote(base["USER"], safe=""), quote(base["PASSWORD"], safe="")
    return f"postgres://{usuario}:{clave}@{base['HOST']}:{base['PORT'] or 5432}/{base['NAME']}"


def _cola() -> str:
    """La de Redis si hay uno para probar; si no, la embebida: así se prueban las dos, una en cada motor."""
    return _base_de_redis_libre() if settings.REDIS_URL else "filesystem://"


def _base_de_redis_libre() -> str:
    """Toma una base vacía, que nadie más usará mientras guarde la marca: otra corrida puede ir a la vez."""
    for numero in BASES_DE_REDIS:
        url = urlsplit(settings.REDIS_URL)._replace(path=f"/{numero}").geturl()
        with redis.Redis.from_url(url) as base:
            if base.dbsize() == 0 and base.set(TOMADA, os.getpid(), nx=True):
                return url
    raise AssertionError(f"Ninguna base de Redis está vacía en {BASES_DE_REDIS}.")
