"""Toda cita del código («decisión 14», «§2.6», «I3»…) tiene su entrada en `docs/decisiones.md`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

RAIZ = Path(settings.BASE_DIR)
DECISIONES = RAIZ / "docs" / "decisiones.md"
CARPETAS = (
    "inventario",
    "config",
    "docs",
    "bench",
    "ops",
    "herramientas",
    "escenarios",
    "templates",
    "static",
    "clientes",
)
SE_LEEN = {".py", ".md", ".html", ".txt", ".js", ".css", ".conf", ".sh", ".toml"}

ESPANOL, BIOFLOC = "Contrato de la API en español", "Contrato biofloc"
# Donde «§» a secas es el contrato en inglés; en el resto del árbol es el de la API en español.
DE_BIOFLOC = ("inventario/biofloc/", "clientes/")

DECISION = re.compile(r"decisi[oó]n(?:es)?\s+(\d+(?:(?:,\s*|\s+[ya]\s+)\d+)*)", re.IGNORECASE)
PARRAFO = re.compile(r"(biofloc\s+)?§\s?(\d+(?:\.\d+)?)")
APENDICE = re.compile(r"ap[eé]ndice\s+B,\s*(\d+(?:(?:,\s*|\s+[ya]\s+)\d+)*)", re.IGNORECASE)
# «sección 3 de las decisiones» obligaría a contar títulos: se citan por su número.
SECCION = re.compile(r"secci[oó]n(?:es)?\s+\d+\s+de\s+las\s+decisiones", re.IGNORECASE)
# E: operaciones; I: invariantes; R: requisitos; D: defectos.
SUELTAS = re.compile(r"\b(?:E\d{1,2}|I[1-9]|R-\d{2}|D\d{2})\b")
TRAMO = re.compile(r"\b([EI])(\d+)\s*(?:–|\sa\s)\s*\1(\d+)\b")

TITULO = re.compile(r"^### (.+)$", re.MULTILINE)
DE_TABLA = re.compile(r"^\| \*\*([A-Z]\d+)\*\* \|", re.MULTILINE)


def _numeros(lista: str) -> Iterator[int]:
    """Los de «8, 9 y 14»; en «13 a 16», también los de en medio."""
    for tramo in re.split(r",\s*|\s+y\s+", lista):
        desde, _, hasta = (parte.strip() for parte in tramo.partition(" a "))
        yield from range(int(desde), int(hasta or desde) + 1)


def citas(texto: str, contrato: str) -> set[str]:
    """Lo que un texto cita; `contrato` es el de sus «§» a secas."""
    # Una lista de números puede seguir en el renglón de abajo, que en un comentario empieza con #.
    corrido = re.sub(r"\s+(?:#\s+)?", " ", texto)
    halladas = {f"Decisión {n}" for lista in DECISION.findall(corrido) for n in _numeros(lista)}
    halladas |= {f"{BIOFLOC if suyo else contrato} §{n}" for suyo, n in PARRAFO.findall(corrido)}
    halladas |= {f"B{n}" for lista in APENDICE.findall(corrido) for n in _numeros(lista)}
    halladas |= {f"{letra}{n}" for letra, a, b in TRAMO.findall(corrido) for n in range(int(a), int(b) + 1)}
    return halladas | set(SECCION.findall(corrido)) | set(SUELTAS.findall(corrido))


def entradas(documento: str) -> set[str]:
    """Lo que se puede citar: los títulos de cada parte y la primera columna de sus tablas."""
    halladas = set(DE_TABLA.findall(documento))
    for parte in documento.split("\n## ")[1:]:
        nombre = parte.partition("\n")[0]
        for titulo in TITULO.findall(parte):
            clave = titulo.partition(" · ")[0]
            halladas.add(f"{nombre} {clave}" if clave.startswith("§") else clave)
    return halladas


def _por_lugar() -> Iterator[tuple[str, set[str]]]:
    archivos = [RAIZ / "README.md", *RAIZ.glob("*.py")]
    for carpeta in CARPETAS:
        archivos += sorted((RAIZ / carpeta).rglob("*"))
    for archivo in archivos:
        ajeno = archivo.name.endswith(".min.js") or archivo == Path(__file__)
        if archivo.suffix not in SE_LEEN or ajeno or archivo == DECISIONES:
            continue
        ruta = archivo.relative_to(RAIZ).as_posix()
        contrato = BIOFLOC if ruta.startswith(DE_BIOFLOC) else ESPANOL
        if suyas := citas(archivo.read_text(), contrato):
            yield ruta, suyas
    for parte in DECISIONES.read_text().split("\n## ")[1:]:
        nombre = parte.partition("\n")[0]
        yield f"docs/decisiones.md, {nombre}", citas(parte, BIOFLOC if nombre == BIOFLOC else ESPANOL)


def test_toda_cita_tiene_su_entrada() -> None:
    hay = entradas(DECISIONES.read_text())
    sueltas = {ruta: sorted(suyas - hay) for ruta, suyas in _por_lugar() if suyas - hay}
    assert sueltas == {}


def test_se_leen_las_citas_de_todo_el_arbol() -> None:
    """Si no se hallara ninguna, la prueba de arriba pasaría siempre."""
    por_lugar = dict(_por_lugar())
    assert {"Decisión 7", "Decisión 8", "Decisión 13", "Decisión 14"} <= por_lugar[
        "inventario/movimientos/reparto.py"
    ]
    assert f"{BIOFLOC} §2.10" in por_lugar["inventario/biofloc/reservas/views.py"]
    assert f"{BIOFLOC} §2.10" in por_lugar["inventario/reservas/services.py"]
    assert f"{ESPANOL} §1.3" in por_lugar["inventario/borde/errores.py"]
    assert f"{ESPANOL} §4.3" in por_lugar["gunicorn.conf.py"]
    assert "I5" in por_lugar["README.md"]
    assert len(por_lugar) > 80


@pytest.mark.parametrize(
    ("texto", "citada"),
    [
        ("Según la decisión 99.", "Decisión 99"),
        ("(decisiones 8, 9\n    y 97)", "Decisión 97"),
        ("# de siempre (decisiones\n    # 13 a 98)", "Decisión 98"),
        ("Decisión 96: las del tanque", "Decisión 96"),
        ("(contrato §9.1)", f"{ESPANOL} §9.1"),
        ("(contrato biofloc §9.1)", f"{BIOFLOC} §9.1"),
        # Está en el otro contrato, no en este.
        ("(§2.12)", f"{ESPANOL} §2.12"),
        ("(contrato biofloc §4.1)", f"{BIOFLOC} §4.1"),
        ("E15–E17 del contrato", "E17"),
        ("de I1 a I7", "I7"),
        ("R-98: otra cosa", "R-98"),
        ("no es el id de ninguna (D99)", "D99"),
        ("(apéndice B, 6 a 9 y 77)", "B77"),
        ("(sección 3 de las decisiones)", "sección 3 de las decisiones"),
    ],
)
def test_una_cita_sin_entrada_se_descubre(texto: str, citada: str) -> None:
    assert citada in citas(texto, ESPANOL) - entradas(DECISIONES.read_text())


def test_lo_que_no_es_cita_no_lo_parece() -> None:
    texto = "ruff E501, la sección 3 de GS1, el D1 y una decisión sin número"
    assert citas(texto, ESPANOL) == set()
