"""Hilos de verdad sobre PostgreSQL: en SQLite un solo turno de escritura esconde la carrera."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django_scopes import scopes_disabled

from inventario.cuentas.actores import actor_de_membresia
from inventario.cuentas.empresas.selectors import bodega_principal
from inventario.cuentas.models import Empresa, Usuario
from inventario.lotes.models import Lote
from inventario.movimientos.models import Existencia, Movimiento
from inventario.movimientos.services.entradas import registrar_entrada
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import ErrorDeDominio
from inventario.nucleo.tests.mundo import cliente_con
from inventario.productos.models import Categoria, Producto
from inventario.productos.selectors import modulos_de
from inventario.productos.services import (
    asignar_modulo,
    crear_categoria,
    crear_producto,
    editar_categoria,
    editar_producto,
    eliminar_producto,
    retirar_producto,
    unidad_conocida,
)

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

HILOS = 6


def a_la_vez(*tareas: Callable[[], Any]) -> list[Any]:
    """Corre cada tarea en su hilo y su conexión, todas soltadas juntas; un rechazo se devuelve."""
    barrera = Barrier(len(tareas))

    def correr(tarea: Callable[[], Any]) -> Any:
        try:
            barrera.wait(timeout=20)
            return tarea()
        except ErrorDeDominio as error:
            return error.codigo
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tareas)) as hilos:
        return list(hilos.map(correr, tareas))


def test_seis_creaciones_del_mismo_sku_dejan_una(empresa: Empresa, actor: Actor) -> None:
    def crear() -> str:
        with en_empresa(empresa):
            crear_producto(actor=actor, nombre="Harina", sku="HAR-1")
        return "creado"

    assert Counter(a_la_vez(*[crear] * HILOS)) == {"creado": 1, "sku_duplicado": HILOS - 1}
    with en_empresa(empresa):
        assert Producto.objects.count() == 1


def test_seis_post_del_mismo_sku_dejan_un_201_y_cinco_409(
    empresa: Empresa, clave_de: Callable[..., str]
) -> None:
    clave = clave_de()

    def crear(numero: int) -> int:
        cuerpo = {"nombre": "Harina", "sku": ("har-ñ", "HAR-Ñ")[numero % 2], "precio": 1}
        return int(cliente_con(clave).post("/api/v1/productos", cuerpo).status_code)

    estados = a_la_vez(*[lambda n=n: crear(n) for n in range(HILOS)])
    assert Counter(estados) == {201: 1, 409: HILOS - 1}
    with en_empresa(empresa):
        assert Producto.objects.count() == 1


def test_seis_cambios_con_la_misma_version_dejan_uno(empresa: Empresa, actor: Actor) -> None:
    with en_empresa(empresa):
        producto = crear_producto(actor=actor, nombre="Harina", sku="HAR-1")

    def cambiar(numero: int) -> str:
        with en_empresa(empresa):
            editar_producto(actor=actor, producto=producto, cambios={"nombre": f"H{numero}"}, version=1)
        return "cambiado"

    resultados = a_la_vez(*[lambda n=n: cambiar(n) for n in range(HILOS)])
    assert Counter(resultados) == {"cambiado": 1, "conflicto": HILOS - 1}
    with en_empresa(empresa):
        assert Producto.objects.get().version == 2


@pytest.mark.parametrize("con_historia", [False, True])
@pytest.mark.parametrize("vuelta", range(5))
def test_eliminar_contra_entrada_nunca_deja_existencia_de_un_eliminado(
    empresa: Empresa, actor: Actor, con_historia: bool, vuelta: int
) -> None:
    with en_empresa(empresa):
        producto = crear_producto(actor=actor, nombre="Harina", sku="HAR-1")
        bodega = bodega_principal(empresa)
        if con_historia:
            Existencia.objects.create(empresa=empresa, producto=producto, bodega=bodega)

    def entrar() -> str:
        with en_empresa(empresa):
            registrar_entrada(actor=actor, producto=producto, bodega=bodega, cantidad=Decimal(1))
        return "entrada"

    def eliminar() -> str:
        with en_empresa(empresa):
            eliminar_producto(actor=actor, producto=producto)
        return "eliminado"

    resultados = a_la_vez(entrar, entrar, eliminar, entrar)
    with en_empresa(empresa):
        producto.refresh_from_db()
        fisica = sum((fila.fisica for fila in Existencia.objects.all()), Decimal(0))
        assert Lote.objects.count() == Movimiento.objects.count() == resultados.count("entrada") == fisica
        if resultados[2] == "eliminado":
            assert producto.eliminado_en is not None
            assert Counter(resultados) == {"eliminado": 1, "no_encontrado": 3}
        else:
            assert producto.eliminado_en is None
            assert Counter(resultados) == {"entrada": 3, "tiene_dependencias": 1}


@pytest.mark.parametrize("vuelta", range(5))
def test_retirar_contra_la_primera_entrada_nunca_deja_existencia_de_un_retirado(
    empresa: Empresa, actor: Actor, vuelta: int
) -> None:
    with en_empresa(empresa):
        producto = crear_producto(actor=actor, nombre="Harina", sku="HAR-1")
        bodega = bodega_principal(empresa)

    def entrar() -> str:
        with en_empresa(empresa):
            registrar_entrada(actor=actor, producto=producto, bodega=bodega, cantidad=Decimal(1))
        return "entrada"

    def retirar() -> str:
        with en_empresa(empresa):
            retirar_producto(actor=actor, producto=producto)
        return "retirado"

    resultados = sorted(a_la_vez(entrar, retirar))
    assert resultados in (["con_existencia", "entrada"], ["regla_rota", "retirado"])
    with en_empresa(empresa):
        producto.refresh_from_db()
        assert producto.activo == Lote.objects.exists() == ("entrada" in resultados)


def test_seis_modulos_principales_a_la_vez_dejan_uno(empresa: Empresa, actor: Actor) -> None:
    with en_empresa(empresa):
        producto = crear_producto(actor=actor, nombre="Harina", sku="HAR-1")

    def asignar(numero: int) -> str:
        with en_empresa(empresa):
            asignar_modulo(
                actor=actor, producto=producto, modulo=f"m{numero % 3}", ajustes={}, principal=True
            )
        return "asignado"

    assert Counter(a_la_vez(*[lambda n=n: asignar(n) for n in range(HILOS)])) == {"asignado": HILOS}
    with en_empresa(empresa):
        principales = list(modulos_de(producto.pk).values_list("principal", flat=True))
        assert principales == [True, False, False]


@pytest.mark.parametrize("vuelta", range(5))
def test_cambiar_la_unidad_contra_la_primera_entrada_no_reescribe_lo_recibido(
    empresa: Empresa, actor: Actor, vuelta: int
) -> None:
    with en_empresa(empresa):
        producto = crear_producto(
            actor=actor, nombre="Harina", sku="HAR-1", unidad=unidad_conocida(empresa, "kg")
        )
        bodega, litro = bodega_principal(empresa), unidad_conocida(empresa, "L")

    def entrar() -> str:
        with en_empresa(empresa):
            registrar_entrada(actor=actor, producto=producto, bodega=bodega, cantidad=Decimal("1.5"))
        return "entrada"

    def cambiar() -> str:
        with en_empresa(empresa):
            editar_producto(actor=actor, producto=producto, cambios={"unidad": litro})
        return "cambiado"

    entrada, cambio = a_la_vez(entrar, cambiar)
    assert entrada == "entrada"
    with en_empresa(empresa):
        producto.refresh_from_db()
        assert cambio in ("cambiado", "tiene_dependencias")
        assert (producto.unidad == litro) == (cambio == "cambiado")


def test_mudanzas_cruzadas_no_cierran_un_circulo(empresa: Empresa, actor: Actor) -> None:
    with en_empresa(empresa):
        uno, dos = (crear_categoria(actor=actor, nombre=nombre) for nombre in ("A", "B"))

    def mudar(cual: Categoria, destino: Categoria) -> str:
        with en_empresa(empresa):
            editar_categoria(actor=actor, categoria=cual, cambios={"padre": destino})
        return "mudada"

    resultados = a_la_vez(lambda: mudar(uno, dos), lambda: mudar(dos, uno))
    assert Counter(resultados) == {"mudada": 1, "validacion": 1}


def test_empresas_nuevas_se_siembran_una_vez_aunque_se_use_a_la_vez(
    empresa: Empresa, usuario: Usuario
) -> None:
    with en_empresa(empresa):
        actor = actor_de_membresia(usuario, empresa)

    def crear(numero: int) -> str:
        with en_empresa(empresa):
            crear_producto(actor=actor, nombre="X", sku=f"S{numero}")
        return "creado"

    resultados = a_la_vez(*[lambda n=n: crear(n) for n in range(HILOS)])
    assert Counter(resultados) == {"creado": HILOS}
    with scopes_disabled():
        assert Producto.objects.values("unidad").distinct().count() == 1
