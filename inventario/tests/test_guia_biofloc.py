"""La guía de integración dice la verdad: sus ejemplos se corren, en orden, y se compara lo que responden."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from herramientas.programas import hallar
from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.empresas.services import crear_empresa
from inventario_cliente import Inventario

GUIA = Path(settings.BASE_DIR) / "docs" / "integracion-biofloc.md"
LEEME = Path(settings.BASE_DIR) / "clientes" / "python" / "README.md"
DIRECCION, CLAVE = "https://inventory.example.com", "sk_live_…"
BLOQUE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FIN = "@@fin@@"
# Lo único que cambia de una instalación a otra: los identificadores y la hora.
DE_CADA_QUIEN = re.compile(
    r"^(?:id|.*_id|.*_ids|created_at|reserved_until|last_used|created_by|created_by_name)$"
)
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PROPIOS = {"550e8400-e29b-41d4-a716-446655440000", "660e8400-e29b-41d4-a716-446655440001"}


@dataclass(frozen=True)
class Ejemplo:
    orden: str
    esperado: str | None
    clase: str


def _ejemplos(lengua: str, pagina: Path = GUIA) -> Iterator[Ejemplo]:
    """Da cada bloque de esa lengua con el de respuesta que lo siga, si lo sigue uno."""
    bloques = list(BLOQUE.finditer(pagina.read_text()))
    for bloque, siguiente in zip(bloques, [*bloques[1:], None], strict=True):
        if bloque[1] != lengua:
            continue
        responde = siguiente is not None and siguiente[1] in ("json", "text")
        yield Ejemplo(
            orden=bloque[2],
            esperado=siguiente[2] if siguiente is not None and responde else None,
            clase=siguiente[1] if siguiente is not None and responde else "",
        )


@pytest.fixture
def ambiente(transactional_db: None, live_server: LiveServer) -> dict[str, str]:
    empresa = crear_empresa(slug="demo", nombre="Granja de demostración")
    _, clave = crear_clave_api(
        empresa=empresa, nombre="biofloc", alcances=["inventory:read", "inventory:write"]
    )
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "no_proxy": "*",
        "INVENTORY": live_server.url,
        "KEY": clave,
        "INVENTORY_URL": live_server.url,
        "INVENTORY_API_KEY": clave,
        "PYTHONPATH": str(Path(settings.BASE_DIR) / "clientes" / "python"),
    }


@pytest.mark.curl
def test_cada_ejemplo_responde_lo_que_la_guia_dice(ambiente: dict[str, str]) -> None:
    ejemplos = list(_ejemplos("sh"))
    assert len(ejemplos) > 10
    assert all("curl " in ejemplo.orden for ejemplo in ejemplos)
    guion = "set -euo pipefail\n" + "".join(f"{uno.orden}\nprintf '{FIN}'\n" for uno in ejemplos)
    bash = hallar("bash")
    assert bash is not None
    # La guía muestra con `tee /dev/stderr` lo que guarda en una variable: también es su respuesta.
    corrida = subprocess.run(
        [bash, "-c", guion],
        env=ambiente,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )
    salidas = corrida.stdout.split(FIN)
    assert (corrida.returncode, len(salidas)) == (0, len(ejemplos) + 1), corrida.stdout
    for ejemplo, salida in zip(ejemplos, salidas, strict=False):
        if ejemplo.esperado is None:
            continue
        if ejemplo.clase == "text":
            assert salida.strip() == ejemplo.esperado.strip(), ejemplo.orden
        else:
            assert _sin_lo_propio(_leer(salida)) == _sin_lo_propio(_leer(ejemplo.esperado)), ejemplo.orden


@pytest.mark.curl
def test_los_ejemplos_de_python_tambien(ambiente: dict[str, str]) -> None:
    [*_, ejemplo] = _ejemplos("python")
    existencia = "\n".join(uno.orden for uno in list(_ejemplos("sh"))[1:2])
    bash = hallar("bash")
    assert bash is not None
    subprocess.run([bash, "-euc", existencia], env=ambiente, check=True, capture_output=True, timeout=60)
    corrida = subprocess.run(
        [sys.executable, "-c", ejemplo.orden],
        env=ambiente,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert corrida.stdout == ejemplo.esperado


def test_los_ejemplos_del_cliente_tambien(ambiente: dict[str, str]) -> None:
    with Inventario(ambiente["INVENTORY"], ambiente["KEY"]) as inventario:
        for sku in ("HAR-PES", "FEED-3MM", "VIT-MIX"):
            producto = inventario.crear_producto(nombre=sku, sku=sku, precio=1, unidad="kg")
            inventario.registrar_entrada(producto_id=producto.id, cantidad=11, costo_unitario=2)
    en_espanol, en_ingles, del_adaptador = (uno.orden for uno in _ejemplos("python", LEEME))
    suelto = f"import asyncio\ntank = 'T-7'\nasync def main():\n{textwrap.indent(del_adaptador, '    ')}"
    suelto += "    print(result['total_cost'])\nasyncio.run(main())\n"
    salidas = [
        subprocess.run(
            [
                sys.executable,
                "-c",
                codigo.replace(DIRECCION, ambiente["INVENTORY"]).replace(CLAVE, ambiente["KEY"]),
            ],
            env=ambiente,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout.splitlines()
        for codigo in (en_espanol, en_ingles, suelto.replace("10.5", "0.5"))
    ]
    # Sale lo que vence en 2031 antes que lo que no vence.
    assert [linea.split() for linea in salidas[0]] == [["12", "36.5"]]
    assert [linea.split()[0] for linea in salidas[1]] == ["22"]
    assert salidas[2] == ["1"]


def _leer(texto: str) -> list[Any]:
    """Lee uno o varios JSON seguidos (y el estado HTTP que curl escribe después)."""
    lector, resto, hallados = json.JSONDecoder(), texto.strip(), []
    while resto:
        dato, hasta = lector.raw_decode(resto)
        hallados.append(dato)
        resto = resto[hasta:].strip()
    return hallados


def _sin_lo_propio(dato: Any, clave: str = "") -> Any:
    """Cambia lo que varía de una instalación a otra por su clase; lo demás debe ser igual."""
    if isinstance(dato, dict):
        return {nombre: _sin_lo_propio(valor, nombre) for nombre, valor in dato.items()}
    if isinstance(dato, list):
        return [_sin_lo_propio(valor, clave) for valor in dato]
    if isinstance(dato, str):
        dato = UUID.sub(lambda hallado: hallado[0] if hallado[0] in PROPIOS else "<uuid>", dato)
        if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", dato):
            return "<instante>"
    if DE_CADA_QUIEN.match(clave) and isinstance(dato, int):
        return "<id>"
    return dato
