"""Saca las fotos de la guía: enciende una demostración aparte, entra y guarda docs/imagenes/*.png.

python ops/fotos.py   necesita Chromium y lo de requirements-dev; no toca la base de quien la corre
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from procesos import RAIZ, convertir_sigterm_en_salida, morir_con_el_padre, puerto_libre, terminar
from programas import hallar

DESTINO = RAIZ / "docs" / "imagenes"
ESPERA_S = 90
ESCRITORIO = {"width": 1280, "height": 800}
TELEFONO = {"width": 360, "height": 740}
# nombre: (dirección, pantalla, tema)
FOTOS: dict[str, tuple[str, dict[str, int], str]] = {
    "inicio": ("/", ESCRITORIO, "light"),
    "inicio-oscuro": ("/", ESCRITORIO, "dark"),
    "inicio-telefono": ("/", TELEFONO, "light"),
    "productos": ("/productos/", ESCRITORIO, "light"),
    "producto": ("/productos/1/", ESCRITORIO, "light"),
    "entrada": ("/entradas/nueva/", ESCRITORIO, "light"),
    "entrada-telefono": ("/entradas/nueva/", TELEFONO, "light"),
    "despacho": ("/despachos/nuevo/?producto=1&cantidad=12", ESCRITORIO, "light"),
    "despacho-telefono": ("/despachos/nuevo/?producto=1&cantidad=12", TELEFONO, "light"),
    "recibo": ("/asientos/1/", ESCRITORIO, "light"),
    "lotes": ("/lotes/", ESCRITORIO, "light"),
    "movimientos": ("/movimientos/", ESCRITORIO, "light"),
    "reservas": ("/reservas/", ESCRITORIO, "light"),
    "alertas": ("/alertas/", ESCRITORIO, "light"),
    "trazabilidad": ("/trazabilidad/?lote=1", ESCRITORIO, "light"),
    "reportes": ("/reportes/", ESCRITORIO, "light"),
}


def main() -> int:
    convertir_sigterm_en_salida()
    chromium = hallar("chromium")
    if chromium is None:
        print("Hace falta Chromium; en Debian y Ubuntu: apt install chromium", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="inventario-fotos-") as carpeta:
        ambiente = {
            **os.environ,
            **dict.fromkeys(("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "POSTGRES_SERVER"), ""),
            "DJANGO_ENTORNO": "desarrollo",
            "DJANGO_DEBUG": "1",
            "INVENTARIO_VAR": carpeta,
        }
        for orden in (["migrate", "-v0"], ["sembrar"], ["crear_acceso_demo"], ["revisar_alertas"]):
            subprocess.run(
                [sys.executable, "manage.py", *orden],
                cwd=RAIZ,
                env=ambiente,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        correo, clave = (Path(carpeta) / "acceso_demo.txt").read_text().split()
        direccion = f"127.0.0.1:{puerto_libre()}"
        servidor = subprocess.Popen(
            [sys.executable, "manage.py", "runserver", "--noreload", direccion],
            cwd=RAIZ,
            env=ambiente,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=morir_con_el_padre(signal.SIGTERM),
        )
        try:
            esperar(f"http://{direccion}/entrar/")
            with sync_playwright() as playwright:
                navegador = playwright.chromium.launch(
                    executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
                )
                fotografiar(navegador, f"http://{direccion}", correo, clave)
                navegador.close()
        finally:
            terminar(servidor, signal.SIGTERM)
    return 0


def esperar(direccion: str) -> None:
    limite = time.monotonic() + ESPERA_S
    while time.monotonic() < limite:
        try:
            with urllib.request.urlopen(direccion, timeout=5):
                return
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{direccion} respondió {error.code}.") from error
        except OSError:
            time.sleep(0.3)
    raise SystemExit("La demostración no atendió a tiempo.")


def fotografiar(navegador: Browser, base: str, correo: str, clave: str) -> None:
    DESTINO.mkdir(parents=True, exist_ok=True)
    contexto = navegador.new_context(base_url=base, reduced_motion="reduce", locale="es-EC")
    contexto.set_default_timeout(60_000)
    pagina = contexto.new_page()
    pagina.goto("/entrar/")
    pagina.fill("[name=username]", correo)
    pagina.fill("[name=password]", clave)
    pagina.locator("main form button").click()
    pagina.wait_for_url(f"{base}/")
    for nombre, (ruta, pantalla, tema) in FOTOS.items():
        pagina.set_viewport_size({"width": pantalla["width"], "height": pantalla["height"]})
        contexto.add_cookies([{"name": "tema", "value": tema, "url": base}])
        respuesta = pagina.goto(ruta)
        if respuesta is None or respuesta.status != 200:
            raise SystemExit(f"{ruta} respondió {respuesta.status if respuesta else 'nada'}.")
        pagina.wait_for_load_state("networkidle")
        pagina.screenshot(path=DESTINO / f"{nombre}.png")
        print(nombre, flush=True)


if __name__ == "__main__":
    sys.exit(main())
