"""Categorías: un árbol sin vueltas."""

from __future__ import annotations

from typing import TypedDict

from django.db import transaction

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.services import anotar
from inventario.cuentas.models import Empresa
from inventario.cuentas.permisos import Permiso
from inventario.nucleo import cache
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import DatoInvalido, NoEncontrado
from inventario.nucleo.textos import exigir_texto, limpiar_parrafo
from inventario.productos.errores import NombreDuplicado, TieneDependencias
from inventario.productos.models import Categoria, Producto
from inventario.productos.semilla import CATEGORIAS
from inventario.productos.services.comun import exigir_de_la_empresa, nulo, traduciendo_choques

LARGO_NOMBRE = 100
LARGO_DESCRIPCION = 2000


class CambiosDeCategoria(TypedDict, total=False):
    nombre: str
    padre: Categoria | None
    descripcion: str


def asegurar_categorias(empresa: Empresa) -> None:
    """Crea las categorías iniciales que falten. Puede repetirse: lo que la empresa cambió no se toca."""
    nuevas = [
        Categoria(empresa=empresa, nombre=nombre, descripcion=descripcion)
        for nombre, descripcion in CATEGORIAS.items()
    ]
    Categoria.objects.bulk_create(nuevas, ignore_conflicts=True)


def crear_categoria(
    *, actor: Actor, nombre: str, padre: Categoria | None = None, descripcion: str = ""
) -> Categoria:
    """Crea una categoría, suelta o dentro de otra. Lanza `Conflicto` si el nombre ya existe."""
    actor.exigir(Permiso.CATALOGAR)
    exigir_de_la_empresa(padre, actor.empresa.pk, campo="padre")
    categoria = Categoria(
        empresa=actor.empresa,
        nombre=exigir_texto(nombre, campo="nombre", maximo=LARGO_NOMBRE),
        padre=padre,
        descripcion=limpiar_parrafo(descripcion, campo="descripcion", maximo=LARGO_DESCRIPCION),
    )
    _guardar(categoria)
    return categoria


def editar_categoria(*, actor: Actor, categoria: Categoria, cambios: CambiosDeCategoria) -> Categoria:
    """Cambia solo lo que venga en `cambios`; `padre` nulo la saca a la raíz.

    Lanza `DatoInvalido` si quedaría dentro de sí misma y `Conflicto` si el nombre ya existe.
    """
    actor.exigir(Permiso.CATALOGAR)
    for campo, valor in cambios.items():
        if valor is None and campo != "padre":
            raise nulo(campo)
    padre = cambios.get("padre")
    exigir_de_la_empresa(padre, actor.empresa.pk, campo="padre")
    with transaction.atomic():
        # Se toma el árbol entero: dos mudanzas cruzadas (A en B, B en A) cerrarían un círculo.
        arbol = {fila.pk: fila for fila in Categoria.objects.select_for_update(no_key=True).order_by("pk")}
        fila = arbol.get(categoria.pk)
        if fila is None:
            raise NoEncontrado("No existe esa categoría.")
        if "padre" in cambios:
            if padre is not None and fila.pk in _ascendencia(padre.pk, arbol):
                raise DatoInvalido(
                    "Una categoría no puede quedar dentro de sí misma.", campo="padre", codigo="invalid"
                )
            fila.padre = padre
        if "nombre" in cambios:
            fila.nombre = exigir_texto(cambios["nombre"], campo="nombre", maximo=LARGO_NOMBRE)
        if "descripcion" in cambios:
            fila.descripcion = limpiar_parrafo(
                cambios["descripcion"], campo="descripcion", maximo=LARGO_DESCRIPCION
            )
        _guardar(fila)
    return fila


def eliminar_categoria(*, actor: Actor, categoria: Categoria) -> None:
    """Borra una categoría vacía. Lanza `TieneDependencias` si la usa un producto o tiene otras adentro.

    Un producto eliminado no la retiene: queda sin categoría.
    """
    actor.exigir(Permiso.ELIMINAR)
    with transaction.atomic():
        fila = Categoria.objects.select_for_update().filter(pk=categoria.pk).first()
        if fila is None:
            raise NoEncontrado("No existe esa categoría.")
        productos = fila.productos.vivos().count()
        hijas = fila.hijas.count()
        if productos or hijas:
            raise TieneDependencias(
                f"La categoría «{fila}» no se puede eliminar: la usan {productos} productos "
                f"y contiene {hijas} categorías.",
                productos=productos,
                categorias=hijas,
            )
        Producto.objects.filter(categoria=fila).update(categoria=None)
        antes = {"nombre": fila.nombre, "padre": str(fila.padre) if fila.padre is not None else None}
        # Antes de borrarla: después ya no tiene con qué nombrarla.
        anotar(actor=actor, hecho=Hecho.CATEGORIA_ELIMINADA, sobre=fila, antes=antes)
        fila.delete()


def _ascendencia(pk: int, arbol: dict[int, Categoria]) -> set[int]:
    vistas: set[int] = set()
    actual: int | None = pk
    while actual is not None and actual not in vistas:
        vistas.add(actual)
        fila = arbol.get(actual)
        actual = fila.padre_id if fila is not None else None
    return vistas


def _guardar(categoria: Categoria) -> None:
    with traduciendo_choques(
        {
            "categoria_nombre_unico": lambda: NombreDuplicado(
                f"La categoría «{categoria.nombre}» ya existe."
            ),
        }
    ):
        categoria.save()
    cache.olvidar(categoria.empresa_id, cache.Familia.PRODUCTO)
