"""El sistema entero encendido de verdad: PostgreSQL, Redis, la web, un worker y beat.

Corre como en producción: la web y el worker entran a la base con un rol que no es su dueño, así que la
seguridad por filas les alcanza. Cada vez usa una base propia y la borra al terminar.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from herramientas.pgbouncer import pooler
from herramientas.postgres import servidor
from herramientas.procesos import RAIZ, morir_con_el_padre, puerto_libre, terminar
from herramientas.redis_temporal import servidor_redis

BIN = Path(sys.executable).parent
ARRANQUE_S = 90


class NoArranco(Exception):
    """Un servicio no llegó a atender; el texto trae el final de su registro."""


@dataclass
class Sistema:
    """Lo encendido y cómo hablarle."""

    puerto: int
    base_de_datos: str
    motores: str
    carpeta: Path
    ambiente: dict[str, str]
    procesos: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def direccion(self) -> str:
        return f"http://127.0.0.1:{self.puerto}"

    def encender(self, nombre: str, *orden: str) -> None:
        with (self.carpeta / f"{nombre}.txt").open("wb") as salida:
            self.procesos[nombre] = subprocess.Popen(
                [str(BIN / orden[0]), *orden[1:]],
                cwd=RAIZ,
                env=self.ambiente,
                stdin=subprocess.DEVNULL,
                stdout=salida,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=morir_con_el_padre(signal.SIGTERM),
            )

    def ordenar(self, *argumentos: str, entrada: str = "") -> str:
        """Corre `manage.py` y devuelve lo que escribió; lanza `NoArranco` si terminó mal."""
        hecho = subprocess.run(
            [sys.executable, "manage.py", *argumentos],
            cwd=RAIZ,
            env=self.ambiente,
            input=entrada,
            capture_output=True,
            text=True,
            check=False,
        )
        if hecho.returncode:
            raise NoArranco(f"«manage.py {argumentos[0]}» falló:\n{hecho.stdout}{hecho.stderr}")
        return hecho.stdout

    def registro(self, nombre: str) -> str:
        return (self.carpeta / f"{nombre}.txt").read_text(errors="replace")

    def hijos_de_la_web(self) -> list[int]:
        """Los procesos que atienden; el primero que arrancó, primero."""
        padre = self.procesos["web"].pid
        try:
            hijos = Path(f"/proc/{padre}/task/{padre}/children").read_text().split()
        except FileNotFoundError:
            return []
        return sorted(int(hijo) for hijo in hijos)


@contextlib.contextmanager
def sistema(
    *,
    procesos: int = 2,
    hilos: int = 4,
    con_tareas: bool = True,
    por_pooler: int = 0,
    ajustes: Mapping[str, str] | None = None,
) -> Iterator[Sistema]:
    """Enciende todo, lo entrega cuando la web atiende y lo apaga pase lo que pase.

    Con `por_pooler`, la aplicación llega a la base por un PgBouncer que reparte esas conexiones; `ajustes`
    son variables que ganan a las de siempre.
    Lanza `SinPostgres` si no hay de dónde sacar un PostgreSQL, y `NoArranco`.
    """
    with contextlib.ExitStack() as pila:
        carpeta = Path(pila.enter_context(tempfile.TemporaryDirectory(prefix="inventario-servicios-")))
        postgres = pila.enter_context(servidor())
        redis = pila.enter_context(servidor_redis())
        if redis is None:
            raise NoArranco("No hay redis-server ni INVENTARIO_REDIS_URL.")
        url, del_dueno, de_todos = pila.enter_context(_base_propia(postgres.url))
        puerto = puerto_libre()
        todo = Sistema(
            puerto=puerto,
            base_de_datos=de_todos,
            motores=f"{postgres} y {redis}",
            carpeta=carpeta,
            ambiente={**_ambiente(url, del_dueno, redis.url, puerto, procesos, hilos), **(ajustes or {})},
        )
        # Las dos del dueño, en el orden de DEPLOY.md; lo demás entra como la aplicación.
        todo.ordenar("preparar_roles")
        todo.ordenar("migrate", "--noinput", "--verbosity", "0")
        if por_pooler:
            todo.ambiente["DATABASE_URL"] = pila.enter_context(pooler(url, conexiones=por_pooler))
            todo.ambiente["POSTGRES_POOLER"] = "1"
        try:
            todo.encender("web", "gunicorn", "config.wsgi")
            if con_tareas:
                todo.encender("worker", "celery", "--app", "config", "worker", "--concurrency", "1")
                todo.encender("beat", "celery", "--app", "config", "beat", "--pidfile=")
            esperar(todo)
            yield todo
        finally:
            # La web al final: el worker y beat no la necesitan para despedirse.
            for nombre in ("beat", "worker", "web"):
                if nombre in todo.procesos:
                    terminar(todo.procesos[nombre], signal.SIGTERM)


def _ambiente(url: str, del_dueno: str, redis: str, puerto: int, procesos: int, hilos: int) -> dict[str, str]:
    ajenas = ("DATABASE_URL", "REDIS_URL", "CELERY_", "POSTGRES_", "DJANGO_", "LIMITE_", "GUNICORN_", "CORS_")
    heredado = {clave: valor for clave, valor in os.environ.items() if not clave.startswith(ajenas)}
    return {
        **heredado,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
        "DJANGO_ENTORNO": "produccion",
        "DJANGO_DEBUG": "0",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
        "DJANGO_ALLOWED_HOSTS": "127.0.0.1",
        "DJANGO_HTTPS": "0",
        "PROXIES_DE_CONFIANZA": "0",
        "DATABASE_URL": url,
        "REDIS_URL": redis,
        "CELERY_BROKER_URL": "",
        "DATABASE_URL_DUENO": del_dueno,
        "LIMITE_POR_CLAVE": "0",
        "LIMITE_DE_ACCESO": "0",
        "LIMITE_DE_ACCESO_POR_IP": "0",
        "GUNICORN_BIND": f"127.0.0.1:{puerto}",
        "GUNICORN_PROCESSES": str(procesos),
        "GUNICORN_THREADS": str(hilos),
        "LOG_LEVEL": "WARNING",
        "GUNICORN_LOGLEVEL": "warning",
    }


@contextlib.contextmanager
def _base_propia(url: str) -> Iterator[tuple[str, str, str]]:
    """Crea una base y su dueño, que no es superusuario, y los borra con el rol de la aplicación al terminar.

    Entrega la dirección de la aplicación, la del dueño y la de quien mira desde afuera sin que ninguna
    política le alcance. El rol de la aplicación lo crea `preparar_roles`.
    """
    sufijo, clave = secrets.token_hex(4), secrets.token_urlsafe(18)
    nombre = f"inventario_{sufijo}"
    base, dueno, rol = (sql.Identifier(nombre + final) for final in ("", "_dueno", "_app"))
    with psycopg.connect(url, autocommit=True) as conexion:
        conexion.execute(
            sql.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD {}").format(dueno, sql.Literal(clave))
        )
        conexion.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(base, dueno))
        try:
            yield (
                _con_usuario(url, nombre, f"{nombre}_app", clave),
                _con_usuario(url, nombre, f"{nombre}_dueno", clave),
                urlsplit(url)._replace(path=f"/{nombre}").geturl(),
            )
        finally:
            conexion.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(base))
            conexion.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(rol))
            conexion.execute(sql.SQL("DROP ROLE {}").format(dueno))


def _con_usuario(url: str, base: str, usuario: str, clave: str) -> str:
    partes = urlsplit(url)
    donde = partes.netloc.rpartition("@")[2]
    return partes._replace(netloc=f"{usuario}:{clave}@{donde}", path=f"/{base}").geturl()


def esperar(todo: Sistema) -> None:
    """Espera a que la web atienda; lanza `NoArranco` si algo terminó solo o tarda demasiado."""
    limite = time.monotonic() + ARRANQUE_S
    while time.monotonic() < limite:
        for nombre, proceso in todo.procesos.items():
            if proceso.poll() is not None:
                raise NoArranco(f"{nombre} terminó solo:\n{todo.registro(nombre)[-4000:]}")
        with contextlib.suppress(OSError):
            try:
                with urllib.request.urlopen(f"{todo.direccion}/health", timeout=5):
                    return
            except urllib.error.HTTPError:
                return
        time.sleep(0.2)
    raise NoArranco(f"La web no atendió en {ARRANQUE_S} s:\n{todo.registro('web')[-4000:]}")
