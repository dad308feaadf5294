"""El buscador de la barra y el de los campos que eligen un producto."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as traducir

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.permisos import Permiso
from inventario.existencias.disponibilidad import existencias_de
from inventario.lotes.models import Lote
from inventario.nucleo.cantidades import en_numero
from inventario.nucleo.reloj import hoy_en
from inventario.panel.buscar.resultados import DE_CADA_GRUPO, hallar, limpiar
from inventario.panel.marco.pagina import ir_a, pagina, responder
from inventario.panel.templatetags.formatos import cantidad
from inventario.productos.buscar import lo_exacto_primero, nombrar
from inventario.productos.models import Producto


@pagina(Permiso.VER)
def buscar(request: HttpRequest) -> HttpResponse:
    """Un solo producto o lote exacto lleva a su ficha; si no, lo encontrado por grupos."""
    texto = limpiar(request.GET.get("q", ""))
    actor = actor_de(request)
    resultados = hallar(texto, alcance=actor.alcance)
    unico = resultados.unico
    if unico is not None:
        ficha = "panel:lote" if isinstance(unico, Lote) else "panel:producto"
        return ir_a(request, reverse(ficha, args=[unico.pk]))
    contexto = {"busqueda": texto, "resultados": resultados}
    return responder(request, "buscar/resultados.html", "buscar/_resultados.html", contexto)


@pagina(Permiso.VER)
def buscar_productos(request: HttpRequest) -> HttpResponse:
    """Los activos que dicen `q`, con lo disponible, para los campos que eligen un producto.

    Con `inactivos`, también los retirados: su historia se sigue mirando.
    """
    texto = limpiar(request.GET.get("q", ""))
    actor = actor_de(request)
    todos = Producto.objects.vivos() if request.GET.get("inactivos") else Producto.objects.activos()
    productos = list(
        lo_exacto_primero(todos.que_dicen(texto), texto).select_related("unidad")[:DE_CADA_GRUPO]
    )
    ahora = timezone.now()
    hay = existencias_de(
        [producto.pk for producto in productos],
        ahora=ahora,
        hoy=hoy_en(actor.empresa.zona_horaria, ahora),
        alcance=actor.alcance,
    )
    resultados = [
        {
            "id": producto.pk,
            "text": nombrar(producto),
            "unidad": producto.unidad.abreviatura,
            "disponible": en_numero(hay[producto.pk].disponible),
            "hay": traducir("%(cantidad)s %(unidad)s disponibles")
            % {"cantidad": cantidad(hay[producto.pk].disponible), "unidad": producto.unidad.abreviatura},
        }
        for producto in productos
    ]
    return JsonResponse({"resultados": resultados})
