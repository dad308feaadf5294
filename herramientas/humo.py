"""Prueba de humo: un clon nuevo con `make run` atiende y late, y al interrumpirlo no deja nada encendido.

python -m herramientas.humo   en la raíz del repositorio; corre lo confirmado, no lo que esté a medias
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from herramientas.procesos import RAIZ, convertir_sigterm_en_salida, puerto_libre

PRIMER_ARRANQUE_S = 300
SEGUNDO_ARRANQUE_S = 60
APAGADO_S = 30
# El latido va cada 30 s.
PRIMER_LATIDO_S = 90
DIRECCION = "/entrar/"


class Falla(Exception):
    """Lo que no pasó como debía."""


def main() -> int:
    convertir_sigterm_en_salida()
    with tempfile.TemporaryDirectory(prefix="inventario-humo-", ignore_cleanup_errors=True) as nombre:
        clon = Path(nombre).resolve() / "inventario"
        subprocess.run(["git", "clone", "--quiet", str(RAIZ), str(clon)], check=True)
        pasaron = 0
        try:
            for que, limite_s in (("primer", PRIMER_ARRANQUE_S), ("segundo", SEGUNDO_ARRANQUE_S)):
                tardo = arrancar_y_apagar(clon, limite_s)
                print(
                    f"humo: el {que} arranque atendió a los {tardo:.1f} s y se apagó sin dejar nada",
                    flush=True,
                )
                pasaron += 1
        except Falla as falla:
            print(f"humo: {falla}", flush=True)
            print((clon.parent / "salida.txt").read_text(errors="replace")[-4000:], flush=True)
        fallaron = 0 if pasaron == 2 else 1
        print(f"{pasaron} passed, {fallaron} failed", flush=True)
        return fallaron


def arrancar_y_apagar(clon: Path, limite_s: float) -> float:
    puerto = puerto_libre()
    ajenas = (
        "DATABASE_URL",
        "REDIS_URL",
        "CELERY_BROKER_URL",
        "DJANGO_ENTORNO",
        "VIRTUAL_ENV",
        "MAKEFLAGS",
        "MAKELEVEL",
    )
    ambiente = {clave: valor for clave, valor in os.environ.items() if clave not in ajenas}
    empezo = time.monotonic()
    with (clon.parent / "salida.txt").open("wb") as salida:
        make = subprocess.Popen(
            ["make", "run"],
            cwd=clon,
            env={**ambiente, "PORT": str(puerto)},
            stdin=subprocess.DEVNULL,
            stdout=salida,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        esperar_respuesta(make, puerto, empezo + limite_s)
        tardo = time.monotonic() - empezo
        esperar_acceso(clon.parent / "salida.txt", empezo + limite_s)
        esperar_latido(puerto, time.monotonic() + PRIMER_LATIDO_S)
        # Como el Ctrl-C de una terminal: a todo el grupo.
        os.killpg(make.pid, signal.SIGINT)
        try:
            make.wait(APAGADO_S)
        except subprocess.TimeoutExpired:
            raise Falla(f"no terminó en {APAGADO_S} s tras el Ctrl-C") from None
        if quedan := procesos_en(clon):
            raise Falla("quedaron procesos: " + "; ".join(quedan.values()))
        return tardo
    finally:
        for pid in procesos_en(clon):
            os.kill(pid, signal.SIGKILL)
        make.wait()


def esperar_respuesta(make: subprocess.Popen[bytes], puerto: int, limite: float) -> None:
    while time.monotonic() < limite:
        if make.poll() is not None:
            raise Falla(f"make run terminó solo con código {make.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{puerto}{DIRECCION}", timeout=5) as respuesta:
                pagina = respuesta.read().decode()
        except urllib.error.HTTPError as error:
            raise Falla(f"respondió {error.code}") from error
        except OSError:
            time.sleep(0.3)
            continue
        if "csrfmiddlewaretoken" not in pagina:
            raise Falla("la página de entrada no trae su formulario")
        return
    raise Falla("no atendió a tiempo")


def esperar_acceso(salida: Path, limite: float) -> None:
    while time.monotonic() < limite:
        if "demo@inventario.local" in salida.read_text(errors="replace"):
            return
        time.sleep(0.3)
    raise Falla("no mostró el acceso de demostración")


def esperar_latido(puerto: int, limite: float) -> None:
    """Espera a que /health diga que worker y beat están, por la cola que `make run` elige."""
    while time.monotonic() < limite:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{puerto}/health", timeout=5) as respuesta:
                salud = json.load(respuesta)
        except OSError as error:
            raise Falla(f"/health no contestó: {error}") from error
        if salud["status"] == "healthy":
            return
        time.sleep(1)
    raise Falla(f"/health dice {salud['services']}")


def procesos_en(carpeta: Path) -> dict[int, str]:
    """Devuelve los procesos que trabajan dentro de la carpeta, con su orden."""
    hallados: dict[int, str] = {}
    for proceso in Path("/proc").glob("[0-9]*"):
        try:
            donde = (proceso / "cwd").resolve(strict=True)
            orden = (proceso / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
        if donde.is_relative_to(carpeta) and orden:
            hallados[int(proceso.name)] = orden
    return hallados


if __name__ == "__main__":
    sys.exit(main())
