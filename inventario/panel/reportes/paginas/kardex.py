"""El kárdex de un producto: cada entrada y cada salida, con el saldo que dejó."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _

from inventario.existencias.kardex import Punto, kardex
from inventario.nucleo.cantidades import en_numero
from inventario.panel.marco.formularios import ProductoCampo
from inventario.panel.reportes.filtros import FiltroDeRango
from inventario.panel.reportes.pagina import POR_PAGINA, Cifra, Pagina, Parametros, Visto
from inventario.panel.templatetags import formatos
from inventario.productos.models import Producto
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito


class FiltroDeKardex(FiltroDeRango):
    producto = ProductoCampo()

    def parametros(self, ambito: Ambito) -> dict[str, Any]:
        parametros = super().parametros(ambito)
        parametros["producto_id"] = parametros.pop("producto").pk
        return parametros


def ver(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    producto = Producto.objects.get(pk=parametros["producto_id"])
    desde, hasta = ambito.rango(parametros["desde"], parametros["hasta"])
    hoja = kardex(
        producto=producto,
        alcance=ambito.alcance,
        desde=desde,
        hasta=hasta,
        tras=_punto(consulta.get("tras", ""), desde, hasta),
        limite=POR_PAGINA,
    )
    sigue = consulta.copy()
    if hoja.sigue is not None:
        sigue["tras"] = f"{hoja.sigue.fecha_efectiva.isoformat()}_{hoja.sigue.movimiento_id}"
    return Visto(
        hoja.lineas,
        informes.movimientos_en_rango(ambito, **parametros).consulta.count(),
        cifras=[
            Cifra(traducir("Saldo al empezar"), formatos.cantidad(hoja.apertura)),
            Cifra(traducir("Saldo al terminar"), formatos.cantidad(hoja.cierre)),
        ],
        grafico={
            "tipo": "line",
            "etiquetas": [date_format(linea.movimiento.fecha_efectiva, "d/m") for linea in hoja.lineas],
            "series": [
                {
                    "nombre": traducir("Saldo"),
                    "datos": [en_numero(linea.saldo) for linea in hoja.lineas],
                    "escalonada": True,
                }
            ],
        },
        siguiente=f"?{sigue.urlencode()}" if hoja.sigue is not None else "",
    )


def _punto(texto: str, desde: datetime, hasta: datetime) -> Punto | None:
    """El lugar que nombra la dirección; si está mal escrito o fuera del rango, se empieza de nuevo."""
    momento, _separa, pk = texto.rpartition("_")
    try:
        cuando = parse_datetime(momento)
    except ValueError:
        return None
    if cuando is None or cuando.tzinfo is None or not pk.isdecimal() or len(pk) > 18:
        return None
    return Punto(cuando, int(pk)) if desde <= cuando < hasta else None


PAGINA = Pagina(
    clave="kardex",
    explica=_("Cada entrada y salida de un producto, con el saldo que dejó."),
    dibujo="history",
    filtro=FiltroDeKardex,
    columnas=(
        "fecha_movimiento",
        "tipo",
        "lote_codigo",
        "entra",
        "sale",
        "saldo",
        "asiento",
        "usuario",
        "motivo",
    ),
    ver=ver,
    vacio=_("El producto no se movió en esas fechas."),
    del_grafico=_("El saldo tras cada movimiento de esta página"),
    a_trozos=lambda ambito, **parametros: informes.movimientos_en_rango(ambito, **parametros).consulta,
    imprescindible="producto",
)
