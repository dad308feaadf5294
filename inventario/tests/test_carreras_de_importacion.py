"""Una importación contra el trabajo del día, en PostgreSQL: se esperan, no se traban."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import pytest

from inventario.cuentas.models.empresas import EmpresaManager
from inventario.importaciones import al_libro, deshacer
from inventario.importaciones.aplicar import importar
from inventario.importaciones.deshacer import revertir_importacion
from inventario.importaciones.por_importar import PorImportar
from inventario.movimientos import libro, services
from inventario.movimientos.reparto import Politica
from inventario.movimientos.services.reversos import asentar_reverso
from inventario.movimientos.tests.mundo import Mundo, cant, dia
from inventario.nucleo.empresa import en_empresa
from inventario.tests.carreras import contar_a_la_vez, cuadra

pytestmark = pytest.mark.postgresql
ESPERA_S = 2


@pytest.fixture
def numerada(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Se enciende cuando la importación ya tiene la numeración de la empresa."""
    numerada = Event()
    tomar = EmpresaManager.tomar_numeros

    def avisar(gestor: EmpresaManager, empresa_id: int, cuantos: int) -> object:
        numeros = tomar(gestor, empresa_id, cuantos)
        numerada.set()
        return numeros

    monkeypatch.setattr(EmpresaManager, "tomar_numeros", avisar)
    return numerada


def _planilla(carpeta: Path, *filas: str) -> Path:
    archivo = carpeta / "planilla.csv"
    archivo.write_text("\n".join(filas))
    return archivo


def test_importar_entradas_toma_los_productos_antes_que_la_numeracion(
    mundo: Mundo, numerada: Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otra bodega recibe el segundo producto: retiene su fila y espera un número que aquí ya se tomó."""
    monkeypatch.setattr(al_libro, "POR_HOJA", 1)
    archivo = _planilla(tmp_path, "sku,cantidad", "A,10", "B,10")
    with en_empresa(mundo.empresa):
        mundo.producto("A")
        segundo = mundo.producto("B")
    recibido = Event()
    guardar = libro.Hoja.guardar

    def guardar_despues(hoja: libro.Hoja) -> None:
        if hoja.claves[0].bodega_id == mundo.otra.pk:
            recibido.set()
            numerada.wait(ESPERA_S)
        guardar(hoja)

    monkeypatch.setattr(libro.Hoja, "guardar", guardar_despues)

    def recibir() -> str:
        with en_empresa(mundo.empresa):
            mundo.entrada(segundo, 5, bodega=mundo.otra)
        return "recibida"

    def importar_todo() -> str:
        recibido.wait(ESPERA_S)
        with en_empresa(mundo.empresa):
            informe = importar(
                actor=mundo.actor,
                por_importar=PorImportar("entradas", archivo, bodega=mundo.bodega, aplicar=True),
            )
        return f"{informe.aceptadas} importadas"

    assert contar_a_la_vez([recibir], [importar_todo]) == {"recibida": 1, "2 importadas": 1}
    cuadra(mundo)


def test_deshacer_toma_los_productos_en_el_orden_de_todos(
    mundo: Mundo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Revierte del último al primero; quien recibe en otra bodega los mismos productos los toma por su id."""
    archivo = _planilla(tmp_path, "momento,sku,cantidad", "2026-03-01,A,1", "2026-03-02,B,1")
    with en_empresa(mundo.empresa):
        productos = [mundo.producto("A"), mundo.producto("B")]
        for producto in productos:
            mundo.entrada(producto, 10, fecha_ingreso=dia(-30))
        informe = importar(
            actor=mundo.actor,
            por_importar=PorImportar(
                "salidas", archivo, politica=Politica.FEFO, bodega=mundo.bodega, aplicar=True
            ),
        )
    assert informe.importacion is not None
    importacion_id = informe.importacion.pk
    revirtiendo = Event()

    def asentar_despacio(*args: Any, **kwargs: Any) -> Any:
        reverso = asentar_reverso(*args, **kwargs)
        if not revirtiendo.is_set():
            revirtiendo.set()
            # Le da tiempo al otro de tomar el primer producto y quedarse esperando el segundo.
            sleep(ESPERA_S / 2)
        return reverso

    monkeypatch.setattr(deshacer, "asentar_reverso", asentar_despacio)

    def deshacer_todo() -> str:
        deshecho = revertir_importacion(
            actor=mundo.actor, importacion_id=importacion_id, motivo="Archivo equivocado"
        )
        return f"{deshecho.revertidos} revertidos"

    def recibir() -> str:
        revirtiendo.wait(ESPERA_S)
        lineas = [services.LineaEntrada(producto, mundo.otra, cant(5)) for producto in productos]
        with en_empresa(mundo.empresa):
            services.registrar_entradas(actor=mundo.actor, lineas=lineas, reloj=mundo.reloj)
        return "recibida"

    assert contar_a_la_vez([deshacer_todo], [recibir]) == {"2 revertidos": 1, "recibida": 1}
    cuadra(mundo)
