"""Productos: crearlos, cambiarlos, retirarlos. Cuánto hay solo lo mueve el libro."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from django.db import transaction
from django.utils import timezone

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.services import anotar
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.cantidades import CENTAVO, CERO, cuantizar, exigir_decimal, exigir_no_negativa, legible
from inventario.nucleo.errores import Conflicto, DatoInvalido, NoEncontrado
from inventario.nucleo.reloj import Reloj
from inventario.nucleo.textos import exigir_texto, limpiar_texto
from inventario.productos.errores import (
    ConExistencia,
    ConHistoria,
    ProductoAtado,
    ProveedorInactivo,
    SkuDuplicado,
    TodaviaActivo,
    UnidadCongelada,
    UnidadInactiva,
    VersionVieja,
)
from inventario.productos.gtin import digito_de_control, es_gtin
from inventario.productos.historia import del_libro
from inventario.productos.models import Categoria, Producto, Proveedor, Unidad
from inventario.productos.models.productos import MINIMO_POR_DEFECTO
from inventario.productos.services.avisos import avisar_cambio
from inventario.productos.services.comun import exigir_de_la_empresa, nulo, traduciendo_choques
from inventario.productos.services.unidades import unidad_por_defecto

LARGO_NOMBRE = 255
LARGO_SKU = 100
LARGO_CODIGO_BARRAS = 48
PRECIO_MAXIMO = Decimal("9999999999.99")


class CambiosDeProducto(TypedDict, total=False):
    nombre: str
    sku: str | None
    precio: Decimal | None
    stock_minimo: Decimal
    minimo_sobre_disponible: bool
    punto_reorden: Decimal
    unidad: Unidad
    categoria: Categoria | None
    proveedor: Proveedor | None
    codigo_barras: str
    activo: bool


def crear_producto(
    *,
    actor: Actor,
    nombre: str,
    sku: str | None,
    precio: Decimal | None = None,
    stock_minimo: Decimal = MINIMO_POR_DEFECTO,
    minimo_sobre_disponible: bool = False,
    punto_reorden: Decimal = CERO,
    unidad: Unidad | None = None,
    categoria: Categoria | None = None,
    proveedor: Proveedor | None = None,
    codigo_barras: str = "",
) -> Producto:
    """Crea un producto activo y sin existencias; sin unidad se cuenta por `u`.

    Lanza `SkuDuplicado` si otro producto vivo tiene ese SKU, y `DatoInvalido` con el campo que falle.
    """
    actor.exigir(Permiso.CATALOGAR)
    producto = Producto(empresa=actor.empresa)
    producto.unidad = unidad if unidad is not None else unidad_por_defecto(actor.empresa)
    cambios: CambiosDeProducto = {
        "nombre": nombre,
        "sku": sku,
        "precio": precio,
        "stock_minimo": stock_minimo,
        "minimo_sobre_disponible": minimo_sobre_disponible,
        "punto_reorden": punto_reorden,
        "categoria": categoria,
        "proveedor": proveedor,
        "codigo_barras": codigo_barras,
    }
    _exigir_unidad(producto.unidad, producto)
    _poner(producto, cambios)
    with transaction.atomic():
        with traduciendo_choques(_choques(producto)):
            producto.save(force_insert=True)
        avisar_cambio(producto)
    return producto


def editar_producto(
    *, actor: Actor, producto: Producto, cambios: CambiosDeProducto, version: int | None = None
) -> Producto:
    """Cambia solo lo que venga en `cambios` y devuelve el producto; si algo cambió, la versión crece.

    Con `version`, lanza `VersionVieja` si no es la vigente. SKU y precio admiten nulo (la API
    española no lo deja pasar); categoría y proveedor nulos se quitan; lo demás nulo es `DatoInvalido`.
    La unidad se congela con el primer lote: `UnidadCongelada`.
    """
    actor.exigir(Permiso.CATALOGAR)
    for campo in (
        *("nombre", "stock_minimo", "minimo_sobre_disponible", "punto_reorden"),
        *("unidad", "codigo_barras", "activo"),
    ):
        if campo in cambios and cambios[campo] is None:
            raise nulo(campo)
    with transaction.atomic():
        fila = _tomar_con_existencias(producto) if "unidad" in cambios else _tomar(producto)
        if version is not None and version != fila.version:
            raise VersionVieja(actual=fila.version)
        antes, precio, activo = _foto(fila), fila.precio, fila.activo
        if "unidad" in cambios and cambios["unidad"].pk != fila.unidad_id:
            if del_libro().tiene_historia(fila):
                raise UnidadCongelada(
                    f"El producto «{fila}» ya tiene lotes en {fila.unidad}: su unidad no se puede cambiar."
                )
            fila.unidad = cambios["unidad"]
            _exigir_unidad(fila.unidad, fila)
            _exigir_minimo(cambios.get("stock_minimo", fila.stock_minimo), fila.unidad)
        _poner(fila, cambios)
        fila.activo = cambios.get("activo", fila.activo)
        if _foto(fila) != antes:
            _guardar(fila)
            _auditar(actor, fila, precio=precio, activo=activo)
    return fila


def desactivar_producto(*, actor: Actor, producto: Producto) -> Producto:
    """Lo saca de circulación sin tocar su historia: sigue en las listas y se puede reactivar."""
    return editar_producto(actor=actor, producto=producto, cambios={"activo": False})


def reactivar_producto(*, actor: Actor, producto: Producto) -> Producto:
    return editar_producto(actor=actor, producto=producto, cambios={"activo": True})


def eliminar_producto(
    *, actor: Actor, producto: Producto, version: int | None = None, reloj: Reloj = timezone.now
) -> Producto:
    """Lo elimina del catálogo: deja de existir para todos, su SKU queda libre y su historia se conserva.

    Lanza `ProductoAtado` si queda algo de él o hay apartados vivos.
    """
    actor.exigir(Permiso.ELIMINAR)
    with transaction.atomic():
        fila = _tomar_con_existencias(producto)
        if version is not None and version != fila.version:
            raise VersionVieja(actual=fila.version)
        _eliminar(actor, fila, reloj())
    return fila


def retirar_producto(*, actor: Actor, producto: Producto) -> Producto:
    """Lo desactiva solo si no queda nada de él en ninguna bodega: lanza `ConExistencia`.

    Es el borrado suave del contrato inglés. Las reservas vivas no lo detienen.
    """
    actor.exigir(Permiso.ELIMINAR)
    with transaction.atomic():
        fila = _tomar_con_existencias(producto)
        _exigir_sin_existencia(fila, actor.alcance)
        if fila.activo:
            fila.activo = False
            _guardar(fila)
            _auditar(actor, fila, precio=fila.precio, activo=True)
    return fila


def eliminar_sin_historia(*, actor: Actor, producto: Producto, reloj: Reloj = timezone.now) -> Producto:
    """Lo elimina del catálogo solo si ya se retiró y nunca se movió.

    Lanza, en este orden, `TodaviaActivo`, `ConExistencia`, `ConHistoria` y, si alguien lo tiene
    reservado, `ProductoAtado`.
    """
    actor.exigir(Permiso.ELIMINAR)
    with transaction.atomic():
        fila = _tomar_con_existencias(producto)
        if fila.activo:
            raise TodaviaActivo(f"El producto «{fila}» está activo: retírelo antes de eliminarlo.")
        _exigir_sin_existencia(fila, actor.alcance)
        movimientos = del_libro().movimientos_por_bodega(fila)
        if movimientos:
            raise ConHistoria(fila, movimientos=sum(actor.alcance.acotar(movimientos).values()))
        _eliminar(actor, fila, reloj())
    return fila


def _auditar(actor: Actor, fila: Producto, *, precio: Decimal | None, activo: bool) -> None:
    """Anota lo delicado que cambió, dado lo que era: su precio y si está en circulación."""
    anotar(
        actor=actor,
        hecho=Hecho.PRECIO_CAMBIADO,
        sobre=fila,
        antes={"precio": precio},
        despues={"precio": fila.precio},
    )
    anotar(
        actor=actor,
        hecho=Hecho.PRODUCTO_REACTIVADO if fila.activo else Hecho.PRODUCTO_DESACTIVADO,
        sobre=fila,
        antes={"activo": activo},
        despues={"activo": fila.activo},
    )


def _eliminar(actor: Actor, fila: Producto, ahora: datetime) -> None:
    """Lo detiene lo que se apoye en él en toda bodega; cuánto es, solo se dice de las que ve quien pide."""
    ataduras = del_libro().ataduras_por_bodega(fila, ahora)
    if ataduras:
        vistas = actor.alcance.acotar(ataduras).values()
        raise ProductoAtado(
            fila,
            lotes=sum(una.n_lotes for una in vistas),
            reservas=sum(una.n_apartados for una in vistas),
        )
    fila.eliminado_en = ahora
    fila.activo = False
    _guardar(fila)
    anotar(actor=actor, hecho=Hecho.PRODUCTO_ELIMINADO, sobre=fila, antes=_retrato(fila))


def _retrato(fila: Producto) -> dict[str, object]:
    return {
        "nombre": fila.nombre,
        "sku": fila.sku,
        "precio": fila.precio,
        "codigo_barras": fila.codigo_barras,
    }


def _exigir_sin_existencia(fila: Producto, alcance: Alcance) -> None:
    """Cuenta lo de toda bodega; cuánto es, solo lo dice de las que ve quien pide."""
    fisicas = del_libro().fisica_por_bodega(fila)
    if any(fisicas.values()):
        raise ConExistencia(fila, cantidad=sum(alcance.acotar(fisicas).values(), CERO))


def _tomar(producto: Producto) -> Producto:
    fila = Producto.objects.vivos().retenidos().filter(pk=producto.pk).first()
    if fila is None:
        raise NoEncontrado("No existe ese producto.")
    return fila


def _tomar_con_existencias(producto: Producto) -> Producto:
    """Bloquea sus existencias y después el producto, el orden de todos: nadie lo mueve mientras se decide."""
    del_libro().retener(producto)
    return _tomar(producto)


def _guardar(fila: Producto) -> None:
    fila.version += 1
    with traduciendo_choques(_choques(fila)):
        fila.save()
    avisar_cambio(fila)


def _choques(producto: Producto) -> dict[str, Callable[[], Conflicto]]:
    return {
        "producto_sku_unico": lambda: SkuDuplicado(producto.sku or ""),
        "producto_codigo_barras_unico": lambda: Conflicto(
            f"Ya existe un producto con el código de barras «{producto.codigo_barras}»."
        ),
    }


def _foto(producto: Producto) -> tuple[object, ...]:
    return (
        producto.nombre,
        producto.sku,
        producto.precio,
        producto.stock_minimo,
        producto.minimo_sobre_disponible,
        producto.punto_reorden,
        producto.unidad_id,
        producto.categoria_id,
        producto.proveedor_id,
        producto.codigo_barras,
        producto.activo,
    )


def _poner(producto: Producto, cambios: CambiosDeProducto) -> None:
    """Pone en el producto lo que venga, ya revisado; la unidad y el estado los decide quien llama."""
    if "nombre" in cambios:
        producto.nombre = exigir_texto(cambios["nombre"], campo="nombre", maximo=LARGO_NOMBRE)
    if "sku" in cambios:
        sku = cambios["sku"]
        producto.sku = None if sku is None else exigir_texto(sku, campo="sku", maximo=LARGO_SKU)
    if "precio" in cambios:
        producto.precio = _exigir_precio(cambios["precio"])
    if "stock_minimo" in cambios:
        producto.stock_minimo = _exigir_minimo(cambios["stock_minimo"], producto.unidad)
    if "minimo_sobre_disponible" in cambios:
        producto.minimo_sobre_disponible = cambios["minimo_sobre_disponible"]
    if "punto_reorden" in cambios:
        producto.punto_reorden = cuantizar(
            exigir_no_negativa(cambios["punto_reorden"], campo="punto_reorden")
        )
    if "codigo_barras" in cambios:
        producto.codigo_barras = _exigir_codigo_barras(cambios["codigo_barras"])
    if "categoria" in cambios:
        exigir_de_la_empresa(cambios["categoria"], producto.empresa_id, campo="categoria")
        producto.categoria = cambios["categoria"]
    if "proveedor" in cambios:
        proveedor = cambios["proveedor"]
        exigir_de_la_empresa(proveedor, producto.empresa_id, campo="proveedor_id")
        if proveedor is not None and not proveedor.activo and proveedor.pk != producto.proveedor_id:
            raise ProveedorInactivo("Ese proveedor está inactivo.", campo="proveedor_id", codigo="invalid")
        producto.proveedor = proveedor


def _exigir_unidad(unidad: Unidad, producto: Producto) -> None:
    exigir_de_la_empresa(unidad, producto.empresa_id, campo="unidad")
    if not unidad.activa:
        raise UnidadInactiva("Esa unidad está inactiva.", campo="unidad", codigo="invalid")


def _exigir_precio(precio: Decimal | None) -> Decimal | None:
    if precio is None:
        return None
    if not precio.is_finite():
        raise DatoInvalido("Debe ser un número finito.", campo="precio", codigo="invalid")
    if precio < 0:
        raise DatoInvalido("No puede ser negativo.", campo="precio", codigo="min_value")
    if precio > PRECIO_MAXIMO:
        raise DatoInvalido(f"Debe ser a lo más {PRECIO_MAXIMO}.", campo="precio", codigo="max_value")
    if precio != precio.quantize(CENTAVO):
        raise DatoInvalido("Se admiten hasta 2 decimales.", campo="precio", codigo="max_decimal_places")
    return precio.quantize(CENTAVO)


def _exigir_minimo(minimo: Decimal, unidad: Unidad) -> Decimal:
    exigir_decimal(minimo, campo="stock_minimo")
    if minimo < 0:
        raise DatoInvalido("No puede ser negativo.", campo="stock_minimo", codigo="min_value")
    if not unidad.divisible and minimo != minimo.to_integral_value():
        raise DatoInvalido(
            f"Debe ser un número entero: «{unidad}» no se divide (llegó {legible(minimo)}).",
            campo="stock_minimo",
            codigo="invalid",
        )
    return cuantizar(minimo)


def _exigir_codigo_barras(codigo: str) -> str:
    codigo = limpiar_texto(codigo, campo="codigo_barras", maximo=LARGO_CODIGO_BARRAS)
    if es_gtin(codigo) and digito_de_control(codigo[:-1]) != int(codigo[-1]):
        raise DatoInvalido(
            f"El dígito de control no corresponde: un GTIN de {len(codigo)} cifras que empieza así "
            f"termina en {digito_de_control(codigo[:-1])}.",
            campo="codigo_barras",
            codigo="invalid",
        )
    return codigo
