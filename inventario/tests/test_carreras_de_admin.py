"""El admin hace varias filas en una transacción: las toma todas antes de la primera."""

from __future__ import annotations

import uuid
from threading import Event

import pytest
from django.test import Client

from inventario.cuentas.models import Usuario
from inventario.cuentas.models.empresas import EmpresaManager
from inventario.movimientos import libro
from inventario.movimientos.querysets import Clave
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.empresa import en_empresa
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
