"""Productos asignados a módulos: uno por módulo, un principal, los ajustes tal cual."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django_scopes import scope

from inventario.cuentas.models import Bodega, Empresa
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import DatoInvalido, NoEncontrado, SinPermiso
from inventario.nucleo.tests.fabricas import ProductoFabrica
from inventario.productos.models import ModuloDeProducto, Producto
from inventario.productos.selectors import asignados_al_modulo, modulos_de
from inventario.productos.services import asignar_modulo, quitar_modulo, retirar_producto
from inventario.productos.tests.fabricas import sin_permisos

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]


@pytest.fixture
def producto(empresa: Empresa, bodega: Bodega) -> Producto:
    return ProductoFabrica.create(empresa=empresa, nombre="Balanceado")


def filas(producto: Producto) -> list[tuple[Any, ...]]:
    return list(modulos_de(producto.pk).values_list("modulo", "ajustes", "principal"))


def test_asignar_dos_veces_cambia_la_misma_fila(actor: Actor, producto: Producto) -> None:
    ajustes = {"raciones": [1, 2.5, {"a": None}], "ñ": True}
    primera = asignar_modulo(actor=actor, producto=producto, modulo="biofloc", ajustes=ajustes)
    assert filas(producto) == [("biofloc", ajustes, False)]
    segunda = asignar_modulo(actor=actor, producto=producto, modulo="biofloc", ajustes={}, principal=True)
    assert segunda.pk == primera.pk
    assert filas(producto) == [("biofloc", {}, True)]


def test_asignar_principal_quita_la_marca_a_los_demas_de_ese_producto(
    actor: Actor, empresa: Empresa, producto: Producto
) -> None:
    otro = ProductoFabrica.create(empresa=empresa)
    for cual in (producto, otro):
        asignar_modulo(actor=actor, producto=cual, modulo="growout", ajustes={}, principal=True)
    asignar_modulo(actor=actor, producto=producto, modulo="biofloc", ajustes={}, principal=True)
    asignar_modulo(actor=actor, producto=producto, modulo="nursery", ajustes={})
    assert filas(producto) == [("biofloc", {}, True), ("growout", {}, False), ("nursery", {}, False)]
    assert filas(otro) == [("growout", {}, True)]


def test_asignar_lo_que_no_se_admite_no_deja_nada(
    actor: Actor, producto: Producto, otra_empresa: Empresa
) -> None:
    with scope(empresa=otra_empresa):
        ajeno = ProductoFabrica.create(empresa=otra_empresa)
    with pytest.raises(NoEncontrado):
        asignar_modulo(actor=actor, producto=ajeno, modulo="biofloc", ajustes={})
    with pytest.raises(DatoInvalido):
        asignar_modulo(actor=actor, producto=producto, modulo="biofloc", ajustes={"a": "x" * 17_000})
    with pytest.raises(DatoInvalido):
        asignar_modulo(actor=actor, producto=producto, modulo="", ajustes={})
    with pytest.raises(SinPermiso):
        asignar_modulo(actor=sin_permisos(actor), producto=producto, modulo="biofloc", ajustes={})
    de_otro_modulo = replace(actor, modulos_permitidos=frozenset({"growout"}))
    with pytest.raises(SinPermiso):
        asignar_modulo(actor=de_otro_modulo, producto=producto, modulo="biofloc", ajustes={})
    assert not ModuloDeProducto.objects.exists()


def test_quitar_borra_solo_esa(actor: Actor, producto: Producto) -> None:
    for modulo in ("biofloc", "growout"):
        asignar_modulo(actor=actor, producto=producto, modulo=modulo, ajustes={})
    with pytest.raises(SinPermiso):
        quitar_modulo(actor=sin_permisos(actor), producto_id=producto.pk, modulo="biofloc")
    quitar_modulo(actor=actor, producto_id=producto.pk, modulo="biofloc")
    assert filas(producto) == [("growout", {}, False)]
    with pytest.raises(NoEncontrado):
        quitar_modulo(actor=actor, producto_id=producto.pk, modulo="biofloc")


def test_listar_un_modulo_da_activos_y_principales_primero(
    actor: Actor, empresa: Empresa, producto: Producto
) -> None:
    alga = ProductoFabrica.create(empresa=empresa, nombre="Alga")
    zinc = ProductoFabrica.create(empresa=empresa, nombre="Zinc")
    retirado = ProductoFabrica.create(empresa=empresa, nombre="Aa")
    for cual in (producto, alga, zinc, retirado):
        asignar_modulo(actor=actor, producto=cual, modulo="biofloc", ajustes={}, principal=cual == zinc)
    retirar_producto(actor=actor, producto=retirado)
    assert [fila.producto.nombre for fila in asignados_al_modulo("biofloc")] == ["Zinc", "Alga", "Balanceado"]
