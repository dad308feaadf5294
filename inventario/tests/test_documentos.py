"""Lo que se lee no miente en lo que se puede comprobar solo: enlaces, rutas, capas, fotos y ajustes."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from pkgutil import resolve_name
from urllib.parse import unquote

import pytest
from django.conf import settings
from PIL import Image

RAIZ = Path(settings.BASE_DIR)
PAGINAS = [
    RAIZ / "README.md",
    RAIZ / "DEPLOY.md",
    RAIZ / "clientes" / "python" / "README.md",
    *sorted((RAIZ / "docs").glob("*.md")),
]
FOTOS = sorted((RAIZ / "docs" / "imagenes").iterdir())
# Ni los enlaces a otros sitios ni lo que está dentro de un bloque de código.
ENLACE = re.compile(r"\]\(([^)\s]+)\)")
BLOQUE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
TITULO = re.compile(r"^#+ (.+)$", re.MULTILINE)
AJUSTE = re.compile(r"^#?([A-Z][A-Z0-9_]+)=", re.MULTILINE)

# Las que dicen dónde vive cada cosa, de palabra: una ruta, y a veces lo que hay que buscar en ella.
DE_LA_CASA = [RAIZ / "docs" / f"{nombre}.md" for nombre in ("arquitectura", "decisiones", "seguridad")]
ENTRE_COMILLAS = re.compile(r"`([^`\n]+)`(?:, `(\w+)`)?")
# Lo que empieza con / es una dirección de la API, no una ruta.
RUTA = re.compile(r"(?!/)[\w.*/-]*(?:/[\w.*-]*|\.(?:py|md|toml|conf|html|ini))")
PUNTEADO = re.compile(r"([a-z_]+)(?:\.\w+)+")
DIBUJO = re.compile(r"^│ ([a-z· ]+) │", re.MULTILINE)

KB_POR_FOTO, KB_EN_TOTAL = 150, 1500


def _enlaces(pagina: Path) -> Iterator[str]:
    for enlace in ENLACE.findall(BLOQUE.sub("", pagina.read_text())):
        if not enlace.startswith(("http://", "https://", "mailto:")):
            yield enlace


def _anclas(pagina: Path) -> set[str]:
    """Las de sus títulos, como las arma GitHub."""
    return {
        re.sub(r"[^\w\- ]", "", titulo.lower()).replace(" ", "-")
        for titulo in TITULO.findall(pagina.read_text())
    }


@pytest.mark.parametrize("pagina", PAGINAS, ids=lambda pagina: str(pagina.relative_to(RAIZ)))
def test_todo_enlace_lleva_a_algo_que_existe(pagina: Path) -> None:
    rotos = []
    for enlace in _enlaces(pagina):
        ruta, _, ancla = unquote(enlace).partition("#")
        destino = pagina.parent / ruta if ruta else pagina
        if not destino.exists() or (ancla and ancla not in _anclas(destino)):
            rotos.append(enlace)
    assert rotos == []


def _extraviados(texto: str) -> list[str]:
    """Las rutas que no llevan a nada, y lo que no está en el archivo donde se dice que está."""
    faltan = []
    for dicho, nombre in ENTRE_COMILLAS.findall(BLOQUE.sub("", texto)):
        if RUTA.fullmatch(dicho):
            # Dentro de inventario, salvo la que nombra otra carpeta de la raíz.
            hallados = [*(RAIZ / "inventario").glob(dicho), *RAIZ.glob(dicho)]
            if not hallados:
                faltan.append(dicho)
            elif nombre and not re.search(
                rf"^(?:def|class) {nombre}\b", hallados[0].read_text(), re.MULTILINE
            ):
                faltan.append(f"{dicho}, {nombre}")
        elif (punteado := PUNTEADO.fullmatch(dicho)) and (RAIZ / "inventario" / punteado[1]).is_dir():
            try:
                resolve_name(f"inventario.{dicho}")
            except (ImportError, AttributeError):
                faltan.append(dicho)
    return faltan


@pytest.mark.parametrize("pagina", DE_LA_CASA, ids=lambda pagina: pagina.name)
def test_lo_que_se_dice_de_palabra_esta_donde_se_dice(pagina: Path) -> None:
    assert _extraviados(pagina.read_text()) == []


@pytest.mark.parametrize(
    ("dicho", "falta"),
    [
        ("`movimientos/reparto.py`, `libre`", []),
        ("`*/tasks.py` y `config/settings.py`", []),
        ("`/stock/add` y `producto.lotes`", []),
        ("`nucleo.empresa.en_empresa`", []),
        ("en `ventas/services.py`", ["ventas/services.py"]),
        ("en `panel/ventas`", ["panel/ventas"]),
        ("en `compras/`", ["compras/"]),
        ("en `ventas.toml`", ["ventas.toml"]),
        ("`movimientos/reparto.py`, `a_ojo`", ["movimientos/reparto.py, a_ojo"]),
        ("`nucleo.empresa.sin_empresa`", ["nucleo.empresa.sin_empresa"]),
        ("`nucleo.ventas`", ["nucleo.ventas"]),
    ],
)
def test_lo_que_no_existe_se_descubre(dicho: str, falta: list[str]) -> None:
    assert _extraviados(dicho) == falta


def test_las_capas_dibujadas_son_las_que_se_exigen() -> None:
    contratos = tomllib.loads((RAIZ / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    capas = next(contrato["layers"] for contrato in contratos if contrato["type"] == "layers")
    exigidas = [{modulo.strip().removeprefix("inventario.") for modulo in capa.split("|")} for capa in capas]
    dibujo = DIBUJO.findall((RAIZ / "docs" / "arquitectura.md").read_text())
    dibujadas = [set(renglon.replace("·", " ").split()) for renglon in dibujo]
    assert dibujadas == [{"config"}, *exigidas]


def test_no_sobra_ninguna_foto_ni_pesan_de_mas() -> None:
    usadas = {(pagina.parent / enlace).resolve() for pagina in PAGINAS for enlace in _enlaces(pagina)}
    assert [foto.name for foto in FOTOS if foto.resolve() not in usadas] == []
    pesos = {foto.name: foto.stat().st_size / 1024 for foto in FOTOS}
    assert {nombre: peso for nombre, peso in pesos.items() if peso > KB_POR_FOTO} == {}
    assert sum(pesos.values()) < KB_EN_TOTAL


@pytest.mark.parametrize("foto", FOTOS, ids=lambda foto: foto.name)
def test_cada_foto_se_abre_y_muestra_algo(foto: Path) -> None:
    with Image.open(foto) as imagen:
        assert imagen.width in (360, 1280)
        colores = imagen.convert("RGB").getcolors(maxcolors=1_000_000)
    assert colores is not None
    # Una página en blanco o de error tiene un puñado.
    assert len(colores) > 40


def _leidos() -> set[str]:
    """Los nombres que la configuración y gunicorn leen del ambiente."""
    nombres = set()
    for archivo in (
        RAIZ / "config" / "settings.py",
        RAIZ / "config" / "entorno.py",
        RAIZ / "gunicorn.conf.py",
    ):
        for nodo in ast.walk(ast.parse(archivo.read_text())):
            if not isinstance(nodo, ast.Call) or not nodo.args:
                continue
            funcion = ast.unparse(nodo.func)
            lee = funcion.rpartition(".")[2].startswith(("leer_", "_leer")) or funcion == "os.environ.get"
            primero = nodo.args[0]
            if lee and isinstance(primero, ast.Constant) and isinstance(primero.value, str):
                nombres.add(primero.value)
    return nombres


def test_el_ejemplo_de_ajustes_los_nombra_todos_y_ninguno_que_no_exista() -> None:
    leidos = _leidos()
    assert {"DESHACER_MINUTOS", "ALERTAS_HORIZONTE_DIAS", "GUNICORN_TIMEOUT"} <= leidos
    escritos = set(AJUSTE.findall((RAIZ / ".env.example").read_text()))
    # Cuatro se leen por partes, la concurrencia del worker la lee quien lo arranca, y las demás, compose.
    aparte = {f"POSTGRES_{parte}" for parte in ("SERVER", "USER", "PASSWORD", "DB")} | {"CELERY_CONCURRENCY"}
    aparte |= {f"POSTGRES_{de_quien}_PASSWORD" for de_quien in ("DUENO", "APP", "RESPALDO")}
    aparte |= {"REDIS_PASSWORD", "TLS_DIR", "HTTP_PORT", "HTTPS_PORT"}
    assert leidos - escritos == set()
    assert escritos - leidos == aparte
