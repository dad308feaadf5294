"""Base de los admin que solo se leen y crecen sin fin: ninguna página cuesta más porque haya más filas."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.admin.base import AdminDeEmpresa
from inventario.cuentas.alcance import son_varias, varias_bodegas
from inventario.cuentas.models import Bodega

if TYPE_CHECKING:
    _EnLinea = admin.TabularInline[Any, Any]
    _Paginador = Paginator[Any]
else:
    _EnLinea = admin.TabularInline
    _Paginador = Paginator

TOPE_DE_CUENTA = 10_000
BUSQUEDA_MAXIMA = 255


class PaginadorAcotado(_Paginador):
    """Cuenta hasta un tope: contar un millón de filas tarda más que mostrar cincuenta."""

    @cached_property
    def count(self) -> int:
        filas: Any = self.object_list
        cuantas: int = filas.order_by()[:TOPE_DE_CUENTA].count()
        return cuantas

    @property
    def acotado(self) -> bool:
        return self.count >= TOPE_DE_CUENTA


class AdminDeLectura(AdminDeEmpresa):
    """Nadie agrega, cambia ni borra desde aquí: lo que se pueda hacer es un verbo que llama a un servicio.

    `bodega_en` dice por dónde se limita a quien solo ve algunas bodegas; vacío, el modelo no tiene bodega.
    """

    paginator = PaginadorAcotado
    list_per_page = 50
    # Los conteos por filtro recorrerían toda la tabla, uno por opción.
    show_facets = admin.ShowFacets.NEVER
    change_form_template = "admin/lectura.html"
    bodega_en: ClassVar[str] = "bodega"

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return sin_bodega(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return sin_bodega(request, super().get_fields(request, obj))

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        filtros = super().get_list_filter(request)
        return [(filtro, FiltroDeBodega) if filtro == self.bodega_en else filtro for filtro in filtros]

    def enlaces(self, fila: Any) -> list[tuple[str, str]]:
        """Texto y dirección de las páginas que siguen a la de esta fila."""
        return []

    def acciones(self, request: HttpRequest, fila: Any) -> list[tuple[str, str]]:
        """Texto y dirección de lo que quien mira puede hacer con esta fila."""
        return []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        fila = kwargs.get("obj")
        if fila is not None:
            context |= {"enlaces": self.enlaces(fila), "acciones": self.acciones(request, fila)}
        return super().render_change_form(request, context, *args, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        texto = search_term.strip()
        # Nada que se busque es tan largo, y SQLite se niega a comparar un patrón de 50 000 bytes.
        if len(texto) > BUSQUEDA_MAXIMA:
            return queryset.none(), False
        if texto and (encontrados := self.buscar(texto)) is not None:
            return queryset.filter(encontrados), False
        return super().get_search_results(request, queryset, texto)

    def buscar(self, texto: str) -> Q | None:
        """Qué filas dice el texto; `None`, las de `search_fields`."""
        return None

    def a_la_vista(self, request: HttpRequest, fila: Any) -> Any:
        """Lo que quien mira puede saber de esa fila, que es suya; de casi todas, todo."""
        return fila

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        fila = super().get_object(request, object_id, from_field)
        return fila and self.a_la_vista(request, fila)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        lista: Any = super().get_changelist_instance(request)
        lista.result_list = [self.a_la_vista(request, fila) for fila in lista.result_list]
        return lista

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        filas = super().get_queryset(request)
        return actor_de(request).alcance.filtrar(filas, self.bodega_en) if self.bodega_en else filas


class FiltroDeBodega(admin.RelatedFieldListFilter):
    """Ofrece las bodegas de quien mira; con una sola no se pregunta cuál (decisión 3)."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        suyas = actor_de(request).alcance.filtrar(Bodega.objects.order_by("-principal", "nombre", "pk"), "pk")
        bodegas = list(suyas)
        return [(bodega.pk, str(bodega)) for bodega in bodegas] if son_varias(bodegas) else []


class LecturaEnLinea(_EnLinea):
    """Filas hijas dentro de la página de su dueño, que ya comprobó quién las ve."""

    extra = 0
    can_delete = False
    template = "admin/lineas.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return sin_bodega(request, super().get_fields(request, obj))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def sin_bodega(request: HttpRequest, campos: Iterable[Any]) -> list[Any]:
    """Quita la bodega de quien solo llega a una: entonces nadie ve la palabra (decisión 3)."""
    varias: bool | None = getattr(request, "varias_bodegas", None)
    if varias is None:
        varias = varias_bodegas(actor_de(request).alcance)
        request.varias_bodegas = varias  # type: ignore[attr-defined]  # HttpRequest no declara lo que le agregan
    return [campo for campo in campos if varias or campo != "bodega"]


def dia(fecha: date | None) -> str:
    """Escribe una fecha corta: la larga de Django no deja lugar a las demás columnas."""
    return date_format(fecha, "SHORT_DATE_FORMAT") if fecha else "—"


def instante(momento: datetime) -> str:
    return date_format(timezone.localtime(momento), "SHORT_DATETIME_FORMAT")
