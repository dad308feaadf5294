"""Importar y exportar en el admin: las páginas cumplen la política de contenido y hablan en español."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inventario.cuentas.models import Usuario
from inventario.nucleo.actores import Actor
from inventario.productos.services import crear_categoria

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]

ADMIN = "/admin/productos"
MODELOS = {"producto", "categoria", "unidad", "proveedor"}
# Lo que el navegador no aplica con esta política, y además anota como violación.
EN_LINEA = re.compile(r"""\s(?:style|on[a-z]+)\s*=\s*["']|<style|<script(?![^>]*\ssrc=)""")


@pytest.fixture
def oficina(usuario: Usuario, client: Client) -> Client:
    client.force_login(usuario, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("modelo", "pagina", "frase"),
    [
        *((modelo, "export", "Se exportan estas columnas:") for modelo in sorted(MODELOS)),
        *((modelo, "import", "Se importan estas columnas:") for modelo in sorted(MODELOS - {"producto"})),
        # Los productos los importa el motor de la casa, con su propia página.
        ("producto", "import", "CSV o XLSX, con su encabezado."),
    ],
)
def test_importar_y_exportar_no_llevan_nada_en_linea(
    oficina: Client, modelo: str, pagina: str, frase: str
) -> None:
    contenido = oficina.get(f"{ADMIN}/{modelo}/{pagina}/").content.decode()
    assert EN_LINEA.findall(contenido) == []
    assert frase in contenido
    assert not re.search(r"fields:|Select all|importador|exporter", contenido)


def test_la_vista_previa_senala_los_cambios_sin_estilos_en_linea(oficina: Client, actor: Actor) -> None:
    crear_categoria(actor=actor, nombre="Harinas", descripcion="Harina vieja")
    archivo = SimpleUploadedFile("a.csv", b"nombre,descripcion\nHarinas,Harina nueva\n")
    vista = oficina.post(f"{ADMIN}/categoria/import/", {"format": "0", "import_file": archivo})
    contenido = vista.content.decode()
    assert EN_LINEA.findall(contenido) == []
    assert "<ins>nue" in contenido
    assert "<del>vie" in contenido
