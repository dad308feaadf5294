"""Existencias, apartados e importaciones: solo se leen."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from inventario.borde.admin.enlaces import lista_filtrada
from inventario.cuentas.admin.lectura import AdminDeLectura, instante
from inventario.lotes.admin import con_unidad
from inventario.movimientos.models import Apartado, Asiento, Existencia, Importacion
from inventario.productos.models import Producto


@admin.register(Existencia)
class ExistenciaAdmin(AdminDeLectura):
    list_display = ("producto", "bodega", "hay", "prometido", "minimo")
    list_select_related = ("producto__unidad", "bodega")
    list_filter = ("bodega",)
    search_fields = ("producto__sku",)
    search_help_text = "SKU, nombre o código de barras"
    ordering = ("producto_id", "bodega_id")
    sortable_by = ()
    fields = ("producto", "bodega", "hay", "prometido", "minimo")
    readonly_fields = ("hay", "prometido", "minimo")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Existencia]:
        """Las de una bodega cerrada solo importan mientras quede algo en ella."""
        existencias: QuerySet[Existencia] = super().get_queryset(request)
        return existencias.exclude(bodega__activa=False, fisica=0, apartada=0)

    def buscar(self, texto: str) -> Q:
        return Q(producto__in=Producto.objects.que_dicen(texto))

    @admin.display(description="existencia física")
    def hay(self, existencia: Existencia) -> str:
        return con_unidad(existencia.fisica, existencia.producto)

    @admin.display(description="apartada")
    def prometido(self, existencia: Existencia) -> str:
        return con_unidad(existencia.apartada, existencia.producto)

    @admin.display(description="mínimo del producto")
    def minimo(self, existencia: Existencia) -> str:
        return con_unidad(existencia.producto.stock_minimo, existencia.producto)


@admin.register(Apartado)
class ApartadoAdmin(AdminDeLectura):
    list_display = (
        "producto",
        "bodega",
        "prometido",
        "resta",
        "modulo",
        "referencia",
        "estado",
        "vigente",
        "vence",
        "creado",
    )
    list_select_related = ("producto__unidad", "bodega")
    list_filter = ("estado", ("vence_en", admin.DateFieldListFilter), "bodega")
    search_fields = ("referencia",)
    search_help_text = "Módulo o referencia exactos, SKU o nombre del producto"
    ordering = ("-id",)
    sortable_by = ("vence",)
    fields = (
        *("producto", "bodega", "prometido", "resta", "modulo", "referencia"),
        *("estado", "vigente", "creado", "vence", "resuelto_en"),
    )
    readonly_fields = ("prometido", "resta", "vigente", "vence", "creado")

    def buscar(self, texto: str) -> Q:
        productos = Producto.objects.que_dicen(texto)
        return Q(modulo=texto) | Q(referencia=texto) | Q(producto__in=productos)

    @admin.display(description="cantidad")
    def prometido(self, apartado: Apartado) -> str:
        return con_unidad(apartado.cantidad, apartado.producto)

    @admin.display(description="resta")
    def resta(self, apartado: Apartado) -> str:
        return con_unidad(apartado.restante, apartado.producto)

    @admin.display(description="vence", ordering="vence_en")
    def vence(self, apartado: Apartado) -> str:
        return instante(apartado.vence_en)

    @admin.display(description="creado")
    def creado(self, apartado: Apartado) -> str:
        return instante(apartado.creado_en)

    @admin.display(description="vale ahora", boolean=True)
    def vigente(self, apartado: Apartado) -> bool:
        return apartado.estado == Apartado.Estado.VIGENTE and apartado.vence_en > timezone.now()


@admin.register(Importacion)
class ImportacionAdmin(AdminDeLectura):
    bodega_en = ""
    list_display = (
        *("id", "clase", "archivo", "estado", "filas", "aplicadas", "rechazadas", "usuario"),
        *("creada_en", "deshecha_en"),
    )
    list_select_related = ("usuario",)
    list_filter = ("clase", "estado", ("creada_en", admin.DateFieldListFilter))
    search_fields = ("archivo", "huella")
    search_help_text = "Nombre o huella del archivo"
    ordering = ("-id",)
    sortable_by = ("id",)

    def enlaces(self, fila: Importacion) -> list[tuple[str, str]]:
        return [("Ver sus asientos", lista_filtrada(Asiento, importacion=fila.pk))]
