"""El rol de la web y los workers, con su propia entrada: qué no puede, y que el sistema anda igual con él."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inventario.cuentas.acceso.sesiones import purgar_vencidas
from inventario.cuentas.claves import usos_de_claves
from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.empresas.selectors import bodega_principal, empresas_de
from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import ClaveApi, Empresa, Membresia, Sesion, UsoDeClave, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.nucleo import roles
from inventario.nucleo.empresa import en_empresa, identificando
from inventario.nucleo.tests.mundo import ClienteApi, cliente_con

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ROL = f"inventario_prueba_app_{secrets.token_hex(3)}"
# Ninguna es de una empresa: lo que guardan es de una persona, del servidor o del catálogo de Django.
SIN_FILAS = {
    "axes_accessattemptexpiration": "intentos de entrar, antes de saber quién es",
    "cuentas_sesionweb": "las del navegador: se buscan por su clave, un secreto, antes de saber de quién son",
    "cuentas_usuario": "una persona puede ser de varias empresas; se la busca por su correo al entrar",
    "cuentas_usuario_groups": "los grupos de Django no deciden nada",
    "cuentas_usuario_user_permissions": "los permisos de Django no deciden nada",
    "otp_static_staticdevice": "los códigos de recuperación de una persona, que aún no dijo empresa",
    "otp_static_statictoken": "ídem",
    "otp_totp_totpdevice": "el teléfono de una persona",
    "django_admin_log": "lo que hizo cada persona en la administración, que solo se lista a sí misma",
}


@pytest.fixture(scope="module")
def clave_del_rol(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    clave = secrets.token_urlsafe(12)
    with django_db_blocker.unblock():
        roles.preparar(connection, rol=ROL, clave=clave)
        # Repetirlo no cambia nada.
        roles.preparar(connection, rol=ROL, clave=clave)
    yield clave
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {ROL}")
        cursor.execute(f"DROP ROLE {ROL}")


@pytest.fixture
def como_aplicacion(transactional_db: None, clave_del_rol: str) -> Iterator[None]:
    """La conexión de Django entra con el rol de la aplicación: no es un SET ROLE del que se pueda volver."""
    de_antes = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(USER=ROL, PASSWORD=clave_del_rol)
    yield
    connection.close()
    connection.settings_dict.update(de_antes)


@pytest.fixture
def mundo(empresa: Empresa, otra_empresa: Empresa, usuario: Usuario) -> dict[str, str]:
    """Dos empresas con gente, claves, usos y sesiones, que arma quien no tiene políticas."""
    claves = {}
    ajeno = Usuario.objects.create_user("eva@otra.ec", "clave-de-prueba", nombre="Eva")
    agregar_miembro(empresa=otra_empresa, usuario=ajeno, rol=Rol.ADMINISTRADOR)
    for cual, duena in ((empresa, usuario), (otra_empresa, ajeno)):
        with en_empresa(cual):
            permitidas = [bodega_principal(cual)]
            fila, clave = crear_clave_api(
                empresa=cual, nombre="x", alcances=["inventory:read"], bodegas_permitidas=permitidas
            )
            Membresia.objects.get(empresa=cual).bodegas_permitidas.set(permitidas)
            UsoDeClave.objects.create(
                clave=fila, creado_en=timezone.now(), metodo="GET", endpoint="/x", estado=200, duracion_ms=1
            )
        Sesion.objects.create(
            usuario=duena, autenticada_en=timezone.now(), vence_en=timezone.now() + timedelta(days=1)
        )
        claves[cual.slug] = clave
    return claves


# Las que llevan empresa o cuelgan de algo que la lleva.
COLGADAS = (ClaveApi, Membresia, UsoDeClave, Sesion)
INTERMEDIAS = (ClaveApi.bodegas_permitidas.through, Membresia.bodegas_permitidas.through)


@pytest.mark.usefixtures("mundo")
@pytest.mark.parametrize("modelo", [*COLGADAS, *INTERMEDIAS], ids=lambda modelo: modelo._meta.db_table)
def test_sin_decir_quien_no_se_ve_nada_y_en_la_empresa_solo_lo_suyo(
    modelo: type[models.Model], empresa: Empresa, mundo: dict[str, str], como_aplicacion: None
) -> None:
    tabla = modelo._meta.db_table
    assert cuantas(tabla) == 0
    with en_empresa(empresa):
        assert cuantas(tabla) == 1
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {tabla} WHERE id NOT IN (SELECT id FROM {tabla})")
            assert cursor.rowcount == 0
    # El ajuste se fue con la transacción: quien tome después la conexión no ve nada.
    assert cuantas(tabla) == 0


def cuantas(tabla: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {tabla}")
        return int(cursor.fetchone()[0])


def test_cada_quien_se_identifica_solo_a_si_mismo(
    mundo: dict[str, str], usuario: Usuario, empresa: Empresa, como_aplicacion: None
) -> None:
    assert [cual.slug for cual in empresas_de(usuario)] == ["acme"]
    with identificando(persona=usuario.pk):
        assert Membresia.objects.get().usuario == usuario
        assert Sesion.objects.get().usuario == usuario
        assert not ClaveApi.objects.exists()
        # Mirar no es escribir: en otra empresa, ni la membresía propia.
        assert Membresia.objects.update(rol=Rol.ADMINISTRADOR, activa=True) == 0
    assert not Membresia.objects.exists()


PROHIBIDO = (
    "TRUNCATE movimientos_asiento CASCADE",
    "TRUNCATE auditoria_anotacion",
    "TRUNCATE productos_producto CASCADE",
    "ALTER TABLE cuentas_bodega DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE cuentas_bodega NO FORCE ROW LEVEL SECURITY",
    "ALTER POLICY por_empresa ON cuentas_bodega USING (true)",
    "DROP POLICY por_empresa ON cuentas_bodega",
    "CREATE POLICY todas ON cuentas_bodega USING (true)",
    "DROP TRIGGER movimientos_asiento_solo_agregar ON movimientos_asiento",
    "ALTER TABLE movimientos_asiento DISABLE TRIGGER USER",
    "CREATE OR REPLACE FUNCTION movimientos_asiento_solo_agregar() RETURNS trigger LANGUAGE plpgsql "
    "AS 'BEGIN RETURN NEW; END'",
    "SET session_replication_role = replica",
    "SET ROLE {dueno}",
    "SET SESSION AUTHORIZATION {dueno}",
    "CREATE TABLE public.escondite (x int)",
    "CREATE TEMPORARY TABLE escondite (x int)",
    "CREATE SCHEMA escondite",
    "DROP TABLE cuentas_bodega CASCADE",
    "ALTER ROLE {rol} BYPASSRLS",
    "GRANT {dueno} TO {rol}",
    "COPY cuentas_bodega FROM PROGRAM 'true'",
    "DELETE FROM cuentas_empresa WHERE false RETURNING pg_read_file('/etc/passwd')",
)


@pytest.mark.parametrize("orden", PROHIBIDO)
def test_el_rol_de_la_aplicacion_no_puede_apagar_la_red(orden: str, como_aplicacion: None) -> None:
    dueno = dueno_de("cuentas_bodega")
    with pytest.raises(DatabaseError, match=r"permission denied|must be (owner|able|superuser)"):
        en_la_base(orden.format(dueno=dueno, rol=ROL))


def en_la_base(orden: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(orden)


def dueno_de(tabla: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableowner FROM pg_tables WHERE tablename = %s", [tabla])
        return str(cursor.fetchone()[0])


def test_ni_el_dueno_vacia_el_libro() -> None:
    for tabla in (
        "movimientos_asiento",
        "movimientos_movimiento",
        "alertas_reconocimiento",
        "auditoria_anotacion",
    ):
        with pytest.raises(DatabaseError, match="solo se agrega"):
            en_la_base(f"TRUNCATE {tabla} CASCADE")


def test_toda_tabla_que_cuelga_de_una_empresa_tiene_la_red_forzada() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity "
            "AND oid IN (SELECT polrelid FROM pg_policy)"
        )
        con_red = {fila[0] for fila in cursor.fetchall()}
    cuelgan = {
        modelo._meta.db_table for modelo in apps.get_models(include_auto_created=True) if cuelga(modelo)
    }
    assert cuelgan - con_red - SIN_FILAS.keys() == set()
    # Y ninguna razón se queda sin tabla.
    assert not con_red & SIN_FILAS.keys()


def cuelga(modelo: type[models.Model], vistos: frozenset[Any] = frozenset()) -> bool:
    """Si por alguna cadena de llaves foráneas se llega a la empresa o a una persona."""
    if modelo in (Empresa, Usuario):
        return True
    llaves = [campo.related_model for campo in modelo._meta.concrete_fields if campo.is_relation]
    return any(otro not in vistos and cuelga(otro, vistos | {modelo}) for otro in llaves if otro is not None)


def test_lo_que_cree_el_dueno_despues_ya_tiene_permiso(clave_del_rol: str) -> None:
    en_la_base("CREATE TABLE nueva_de_prueba (x int)")
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT has_table_privilege(%s, 'nueva_de_prueba', 'INSERT'), "
                "has_table_privilege(%s, 'nueva_de_prueba', 'TRUNCATE')",
                [ROL, ROL],
            )
            assert cursor.fetchone() == (True, False)
    finally:
        en_la_base("DROP TABLE nueva_de_prueba")


@pytest.mark.parametrize("poder", ["SUPERUSER", "BYPASSRLS"])
def test_un_rol_con_poder_no_sirve_de_aplicacion(poder: str, clave_del_rol: str) -> None:
    en_la_base(f"ALTER ROLE {ROL} {poder}")
    try:
        with pytest.raises(roles.RolConPoder, match="debe entrar con otro"):
            roles.preparar(connection, rol=ROL, clave="")
    finally:
        en_la_base(f"ALTER ROLE {ROL} NO{poder}")


def test_el_rol_trae_sus_plazos(como_aplicacion: None) -> None:
    with connection.cursor() as cursor:
        for ajuste, plazo in (("lock_timeout", "10s"), ("statement_timeout", "30s")):
            cursor.execute(f"SHOW {ajuste}")
            assert cursor.fetchone() == (plazo,)
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("1min",)


def test_la_gente_entra_y_trabaja_como_aplicacion(
    mundo: dict[str, str], usuario: Usuario, empresa: Empresa, como_aplicacion: None, client: Client
) -> None:
    assert cliente_con("sk_live_inventada").get("/api/v1/productos").status_code == 401
    con_clave = cliente_con(mundo["acme"])
    assert con_clave.get("/api/v1/productos").status_code == 200
    assert usos_de_claves.volcar() == 1
    with en_empresa(empresa):
        assert UsoDeClave.objects.count() == 2
        assert ClaveApi.objects.get().ultimo_uso_en is not None

    credenciales = {"email": usuario.email, "password": "clave-de-prueba"}
    entrada = ClienteApi().post("/api/v1/auth/login", credenciales, format="json")
    assert entrada.status_code == 200, entrada.content
    tokens = entrada.json()
    con_token = cliente_con(tokens["access_token"])
    assert con_token.get("/api/v1/productos").status_code == 200
    renovado = ClienteApi().post(
        "/api/v1/auth/refresh", {"refresh_token": tokens["refresh_token"]}, format="json"
    )
    assert renovado.status_code == 200, renovado.content
    assert con_token.post("/api/v1/auth/logout").status_code in (200, 204)
    assert con_token.get("/api/v1/productos").status_code == 401

    client.force_login(usuario)
    for pagina in (reverse("panel:inicio"), reverse("admin:index"), "/admin/cuentas/membresia/"):
        assert client.get(pagina).status_code == 200, pagina


def test_se_crea_otra_empresa_y_se_purga_como_aplicacion(
    mundo: dict[str, str], usuario: Usuario, como_aplicacion: None
) -> None:
    nueva = crear_empresa(slug="nueva", nombre="Nueva")
    membresia = agregar_miembro(empresa=nueva, usuario=usuario, rol=Rol.OPERADOR)
    assert not membresia.predeterminada  # ya la tiene en otra, que aquí no está en curso
    assert {cual.slug for cual in empresas_de(usuario)} == {"acme", "nueva"}
    assert purgar_vencidas(timezone.now()) == 0
    usos_de_claves.purgar(timezone.now() + timedelta(days=4000))
    with en_empresa(nueva):
        assert not UsoDeClave.objects.exists()
