from __future__ import annotations

from typing import Any

import pytest
from django.db.models import QuerySet
from django_scopes import scope

from inventario.cuentas.models import Empresa
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import Conflicto, DatoInvalido, NoEncontrado, SinPermiso
from inventario.productos.errores import TieneDependencias
from inventario.productos.models import Categoria, Producto
from inventario.productos.semilla import CATEGORIAS
from inventario.productos.services import (
    asegurar_categorias,
    crear_categoria,
    crear_producto,
    editar_categoria,
    editar_producto,
    eliminar_categoria,
    eliminar_producto,
)
from inventario.productos.tests.fabricas import sin_permisos

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]


def propias() -> QuerySet[Categoria]:
    """Las que la empresa no traía al nacer."""
    return Categoria.objects.exclude(nombre__in=CATEGORIAS)


def test_nacer_con_las_categorias_iniciales(empresa: Empresa) -> None:
    assert list(Categoria.objects.values_list("nombre", flat=True)) == ["Fish Feed"]
    Categoria.objects.update(descripcion="Cambiada")
    asegurar_categorias(empresa)
    assert list(Categoria.objects.values_list("nombre", "descripcion")) == [("Fish Feed", "Cambiada")]


def test_crear_categoria_dentro_de_otra(actor: Actor) -> None:
    alimento = crear_categoria(actor=actor, nombre=" Alimento ")
    iniciador = crear_categoria(actor=actor, nombre="Iniciador", padre=alimento, descripcion="Primera\nfase")
    assert (alimento.nombre, iniciador.padre_id, iniciador.descripcion) == (
        "Alimento",
        alimento.pk,
        "Primera\nfase",
    )


def test_crear_categoria_repetida_choca(actor: Actor) -> None:
    crear_categoria(actor=actor, nombre="Larvas")
    with pytest.raises(Conflicto, match="«Larvas» ya existe"):
        crear_categoria(actor=actor, nombre="Larvas")
    assert crear_categoria(actor=actor, nombre="LARVAS").pk
    assert propias().count() == 2


@pytest.mark.parametrize("nombre", ["", "   ", "x" * 101, "a\x00b", "dos\nlíneas"])
def test_crear_categoria_con_mal_nombre_no_crea(actor: Actor, nombre: str) -> None:
    with pytest.raises(DatoInvalido):
        crear_categoria(actor=actor, nombre=nombre)
    assert not propias().exists()


def test_crear_categoria_dentro_de_una_ajena_no_existe(actor: Actor, otra_empresa: Empresa) -> None:
    with scope(empresa=otra_empresa):
        ajena = Categoria.objects.create(empresa=otra_empresa, nombre="Ajena")
    with pytest.raises(DatoInvalido) as error:
        crear_categoria(actor=actor, nombre="Mía", padre=ajena)
    assert error.value.detalles[0].codigo == "does_not_exist"
    with pytest.raises(NoEncontrado):
        editar_categoria(actor=actor, categoria=ajena, cambios={"nombre": "Robada"})
    with pytest.raises(NoEncontrado):
        eliminar_categoria(actor=actor, categoria=ajena)
    assert not propias().exists()


def test_editar_categoria_no_admite_vueltas(actor: Actor) -> None:
    abuela = crear_categoria(actor=actor, nombre="A")
    madre = crear_categoria(actor=actor, nombre="B", padre=abuela)
    hija = crear_categoria(actor=actor, nombre="C", padre=madre)
    for destino in (abuela, madre, hija):
        with pytest.raises(DatoInvalido, match="dentro de sí misma"):
            editar_categoria(actor=actor, categoria=abuela, cambios={"padre": destino})
    abuela.refresh_from_db()
    assert abuela.padre_id is None
    assert editar_categoria(actor=actor, categoria=hija, cambios={"padre": abuela}).padre_id == abuela.pk
    assert editar_categoria(actor=actor, categoria=madre, cambios={"padre": hija}).padre_id == hija.pk
    assert editar_categoria(actor=actor, categoria=hija, cambios={"padre": None}).padre_id is None


def test_editar_categoria_con_nulo_o_repetida_no_cambia(actor: Actor) -> None:
    crear_categoria(actor=actor, nombre="A")
    otra = crear_categoria(actor=actor, nombre="B")
    nulos: dict[str, Any] = {"nombre": None}
    with pytest.raises(DatoInvalido):
        editar_categoria(actor=actor, categoria=otra, cambios=nulos)  # type: ignore[arg-type]  # es lo que se prueba
    with pytest.raises(Conflicto):
        editar_categoria(actor=actor, categoria=otra, cambios={"nombre": "A"})
    otra.refresh_from_db()
    assert otra.nombre == "B"


def test_eliminar_categoria_usada_se_niega_y_vacia_se_va(actor: Actor) -> None:
    padre = crear_categoria(actor=actor, nombre="A")
    hija = crear_categoria(actor=actor, nombre="B", padre=padre)
    producto = crear_producto(actor=actor, nombre="Balanceado", sku="B1", categoria=hija)
    for categoria in (padre, hija):
        with pytest.raises(TieneDependencias):
            eliminar_categoria(actor=actor, categoria=categoria)
    assert propias().count() == 2
    editar_producto(actor=actor, producto=producto, cambios={"categoria": None})
    eliminar_categoria(actor=actor, categoria=hija)
    eliminar_categoria(actor=actor, categoria=padre)
    assert not propias().exists()


def test_eliminar_categoria_de_un_producto_eliminado_lo_suelta(actor: Actor) -> None:
    categoria = crear_categoria(actor=actor, nombre="A")
    producto = crear_producto(actor=actor, nombre="Balanceado", sku="B1", categoria=categoria)
    eliminar_producto(actor=actor, producto=producto)
    eliminar_categoria(actor=actor, categoria=categoria)
    assert Producto.objects.get(pk=producto.pk).categoria_id is None


def test_categorias_sin_permiso_no_cambian(actor: Actor) -> None:
    categoria = crear_categoria(actor=actor, nombre="A")
    auditor = sin_permisos(actor)
    with pytest.raises(SinPermiso):
        crear_categoria(actor=auditor, nombre="B")
    with pytest.raises(SinPermiso):
        editar_categoria(actor=auditor, categoria=categoria, cambios={"nombre": "B"})
    with pytest.raises(SinPermiso):
        eliminar_categoria(actor=auditor, categoria=categoria)
    assert list(propias().values_list("nombre", flat=True)) == ["A"]
