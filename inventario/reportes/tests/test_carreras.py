"""Dos procesos con la misma exportación: la arma uno solo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django_scopes import scope

from inventario.movimientos.tests.mundo import HOY, Mundo
from inventario.nucleo.empresa import en_empresa
from inventario.reportes.exportar.armado import armar
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.models import Exportacion
from inventario.reportes.services import pedir_exportacion
from inventario.tests.carreras import contar_a_la_vez

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_ocho_entregas_de_la_misma_exportacion_escriben_un_archivo(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.CELERY_TASK_ALWAYS_EAGER = True
    mundo = Mundo.crear()
    with scope(empresa=mundo.empresa):
        mundo.entrada(mundo.producto(), 1)
        # Fallida al confirmar, para que la que se encarga sola la deje y queden las ocho.
        with en_empresa(mundo.empresa):
            exportacion = pedir_exportacion(
                actor=mundo.actor,
                reporte="movimientos-por-rango-fecha",
                formato=Formato.XLSX,
                parametros={"desde": HOY, "hasta": HOY},
                reloj=mundo.reloj,
            )
            Exportacion.objects.filter(pk=exportacion.pk).update(estado="fallida")
        Exportacion.objects.filter(pk=exportacion.pk).update(estado="pendiente")

    def llamada() -> str:
        return "la armó" if armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj) else "la dejó"

    assert contar_a_la_vez(*([llamada] for _ in range(8))) == {"la armó": 1, "la dejó": 7}
    with scope(empresa=mundo.empresa):
        hecha = Exportacion.objects.get()
    assert (hecha.estado, hecha.intentos, hecha.filas) == ("lista", 1, 1)
    assert [uno.relative_to(tmp_path).as_posix() for uno in tmp_path.rglob("*.xlsx")] == [hecha.archivo]
