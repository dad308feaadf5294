"""Despacho de muchas líneas: sale todo o no sale nada, y cada línea dice lo suyo."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import Lote
from inventario.movimientos import services
from inventario.movimientos.errores import LineasRechazadas
from inventario.movimientos.models import Movimiento
from inventario.movimientos.reparto import Politica
from inventario.movimientos.services import LineaSalida
from inventario.movimientos.services.comprobaciones import exigir_divisible
from inventario.nucleo.cantidades import exigir_cantidad, legible
from inventario.nucleo.errores import DatoInvalido, ErrorDeDominio
from inventario.panel.marco.formularios import CantidadCampo, ConEstilo, ProductoCampo
from inventario.panel.marco.pagina import (
    VISTOS,
    anotar_error,
    clave_enviada,
    enfocar_error,
    ir_a,
    mueve,
    pagina,
    responder,
)
from inventario.panel.mover.formulario import (
    BodegaCampo,
    FormularioDeOperacion,
    ParaUnModulo,
    anotar_rechazo,
    direccion_del_recibo,
)
from inventario.panel.mover.lineas import (
    AL_ABRIR,
    DE_UNA_VEZ,
    MAXIMO,
    PREFIJO,
    LineasDeProductos,
    ProductoEscrito,
    entero,
    escritas,
    juego_de,
)
from inventario.productos.buscar import nombrar
from inventario.productos.models import Producto


class CabeceraFormulario(ParaUnModulo, FormularioDeOperacion):
    """Lo que es igual para todas las líneas."""

    MAS = ("modulo", "tanque", "lote_modulo", "referencia", "notas")
    field_order = ("bodega", "motivo", *MAS)

    bodega = BodegaCampo()


class LineaFormulario(ConEstilo, forms.Form):
    producto = ProductoEscrito()
    cantidad = CantidadCampo()
    nota = forms.CharField(label=_("Nota"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.salen: list[tuple[Lote, Decimal]] = []
        self.visto = ""
        self.cambio = False
        self.vestir()

    def ensenar(self, salen: list[Movimiento], modulo: str) -> bool:
        """Guarda de qué lotes sale, para dibujarlo; dice si es justo lo que se tenía a la vista."""
        antes = str(self.data.get(self.add_prefix(VISTOS), ""))
        self.salen = [(toma.lote, -toma.cantidad) for toma in salen]
        self.visto = ",".join(f"{lote.pk}:{legible(sale)}" for lote, sale in self.salen) + f"|{modulo}"
        self.cambio = antes not in ("", self.visto)
        return antes == self.visto


class Lineas(LineasDeProductos):
    def comprobar(self, linea: LineaFormulario) -> None:
        try:
            exigir_cantidad(linea.cleaned_data["cantidad"])
            exigir_divisible(linea.cleaned_data["producto"], linea.cleaned_data["cantidad"])
        except DatoInvalido as error:
            anotar_error(linea, error)


def _lineas(datos: Any = None, *, iniciales: list[dict[str, str]] | None = None, extra: int = 0) -> Lineas:
    return juego_de(Lineas, LineaFormulario, extra=extra)(datos, prefix=PREFIJO, initial=iniciales)


def _dibujar(
    request: HttpRequest,
    formulario: CabeceraFormulario,
    lineas: Lineas,
    *,
    estado: int = 200,
    confirmar: bool = False,
) -> HttpResponse:
    if formulario.is_bound:
        enfocar_error(*lineas.forms, formulario)
    productos = Producto.objects.activos().order_by("nombre", "pk")[: ProductoCampo.SIN_BUSCAR]
    contexto = {
        "formulario": formulario,
        "lineas": lineas,
        "productos": [nombrar(producto) for producto in productos],
        "caben": lineas.total_form_count() < MAXIMO,
        "confirmar": confirmar,
    }
    return responder(
        request, "mover/despachos/multiple.html", "mover/despachos/_multiple.html", contexto, estado=estado
    )


@mueve
@pagina(Permiso.DESPACHAR)
@require_http_methods(["GET", "POST"])
def multiple(request: HttpRequest) -> HttpResponse:
    actor = actor_de(request)
    if request.method != "POST":
        elegido = Producto.objects.activos().filter(pk=entero(request.GET.get("producto"))).first()
        iniciales = [{"producto": nombrar(elegido)}] if elegido else []
        return _dibujar(
            request,
            CabeceraFormulario(actor=actor),
            _lineas(iniciales=iniciales, extra=AL_ABRIR - len(iniciales)),
        )
    formulario, lineas = CabeceraFormulario(request.POST, actor=actor), _lineas(request.POST)
    # Las dos se comprueban siempre: los errores se ven de una vez.
    if all([formulario.is_valid(), lineas.is_valid()]):
        llenas: list[LineaFormulario] = lineas.llenas()
        bodega = formulario.bodega_elegida()
        try:
            hecho = services.despachar_varios(
                actor=actor,
                lineas=[
                    LineaSalida(datos["producto"], bodega, datos["cantidad"], datos["nota"])
                    for datos in (linea.cleaned_data for linea in llenas)
                ],
                politica=Politica.FEFO,
                glosa=formulario.glosa(),
            )
        except LineasRechazadas as error:
            _repartir_rechazos(formulario, llenas, error)
        except ErrorDeDominio as error:
            anotar_error(formulario, error)
        else:
            glosa = formulario.glosa()
            # Todas, aunque ya una sea distinta: se enseñan juntas.
            vistas = [
                linea.ensenar(salen, glosa.modulo)
                for linea, salen in zip(llenas, hecho.por_linea, strict=True)
            ]
            if not all(vistas):
                # Con 422 lo asentado se deshace: solo sirvió para saber de qué lotes sale.
                return _dibujar(request, formulario, lineas, estado=422, confirmar=True)
            messages.success(request, traducir("Salida FEFO registrada con éxito."))
            return ir_a(request, direccion_del_recibo(hecho.asiento))
    return _dibujar(request, formulario, lineas, estado=422)


def _repartir_rechazos(
    formulario: CabeceraFormulario, lineas: list[LineaFormulario], error: LineasRechazadas
) -> None:
    for linea, resultado in zip(lineas, error.resultados, strict=True):
        if resultado is not None:
            anotar_rechazo(linea, resultado)
    formulario.add_error(None, traducir("No salió nada: corrija las líneas marcadas y envíe de nuevo."))


@pagina(Permiso.DESPACHAR)
@require_POST
def agregar_lineas(request: HttpRequest) -> HttpResponse:
    """Devuelve el formulario con lo ya escrito y más líneas vacías. No comprueba ni mueve nada."""
    actor = actor_de(request)
    todas = escritas(request.POST, LineaFormulario.base_fields)
    llenas = [linea for linea in todas if any(linea.values())]
    formulario = CabeceraFormulario(
        actor=actor, initial=dict(request.POST.items()), clave=clave_enviada(request)
    )
    extra = min(max(len(todas) - len(llenas), 0) + DE_UNA_VEZ, MAXIMO - len(llenas))
    lineas = _lineas(iniciales=llenas, extra=extra)
    if extra:
        lineas.forms[len(llenas)].fields["producto"].widget.attrs["autofocus"] = True
    return _dibujar(request, formulario, lineas)
