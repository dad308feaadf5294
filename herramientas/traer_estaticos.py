"""Trae a static/vendor lo que otros publican para el navegador, en la versión fijada aquí, y arma los iconos.

Se corre solo al cambiar una versión o al usar un icono nuevo; lo que deja se comete. Quien instala no
necesita npm ni red: `python -m herramientas.traer_estaticos`.
"""

from __future__ import annotations

import io
import re
import tarfile
import urllib.request
from pathlib import Path

RAIZ = Path(__file__).resolve().parent.parent
DESTINO = RAIZ / "static" / "vendor"
REGISTRO = "https://registry.npmjs.org"

# paquete: (versión, {archivo del paquete: archivo aquí})
PAQUETES: dict[str, tuple[str, dict[str, str]]] = {
    "@tabler/core": (
        "1.6.1",
        {"dist/css/tabler.min.css": "tabler.min.css", "dist/js/tabler.min.js": "tabler.min.js"},
    ),
    "tom-select": (
        "2.6.2",
        {
            "dist/js/tom-select.complete.min.js": "tom-select.min.js",
            "dist/css/tom-select.bootstrap5.min.css": "tom-select.min.css",
        },
    ),
    "chart.js": ("4.6.1", {"dist/chart.umd.min.js": "chart.min.js"}),
    # Van juntos: el primero espera exactamente esa versión del segundo.
    "barcode-detector": ("3.2.2", {"dist/iife/ponyfill.js": "barcode-detector.js"}),
    "zxing-wasm": ("3.1.3", {"dist/reader/zxing_reader.wasm": "zxing_reader.wasm"}),
}
# Solo para las pruebas de accesibilidad: no se sirve.
AXE_VERSION = "4.14.1"
AXE_DESTINO = RAIZ / "inventario" / "tests" / "navegador" / "axe.min.js"
ICONOS_VERSION = "3.51.0"
ICONOS = [
    "adjustments",
    "alert-triangle",
    "arrow-back-up",
    "arrow-left",
    "arrow-right",
    "barcode",
    "bell",
    "bell-check",
    "box",
    "building-warehouse",
    "calendar",
    "calendar-due",
    "calendar-off",
    "camera",
    "chart-bar",
    "check",
    "circle-check",
    "circle-x",
    "clipboard-check",
    "clock",
    "clock-plus",
    "device-desktop",
    "download",
    "edit",
    "eye",
    "file-spreadsheet",
    "filter",
    "fish",
    "history",
    "home",
    "language",
    "layout-list",
    "lock",
    "lock-open",
    "logout",
    "moon",
    "package",
    "package-export",
    "package-import",
    "packages",
    "plus",
    "printer",
    "refresh",
    "report",
    "search",
    "settings",
    "sun",
    "switch-horizontal",
    "tag",
    "timeline",
    "trash",
    "x",
]


def main() -> None:
    DESTINO.mkdir(parents=True, exist_ok=True)
    for paquete, (version, archivos) in PAQUETES.items():
        with _paquete(paquete, version) as caja:
            for origen, destino in archivos.items():
                contenido = _leer(caja, origen)
                if destino.endswith(".wasm"):
                    (DESTINO / destino).write_bytes(contenido)
                    continue
                texto = contenido.decode()
                # El almacén con huellas busca el mapa que ahí se nombra, y no lo traemos.
                texto = re.sub(r"(//[#@]|/\*[#@]) ?sourceMappingURL=\S+( ?\*/)?", "", texto)
                (DESTINO / destino).write_text(texto.rstrip() + "\n")
    with _paquete("axe-core", AXE_VERSION) as caja:
        AXE_DESTINO.write_bytes(_leer(caja, "axe.min.js"))
    with _paquete("@tabler/icons", ICONOS_VERSION) as caja:
        simbolos = [
            _simbolo(nombre, _leer(caja, f"icons/outline/{nombre}.svg").decode()) for nombre in ICONOS
        ]
    (RAIZ / "static" / "img").mkdir(exist_ok=True)
    (RAIZ / "static" / "img" / "iconos.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(simbolos) + "\n</svg>\n"
    )


def _paquete(paquete: str, version: str) -> tarfile.TarFile:
    nombre = paquete.rsplit("/", 1)[-1]
    with urllib.request.urlopen(f"{REGISTRO}/{paquete}/-/{nombre}-{version}.tgz", timeout=60) as respuesta:
        return tarfile.open(fileobj=io.BytesIO(respuesta.read()), mode="r:gz")


def _leer(caja: tarfile.TarFile, archivo: str) -> bytes:
    contenido = caja.extractfile(f"package/{archivo}")
    assert contenido is not None, f"El paquete no trae {archivo}."
    return contenido.read()


def _simbolo(nombre: str, svg: str) -> str:
    cuerpo = re.sub(r"\s+", " ", svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]).strip()
    return (
        f'<symbol id="{nombre}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round">{cuerpo}</symbol>'
    )


if __name__ == "__main__":
    main()
