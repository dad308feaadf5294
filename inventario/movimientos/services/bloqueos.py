"""Bloquear un lote y a los que salieron de él (decisión 4)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.services import anotar
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import CambioDeBloqueo, Lote
from inventario.movimientos import libro
from inventario.movimientos.querysets import Clave
from inventario.movimientos.services.comprobaciones import exigir_propio
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import DatoInvalido
from inventario.nucleo.reloj import Reloj

LARGO_DEL_MOTIVO = 255


def bloquear_lote(*, actor: Actor, lote: Lote, motivo: str, reloj: Reloj = timezone.now) -> list[Lote]:
    """Bloquea el lote y sus descendientes: no salen más que como pérdida. Devuelve los que cambiaron.

    Lanza `DatoInvalido` sin motivo y `SinPermiso`.
    """
    return _cambiar(actor, lote, _exigir_motivo(motivo), True, reloj)


def desbloquear_lote(*, actor: Actor, lote: Lote, motivo: str, reloj: Reloj = timezone.now) -> list[Lote]:
    """Levanta el bloqueo del lote y sus descendientes; el motivo queda en su historia."""
    return _cambiar(actor, lote, _exigir_motivo(motivo), False, reloj)


def bloquear_lotes(
    *, actor: Actor, lotes: Iterable[Lote], motivo: str, reloj: Reloj = timezone.now
) -> list[Lote]:
    """Como `bloquear_lote` con varios, todos o ninguno: un retiro. Devuelve los que cambiaron."""
    pedidos = list(lotes)
    motivo = _exigir_motivo(motivo)
    actor.exigir(Permiso.BLOQUEAR)
    for lote in pedidos:
        exigir_propio(actor, lote)
        actor.alcance.exigir(lote.bodega_id)
    with en_empresa(actor.empresa):
        tomar_para_bloquear(actor=actor, lotes=pedidos)
        return [cambiado for lote in pedidos for cambiado in _cambiar(actor, lote, motivo, True, reloj)]


def tomar_para_bloquear(*, actor: Actor, lotes: Iterable[Lote]) -> None:
    """Toma de una vez, en el orden de todos, las existencias de varios lotes de una misma transacción."""
    familias = [uno for lote in lotes for uno in lote_y_descendientes(lote)]
    claves = {Clave(uno.producto_id, uno.bodega_id) for uno in familias}
    libro.bloquear(actor.empresa, claves, creando=False)


def _exigir_motivo(motivo: str) -> str:
    motivo = motivo.strip()
    if not motivo or len(motivo) > LARGO_DEL_MOTIVO:
        raise DatoInvalido(
            f"Diga el motivo, en {LARGO_DEL_MOTIVO} caracteres o menos.", campo="motivo", codigo="required"
        )
    return motivo


def _cambiar(actor: Actor, lote: Lote, motivo: str, bloqueado: bool, reloj: Reloj) -> list[Lote]:
    actor.exigir(Permiso.BLOQUEAR)
    exigir_propio(actor, lote)
    actor.alcance.exigir(lote.bodega_id)
    familia = lote_y_descendientes(lote)
    while True:
        claves = {Clave(uno.producto_id, uno.bodega_id) for uno in familia}
        with libro.abrir(actor.empresa, claves, reloj=reloj) as hoja:
            familia = lote_y_descendientes(lote)
            # Un traslado pudo abrir un descendiente en otra bodega mientras se esperaba el bloqueo.
            if claves.issuperset(Clave(uno.producto_id, uno.bodega_id) for uno in familia):
                cambiados = [uno for uno in familia if uno.bloqueado != bloqueado]
                for uno in cambiados:
                    hoja.bloquear(uno, motivo if bloqueado else "")
                CambioDeBloqueo.objects.bulk_create(
                    CambioDeBloqueo(
                        empresa=actor.empresa,
                        lote=uno,
                        bloqueado=bloqueado,
                        motivo=motivo,
                        usuario=actor.usuario,
                        hecho_en=hoja.ahora,
                    )
                    for uno in cambiados
                )
                if cambiados:
                    anotar(
                        actor=actor,
                        hecho=Hecho.LOTE_BLOQUEADO if bloqueado else Hecho.LOTE_DESBLOQUEADO,
                        sobre=lote,
                        despues={"lotes": [str(uno) for uno in cambiados]},
                        motivo=motivo,
                    )
                return cambiados


def lote_y_descendientes(lote: Lote) -> list[Lote]:
    """El lote y todo lo que salió de él por traslados, en dos consultas."""
    raiz = lote.raiz_id or lote.pk
    parientes = [*Lote.objects.filter(pk=raiz), *Lote.objects.filter(raiz_id=raiz).order_by("pk")]
    familia = {lote.pk}
    for pariente in parientes:
        # Un hijo siempre tiene un id mayor que su padre: una pasada en orden basta.
        if pariente.origen_id in familia:
            familia.add(pariente.pk)
    return [pariente for pariente in parientes if pariente.pk in familia]
