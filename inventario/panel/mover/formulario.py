"""Lo que comparten las páginas que sacan o corrigen existencias: de qué bodega, por qué y para quién."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _

from inventario.cuentas.alcance import se_nombra_la_bodega, varias_bodegas
from inventario.cuentas.models import Bodega
from inventario.existencias.cifras import Cifras
from inventario.existencias.disponibilidad import existencias_de
from inventario.lotes.models import Lote
from inventario.movimientos.errores import ExistenciaInsuficiente
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, Existencia, Motivo, TipoAsiento
from inventario.movimientos.models.tipos import opciones_de
from inventario.nucleo.actores import Actor
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.cantidades import legible
from inventario.nucleo.errores import ErrorDeDominio, NoEncontrado, ReglaRota, SinPermiso
from inventario.panel.marco.formularios import Formulario
from inventario.panel.marco.pagina import anotar_error, enfocar_error, ir_a, responder
from inventario.panel.templatetags.formatos import cantidad as escribir
from inventario.productos.buscar import producto_vivo
from inventario.productos.models import Producto

LOTES_A_LA_VISTA = 50


def bodegas_de(actor: Actor, *, solo_activas: bool = False) -> list[Bodega]:
    """Las bodegas al alcance de quien pide: las activas y las cerradas de las que aún queda qué sacar.

    Lanza `SinPermiso` si no llega a ninguna.
    """
    bodegas = actor.alcance.filtrar(Bodega.objects.order_by("-principal", "nombre", "pk"), "pk")
    queda = Existencia.objects.filter(bodega=OuterRef("pk"), fisica__gt=0)
    bodegas = bodegas.filter(Q(activa=True) if solo_activas else Q(activa=True) | Exists(queda))
    encontradas = list(bodegas)
    if not encontradas:
        raise SinPermiso(traducir("No tiene acceso a ninguna bodega."))
    return encontradas


class BodegaCampo(forms.TypedChoiceField):
    """Una de las bodegas que se le ofrezcan, ya leídas. Sin nombrarla, la habitual (decisión 3)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Bodega"))
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def ofrecer(self, bodegas: Iterable[Bodega], *, vacia: bool = False) -> None:
        por_pk = {str(bodega.pk): bodega for bodega in bodegas}
        opciones: list[tuple[str, Any]] = [(pk, bodega.nombre) for pk, bodega in por_pk.items()]
        self.choices = [("", traducir("Elija una bodega")), *opciones] if vacia else opciones
        self.coerce = por_pk.__getitem__


class FormularioDeOperacion(Formulario):
    """Pide algo al libro en una bodega. Con una sola al alcance nadie ve la palabra (decisión 3).

    `MAS` son los campos que no hacen falta casi nunca: la página los guarda plegados.
    """

    MAS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.bodegas: list[Bodega] = []
        campo = self.fields.get("bodega")
        if isinstance(campo, BodegaCampo):
            self.bodegas = bodegas_de(actor)
            campo.ofrecer(self.bodegas)
            campo.initial = self.habitual.pk
            if not se_nombra_la_bodega(self.bodegas):
                del self.fields["bodega"]

    @property
    def habitual(self) -> Bodega:
        """La de quien pide, si llega a ella; si no, la primera que sí."""
        suya = self.actor.bodega
        return next((bodega for bodega in self.bodegas if suya and bodega.pk == suya.pk), self.bodegas[0])

    def bodega_elegida(self) -> Bodega:
        elegida: Bodega = self.cleaned_data.get("bodega") or self.habitual
        return elegida

    @property
    def principales(self) -> list[forms.BoundField]:
        return [campo for campo in self.visible_fields() if campo.name not in self.MAS]

    @property
    def mas(self) -> list[forms.BoundField]:
        return [campo for campo in self.visible_fields() if campo.name in self.MAS]

    @property
    def mas_abierto(self) -> bool:
        """No se pliega lo que ya tiene algo escrito o algo mal."""
        return any(campo.errors or campo.value() for campo in self.mas)

    def glosa(self) -> Glosa:
        datos = self.cleaned_data
        return Glosa(
            motivo=Motivo(datos.get("motivo") or Motivo.OTRO),
            texto=datos.get("texto", ""),
            referencia=datos.get("referencia", ""),
            modulo=datos.get("modulo", ""),
            tanque=datos.get("tanque", ""),
            lote_modulo=datos.get("lote_modulo", ""),
            notas=datos.get("notas", ""),
        )


class ConReferencia(forms.Form):
    """Los largos son los de las columnas del asiento."""

    referencia = forms.CharField(
        label=_("Referencia"),
        max_length=200,
        required=False,
        help_text=_("El documento o número que lo pidió."),
    )
    notas = forms.CharField(
        label=_("Notas"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ParaUnModulo(ConReferencia):
    """Por qué sale y quién lo usa."""

    motivo = forms.ChoiceField(
        label=_("Motivo"), choices=opciones_de(TipoAsiento.SALIDA), initial=Motivo.CONSUMO
    )
    modulo = forms.CharField(
        label=_("Módulo"),
        max_length=64,
        required=False,
        help_text=_("Quien lo usa: gasta primero lo que tiene reservado."),
    )
    tanque = forms.CharField(label=_("Tanque"), max_length=64, required=False)
    lote_modulo = forms.CharField(label=_("Lote de siembra"), max_length=64, required=False)


def producto_de(pk: int) -> Producto:
    producto = producto_vivo(pk)
    if producto is None:
        raise NoEncontrado(traducir("Producto no encontrado."))
    return producto


def lote_de(actor: Actor, pk: int) -> Lote:
    """El lote con su producto y su bodega. Lanza `NoEncontrado`, también si no llega a su bodega."""
    lotes = actor.alcance.filtrar(Lote.objects.select_related("producto__unidad", "bodega"))
    lote: Lote | None = lotes.filter(pk=pk).first()
    if lote is None:
        raise NoEncontrado(traducir("Lote no encontrado."))
    return lote


def contexto_de_lote(actor: Actor, lote: Lote) -> dict[str, Any]:
    """Lo que toda página de un lote dice de él antes de pedir nada."""
    hoy = timezone.localdate()
    return {
        "lote": lote,
        "vencido": lote.vencido(hoy),
        "estado": lote.estado(hoy),
        "nombra_bodega": en_cerrada(lote) or varias_bodegas(actor.alcance),
    }


def en_cerrada(lote: Lote) -> bool:
    """Si le queda algo en una bodega cerrada: se dice en cuál aunque no haya otra abierta."""
    return lote.saldo > 0 and not lote.bodega.activa


def contexto_de_producto(producto: Producto, bodegas: list[Bodega]) -> dict[str, Any]:
    """Lo que toda página de un producto dice de él: cuánto hay anotado en cada bodega y sus lotes."""
    alcance = Alcance.de(bodega.pk for bodega in bodegas)
    cifras = existencias_de([producto.pk], ahora=timezone.now(), hoy=timezone.localdate(), alcance=alcance)[
        producto.pk
    ]
    lotes = alcance.filtrar(Lote.objects.con_saldo().filter(producto=producto))
    return {
        "producto": producto,
        "cifras": cifras,
        "por_bodega": [(bodega, cifras.por_bodega.get(bodega.pk, Cifras())) for bodega in bodegas],
        "nombra_bodega": se_nombra_la_bodega(bodegas),
        "lotes": lotes.select_related("bodega").en_orden_fefo()[:LOTES_A_LA_VISTA],
    }


def escrita(valor: Decimal) -> str:
    """Una cantidad como se escribe en un campo, en el idioma de la página: sin separar los miles."""
    return legible(valor).replace(".", get_format("DECIMAL_SEPARATOR"))


def explicar(error: ErrorDeDominio) -> str:
    """El mensaje de un rechazo; el de lo que no alcanza, con sus cifras en el idioma de la página."""
    if not isinstance(error, ExistenciaInsuficiente):
        return error.mensaje
    datos, unidad = error.datos, error.producto.unidad.abreviatura
    partes = [
        traducir("No alcanza: se pidió %(solicitado)s %(unidad)s y hay %(hay)s %(unidad)s disponible.")
        % {
            "solicitado": escribir(datos["solicitado"]),
            "hay": escribir(datos["disponible"]),
            "unidad": unidad,
        }
    ]
    if datos["reservado"]:
        partes.append(
            traducir("Hay reservado %(cuanto)s %(unidad)s.")
            % {"cuanto": escribir(datos["reservado"]), "unidad": unidad}
        )
    if datos["vencido"]:
        partes.append(
            traducir("Hay vencido %(cuanto)s %(unidad)s.")
            % {"cuanto": escribir(datos["vencido"]), "unidad": unidad}
        )
    return " ".join(partes)


def anotar_rechazo(formulario: forms.BaseForm, error: ErrorDeDominio, *, campo: str = "cantidad") -> None:
    """Pone el rechazo junto a su campo; lo que no alcanza, junto a la cantidad."""
    if isinstance(error, ExistenciaInsuficiente) and campo in formulario.fields:
        formulario.add_error(campo, explicar(error))
    else:
        anotar_error(formulario, error)


def direccion_del_recibo(asiento: Asiento) -> str:
    return reverse("panel:asiento", args=[asiento.pk])


class FaltaConfirmar(ReglaRota):
    """Quien despacha todavía no vio de qué lotes sale lo que pide."""


def atender(
    request: HttpRequest,
    formulario: FormularioDeOperacion,
    asentar: Callable[[], Asiento | None],
    *,
    plantillas: tuple[str, str],
    contexto: Mapping[str, Any],
    exito: str,
    campo: str = "cantidad",
    sin_cambio: str = "/",
) -> HttpResponse:
    """Dibuja el formulario; enviado y bueno, asienta y lleva al recibo.

    `plantillas` son la página entera y su fragmento; `exito`, lo que dice el recibo; `campo`, dónde se dice
    que no alcanza; `sin_cambio`, a dónde se va cuando no había nada que asentar.
    """
    if request.method == "POST" and formulario.is_valid():
        try:
            asiento = asentar()
        except FaltaConfirmar:
            # Nada está mal: la página enseña lo que saldría y espera que se confirme.
            pass
        except ErrorDeDominio as error:
            anotar_rechazo(formulario, error, campo=campo)
        else:
            if asiento is not None:
                messages.success(request, exito)
                return ir_a(request, direccion_del_recibo(asiento))
            messages.info(request, traducir("Coincide con lo anotado: no había nada que corregir."))
            return ir_a(request, sin_cambio)
    estado = 422 if request.method == "POST" else 200
    if estado == 422:
        enfocar_error(formulario)
    return responder(request, *plantillas, {"formulario": formulario, **contexto}, estado=estado)
