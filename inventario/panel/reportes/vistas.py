"""Cómo se ve cada reporte: sus columnas, sus cifras, su gráfico y adónde lleva cada cosa."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.paginator import Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as traducir

from inventario.existencias.disponibilidad import Punto, kardex
from inventario.movimientos.models import Motivo, TipoMovimiento
from inventario.nucleo.cantidades import CENTAVO, CERO, en_dinero, en_numero
from inventario.panel.marco.nombres import TIPOS_DE_MOVIMIENTO, TITULOS
from inventario.panel.mover.formulario import MOTIVOS
from inventario.panel.reportes import filtros as pedidos
from inventario.panel.templatetags import formatos
from inventario.productos.models import Producto
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito
from inventario.reportes.catalogo import REPORTES
from inventario.reportes.exportar.tabla import Clase, Columna

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

POR_PAGINA = 25
EN_EL_GRAFICO = 10
# Más no se arma mientras alguien espera: se encarga.
FILAS_AL_MOMENTO = 5_000
BODEGA = "bodega"
NUMEROS = (Clase.ENTERO, Clase.CANTIDAD, Clase.DINERO)
Parametros = Mapping[str, Any]


class Celda(NamedTuple):
    titulo: str | StrPromise
    texto: str
    es_numero: bool
    enlace: str


class Cifra(NamedTuple):
    titulo: str
    texto: str
    es_dinero: bool = False


@dataclass(frozen=True, slots=True)
class Visto:
    """Un reporte listo para dibujar. `pagina` o `siguiente` dicen cómo continúa."""

    filas: Sequence[Any]
    total: int
    cifras: list[Cifra] = field(default_factory=list)
    grafico: dict[str, Any] | None = None
    # La tabla que dice lo mismo que el gráfico, cuando la principal no lo dice.
    resumen: list[Cifra] = field(default_factory=list)
    pagina: Any = None
    siguiente: str = ""


@dataclass(frozen=True, slots=True)
class Pagina:
    """`columnas` son algunas de las del archivo; `enlaces`, adónde lleva cada una."""

    clave: str
    titulo: StrPromise
    explica: StrPromise
    dibujo: str
    pedido: type[pedidos.Pedido]
    columnas: tuple[str, ...]
    ver: Callable[[Ambito, Parametros, QueryDict], Visto]
    vacio: StrPromise
    del_grafico: StrPromise | str = ""

    def sin_bodega(self) -> Pagina:
        """La misma para quien solo llega a una: nadie se la nombra (decisión 3)."""
        return replace(self, columnas=tuple(clave for clave in self.columnas if clave != BODEGA))

    @property
    def encabezados(self) -> list[tuple[str | StrPromise, bool]]:
        return [(TITULOS[uno.clave], uno.clase in NUMEROS) for uno in self._columnas()]

    def celdas(self, fila: Any) -> list[Celda]:
        return [
            Celda(
                TITULOS[uno.clave],
                _texto(uno, fila),
                uno.clase in NUMEROS,
                ENLACES[uno.clave](fila) if uno.clave in ENLACES else "",
            )
            for uno in self._columnas()
        ]

    def _columnas(self) -> list[Columna]:
        por_clave = {uno.clave: uno for uno in REPORTES[self.clave].columnas}
        return [por_clave[clave] for clave in self.columnas]


def _movimiento(fila: Any) -> Any:
    return getattr(fila, "movimiento", fila)


def _lote_id(fila: Any) -> int:
    return int(fila.lote.pk if hasattr(fila, "dias") else _movimiento(fila).lote_id)


def _al_producto(fila: Any) -> str:
    producto = fila.lote.producto_id if hasattr(fila, "dias") and hasattr(fila, "lote") else fila.producto.pk
    return reverse("panel:producto", args=[producto])


def _al_lote(fila: Any) -> str:
    return reverse("panel:lote", args=[_lote_id(fila)])


ENLACES: dict[str, Callable[[Any], str]] = {
    "nombre": _al_producto,
    "producto_nombre": _al_producto,
    "codigo": _al_lote,
    "lote_codigo": _al_lote,
    "asiento": lambda fila: reverse("panel:asiento", args=[_movimiento(fila).asiento_id]),
}


def _texto(columna: Columna, fila: Any) -> str:
    valor = columna.leer(fila)
    if columna.clave in ("codigo", "lote_codigo") and not valor:
        return f"N.º {_lote_id(fila)}"
    if valor in (None, "") or (columna.clave in ("entra", "sale") and not valor):
        return "—"
    if columna.clave == "tipo":
        return str(TIPOS_DE_MOVIMIENTO[TipoMovimiento(valor)])
    if columna.clave == "motivo":
        return str(MOTIVOS[Motivo(valor)])
    if columna.clave == "rotacion_anual":
        return _veces(valor)
    match columna.clase:
        case Clase.CANTIDAD:
            return formatos.cantidad(valor)
        case Clase.DINERO:
            return formatos.dinero(valor)
        case Clase.FECHA:
            return formatos.fecha(valor)
        case Clase.MOMENTO:
            return formatos.momento(valor)
        case Clase.SI_O_NO:
            return traducir("Sí") if valor else traducir("No")
    return str(valor)


def _veces(valor: Decimal | None) -> str:
    """Cuántas veces rota, como se compara a simple vista; el archivo lleva los cuatro decimales."""
    return formatos.cantidad(None if valor is None else valor.quantize(CENTAVO, ROUND_HALF_UP))


def _por_paginas(filas: Any, consulta: QueryDict, **otros: Any) -> Visto:
    hoja = Paginator(filas, POR_PAGINA).get_page(consulta.get("pagina"))
    return Visto(list(hoja.object_list), hoja.paginator.count, pagina=hoja, **otros)


def _barras(nombre: str, pares: Iterable[tuple[str, Decimal]], *, acostado: bool = True) -> dict[str, Any]:
    """Lo que dibuja `graficos.js`."""
    puntos = list(pares)
    return {
        "tipo": "bar",
        "acostado": acostado,
        "etiquetas": [etiqueta for etiqueta, _valor in puntos],
        "series": [{"nombre": nombre, "datos": [float(valor) for _etiqueta, valor in puntos]}],
    }


def _mas_caros(filas: Iterable[Any], valor: Callable[[Any], Decimal]) -> list[tuple[str, Decimal]]:
    """Los productos que más suman, en dinero."""
    sumas: dict[str, Decimal] = {}
    for fila in filas:
        producto = fila.producto if hasattr(fila, "producto") else fila.lote.producto
        sumas[producto.nombre] = sumas.get(producto.nombre, CERO) + valor(fila)
    mayores = sorted(sumas.items(), key=lambda par: -par[1])[:EN_EL_GRAFICO]
    return [(nombre, en_dinero(suma)) for nombre, suma in mayores]


def _dinero(titulo: str, valor: Decimal) -> Cifra:
    return Cifra(titulo, formatos.dinero(valor), es_dinero=True)


def _en_tabla(pares: Iterable[tuple[str, Decimal]]) -> list[Cifra]:
    return [_dinero(nombre, valor) for nombre, valor in pares]


def ver_top(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    filas = informes.top_productos(ambito, **parametros)
    pares = [(fila.producto.nombre, fila.cantidades.fisica) for fila in filas]
    return _por_paginas(filas, consulta, grafico=_barras(traducir("Cantidad"), pares))


def ver_inventario(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    # Solo se cuenta lo de esta página: el catálogo entero se lleva en el archivo.
    visto = _por_paginas(informes.productos(), consulta)
    vivos = Producto.objects.vivos()
    return replace(
        visto,
        filas=informes.contar(ambito, visto.filas),
        cifras=[
            Cifra(
                traducir("Bajo el mínimo"), str(vivos.bajo_minimo(ahora=ambito.ahora, hoy=ambito.hoy).count())
            ),
            Cifra(traducir("Sin existencia"), str(vivos.sin_existencias(ambito.alcance).count())),
        ],
    )


def ver_por_vencer(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    # Solo se leen los de esta página; las sumas las hace la base.
    lotes = informes.por_vencer(ambito, **parametros)
    visto = _por_paginas(lotes, consulta)
    valores = informes.valor_por_producto(lotes)
    mayores = sorted(valores, key=lambda pk: (-valores[pk], pk))[:EN_EL_GRAFICO]
    productos = informes.productos_de(mayores)
    caros = [(productos[pk].nombre, en_dinero(valores[pk])) for pk in mayores]
    return replace(
        visto,
        filas=informes.con_sus_dias(visto.filas, ambito.hoy),
        cifras=[_dinero(traducir("Valor de lo que vence"), sum(valores.values(), CERO))],
        grafico=_barras(traducir("Valor"), caros),
        resumen=_en_tabla(caros),
    )


def ver_sin_usarse(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    sobra = informes.vencera_sin_usarse(ambito, **parametros)
    caros = _mas_caros(sobra.filas, lambda fila: fila.valor)
    return _por_paginas(
        sobra.filas,
        consulta,
        cifras=[_dinero(traducir("Valor que se perderá"), sobra.valor)],
        grafico=_barras(traducir("Valor que se perderá"), caros),
        resumen=_en_tabla(caros),
    )


def ver_valor(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    valores = informes.valorizacion(ambito, **parametros)
    caros = _mas_caros(valores.filas, lambda fila: fila.valor)
    return _por_paginas(
        valores.filas,
        consulta,
        cifras=[
            _dinero(traducir("Valor del inventario"), valores.valor),
            Cifra(traducir("Al"), formatos.momento(valores.al)),
        ],
        grafico=_barras(traducir("Valor"), caros),
        resumen=_en_tabla(caros),
    )


def ver_rotacion(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    rota = informes.rotacion(ambito, **parametros)
    # Vienen primero los que se agotan antes, y al final los que no se consumen.
    pronto = [
        (fila.producto.nombre, dias)
        for fila in rota.filas[:EN_EL_GRAFICO]
        if (dias := fila.dias_de_cobertura) is not None
    ]
    return _por_paginas(
        rota.filas,
        consulta,
        cifras=[
            _dinero(traducir("Costo de lo consumido"), rota.costo_consumido),
            _dinero(traducir("Valor promedio"), rota.valor_promedio),
            Cifra(traducir("Rotación"), _veces(rota.rotacion)),
        ],
        grafico=_barras(traducir("Días de cobertura"), pronto),
    )


def ver_mermas(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    perdidas = informes.mermas(ambito, **parametros)
    pares = [(str(MOTIVOS[uno.motivo]), en_dinero(uno.costo)) for uno in perdidas.por_motivo]
    return _por_paginas(
        perdidas.filas,
        consulta,
        cifras=[_dinero(traducir("Costo de lo perdido"), perdidas.costo)],
        grafico=_barras(traducir("Costo"), pares),
        resumen=_en_tabla(pares),
    )


def ver_consumo(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    usado = informes.consumo_por_modulo(ambito, **parametros)
    pares = [(uno.modulo or traducir("Sin módulo"), en_dinero(uno.costo)) for uno in usado.por_modulo]
    return _por_paginas(
        usado.filas,
        consulta,
        cifras=[_dinero(traducir("Costo de lo consumido"), usado.costo)],
        grafico=_barras(traducir("Costo"), pares),
        resumen=_en_tabla(pares),
    )


def ver_movimientos(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
    rango = informes.movimientos_en_rango(ambito, **parametros)
    totales = rango.totales()
    paginas = max(1, -(-totales.lineas // POR_PAGINA))
    pedida = consulta.get("pagina", "")
    numero = min(int(pedida) if pedida.isdecimal() and len(pedida) < 9 else 1, paginas) or 1
    # Contar otra vez costaría lo mismo que los totales: la hoja se arma sobre un rango de ese largo.
    hoja = Paginator(range(totales.lineas), POR_PAGINA).page(numero)
    desde = (numero - 1) * POR_PAGINA
    return Visto(
        list(rango.consulta[desde : desde + POR_PAGINA]),
        totales.lineas,
        cifras=[
            _dinero(traducir("Valor de lo que entró"), totales.valor_entradas),
            _dinero(traducir("Valor de lo que salió"), totales.valor_salidas),
        ],
        pagina=hoja,
    )


def ver_kardex(ambito: Ambito, parametros: Parametros, consulta: QueryDict) -> Visto:
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
