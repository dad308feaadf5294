"""La auditoría en el admin: se lee, se filtra y se busca; nadie la toca."""

from __future__ import annotations

from django.contrib import admin

from inventario.auditoria.models import Anotacion
from inventario.cuentas.admin.lectura import AdminDeLectura, instante
from inventario.cuentas.permisos import Permiso


@admin.register(Anotacion)
class AnotacionAdmin(AdminDeLectura):
    bodega_en = ""
    permiso_de_ver = Permiso.ADMINISTRAR
    list_display = ("cuando", "que", "sobre", "quien", "motivo", "direccion")
    list_filter = ("hecho", "creado_en", "quien")
    search_fields = ("sobre", "quien", "externo_nombre", "motivo", "solicitud_id")
    fields = (
        *("creado_en", "hecho", "sobre", "sobre_tipo", "sobre_id", "antes", "despues", "motivo"),
        *("usuario", "quien", "externo_id", "externo_nombre", "direccion", "solicitud_id"),
    )

    @admin.display(description="cuándo", ordering="creado_en")
    def cuando(self, una: Anotacion) -> str:
        return instante(una.creado_en)

    @admin.display(description="qué", ordering="hecho")
    def que(self, una: Anotacion) -> str:
        return una.que
