"""El primer día de quien acaba de instalar: entra, registra, despacha, y baja lo que armó el worker.

    python -m herramientas.primer_despacho DIRECCION CORREO [--certificado ARCHIVO]

La contraseña se lee de la entrada. Solo biblioteca estándar: corre donde no hay más que lo instalado.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import json
import re
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import date, timedelta
from typing import Any

WORKER_S = 90


class NoSirve(Exception):
    """Algo no respondió como debía; el texto dice qué se pidió y qué contestó."""


class Persona:
    """Un navegador sin pantalla: guarda sus galletas y manda la señal contra solicitudes ajenas."""

    def __init__(self, direccion: str, certificado: str | None = None) -> None:
        self.direccion = direccion.rstrip("/")
        self._galletas = http.cookiejar.CookieJar()
        self._abridor = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(self._galletas),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=certificado)),
        )

    def entrar(self, correo: str, clave: str) -> None:
        """Entra como lo haría con el formulario. Lanza `NoSirve` si no quedó adentro."""
        formulario = self.pedir("/entrar/").decode()
        hallado = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', formulario)
        if hallado is None:
            raise NoSirve("la página de entrada no trae su formulario")
        campos = {"username": correo, "password": clave, "csrfmiddlewaretoken": hallado[1]}
        self.pedir("/entrar/", urllib.parse.urlencode(campos).encode())
        if not any("sessionid" in galleta.name for galleta in self._galletas):
            raise NoSirve("el correo y la contraseña no abrieron una sesión")

    def api(self, ruta: str, datos: dict[str, Any] | None = None) -> Any:
        cuerpo = None if datos is None else json.dumps(datos).encode()
        return json.loads(self.pedir(f"/api/v1/{ruta}", cuerpo, {"Content-Type": "application/json"}))

    def pedir(self, ruta: str, cuerpo: bytes | None = None, cabeceras: dict[str, str] | None = None) -> bytes:
        senal = next((galleta.value for galleta in self._galletas if "csrftoken" in galleta.name), "") or ""
        propias = {"Referer": f"{self.direccion}/", "X-CSRFToken": senal, **(cabeceras or {})}
        solicitud = urllib.request.Request(f"{self.direccion}{ruta}", data=cuerpo, headers=propias)
        try:
            with self._abridor.open(solicitud, timeout=60) as respuesta:
                contenido: bytes = respuesta.read()
                return contenido
        except urllib.error.HTTPError as error:
            raise NoSirve(
                f"{ruta} contestó {error.code}: {error.read().decode(errors='replace')[:500]}"
            ) from error


def vivir(persona: Persona, correo: str, clave: str) -> list[str]:
    """Hace el recorrido y devuelve una frase por cada cosa vista. Lanza `NoSirve` en la primera que falle."""
    persona.entrar(correo, clave)
    vistas = [f"entró {correo} por la página"]
    sku = f"PRIMERO-{time.time_ns()}"
    producto = persona.api(
        "productos", {"nombre": "Pienso de inicio", "sku": sku, "precio": 12.5, "unidad": "kg"}
    )
    persona.api("inventario/entradas", {"producto_id": producto["id"], "cantidad_recibida": 10})
    [movimiento] = persona.api("inventario/despachar", {"producto_id": producto["id"], "cantidad": 4})
    queda = persona.api(f"productos/{producto['id']}")["cantidad_actual"]
    if (movimiento["tipo"], movimiento["cantidad"], queda) != ("salida", 4, 6):
        raise NoSirve(f"el despacho dejó {queda} y respondió {movimiento}")
    vistas.append("despachó 4 de 10, y quedan 6")
    # En la zona de la empresa puede ser todavía ayer.
    hoy = date.fromisoformat(movimiento["fecha_movimiento"][:10])
    pedida = persona.api(
        "reportes/exportaciones",
        {
            "reporte": "movimientos-por-rango-fecha",
            "formato": "csv",
            "parametros": {"fecha_inicio": str(hoy - timedelta(days=1)), "fecha_fin": str(hoy)},
        },
    )
    limite = time.monotonic() + WORKER_S
    while (estado := persona.api(f"reportes/exportaciones/{pedida['id']}"))["estado"] != "lista":
        if estado["error"] or time.monotonic() > limite:
            raise NoSirve(f"el worker no armó el archivo: {estado}")
        time.sleep(0.5)
    archivo = persona.pedir(f"/api/v1/reportes/exportaciones/{pedida['id']}/archivo")
    if sku.encode() not in archivo:
        raise NoSirve(f"el archivo no trae el despacho: {archivo[:300]!r}")
    return [*vistas, f"bajó de la web los {len(archivo)} bytes que armó el worker"]


def main() -> int:
    argumentos = argparse.ArgumentParser(description=__doc__)
    argumentos.add_argument("direccion")
    argumentos.add_argument("correo")
    argumentos.add_argument("--certificado", help="el que firma la dirección, si no es de los conocidos")
    dado = argumentos.parse_args()
    try:
        vistas = vivir(
            Persona(dado.direccion, dado.certificado), dado.correo, sys.stdin.readline().rstrip("\n")
        )
    except (NoSirve, OSError) as error:
        print(f"NO: {error}", file=sys.stderr)
        return 1
    for vista in vistas:
        print(f"bien: {vista}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
