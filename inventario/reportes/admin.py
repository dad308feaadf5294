"""Las exportaciones en la administración: se leen, para saber quién se llevó qué."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from inventario.cuentas.admin.lectura import AdminDeLectura
from inventario.cuentas.permisos import Permiso
from inventario.reportes.models import Exportacion


@admin.register(Exportacion)
class ExportacionAdmin(AdminDeLectura):
    permiso_de_ver = Permiso.ADMINISTRAR
    bodega_en = ""
    list_display = ("id", "nombre", "usuario", "estado", "avance", "filas", "creada_en", "vence_en")
    list_filter = ("estado", "formato")
    list_select_related = ("usuario",)
    # El nombre en el almacén es el secreto, y lo que dice el archivo es de quien lo encargó.
    exclude = ("archivo", "resumen")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Exportacion]:
        return super().get_queryset(request).order_by("-pk")
