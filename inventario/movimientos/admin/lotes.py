"""El lote con sus verbos: bloquear, desbloquear, dar de baja, ajustar y contar."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from inventario.borde.admin.enlaces import lista_filtrada
from inventario.borde.admin.verbos import AdminConVerbos, Verbo
from inventario.cuentas.permisos import Permiso
from inventario.lotes.admin import LoteAdmin, con_unidad
from inventario.lotes.models import Lote
from inventario.movimientos import services
from inventario.movimientos.admin.formularios import AjusteForm, BloqueoForm, ConteoForm, MermaForm
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, Motivo, Movimiento
from inventario.nucleo.actores import Actor


def _bloquear(actor: Actor, lote: Lote, datos: dict[str, Any]) -> str:
    cambiados = services.bloquear_lote(actor=actor, lote=lote, motivo=datos["motivo"])
    return _contar_lotes(lote, len(cambiados), "bloqueado")


def _desbloquear(actor: Actor, lote: Lote, datos: dict[str, Any]) -> str:
    cambiados = services.desbloquear_lote(actor=actor, lote=lote, motivo=datos["motivo"])
    return _contar_lotes(lote, len(cambiados), "desbloqueado")


def _tomar(actor: Actor, lotes: list[Lote]) -> None:
    services.tomar_para_bloquear(actor=actor, lotes=lotes)


def _dar_de_baja(actor: Actor, lote: Lote, datos: dict[str, Any]) -> str:
    asiento = services.registrar_merma(
        actor=actor, lote=lote, cantidad=datos["cantidad"], glosa=_glosa(datos)
    )
    return _resultado(lote, asiento)


def _ajustar(actor: Actor, lote: Lote, datos: dict[str, Any]) -> str:
    asiento = services.ajustar_lote(
        actor=actor, lote=lote, diferencia=datos["diferencia"], glosa=_glosa(datos)
    )
    return _resultado(lote, asiento)


def _contar(actor: Actor, lote: Lote, datos: dict[str, Any]) -> str:
    asiento = services.contar_lote(actor=actor, lote=lote, contada=datos["contada"], glosa=_glosa(datos))
    return _resultado(lote, asiento)


def _glosa(datos: dict[str, Any]) -> Glosa:
    return Glosa(motivo=Motivo(datos["motivo"]), texto=datos["texto"])


def _contar_lotes(lote: Lote, cuantos: int, estado: str) -> str:
    if not cuantos:
        return f"El lote {lote} ya estaba {estado}: no cambió nada."
    derivados = f", con {cuantos - 1} que salieron de él" if cuantos > 1 else ""
    return f"Lote {lote} {estado}{derivados}."


def _resultado(lote: Lote, asiento: Asiento | None) -> str:
    if asiento is None:
        return f"El lote {lote} ya tenía esa cantidad: no se asentó nada."
    [linea] = asiento.lineas
    return f"{asiento}: al lote {lote} le quedan {con_unidad(linea.saldo_lote_tras, lote.producto)}."


BLOQUEAR = Verbo("bloquear", "Bloquear", Permiso.BLOQUEAR, BloqueoForm, _bloquear, _tomar)
DESBLOQUEAR = Verbo("desbloquear", "Desbloquear", Permiso.BLOQUEAR, BloqueoForm, _desbloquear, _tomar)
DAR_DE_BAJA = Verbo("dar-de-baja", "Dar de baja", Permiso.AJUSTAR, MermaForm, _dar_de_baja)
AJUSTAR = Verbo("ajustar", "Ajustar", Permiso.AJUSTAR, AjusteForm, _ajustar)
CONTAR = Verbo("contar", "Contar", Permiso.AJUSTAR, ConteoForm, _contar)

# La página del lote es una sola: aquí, donde ya se puede escribir en el libro, recibe sus verbos.
admin.site.unregister(Lote)


@admin.register(Lote)
class LoteConVerbosAdmin(AdminConVerbos, LoteAdmin):
    verbos = (BLOQUEAR, DESBLOQUEAR, DAR_DE_BAJA, AJUSTAR, CONTAR)

    def describir(self, fila: Lote) -> str:
        return f"{fila} · {fila.producto} · quedan {con_unidad(fila.saldo, fila.producto)}"

    def aplicables(self, fila: Lote) -> tuple[Verbo, ...]:
        baja = (DAR_DE_BAJA,) if fila.saldo > 0 else ()
        return (DESBLOQUEAR if fila.bloqueado else BLOQUEAR, *baja, AJUSTAR, CONTAR)

    def enlaces(self, fila: Lote) -> list[tuple[str, str]]:
        return [("Ver sus movimientos", lista_filtrada(Movimiento, lote=fila.pk))]
