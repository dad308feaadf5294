"""Los reportes que se llevan a un archivo: su nombre, sus columnas, qué se les pide y cómo se leen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from inventario.existencias.disponibilidad import Punto, kardex
from inventario.nucleo.errores import DatoInvalido
from inventario.productos.models import Producto
from inventario.reportes import columnas, informes
from inventario.reportes.ambito import Ambito
from inventario.reportes.exportar.tabla import Columna
from inventario.reportes.informes.movimientos import TANDA

Parametros = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tanda:
    """Unas filas seguidas; `total` es cuántas habrá en todo el reporte."""

    filas: Sequence[Any]
    total: int


@dataclass(frozen=True, slots=True)
class Reporte:
    """`tandas` lee de a partes: cada paso hace sus consultas y puede ir en su propia transacción.

    `tipos` dice cómo se lee cada parámetro de lo guardado en JSON; `suman`, de qué columnas se da el total.
    """

    clave: str
    titulo: str
    columnas: tuple[Columna, ...]
    tandas: Callable[[Ambito, Parametros], Iterator[Tanda]]
    tipos: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    obligatorios: frozenset[str] = frozenset()
    suman: tuple[str, ...] = ()

    def a_json(self, parametros: Parametros) -> dict[str, Any]:
        """Devuelve los parámetros como se guardan; lanza `DatoInvalido` si sobra o falta alguno."""
        for nombre in sorted(set(parametros) - set(self.tipos)):
            raise DatoInvalido(f"Este reporte no tiene el parámetro «{nombre}».", campo=nombre)
        for nombre in sorted(self.obligatorios - set(parametros)):
            raise DatoInvalido("Este dato es obligatorio.", campo=nombre, codigo="required")
        return {
            nombre: valor.isoformat() if isinstance(valor, date) else valor
            for nombre, valor in parametros.items()
        }

    def de_json(self, guardados: Parametros) -> dict[str, Any]:
        return {nombre: self.tipos[nombre](valor) for nombre, valor in guardados.items()}


def por_partes(filas: Sequence[Any]) -> Iterator[Tanda]:
    """Da en tandas lo que un reporte ya tiene entero: cabe en memoria porque es por producto o por lote."""
    for desde in range(0, len(filas), TANDA):
        yield Tanda(filas[desde : desde + TANDA], total=len(filas))


def _top(ambito: Ambito, parametros: Parametros) -> Iterator[Tanda]:
    yield from por_partes(informes.top_productos(ambito, **parametros))


def _inventario(ambito: Ambito, parametros: Parametros) -> Iterator[Tanda]:
    yield from por_partes(informes.inventario_basico(ambito).filas)


def _por_vencer(ambito: Ambito, parametros: Parametros) -> Iterator[Tanda]:
    yield from por_partes(informes.lotes_por_vencer(ambito, **parametros).filas)


def _sin_usarse(ambito: Ambito, parametros: Parametros) -> Iterator[Tanda]:
    yield from por_partes(informes.vencera_sin_usarse(ambito, **parametros).filas)


def _valorizacion(ambito: Ambito, parametros: Parametros) -> Iterator[Tanda]:
    yield from por_partes(informes.valorizacion(ambito, **parametros).filas)


def _rotacion(ambito: Ambito, parametros: Parametros) -> Iterator[Tanda]:
    yield from por_partes(informes.rotacion(ambito, **parametros).filas)


def _mermas(ambito: Ambito, parametros: Parametros) -> Iterator[Tanda]:
    yield from por_partes(informes.mermas(ambito, **parametros).filas)


def _consumo(ambito: Ambito, parametros: Parametros) -> Iterator[Tanda]:
    yield from por_partes(informes.consumo_por_modulo(ambito, **parametros).filas)


def _movimientos(ambito: Ambito, parametros: Parametros) -> Iterator[Tanda]:
    rango = informes.movimientos_en_rango(ambito, **parametros)
    totales = rango.totales()
    for filas in rango.por_tandas(hasta_id=totales.hasta_id, tanda=TANDA):
        yield Tanda(filas, total=totales.lineas)


def _kardex(ambito: Ambito, parametros: Parametros) -> Iterator[Tanda]:
    producto = Producto.objects.get(pk=parametros["producto_id"])
    desde, hasta = ambito.rango(parametros["desde"], parametros["hasta"])
    total = informes.movimientos_en_rango(ambito, **parametros).consulta.count()
    tras: Punto | None = None
    while True:
        pagina = kardex(
            producto=producto, alcance=ambito.alcance, desde=desde, hasta=hasta, tras=tras, limite=TANDA
        )
        yield Tanda(pagina.lineas, total)
        if pagina.sigue is None:
            return
        tras = pagina.sigue


_DIA = date.fromisoformat
_RANGO = {"desde": _DIA, "hasta": _DIA}
_OBLIGA_RANGO = frozenset(_RANGO)

REPORTES: dict[str, Reporte] = {
    reporte.clave: reporte
    for reporte in (
        Reporte(
            "top-productos-disponibles",
            "Productos con más existencia",
            columnas.DE_INVENTARIO,
            _top,
            {"n": int},
        ),
        Reporte("inventario-basico", "Inventario", columnas.DE_INVENTARIO, _inventario),
        Reporte(
            "lotes-por-vencer",
            "Lotes por vencer",
            columnas.POR_VENCER,
            _por_vencer,
            {"dias": int, "incluir_vencidos": bool},
            suman=("valor",),
        ),
        Reporte(
            "movimientos-por-rango-fecha",
            "Movimientos",
            columnas.DE_MOVIMIENTO,
            _movimientos,
            {**_RANGO, "tipo": str, "producto_id": int},
            _OBLIGA_RANGO,
        ),
        Reporte(
            "valorizacion",
            "Valorización del inventario",
            columnas.DE_VALOR,
            _valorizacion,
            {"instante": datetime.fromisoformat},
            suman=("valor",),
        ),
        Reporte(
            "rotacion",
            "Rotación y cobertura",
            columnas.DE_ROTACION,
            _rotacion,
            {"dias": int},
            suman=("costo_consumido",),
        ),
        Reporte(
            "vencera-sin-usarse",
            "Lo que vencerá antes de usarse",
            columnas.QUE_SOBRARA,
            _sin_usarse,
            {"dias_de_consumo": int, "horizonte": int},
            suman=("valor",),
        ),
        Reporte(
            "mermas",
            "Mermas por motivo",
            columnas.DE_MERMA,
            _mermas,
            _RANGO,
            _OBLIGA_RANGO,
            suman=("costo",),
        ),
        Reporte(
            "consumo-por-modulo",
            "Consumo por módulo",
            columnas.DE_CONSUMO,
            _consumo,
            {**_RANGO, "modulo": str},
            _OBLIGA_RANGO,
            suman=("costo",),
        ),
        Reporte(
            "kardex",
            "Kárdex de un producto",
            columnas.DE_KARDEX,
            _kardex,
            {**_RANGO, "producto_id": int},
            _OBLIGA_RANGO | {"producto_id"},
        ),
    )
}


def reporte_de(clave: str) -> Reporte:
    """Devuelve el reporte de ese nombre; lanza `DatoInvalido` con los que hay."""
    if clave not in REPORTES:
        raise DatoInvalido(f"Se admite: {', '.join(REPORTES)}.", campo="reporte", codigo="invalid_choice")
    return REPORTES[clave]
