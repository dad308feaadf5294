"""Enciende la imagen recién construida, como su usuario y sin Docker, y vive en ella un primer día."""

from __future__ import annotations

import contextlib
import secrets
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from herramientas.buildah import Almacen
from herramientas.postgres import servidor
from herramientas.primer_despacho import NoSirve, Persona, vivir
from herramientas.procesos import morir_con_el_padre, puerto_libre, terminar
from herramientas.redis_temporal import servidor_redis

CORREO = "primera@inventario.local"
ATENDER_S = 90
WORKER = "umask 077 && exec celery --app config worker --loglevel WARNING --concurrency 1 --without-gossip"
# Lo que el usuario de la imagen puede escribir, aparte de lo que todo contenedor trae.
ESCRIBIBLE = (
    "find / -xdev ( -path /proc -o -path /sys -o -path /dev ) -prune "
    "-o ( -type d -o -type f ) -writable -print"
)
PERMITIDO = {"/app/var", "/tmp", "/var/tmp", "/run/lock", "/var/lock"}


def probar(almacen: Almacen, imagen: str) -> int:
    """Devuelve cuántas cosas se probaron; lanza `NoSirve` en la primera que falle."""
    revisar_permisos(almacen, imagen)
    print("imagen: su usuario no escribe más que en /app/var", flush=True)
    with contextlib.ExitStack() as pila:
        postgres = pila.enter_context(servidor())
        redis = pila.enter_context(servidor_redis())
        if redis is None:
            raise NoSirve("no hay redis-server con qué probar la imagen")
        solos = {
            "DATABASE_URL": "sqlite:////app/var/inventario.sqlite3",
            "CELERY_BROKER_URL": "filesystem://",
        }
        acompanados = {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url}
        for nombre, servicios in (("SQLite y nada más", solos), (f"{postgres} y {redis}", acompanados)):
            for vista in recorrer(almacen, imagen, servicios):
                print(f"imagen, con {nombre}: {vista}", flush=True)
    return 3


def revisar_permisos(almacen: Almacen, imagen: str) -> None:
    contenedor = almacen.buildah("from", imagen).strip()
    orden = ["run", "--isolation", "chroot", "--user", "10001", contenedor, "--", *ESCRIBIBLE.split()]
    hallado = subprocess.run(almacen.orden(*orden), capture_output=True, text=True, check=False).stdout
    de_mas = sorted(set(hallado.split()) - PERMITIDO)
    if de_mas or "/app/var" not in hallado.split():
        raise NoSirve(
            f"el usuario de la imagen puede escribir en {de_mas or 'ninguna parte, ni en /app/var'}"
        )
    almacen.buildah("rm", contenedor)


def recorrer(almacen: Almacen, imagen: str, servicios: dict[str, str]) -> list[str]:
    """Migra, enciende web y worker, espera la sonda de la imagen y vive el primer día."""
    contenedor = almacen.buildah("from", imagen).strip()
    puerto, clave = puerto_libre(), secrets.token_urlsafe(18)
    ambiente = {
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
        "DJANGO_ALLOWED_HOSTS": "127.0.0.1",
        "DJANGO_HTTPS": "0",
        "PORT": str(puerto),
        "GUNICORN_BIND": f"127.0.0.1:{puerto}",
        **servicios,
    }
    entorno = [parte for par in ambiente.items() for parte in ("--env", "=".join(par))]
    correr = ["run", "--isolation", "chroot", "--user", "10001", *entorno, contenedor, "--"]
    for orden in (["migrate", "--noinput", "--verbosity", "0"], ["crear_empresa", "primera", "Primera"]):
        almacen.buildah(*correr, "python", "manage.py", *orden)
    persona = [*correr, "python", "manage.py", "crear_administrador", "primera", CORREO]
    almacen.buildah(*persona, entrada=f"{clave}\n")
    with (
        _encendido(almacen, "web", [*correr, "sh", "-c", "umask 077 && exec gunicorn config.wsgi"]),
        _encendido(almacen, "worker", [*correr, "sh", "-c", WORKER]),
    ):
        _esperar(puerto, almacen.carpeta / "web.txt")
        almacen.buildah(*correr, "python", "ops/sonda.py")
        try:
            vistas = vivir(Persona(f"http://127.0.0.1:{puerto}"), CORREO, clave)
        except NoSirve as error:
            dijo = (almacen.carpeta / "worker.txt").read_text(errors="replace")[-2000:]
            raise NoSirve(f"{error}\nEl worker dijo:\n{dijo}") from error
    almacen.buildah("rm", contenedor)
    return vistas


@contextlib.contextmanager
def _encendido(almacen: Almacen, nombre: str, orden: list[str]) -> Iterator[None]:
    with (almacen.carpeta / f"{nombre}.txt").open("wb") as salida:
        proceso = subprocess.Popen(
            almacen.orden(*orden),
            stdin=subprocess.DEVNULL,
            stdout=salida,
            stderr=subprocess.STDOUT,
            preexec_fn=morir_con_el_padre(signal.SIGTERM),
        )
    try:
        yield
    finally:
        terminar(proceso, signal.SIGTERM)


def _esperar(puerto: int, registro: Path) -> None:
    limite = time.monotonic() + ATENDER_S
    while time.monotonic() < limite:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{puerto}/ping", timeout=5),
        ):
            return
        time.sleep(0.3)
    raise NoSirve(f"la web de la imagen no atendió:\n{registro.read_text(errors='replace')[-3000:]}")
