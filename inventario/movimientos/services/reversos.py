"""Reverso: un error se corrige con el asiento contrario, nunca con un borrón."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.services import anotar
from inventario.cuentas.models import Empresa
from inventario.cuentas.permisos import Permiso
from inventario.movimientos import libro
from inventario.movimientos.errores import AsientoYaRevertido, NoSeRevierte
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, Motivo, Movimiento, TipoAsiento
from inventario.movimientos.querysets import Clave
from inventario.movimientos.services.comprobaciones import exigir_propio, exigir_vivos, retener
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import legible
from inventario.nucleo.errores import DatoInvalido, SinPermiso
from inventario.nucleo.reloj import Reloj
from inventario.nucleo.sql import huecos, leer

# Lo que quien lo registró puede deshacer sin el permiso de revertir, y con qué permisos se registra.
DE_QUIEN_OPERA: dict[str, frozenset[str]] = {
    TipoAsiento.ENTRADA: frozenset({Permiso.REGISTRAR_ENTRADA}),
    TipoAsiento.SALIDA: frozenset({Permiso.DESPACHAR, Permiso.REGISTRAR_SALIDA}),
}
# Sin ninguno de estos no hay asiento que se pueda revertir; con uno, depende de cuál asiento.
PARA_REVERTIR: frozenset[str] = frozenset({Permiso.REVERTIR}).union(*DE_QUIEN_OPERA.values())


def es_reciente(asiento: Asiento, ahora: datetime) -> bool:
    return asiento.registrado_en >= ahora - timedelta(minutes=settings.DESHACER_MINUTOS)


def es_suyo(actor: Actor, asiento: Asiento) -> bool:
    """Lo registró quien pide y todavía podría registrarlo."""
    se_hace_con = DE_QUIEN_OPERA.get(asiento.tipo, frozenset())
    return asiento.actor_id == actor.usuario.pk and not se_hace_con.isdisjoint(actor.permisos)


def puede_revertir(actor: Actor, asiento: Asiento, ahora: datetime) -> bool:
    """Revierte quien tiene el permiso; quien opera, lo suyo y mientras es reciente."""
    return actor.puede(Permiso.REVERTIR) or (es_suyo(actor, asiento) and es_reciente(asiento, ahora))


def _exigir_poder_revertir(actor: Actor, asiento: Asiento, ahora: datetime) -> None:
    if puede_revertir(actor, asiento, ahora):
        return
    if es_suyo(actor, asiento):
        raise SinPermiso(
            f"Ya pasaron los {settings.DESHACER_MINUTOS} minutos para deshacerlo: pídalo a quien supervisa.",
            permisos=[Permiso.REVERTIR],
        )
    actor.exigir(Permiso.REVERTIR)


def revertir_asiento(
    *, actor: Actor, asiento: Asiento, explicacion: str, reloj: Reloj = timezone.now
) -> Asiento:
    """Asienta lo contrario, línea por línea, con fecha de ahora (decisión 12).

    No revive apartados. Lanza `NoSeRevierte` si es un reverso o un lote quedaría bajo cero,
    `AsientoYaRevertido`, `NoEncontrado` si algo volvería a un producto ya eliminado, `DatoInvalido`
    sin explicación y `SinPermiso` (ver `puede_revertir`).
    """
    exigir_propio(actor, asiento)
    _exigir_poder_revertir(actor, asiento, reloj())
    actor.exigir_modulo(asiento.modulo)
    if not explicacion.strip():
        raise DatoInvalido("Explique por qué se revierte.", campo="motivo", codigo="required")
    # Las líneas no cambian nunca: se pueden leer antes de bloquear.
    lineas = lineas_de(actor.empresa, [asiento.pk])
    for linea in lineas:
        actor.alcance.exigir(linea.bodega_id)
    # Después del alcance: de lo que pasó en una bodega ajena no se dice ni qué fue.
    if asiento.tipo == TipoAsiento.REVERSO:
        raise NoSeRevierte("Un reverso no se revierte: haga de nuevo el asiento.")
    claves = {Clave(linea.producto_id, linea.bodega_id) for linea in lineas}
    with libro.abrir(actor.empresa, claves, lotes=[linea.lote_id for linea in lineas], reloj=reloj) as hoja:
        if Asiento.objects.filter(revierte=asiento).exists():
            raise AsientoYaRevertido(f"El asiento {asiento.numero} ya se revirtió.", asiento=asiento.pk)
        reverso = asentar_reverso(hoja, actor=actor, asiento=asiento, lineas=lineas, explicacion=explicacion)
        anotar(
            actor=actor,
            hecho=Hecho.ASIENTO_REVERTIDO,
            sobre=asiento,
            nombre=f"n.º {asiento.numero}",
            antes={"tipo": asiento.tipo, "registrado_en": asiento.registrado_en},
            motivo=explicacion,
        )
        return reverso


def tomar_para_revertir(*, actor: Actor, asientos: Iterable[Asiento]) -> None:
    """Toma de una vez lo que moverán los reversos de varios asientos de una misma transacción.

    El primero ya se lleva la numeración de la empresa: pedir después otra existencia trabaría a quien la
    tenga y espere su número.
    """
    lineas = list(
        Movimiento.objects.filter(asiento__in=list(asientos)).values_list(
            "producto_id", "bodega_id", "cantidad"
        )
    )
    libro.bloquear(actor.empresa, {Clave(linea[0], linea[1]) for linea in lineas}, creando=False)
    retener(producto_id for producto_id, _, cantidad in lineas if cantidad < 0)


def lineas_de(empresa: Empresa, asientos: Sequence[int]) -> list[Movimiento]:
    """Devuelve las líneas de esos asientos, de la última a la primera: el orden en que se deshacen."""
    return leer(
        Movimiento, empresa.pk, f"asiento_id IN ({huecos(asientos)})", asientos, cola="ORDER BY id DESC"
    )


def asentar_reverso(
    hoja: libro.Hoja, *, actor: Actor, asiento: Asiento, lineas: list[Movimiento], explicacion: str
) -> Asiento:
    """Asienta el reverso en una hoja con las claves y lotes de `lineas` (de la última a la primera)."""
    glosa = Glosa(
        motivo=Motivo.REVERSO,
        texto=explicacion.strip(),
        referencia=asiento.referencia,
        modulo=asiento.modulo,
        tanque=asiento.tanque,
        lote_modulo=asiento.lote_modulo,
        sesion=asiento.sesion,
        documento_tipo=asiento.documento_tipo,
        documento_id=asiento.documento_id,
    )
    exigir_vivos(linea.producto_id for linea in lineas if linea.cantidad < 0)
    _exigir_saldos(hoja, asiento, lineas)
    reverso = hoja.empezar(TipoAsiento.REVERSO, actor=actor, glosa=glosa, revierte=asiento)
    for linea in lineas:
        lote = hoja.lote(linea.lote_id)
        hoja.anotar(reverso, libro.Linea(lote, -linea.cantidad, linea.costo_unitario))
    return reverso


def _exigir_saldos(hoja: libro.Hoja, asiento: Asiento, lineas: list[Movimiento]) -> None:
    """Comprueba todas las líneas antes de anotar ninguna: quien deshace muchos asientos sigue con otro."""
    saldos: dict[int, Decimal] = {}
    for linea in lineas:
        lote = hoja.lote(linea.lote_id)
        saldo = saldos.get(lote.pk, lote.saldo)
        if saldo < linea.cantidad:
            raise NoSeRevierte(
                f"El asiento {asiento.numero} no se puede revertir: del lote {lote} quedan "
                f"{legible(saldo)} y hay que devolver {legible(linea.cantidad)}.",
                lote=lote.pk,
            )
        saldos[lote.pk] = saldo - linea.cantidad
