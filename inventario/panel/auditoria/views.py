"""La auditoría para quien administra: quién hizo qué, sus filtros y su CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.models import Anotacion
from inventario.auditoria.selectors import anotaciones, por_tandas, quienes
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.models import Usuario
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor
from inventario.panel.auditoria.cambios import cambios_de, en_una_linea
from inventario.panel.marco.archivos import bajar_csv
from inventario.panel.marco.cursores import Orden, leer_momento, tramo
from inventario.panel.marco.filtros import DiaCampo
from inventario.panel.marco.formularios import Formulario
from inventario.panel.marco.pagina import pagina, responder
from inventario.reportes.exportar.tabla import Clase, Columna

if TYPE_CHECKING:
    from django.http import QueryDict

POR_PAGINA = 50
ORDEN = Orden("creado_en", leer_momento, descendente=True)
COLUMNAS = (
    Columna("id", _("Id"), Clase.ENTERO, lambda una: una.pk),
    Columna("cuando", _("Cuándo"), Clase.MOMENTO, lambda una: una.creado_en),
    Columna("hecho", _("Qué"), Clase.TEXTO, lambda una: una.hecho),
    Columna("sobre_tipo", _("Tipo de cosa"), Clase.TEXTO, lambda una: una.sobre_tipo),
    Columna("sobre_id", _("Id de la cosa"), Clase.TEXTO, lambda una: una.sobre_id),
    Columna("sobre", _("Sobre qué"), Clase.TEXTO, lambda una: una.sobre),
    Columna("usuario", _("Usuario"), Clase.TEXTO, lambda una: una.quien),
    Columna("externo_id", _("Id en el otro sistema"), Clase.TEXTO, lambda una: una.externo_id),
    Columna("externo_nombre", _("En el otro sistema"), Clase.TEXTO, lambda una: una.externo_nombre),
    Columna("antes", _("Antes"), Clase.TEXTO, lambda una: en_una_linea(una.antes)),
    Columna("despues", _("Después"), Clase.TEXTO, lambda una: en_una_linea(una.despues)),
    Columna("motivo", _("Motivo"), Clase.TEXTO, lambda una: una.motivo),
    Columna("direccion", _("Dirección"), Clase.TEXTO, lambda una: una.direccion or ""),
    Columna("solicitud_id", _("Solicitud"), Clase.TEXTO, lambda una: una.solicitud_id),
)


class FiltroDeAuditoria(Formulario):
    """Lo mal escrito no filtra; con las fechas al revés no hay nada."""

    desde = DiaCampo(label=_("Desde"))
    hasta = DiaCampo(label=_("Hasta"))
    hecho = forms.ChoiceField(label=_("Qué"), required=False, choices=[("", _("Todo")), *Hecho.choices])
    persona = forms.ChoiceField(label=_("Quién"), required=False)
    q = forms.CharField(
        label=_("Buscar"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, datos: QueryDict, *, actor: Actor) -> None:
        super().__init__(datos)
        self.actor = actor
        campo = self.fields["persona"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [("", traducir("Todos")), *quienes(actor.empresa)]
        self.full_clean()

    def clean(self) -> dict[str, Any]:
        datos = self.cleaned_data
        desde, hasta = datos.get("desde"), datos.get("hasta")
        if desde and hasta and hasta < desde:
            self.add_error("hasta", traducir("Debe ser igual o posterior a la primera fecha."))
        return datos

    @property
    def pide_algo(self) -> bool:
        return any(self.data.get(nombre) for nombre in self.fields)

    @property
    def filas(self) -> QuerySet[Anotacion]:
        datos = self.cleaned_data
        if self.has_error("hasta"):
            return anotaciones(zona=self.actor.empresa.zona_horaria).none()
        persona = datos.get("persona")
        return anotaciones(
            zona=self.actor.empresa.zona_horaria,
            desde=datos.get("desde"),
            hasta=datos.get("hasta"),
            hecho=datos.get("hecho") or "",
            usuario=Usuario.objects.filter(pk=persona).first() if persona else None,
            texto=datos.get("q") or "",
        )


@pagina(Permiso.ADMINISTRAR)
@require_GET
def auditoria(request: HttpRequest) -> HttpResponse:
    filtro = FiltroDeAuditoria(request.GET, actor=actor_de(request))
    hallado = tramo(filtro.filas, ORDEN, cursor=request.GET.get("cursor", ""), limite=POR_PAGINA)
    contexto = {
        "filtro": filtro,
        "tramo": hallado,
        "filas": [(una, cambios_de(una)) for una in hallado.filas],
    }
    return responder(request, "auditoria/lista.html", "auditoria/_tabla.html", contexto)


@pagina(Permiso.ADMINISTRAR)
@require_GET
def auditoria_csv(request: HttpRequest) -> HttpResponse:
    """Todo lo que cumple el filtro, lo más nuevo primero."""
    actor = actor_de(request)
    filas = FiltroDeAuditoria(request.GET, actor=actor).filas
    return bajar_csv(actor, "auditoria", COLUMNAS, por_tandas(filas))
