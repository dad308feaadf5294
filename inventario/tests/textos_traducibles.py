"""Los textos que el código y las plantillas mandan traducir, leídos sin el programa gettext."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

RAIZ = Path(__file__).resolve().parents[2]
# Al importar se anota qué traducir, y al mostrarlo se traduce; dentro de una función ya se sabe el idioma.
NOMBRES = {"gettext": "traducir", "gettext_lazy": "_"}
_SIMPLES = set(NOMBRES.values())
_PLURALES = {"ngettext", "ngettext_lazy"}
_TRANSLATE = re.compile(r"""\{%-?\s*(?:translate|trans)\s+(?:"([^"]*)"|'([^']*)')""")
_BLOQUE = re.compile(
    r"\{%\s*blocktrans(?:late)?\b(?P<opciones>[^%]*)%\}(?P<uno>.*?)"
    r"(?:\{%\s*plural\s*%\}(?P<varios>.*?))?\{%\s*endblocktrans(?:late)?\s*%\}",
    re.DOTALL,
)
_VARIABLE = re.compile(r"\{\{\s*([\w.|]+)\s*\}\}")
_DE_FILTRO = re.compile(r"""\b_\(("[^"]*"|'[^']*')\)""")


def textos() -> dict[str, str]:
    """Devuelve cada texto que se manda traducir con su plural, o con "" si no tiene."""
    hallados: dict[str, str] = {}
    for archivo in codigo():
        hallados.update(_de_codigo(archivo.read_text()))
    for plantilla in sorted((RAIZ / "templates").rglob("*")):
        if plantilla.suffix in (".html", ".txt"):
            hallados.update(_de_plantilla(plantilla.read_text()))
    hallados.pop("", None)
    return hallados


def codigo() -> list[Path]:
    """Los archivos que se sirven: ni pruebas ni migraciones."""
    todos = sorted((RAIZ / "inventario").rglob("*.py"))
    return [uno for uno in todos if "tests" not in uno.parts and "migrations" not in uno.parts]


def mal_nombrados(archivo: Path) -> list[str]:
    """Los gettext que ese archivo importa con otro nombre que el acordado."""
    return [
        f"{archivo.relative_to(RAIZ)}: {alias.name} es {NOMBRES[alias.name]}, no {alias.asname or alias.name}"
        for nodo in ast.walk(ast.parse(archivo.read_text()))
        if isinstance(nodo, ast.ImportFrom) and nodo.module == "django.utils.translation"
        for alias in nodo.names
        if alias.name in NOMBRES and alias.asname != NOMBRES[alias.name]
    ]


def _de_codigo(texto: str) -> Iterator[tuple[str, str]]:
    for nodo in ast.walk(ast.parse(texto)):
        if not isinstance(nodo, ast.Call) or not nodo.args:
            continue
        nombre = nodo.func.id if isinstance(nodo.func, ast.Name) else ""
        primero = nodo.args[0]
        if nombre in _SIMPLES | _PLURALES and isinstance(primero, ast.Constant):
            segundo = nodo.args[1] if nombre in _PLURALES else None
            yield str(primero.value), str(segundo.value) if isinstance(segundo, ast.Constant) else ""


def _de_plantilla(texto: str) -> Iterator[tuple[str, str]]:
    for hallado in _TRANSLATE.finditer(texto):
        yield hallado[1] or hallado[2] or "", ""
    for hallado in _DE_FILTRO.finditer(texto):
        yield hallado[1][1:-1], ""
    for hallado in _BLOQUE.finditer(texto):
        uno, varios = (
            _VARIABLE.sub(r"%(\1)s", (hallado[parte] or "").replace("%", "%%")) for parte in ("uno", "varios")
        )
        if "trimmed" in hallado["opciones"]:
            uno, varios = (" ".join(map(str.strip, texto.strip().splitlines())) for texto in (uno, varios))
        yield uno, varios
