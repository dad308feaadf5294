"""Llevar una planilla al libro: entera o nada, con todo lo que esté mal dicho de una vez."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from inventario.cuentas.permisos import Permiso
from inventario.importaciones.al_libro import exigir_bodega
from inventario.importaciones.entradas import importar_entradas
from inventario.importaciones.leer.archivos import Archivo, leer_archivo
from inventario.importaciones.leer.planillas import (
    FilaEntrada,
    FilaProducto,
    FilaSalida,
    Planilla,
    leer_planilla,
)
from inventario.importaciones.obra import Avance, Obra
from inventario.importaciones.por_importar import Informe, PorImportar
from inventario.importaciones.productos import ensayar_productos, importar_productos
from inventario.importaciones.salidas import importar_salidas
from inventario.movimientos.models import Importacion
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import DatoInvalido
from inventario.nucleo.reloj import Reloj
from inventario.productos.services import editar_unidad, unidad_conocida

CLASES: dict[str, Permiso] = {
    Importacion.Clase.PRODUCTOS: Permiso.CATALOGAR,
    Importacion.Clase.ENTRADAS: Permiso.REGISTRAR_ENTRADA,
    Importacion.Clase.SALIDAS: Permiso.DESPACHAR,
}
_FILAS: dict[str, type[FilaProducto] | type[FilaEntrada] | type[FilaSalida]] = {
    Importacion.Clase.PRODUCTOS: FilaProducto,
    Importacion.Clase.ENTRADAS: FilaEntrada,
    Importacion.Clase.SALIDAS: FilaSalida,
}
_HACER: dict[str, Callable[[Obra], None]] = {
    Importacion.Clase.PRODUCTOS: importar_productos,
    Importacion.Clase.ENTRADAS: importar_entradas,
    Importacion.Clase.SALIDAS: importar_salidas,
}


@dataclass(frozen=True, slots=True)
class Leida:
    """Un archivo ya leído: sus filas, y lo que estaba mal en cada una."""

    archivo: Archivo
    planilla: Planilla[Any]


def leer(clase: str, ruta: Path, nombre: str = "", *, maximo: int | None = None) -> Leida:
    """Lee y comprueba el archivo, sin base de datos. Se llama fuera de toda transacción: uno grande tarda.

    `maximo` son las filas que se admiten. Lanza `DatoInvalido` si el archivo no se entiende o trae de más.
    """
    archivo = leer_archivo(ruta, nombre)
    return Leida(archivo, leer_planilla(archivo, _FILAS[clase], maximo=maximo))


def importar(
    *,
    actor: Actor,
    por_importar: PorImportar,
    leida: Leida | None = None,
    avanzar: Avance = lambda _: None,
    reloj: Reloj = timezone.now,
) -> Informe:
    """Lee, comprueba y asienta la planilla en una sola transacción.

    Con alguna fila rechazada no queda nada escrito, salvo que se pida omitirlas. Ensayar productos no retiene
    a nadie: va por tandas. Lanza `DatoInvalido` si el archivo no se entiende, `Conflicto` si ya se importó y
    `SinPermiso`; lo que está mal en las filas viene en el informe.
    """
    actor.exigir(CLASES[por_importar.clase])
    if por_importar.clase == Importacion.Clase.SALIDAS and por_importar.politica is None:
        raise DatoInvalido(
            "Diga en qué orden salen los lotes: fefo o peps.", campo="politica", codigo="required"
        )
    if por_importar.clase != Importacion.Clase.PRODUCTOS:
        exigir_bodega(actor, por_importar)
    leida = leida or leer(por_importar.clase, por_importar.archivo, por_importar.nombre)
    obra = Obra(
        actor=actor,
        por_importar=por_importar,
        archivo=leida.archivo,
        planilla=leida.planilla,
        avanzar=avanzar,
        ahora=reloj(),
    )
    es_ensayo = not por_importar.aplicar and not por_importar.divisibles
    if es_ensayo and por_importar.clase == Importacion.Clase.PRODUCTOS:
        return ensayar_productos(obra)
    with en_empresa(actor.empresa):
        for texto in por_importar.divisibles:
            unidad = unidad_conocida(actor.empresa, texto, campo="divisible")
            editar_unidad(actor=actor, unidad=unidad, cambios={"divisible": True})
        _HACER[por_importar.clase](obra)
        informe = obra.en_limpio()
        informe.aplicado = por_importar.aplicar and (not informe.rechazos or por_importar.omitir_rechazados)
        if informe.aplicado:
            obra.cerrar()
        else:
            informe.importacion = None
            transaction.set_rollback(True)
    return informe
