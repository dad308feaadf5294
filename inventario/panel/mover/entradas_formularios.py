"""Lo que se escribe de una entrada: su cabecera, sus líneas y lo que cada línea debería avisar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from inventario.cuentas.alcance import se_nombra_la_bodega
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import Lote
from inventario.lotes.querysets import AVISO_DIAS
from inventario.movimientos.models import Motivo, TipoAsiento
from inventario.movimientos.models.tipos import opciones_de
from inventario.movimientos.services import LineaEntrada
from inventario.movimientos.services.comprobaciones import exigir_divisible
from inventario.movimientos.services.entradas import exigir_vencimiento
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import CERO, exigir_cantidad, exigir_costo
from inventario.nucleo.errores import ErrorDeDominio, SinPermiso
from inventario.panel.marco.formularios import CantidadCampo, ConEstilo, FechaCampo
from inventario.panel.marco.pagina import anotar_error
from inventario.panel.mover.formulario import BodegaCampo, ConReferencia, FormularioDeOperacion
from inventario.panel.mover.lineas import PREFIJO, LineasDeProductos, ProductoEscrito, juego_de
from inventario.panel.templatetags.formatos import fecha as escribir_fecha
from inventario.productos.buscar import reconocer
from inventario.productos.models import Producto, Proveedor

if TYPE_CHECKING:
    _EleccionDeProveedor = forms.ModelChoiceField[Proveedor]
else:
    _EleccionDeProveedor = forms.ModelChoiceField


class CabeceraFormulario(ConReferencia, FormularioDeOperacion):
    """Lo que es igual para todo lo que llegó junto."""

    MAS = ("motivo", "notas")
    field_order = ("bodega", "proveedor", "fecha_ingreso", "referencia", *MAS)

    bodega = BodegaCampo(label=_("Llega a"))
    proveedor = _EleccionDeProveedor(
        label=_("Proveedor"),
        queryset=Proveedor._base_manager.none(),
        required=False,
        empty_label=_("Sin proveedor"),
    )
    fecha_ingreso = FechaCampo(label=_("Fecha de ingreso"))
    motivo = forms.ChoiceField(
        label=_("Motivo"), choices=opciones_de(TipoAsiento.ENTRADA), initial=Motivo.COMPRA
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self._solo_a_las_activas()
        proveedor = self.fields["proveedor"]
        assert isinstance(proveedor, forms.ModelChoiceField)
        proveedor.queryset = Proveedor.objects.filter(activo=True).order_by("nombre", "pk")
        self.fields["referencia"].help_text = traducir("El número de la factura o de la guía.")
        hoy = timezone.localdate()
        self.fields["fecha_ingreso"].initial = hoy
        self.fields["fecha_ingreso"].widget.attrs["max"] = hoy.isoformat()

    def _solo_a_las_activas(self) -> None:
        """A una bodega cerrada no llega nada, aunque todavía se pueda sacar de ella."""
        self.bodegas = [bodega for bodega in self.bodegas if bodega.activa]
        if not self.bodegas:
            raise SinPermiso(traducir("No tiene acceso a ninguna bodega abierta."))
        campo = self.fields.get("bodega")
        if isinstance(campo, BodegaCampo):
            campo.ofrecer(self.bodegas)
            campo.initial = self.habitual.pk
            if not se_nombra_la_bodega(self.bodegas):
                del self.fields["bodega"]

    @property
    def mas_abierto(self) -> bool:
        return any(campo.errors for campo in self.mas) or bool(self["notas"].value())

    def bodega_a_la_vista(self) -> Bodega:
        """La que se ve elegida, se haya enviado o no."""
        elegida = str(self["bodega"].value()) if "bodega" in self.fields else ""
        return next((bodega for bodega in self.bodegas if str(bodega.pk) == elegida), self.habitual)


class LineaFormulario(ConEstilo, forms.Form):
    # Los demás no dicen que algo llegó: sin estos, la línea sigue vacía.
    CUENTAN = ("producto", "cantidad", "fecha_vencimiento", "codigo", "costo_unitario")

    producto = ProductoEscrito()
    cantidad = CantidadCampo()
    # Con los nombres que les da el libro: así cada rechazo cae en su campo.
    fecha_vencimiento = FechaCampo(label=_("Vence el"), required=False)
    sin_vencimiento = forms.BooleanField(label=_("Sin vencimiento"), required=False)
    codigo = forms.CharField(
        label=_("Código de lote"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    costo_unitario = CantidadCampo(label=_("Costo unitario"), required=False)
    permitir_vencido = forms.BooleanField(required=False)
    vistos = forms.CharField(required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.vestir()

    def has_changed(self) -> bool:
        return any(campo in self.CUENTAN for campo in self.changed_data)

    def clean(self) -> dict[str, Any]:
        datos = self.cleaned_data
        if "fecha_vencimiento" in datos:
            if not datos["fecha_vencimiento"] and not datos["sin_vencimiento"]:
                self.add_error("fecha_vencimiento", traducir("Escriba la fecha o marque «Sin vencimiento»."))
            elif datos["fecha_vencimiento"] and datos["sin_vencimiento"]:
                self.add_error(
                    "fecha_vencimiento", traducir("O tiene fecha, o es sin vencimiento: deje una sola.")
                )
        return datos

    def entrada(self, bodega: Bodega, proveedor: Proveedor | None) -> LineaEntrada:
        datos = self.cleaned_data
        return LineaEntrada(
            producto=datos["producto"],
            bodega=bodega,
            cantidad=datos["cantidad"],
            costo_unitario=datos.get("costo_unitario") or CERO,
            vence_el=datos["fecha_vencimiento"],
            codigo=datos["codigo"],
            proveedor=proveedor,
            permitir_vencido=datos["permitir_vencido"],
        )

    def comprobar(self, cabecera: CabeceraFormulario, hoy: date) -> None:
        """Lo que el libro rechazaría sin decir de qué línea es, dicho en su campo."""
        entrada = self.entrada(cabecera.bodega_a_la_vista(), None)
        try:
            exigir_cantidad(entrada.cantidad)
            exigir_divisible(entrada.producto, entrada.cantidad)
            exigir_costo(entrada.costo_unitario)
            exigir_vencimiento(entrada, hoy, cabecera.actor)
        except SinPermiso:
            self.add_error(
                "fecha_vencimiento", traducir("Ya venció: solo quien supervisa puede recibir algo vencido.")
            )
        except ErrorDeDominio as error:
            anotar_error(self, error)


class Lineas(LineasDeProductos):
    def __init__(self, *args: Any, cabecera: CabeceraFormulario, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cabecera = cabecera

    def comprobar(self, linea: LineaFormulario) -> None:
        linea.comprobar(self.cabecera, timezone.localdate())


def lineas_de(
    cabecera: CabeceraFormulario,
    datos: Any = None,
    *,
    iniciales: list[dict[str, str]] | None = None,
    extra: int = 0,
) -> Lineas:
    clase = juego_de(Lineas, LineaFormulario, extra=extra)
    return clase(datos, prefix=PREFIJO, initial=iniciales, cabecera=cabecera)


@dataclass(frozen=True, slots=True)
class Pista:
    """Lo que conviene saber de una línea mientras se escribe. `avisos` son (clave, texto)."""

    producto: Producto
    avisos: tuple[tuple[str, str], ...]
    vencido: bool
    admite_vencido: bool

    @property
    def claves(self) -> str:
        return ",".join(clave for clave, _texto in self.avisos)


def pistas_de(
    escritas: Sequence[tuple[Any, Any]], *, bodega: Bodega, actor: Actor, hoy: date
) -> list[Pista | None]:
    """La pista de cada (producto, vencimiento) como se escribieron, en dos consultas; `None` si no hay."""
    textos = [str(producto or "").strip() for producto, _vence in escritas]
    conocidos = reconocer({texto for texto in textos if texto})
    hallados = [conocidos[texto] if texto else [] for texto in textos]
    primeros = _primer_vencimiento((uno[0].pk for uno in hallados if len(uno) == 1), bodega, hoy)
    return [
        _pista(uno[0], leer_fecha(vence), primeros.get(uno[0].pk), actor, hoy) if len(uno) == 1 else None
        for uno, (_producto, vence) in zip(hallados, escritas, strict=True)
    ]


def _primer_vencimiento(productos: Iterable[int], bodega: Bodega, hoy: date) -> dict[int, date]:
    ids = set(productos)
    lotes = Lote.objects.utilizables(hoy).filter(producto__in=ids, bodega=bodega, vence_el__isnull=False)
    return dict(lotes.order_by().values_list("producto").annotate(Min("vence_el")))


def _pista(producto: Producto, vence: date | None, primero: date | None, actor: Actor, hoy: date) -> Pista:
    avisos = []
    vencido = vence is not None and vence < hoy
    if vence is not None and not vencido:
        dias = (vence - hoy).days
        if dias == 0:
            avisos.append(("corto", traducir("Vence hoy.")))
        elif dias <= AVISO_DIAS:
            texto = ngettext("Le queda %(dias)s día de vida.", "Le quedan solo %(dias)s días de vida.", dias)
            avisos.append(("corto", texto % {"dias": dias}))
        if primero is not None and vence < primero:
            texto = traducir("Vence antes que todo lo que ya hay (lo primero, el %(fecha)s): saldrá antes.")
            avisos.append(("antes", texto % {"fecha": escribir_fecha(primero)}))
    return Pista(producto, tuple(avisos), vencido, actor.puede(Permiso.AJUSTAR))


def leer_fecha(escrita: Any) -> date | None:
    """La fecha como la manda el navegador, o escrita a mano; otra cosa no es una fecha."""
    try:
        leida: date | None = FechaCampo(required=False).clean(escrita)
    except forms.ValidationError:
        return None
    return leida
