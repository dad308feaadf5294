"""Las exportaciones en el admin: las ve quien administra, y nunca su nombre en el almacén."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from inventario.cuentas.models import Empresa
from inventario.cuentas.permisos import Rol
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.models import Exportacion
from inventario.reportes.services import pedir_exportacion

LISTA = "/admin/reportes/exportacion/"


@pytest.fixture
def lista(actor: Actor, empresa: Empresa) -> Exportacion:
    with en_empresa(empresa):
        exportacion = pedir_exportacion(
            actor=actor, reporte="inventario-basico", formato=Formato.CSV, parametros={}
        )
        Exportacion.objects.update(estado="lista", avance=100, archivo="exportaciones/1/secreto.csv")
    return exportacion


def test_quien_administra_ve_quien_se_llevo_que(client: Client, actor: Actor, lista: Exportacion) -> None:
    client.force_login(actor.usuario)
    pagina = client.get(LISTA).content.decode()
    assert lista.nombre in pagina
    assert str(actor.usuario) in pagina
    ficha = client.get(f"{LISTA}{lista.pk}/change/")
    assert ficha.status_code == 200
    assert "secreto" not in ficha.content.decode()
    assert client.get(f"{LISTA}add/").status_code == 403
    assert client.post(f"{LISTA}{lista.pk}/delete/", {"post": "yes"}).status_code == 403


def test_los_demas_no_entran(client: Client, actor_con: Callable[[str], Actor], lista: Exportacion) -> None:
    supervisor = actor_con(Rol.SUPERVISOR).usuario
    supervisor.is_staff = True
    supervisor.save()
    client.force_login(supervisor)
    assert client.get(LISTA).status_code == 403
