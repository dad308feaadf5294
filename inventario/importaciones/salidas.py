"""Importar salidas: cada fila es un despacho en su momento, con los lotes que la política elija."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from inventario.importaciones.al_libro import Destino, glosa_de, tandas
from inventario.importaciones.leer.planillas import FilaSalida
from inventario.importaciones.leer.valores import en_zona
from inventario.importaciones.obra import Obra
from inventario.movimientos import libro
from inventario.movimientos.models import Importacion, TipoAsiento
from inventario.movimientos.services.salidas import LineaSalida, sacar
from inventario.nucleo.reloj import hoy_en


def importar_salidas(obra: Obra) -> None:
    planilla = obra.leer(FilaSalida)
    zona = ZoneInfo(obra.empresa.zona_horaria)
    # En orden de momento: el libro se escribe en el orden en que ocurrió, diga lo que diga el archivo.
    citas = sorted(((en_zona(fila.momento, zona), fila) for fila in planilla.filas), key=lambda cita: cita[0])
    destino = Destino.tomar(obra, planilla.filas, creando=False)
    importacion = obra.empezar()
    for tanda in tandas(citas):
        with libro.abrir(
            obra.empresa,
            destino.claves_de(fila for _, fila in tanda),
            ingresados_hasta=hoy_en(obra.empresa.zona_horaria, tanda[-1][0]),
            reloj=lambda: obra.ahora,
        ) as hoja:
            hoja.eventos_por_asiento, hoja.registrado_en = False, obra.ahora
            for momento, fila in tanda:
                obra.intentar(fila.numero, partial(_despachar, destino, hoja, fila, momento, importacion))
        obra.avanzar(len(tanda))


def _despachar(
    destino: Destino, hoja: libro.Hoja, fila: FilaSalida, momento: datetime, importacion: Importacion
) -> None:
    obra = destino.obra
    producto = destino.producto(fila)
    destino.exigir_momento(momento, columna="momento")
    hoja.poner_reloj(momento)
    with hoja.intentando():
        asiento = hoja.empezar(TipoAsiento.SALIDA, actor=obra.actor, glosa=glosa_de(fila, importacion))
        sacar(hoja, asiento, LineaSalida(producto, destino.bodega, fila.cantidad), obra.por_importar.politica)
    obra.tocados.add(producto.pk)
