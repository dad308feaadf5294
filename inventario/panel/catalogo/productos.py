"""La lista de productos: buscar, filtrar, ordenar y llevarse lo que se ve a un archivo."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.permisos import Permiso
from inventario.existencias.productos import (
    ProductoContado,
    bajo_minimo,
    con_existencias,
    con_su_fisica,
    sin_existencias,
)
from inventario.nucleo.actores import Actor
from inventario.panel.buscar.resultados import LARGO, limpiar
from inventario.panel.marco.formularios import Formulario
from inventario.panel.marco.pagina import nueva_clave, pagina, responder
from inventario.productos.models import Categoria, Producto
from inventario.productos.querysets import ProductoQuerySet
from inventario.productos.selectors import rama_de
from inventario.reportes.ambito import Ambito, ambito_de
from inventario.reportes.exportar.archivos import TIPO_DE_CONTENIDO, EscritorCsv
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.informes import contar
from inventario.reportes.informes.inventario import COLUMNAS as DE_INVENTARIO
from inventario.reportes.services import nombre_de_archivo

POR_PAGINA = 25
TANDA = 500
ORDENES = {
    "nombre": "nombre_plegado",
    "sku": "sku_normalizado",
    "categoria": "categoria__nombre",
    "precio": "precio",
    "existencia": "fisica_total",
    "minimo": "stock_minimo",
}
TITULOS = {
    "nombre": _("Producto"),
    "sku": _("SKU"),
    "categoria": _("Categoría"),
    "precio": _("Precio"),
    "existencia": _("Existencia"),
    "minimo": _("Mínimo"),
}


@dataclass(frozen=True, slots=True)
class Encabezado:
    """Una columna por la que se ordena; `orden` es el que se ve ahora."""

    clave: str
    titulo: Any
    orden: str

    @property
    def sentido(self) -> str:
        """Como lo dice `aria-sort`."""
        if self.orden.removeprefix("-") != self.clave:
            return "none"
        return "descending" if self.orden.startswith("-") else "ascending"

    @property
    def siguiente(self) -> str:
        """El orden que pide quien la toca: la misma otra vez se invierte."""
        return f"-{self.clave}" if self.sentido == "ascending" else self.clave

    @property
    def es_numero(self) -> bool:
        return self.clave in ("precio", "existencia", "minimo")


@dataclass(frozen=True, slots=True)
class EnSusBodegas(ProductoContado):
    """Lo que alcanza a ver quien está limitado a unas bodegas; el mínimo sigue siendo sobre el total."""

    falta_en_total: bool = False

    @property
    def bajo_minimo(self) -> bool:
        return self.falta_en_total


def contados_para(actor: Actor, productos: list[Producto]) -> list[ProductoContado]:
    """Lo que hay de cada producto en las bodegas de esa persona."""
    contados = contar(ambito_de(actor), productos)
    if not actor.bodegas_permitidas:
        return contados
    return [
        EnSusBodegas(uno.producto, uno.cantidades.en(actor.bodegas_permitidas), uno.bajo_minimo)
        for uno in contados
    ]


class Filtro(Formulario):
    """Lo que la dirección dice que se quiere ver; lo mal escrito se toma como no dicho."""

    q = forms.CharField(
        label=_("Buscar"),
        required=False,
        max_length=LARGO,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": _("Nombre, SKU o código de barras"),
                "autocomplete": "off",
            }
        ),
    )
    categoria = forms.ModelChoiceField(
        label=_("Categoría"),
        queryset=Categoria._base_manager.none(),
        required=False,
        empty_label=_("Todas"),
    )
    estado = forms.ChoiceField(
        label=_("Estado"),
        required=False,
        choices=[("", _("Activos")), ("inactivos", _("Inactivos")), ("todos", _("Todos"))],
    )
    existencia = forms.ChoiceField(
        label=_("Existencia"),
        required=False,
        choices=[
            ("", _("Cualquiera")),
            ("bajo_minimo", _("Bajo el mínimo")),
            ("con", _("Con existencia")),
            ("sin", _("Sin existencia")),
        ],
    )
    # En el teléfono la tabla no tiene encabezados que tocar.
    orden = forms.ChoiceField(
        label=_("Orden"),
        required=False,
        choices=[
            ("", _("Nombre")),
            ("-nombre", _("Nombre, de la Z a la A")),
            ("sku", _("SKU")),
            ("-sku", _("SKU, de la Z a la A")),
            ("categoria", _("Categoría")),
            ("-categoria", _("Categoría, de la Z a la A")),
            ("precio", _("Menor precio primero")),
            ("-precio", _("Mayor precio primero")),
            ("existencia", _("Menos existencia primero")),
            ("-existencia", _("Más existencia primero")),
            ("minimo", _("Menor mínimo primero")),
            ("-minimo", _("Mayor mínimo primero")),
        ],
    )

    def __init__(self, datos: QueryDict, *, ambito: Ambito) -> None:
        super().__init__(datos)
        self.ambito = ambito
        eleccion = self.fields["categoria"]
        assert isinstance(eleccion, forms.ModelChoiceField)
        eleccion.queryset = Categoria.objects.order_by("nombre", "pk")

    def aplicar(self) -> ProductoQuerySet:
        """Devuelve los productos que cumplen el filtro, sin orden."""
        self.full_clean()
        elegido = self.cleaned_data
        productos = Producto.objects.vivos().que_dicen(limpiar(elegido.get("q") or ""))
        if elegido.get("estado") != "todos":
            productos = productos.filter(activo=elegido.get("estado") != "inactivos")
        if elegido.get("categoria") is not None:
            productos = productos.filter(categoria__in=rama_de(elegido["categoria"].pk))
        match elegido.get("existencia"):
            case "bajo_minimo":
                return bajo_minimo(productos, ahora=self.ambito.ahora, hoy=self.ambito.hoy)
            case "con":
                return con_existencias(productos, self.ambito.bodegas)
            case "sin":
                return sin_existencias(productos, self.ambito.bodegas)
        return productos

    @property
    def pide_algo(self) -> bool:
        return any(self.data.get(nombre) for nombre in self.fields if nombre != "orden")


def ordenados(productos: ProductoQuerySet, orden: str, bodegas: frozenset[int]) -> ProductoQuerySet:
    """Por esa columna (`-` la invierte) y luego por id; una desconocida es el nombre.

    La existencia es la de esas bodegas; vacío, la de todas.
    """
    columna = ORDENES.get(orden.removeprefix("-"), "nombre_plegado")
    if columna == "fisica_total":
        productos = con_su_fisica(productos, bodegas)
    if orden.startswith("-"):
        return productos.order_by(F(columna).desc(nulls_last=True), "-pk")
    return productos.order_by(F(columna).asc(nulls_last=True), "pk")


@pagina(Permiso.VER)
def productos(request: HttpRequest) -> HttpResponse:
    """La lista, de a 25. El mínimo es por producto y se compara con la suma de las bodegas (decisión 3).

    Lo que hay es lo de las bodegas que la persona alcanza.
    """
    actor = actor_de(request)
    filtro = Filtro(request.GET, ambito=ambito_de(actor))
    orden = request.GET.get("orden") or "nombre"
    consulta = ordenados(filtro.aplicar(), orden, actor.bodegas_permitidas).con_catalogo()
    hoja = Paginator(consulta, POR_PAGINA).get_page(request.GET.get("pagina"))
    contados = contados_para(actor, list(hoja.object_list))
    contexto = {
        "filtro": filtro,
        "columnas": [Encabezado(clave, titulo, orden) for clave, titulo in TITULOS.items()],
        "limitado": bool(actor.bodegas_permitidas),
        "pagina": hoja,
        # Cada fila puede retirar su producto: cada una lleva su clave.
        "filas": [(contado, nueva_clave()) for contado in contados],
    }
    return responder(request, "catalogo/lista.html", "catalogo/_tabla.html", contexto)


@pagina(Permiso.VER)
def productos_csv(request: HttpRequest) -> HttpResponse:
    """Todo lo que cumple el filtro, en el orden en que se ve, con las columnas del reporte de inventario."""
    actor = actor_de(request)
    ambito = ambito_de(actor)
    filtro = Filtro(request.GET, ambito=ambito)
    orden = request.GET.get("orden") or "nombre"
    elegidos = ordenados(filtro.aplicar(), orden, actor.bodegas_permitidas).con_catalogo()
    archivo = io.BytesIO()
    escritor = EscritorCsv(archivo, DE_INVENTARIO, zona=ambito.zona)
    encontrados = list(elegidos)
    for desde in range(0, len(encontrados), TANDA):
        escritor.escribir(contados_para(actor, encontrados[desde : desde + TANDA]))
    escritor.cerrar()
    nombre = nombre_de_archivo("productos", Formato.CSV, actor)
    return HttpResponse(
        archivo.getvalue(),
        content_type=TIPO_DE_CONTENIDO[Formato.CSV],
        headers={"Content-Disposition": f'attachment; filename="{nombre}"'},
    )
