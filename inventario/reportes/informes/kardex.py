"""El kárdex de un producto, en archivo: el informe es de `existencias.kardex`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from inventario.existencias.kardex import Punto, kardex
from inventario.nucleo.cantidades import CERO
from inventario.productos.models import Producto
from inventario.reportes.ambito import Ambito
from inventario.reportes.exportar.tabla import Clase, Columna
from inventario.reportes.informes.movimientos import COLUMNAS as DE_MOVIMIENTO
from inventario.reportes.informes.movimientos import movimientos_en_rango
from inventario.reportes.reporte import RANGO, TANDA, Parametros, Reporte, Tanda


def _del_movimiento(columna: Columna) -> Columna:
    return replace(columna, leer=lambda fila: columna.leer(fila.movimiento))


_DEL_LIBRO = {columna.clave: _del_movimiento(columna) for columna in DE_MOVIMIENTO}
COLUMNAS = (
    *(_DEL_LIBRO[clave] for clave in ("fecha_movimiento", "tipo", "lote_id", "lote_codigo", "bodega")),
    Columna("entra", _("Entra"), Clase.CANTIDAD, lambda fila: max(CERO, fila.movimiento.cantidad)),
    Columna("sale", _("Sale"), Clase.CANTIDAD, lambda fila: max(CERO, -fila.movimiento.cantidad)),
    Columna("saldo", _("Saldo"), Clase.CANTIDAD, lambda fila: fila.saldo),
    *(
        _DEL_LIBRO[clave]
        for clave in ("costo_unitario", "asiento", "usuario", "motivo", "justificacion", "referencia")
    ),
)


def _tandas(ambito: Ambito, parametros: Parametros) -> Iterator[Tanda]:
    producto = Producto.objects.get(pk=parametros["producto_id"])
    desde, hasta = ambito.rango(parametros["desde"], parametros["hasta"])
    total = movimientos_en_rango(ambito, **parametros).consulta.count()
    tras: Punto | None = None
    while True:
        pagina = kardex(
            producto=producto, bodegas=ambito.bodegas, desde=desde, hasta=hasta, tras=tras, limite=TANDA
        )
        yield Tanda(pagina.lineas, total)
        if pagina.sigue is None:
            return
        tras = pagina.sigue


REPORTE = Reporte(
    "kardex",
    _("Kárdex de un producto"),
    COLUMNAS,
    _tandas,
    {**RANGO, "producto_id": int},
    frozenset({*RANGO, "producto_id"}),
)
