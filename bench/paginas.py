"""Cuánto tarda el servidor en armar cada página con 100 000 lotes y un millón de movimientos.

    python -m herramientas.postgres -- python bench/paginas.py [--lotes N] [--movimientos N] [--veces N]
    python bench/paginas.py --solo lotes        (en SQLite, y solo las rutas que lo dicen)

Pide cada dirección que se puede ver del panel por la entrada WSGI, con sesión, y dice cuánto tardó (p50 y
p95), cuánta CPU gastaron Python y la base, cuántas sentencias hizo y cuál fue la más lenta. Sale con 1 si
el percentil 95 de alguna llega a 200 ms. Las que llegan se miden otra vez al final: si otro ocupaba la
máquina, la segunda lo dice. Con `--base NOMBRE` la base queda llena para la próxima vez.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comun import base_de_prueba

TOPE_MS = 200.0
# Las primeras compilan plantillas, abren la conexión y llenan la memoria de la base.
DE_CALENTAMIENTO = 3


@dataclass
class Sentencias:
    cuantas: int = 0
    lenta: str = ""
    ms: float = 0.0

    def __call__(self, ejecutar: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        empezo = time.perf_counter()
        try:
            return ejecutar(sql, params, many, context)
        finally:
            ms = (time.perf_counter() - empezo) * 1000
            if not sql.startswith("SELECT set_config"):
                self.cuantas += 1
            if ms > self.ms:
                self.ms, self.lenta = ms, sql


@dataclass
class Medida:
    ruta: Any
    tiempos: list[float] = field(default_factory=list)
    cpu: float = 0.0
    cpu_base: float = 0.0
    kb: float = 0.0
    sentencias: Sentencias = field(default_factory=Sentencias)

    @property
    def p50(self) -> float:
        return sorted(self.tiempos)[len(self.tiempos) // 2]

    @property
    def p95(self) -> float:
        return sorted(self.tiempos)[min(len(self.tiempos) - 1, int(len(self.tiempos) * 0.95))]

    @property
    def lenta(self) -> bool:
        return self.p95 >= TOPE_MS

    def __str__(self) -> str:
        lenta = " ".join(self.sentencias.lenta.split())
        dice = lenta[max(0, lenta.find(" FROM ")) :][:130]
        return (
            f"{'LENTA' if self.lenta else 'bien ':5} {self.p50:7.1f} {self.p95:7.1f} {self.cpu:7.1f} "
            f"{self.cpu_base:7.1f} {self.sentencias.cuantas:4} {self.kb:6.0f}  {self.ruta.direccion}"
            f"{'  [' + self.ruta.nota + ']' if self.ruta.nota else ''}"
            f"\n      {self.sentencias.ms:7.1f} ms  {dice}"
        )


ENCABEZADO = f"{'':5} {'p50':>7} {'p95':>7} {'CPU py':>7} {'CPU bd':>7} {'sent':>4} {'KB':>6}  (ms)"


class Navegador:
    """Pide por la entrada WSGI, con todos sus middlewares y la cookie de una sesión."""

    def __init__(self, usuario: Any) -> None:
        from django.conf import settings
        from django.test import Client

        from config.wsgi import application

        cliente = Client()
        cliente.force_login(usuario, backend="django.contrib.auth.backends.ModelBackend")
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={cliente.cookies[settings.SESSION_COOKIE_NAME].value}"
        self.app = application

    def pedir(self, direccion: str) -> tuple[str, bytes]:
        from wsgiref.util import setup_testing_defaults

        camino, _separa, consulta = direccion.partition("?")
        ambiente: dict[str, Any] = {
            "PATH_INFO": camino,
            "QUERY_STRING": consulta,
            "REQUEST_METHOD": "GET",
            "HTTP_COOKIE": self.cookie,
            "HTTP_HOST": "localhost",
            "wsgi.input": io.BytesIO(),
        }
        setup_testing_defaults(ambiente)
        estados: list[str] = []
        respuesta = self.app(ambiente, lambda estado, _cabeceras, _error=None: estados.append(estado))
        try:
            cuerpo = b"".join(respuesta)
        finally:
            respuesta.close()
        return estados[0], cuerpo


def medir_una(navegador: Navegador, ruta: Any, veces: int) -> Medida:
    from django.db import connection

    medida = Medida(ruta)
    cuerpo = b""
    for vez in range(DE_CALENTAMIENTO + veces):
        if ruta.antes is not None:
            ruta.antes()
        cuenta = vez == DE_CALENTAMIENTO - 1
        if vez == DE_CALENTAMIENTO:
            de_python, de_base = time.process_time(), _cpu_de_la_base()
        empezo = time.perf_counter()
        if cuenta:
            with connection.execute_wrapper(medida.sentencias):
                estado, cuerpo = navegador.pedir(ruta.direccion)
        else:
            estado, cuerpo = navegador.pedir(ruta.direccion)
        if vez >= DE_CALENTAMIENTO:
            medida.tiempos.append((time.perf_counter() - empezo) * 1000)
        assert estado[:3] in ("200", "303"), f"{ruta.direccion}: {estado}"
        assert ruta.con in cuerpo, f"{ruta.direccion}: llegó sin {ruta.con.decode()}"
    medida.cpu = (time.process_time() - de_python) * 1000 / veces
    medida.cpu_base = (_cpu_de_la_base() - de_base) * 1000 / veces
    medida.kb = len(cuerpo) / 1024
    return medida


def _cpu_de_la_base() -> float:
    """Segundos que gastó el proceso de PostgreSQL que atiende esta conexión; 0 si no se puede ver."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    try:
        campos = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(campos[11]) + int(campos[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def como_en_produccion() -> Iterator[None]:
    """Los archivos estáticos por su nombre, que aquí no se miden, y una memoria que se puede vaciar."""
    from django.conf import settings
    from django.test import override_settings

    almacen = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with tempfile.TemporaryDirectory(prefix="inventario-cache-") as carpeta:
        memoria = {**settings.CACHES["default"], "LOCATION": carpeta}
        if "filebased" not in memoria["BACKEND"]:
            memoria = {**settings.CACHES["default"], "KEY_PREFIX": f"medida-{os.getpid()}"}
        with override_settings(
            STORAGES={**settings.STORAGES, "staticfiles": almacen},
            CACHES={**settings.CACHES, "default": memoria},
            ALLOWED_HOSTS=["*"],
        ):
            yield


def medir(opciones: argparse.Namespace) -> int:
    import logging

    from django.utils import timezone
    from llenado import Medidas, la_granja, llenar
    from rutas import rutas_de

    logging.disable(logging.WARNING)
    inicio = time.perf_counter()
    empresa, usuario = la_granja() or llenar(
        Medidas(lotes=opciones.lotes, movimientos=opciones.movimientos, productos=opciones.productos),
        timezone.now(),
    )
    print(f"Llena en {time.perf_counter() - inicio:.0f} s: {_cuantos(empresa)}\n{ENCABEZADO}", flush=True)
    with como_en_produccion():
        navegador = Navegador(usuario)
        rutas = [una for una in rutas_de(empresa) if opciones.solo in una.direccion]
        medidas = []
        for ruta in rutas:
            medidas.append(medir_una(navegador, ruta, opciones.veces))
            print(medidas[-1], flush=True)
        lentas = [medida.ruta for medida in medidas if medida.lenta]
        if lentas:
            print(f"\nOtra vez, las que llegaron a {TOPE_MS:.0f} ms:\n{ENCABEZADO}")
        otra_vez = [medir_una(navegador, ruta, opciones.veces) for ruta in lentas]
    for medida in otra_vez:
        print(medida)
    siguen = sum(medida.lenta for medida in otra_vez)
    print(f"\n{len(rutas)} direcciones, {siguen} lentas.")
    return 1 if siguen else 0


def _cuantos(empresa: Any) -> str:
    from inventario.alertas.models import Alerta
    from inventario.lotes.models import Lote
    from inventario.movimientos.models import Asiento, Movimiento
    from inventario.nucleo.empresa import en_empresa
    from inventario.productos.models import Producto
    from inventario.reservas.models import Reserva

    with en_empresa(empresa):
        return (
            f"{Producto.objects.count()} productos, {Lote.objects.count()} lotes "
            f"({Lote.objects.con_saldo().count()} con saldo), {Asiento.objects.count()} asientos, "
            f"{Movimiento.objects.count()} movimientos, {Reserva.objects.count()} reservas, "
            f"{Alerta.objects.activas().count()} alertas abiertas de {Alerta.objects.count()}"
        )


def main() -> int:
    argumentos = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    argumentos.add_argument("--lotes", type=int, default=100_000)
    argumentos.add_argument("--movimientos", type=int, default=1_000_000)
    argumentos.add_argument("--productos", type=int, default=2_000)
    argumentos.add_argument("--veces", type=int, default=30)
    argumentos.add_argument("--solo", default="", help="mide las direcciones que contienen este texto")
    argumentos.add_argument("--base", default="", help="llena esta base y la deja; si ya está, la usa")
    opciones = argumentos.parse_args()
    with base_de_prueba(nombre=opciones.base):
        return medir(opciones)


if __name__ == "__main__":
    sys.exit(main())
