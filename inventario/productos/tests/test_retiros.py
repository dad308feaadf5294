"""Retirar y eliminar como los pide el contrato inglés: sin existencia, y sin historia para siempre."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventario.cuentas.models import Bodega, Empresa
from inventario.movimientos.services import registrar_salida
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import NoEncontrado, SinPermiso
from inventario.nucleo.tests.fabricas import ProductoFabrica
from inventario.productos.errores import ConExistencia, ConHistoria, TodaviaActivo
from inventario.productos.models import Producto
from inventario.productos.services import eliminar_sin_historia, retirar_producto
from inventario.productos.tests.fabricas import con_lote, sin_permisos

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]


@pytest.fixture
def producto(empresa: Empresa, bodega: Bodega) -> Producto:
    return ProductoFabrica.create(empresa=empresa, nombre="Balanceado")


def exigir_igual(producto: Producto, *, activo: bool) -> None:
    fila = Producto.objects.get(pk=producto.pk)
    assert (fila.activo, fila.eliminado_en, fila.version) == (activo, None, producto.version)


def test_retirar_sin_existencia_desactiva_una_vez(actor: Actor, producto: Producto) -> None:
    retirado = retirar_producto(actor=actor, producto=producto)
    assert (retirado.activo, retirado.eliminado_en, retirado.version) == (False, None, 2)
    assert retirar_producto(actor=actor, producto=producto).version == 2


def test_retirar_con_existencia_se_niega_y_dice_cuanta(actor: Actor, producto: Producto) -> None:
    con_lote(actor, producto, Decimal("2.5"))
    with pytest.raises(ConExistencia) as error:
        retirar_producto(actor=actor, producto=producto)
    assert error.value.datos == {"producto": "Balanceado", "cantidad": Decimal("2.5"), "unidad": "Kilogram"}
    exigir_igual(producto, activo=True)


def test_eliminar_sin_historia_revisa_en_orden(actor: Actor, producto: Producto) -> None:
    lote = con_lote(actor, producto, Decimal(3))
    with pytest.raises(TodaviaActivo):
        eliminar_sin_historia(actor=actor, producto=producto)
    Producto.objects.filter(pk=producto.pk).update(activo=False)
    with pytest.raises(ConExistencia):
        eliminar_sin_historia(actor=actor, producto=producto)
    registrar_salida(actor=actor, lote=lote, cantidad=Decimal(3))
    with pytest.raises(ConHistoria) as error:
        eliminar_sin_historia(actor=actor, producto=producto)
    assert error.value.datos == {"producto": "Balanceado", "movimientos": 2}
    exigir_igual(producto, activo=False)


def test_eliminar_sin_historia_lo_saca_del_catalogo(actor: Actor, producto: Producto) -> None:
    retirar_producto(actor=actor, producto=producto)
    eliminado = eliminar_sin_historia(actor=actor, producto=producto)
    assert eliminado.eliminado_en is not None
    with pytest.raises(NoEncontrado):
        eliminar_sin_historia(actor=actor, producto=producto)
    with pytest.raises(NoEncontrado):
        retirar_producto(actor=actor, producto=producto)


def test_retirar_sin_permiso_se_niega(actor: Actor, producto: Producto) -> None:
    for servicio in (retirar_producto, eliminar_sin_historia):
        with pytest.raises(SinPermiso):
            servicio(actor=sin_permisos(actor), producto=producto)
    exigir_igual(producto, activo=True)
