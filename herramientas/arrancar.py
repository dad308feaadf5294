"""Arranca web, worker y beat juntos, con la base al día y el acceso de demostración a la vista.

python -m herramientas.arrancar            arranca; Ctrl-C lo termina todo
python -m herramientas.arrancar --acceso   solo muestra la dirección y el acceso
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import django
import honcho.manager
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

from config import entorno
from herramientas.procesos import RAIZ, convertir_sigterm_en_salida, morir_con_el_padre

ACCESO = entorno.VAR / "acceso_demo.txt"
SELLO_DE_ESTATICOS = entorno.VAR / "estaticos.txt"
# La cola en archivos se consulta cada tanto: el worker tarda unos segundos en oír que debe terminar.
honcho.manager.KILL_WAIT = 15
PROCESOS = ("web", "worker", "beat")
ESPERA_DE_LA_WEB_S = 120


class AlJefe:
    """Avisa solo al proceso principal: si el grupo entero recibe SIGTERM, Celery repone a los que caen."""

    def terminate(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)

    def kill(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


class Gestor(Manager):
    """El de honcho, que se cae si le piden terminar antes de que todos hayan arrancado."""

    def __init__(self, printer: Printer) -> None:
        super().__init__(printer)
        self._procmgr = AlJefe()

    def terminate(self) -> None:
        if self._all_started():
            super().terminate()
        else:
            threading.Timer(0.2, self.terminate).start()


def main(argumentos: list[str]) -> int:
    convertir_sigterm_en_salida()
    puerto = entorno.leer_entero("PORT", 8000, minimo=1, maximo=65535)
    if argumentos == ["--acceso"]:
        return mostrar_acceso(puerto)
    if argumentos == ["--preparar"]:
        preparar_datos()
        return 0
    host = entorno.leer_texto("HOST", "127.0.0.1")
    if ocupado(host, puerto):
        print(f"El puerto {puerto} ya está en uso. Elija otro: PORT={puerto + 1} make run", file=sys.stderr)
        return 1
    ambiente = preparar_ambiente(host, puerto)
    ejecutar(ambiente, "-m", "herramientas.arrancar", "--preparar")
    recoger_estaticos(ambiente)
    return correr(ambiente, puerto)


def ocupado(host: str, puerto: int) -> bool:
    with socket.socket() as enchufe:
        # Como hará gunicorn: un puerto recién soltado no cuenta como ocupado.
        enchufe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            enchufe.bind((host, puerto))
        except OSError:
            return True
    return False


def preparar_ambiente(host: str, puerto: int) -> dict[str, str]:
    ambiente = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "HOST": host,
        "PORT": str(puerto),
        "GUNICORN_BIND": f"{host}:{puerto}",
        # Sin intermediario delante, un navegador guarda sus enchufes de repuesto contra la web misma.
        "GUNICORN_THREADS": entorno.leer_texto("GUNICORN_THREADS", "12"),
        "PYTHONUNBUFFERED": "1",
    }
    if not (entorno.leer_texto("CELERY_BROKER_URL") or entorno.leer_texto("REDIS_URL")):
        # Tres procesos en un disco: los mensajes van en archivos y no hace falta otro servicio.
        ambiente["CELERY_BROKER_URL"] = "filesystem://"
    return ambiente


def preparar_datos() -> None:
    """Pone la base al día; corre en su propio proceso para que la web no herede nada de Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    if entorno.leer_entorno() == "produccion":
        print("Entorno de producción: sin datos ni acceso de demostración.", flush=True)
        return
    call_command("sembrar", si_vacia=True)
    call_command("crear_acceso_demo")


def recoger_estaticos(ambiente: dict[str, str]) -> None:
    """Comprimirlos lleva segundos: solo cuando cambió algún archivo o alguna biblioteca."""
    suma = hashlib.sha256((RAIZ / "requirements.txt").read_bytes())
    carpetas = [RAIZ / "static", *(RAIZ / "inventario").glob("*/static")]
    for archivo in sorted(ruta for carpeta in carpetas for ruta in carpeta.rglob("*") if ruta.is_file()):
        suma.update(f"{archivo.relative_to(RAIZ)} {archivo.stat().st_mtime_ns}".encode())
    sello = suma.hexdigest()
    manifiesto = RAIZ / "staticfiles" / "staticfiles.json"
    if manifiesto.exists() and SELLO_DE_ESTATICOS.exists() and SELLO_DE_ESTATICOS.read_text() == sello:
        return
    print("Recogiendo archivos estáticos…", flush=True)
    ejecutar(ambiente, "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0")
    entorno.VAR.mkdir(exist_ok=True)
    SELLO_DE_ESTATICOS.write_text(sello)


def ejecutar(ambiente: dict[str, str], *orden: str) -> None:
    resultado = subprocess.run(
        [sys.executable, *orden],
        cwd=RAIZ,
        env=ambiente,
        check=False,
        preexec_fn=morir_con_el_padre(signal.SIGTERM),
    )
    if resultado.returncode:
        raise SystemExit(f"No se arrancó: falló «{' '.join(orden[:2])}».")


def correr(ambiente: dict[str, str], puerto: int) -> int:
    ordenes = parse_procfile((RAIZ / "Procfile").read_text()).processes
    gestor = Gestor(Printer(sys.stdout, colour=sys.stdout.isatty()))
    for nombre in PROCESOS:
        gestor.add_process(nombre, ordenes[nombre], env=ambiente, cwd=str(RAIZ))
    # Con retraso: honcho parte el proceso al empezar y conviene que no haya otro hilo trabajando.
    aviso = threading.Timer(0.5, anunciar, args=(ambiente["HOST"], puerto))
    aviso.daemon = True
    aviso.start()
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    gestor.loop()
    # Terminar porque alguien lo pidió es terminar bien.
    return 0 if gestor.returncode in (130, 143) else int(gestor.returncode or 0)


def anunciar(host: str, puerto: int) -> None:
    local = "127.0.0.1" if host in ("", "0.0.0.0", "::") else host
    limite = time.monotonic() + ESPERA_DE_LA_WEB_S
    while time.monotonic() < limite:
        if responde(f"http://{local}:{puerto}/entrar/"):
            mostrar_acceso(puerto)
            return
        time.sleep(0.3)


def responde(direccion: str) -> bool:
    try:
        with urllib.request.urlopen(direccion, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        # Contesta, aunque en producción no atienda por este nombre o pida HTTPS.
        return error.code < 500
    except OSError:
        return False


def mostrar_acceso(puerto: int) -> int:
    lineas = [f"Inventario: http://localhost:{puerto}/"]
    if ACCESO.exists() and entorno.leer_entorno() != "produccion":
        correo, clave = ACCESO.read_text().split()
        lineas += [f"Correo:     {correo}", f"Contraseña: {clave}"]
    else:
        lineas.append("Todavía no hay acceso de demostración: lo crea el primer `make run`.")
    ancho = max(map(len, lineas))
    marco = "─" * (ancho + 2)
    cuerpo = "\n".join(f"│ {linea.ljust(ancho)} │" for linea in lineas)
    print(f"\n┌{marco}┐\n{cuerpo}\n└{marco}┘\n", flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ImproperlyConfigured as error:
        sys.exit(f"No se arrancó: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
