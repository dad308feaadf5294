"""Enciende la imagen recién construida, como su usuario y sin Docker, y vive en ella un primer día."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import time
import urllib.request
from pathlib import Path

from herramientas.buildah import Almacen, encendido
from herramientas.imagen_postgres import postgres_de_compose
from herramientas.primer_despacho import NoSirve, Persona, vivir
from herramientas.procesos import puerto_libre
from herramientas.redis_temporal import servidor_redis

CORREO = "primera@inventario.local"
SECRETO = secrets.token_urlsafe(50)
ATENDER_S = 90
WORKER = "umask 077 && exec celery --app config worker --loglevel WARNING --concurrency 1 --without-gossip"
# Lo que el usuario de la imagen puede escribir, aparte de lo que todo contenedor trae.
ESCRIBIBLE = (
    "find / -xdev ( -path /proc -o -path /sys -o -path /dev ) -prune "
    "-o ( -type d -o -type f ) -writable -print"
)
PERMITIDO = {"/app/var", "/tmp", "/var/tmp", "/run/lock", "/var/lock"}


def probar(almacen: Almacen, imagen: str, de_respaldo: str) -> int:
    """Devuelve cuántas cosas se probaron; lanza `NoSirve` en la primera que falle."""
    revisar_permisos(almacen, imagen)
    print("imagen: su usuario no escribe más que en /app/var", flush=True)
    with contextlib.ExitStack() as pila:
        postgres = pila.enter_context(postgres_de_compose(almacen, de_respaldo))
        redis = pila.enter_context(servidor_redis())
        if redis is None:
            raise NoSirve("no hay redis-server con qué probar la imagen")
        solos = {
            "DATABASE_URL": "sqlite:////app/var/inventario.sqlite3",
            "CELERY_BROKER_URL": "filesystem://",
        }
        acompanados = {"DATABASE_URL": postgres.aplicacion, "REDIS_URL": redis.url}
        for nombre, servicios, dueno in (
            ("SQLite y nada más", solos, ""),
            (f"PostgreSQL {postgres.version} y {redis}", acompanados, postgres.dueno),
        ):
            for vista in recorrer(almacen, imagen, servicios, dueno):
                print(f"imagen, con {nombre}: {vista}", flush=True)
        respaldar(almacen, de_respaldo, {**acompanados, "DATABASE_URL_RESPALDO": postgres.respaldo})
        print("imagen de respaldo: respaldó y ensayó volver", flush=True)
    return 4


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


def recorrer(almacen: Almacen, imagen: str, servicios: dict[str, str], del_dueno: str) -> list[str]:
    """Migra, enciende web y worker, espera la sonda de la imagen y vive el primer día.

    Solo `preparar_roles` y `migrate` reciben `del_dueno`, como en docker-compose.yml.
    """
    contenedor = almacen.buildah("from", imagen).strip()
    puerto, clave = puerto_libre(), secrets.token_urlsafe(18)
    ambiente = {"PORT": str(puerto), "GUNICORN_BIND": f"127.0.0.1:{puerto}", **servicios}
    correr = _como_su_usuario(contenedor, ambiente)
    como_dueno = _como_su_usuario(contenedor, {**ambiente, "DATABASE_URL_DUENO": del_dueno})
    almacen.buildah(*como_dueno, "python", "manage.py", "preparar_roles")
    almacen.buildah(*como_dueno, "python", "manage.py", "migrate", "--noinput", "--verbosity", "0")
    almacen.buildah(*correr, "python", "manage.py", "crear_empresa", "primera", "Primera")
    persona = [*correr, "python", "manage.py", "crear_administrador", "primera", CORREO]
    almacen.buildah(*persona, entrada=f"{clave}\n")
    with (
        encendido(almacen, "web", [*correr, "sh", "-c", "umask 077 && exec gunicorn config.wsgi"]),
        encendido(almacen, "worker", [*correr, "sh", "-c", WORKER]),
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


def respaldar(almacen: Almacen, imagen: str, servicios: dict[str, str]) -> None:
    """Respalda y ensaya volver, con la etapa `respaldo`; lanza `NoSeConstruyo` si algo no sale."""
    contenedor = almacen.buildah("from", imagen).strip()
    correr = _como_su_usuario(contenedor, {"RESPALDOS_EN": "/respaldos", **servicios})
    for orden in ("respaldar", "verificar_respaldo"):
        almacen.buildah(*correr, "python", "manage.py", orden)
    almacen.buildah("rm", contenedor)


def _como_su_usuario(contenedor: str, ambiente: dict[str, str]) -> list[str]:
    todo = {
        "DJANGO_SECRET_KEY": SECRETO,
        "DJANGO_ALLOWED_HOSTS": "127.0.0.1",
        "DJANGO_HTTPS": "0",
        **ambiente,
    }
    entorno = [parte for par in todo.items() for parte in ("--env", "=".join(par))]
    return ["run", "--isolation", "chroot", "--user", "10001", *entorno, contenedor, "--"]


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
