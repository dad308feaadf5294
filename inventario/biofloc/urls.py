"""Las direcciones del contrato: /api/v1/inventory/… y /api/v1/units…

Se montan antes que la API en español. Con o sin barra final responde lo mismo, y nada redirige.
"""

from __future__ import annotations

from django.urls import URLPattern, re_path

from inventario.biofloc.catalogo import modulos, unidades
from inventario.biofloc.catalogo import views as catalogo
from inventario.biofloc.cuentas import autenticacion, claves
from inventario.biofloc.existencias import libro, tablero, varias
from inventario.biofloc.existencias import views as existencias
from inventario.biofloc.reservas import views as reservas
from inventario.biofloc.views import Desconocida, TodaviaNo

app_name = "biofloc"

urlpatterns: list[URLPattern] = [
    # Antes que el catálogo: «bulk-fetch» no es el id de un ítem.
    *varias.rutas,
    *existencias.rutas,
    *libro.rutas,
    *reservas.rutas,
    *catalogo.rutas,
    *modulos.rutas,
    *tablero.rutas,
    *unidades.rutas,
    *autenticacion.rutas,
    *claves.rutas,
    re_path(r"^inventory/(?:purchase-orders|suppliers)(?s:/.*)?\Z", TodaviaNo.as_view(), name="todavia_no"),
    re_path(r"^(?:inventory|units|auth|api-keys)(?s:/.*)?\Z", Desconocida.as_view(), name="desconocida"),
]
