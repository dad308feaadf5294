"""Toda la API contra su propio esquema: ni un 5xx, ni un estado sin documentar, ni una forma distinta.

Schemathesis inventa solicitudes a partir del OpenAPI que sirve el servidor encendido, y encadena las que
encajan: lo que una crea, otra lo lee, lo confirma o lo borra. La búsqueda larga se pide aparte, con
`HYPOTHESIS_PROFILE=largo`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from pytest_django.live_server_helper import LiveServer
from rest_framework.test import APIClient

from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.models import Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.mundo import ALCANCES
from inventario.productos.models import Categoria, Proveedor
from inventario.reservas import services

pytestmark = pytest.mark.timeout(1_200)
LARGO = os.environ.get("HYPOTHESIS_PROFILE") == "largo"
EXIGE = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
# Lo que entra con la sesión de una persona; cerrar la sesión o cambiar la clave dejaría afuera a lo demás.
DE_PERSONAS = r"^/api/v1/(auth|api-keys)"
QUE_ECHAN = r"/(logout|change-password)$"
CONTRASENA = "Camarones-2026-azules"


@dataclass(frozen=True)
class Api:
    """Una granja con de todo, su servidor encendido, y cómo entrar por clave o como persona."""

    url: str
    clave: str
    correo: str

    def token(self) -> str:
        respuesta = APIClient().post(
            "/api/v1/auth/login", {"email": self.correo, "password": CONTRASENA}, format="json"
        )
        assert respuesta.status_code == 200, respuesta.content
        token: str = respuesta.json()["access_token"]
        return token


@pytest.fixture
def api(mundo: Mundo, live_server: LiveServer) -> Api:
    with en_empresa(mundo.empresa):
        Categoria.objects.create(empresa=mundo.empresa, nombre="Balanceados")
        Proveedor.objects.create(empresa=mundo.empresa, nombre="Alimentos del Golfo")
        for numero in range(3):
            producto = mundo.producto(f"BAL-{numero}", nombre=f"Balanceado {numero}")
            for _ in range(2):
                mundo.entrada(producto, 10**6, costo=2)
            mundo.fefo(producto, 5)
            for _ in range(2):
                services.reservar(
                    actor=mundo.actor,
                    producto=producto,
                    bodega=mundo.bodega,
                    cantidad=mundo.fisica(producto) / 4,
                )
    _, clave = crear_clave_api(empresa=mundo.empresa, nombre="Esquema", alcances=ALCANCES)
    persona = Usuario.objects.create_user("ana@granja.test", CONTRASENA, nombre="Ana")
    agregar_miembro(empresa=mundo.empresa, usuario=persona, rol=Rol.ADMINISTRADOR)
    return Api(live_server.url, clave, persona.email)


def explorar(api: Api, carpeta: Path, *opciones: str, esquema: str = "") -> str:
    """Corre Schemathesis y devuelve lo que halló; vacío, nada. `esquema` es un archivo o el que se sirve."""
    orden = [
        *(str(Path(sys.executable).with_name("st")), "run", esquema or f"{api.url}/api/v1/schema"),
        *("--url", api.url, "--checks", ",".join(EXIGE), "--continue-on-failure"),
        *("--generation-database", "none", "--request-timeout", "30", "--warnings", "off", "--no-color"),
        *opciones,
    ]
    corrida = subprocess.run(orden, cwd=carpeta, capture_output=True, text=True, check=False)
    return "" if corrida.returncode == 0 else corrida.stdout[-20_000:] + corrida.stderr[-5_000:]


def durante(segundos: int) -> tuple[str, ...]:
    """Buscar lo que quepa en ese tiempo; en la búsqueda larga, treinta veces más y también los bordes."""
    fases = "examples,fuzzing,stateful"
    if LARGO:
        return ("--phases", f"coverage,{fases}", "--max-time", str(segundos * 30))
    # La misma semilla: la suite de todos los días no debe fallar un día sí y otro no.
    return ("--phases", fases, "--max-time", str(segundos), "--seed", "20260310")


def test_la_api_cumple_su_esquema(api: Api, tmp_path: Path) -> None:
    # SQLite escribe de a uno y comparte una conexión en memoria: allí, un trabajador y menos tiempo.
    en_postgresql = connection.vendor == "postgresql"
    trabajadores, segundos = ("2", 15) if en_postgresql else ("1", 10)
    con_clave = ("--header", f"X-API-Key: {api.clave}", "--workers", trabajadores)
    assert explorar(api, tmp_path, *durante(segundos), *con_clave) == ""
    como_persona = ("--header", f"Authorization: Bearer {api.token()}", "--include-path-regex", DE_PERSONAS)
    assert explorar(api, tmp_path, *durante(4), *como_persona, "--exclude-path-regex", QUE_ECHAN) == ""
    assert explorar(api, tmp_path, *durante(2), *como_persona[:2], "--include-path-regex", QUE_ECHAN) == ""


def test_lo_que_el_esquema_calla_se_descubre(api: Api, tmp_path: Path) -> None:
    """El control: un estado y un dato que el esquema no nombra bien se hallan."""
    esquema = SchemaGenerator().get_schema(request=None, public=True)
    del esquema["paths"]["/api/v1/reservas"]["get"]["responses"]["422"]
    esquema["components"]["schemas"]["Unidad"]["properties"]["nombre"]["type"] = "integer"
    archivo = tmp_path / "esquema.json"
    archivo.write_bytes(OpenApiJsonRenderer().render(esquema))
    con_clave = ("--header", f"X-API-Key: {api.clave}")
    rutas = ("--include-operation-id-regex", "^listar_(reservas|unidades)$")
    # Los bordes de cada dato no dependen del azar ni de cuánto tarde la máquina.
    hallado = explorar(api, tmp_path, "--phases", "coverage", *con_clave, *rutas, esquema=str(archivo))
    assert "Undocumented status code" in hallado
    assert "Response violates schema" in hallado
