"""E1–E5: el producto y sus cantidades, que la API muestra y nunca escribe."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.cache import recordado
from inventario.borde.campos import (
    BooleanoCampo,
    CantidadCampo,
    DineroCampo,
    EnteroCampo,
    OpcionCampo,
    Peticion,
    TextoCampo,
    leer_consulta,
    leer_cuerpo,
)
from inventario.borde.paginacion import PorSalto
from inventario.borde.views import ConjuntoDeEmpresa
from inventario.cuentas.permisos import Permiso
from inventario.existencias.disponibilidad import vence_el_proximo_apartado
from inventario.existencias.productos import (
    ProductoContado,
    bajo_minimo,
    con_existencias,
    contar,
    sin_existencias,
    sobre_minimo,
)
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.cache import Familia
from inventario.nucleo.errores import DatoInvalido, Detalle
from inventario.nucleo.reloj import hoy_en
from inventario.productos.api.documentacion import catalogo
from inventario.productos.models import Categoria, Producto, Proveedor
from inventario.productos.querysets import ProductoQuerySet
from inventario.productos.selectors import rama_de
from inventario.productos.services import (
    CambiosDeProducto,
    crear_producto,
    editar_producto,
    eliminar_producto,
    unidad_conocida,
)

# La API inglesa admite 100 (decisión 23); quien trae uno así puede volver a mandarlo igual.
LARGO_SKU = 64
ORDENES = ("id", "nombre", "sku", "precio")
COLUMNA = {"id": "pk", "nombre": "nombre_plegado", "sku": "sku_normalizado", "precio": "precio"}
_ETIQUETA = re.compile(r'"(\d{1,18})"')


class ProductoSerializer(serializers.Serializer[Any]):
    id = EnteroCampo(source="producto.pk")
    nombre = TextoCampo(source="producto.nombre", maximo=255)
    sku = TextoCampo(source="producto.sku", maximo=100, allow_null=True)
    precio = DineroCampo(source="producto.precio", allow_null=True)
    stock_minimo = CantidadCampo(source="producto.stock_minimo")
    minimo_sobre_disponible = BooleanoCampo(source="producto.minimo_sobre_disponible")
    cantidad_actual = CantidadCampo(
        source="cantidades.fisica",
        help_text="Sumadas las bodegas que alcanza quien pide, como las demás.",
    )
    cantidad_reservada = CantidadCampo(source="cantidades.apartada")
    cantidad_disponible = CantidadCampo(source="cantidades.disponible")
    unidad = TextoCampo(source="producto.unidad.abreviatura", maximo=50)
    categoria_id = EnteroCampo(source="producto.categoria_id", allow_null=True)
    categoria = TextoCampo(source="producto.categoria.nombre", maximo=100, allow_null=True)
    proveedor_id = EnteroCampo(source="producto.proveedor_id", allow_null=True)
    codigo_barras = TextoCampo(source="producto.codigo_barras", maximo=48)
    activo = BooleanoCampo(source="producto.activo")
    version = EnteroCampo(source="producto.version")


class ExistenciaSerializer(serializers.Serializer[Any]):
    bodega = TextoCampo(source="codigo", maximo=30)
    nombre = TextoCampo(maximo=120)
    cantidad_actual = CantidadCampo(source="fisica")
    cantidad_reservada = CantidadCampo(source="apartada")
    cantidad_disponible = CantidadCampo(source="disponible")


class ProductoDetalleSerializer(ProductoSerializer):
    existencias = ExistenciaSerializer(source="cantidades.bodegas", many=True)


class ProductoPeticion(Peticion):
    nombre = TextoCampo(maximo=255)
    sku = TextoCampo(maximo=LARGO_SKU)
    precio = DineroCampo()
    stock_minimo = CantidadCampo(minimo=0, required=False)
    minimo_sobre_disponible = BooleanoCampo(
        required=False,
        help_text="El mínimo se compara con `cantidad_disponible` en vez de `cantidad_actual`.",
    )
    unidad = TextoCampo(maximo=50, required=False)
    categoria_id = EnteroCampo(required=False, allow_null=True)
    categoria = TextoCampo(maximo=100, required=False, allow_null=True)
    proveedor_id = EnteroCampo(required=False, allow_null=True)
    codigo_barras = TextoCampo(maximo=48, permite_vacio=True, required=False)


class CambioDeProductoPeticion(ProductoPeticion):
    sku = TextoCampo(maximo=100)
    activo = BooleanoCampo(required=False)


class FiltroDeProductos(Peticion):
    buscar = TextoCampo(maximo=100, required=False, help_text="En el SKU, el nombre o el código de barras.")
    activo = BooleanoCampo(required=False)
    categoria = EnteroCampo(required=False, help_text="Id de la categoría; incluye las que contiene.")
    proveedor_id = EnteroCampo(required=False)
    unidad = TextoCampo(maximo=50, required=False, help_text="Abreviatura.")
    con_stock = BooleanoCampo(required=False)
    bajo_minimo = BooleanoCampo(required=False)
    orden = OpcionCampo([f"{signo}{orden}" for orden in ORDENES for signo in ("", "-")], default="id")


_IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="Versión que se leyó, entre comillas; si ya no es, 409.",
)


@catalogo(
    grupo="productos",
    una="un producto",
    las="los productos",
    nombre="producto",
    nombres="productos",
    lista=ProductoSerializer,
    ficha=ProductoDetalleSerializer,
    filtro=FiltroDeProductos,
    peticion=ProductoPeticion,
    cambio=CambioDeProductoPeticion(partial=True),
    elimina=True,
    version=_IF_MATCH,
)
class ConjuntoDeProductos(ConjuntoDeEmpresa):
    modelo = Producto
    no_encontrado = "Producto no encontrado."
    serializer_class = ProductoSerializer
    pagination_class = PorSalto
    # El id se revisa en la vista: «1.5» no es una dirección desconocida sino un entero mal escrito.
    lookup_value_regex = "[^/]+"
    permisos = {
        "list": Permiso.VER,
        "retrieve": Permiso.VER,
        "create": Permiso.CATALOGAR,
        "update": Permiso.CATALOGAR,
        "partial_update": Permiso.CATALOGAR,
        "destroy": Permiso.ELIMINAR,
    }

    def consulta(self) -> ProductoQuerySet:
        return Producto.objects.vivos().con_catalogo()

    @recordado(Familia.PRODUCTO, cambia=vence_el_proximo_apartado)
    def list(self, request: Request) -> Response:
        filtro, ahora = leer_consulta(FiltroDeProductos, request), timezone.now()
        hoy = hoy_en(self.actor.empresa.zona_horaria, ahora)
        pagina = self.paginate_queryset(
            filtrar(self.consulta(), filtro, self.actor.alcance, ahora=ahora, hoy=hoy)
        )
        assert pagina is not None, "El paginador está puesto."
        return self.get_paginated_response(ProductoSerializer(self._contar(pagina), many=True).data)

    @recordado(Familia.PRODUCTO, cambia=vence_el_proximo_apartado)
    def retrieve(self, request: Request, pk: str) -> Response:
        return self._responder(self.get_object())

    def create(self, request: Request) -> Response:
        producto = crear_producto(actor=self.actor, **self._resolver(leer_cuerpo(ProductoPeticion, request)))
        return self._responder(producto, estado=status.HTTP_201_CREATED)

    def update(self, request: Request, pk: str) -> Response:
        """Cambia lo que venga en el cuerpo; lo ausente queda igual, también con PUT (contrato E4)."""
        producto = self.get_object()
        datos: CambiosDeProducto = self._resolver(
            leer_cuerpo(CambioDeProductoPeticion, request, partial=True)
        )
        sku = datos.get("sku")
        if sku is not None and len(sku) > LARGO_SKU and sku != producto.sku:
            raise DatoInvalido(f"Se admiten hasta {LARGO_SKU} caracteres.", campo="sku", codigo="max_length")
        editado = editar_producto(
            actor=self.actor, producto=producto, cambios=datos, version=version_exigida(request)
        )
        return self._responder(editado)

    def partial_update(self, request: Request, pk: str) -> Response:
        return self.update(request, pk)

    def destroy(self, request: Request, pk: str) -> Response:
        """Responde con el producto eliminado, no con 204 (contrato E5)."""
        producto = self.get_object()
        eliminado = eliminar_producto(actor=self.actor, producto=producto, version=version_exigida(request))
        return self._responder(eliminado)

    def _responder(self, producto: Producto, *, estado: int = status.HTTP_200_OK) -> Response:
        [contado] = self._contar([producto])
        return Response(
            ProductoDetalleSerializer(contado).data, status=estado, headers={"ETag": f'"{producto.version}"'}
        )

    def _contar(self, productos: Sequence[Producto]) -> Sequence[ProductoContado]:
        ahora = timezone.now()
        hoy = hoy_en(self.actor.empresa.zona_horaria, ahora)
        return contar(productos, ahora=ahora, hoy=hoy, alcance=self.actor.alcance)

    def _resolver(self, cuerpo: dict[str, Any]) -> Any:
        """Cambia los nombres y los id por lo que nombran; lo de otra empresa no existe."""
        datos = dict(cuerpo)
        if "unidad" in datos:
            datos["unidad"] = unidad_conocida(self.actor.empresa, datos["unidad"])
        if "categoria_id" in datos:
            datos["categoria"] = _existente(Categoria, "categoria_id", pk=datos.pop("categoria_id"))
        elif "categoria" in datos:
            datos["categoria"] = _existente(Categoria, "categoria", nombre=datos["categoria"])
        if "proveedor_id" in datos:
            datos["proveedor"] = _existente(Proveedor, "proveedor_id", pk=datos.pop("proveedor_id"))
        return datos


def filtrar(
    productos: ProductoQuerySet, filtro: dict[str, Any], alcance: Alcance, *, ahora: datetime, hoy: date
) -> ProductoQuerySet:
    """Aplica el filtro y un orden total: los nulos al final y el id para desempatar."""
    if "buscar" in filtro:
        productos = productos.que_dicen(filtro["buscar"])
    if "activo" in filtro:
        productos = productos.filter(activo=filtro["activo"])
    if "categoria" in filtro:
        productos = productos.filter(categoria__in=rama_de(filtro["categoria"]))
    if "proveedor_id" in filtro:
        productos = productos.filter(proveedor=filtro["proveedor_id"])
    if "unidad" in filtro:
        productos = productos.filter(unidad__abreviatura_normalizada=filtro["unidad"].casefold())
    if "con_stock" in filtro:
        con_stock = con_existencias if filtro["con_stock"] else sin_existencias
        productos = con_stock(productos, alcance)
    if "bajo_minimo" in filtro:
        elegir = bajo_minimo if filtro["bajo_minimo"] else sobre_minimo
        productos = elegir(productos, ahora=ahora, hoy=hoy)
    orden: str = filtro["orden"]
    columna = F(COLUMNA[orden.lstrip("-")])
    if orden.startswith("-"):
        return productos.order_by(columna.desc(nulls_last=True), "-pk")
    return productos.order_by(columna.asc(nulls_last=True), "pk")


def version_exigida(solicitud: Request) -> int | None:
    """Devuelve la versión de `If-Match`, o nada si no se exige ninguna."""
    texto = solicitud.headers.get("If-Match", "*").strip()
    if texto == "*":
        return None
    etiqueta = _ETIQUETA.fullmatch(texto)
    if etiqueta is None:
        mensaje = 'Debe ser la versión que se leyó, entre comillas: "3".'
        detalle = Detalle("If-Match", "invalid", mensaje, (("ubicacion", "header"),))
        raise DatoInvalido(mensaje, campo="If-Match", detalles=[detalle])
    return int(etiqueta[1])


def _existente(modelo: type[Categoria] | type[Proveedor], campo: str, **clave: Any) -> Any:
    if None in clave.values():
        return None
    fila = modelo.objects.filter(**clave).first()
    if fila is None:
        cual = "esa categoría" if modelo is Categoria else "ese proveedor"
        raise DatoInvalido(f"No existe {cual}.", campo=campo, codigo="does_not_exist")
    return fila
