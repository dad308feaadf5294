from __future__ import annotations

from typing import Any

import pytest
from django_scopes import scope

from inventario.cuentas.models import Empresa
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import DatoInvalido, NoEncontrado, SinPermiso
from inventario.productos.models import Proveedor
from inventario.productos.services import crear_proveedor, editar_proveedor
from inventario.productos.tests.fabricas import sin_permisos

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]


def test_crear_proveedor_admite_nombres_repetidos_y_correo_libre(actor: Actor) -> None:
    uno = crear_proveedor(
        actor=actor, nombre=" Delta ", email="ventas en delta", direccion="Calle 1\nLocal 2"
    )
    otro = crear_proveedor(actor=actor, nombre="Delta")
    assert (uno.nombre, uno.email, uno.direccion, uno.activo) == (
        "Delta",
        "ventas en delta",
        "Calle 1\nLocal 2",
        True,
    )
    assert otro.pk != uno.pk


@pytest.mark.parametrize(
    "datos",
    [
        {"nombre": " "},
        {"nombre": "x" * 256},
        {"nombre": "Delta", "telefono": "9" * 51},
        {"nombre": "Delta", "email": "a\x00b"},
        {"nombre": "Delta", "direccion": "x" * 1001},
    ],
)
def test_crear_proveedor_con_mal_dato_no_crea(actor: Actor, datos: dict[str, str]) -> None:
    with pytest.raises(DatoInvalido):
        crear_proveedor(actor=actor, **datos)
    assert not Proveedor.objects.exists()


def test_editar_proveedor_solo_cambia_lo_nombrado(actor: Actor) -> None:
    proveedor = crear_proveedor(actor=actor, nombre="Delta", telefono="123")
    editado = editar_proveedor(actor=actor, proveedor=proveedor, cambios={"activo": False, "contacto": "Ana"})
    assert (editado.nombre, editado.telefono, editado.contacto, editado.activo) == (
        "Delta",
        "123",
        "Ana",
        False,
    )
    nulos: dict[str, Any] = {"telefono": None}
    with pytest.raises(DatoInvalido):
        editar_proveedor(actor=actor, proveedor=proveedor, cambios=nulos)  # type: ignore[arg-type]  # es lo que se prueba


def test_editar_proveedor_ajeno_o_sin_permiso_no_cambia(actor: Actor, otra_empresa: Empresa) -> None:
    with scope(empresa=otra_empresa):
        ajeno = Proveedor.objects.create(empresa=otra_empresa, nombre="Ajeno")
    with pytest.raises(NoEncontrado):
        editar_proveedor(actor=actor, proveedor=ajeno, cambios={"nombre": "Mío"})
    with pytest.raises(SinPermiso):
        crear_proveedor(actor=sin_permisos(actor), nombre="Delta")
    with pytest.raises(SinPermiso):
        editar_proveedor(actor=sin_permisos(actor), proveedor=ajeno, cambios={"nombre": "Mío"})
    with scope(empresa=otra_empresa):
        assert Proveedor.objects.get().nombre == "Ajeno"
