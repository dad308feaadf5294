"""Deshacer una importación: el reverso de cada asiento, del último al primero, en tandas que se confirman.

Si se corta, volver a pedirlo sigue donde quedó: lo hecho son reversos, y un asiento se revierte una vez.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import timezone

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.services import anotar
from inventario.cuentas.permisos import Permiso
from inventario.eventos.bandeja import registrar
from inventario.eventos.catalogo import ImportacionDeshecha
from inventario.movimientos import libro
from inventario.movimientos.models import Asiento, Importacion, Movimiento
from inventario.movimientos.querysets import Clave
from inventario.movimientos.services.comprobaciones import retener
from inventario.movimientos.services.reversos import asentar_reverso, lineas_de
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import ErrorDeDominio, NoEncontrado, ReglaRota
from inventario.nucleo.reloj import Reloj
from inventario.nucleo.textos import exigir_texto

POR_TANDA = 200
LARGO_DE_MOTIVO = 500
Avance = Callable[[int], object]


@dataclass(slots=True)
class Deshecho:
    """`pendientes` son los asientos que no se pudieron revertir y por qué."""

    revertidos: int = 0
    pendientes: list[str] = field(default_factory=list)


def por_revertir(importacion: Importacion) -> int:
    """Cuántos asientos de la importación siguen en pie. Se llama con la empresa en curso."""
    return Asiento.objects.filter(importacion=importacion, reverso=None).count()


def revertir_importacion(
    *,
    actor: Actor,
    importacion_id: int,
    motivo: str,
    avanzar: Avance = lambda _: None,
    reloj: Reloj = timezone.now,
) -> Deshecho:
    """Revierte todo lo que la importación asentó; queda deshecha cuando no falta ninguno.

    Se llama fuera de toda transacción: cada tanda se confirma. Lanza `NoEncontrado`, `ReglaRota` si no
    hay nada que deshacer, `DatoInvalido` sin motivo y `SinPermiso`.
    """
    actor.exigir(Permiso.REVERTIR)
    motivo = exigir_texto(motivo, campo="motivo", maximo=LARGO_DE_MOTIVO)
    importacion = _empezar(actor, importacion_id)
    deshecho = Deshecho()
    desde: int | None = None
    while (desde := _tanda(actor, importacion, motivo, desde, deshecho, avanzar, reloj)) is not None:
        pass
    with en_empresa(actor.empresa):
        quedan = por_revertir(importacion)
        if not quedan:
            Importacion.objects.filter(pk=importacion.pk).update(
                estado=Importacion.Estado.DESHECHA, deshecha_en=reloj()
            )
        anotar(
            actor=actor,
            hecho=Hecho.IMPORTACION_DESHECHA,
            sobre=importacion,
            nombre=importacion.archivo,
            despues={"revertidos": deshecho.revertidos, "pendientes": quedan},
            motivo=motivo,
        )
    return deshecho


def _empezar(actor: Actor, importacion_id: int) -> Importacion:
    with en_empresa(actor.empresa):
        importacion = Importacion.objects.filter(pk=importacion_id).first()
        if importacion is None:
            raise NoEncontrado(f"No existe la importación {importacion_id} en esta empresa.")
        if importacion.clase == Importacion.Clase.PRODUCTOS:
            raise ReglaRota(
                "Una importación de productos no asentó nada que revertir: desactive o elimine los productos."
            )
        tomada = Importacion.objects.filter(
            pk=importacion_id, estado__in=[Importacion.Estado.APLICADA, Importacion.Estado.DESHACIENDO]
        ).update(estado=Importacion.Estado.DESHACIENDO)
        if not tomada:
            raise ReglaRota(f"La importación {importacion_id} ya está deshecha.")
        return importacion


def _tanda(
    actor: Actor,
    importacion: Importacion,
    motivo: str,
    desde: int | None,
    deshecho: Deshecho,
    avanzar: Avance,
    reloj: Reloj,
) -> int | None:
    """Revierte los siguientes asientos en pie con id menor que `desde`; devuelve el último mirado, o nada."""
    with en_empresa(actor.empresa):
        en_pie = Asiento.objects.filter(importacion=importacion, reverso=None).order_by("-pk")
        asientos = list(en_pie.filter(pk__lt=desde)[:POR_TANDA] if desde is not None else en_pie[:POR_TANDA])
        if not asientos:
            return None
        lineas: dict[int, list[Movimiento]] = defaultdict(list)
        for linea in lineas_de(actor.empresa, [asiento.pk for asiento in asientos]):
            actor.alcance.exigir(linea.bodega_id)
            lineas[linea.asiento_id].append(linea)
        todas = [linea for suyas in lineas.values() for linea in suyas]
        claves = {Clave(linea.producto_id, linea.bodega_id) for linea in todas}
        antes = deshecho.revertidos
        with libro.abrir(
            actor.empresa, claves, lotes=[linea.lote_id for linea in todas], reloj=reloj
        ) as hoja:
            hoja.eventos_por_asiento = False
            retener(linea.producto_id for linea in todas if linea.cantidad < 0)
            # Mientras se esperaba el bloqueo, otro pudo revertir alguno a mano.
            ya = set(Asiento.objects.filter(revierte__in=asientos).values_list("revierte_id", flat=True))
            for asiento in asientos:
                if asiento.pk not in ya:
                    _revertir(hoja, actor, asiento, lineas[asiento.pk], motivo, deshecho)
        if deshecho.revertidos > antes:
            productos = sorted({clave.producto_id for clave in claves})
            registrar(actor.empresa, ImportacionDeshecha(importacion=importacion.pk, productos=productos))
    avanzar(len(asientos))
    ultimo: int = asientos[-1].pk
    return ultimo


def _revertir(
    hoja: libro.Hoja,
    actor: Actor,
    asiento: Asiento,
    lineas: list[Movimiento],
    motivo: str,
    deshecho: Deshecho,
) -> None:
    try:
        with hoja.intentando():
            asentar_reverso(hoja, actor=actor, asiento=asiento, lineas=lineas, explicacion=motivo)
    except ErrorDeDominio as error:
        deshecho.pendientes.append(error.mensaje)
    else:
        deshecho.revertidos += 1
