"""El mundo común de las pruebas: dos empresas, quien administra la primera y claves para su API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest
from django.test.client import FakePayload
from django_scopes import scope
from django_scopes.state import state
from rest_framework.test import APIClient

from inventario.cuentas.actores import actor_de_membresia
from inventario.cuentas.claves import usos_de_claves
from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.empresas.selectors import bodega_principal
from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Bodega, Empresa, Usuario
from inventario.cuentas.permisos import PERMISOS_POR_ALCANCE, Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa

ALCANCES = tuple(PERMISOS_POR_ALCANCE)


class ClienteApi(APIClient):
    """Habla JSON y llega sin empresa en curso, como en producción, aunque la prueba tenga una abierta."""

    def crudo(self, ruta: str, cuerpo: bytes, *, tipo: str = "application/json", **cabeceras: str) -> Any:
        """Manda un POST con esos bytes, tal cual."""
        return self.request(
            PATH_INFO=ruta,
            REQUEST_METHOD="POST",
            CONTENT_TYPE=tipo,
            CONTENT_LENGTH=str(len(cuerpo)),
            **{"wsgi.input": FakePayload(cuerpo)},
            **cabeceras,
        )

    def con(self, **cabeceras: str) -> ClienteApi:
        """Devuelve otro cliente que manda esas cabeceras, y solo esas."""
        otro = ClienteApi()
        otro.credentials(**cabeceras)
        return otro

    def request(self, **peticion: Any) -> Any:
        afuera = state.set({})
        try:
            return super().request(**peticion)
        finally:
            state.reset(afuera)


def cliente_con(clave: str) -> ClienteApi:
    cliente = ClienteApi()
    cliente.credentials(HTTP_AUTHORIZATION=f"Bearer {clave}")
    return cliente


@pytest.fixture(autouse=True)
def sin_limites(settings: Any) -> Iterator[None]:
    settings.LIMITE_ANONIMO = settings.LIMITE_POR_CLAVE = 0
    settings.LIMITE_DE_ACCESO = settings.LIMITE_DE_ACCESO_POR_IP = settings.LIMITE_DE_CODIGOS_POR_DIA = 0
    settings.LIMITE_DE_INVITACIONES_POR_DIA = settings.LIMITE_DE_IMPORTACIONES_POR_HORA = 0
    # Nadie recuerda lo leído: estas pruebas escriben sin confirmar, o sin pasar por los servicios.
    settings.LECTURAS_DURAN_S = 0
    # Los usos de claves se guardan solo si la prueba lo pide: nadie escribe por su cuenta desde otro hilo.
    settings.USOS_DE_CLAVE_CADA_S = 0
    yield
    usos_de_claves.olvidar()


@pytest.fixture
def empresa(db: None) -> Empresa:
    return crear_empresa(slug="acme", nombre="Camaronera Acme")


@pytest.fixture
def otra_empresa(db: None) -> Empresa:
    return crear_empresa(slug="otra", nombre="Otra granja")


@pytest.fixture
def alcance(empresa: Empresa) -> Iterator[Empresa]:
    """La empresa en curso, para las pruebas que llaman a servicios o consultas sin pasar por un borde."""
    with scope(empresa=empresa):
        yield empresa


@pytest.fixture
def bodega(alcance: Empresa) -> Bodega:
    """La bodega principal de `empresa`."""
    return bodega_principal(alcance)


@pytest.fixture
def usuario(empresa: Empresa) -> Usuario:
    """Quien administra `empresa`."""
    usuario = Usuario.objects.create_user("ana@acme.ec", "clave-de-prueba", nombre="Ana", is_staff=True)
    agregar_miembro(empresa=empresa, usuario=usuario, rol=Rol.ADMINISTRADOR)
    return usuario


@pytest.fixture
def actor(usuario: Usuario, empresa: Empresa) -> Actor:
    with en_empresa(empresa):
        return actor_de_membresia(usuario, empresa, solicitud_id="prueba")


@pytest.fixture
def actor_con(empresa: Empresa) -> Callable[[str], Actor]:
    """Da un actor de `empresa` con el rol pedido."""

    def dar(rol: str) -> Actor:
        usuario = Usuario.objects.create_user(f"{rol}@acme.ec", nombre=rol.capitalize())
        agregar_miembro(empresa=empresa, usuario=usuario, rol=rol)
        with en_empresa(empresa):
            return actor_de_membresia(usuario, empresa, solicitud_id="prueba")

    return dar


@pytest.fixture
def clave_de(empresa: Empresa) -> Callable[..., str]:
    """Da una clave en claro: `clave_de("inventory:read")`; con `de=` es de otra empresa."""

    def dar(*alcances: str, de: Empresa | None = None) -> str:
        _, clave = crear_clave_api(empresa=de or empresa, nombre="Prueba", alcances=alcances or ALCANCES)
        return clave

    return dar


@pytest.fixture
def cliente_con_alcances(clave_de: Callable[..., str]) -> Callable[..., ClienteApi]:
    """Da un cliente con una clave de esos alcances (sin decirlos, todos)."""

    def dar(*alcances: str, de: Empresa | None = None) -> ClienteApi:
        return cliente_con(clave_de(*alcances, de=de))

    return dar


@pytest.fixture
def cliente_api(clave_de: Callable[..., str]) -> ClienteApi:
    """Cliente con una clave de `empresa` con todos los alcances."""
    return cliente_con(clave_de())


@pytest.fixture
def cliente_ajeno(clave_de: Callable[..., str], otra_empresa: Empresa) -> ClienteApi:
    """Cliente con una clave de `otra_empresa` con todos los alcances."""
    return cliente_con(clave_de(de=otra_empresa))


@pytest.fixture
def cliente_anonimo(db: None) -> ClienteApi:
    return ClienteApi()


def peticion_de(actor: Actor, peticion: HttpRequest) -> HttpRequest:
    """Deja la petición como la entrega el middleware de sesión a una página o al admin."""
    peticion.user = actor.usuario
    peticion.empresa = actor.empresa  # type: ignore[attr-defined]  # HttpRequest no declara lo que le agregan
    peticion.actor = actor  # type: ignore[attr-defined]  # ídem
    return peticion
