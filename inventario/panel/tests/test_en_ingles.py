"""En inglés ninguna página dice un tipo, un motivo ni un estado en español.

Las páginas salen del mapa de direcciones y los nombres de los TextChoices de la casa: lo nuevo entra solo.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse
from django.urls.converters import UUIDConverter
from django.utils import translation
from django.utils.functional import Promise
from openpyxl import load_workbook

from inventario.alertas.models import Alerta, Severidad
from inventario.cuentas.invitaciones.enlaces import token_de
from inventario.cuentas.models import Invitacion, Membresia, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.lotes.models import Lote, Procedencia
from inventario.movimientos.models import Asiento, Motivo, TipoAsiento, TipoMovimiento
from inventario.movimientos.tests.mundo import HOY, Mundo
from inventario.panel.tests.conftest import Navegador
from inventario.panel.tests.fronteras import RUTAS
from inventario.panel.tests.muestrario import REPORTE, llenar
from inventario.productos.models import Producto
from inventario.reportes.exportar.armado import armar
from inventario.reportes.indice import REPORTES
from inventario.reportes.models import Exportacion
from inventario.reservas.estados import EstadoReserva
from inventario.reservas.models import Reserva

# Los que se nombran tal cual en alguna página: si el muestrario no los tuviera, no se probaría nada.
A_LA_VISTA = (TipoAsiento, TipoMovimiento, Motivo, Procedencia, EstadoReserva, Severidad)
# Lo que se mira de todas las cosas de su clase; las demás páginas de una cosa, de una sola.
DE_TODAS = ("lote", "asiento", "reserva", "exportacion", "alerta_reconocer")
CONSULTAS = {
    "lotes": "?estado=todos",
    "productos": "?estado=todos",
    "reservas": "?estado=todas",
    "buscar": "?q=L-1",
    "trazabilidad": "?q=L-1",
    "alertas": "?dias=60",
}
SE_LEEN = frozenset({"aria-label", "title", "placeholder", "alt", "data-titulo", "data-bs-title"})


class Leido(HTMLParser):
    """Lo que una página le dice a alguien: su texto, sus atributos que se leen y lo de sus gráficos."""

    def __init__(self, pagina: str) -> None:
        super().__init__()
        self.partes: list[str] = []
        self._de = ""
        self.feed(pagina)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._de = "json" if ("type", "application/json") in attrs else tag
        self.partes += [valor or "" for nombre, valor in attrs if nombre in SE_LEEN]

    def handle_endtag(self, tag: str) -> None:
        self._de = ""

    def handle_data(self, data: str) -> None:
        if self._de == "json":
            self.partes += _textos(json.loads(data))
        elif self._de not in ("script", "style"):
            self.partes.append(data)

    def __str__(self) -> str:
        return "\n".join(self.partes)


def _textos(dato: Any) -> Iterator[str]:
    if isinstance(dato, str):
        yield dato
    elif isinstance(dato, dict | list):
        for uno in dato.values() if isinstance(dato, dict) else dato:
            yield from _textos(uno)


def clases(raiz: type[models.TextChoices] = models.TextChoices) -> Iterator[type[models.TextChoices]]:
    for clase in raiz.__subclasses__():
        if clase.__module__.startswith("inventario."):
            yield clase
        yield from clases(clase)


def nombres(idioma: str, *de: type[models.TextChoices]) -> dict[models.TextChoices, str]:
    with translation.override(idioma):
        return {miembro: str(miembro.label) for clase in de or tuple(clases()) for miembro in clase}


def dice(texto: str, nombre: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(nombre)}(?!\w)", texto, re.IGNORECASE) is not None


def direcciones() -> Iterator[tuple[str, str]]:
    """Cada página del panel, con el nombre de su ruta."""
    cosas: dict[str, list[Any]] = {
        "productos": list(Producto.objects.order_by("pk")),
        "lotes": list(Lote.objects.order_by("pk")),
        "asientos": list(Asiento.objects.order_by("pk")),
        "alertas": list(Alerta.objects.filter(activa=True).order_by("pk")),
        "exportaciones": list(Exportacion.objects.order_by("pk")),
        "reservas": list(Reserva.objects.order_by("pk")),
        "personas": list(Membresia.objects.order_by("pk")),
        "invitaciones": list(Invitacion.objects.order_by("pk")),
    }
    for nombre, patron in RUTAS.items():
        piden = patron.pattern.converters
        if nombre in ("salir", "restablecer_enlace"):
            continue
        if "token" in piden:
            for cosa in cosas["invitaciones"]:
                yield nombre, reverse(f"panel:{nombre}", kwargs={"token": token_de(cosa)})
            continue
        if "clave" in piden:
            for clave in REPORTES:
                argumentos = {"clave": clave, **({"formato": "csv"} if "formato" in piden else {})}
                rango = f"?desde={HOY}&hasta={HOY}&producto={cosas['productos'][0].pk}"
                yield nombre, reverse(f"panel:{nombre}", kwargs=argumentos) + rango
        elif "pk" in piden:
            tramos = str(patron.pattern).split("/")
            clase = next(tramo for tramo in (tramos[1], tramos[0]) if tramo in cosas)
            suyas = cosas[clase] if nombre in DE_TODAS else cosas[clase][:1]
            assert isinstance(piden["pk"], UUIDConverter) == (clase == "reservas")
            for cosa in suyas:
                yield nombre, reverse(f"panel:{nombre}", kwargs={"pk": cosa.pk})
        else:
            yield nombre, reverse(f"panel:{nombre}") + CONSULTAS.get(nombre, "")


def recorrer(navegador: Client, idioma: str) -> dict[str, str]:
    """Lo que dice cada página en ese idioma, por su dirección."""
    navegador.cookies["django_language"] = idioma
    leido: dict[str, str] = {}
    for _nombre, direccion in direcciones():
        respuesta = navegador.get(direccion)
        if respuesta.get("Content-Type", "").startswith("text/html") and respuesta.status_code != 303:
            leido[direccion] = str(Leido(respuesta.content.decode()))
    return leido


@pytest.fixture
def ana(granja: Mundo) -> Usuario:
    """Quien mira. Su nombre no dice qué rol tiene."""
    ana = Usuario.objects.create_user("ana@farm.test", "clave-de-prueba")
    agregar_miembro(empresa=granja.empresa, usuario=ana, rol=Rol.ADMINISTRADOR)
    return ana


@pytest.fixture
def mirador(granja: Mundo, ana: Usuario, settings: Any, tmp_path: Path) -> Navegador:
    settings.MEDIA_ROOT = tmp_path / "media"
    llenar(granja, ana, tmp_path)
    navegador = Navegador()
    navegador.force_login(ana)
    return navegador


def test_todo_nombre_se_traduce_donde_se_define() -> None:
    fijos = [miembro for clase in clases() for miembro in clase if not isinstance(miembro.label, Promise)]
    assert fijos == []


def test_ninguna_pagina_en_ingles_dice_un_nombre_en_espanol(mirador: Navegador) -> None:
    leido = recorrer(mirador, "en")
    en_ingles = nombres("en")
    distintos = {
        nombre for miembro, nombre in nombres("es").items() if nombre.lower() != en_ingles[miembro].lower()
    }
    hallados = [
        (direccion, nombre)
        for direccion, texto in leido.items()
        for nombre in sorted(distintos)
        if dice(texto, nombre)
    ]
    assert hallados == []
    todo = "\n".join(leido.values())
    assert [uno for uno in nombres("en", *A_LA_VISTA).values() if not dice(todo, uno)] == []


def test_las_mismas_paginas_en_espanol_los_dicen_todos(mirador: Navegador) -> None:
    """El control: lo que en inglés no aparece sí está a la vista."""
    todo = "\n".join(recorrer(mirador, "es").values())
    assert [uno for uno in nombres("es", *A_LA_VISTA).values() if not dice(todo, uno)] == []


def _encabezados(respuesta: Any) -> list[str]:
    libro = load_workbook(io.BytesIO(b"".join(respuesta.streaming_content)))
    return [str(celda.value) for celda in libro.worksheets[0][1]]


@pytest.mark.parametrize("idioma", ["es", "en"])
def test_la_hoja_de_calculo_se_encabeza_con_las_palabras_de_su_pagina(
    mirador: Navegador, granja: Mundo, idioma: str
) -> None:
    mirador.cookies["django_language"] = idioma
    with translation.override(idioma):
        titulos = [str(columna.titulo) for columna in REPORTES[REPORTE].columnas]
    al_momento = mirador.get(reverse("panel:reporte_archivo", args=[REPORTE, "xlsx"]))
    assert _encabezados(al_momento) == titulos
    Exportacion.objects.all().delete()
    mirador.mover(reverse("panel:reporte_encargar", args=[REPORTE]), {"formato": "xlsx"})
    encargo = Exportacion.objects.get()
    # Quien la arma no está en la página de nadie.
    assert armar(granja.empresa, encargo.pk, reloj=granja.reloj)
    assert _encabezados(mirador.get(reverse("panel:exportacion_archivo", args=[encargo.pk]))) == titulos


def test_la_api_no_mira_el_idioma_de_la_pagina(navegador: Navegador) -> None:
    navegador.cookies["django_language"] = "en"
    esquema = navegador.get("/api/v1/schema").content.decode()
    assert [
        uno for uno in nombres("es", TipoMovimiento, Motivo).values() if f" - {uno}\n" not in esquema
    ] == []
    assert [uno for uno in nombres("en", TipoMovimiento).values() if f" - {uno}\n" in esquema] == []
