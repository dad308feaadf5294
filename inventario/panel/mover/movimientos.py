"""Lo que se movió: la lista por fecha, con sus filtros, y su CSV."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.permisos import Permiso
from inventario.movimientos.models import Asiento, Movimiento, TipoMovimiento
from inventario.movimientos.models.modulos import modulos_llamados
from inventario.nucleo.actores import Actor
from inventario.panel.marco.archivos import bajar_csv
from inventario.panel.marco.cursores import Orden, leer_momento, tramo
from inventario.panel.marco.filtros import DiaCampo, Filtro
from inventario.panel.marco.pagina import pagina, responder
from inventario.reportes.ambito import Ambito
from inventario.reportes.informes import movimientos_en_rango
from inventario.reportes.informes.movimientos import COLUMNAS as DE_MOVIMIENTO
from inventario.reportes.informes.movimientos import MovimientosEnRango

if TYPE_CHECKING:
    from django.http import QueryDict

DIAS = 30
POR_PAGINA = 50
ORDEN = Orden("fecha_efectiva", leer_momento, descendente=True)


class FiltroDeMovimientos(Filtro):
    """Sin decir desde cuándo, los últimos treinta días."""

    NO_FILTRAN = ("desde", "hasta")
    field_order = ("desde", "hasta", "producto", "tipo", "bodega", "modulo")

    desde = DiaCampo(label=_("Desde"))
    hasta = DiaCampo(label=_("Hasta"))
    tipo = forms.ChoiceField(
        label=_("Tipo"), required=False, choices=[("", _("Todos")), *TipoMovimiento.choices]
    )
    modulo = forms.CharField(
        label=_("Módulo"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, datos: QueryDict, *, actor: Actor) -> None:
        hoy = timezone.localdate()
        completos = datos.copy()
        if not completos.get("hasta"):
            completos["hasta"] = hoy.isoformat()
        if not completos.get("desde"):
            completos["desde"] = (hoy - timedelta(days=DIAS - 1)).isoformat()
        self.zona = actor.empresa.zona_horaria
        self.hoy = hoy
        super().__init__(completos, actor=actor)

    def clean(self) -> dict[str, Any]:
        datos = self.cleaned_data
        desde, hasta = datos.get("desde"), datos.get("hasta")
        if desde and hasta and hasta < desde:
            self.add_error("hasta", traducir("Debe ser igual o posterior a la primera fecha."))
        return datos

    def en_rango(self) -> MovimientosEnRango:
        """Las líneas al alcance que cumplen el filtro. Con el rango al revés, ninguna."""
        hasta = self.elegido("hasta") or self.hoy
        desde = self.elegido("desde") or hasta - timedelta(days=DIAS - 1)
        producto = self.elegido("producto")
        rango = movimientos_en_rango(
            Ambito(self.zona, timezone.now(), self.bodegas),
            desde=desde,
            hasta=hasta,
            tipo=self.elegido("tipo") or "",
            producto_id=producto and producto.pk,
        )
        consulta = rango.consulta
        if self.has_error("hasta"):
            consulta = consulta.none()
        if modulo := self.elegido("modulo"):
            # Quien lo escribe a mano no siempre lo escribe igual.
            consulta = consulta.filter(asiento__modulo__in=modulos_llamados(Asiento, modulo))
        return MovimientosEnRango(consulta)


@pagina(Permiso.VER)
@require_GET
def movimientos(request: HttpRequest) -> HttpResponse:
    filtro = FiltroDeMovimientos(request.GET, actor=actor_de(request))
    contexto = {
        "filtro": filtro,
        "tramo": tramo(
            filtro.en_rango().consulta, ORDEN, cursor=request.GET.get("cursor", ""), limite=POR_PAGINA
        ),
        "varias": filtro.varias,
    }
    return responder(request, "mover/movimientos/lista.html", "mover/movimientos/_tabla.html", contexto)


@pagina(Permiso.VER)
@require_GET
def movimientos_csv(request: HttpRequest) -> HttpResponse:
    """Todo lo que cumple el filtro, del más antiguo al más nuevo, con las columnas del reporte."""
    actor = actor_de(request)
    rango = FiltroDeMovimientos(request.GET, actor=actor).en_rango()
    # Lo que se registre mientras baja queda afuera.
    ultimo = Movimiento.objects.aggregate(ultimo=Max("pk"))["ultimo"] or 0
    return bajar_csv(actor, "movimientos", DE_MOVIMIENTO, rango.por_tandas(hasta_id=ultimo))
