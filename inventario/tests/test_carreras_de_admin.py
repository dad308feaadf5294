"""Verbos del admin a la vez: varias filas se toman todas antes de la primera, y un envío se hace una vez."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inventario.cuentas.models import Usuario
from inventario.cuentas.models.empresas import EmpresaManager
from inventario.movimientos import libro
from inventario.movimientos.models import Asiento, Importacion
from inventario.movimientos.querysets import Clave
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.empresa import en_empresa
from inventario.productos.models import Producto
from inventario.tests.carreras import contar_a_la_vez, cuadra

pytestmark = pytest.mark.postgresql
ESPERA_S = 2


def test_revertir_varios_contra_un_despacho_no_se_traban(
    mundo: Mundo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """El despacho retiene el segundo producto y espera un número que el primer reverso ya se llevó."""
    with en_empresa(mundo.empresa):
        uno, dos = mundo.producto("A"), mundo.producto("B")
        for producto in (uno, dos):
            mundo.entrada(producto, 10)
        # Se revierte de la más nueva a la más vieja: primero A, después B.
        de_dos, de_uno = mundo.fefo(dos, 1), mundo.fefo(uno, 1)
    jefa = Usuario.objects.create_superuser("jefa@granja.test", "x")
    despachando, numerada = Event(), Event()
    guardar, tomar = libro.Hoja.guardar, EmpresaManager.tomar_numeros

    def guardar_despues(hoja: libro.Hoja) -> None:
        if not despachando.is_set() and hoja.claves == [Clave(dos.pk, mundo.bodega.pk)]:
            despachando.set()
            numerada.wait(ESPERA_S)
        guardar(hoja)

    def avisar(gestor: EmpresaManager, empresa_id: int, cuantos: int) -> object:
        numeros = tomar(gestor, empresa_id, cuantos)
        numerada.set()
        return numeros

    monkeypatch.setattr(libro.Hoja, "guardar", guardar_despues)
    monkeypatch.setattr(EmpresaManager, "tomar_numeros", avisar)

    def despachar() -> str:
        with en_empresa(mundo.empresa):
            mundo.fefo(dos, 1)
        return "despachado"

    def revertir() -> str:
        cliente = Client()
        cliente.force_login(jefa)
        despachando.wait(ESPERA_S)
        respuesta = cliente.post(
            f"/admin/movimientos/asiento/revertir/?ids={de_dos.pk},{de_uno.pk}",
            {"envio": str(uuid.uuid4()), "explicacion": "Se registró dos veces la misma guía"},
        )
        return f"revertir {respuesta.status_code}"

    assert contar_a_la_vez([despachar], [revertir]) == {"despachado": 1, "revertir 302": 1}
    with en_empresa(mundo.empresa):
        assert (mundo.fisica(uno), mundo.fisica(dos)) == (10, 9)
    cuadra(mundo)


def enviar(jefa: Usuario, direccion: str, datos: dict[str, str]) -> Callable[[], str]:
    """Al llamarlo envía desde otra pestaña de la misma persona y dice cómo terminó."""
    cliente = Client()
    cliente.force_login(jefa)

    def enviar_ya() -> str:
        respuesta = cliente.post(direccion, datos)
        return f"{respuesta.status_code} {respuesta.headers.get('Location', '')}".strip()

    return enviar_ya


def test_el_mismo_envio_en_ocho_hilos_da_de_baja_una_vez_y_todos_vuelven_a_lo_mismo(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        producto = mundo.producto("A")
        lote = mundo.entrada(producto, 10)
    jefa = Usuario.objects.create_superuser("jefa@granja.test", "x")
    direccion = f"/admin/lotes/lote/dar-de-baja/?ids={lote.pk}"
    datos = {"envio": str(uuid.uuid4()), "cantidad": "3", "motivo": "rotura", "texto": "Se mojó en la bodega"}
    cuentas = contar_a_la_vez(*([enviar(jefa, direccion, datos)] for _ in range(8)))
    assert cuentas == {f"302 /admin/lotes/lote/{lote.pk}/change/": 8}
    with en_empresa(mundo.empresa):
        assert mundo.fisica(producto) == 7
        assert Asiento.objects.filter(tipo="merma").count() == 1
    cuadra(mundo)


def test_el_mismo_envio_de_varias_filas_en_ocho_hilos_revierte_cada_una_una_vez(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        productos = [mundo.producto(sku) for sku in "ABC"]
        for producto in productos:
            mundo.entrada(producto, 10)
        salidas = [mundo.fefo(producto, 4) for producto in productos]
    jefa = Usuario.objects.create_superuser("jefa@granja.test", "x")
    ids = ",".join(str(salida.pk) for salida in salidas)
    datos = {"envio": str(uuid.uuid4()), "explicacion": "Se registraron en otro tanque"}
    tareas = [enviar(jefa, f"/admin/movimientos/asiento/revertir/?ids={ids}", datos) for _ in range(8)]
    assert contar_a_la_vez(*([tarea] for tarea in tareas)) == {"302 /admin/movimientos/asiento/": 8}
    with en_empresa(mundo.empresa):
        assert [mundo.fisica(producto) for producto in productos] == [10, 10, 10]
        assert Asiento.objects.filter(tipo="reverso").count() == 3
    cuadra(mundo)


def test_el_mismo_envio_que_se_rechaza_deja_pasar_al_que_espera(mundo: Mundo) -> None:
    """Los que se corrigieron mientras tanto no quedan atados a lo que falló."""
    with en_empresa(mundo.empresa):
        lote = mundo.entrada(mundo.producto("A"), 10)
    jefa = Usuario.objects.create_superuser("jefa@granja.test", "x")
    direccion = f"/admin/lotes/lote/dar-de-baja/?ids={lote.pk}"
    datos = {"envio": str(uuid.uuid4()), "motivo": "rotura", "texto": "Se mojó en la bodega"}
    de_mas = [enviar(jefa, direccion, {**datos, "cantidad": "11"}) for _ in range(3)]
    justo = enviar(jefa, direccion, {**datos, "cantidad": "10"})
    cuentas = contar_a_la_vez(*([tarea] for tarea in (*de_mas, justo)))
    # Los de más llegan antes (se rechazan) o después (con esa clave ya se hizo otra cosa).
    assert cuentas.pop(f"302 /admin/lotes/lote/{lote.pk}/change/") == 1
    assert cuentas["200"] + cuentas["409"] == 3
    with en_empresa(mundo.empresa):
        assert mundo.fisica(lote.producto) == 0
    cuadra(mundo)


def test_el_mismo_catalogo_aplicado_en_ocho_hilos_se_importa_una_vez(
    mundo: Mundo, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    jefa = Usuario.objects.create_superuser("jefa@granja.test", "x")
    cliente = Client()
    cliente.force_login(jefa)
    archivo = SimpleUploadedFile("a.csv", b"sku,nombre\nNUE-1,Nuevo\n")
    encargo = cliente.post("/admin/productos/producto/import/", {"archivo": archivo})["Location"]
    cuentas = contar_a_la_vez(*([enviar(jefa, f"{encargo}aplicar/", {})] for _ in range(8)))
    assert cuentas == {f"302 {encargo}": 8}
    with en_empresa(mundo.empresa):
        assert Producto.objects.filter(sku="NUE-1").count() == 1
        assert Importacion.objects.count() == 1
    assert [ruta for ruta in tmp_path.rglob("*") if ruta.is_file()] == []
