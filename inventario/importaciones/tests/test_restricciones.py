"""Lo que la base niega de los encargos."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile

from inventario.importaciones.encargos import services
from inventario.importaciones.models import EncargoDeImportacion
from inventario.movimientos.models import Importacion
from inventario.nucleo.actores import Actor
from inventario.nucleo.tests.restricciones import cambiar, la_base_niega


@pytest.fixture
def filas_validas(actor: Actor, alcance: Any, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    clase = Importacion.Clase.PRODUCTOS
    services.encargar(actor=actor, clase=clase, archivo="p.csv", contenido=ContentFile(b"sku", "p.csv"))


test_la_base_niega = la_base_niega(
    {
        "encargo_estado_conocido": [cambiar(EncargoDeImportacion, estado="'perdido'")],
        "encargo_vivo_con_archivo": [cambiar(EncargoDeImportacion, guardado="''")],
        "encargo_aplicado_con_importacion": [cambiar(EncargoDeImportacion, estado="'aplicado'")],
    }
)
