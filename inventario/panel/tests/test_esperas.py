"""Quien insistió demasiado lo sabe por el estado y por `Retry-After`, entre por la puerta que entre."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessFailureLog
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventario.cuentas.acceso.errores import CupoAgotado, HuellasOcupadas
from inventario.cuentas.invitaciones.enlaces import token_de
from inventario.cuentas.invitaciones.services import invitar
from inventario.cuentas.models import Invitacion, Usuario
from inventario.cuentas.permisos import Rol
from inventario.nucleo.actores import Actor
from inventario.panel.tests.conftest import Navegador

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]
CORREO = "eva@granja.test"


@pytest.fixture
def administra(usuario: Usuario) -> Navegador:
    navegador = Navegador()
    navegador.force_login(usuario, backend="django.contrib.auth.backends.ModelBackend")
    return navegador


@pytest.fixture
def un_cupo(settings: Any, time_machine: Any, tmp_path: Path) -> None:
    # A un minuto de que acaben la hora y el día.
    time_machine.move_to("2027-03-01 23:59:00+00:00", tick=False)
    cache.clear()
    settings.LIMITE_DE_INVITACIONES_POR_DIA = settings.LIMITE_DE_IMPORTACIONES_POR_HORA = 1
    settings.MEDIA_ROOT = tmp_path


def por_la_pagina(navegador: Navegador, correo: str) -> Any:
    return navegador.post("/personas/invitar/", {"correo": correo, "rol": "operador"})


def por_el_admin(navegador: Navegador, correo: str) -> Any:
    return navegador.post("/admin/cuentas/invitacion/add/", {"correo": correo, "rol": "operador"})


def importando(navegador: Navegador, correo: str) -> Any:
    subido = SimpleUploadedFile("productos.csv", f"sku,nombre\n{correo},x\n".encode())
    return navegador.post("/admin/productos/producto/import/", {"archivo": subido})


@pytest.mark.usefixtures("un_cupo")
@pytest.mark.parametrize("puerta", [por_la_pagina, por_el_admin, importando])
def test_pasado_el_cupo_se_dice_cuanto_esperar(
    administra: Navegador, puerta: Callable[[Navegador, str], Any]
) -> None:
    assert puerta(administra, CORREO).status_code in (302, 303)
    respuesta = puerta(administra, "otra@granja.test")
    assert (respuesta.status_code, respuesta.get("Retry-After")) == (429, "60")
    assert not Invitacion.objects.filter(correo="otra@granja.test").exists()


@pytest.mark.usefixtures("un_cupo")
def test_reenviar_varias_en_el_admin_es_todo_o_nada(
    administra: Navegador, actor: Actor, settings: Any
) -> None:
    settings.LIMITE_DE_INVITACIONES_POR_DIA = 3
    suyas = [invitar(actor=actor, correo=f"{n}@granja.test", rol=Rol.OPERADOR).invitacion for n in range(2)]
    antes = set(Invitacion.objects.values_list("semilla", flat=True))
    datos = {"action": "reenviar", "_selected_action": [una.pk for una in suyas]}
    respuesta = administra.post("/admin/cuentas/invitacion/", datos)
    assert (respuesta.status_code, respuesta.get("Retry-After")) == (429, "60")
    assert set(Invitacion.objects.values_list("semilla", flat=True)) == antes


def test_con_el_paso_cerrado_la_cuenta_lo_dice_y_el_fallo_queda(administra: Navegador, settings: Any) -> None:
    settings.AXES_ENABLED = True
    for _ in range(settings.AXES_FAILURE_LIMIT):
        administra.post("/cuenta/segundo-factor/", {"contrasena": "otra"}, REMOTE_ADDR="10.0.0.1")
    respuesta = administra.post("/cuenta/segundo-factor/", {"contrasena": "otra"}, REMOTE_ADDR="10.0.0.1")
    assert respuesta.status_code == 429
    assert int(respuesta["Retry-After"]) == settings.AXES_COOLOFF_TIME.total_seconds()
    assert AccessFailureLog.objects.count() == settings.AXES_FAILURE_LIMIT


def test_estrenar_la_cuenta_con_todo_ocupado_es_un_503(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_de(invitar(actor=actor, correo=CORREO, rol=Rol.OPERADOR).invitacion)
    datos = {"nombre": "Eva", "contrasena": "una-clave-larga-2026", "repetida": "una-clave-larga-2026"}

    def ocupadas(*_: Any, **__: Any) -> None:
        raise HuellasOcupadas

    monkeypatch.setattr(Usuario, "set_password", ocupadas)
    respuesta = Navegador().post(f"/invitacion/{token}/", datos)
    assert (respuesta.status_code, respuesta.get("Retry-After")) == (503, str(HuellasOcupadas.espera_s))


def test_la_api_con_el_paso_cerrado_dice_cuanto_esperar(usuario: Usuario, settings: Any) -> None:
    settings.AXES_ENABLED = True
    navegador = Navegador()
    for _ in range(settings.AXES_FAILURE_LIMIT + 1):
        respuesta = navegador.post(
            "/api/v1/auth/login",
            {"email": usuario.email, "password": "mala"},
            content_type="application/json",
            REMOTE_ADDR="10.0.0.1",
        )
    assert respuesta.status_code == 423
    assert int(respuesta["Retry-After"]) == settings.AXES_COOLOFF_TIME.total_seconds()


@pytest.mark.usefixtures("un_cupo")
def test_el_cupo_de_invitar_se_gasta_antes_de_escribir(actor: Actor) -> None:
    invitar(actor=actor, correo=CORREO, rol=Rol.OPERADOR)
    with CaptureQueriesContext(connection) as consultas, pytest.raises(CupoAgotado):
        invitar(actor=actor, correo="otra@granja.test", rol=Rol.OPERADOR)
    assert not [una["sql"] for una in consultas if una["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
