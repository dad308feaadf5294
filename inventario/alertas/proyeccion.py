"""De las existencias a las alertas: abre las que faltan, pone al día las que siguen y cierra las demás.

Es idempotente y se puede repetir o correr a la vez: por producto se hace de a uno, y la base no admite dos
abiertas por la misma causa.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from django.conf import settings

from inventario.alertas.condiciones import Causa, bajo_minimo, sin_respaldo, vencimiento
from inventario.alertas.lectura import abiertas_de, mirar, retener_productos
from inventario.alertas.models import GRAVEDAD, Alerta
from inventario.cuentas.alcance import son_varias
from inventario.cuentas.models import Bodega, Empresa
from inventario.eventos.bandeja import registrar
from inventario.eventos.catalogo import AlertaAbierta, AlertaCerrada, DeAlerta
from inventario.nucleo import cache
from inventario.nucleo.reloj import hoy_en
from inventario.productos.models import Producto

registro = logging.getLogger(__name__)

DE_A = 500


class Cambios(NamedTuple):
    """Cuántas alertas se abrieron, se pusieron al día y se cerraron."""

    abiertas: int = 0
    actualizadas: int = 0
    cerradas: int = 0

    def mas(self, otros: Cambios) -> Cambios:
        return Cambios(*(uno + otro for uno, otro in zip(self, otros, strict=True)))


def recalcular(empresa: Empresa, productos: Iterable[int], ahora: datetime) -> Cambios:
    """Deja las alertas de esos productos como corresponde a lo que hay en `ahora`.

    Se llama dentro de `en_empresa`, con lo que movió la existencia ya confirmado. Cuesta las mismas
    sentencias para un producto que para quinientos.
    """
    ids = sorted(set(productos))
    total = Cambios()
    for desde in range(0, len(ids), DE_A):
        total = total.mas(_recalcular(empresa, ids[desde : desde + DE_A], ahora))
    return total


def _recalcular(empresa: Empresa, ids: Sequence[int], ahora: datetime) -> Cambios:
    # El bloqueo del producto va primero: quien esperó lee lo que dejó confirmado el anterior, y no al revés.
    productos = retener_productos(empresa, ids)
    causas = {causa.clave: causa for causa in causas_de(empresa, productos, ahora)}
    cerrar, poner_al_dia = [], []
    hechos: list[tuple[type[DeAlerta], Alerta]] = []
    for alerta in abiertas_de(empresa, ids):
        causa = causas.pop(alerta.causa, None)
        if causa is None:
            cerrar.append(alerta)
            hechos.append((AlertaCerrada, alerta))
        elif _difiere(alerta, causa):
            callada = not alerta.se_avisa
            _refrescar(alerta, causa, ahora)
            poner_al_dia.append(alerta)
            if callada:
                hechos.append((AlertaAbierta, alerta))
    # Primero se cierra: el lote que venció deja una causa y abre otra.
    if cerrar:
        Alerta.objects.filter(pk__in=[alerta.pk for alerta in cerrar], activa=True).update(
            activa=False, cerrada_en=ahora, actualizada_en=ahora
        )
    if poner_al_dia:
        Alerta.objects.bulk_update(
            poner_al_dia,
            [
                *("severidad", "gravedad", "mensaje", "datos", "fecha_referencia", "actualizada_en"),
                *("reconocida_por", "reconocida_en", "nota"),
            ],
        )
    nuevas = [_abrir(empresa, causa, ahora) for causa in causas.values()]
    if nuevas:
        Alerta.objects.bulk_create(nuevas)
    if cerrar or poner_al_dia or nuevas:
        cache.olvidar(empresa.pk, cache.Familia.ALERTA)
    _contar(empresa, [*hechos, *((AlertaAbierta, alerta) for alerta in nuevas)])
    for alerta in nuevas:
        registro.log(
            logging.WARNING if alerta.se_avisa else logging.INFO,
            "Alerta nueva (%s): %s",
            alerta.severidad,
            alerta.mensaje,
        )
    for alerta in cerrar:
        registro.info("Alerta %s cerrada: %s", alerta.pk, alerta.mensaje)
    return Cambios(len(nuevas), len(poner_al_dia), len(cerrar))


def causas_de(empresa: Empresa, productos: Sequence[Producto], ahora: datetime) -> list[Causa]:
    """Todo lo que hoy merece una alerta de esos productos; de los eliminados, nada. Solo lee."""
    hoy = hoy_en(empresa.zona_horaria, ahora)
    hasta = hoy + timedelta(days=settings.ALERTAS_HORIZONTE_DIAS)
    hay = mirar(empresa, productos, ahora=ahora, hoy=hoy, hasta=hasta)
    causas = [vencimiento(hay.productos[lote.producto_id], lote, hoy) for lote in hay.por_vencer]
    for pk, producto in hay.productos.items():
        causas += bajo_minimo(producto, fisica=hay.total[pk], disponible=hay.disponible[pk])
    faltantes = {
        clave: hay_de for clave, hay_de in hay.cobertura.items() if hay_de.prometida > hay_de.utilizable
    }
    # Los nombres solo hacen falta si hay algo que decir.
    bodegas = {bodega.pk: bodega for bodega in Bodega.objects.all()} if faltantes else {}
    for clave, cobertura in sorted(faltantes.items(), key=itemgetter(0)):
        causas.append(
            sin_respaldo(
                hay.productos[clave.producto_id],
                bodegas[clave.bodega_id],
                apartada=cobertura.prometida,
                utilizable=cobertura.utilizable,
                varias=son_varias(bodegas.values()),
            )
        )
    return causas


def _contar(empresa: Empresa, hechos: Sequence[tuple[type[DeAlerta], Alerta]]) -> None:
    """Deja escrito, en la misma transacción, lo que otros quieran saber: solo de las que se avisan."""
    registrar(
        empresa,
        *(
            hecho(
                alerta=alerta.pk,
                tipo=alerta.tipo,
                severidad=alerta.severidad,
                producto=alerta.producto_id,
                lote=alerta.lote_id,
                bodega=alerta.bodega_id,
            )
            for hecho, alerta in hechos
            if alerta.se_avisa
        ),
    )


def _difiere(alerta: Alerta, causa: Causa) -> bool:
    return (alerta.severidad, alerta.mensaje, alerta.datos, alerta.fecha_referencia) != (
        causa.severidad.value,
        causa.mensaje,
        causa.datos,
        causa.fecha_referencia,
    )


def _refrescar(alerta: Alerta, causa: Causa, ahora: datetime) -> None:
    if GRAVEDAD[causa.severidad] > alerta.gravedad:
        # Quien la reconoció lo hizo cuando apremiaba menos: vuelve a pedir atención, y en la historia queda.
        alerta.reconocida_por, alerta.reconocida_en, alerta.nota = None, None, ""
    _llenar(alerta, causa, ahora)


def _abrir(empresa: Empresa, causa: Causa, ahora: datetime) -> Alerta:
    alerta = Alerta(
        empresa=empresa,
        tipo=causa.tipo,
        producto_id=causa.producto_id,
        bodega_id=causa.bodega_id,
        lote_id=causa.lote_id,
        creada_en=ahora,
    )
    _llenar(alerta, causa, ahora)
    return alerta


def _llenar(alerta: Alerta, causa: Causa, ahora: datetime) -> None:
    alerta.poner_severidad(causa.severidad)
    alerta.mensaje, alerta.datos = causa.mensaje, causa.datos
    alerta.fecha_referencia, alerta.actualizada_en = causa.fecha_referencia, ahora
