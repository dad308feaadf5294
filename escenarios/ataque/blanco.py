"""Lo que se ataca: el sistema entero detrás de su nginx, con empresas que no se conocen."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import psycopg
import redis

from escenarios.ataque.cliente import Api, Navegador
from escenarios.ataque.correo import Buzon, servidor_de_correo
from herramientas.redis_temporal import VARIABLE as REDIS_DADO
from herramientas.servicios import NoArranco, Sistema, sistema
from inventario.tests.servidor_nginx import NGINX, nginx_solo

# Con lo que empieza todo enlace legítimo; nadie lo atiende: de los correos se usa la ruta.
PUBLICA = "https://inventario.ejemplo.com"
ALCANCES = "inventory:read,inventory:write,inventory:delete"


@dataclass(frozen=True)
class Persona:
    correo: str
    clave: str


@dataclass
class Empresa:
    """`marca` está en el nombre de todo lo suyo: donde otro la lea, se filtró."""

    slug: str
    marca: str
    admin: Persona
    clave_api: str
    suyo: dict[str, Any] = field(default_factory=dict)


@dataclass
class Blanco:
    todo: Sistema
    direccion: str
    certificado: Path
    var: Path
    buzon: Buzon
    redis_pid: int
    victima: Empresa
    atacante: Empresa

    def navegador(self, desde: str = "") -> Navegador:
        return Navegador(self.direccion, self.certificado, desde)

    def api(self, credencial: str = "", desde: str = "") -> Api:
        return Api(self.direccion, self.certificado, credencial, desde)

    def directo(self) -> Api:
        """Quien le habla a gunicorn sin pasar por nginx, como lo haría nginx."""
        return Api(self.todo.direccion, None)

    def como(self, quien: Persona, *, por: str = "/entrar/") -> Navegador:
        """Un navegador con esa persona adentro, por la página o por el admin."""
        navegador = self.navegador()
        respuesta = navegador.entrar(quien.correo, quien.clave, por=por)
        if not respuesta.is_redirect:
            raise NoArranco(f"{quien.correo} no pudo entrar: {respuesta.status_code} {respuesta.text[:300]}")
        return navegador

    def sql(self, orden: str, *valores: Any) -> list[tuple[Any, ...]]:
        """Como quien mira desde afuera, sin políticas: para saber qué quedó de verdad."""
        with psycopg.connect(self.todo.base_de_datos, autocommit=True) as conexion:
            hecho = conexion.execute(orden.encode(), valores)
            return hecho.fetchall() if hecho.description else []

    def persona(self, empresa: Empresa, *, rol: str = "operador", nombre: str = "") -> Persona:
        """Alguien nuevo, como llega de verdad: invitado por correo, elige su contraseña y acepta."""
        correo = f"{nombre or rol}-{secrets.token_hex(4)}@{empresa.slug}.ejemplo.com"
        quien = Persona(correo, secrets.token_urlsafe(12))
        aceptada = self.aceptar(self.invitar(empresa, correo, rol=rol), quien)
        if not aceptada.is_redirect:
            raise NoArranco(f"{correo} no pudo aceptar: {aceptada.status_code} {aceptada.text[-600:]}")
        return quien

    def invitar(self, empresa: Empresa, correo: str, *, rol: str = "operador") -> str:
        """Devuelve la ruta del enlace que llegó al correo."""
        llegaron = len(self.buzon.de(correo))
        navegador = self.como(empresa.admin)
        enviada = navegador.mandar("/personas/invitar/", {"correo": correo, "rol": rol})
        if not enviada.is_redirect:
            raise NoArranco(f"no se pudo invitar a {correo}: {enviada.status_code} {enviada.text[-600:]}")
        return urlsplit(self.buzon.enlace(correo, tras=llegaron)).path

    def aceptar(self, ruta: str, quien: Persona, **mas: str) -> Any:
        datos = {"nombre": "Persona nueva", "contrasena": quien.clave, "repetida": quien.clave, **mas}
        # La señal, de otra página: un enlace que no sirve no trae formulario.
        return self.navegador().mandar(ruta, datos, formulario="/entrar/")


@contextmanager
def blanco() -> Iterator[Blanco]:
    """Lo enciende todo y lo apaga pase lo que pase. Lanza `SinPostgres` y `NoArranco`."""
    # Redis se detiene en un ataque: nunca el que otro presta.
    os.environ.pop(REDIS_DADO, None)
    if NGINX is None:
        raise NoArranco("No hay nginx.")
    with ExitStack() as pila:
        carpeta = Path(pila.enter_context(TemporaryDirectory(prefix="inventario-ataque-")))
        var = carpeta / "var"
        buzon = pila.enter_context(servidor_de_correo())
        todo = pila.enter_context(sistema(ajustes=_ajustes(var, buzon)))
        direccion = pila.enter_context(nginx_solo(carpeta, nuestro=todo.direccion))
        with redis.Redis.from_url(todo.ambiente["REDIS_URL"]) as cliente:
            redis_pid = int(cliente.info("server")["process_id"])
        yield Blanco(
            todo=todo,
            direccion=direccion,
            certificado=carpeta / "tls" / "fullchain.pem",
            var=var,
            buzon=buzon,
            redis_pid=redis_pid,
            victima=empresa_nueva(todo, "sur"),
            atacante=empresa_nueva(todo, "norte"),
        )


def _ajustes(var: Path, buzon: Buzon) -> dict[str, str]:
    # Los límites, los que trae el producto: los de las demás pruebas están abiertos.
    abiertos = ("LIMITE_DE_ACCESO", "LIMITE_DE_ACCESO_POR_IP", "LIMITE_ANONIMO")
    return {
        **dict.fromkeys(abiertos, ""),
        # Sin collectstatic no hay manifiesto: lo demás es lo de producción.
        "DJANGO_SETTINGS_MODULE": "inventario.tests.ajustes_de_web",
        "DJANGO_HTTPS": "1",
        "PROXIES_DE_CONFIANZA": "1",
        "URL_PUBLICA": PUBLICA,
        "EMAIL_URL": f"smtp://127.0.0.1:{buzon.puerto}",
        "INVENTARIO_VAR": str(var),
        "LIMITE_POR_CLAVE": "0",
    }


def empresa_nueva(todo: Sistema, slug: str) -> Empresa:
    """Se da de alta como lo dice DEPLOY.md; lo que tiene dentro lo pone quien lo ataca."""
    marca = f"SECRETO{slug.upper()}"
    todo.ordenar("crear_empresa", slug, f"Granja {marca}")
    admin = Persona(f"admin@{slug}.ejemplo.com", secrets.token_urlsafe(12))
    todo.ordenar(
        "crear_administrador", slug, admin.correo, "--nombre", f"Jefa {marca}", entrada=f"{admin.clave}\n"
    )
    with psycopg.connect(todo.base_de_datos, autocommit=True) as conexion:
        conexion.execute("UPDATE cuentas_usuario SET is_staff = true WHERE email = %s", [admin.correo])
    clave = todo.ordenar(
        "crear_clave_api", "--empresa", slug, "--nombre", f"clave {marca}", "--alcances", ALCANCES
    ).split()[-1]
    return Empresa(slug, marca, admin, clave)
