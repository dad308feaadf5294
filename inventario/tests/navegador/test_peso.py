"""Lo que cuesta abrir cada página la primera vez, con lo estático comprimido como en producción."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Response
from whitenoise.compress import Compressor

from inventario.tests.navegador.conftest import Abrir, Granja
from inventario.tests.navegador.test_todas import RUTAS

TOPE = 250 * 1024


@pytest.fixture(scope="module")
def pesados() -> dict[str, int]:
    """Lo que pesó cada archivo al comprimirlo: muchas páginas traen los mismos."""
    return {}


def pesar(nombre: str, carpeta: Path) -> int:
    """Lo que whitenoise serviría de ese archivo a un navegador sin HTTPS, que solo admite gzip."""
    hallado = finders.find(nombre)
    assert isinstance(hallado, str), f"No está {nombre}."
    original = Path(hallado)
    compresor = Compressor(use_brotli=False, quiet=True)
    if not compresor.should_compress(original.name):
        return original.stat().st_size
    copia = carpeta / original.name
    copia.write_bytes(original.read_bytes())
    list(compresor.compress(str(copia)))
    comprimido = carpeta / f"{original.name}.gz"
    return min(ruta.stat().st_size for ruta in (copia, comprimido) if ruta.exists())


@pytest.mark.parametrize("nombre", RUTAS)
def test_la_primera_carga_no_pesa_mas_de_250_kb(
    granja: Granja, abrir: Abrir, pesados: dict[str, int], tmp_path: Path, nombre: str
) -> None:
    pagina = abrir()
    respuestas: list[Response] = []
    pagina.on("response", respuestas.append)
    pagina.goto(RUTAS[nombre](granja))
    pagina.wait_for_load_state("networkidle")
    total = 0
    for respuesta in respuestas:
        _, estatico, archivo = respuesta.url.split("?")[0].split("#")[0].partition("/static/")
        if not estatico:
            # Lo que arma Django va sin comprimir: es el peor caso.
            total += len(respuesta.body())
            continue
        if archivo not in pesados:
            pesados[archivo] = pesar(archivo, tmp_path)
        total += pesados[archivo]
    assert total <= TOPE, f"{total / 1024:.0f} KB: {sorted(pesados.items(), key=lambda uno: -uno[1])[:8]}"
