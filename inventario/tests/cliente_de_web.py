"""Quien le habla a un gunicorn de prueba: con su galleta o con su clave, y mirando cuánto espera."""

from __future__ import annotations

import http.client
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib.auth.hashers import Argon2PasswordHasher

from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.models import Empresa, Usuario
from inventario.cuentas.permisos import PERMISOS_POR_ALCANCE, Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.tests.gunicorn_propio import Web

CORREO, CONTRASENA = "ana@granja.ec", "clave-de-prueba-larga"
FORMULARIO = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Contestado:
    estado: int
    texto: str
    tardo_s: float
    cabeceras: dict[str, str]


@dataclass
class Cliente:
    """Guarda sus galletas, como un navegador; a la API va con su clave."""

    web: Web
    clave: str
    galletas: dict[str, str] = field(default_factory=dict)

    def pedir(self, metodo: str, ruta: str, cuerpo: str = "", tipo: str = "application/json") -> Contestado:
        conexion = http.client.HTTPConnection("127.0.0.1", self.web.puerto, timeout=60)
        propias = {"Content-Type": tipo}
        if ruta.startswith("/api/"):
            propias["X-API-Key"] = self.clave
        else:
            propias["Cookie"] = "; ".join(f"{nombre}={valor}" for nombre, valor in self.galletas.items())
        empezo = time.monotonic()
        conexion.request(metodo, ruta, cuerpo or None, propias)
        respuesta = conexion.getresponse()
        texto = respuesta.read().decode()
        tardo = time.monotonic() - empezo
        for nombre, valor in respuesta.getheaders():
            if nombre == "Set-Cookie" and (hallada := re.match(r"(\w+)=([^;]+)", valor)):
                self.galletas[hallada[1]] = hallada[2]
        conexion.close()
        return Contestado(respuesta.status, texto, tardo, dict(respuesta.getheaders()))

    def enviar(self, ruta: str, datos: dict[str, object]) -> Contestado:
        """Manda un formulario con la marca de la página donde está."""
        pagina = self.pedir("GET", ruta)
        marca = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', pagina.texto)
        assert marca is not None, pagina.texto[:500]
        return self.pedir("POST", ruta, urlencode({"csrfmiddlewaretoken": marca[1], **datos}), FORMULARIO)

    def entrar(self) -> Contestado:
        self.galletas.clear()
        return self.enviar("/entrar/", {"username": CORREO, "password": CONTRASENA})


def cliente_de(web: Web, empresa: Empresa) -> Cliente:
    """Quien administra la empresa, ya adentro, con una clave de todos los alcances."""
    usuario = Usuario.objects.create_user(CORREO, "otra")
    # Las pruebas cifran de otra manera, más de prisa, que la web no admite.
    hasher = Argon2PasswordHasher()
    usuario.password = hasher.encode(CONTRASENA, hasher.salt())
    usuario.save()
    agregar_miembro(empresa=empresa, usuario=usuario, rol=Rol.ADMINISTRADOR)
    _, clave = crear_clave_api(empresa=empresa, nombre="Prueba", alcances=tuple(PERMISOS_POR_ALCANCE))
    cliente = Cliente(web, clave)
    assert cliente.entrar().estado == 302
    return cliente
