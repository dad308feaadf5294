"""Bloqueos: alcanzan al lote y a todo lo que salió de él, y quedan en su historia."""

from __future__ import annotations

import pytest

from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import CambioDeBloqueo, Lote
from inventario.movimientos import services
from inventario.movimientos.errores import ExistenciaInsuficiente
from inventario.movimientos.tests.mundo import AHORA, Mundo, cant, cants
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.errores import DatoInvalido, NoEncontrado, SinPermiso


def _mover(mundo: Mundo, lote: Lote, cantidad: int, *, hacia_otra: bool = True) -> Lote:
    hacia = mundo.otra if hacia_otra else mundo.bodega
    asiento = services.trasladar_lote(
        actor=mundo.actor, lote=lote, cantidad=cant(cantidad), hacia=hacia, reloj=mundo.reloj
    )
    return asiento.lineas[1].lote


def _bloqueados() -> set[int]:
    return set(Lote.objects.filter(bloqueado=True).values_list("pk", flat=True))


def test_bloquear_lote_lo_saca_de_lo_disponible_y_desbloquear_lo_devuelve(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    cambiados = mundo.bloquear(lote, "  Cuarentena  ")
    assert [uno.pk for uno in cambiados] == [lote.pk]
    guardado = Lote.objects.get()
    assert (guardado.bloqueado, guardado.motivo_bloqueo) == (True, "Cuarentena")
    assert (mundo.fisica(producto), mundo.disponible(producto)) == cants(10, 0)
    with mundo.rechaza(ExistenciaInsuficiente):
        mundo.fefo(producto, 1)
    services.desbloquear_lote(actor=mundo.actor, lote=lote, motivo="Análisis limpio", reloj=mundo.reloj)
    guardado.refresh_from_db()
    assert (guardado.bloqueado, guardado.motivo_bloqueo) == (False, "")
    assert (guardado.saldo, mundo.disponible(producto)) == cants(10, 10)
    historia = CambioDeBloqueo.objects.order_by("pk").values_list(
        "bloqueado", "motivo", "usuario", "hecho_en"
    )
    assert list(historia) == [
        (True, "Cuarentena", mundo.actor.usuario.pk, AHORA),
        (False, "Análisis limpio", mundo.actor.usuario.pk, AHORA),
    ]


def test_bloquear_lote_sigue_a_los_descendientes_y_no_toca_a_los_demas(mundo: Mundo) -> None:
    producto = mundo.producto()
    abuelo, ajeno = mundo.entrada(producto, 20), mundo.entrada(producto, 5)
    hijo, hermano = _mover(mundo, abuelo, 10), _mover(mundo, abuelo, 3)
    nieto = _mover(mundo, hijo, 4, hacia_otra=False)
    assert {uno.pk for uno in mundo.bloquear(hijo)} == {hijo.pk, nieto.pk}
    assert _bloqueados() == {hijo.pk, nieto.pk}
    # El abuelo arrastra al hermano; los ya bloqueados no cambian otra vez.
    assert {uno.pk for uno in mundo.bloquear(abuelo, "Retiro")} == {abuelo.pk, hermano.pk}
    assert ajeno.pk not in _bloqueados()
    motivos = dict(Lote.objects.filter(bloqueado=True).values_list("pk", "motivo_bloqueo"))
    assert motivos == {
        hijo.pk: "Cuarentena",
        nieto.pk: "Cuarentena",
        abuelo.pk: "Retiro",
        hermano.pk: "Retiro",
    }
    services.desbloquear_lote(actor=mundo.actor, lote=abuelo, motivo="Listo", reloj=mundo.reloj)
    assert _bloqueados() == set()


def test_bloquear_dos_veces_no_cambia_nada_la_segunda(mundo: Mundo) -> None:
    lote = mundo.entrada(mundo.producto(), 10)
    mundo.bloquear(lote)
    antes = mundo.foto()
    assert mundo.bloquear(lote, "Otro motivo") == []
    assert mundo.foto() == antes


def test_bloquear_un_lote_agotado_alcanza_a_lo_que_se_traslado(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    copia = _mover(mundo, lote, 10)
    mundo.bloquear(lote)
    assert _bloqueados() == {lote.pk, copia.pk}
    assert mundo.disponible(producto, mundo.otra) == 0


def test_bloquear_no_asienta_movimientos(mundo: Mundo) -> None:
    lote = mundo.entrada(mundo.producto(), 10)
    mundo.bloquear(lote)
    assert (lote.movimientos.count(), mundo.foto()["numero"]) == (1, 1)


@pytest.mark.parametrize("motivo", ["", "  ", "x" * 256])
def test_bloquear_sin_motivo_o_con_uno_desmedido_se_rechaza(mundo: Mundo, motivo: str) -> None:
    lote = mundo.entrada(mundo.producto(), 10)
    with mundo.rechaza(DatoInvalido, "motivo"):
        mundo.bloquear(lote, motivo)
    with mundo.rechaza(DatoInvalido, "motivo"):
        services.desbloquear_lote(actor=mundo.actor, lote=lote, motivo=motivo)


def test_bloquear_sin_permiso_o_fuera_de_su_bodega_o_de_su_empresa_se_rechaza(mundo: Mundo) -> None:
    lote = mundo.entrada(mundo.producto(), 10)
    completo = mundo.actor
    ajeno = mundo.actor_con(*Permiso, alcance=Alcance.de({mundo.otra.pk}))
    for actor in (mundo.actor_sin(Permiso.BLOQUEAR), ajeno):
        mundo.actor = actor
        with mundo.rechaza(SinPermiso):
            mundo.bloquear(lote)
    mundo.actor = Mundo.crear().actor
    with mundo.rechaza(NoEncontrado):
        mundo.bloquear(lote)
    mundo.actor = completo
