"""Los reportes grandes: se encargan, se mira cómo van y se bajan cuando están listos."""

from __future__ import annotations

from decimal import Decimal
from typing import IO, Any, cast

from django.core.files import File
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django.views.decorators.http import require_GET, require_POST

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import DatoInvalido, ErrorDeDominio, NoEncontrado
from inventario.panel.marco.pagina import anotar_error, ir_a, mueve, nueva_clave, pagina, responder
from inventario.panel.reportes.celdas import NUMEROS
from inventario.panel.reportes.paginas import PAGINAS
from inventario.panel.templatetags import formatos
from inventario.reportes.ambito import ambito_de
from inventario.reportes.exportar.archivos import TIPO_DE_CONTENIDO
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.indice import REPORTES
from inventario.reportes.models import EstadoDeExportacion, Exportacion
from inventario.reportes.services import abrir_archivo, alcanza, pedir_exportacion

ULTIMAS = 5
EN_MARCHA = (EstadoDeExportacion.PENDIENTE, EstadoDeExportacion.EN_CURSO)


def recientes(actor: Actor) -> list[Exportacion]:
    """Las últimas que encargó, la más nueva primero."""
    return list(Exportacion.objects.de(actor.usuario).order_by("-pk")[:ULTIMAS])


def _propia(actor: Actor, pk: int) -> Exportacion:
    """La de quien pregunta: lo que encargó otro no es asunto suyo."""
    encargo: Exportacion | None = Exportacion.objects.de(actor.usuario).filter(pk=pk).first()
    if encargo is None:
        raise NoEncontrado(traducir("No existe esa exportación."))
    return encargo


def _visto(encargo: Exportacion) -> dict[str, Any]:
    """Lo que se enseña del archivo: sus totales y sus primeras filas, dichas como en él salvo los códigos."""
    columnas = REPORTES[encargo.reporte].columnas
    titulos = {una.clave: una.titulo for una in columnas}
    sumas = encargo.resumen.get("sumas", {})
    return {
        "cifras": [(titulos[clave], formatos.dinero(Decimal(suma))) for clave, suma in sumas.items()],
        "encabezados": [(una.titulo, una.clase in NUMEROS) for una in columnas],
        "primeras": [
            [
                (una.titulo, una.nombrar(texto), una.clase in NUMEROS)
                for una, texto in zip(columnas, fila, strict=True)
            ]
            for fila in encargo.resumen.get("primeras", [])
        ],
    }


def como_adjunto(archivo: IO[bytes] | File[bytes], nombre: str, formato: Formato) -> HttpResponse:
    """La respuesta que lo baja y al terminar lo cierra."""
    tipo = TIPO_DE_CONTENIDO[formato]
    respuesta = FileResponse(archivo, as_attachment=True, filename=nombre, content_type=tipo)
    # Las dos son respuestas, pero Django no las hace parientes y una vista declara la otra.
    return cast(HttpResponse, respuesta)


@mueve
@pagina(Permiso.VER)
@require_POST
def encargar(request: HttpRequest, clave: str) -> HttpResponse:
    """Encarga el reporte que dice la dirección, en el formato que dice el botón."""
    actor = actor_de(request)
    if clave not in PAGINAS:
        raise NoEncontrado(traducir("No existe ese reporte."))
    una, formato = PAGINAS[clave], request.POST.get("formato", "")
    if formato not in Formato.values:
        raise DatoInvalido(traducir("Elija en qué archivo lo quiere."), campo="formato")
    formulario = una.filtro(request.GET, actor=actor, hoy=ambito_de(actor).hoy)
    if formulario.is_valid():
        bodega = formulario.de_bodega
        try:
            encargo = pedir_exportacion(
                actor=actor,
                reporte=clave,
                formato=Formato(formato),
                parametros=formulario.parametros(ambito_de(actor, bodega=bodega)),
                bodega=bodega,
            )
        except ErrorDeDominio as error:
            anotar_error(formulario, error)
        else:
            return ir_a(request, reverse("panel:exportacion", args=[encargo.pk]))
    contexto = {
        "una": una,
        "formulario": formulario,
        "consulta": request.GET.urlencode(),
        "clave": nueva_clave(),
    }
    return responder(request, "reportes/reporte.html", "reportes/_reporte.html", contexto, estado=422)


@pagina(Permiso.VER)
@require_GET
def exportacion(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_de(request)
    encargo = _propia(actor, pk)
    contexto = {
        "encargo": encargo,
        "titulo": PAGINAS[encargo.reporte].titulo if encargo.reporte in PAGINAS else encargo.reporte,
        "en_marcha": encargo.estado in EN_MARCHA,
        "lista": encargo.estado == EstadoDeExportacion.LISTA and encargo.vence_en > timezone.now(),
        "fallida": encargo.estado == EstadoDeExportacion.FALLIDA,
        "moneda": actor.empresa.moneda,
    }
    if contexto["lista"] and alcanza(actor, encargo):
        contexto |= _visto(encargo)
    return responder(request, "reportes/exportacion.html", "reportes/_exportacion.html", contexto)


@pagina(Permiso.VER)
@require_GET
def bajar(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_de(request)
    encargo = _propia(actor, pk)
    archivo = abrir_archivo(actor=actor, exportacion=encargo, reloj=timezone.now)
    return como_adjunto(archivo, encargo.nombre, Formato(encargo.formato))
