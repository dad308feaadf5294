"""B. Archivos hechos para agotar a quien los lee."""

from __future__ import annotations

import io
import re
import secrets
import statistics
import time
import zipfile

import openpyxl

from escenarios.ataque.blanco import Blanco
from escenarios.ataque.medir import familia, memoria_mb, midiendo, tope_de_memoria
from escenarios.ataque.registro import Cae, ataque, exigir

MB = 2**20
CRECE_A_LO_SUMO_MB = 250
LOS_DEMAS_ESPERAN_S = 2.0
ENSAYO_S = 600
CORREO_S = 90


@ataque("B", "importar en el admin un XLSX con una celda de 150 MB", breve=True)
def celda_enorme(blanco: Blanco) -> str:
    return _importar(blanco, "bomba.xlsx", _xlsx_con_celda(150 * MB))


@ataque("B", "importar en el admin una planilla de 60.000 filas")
def planilla_larga(blanco: Blanco) -> str:
    return _importar(blanco, "larga.csv", _sesenta_mil())


@ataque("B", "importar en el admin una planilla de 2.000 columnas por 5.000 filas")
def planilla_ancha(blanco: Blanco) -> str:
    titulos = ",".join(f"c{n}" for n in range(2_000))
    filas = (",".join(["1"] * 2_000) + "\n") * 2_400
    return _importar(blanco, "ancha.csv", f"{titulos}\n{filas}".encode())


@ataque("B", "encargar importaciones largas para que nadie reciba sus correos")
def ocupar_a_quien_manda_correos(blanco: Blanco) -> str:
    quien = blanco.persona(blanco.victima)
    llegaron = len(blanco.buzon.de(quien.correo))
    jefa = blanco.como(blanco.atacante.admin)
    for vuelta in range(3):
        jefa.mandar(
            "/admin/productos/producto/import/", files={"archivo": (f"larga{vuelta}.csv", _sesenta_mil())}
        )
    blanco.api().pedir("POST", "auth/forgot-password", {"email": quien.correo})
    empezo = time.monotonic()
    try:
        blanco.buzon.siguiente(quien.correo, tras=llegaron, espera_s=CORREO_S)
    except TimeoutError as error:
        raise Cae(f"con tres planillas de 60.000 filas en la cola, {error}") from error
    return f"con tres planillas en la cola, el correo llegó a los {time.monotonic() - empezo:.1f} s"


def _sesenta_mil() -> bytes:
    marca = secrets.token_hex(3)
    filas = "".join(f"Largo {marca} {n},LARGO-{marca}-{n},1,kg\n" for n in range(60_000))
    return f"nombre,sku,precio,unidad\n{filas}".encode()


def _importar(blanco: Blanco, nombre: str, contenido: bytes) -> str:
    """Lo sube y mira, mientras se ensaya, cuánto tardan los demás y cuánto ocupan los procesos."""
    jefa = blanco.como(blanco.atacante.admin)
    testigo = blanco.api(blanco.victima.clave_api)
    procesos = [*blanco.todo.hijos_de_la_web(), *familia(blanco.todo.procesos["worker"].pid)]
    antes = sum(memoria_mb(pid) for pid in procesos)
    demoras: list[float] = []
    with tope_de_memoria(procesos) as tope, midiendo(testigo, demoras):
        dada = jefa.mandar("/admin/productos/producto/import/", files={"archivo": (nombre, contenido)})
        limite = time.monotonic() + ENSAYO_S
        while dada.is_redirect or "Refresh" in dada.headers:
            exigir(time.monotonic() < limite, "el ensayo no termina")
            dada = jefa.ver(dada.headers.get("Location", str(dada.url)))
            time.sleep(0.5)
    exigir(dada.status_code in (200, 413, 422), f"subirlo: {dada.status_code} {dada.text[:200]}")
    crecio = tope[0] - antes
    p95 = statistics.quantiles(demoras, n=20)[-1]
    exigir(
        crecio < CRECE_A_LO_SUMO_MB,
        f"la memoria creció {crecio:.0f} MB con un archivo de {len(contenido) / 1000:.0f} kB",
    )
    exigir(
        p95 < LOS_DEMAS_ESPERAN_S, f"mientras tanto, los demás esperaron {p95:.2f} s (p95 de {len(demoras)})"
    )
    dijo = re.search(r'class="(?:errorlist|errornote|alert)[^>]*>(.*?)</', dada.text, re.DOTALL)
    frase = re.sub(r"<[^>]+>|\s+", " ", dijo[1]).strip()[:90] if dijo else "lo ensayó"
    return (
        f"{len(contenido) / 1000:.0f} kB: «{frase}»; creció {crecio:.0f} MB; "
        f"los demás, p95 {1000 * p95:.0f} ms de {len(demoras)}"
    )


def _xlsx_con_celda(bytes_: int) -> bytes:
    """Un libro legítimo salvo por el tamaño de una celda: comprimido ocupa mil veces menos."""
    libro = openpyxl.Workbook()
    hoja = libro.active
    assert hoja is not None
    for lugar, texto in (("A1", "nombre"), ("A2", "AQUI")):
        hoja[lugar] = texto
    sano, malo = io.BytesIO(), io.BytesIO()
    libro.save(sano)
    with zipfile.ZipFile(sano) as de, zipfile.ZipFile(malo, "w", zipfile.ZIP_DEFLATED) as a:
        for parte in de.namelist():
            a.writestr(parte, de.read(parte).replace(b"AQUI", b"x" * bytes_))
    return malo.getvalue()
