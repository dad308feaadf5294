"""Los permisos y los cupos de la configuración corren en toda vista de las API, o aquí dice por qué no."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from rest_framework.permissions import BasePermission
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from inventario.cuentas.models import Usuario
from inventario.nucleo.tests.mundo import ClienteApi

# Qué vistas no miran lo que dice la configuración, y por qué.
SIN_PERMISO = {
    "biofloc:entrar": "todavía no se sabe quién es",
    "biofloc:renovar": "todavía no se sabe quién es",
    "biofloc:olvido": "todavía no se sabe quién es",
    "biofloc:restablecer": "todavía no se sabe quién es",
    "biofloc:desconocida": "lo que no existe, no existe para nadie",
    "api:desconocida": "lo que no existe, no existe para nadie",
    "api:esquema": "no es de ninguna empresa: basta haber entrado, y en desarrollo ni eso",
    "api:documentacion": "no es de ninguna empresa: sin sesión manda a entrar",
}
SIN_CUPO = {
    "biofloc:entrar": "cuenta los intentos de cada cuenta",
    "biofloc:renovar": "cuenta los intentos de cada cuenta",
    "biofloc:olvido": "cuenta los intentos de cada cuenta",
    "biofloc:restablecer": "cuenta los intentos de cada cuenta",
    "biofloc:desconocida": "no hace nada",
    "api:desconocida": "no hace nada",
    "api:documentacion": "es una página del navegador, no una consulta",
}
# Sus expresiones no se pueden escribir al revés.
DIRECCIONES = {"biofloc:todavia_no": "/api/v1/inventory/suppliers"}


def rutas(
    patrones: list[URLPattern | URLResolver], camino: str = "", espacio: str = ""
) -> Iterator[tuple[str, str, Any]]:
    for patron in patrones:
        aqui = camino + str(patron.pattern)
        if isinstance(patron, URLResolver):
            yield from rutas(patron.url_patterns, aqui, patron.namespace or espacio)
        elif aqui.startswith("api/"):
            yield f"{espacio}:{patron.name}", aqui, patron


def vistas() -> dict[str, Any]:
    return {nombre: patron for nombre, _, patron in rutas(get_resolver().url_patterns)}


VISTAS = vistas()


def clase_de(nombre: str) -> type[APIView]:
    clase: type[APIView] = VISTAS[nombre].callback.cls
    return clase


def metodos_de(nombre: str) -> list[str]:
    acciones = getattr(VISTAS[nombre].callback, "actions", None)
    posibles = acciones or [
        metodo for metodo in APIView.http_method_names if hasattr(clase_de(nombre), metodo)
    ]
    return sorted({*posibles} - {"head", "options"})


def direccion_de(nombre: str) -> str:
    if nombre in DIRECCIONES:
        return DIRECCIONES[nombre]
    return reverse(nombre, kwargs=dict.fromkeys(VISTAS[nombre].pattern.regex.groupindex, "1"))


class Anota:
    """De la configuración, como si alguien la agregara mañana: se entera de que le preguntan y se niega."""

    preguntas: ClassVar[list[str]] = []

    def negarse(self, view: Any) -> bool:
        self.preguntas.append(type(view).__name__)
        return False


class PermisoNuevo(Anota, BasePermission):
    def has_permission(self, request: Any, view: Any) -> bool:
        return self.negarse(view)


class CupoNuevo(Anota, BaseThrottle):
    def allow_request(self, request: Any, view: Any) -> bool:
        return self.negarse(view)


def test_las_direcciones_de_las_tres_api_son_vistas_de_la_biblioteca() -> None:
    assert len(VISTAS) > 90
    assert all(issubclass(clase_de(nombre), APIView) for nombre in VISTAS)


@pytest.mark.parametrize(
    ("atributo", "configuradas", "aparte"),
    [
        ("permission_classes", api_settings.DEFAULT_PERMISSION_CLASSES, SIN_PERMISO),
        ("throttle_classes", api_settings.DEFAULT_THROTTLE_CLASSES, SIN_CUPO),
    ],
)
def test_toda_vista_lleva_lo_de_la_configuracion_salvo_las_que_se_apartan(
    atributo: str, configuradas: list[type], aparte: dict[str, str]
) -> None:
    assert configuradas
    sin_ellas = {nombre for nombre in VISTAS if not {*configuradas} <= {*getattr(clase_de(nombre), atributo)}}
    assert sin_ellas == set(aparte)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("atributo", "nueva", "aparte", "estado"),
    [
        ("permission_classes", PermisoNuevo, SIN_PERMISO, 403),
        ("throttle_classes", CupoNuevo, SIN_CUPO, 429),
    ],
)
def test_la_que_se_agregue_corre_en_toda_vista_y_en_todo_metodo(
    usuario: Usuario,
    monkeypatch: pytest.MonkeyPatch,
    atributo: str,
    nueva: type[Anota],
    aparte: dict[str, str],
    estado: int,
) -> None:
    # Se miran todas antes de cambiar ninguna: una puede heredar de otra.
    antes = {
        clase_de(nombre): getattr(clase_de(nombre), atributo) for nombre in VISTAS.keys() - aparte.keys()
    }
    for clase, suyas in antes.items():
        monkeypatch.setattr(clase, atributo, [*suyas, nueva])
    cliente = ClienteApi()
    cliente.force_login(usuario)
    for nombre in sorted(VISTAS.keys() - aparte.keys()):
        for metodo in metodos_de(nombre):
            monkeypatch.setattr(Anota, "preguntas", [])
            respuesta = getattr(cliente, metodo)(direccion_de(nombre))
            caso = (nombre, metodo)
            assert (Anota.preguntas, respuesta.status_code) == ([clase_de(nombre).__name__], estado), caso
