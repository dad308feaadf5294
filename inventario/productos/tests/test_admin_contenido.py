"""Importar y exportar en el admin: las páginas cumplen la política de contenido y hablan en español."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inventario.cuentas.models import Usuario
from inventario.nucleo.actores import Actor
from inventario.productos.services import crear_producto

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]

ADMIN = "/admin/productos"
# Lo que el navegador no aplica con esta política, y además anota como violación.
EN_LINEA = re.compile(r"""\s(?:style|on[a-z]+)\s*=\s*["']|<style|<script(?![^>]*\ssrc=)""")


@pytest.fixture
def oficina(usuario: Usuario, client: Client) -> Client:
    client.force_login(usuario, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("modelo", ["producto", "categoria", "unidad", "proveedor"])
@pytest.mark.parametrize(("pagina", "frase"), [("export", "Se exportan"), ("import", "Se importan")])
def test_importar_y_exportar_no_llevan_nada_en_linea(
    oficina: Client, modelo: str, pagina: str, frase: str
) -> None:
    contenido = oficina.get(f"{ADMIN}/{modelo}/{pagina}/").content.decode()
    assert EN_LINEA.findall(contenido) == []
    assert f"{frase} estas columnas:" in contenido
    assert not re.search(r"fields:|Select all|importador|exporter", contenido)


def test_la_vista_previa_senala_los_cambios_sin_estilos_en_linea(oficina: Client, actor: Actor) -> None:
    crear_producto(actor=actor, nombre="Harina vieja", sku="HAR-1")
    archivo = SimpleUploadedFile("a.csv", b"sku,nombre\nHAR-1,Harina nueva\n")
    vista = oficina.post(f"{ADMIN}/producto/import/", {"format": "0", "import_file": archivo})
    contenido = vista.content.decode()
    assert EN_LINEA.findall(contenido) == []
    assert "<ins>nue" in contenido
    assert "<del>vie" in contenido
