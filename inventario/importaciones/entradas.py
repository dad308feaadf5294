"""Importar entradas: cada fila es una recepción, el día que la planilla diga."""

from __future__ import annotations

from functools import partial

from inventario.importaciones.al_libro import Destino, glosa_de, tandas
from inventario.importaciones.leer.planillas import FilaEntrada
from inventario.importaciones.obra import Obra
from inventario.movimientos import libro
from inventario.movimientos.models import Importacion
from inventario.movimientos.services.entradas import LineaEntrada, asentar_entradas
from inventario.nucleo.cantidades import CERO, exigir_costo
from inventario.nucleo.reloj import hoy_en, inicio_del_dia
from inventario.nucleo.textos import limpiar_texto

LARGO_DE_LOTE = 100


def importar_entradas(obra: Obra) -> None:
    planilla = obra.leer(FilaEntrada)
    hoy = hoy_en(obra.empresa.zona_horaria, obra.ahora)
    filas = sorted(planilla.filas, key=lambda fila: fila.fecha or hoy)
    destino = Destino.tomar(obra, filas, creando=True)
    importacion = obra.empezar()
    for tanda in tandas(filas):
        with libro.abrir(obra.empresa, entran=destino.claves_de(tanda), reloj=lambda: obra.ahora) as hoja:
            hoja.eventos_por_asiento, hoja.registrado_en = False, obra.ahora
            for fila in tanda:
                obra.intentar(fila.numero, partial(_recibir, destino, hoja, fila, importacion))
        obra.avanzar(len(tanda))


def _recibir(destino: Destino, hoja: libro.Hoja, fila: FilaEntrada, importacion: Importacion) -> None:
    obra = destino.obra
    producto = destino.producto(fila)
    zona = obra.empresa.zona_horaria
    # Lo de hoy llega ahora; lo de otro día, al empezar ese día, antes que todas sus salidas.
    momento = obra.ahora
    if fila.fecha is not None and fila.fecha != hoy_en(zona, obra.ahora):
        momento = inicio_del_dia(fila.fecha, zona)
    destino.exigir_momento(momento, columna="fecha")
    linea = LineaEntrada(
        producto,
        destino.bodega,
        fila.cantidad,
        exigir_costo(fila.costo_unitario or CERO),
        fila.vence,
        limpiar_texto(fila.lote or "", campo="lote", maximo=LARGO_DE_LOTE),
    )
    hoja.poner_reloj(momento)
    with hoja.intentando():
        asentar_entradas(
            hoja, actor=obra.actor, lineas=[linea], fecha_ingreso=None, glosa=glosa_de(fila, importacion)
        )
    obra.tocados.add(producto.pk)
