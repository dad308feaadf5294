"""Saca las fotos de la guía: enciende una demostración aparte, la usa y guarda docs/imagenes/*.png.

python -m herramientas.fotos   necesita Chromium y lo de requirements-dev; no toca la base de quien la corre

Lo que se ve es lo que hace una persona: leer un código, guardar, despachar. Si una página no llega a
donde debe, no hay foto y termina en 1.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from herramientas.procesos import (
    RAIZ,
    convertir_sigterm_en_salida,
    morir_con_el_padre,
    puerto_libre,
    terminar,
)
from herramientas.programas import hallar

DESTINO = RAIZ / "docs" / "imagenes"
ESPERA_S = 90
ESCRITORIO = ViewportSize(width=1280, height=800)
ESCRITORIO_ALTO = ViewportSize(width=1280, height=1090)
TELEFONO = ViewportSize(width=360, height=740)
# Para lo que en un teléfono de verdad se ve corriendo la página.
TELEFONO_LARGO = ViewportSize(width=360, height=1120)
# Con tantos colores el texto se lee igual y el archivo pesa la tercera parte.
COLORES = 128


@dataclass(frozen=True, slots=True)
class Demostracion:
    """Con qué se entra y lo que las fotos nombran."""

    correo: str
    clave: str
    producto: int
    lote: int
    escaneo: str
    varios: tuple[tuple[str, str], ...] = (("BAL-28-60", "25"), ("SAL-GRA", "40"), ("PRO-BAC", "0,5"))


def main() -> int:
    convertir_sigterm_en_salida()
    chromium = hallar("chromium")
    if chromium is None:
        print("Hace falta Chromium; en Debian y Ubuntu: apt install chromium", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="inventario-fotos-") as carpeta:
        # También la configuración de este proceso, que es quien siembra: antes de importar nada de ella.
        os.environ.update(
            dict.fromkeys(("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "POSTGRES_SERVER"), ""),
            DJANGO_SETTINGS_MODULE="config.settings",
            DJANGO_ENTORNO="desarrollo",
            DJANGO_DEBUG="1",
            INVENTARIO_VAR=carpeta,
            LOG_LEVEL="ERROR",
        )
        demostracion = preparar(Path(carpeta))
        with servidor() as base, sync_playwright() as playwright:
            navegador = playwright.chromium.launch(
                executable_path=chromium,
                # Sin lo último, las fechas se escriben en el idioma de la máquina y no en el de la página.
                args=[
                    "--no-sandbox",
                    "--disable-gpu",
                    "--enable-blink-features=LangAttributeAwareFormControlUI",
                ],
            )
            nuevas = Path(carpeta) / "fotos"
            nuevas.mkdir()
            fotografiar(navegador, base, demostracion, nuevas)
            navegador.close()
        # Todas o ninguna: una página que falló no deja la guía sin sus fotos.
        shutil.rmtree(DESTINO, ignore_errors=True)
        shutil.copytree(nuevas, DESTINO)
    return 0


def preparar(carpeta: Path) -> Demostracion:
    """Siembra la granja y le agrega lo de hoy: comida, un saco roto y dos reservas, una ya sin respaldo."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from inventario.cuentas.empresas.selectors import bodega_principal
    from inventario.cuentas.models import Empresa, Usuario
    from inventario.lotes.models import Lote
    from inventario.movimientos import services
    from inventario.movimientos.libro.glosa import Glosa
    from inventario.movimientos.models import Motivo
    from inventario.muestra.sembrador import sembrador_en
    from inventario.muestra.tienda import CULTIVO, MODULO, RACIONES, SLUG
    from inventario.nucleo.empresa import en_empresa
    from inventario.productos.models import Producto
    from inventario.reservas.services import reservar

    for orden in (["migrate", "-v0"], ["sembrar"], ["crear_acceso_demo"]):
        call_command(*orden, stdout=StringIO())
    correo, clave = (carpeta / "acceso_demo.txt").read_text().split()
    # Quien sale en las fotos tiene nombre de persona.
    Usuario.objects.filter(email=correo).update(nombre="Rosa Cedeño")
    empresa = Empresa.objects.get(slug=SLUG)
    ahora = timezone.now()

    def hace(minutos: int) -> datetime:
        return ahora - timedelta(minutes=minutos)

    with en_empresa(empresa):
        actor = sembrador_en(empresa)
        bodega = bodega_principal(empresa)
        productos = {producto.sku: producto for producto in Producto.objects.select_related("unidad")}
        for minutos, (tanque, sku, kilos) in zip((40, 36, 32), RACIONES, strict=True):
            services.despachar_fefo(
                actor=actor,
                producto=productos[sku],
                bodega=bodega,
                cantidad=Decimal(kilos),
                glosa=Glosa(
                    motivo=Motivo.CONSUMO, modulo=MODULO, tanque=tanque, lote_modulo=CULTIVO, sesion=1
                ),
                reloj=partial(hace, minutos),
            )
        for sku, cuanto, tanque, horas in (("BIC-SOD", "30", "T-02", 20), ("BAL-28-60", "40", "T-03", 44)):
            reservar(
                actor=actor,
                producto=productos[sku],
                bodega=bodega,
                cantidad=Decimal(cuanto),
                horas=horas,
                modulo=MODULO,
                referencia=tanque,
                reloj=partial(hace, 28),
            )
        mojado = Lote.objects.select_related("producto__unidad", "bodega").get(producto=productos["BIC-SOD"])
        services.registrar_merma(
            actor=actor,
            lote=mojado,
            cantidad=Decimal(25),
            glosa=Glosa(motivo=Motivo.ROTURA, texto="Se mojó un saco al descargar."),
            reloj=partial(hace, 20),
        )
        producto = productos["BAL-35-12"]
        lote = Lote.objects.get(codigo="NL35-0917")
    call_command("revisar_alertas", stdout=StringIO())
    vence = date(ahora.year + 1, 5, 20)
    return Demostracion(
        correo=correo,
        clave=clave,
        producto=producto.pk,
        lote=lote.pk,
        escaneo=f"]C101{producto.codigo_barras:>014}17{vence:%y%m%d}10NL35-0120",
    )


@contextmanager
def servidor() -> Iterator[str]:
    """Enciende la demostración y da su dirección."""
    direccion = f"127.0.0.1:{puerto_libre()}"
    proceso = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", "--noreload", direccion],
        cwd=RAIZ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=morir_con_el_padre(signal.SIGTERM),
    )
    try:
        esperar(f"http://{direccion}/entrar/")
        yield f"http://{direccion}"
    finally:
        terminar(proceso, signal.SIGTERM)


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


class Camara:
    """Una pestaña ya adentro; `foto` guarda lo que se ve en ella."""

    def __init__(self, contexto: BrowserContext, base: str, destino: Path) -> None:
        self.base, self.destino = base, destino
        self.pagina: Page = contexto.new_page()

    def entrar(self, correo: str, clave: str) -> None:
        self.pagina.goto("/entrar/")
        self.pagina.fill("[name=username]", correo)
        self.pagina.fill("[name=password]", clave)
        self.pagina.locator("main form button").click()
        self.pagina.wait_for_url(f"{self.base}/")

    def ir(self, ruta: str, pantalla: ViewportSize, *, sistema: Literal["light", "dark"] = "light") -> Page:
        """Quien no eligió tema ve el del sistema."""
        self.pagina.set_viewport_size(pantalla)
        self.pagina.emulate_media(color_scheme=sistema)
        respuesta = self.pagina.goto(ruta)
        if respuesta is None or respuesta.status != 200:
            raise SystemExit(f"{ruta} respondió {respuesta.status if respuesta else 'nada'}.")
        return self.pagina

    def foto(self, nombre: str) -> None:
        self.pagina.wait_for_load_state("networkidle")
        # El cursor de un campo parpadea: sin foco, dos fotos de lo mismo son iguales.
        self.pagina.evaluate("document.activeElement?.blur()")
        archivo = self.destino / f"{nombre}.png"
        self.pagina.screenshot(path=archivo)
        with Image.open(archivo) as imagen:
            corta = imagen.convert("RGB").quantize(colors=COLORES, dither=Image.Dither.NONE)
        corta.save(archivo, optimize=True)
        print(f"{nombre}.png: {archivo.stat().st_size // 1024} KB", flush=True)


def fotografiar(navegador: Browser, base: str, demostracion: Demostracion, destino: Path) -> None:
    contexto = navegador.new_context(base_url=base, reduced_motion="reduce", locale="es-EC")
    contexto.set_default_timeout(60_000)
    camara = Camara(contexto, base, destino)
    camara.entrar(demostracion.correo, demostracion.clave)
    mirar(camara, demostracion)
    trabajar(camara, demostracion)


def mirar(camara: Camara, demostracion: Demostracion) -> None:
    """Las páginas que solo se leen."""
    for nombre, ruta, pantalla in (
        ("inicio", "/", ESCRITORIO_ALTO),
        ("producto", f"/productos/{demostracion.producto}/", ESCRITORIO),
        ("lote", f"/lotes/{demostracion.lote}/", ESCRITORIO),
        ("movimientos", "/movimientos/", ESCRITORIO),
        ("reservas", "/reservas/", ESCRITORIO),
        ("trazabilidad", "/trazabilidad/?q=NL35-0917", ESCRITORIO),
        ("reporte", "/reportes/vencera-sin-usarse/", ESCRITORIO),
        ("inicio-telefono", "/", TELEFONO),
        ("productos-telefono", "/productos/", TELEFONO),
        ("alertas-telefono", "/alertas/", TELEFONO),
    ):
        camara.ir(ruta, pantalla)
        camara.foto(nombre)
    camara.ir("/", ESCRITORIO_ALTO, sistema="dark")
    camara.foto("inicio-oscuro")


def trabajar(camara: Camara, demostracion: Demostracion) -> None:
    """Recibir leyendo un código, despachar y llegar al recibo que se puede deshacer, en un teléfono."""
    pagina = camara.ir("/entradas/nueva/", TELEFONO_LARGO)
    pagina.locator("#escaneo").fill(demostracion.escaneo)
    pagina.keyboard.press("Enter")
    linea = pagina.locator("fieldset.linea-leida")
    linea.get_by_label("Cantidad").fill("500")
    linea.get_by_label("Costo unitario").fill("1,16")
    linea.get_by_label("Costo unitario").press("Tab")
    camara.foto("entrada-telefono")
    pagina.get_by_role("button", name="Registrar la entrada").click()
    pagina.wait_for_url("**/asientos/*/**")

    pagina = camara.ir(f"/despachos/nuevo/?producto={demostracion.producto}&cantidad=450", TELEFONO_LARGO)
    camara.foto("despacho-telefono")
    pagina.get_by_role("button", name="Despachar").click()
    pagina.wait_for_url("**/asientos/*/**")
    pagina.set_viewport_size(ViewportSize(width=360, height=1230))
    camara.foto("recibo-telefono")

    pagina = camara.ir("/despachos/multiple/", ESCRITORIO)
    for renglon, (sku, cantidad) in enumerate(demostracion.varios):
        linea = pagina.locator("fieldset").nth(renglon)
        linea.get_by_label("Producto").fill(sku)
        linea.get_by_label("Cantidad").fill(cantidad)
    pagina.get_by_role("button", name="Despachar todo").click()
    pagina.get_by_role("button", name="Confirmar el despacho").wait_for()
    pagina.evaluate("scrollTo(0, 0)")
    camara.foto("despacho-multiple")


if __name__ == "__main__":
    sys.exit(main())
