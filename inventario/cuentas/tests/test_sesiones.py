"""De quién es cada sesión del navegador, desde dónde y cuándo se usó."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DeDjango
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from inventario.cuentas.acceso import sesiones
from inventario.cuentas.acceso.almacen import SE_ANOTA_CADA
from inventario.cuentas.acceso.procedencia import nombre_del_equipo
from inventario.cuentas.models import Sesion, SesionWeb, Usuario

pytestmark = pytest.mark.django_db

SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1"
)


def entrar(usuario: Usuario, **cabeceras: Any) -> Client:
    cliente = Client(**cabeceras)
    cliente.post("/entrar/", {"username": usuario.email, "password": "clave-de-prueba"})
    return cliente


def test_al_entrar_queda_de_quien_es_y_desde_donde(usuario: Usuario) -> None:
    cliente = entrar(usuario, HTTP_USER_AGENT=f"{SAFARI}\x07{'x' * 300}", REMOTE_ADDR="2001:db8::7")
    sesion = SesionWeb.objects.get(session_key=cliente.session.session_key)
    assert (sesion.usuario, sesion.ip) == (usuario, "2001:db8::7")
    assert len(sesion.agente) == 255
    assert "\x07" not in sesion.agente


def test_lo_que_no_es_una_direccion_no_se_guarda(usuario: Usuario) -> None:
    entrar(usuario, REMOTE_ADDR="basura")
    assert SesionWeb.objects.get().ip is None


def test_el_uso_se_anota_de_cuando_en_cuando(usuario: Usuario, time_machine: Any) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    cliente = entrar(usuario)
    primera = SesionWeb.objects.get().vista_en
    time_machine.shift(SE_ANOTA_CADA - timedelta(seconds=1))
    cliente.get("/")
    assert SesionWeb.objects.get().vista_en == primera
    time_machine.shift(timedelta(seconds=1))
    cliente.get("/", REMOTE_ADDR="10.5.5.5")
    sesion = SesionWeb.objects.get()
    assert (sesion.vista_en, sesion.ip) == (timezone.now(), "10.5.5.5")


def test_que_no_se_pueda_anotar_el_uso_no_impide_leer(
    usuario: Usuario, time_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Con el disco lleno se sigue leyendo."""
    time_machine.move_to(timezone.now(), tick=False)
    cliente = entrar(usuario)
    time_machine.shift(SE_ANOTA_CADA)

    def sin_disco(*_: Any, **__: Any) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("django.db.models.query.QuerySet.update", sin_disco)
    assert cliente.get("/").status_code == 200


def test_salir_borra_la_suya(usuario: Usuario) -> None:
    cliente = entrar(usuario)
    cliente.post("/salir/")
    assert not SesionWeb.objects.filter(usuario=usuario).exists()


def test_las_vencidas_ni_se_ven_ni_quedan(usuario: Usuario, time_machine: Any) -> None:
    ahora = timezone.now()
    time_machine.move_to(ahora, tick=False)
    entrar(usuario)
    Sesion.objects.create(usuario=usuario, autenticada_en=ahora, vence_en=ahora + timedelta(hours=1))
    assert len(sesiones.abiertas(usuario, esta=None, ahora=ahora)) == 2
    tarde = ahora + timedelta(days=1)
    assert sesiones.abiertas(usuario, esta=None, ahora=tarde) == []
    assert sesiones.purgar_vencidas(tarde) == 2
    assert (SesionWeb.objects.count(), Sesion.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("agente", "dice"),
    [
        (SAFARI, "Safari · iOS"),
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537.36 Edg/130",
            "Edge · Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox · Linux"),
        ("curl/8.5.0", "curl"),
        ("", ""),
        ("<script>", ""),
    ],
)
def test_el_equipo_se_nombra_como_lo_reconoce_su_dueno(agente: str, dice: str) -> None:
    assert nombre_del_equipo(agente) == dice


def test_las_sesiones_de_antes_siguen_abiertas_al_desplegar(usuario: Usuario) -> None:
    """Y al volver atrás también: la versión anterior las busca en la tabla de Django."""
    migracion = import_module("inventario.cuentas.migrations.0006_mudar_sesiones")
    de_antes = DeDjango()
    de_antes.update(dict(entrar(usuario).session))
    de_antes.save()
    DeDjango().save()
    SesionWeb.objects.all().delete()
    migracion.mudar(apps, None)
    cliente = Client()
    cliente.cookies[settings.SESSION_COOKIE_NAME] = str(de_antes.session_key)
    assert cliente.get("/").status_code == 200
    assert SesionWeb.objects.get().usuario == usuario
    assert not Session.objects.exists()
    migracion.devolver(apps, None)
    assert DeDjango(de_antes.session_key).load() == dict(cliente.session)
