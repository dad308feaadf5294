"""Los reportes como páginas: se piden, se miran y se llevan a un archivo."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django.views.decorators.http import require_GET

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.permisos import Permiso
from inventario.nucleo.errores import NoEncontrado
from inventario.panel.marco.pagina import nueva_clave, pagina, responder
from inventario.panel.reportes import peso
from inventario.panel.reportes.exportaciones import como_adjunto, recientes
from inventario.panel.reportes.pagina import Pagina
from inventario.panel.reportes.paginas import PAGINAS
from inventario.reportes.ambito import ambito_de
from inventario.reportes.exportar.archivos import en_memoria_o_disco
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.indice import REPORTES
from inventario.reportes.services import nombre_de_archivo


def exigir_pagina(clave: str) -> Pagina:
    if clave not in PAGINAS:
        raise NoEncontrado(traducir("No existe ese reporte."))
    return PAGINAS[clave]


def _hoy(request: HttpRequest) -> date:
    return ambito_de(actor_de(request)).hoy


@pagina(Permiso.VER)
@require_GET
def reportes(request: HttpRequest) -> HttpResponse:
    contexto = {"paginas": list(PAGINAS.values()), "exportaciones": recientes(actor_de(request))}
    return responder(request, "reportes/indice.html", "reportes/_indice.html", contexto)


@pagina(Permiso.VER)
@require_GET
def reporte(request: HttpRequest, clave: str) -> HttpResponse:
    return _mostrar(request, clave)


def _mostrar(request: HttpRequest, clave: str, *, acortar: bool = True) -> HttpResponse:
    """El reporte en su página; sin `acortar`, un período largo se ofrece entero para encargarlo."""
    actor, una = actor_de(request), exigir_pagina(clave)
    formulario = una.filtro(request.GET, actor=actor, hoy=_hoy(request))
    contexto: dict[str, Any] = {
        "una": una,
        "formulario": formulario,
        "consulta": request.GET.urlencode(),
        "clave": nueva_clave(),
        "moneda": actor.empresa.moneda,
        # Lo que nadie puede suponer: de qué producto es el kárdex.
        "falta": bool(una.imprescindible) and not request.GET.get(una.imprescindible),
    }
    estado = 200
    if contexto["falta"]:
        # Todavía no se pidió nada: reclamar el producto sería regañar a quien acaba de llegar.
        formulario.errors.clear()
    elif formulario.is_valid():
        ambito = ambito_de(actor, ahora=timezone.now(), bodega=formulario.de_bodega)
        parametros = formulario.parametros(ambito)
        contexto["aparte"] = peso.demasiado(clave, ambito, parametros)
        corta = formulario.mas_corto(request.GET) if contexto["aparte"] and acortar else None
        if corta is not None:
            corto = una.filtro(corta, actor=actor, hoy=formulario.hoy)
            corto.full_clean()
            menos = corto.parametros(ambito)
            if not peso.demasiado(clave, ambito, menos):
                parametros = menos
                contexto |= {"formulario": corto, "consulta": corta.urlencode()}
                contexto |= {"aparte": False, "acortado": corto.DIAS_SI_ES_MUCHO}
        if not contexto["aparte"]:
            visto = una.ver(ambito, parametros, request.GET)
            contexto |= {
                "visto": visto,
                "filas": [una.celdas(fila) for fila in visto.filas],
                "pagina": visto.pagina,
                "pesado": una.a_trozos is not None and visto.total > peso.FILAS_AL_MOMENTO,
            }
    else:
        estado = 422
    return responder(request, "reportes/reporte.html", "reportes/_reporte.html", contexto, estado=estado)


@pagina(Permiso.VER)
@require_GET
def archivo(request: HttpRequest, clave: str, formato: str) -> HttpResponse:
    """El reporte entero en un archivo; si es muy largo, la página ofrece encargarlo."""
    actor, una = actor_de(request), exigir_pagina(clave)
    if formato not in Formato.values:
        raise NoEncontrado(traducir("No existe ese formato."))
    formulario = una.filtro(request.GET, actor=actor, hoy=_hoy(request))
    if not formulario.is_valid():
        return _mostrar(request, clave)
    ambito = ambito_de(actor, ahora=timezone.now(), bodega=formulario.de_bodega)
    parametros = formulario.parametros(ambito)
    if una.a_trozos is not None:
        if una.a_trozos(ambito, **parametros).count() > peso.FILAS_AL_MOMENTO:
            return _mostrar(request, clave, acortar=False)
    elif peso.demasiado(clave, ambito, parametros):
        return _mostrar(request, clave, acortar=False)
    modelo = REPORTES[clave]
    contenido = en_memoria_o_disco(
        Formato(formato),
        modelo.columnas,
        (tanda.filas for tanda in modelo.tandas(ambito, parametros)),
        zona=ambito.zona,
    )
    return como_adjunto(contenido, nombre_de_archivo(clave, formato, actor), Formato(formato))
