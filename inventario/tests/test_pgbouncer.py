"""Detrás de un PgBouncer de verdad que reparte por transacción: nada se filtra y el sistema entero anda."""

from __future__ import annotations

import json
import secrets
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, LiteralString
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from herramientas.pgbouncer import pooler
from herramientas.servicios import Sistema, sistema
from inventario.cuentas.models import Empresa, Usuario
from inventario.nucleo import roles
from inventario.nucleo.empresa import AJUSTE, HUELLA, PERSONA
from inventario.nucleo.esperas import antes_de_migrar

pytestmark = [pytest.mark.postgresql, pytest.mark.pgbouncer]

ROL = f"inventario_prueba_pooler_{secrets.token_hex(3)}"
ESPERA_S = 30


@pytest.fixture
def por_pooler(transactional_db: None) -> Iterator[str]:
    """Una sola conexión atrás: todos los que entren por aquí la comparten."""
    clave = secrets.token_urlsafe(12)
    roles.preparar(connection, rol=ROL, clave=clave)
    datos = connection.settings_dict
    url = f"postgres://{ROL}:{clave}@{datos['HOST']}:{datos['PORT'] or 5432}/{datos['NAME']}"
    with pooler(url, conexiones=1) as direccion:
        yield direccion
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [ROL])
        cursor.execute(f"DROP OWNED BY {ROL}")
        cursor.execute(f"DROP ROLE {ROL}")


def test_la_empresa_de_uno_no_le_queda_al_siguiente_de_la_misma_conexion(por_pooler: str) -> None:
    quien_soy = "SELECT pg_backend_pid(), NULLIF(current_setting(%s, true), '')"
    with (
        psycopg.connect(por_pooler, prepare_threshold=None) as uno,
        psycopg.connect(por_pooler, prepare_threshold=None) as otro,
    ):
        for ajuste in (AJUSTE, PERSONA, HUELLA):
            uno.execute("SELECT set_config(%s, '7', true)", [ajuste])
            atras, fijada = uno.execute(quien_soy, [ajuste]).fetchone() or (0, "")
            assert fijada == "7"
            uno.commit()
            assert otro.execute(quien_soy, [ajuste]).fetchone() == (atras, None)
            otro.commit()


def test_los_plazos_del_rol_llegan_por_el_pooler(por_pooler: str) -> None:
    with psycopg.connect(por_pooler) as conexion:
        for ajuste, plazo in (("lock_timeout", "10s"), ("statement_timeout", "30s")):
            assert conexion.execute(f"SHOW {ajuste}").fetchone() == (plazo,)


@pytest.fixture(scope="module")
def encendido() -> Iterator[Sistema]:
    with sistema(procesos=1, hilos=3, por_pooler=2) as todo:
        todo.ordenar("crear_empresa", "demo", "Granja de prueba")
        yield todo


def test_el_sistema_entero_anda_por_el_pooler(encendido: Sistema) -> None:
    clave = encendido.ordenar(
        *("crear_clave_api", "--empresa", "demo", "--nombre", "pooler", "--alcances", "*:*")
    ).split()[-1]
    producto = pedir(encendido, clave, "productos", {"nombre": "Balanceado", "sku": "P", "precio": 1})
    uno = {"producto_id": producto["id"], "cantidad": 1}
    pedir(encendido, clave, "inventario/entradas", {"producto_id": producto["id"], "cantidad_recibida": 5})
    assert pedir(encendido, clave, "inventario/despachar", uno)[0]["saldo_lote"] == 4
    esperar_que(
        lambda: contar(encendido, "SELECT count(*) FROM eventos_evento WHERE repartido_en IS NOT NULL")
    )
    assert encendido.ordenar("verificar_libro").strip() == "demo: los libros cuadran."
    assert "Traceback" not in encendido.registro("worker") + encendido.registro("web")
    # Web, worker y órdenes llegaron por el pooler: de la aplicación no hay más conexiones que las suyas.
    de_la_app = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename LIKE '%_app'"
    )
    assert 1 <= contar(encendido, de_la_app) <= 2


def test_se_entra_y_se_abre_una_pagina_por_el_pooler(
    usuario: Usuario, otra_empresa: Empresa, por_pooler: str, client: Client
) -> None:
    with django_por(por_pooler):
        datos = {"username": usuario.email, "password": "clave-de-prueba"}
        inicio = client.post(reverse("panel:entrar"), datos, follow=True)
        assert inicio.status_code == 200
        assert inicio.context["empresa_en_curso"].nombre == "Camaronera Acme"
        assert client.get(reverse("admin:index")).status_code == 200


def test_los_plazos_de_uno_no_le_quedan_al_siguiente(por_pooler: str, settings: Any) -> None:
    settings.BD_ESPERA_SENTENCIA_MS = settings.BD_ESPERA_BLOQUEO_MS = 12_345
    with django_por(por_pooler):
        antes_de_migrar(using="default")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            atras = cursor.fetchone()
        with psycopg.connect(por_pooler, prepare_threshold=None) as otro:
            assert otro.execute("SELECT pg_backend_pid()").fetchone() == atras
            for ajuste, del_rol in (("lock_timeout", "10s"), ("statement_timeout", "30s")):
                assert otro.execute(f"SHOW {ajuste}").fetchone() == (del_rol,)


@contextmanager
def django_por(direccion: str) -> Iterator[None]:
    """La conexión de Django, como la arma `POSTGRES_POOLER=1`."""
    donde, de_antes = urlsplit(direccion), dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(
        USER=ROL,
        PASSWORD=donde.password,
        HOST=donde.hostname,
        PORT=donde.port,
        NAME="inventario",
        DISABLE_SERVER_SIDE_CURSORS=True,
        OPTIONS={**de_antes["OPTIONS"], "prepare_threshold": None},
    )
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(de_antes)


def pedir(todo: Sistema, clave: str, ruta: str, cuerpo: dict[str, Any]) -> Any:
    solicitud = urllib.request.Request(
        f"{todo.direccion}/api/v1/{ruta}",
        data=json.dumps(cuerpo).encode(),
        headers={"X-API-Key": clave, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(solicitud, timeout=20) as respuesta:
        return json.load(respuesta)


def esperar_que(ocurra: Callable[[], int]) -> None:
    limite = time.monotonic() + ESPERA_S
    while not ocurra():
        assert time.monotonic() < limite, "No ocurrió a tiempo."
        time.sleep(0.2)


def contar(todo: Sistema, consulta: LiteralString) -> int:
    """Lo mira desde afuera, quien no tiene políticas."""
    with psycopg.connect(todo.base_de_datos) as conexion:
        fila = conexion.execute(consulta).fetchone()
    return int(fila[0]) if fila else 0
