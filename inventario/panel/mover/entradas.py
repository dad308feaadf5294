"""Registrar lo que llega: varias líneas en un asiento, escritas a mano o leídas de su código de barras."""

from __future__ import annotations

from typing import Any

from csp.constants import WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.permisos import Permiso
from inventario.movimientos import services
from inventario.nucleo.errores import ErrorDeDominio
from inventario.panel.buscar.escaneo import Aviso, anotar_lectura
from inventario.panel.marco.formularios import ProductoCampo
from inventario.panel.marco.pagina import (
    anotar_error,
    clave_enviada,
    enfocar_error,
    ir_a,
    mueve,
    pagina,
    responder,
)
from inventario.panel.mover.entradas_formularios import (
    CabeceraFormulario,
    LineaFormulario,
    Lineas,
    Pista,
    lineas_de,
    pistas_de,
)
from inventario.panel.mover.formulario import direccion_del_recibo
from inventario.panel.mover.lineas import AL_ABRIR, DE_UNA_VEZ, MAXIMO, PREFIJO, entero, escritas
from inventario.productos.buscar import nombrar
from inventario.productos.models import Producto

ESCANEO = "escaneo"
# Quien lee con la cámara corre WebAssembly; las demás páginas no pueden.
con_camara = csp_update({"script-src": [WASM_UNSAFE_EVAL]})


def _dibujar(
    request: HttpRequest,
    formulario: CabeceraFormulario,
    lineas: Lineas,
    *,
    estado: int = 200,
    pistas: list[Pista | None] | None = None,
    aviso: Aviso | None = None,
) -> HttpResponse:
    if pistas is None:
        pistas = _pistas(formulario, lineas)
    if formulario.is_bound:
        enfocar_error(*lineas.forms, formulario)
    productos = Producto.objects.activos().order_by("nombre", "pk")[: ProductoCampo.SIN_BUSCAR]
    contexto = {
        "formulario": formulario,
        "lineas": lineas,
        "filas": list(zip(lineas.forms, pistas, strict=True)),
        "productos": [nombrar(producto) for producto in productos],
        "caben": lineas.total_form_count() < MAXIMO,
        "maximo": MAXIMO,
        "aviso": aviso,
    }
    return responder(
        request, "mover/entradas/nueva.html", "mover/entradas/_formulario.html", contexto, estado=estado
    )


def _pistas(formulario: CabeceraFormulario, lineas: Lineas) -> list[Pista | None]:
    return pistas_de(
        [(linea["producto"].value(), linea["fecha_vencimiento"].value()) for linea in lineas.forms],
        bodega=formulario.bodega_a_la_vista(),
        actor=formulario.actor,
        hoy=timezone.localdate(),
    )


@con_camara
@mueve
@pagina(Permiso.REGISTRAR_ENTRADA)
@require_http_methods(["GET", "POST"])
def entrada(request: HttpRequest) -> HttpResponse:
    actor = actor_de(request)
    if request.method != "POST":
        elegido = Producto.objects.activos().filter(pk=entero(request.GET.get("producto"))).first()
        iniciales = [{"producto": nombrar(elegido)}] if elegido else []
        formulario = CabeceraFormulario(actor=actor)
        lineas = lineas_de(formulario, iniciales=iniciales, extra=AL_ABRIR - len(iniciales))
        return _dibujar(request, formulario, lineas)
    if request.POST.get(ESCANEO, "").strip():
        # Un lector termina con «Enter»: leer no es guardar. Con 422 la clave queda libre para guardar.
        return _leer(request, estado=422)
    formulario = CabeceraFormulario(request.POST, actor=actor)
    lineas = lineas_de(formulario, request.POST)
    # Las dos se comprueban siempre: los errores se ven de una vez.
    if not all([formulario.is_valid(), lineas.is_valid()]):
        return _dibujar(request, formulario, lineas, estado=422)
    pistas = _pistas(formulario, lineas)
    if _falta_ver(lineas, pistas):
        formulario.add_error(None, traducir("Lea los avisos de las líneas y guarde otra vez si está bien."))
        return _dibujar(request, formulario, lineas, estado=422, pistas=pistas)
    bodega, proveedor = formulario.bodega_elegida(), formulario.cleaned_data["proveedor"]
    try:
        asiento = services.registrar_entradas(
            actor=actor,
            lineas=[linea.entrada(bodega, proveedor) for linea in lineas.llenas()],
            fecha_ingreso=formulario.cleaned_data["fecha_ingreso"],
            glosa=formulario.glosa(),
        )
    except ErrorDeDominio as error:
        anotar_error(formulario, error)
        return _dibujar(request, formulario, lineas, estado=422, pistas=pistas)
    messages.success(request, _registrados(len(lineas.llenas())))
    return ir_a(request, direccion_del_recibo(asiento))


def _registrados(cuantos: int) -> str:
    texto = ngettext("Lote registrado con éxito.", "%(n)s lotes registrados con éxito.", cuantos)
    return texto % {"n": cuantos}


def _falta_ver(lineas: Lineas, pistas: list[Pista | None]) -> bool:
    """Si alguna línea tiene un aviso que no estaba a la vista cuando se guardó."""
    return any(
        pista is not None
        and linea.has_changed()
        and not {clave for clave, _texto in pista.avisos} <= set(linea.cleaned_data["vistos"].split(","))
        for linea, pista in zip(lineas.forms, pistas, strict=True)
    )


@con_camara
@pagina(Permiso.REGISTRAR_ENTRADA)
@require_POST
def agregar_lineas(request: HttpRequest) -> HttpResponse:
    """Devuelve el formulario con lo ya escrito y más líneas vacías. No comprueba ni mueve nada."""
    return _redibujar(request, _escritas(request), vacias=DE_UNA_VEZ)


@con_camara
@pagina(Permiso.REGISTRAR_ENTRADA)
@require_POST
def leer_codigo(request: HttpRequest) -> HttpResponse:
    """Devuelve el formulario con la línea que dice el código leído, o con lo que no se entendió de él."""
    return _leer(request)


def _leer(request: HttpRequest, *, estado: int = 200) -> HttpResponse:
    filas = _escritas(request)
    alcance = actor_de(request).alcance
    aviso = anotar_lectura(filas, request.POST.get(ESCANEO, ""), maximo=MAXIMO, alcance=alcance)
    return _redibujar(request, filas, vacias=1, estado=estado, aviso=aviso)


def _escritas(request: HttpRequest) -> list[dict[str, str]]:
    """Las líneas con algo, como se escribieron."""
    todas = escritas(request.POST, LineaFormulario.base_fields)
    return [fila for fila in todas if any(fila[campo] for campo in LineaFormulario.CUENTAN)]


def _redibujar(
    request: HttpRequest,
    filas: list[dict[str, str]],
    *,
    vacias: int,
    estado: int = 200,
    aviso: Aviso | None = None,
) -> HttpResponse:
    escrito: dict[str, Any] = {c: v for c, v in request.POST.items() if c in CabeceraFormulario.base_fields}
    formulario = CabeceraFormulario(actor=actor_de(request), initial=escrito, clave=clave_enviada(request))
    extra = max(min(max(vacias, AL_ABRIR - len(filas)), MAXIMO - len(filas)), 0)
    lineas = lineas_de(formulario, iniciales=filas, extra=extra)
    return _dibujar(request, formulario, lineas, estado=estado, aviso=aviso)


@pagina(Permiso.REGISTRAR_ENTRADA)
@require_GET
def pista(request: HttpRequest) -> HttpResponse:
    """La unidad y los avisos de una línea, mientras se escribe."""
    actor = actor_de(request)
    prefijo = f"{PREFIJO}-{entero(request.GET.get('prefijo', '').removeprefix(f'{PREFIJO}-'))}"
    formulario = CabeceraFormulario(actor=actor, initial={"bodega": request.GET.get("bodega") or None})
    [hallada] = pistas_de(
        [(request.GET.get(f"{prefijo}-producto"), request.GET.get(f"{prefijo}-fecha_vencimiento"))],
        bodega=formulario.bodega_a_la_vista(),
        actor=actor,
        hoy=timezone.localdate(),
    )
    contexto = {
        "pista": hallada,
        "prefijo": prefijo,
        "permitido": bool(request.GET.get(f"{prefijo}-permitir_vencido")),
    }
    return render(request, "mover/entradas/_pista.html", contexto)
