"""Reservar, confirmar, cancelar, extender y vencer: cada promesa se resuelve una sola vez."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from inventario.cuentas.permisos import Permiso
from inventario.eventos.models import Evento
from inventario.movimientos.errores import ExistenciaInsuficiente
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento
from inventario.movimientos.reparto import Politica
from inventario.movimientos.tests.mundo import AHORA, Mundo, cant, cants, comprobar_invariantes, dia, tomas
from inventario.movimientos.tests.mundo import lineas_de as lineas
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.errores import DatoInvalido, NoEncontrado, ReglaRota, SinPermiso
from inventario.productos.models import Producto
from inventario.reservas import services, tasks
from inventario.reservas.errores import ReservaYaResuelta
from inventario.reservas.estados import TRANSICIONES, EstadoReserva
from inventario.reservas.models import Reserva
from inventario.reservas.services import Resto


def _reservar(mundo: Mundo, producto: Producto, cantidad: str | int, **otros: Any) -> Reserva:
    campos = {"actor": mundo.actor, "bodega": mundo.bodega, "reloj": mundo.reloj, **otros}
    return services.reservar(producto=producto, cantidad=Decimal(cantidad), **campos)


def _confirmar(mundo: Mundo, reserva: Reserva, **otros: Any) -> Asiento:
    campos = {"actor": mundo.actor, "politica": Politica.FEFO, "reloj": mundo.reloj, **otros}
    return services.confirmar_reserva(reserva=reserva, **campos)


def _cancelar(mundo: Mundo, reserva: Reserva, **otros: Any) -> Reserva:
    return services.cancelar_reserva(
        actor=mundo.actor, reserva=reserva, reloj=mundo.reloj, **{"motivo": "Ya no va", **otros}
    )


def _extender(mundo: Mundo, reserva: Reserva, horas: int = 48) -> Reserva:
    return services.extender_reserva(actor=mundo.actor, reserva=reserva, horas=horas, reloj=mundo.reloj)


def _cuenta(mundo: Mundo, reserva: Reserva) -> tuple[EstadoReserva, Decimal, Decimal, Decimal]:
    """Estado, usada, restante y liberada, leídos de la base."""
    fresca = Reserva.objects.con_detalle().get(pk=reserva.pk)
    ahora = mundo.reloj()
    return fresca.estado(ahora), fresca.apartado.usada, fresca.restante(ahora), fresca.liberada(ahora)


def _eventos(tipo: str) -> list[dict[str, Any]]:
    return [evento.datos for evento in Evento.objects.filter(tipo=tipo).order_by("pk")]


@pytest.fixture
def producto(mundo: Mundo) -> Producto:
    return mundo.producto()


def test_reservar_promete_y_dice_de_quien_es(mundo: Mundo, producto: Producto) -> None:
    mundo.entrada(producto, 10)
    reserva = _reservar(
        mundo, producto, "3.5", horas=2, modulo="biofloc", referencia="T-1", notas="turno de noche"
    )
    assert (mundo.fisica(producto), mundo.disponible(producto)) == cants(10, "6.5")
    assert _cuenta(mundo, reserva) == (EstadoReserva.PENDIENTE, *cants(0, "3.5", 0))
    assert (reserva.apartado.modulo, reserva.apartado.referencia, reserva.notas) == (
        "biofloc",
        "T-1",
        "turno de noche",
    )
    assert (reserva.creada_en, reserva.apartado.vence_en) == (AHORA, AHORA + timedelta(hours=2))
    assert reserva.creada_por == mundo.actor.usuario
    [evento] = _eventos("reserva_creada")
    assert (evento["reserva"], evento["producto"]) == (str(reserva.pk), producto.pk)


def test_no_se_promete_lo_que_otro_tiene(mundo: Mundo, producto: Producto) -> None:
    mundo.entrada(producto, 10)
    mundo.entrada(producto, 5, vence=dia(-1))
    _reservar(mundo, producto, 8)
    with mundo.rechaza(ExistenciaInsuficiente) as visto:
        _reservar(mundo, producto, "2.0001")
    assert visto.value.datos["disponible"] == 2
    assert Reserva.objects.count() == 1
    _reservar(mundo, producto, 2)


@pytest.mark.parametrize("horas", [0, -1, 721])
def test_dura_de_1_a_720_horas(mundo: Mundo, producto: Producto, horas: int) -> None:
    mundo.entrada(producto, 10)
    with mundo.rechaza(DatoInvalido, "de 1 a 720 horas"):
        _reservar(mundo, producto, 1, horas=horas)


@pytest.mark.parametrize("horas", [1, 720])
def test_los_bordes_de_la_duracion_valen(mundo: Mundo, producto: Producto, horas: int) -> None:
    mundo.entrada(producto, 10)
    reserva = _reservar(mundo, producto, 1, horas=horas)
    assert reserva.apartado.vence_en == AHORA + timedelta(hours=horas)


def test_lo_inactivo_lo_eliminado_y_lo_ajeno_no_se_reserva(mundo: Mundo) -> None:
    inactivo, eliminado = mundo.producto("A"), mundo.producto("B")
    mundo.entrada(inactivo, 10)
    inactivo.activo = False
    inactivo.save()
    eliminado.activo, eliminado.eliminado_en = False, AHORA
    eliminado.save()
    with mundo.rechaza(ReglaRota, "inactivo"):
        _reservar(mundo, inactivo, 1)
    with mundo.rechaza(NoEncontrado):
        _reservar(mundo, eliminado, 1)


def test_confirmar_saca_lo_reservado_por_la_politica_pedida(mundo: Mundo, producto: Producto) -> None:
    viejo = mundo.entrada(producto, 4, vence=dia(90))
    pronto = mundo.entrada(producto, 4, vence=dia(5))
    fefo, peps = _reservar(mundo, producto, 2), _reservar(mundo, producto, 2)
    assert lineas(_confirmar(mundo, fefo)) == tomas((pronto, -2))
    asiento = _confirmar(mundo, peps, politica=Politica.PEPS)
    assert lineas(asiento) == tomas((viejo, -2))
    assert (asiento.documento_tipo, asiento.documento_id) == ("reserva", str(peps.pk))
    assert _cuenta(mundo, peps) == (EstadoReserva.CONFIRMADA, *cants(2, 0, 0))
    assert (mundo.fisica(producto), mundo.apartada(producto)) == cants(4, 0)
    resuelta = Reserva.objects.get(pk=peps.pk)
    assert (resuelta.resuelta_por, resuelta.resuelta_en) == (mundo.actor.usuario, AHORA)
    comprobar_invariantes()


def test_confirmar_no_gasta_la_promesa_de_otro(mundo: Mundo, producto: Producto) -> None:
    mundo.entrada(producto, 10)
    mia, ajena = (
        _reservar(mundo, producto, 4, modulo="biofloc"),
        _reservar(mundo, producto, 6, modulo="biofloc"),
    )
    _confirmar(mundo, mia)
    assert _cuenta(mundo, ajena) == (EstadoReserva.PENDIENTE, *cants(0, 6, 0))
    assert mundo.disponible(producto) == 0


@pytest.mark.parametrize(
    ("resto", "esperado"),
    [
        (Resto.QUEDA, (EstadoReserva.PENDIENTE, *cants(3, 5, 0))),
        (Resto.SE_LIBERA, (EstadoReserva.CONFIRMADA, *cants(3, 0, 5))),
    ],
)
def test_confirmar_una_parte(mundo: Mundo, producto: Producto, resto: Resto, esperado: Any) -> None:
    mundo.entrada(producto, 10)
    reserva = _reservar(mundo, producto, 8)
    _confirmar(mundo, reserva, cantidad=cant(3), resto=resto)
    assert _cuenta(mundo, reserva) == esperado
    assert (mundo.fisica(producto), mundo.disponible(producto)) == (7, 7 - esperado[2])
    comprobar_invariantes()


def test_lo_que_queda_se_confirma_despues(mundo: Mundo, producto: Producto) -> None:
    mundo.entrada(producto, 10)
    reserva = _reservar(mundo, producto, 8)
    _confirmar(mundo, reserva, cantidad=cant(3))
    with mundo.rechaza(DatoInvalido, "quedan 5"):
        _confirmar(mundo, reserva, cantidad=cant("5.0001"))
    assert lineas(_confirmar(mundo, reserva))[0][1] == -5
    assert _cuenta(mundo, reserva) == (EstadoReserva.CONFIRMADA, *cants(8, 0, 0))


def test_sin_respaldo_confirmar_se_niega_y_la_reserva_sigue_pendiente(
    mundo: Mundo, producto: Producto
) -> None:
    lote = mundo.entrada(producto, 10)
    reserva = _reservar(mundo, producto, 8)
    mundo.merma(lote, 5)
    assert [evento["producto"] for evento in _eventos("reserva_sin_respaldo")] == [producto.pk]
    with mundo.rechaza(ExistenciaInsuficiente) as visto:
        _confirmar(mundo, reserva)
    assert (visto.value.datos["solicitado"], visto.value.datos["disponible"]) == cants(8, 5)
    assert _cuenta(mundo, reserva) == (EstadoReserva.PENDIENTE, *cants(0, 8, 0))
    _confirmar(mundo, reserva, cantidad=cant(5), resto=Resto.SE_LIBERA)
    assert _cuenta(mundo, reserva) == (EstadoReserva.CONFIRMADA, *cants(5, 0, 3))


def test_se_avisa_una_vez_por_caida_y_no_por_cada_movimiento(mundo: Mundo, producto: Producto) -> None:
    lote = mundo.entrada(producto, 10)
    _reservar(mundo, producto, 8)
    mundo.merma(lote, 1)
    assert _eventos("reserva_sin_respaldo") == []
    mundo.merma(lote, 2)
    mundo.merma(lote, 1)
    assert len(_eventos("reserva_sin_respaldo")) == 1
    mundo.entrada(producto, 10)
    mundo.bloquear(lote)
    assert len(_eventos("reserva_sin_respaldo")) == 1
    mundo.bloquear(mundo.entrada(producto, 1))
    mundo.merma(lote, 6)
    assert len(_eventos("reserva_sin_respaldo")) == 1


def test_bloquear_el_lote_deja_sin_respaldo(mundo: Mundo, producto: Producto) -> None:
    lote = mundo.entrada(producto, 10)
    _reservar(mundo, producto, 8)
    mundo.bloquear(lote)
    assert _eventos("reserva_sin_respaldo") == [{"producto": producto.pk, "bodega": mundo.bodega.pk}]


def test_el_lote_que_vence_de_noche_deja_sin_respaldo_y_se_avisa_una_vez_por_dia(
    mundo: Mundo, producto: Producto
) -> None:
    otro = mundo.producto("OTRO")
    for cual in (producto, otro):
        mundo.entrada(cual, 10, vence=dia(0))
        _reservar(mundo, cual, 8, horas=100)
    mundo.entrada(otro, 8, vence=dia(1))

    def avisar() -> int:
        with time_machine.travel(mundo.reloj(), tick=False):
            return services.avisar_sin_respaldo(mundo.empresa, reloj=mundo.reloj)

    aviso = {"producto": producto.pk, "bodega": mundo.bodega.pk}
    assert avisar() == 0
    # A las 4:59 de Greenwich todavía es hoy en Guayaquil.
    mundo.reloj.avanzar(hours=13, minutes=59)
    assert avisar() == 0
    mundo.reloj.avanzar(minutes=1)
    assert (avisar(), avisar()) == (1, 0)
    assert _eventos("reserva_sin_respaldo") == [aviso]
    mundo.reloj.avanzar(days=1)
    assert (avisar(), avisar()) == (2, 0)
    assert _eventos("reserva_sin_respaldo")[1:] == [aviso, {**aviso, "producto": otro.pk}]
    mundo.entrada(producto, 8)
    mundo.reloj.avanzar(days=1)
    assert avisar() == 1
    mundo.reloj.avanzar(days=2)
    # Vencidas las promesas ya no hay de qué avisar.
    assert avisar() == 0


def test_de_lo_que_ya_aviso_el_libro_no_se_avisa_otra_vez_el_mismo_dia(
    mundo: Mundo, producto: Producto
) -> None:
    with time_machine.travel(mundo.reloj(), tick=False):
        lote = mundo.entrada(producto, 10)
        _reservar(mundo, producto, 8)
        mundo.merma(lote, 5)
        assert services.avisar_sin_respaldo(mundo.empresa, reloj=mundo.reloj) == 0
    assert len(_eventos("reserva_sin_respaldo")) == 1


def test_cancelar_suelta_y_recuerda_lo_usado(mundo: Mundo, producto: Producto) -> None:
    mundo.entrada(producto, 10)
    reserva = _reservar(mundo, producto, 8, modulo="biofloc")
    mundo.peps(producto, 3, glosa=Glosa(modulo="biofloc"))
    _cancelar(mundo, reserva, motivo="Cambió la dieta")
    assert _cuenta(mundo, reserva) == (EstadoReserva.CANCELADA, *cants(3, 0, 5))
    assert Reserva.objects.get(pk=reserva.pk).motivo == "Cambió la dieta"
    assert (mundo.disponible(producto), mundo.apartada(producto)) == cants(7, 0)


def test_gastada_entera_por_su_modulo_queda_confirmada(mundo: Mundo, producto: Producto) -> None:
    mundo.entrada(producto, 10)
    reserva = _reservar(mundo, producto, 8, modulo="biofloc", referencia="T-1")
    mundo.peps(producto, 8, glosa=Glosa(modulo="biofloc", tanque="T-1"))
    assert _cuenta(mundo, reserva) == (EstadoReserva.CONFIRMADA, *cants(8, 0, 0))
    with mundo.rechaza(ReservaYaResuelta, "ya se confirmó o se usó entera"):
        _confirmar(mundo, reserva)


def test_extender_cuenta_desde_ahora(mundo: Mundo, producto: Producto) -> None:
    mundo.entrada(producto, 10)
    reserva = _reservar(mundo, producto, 8, horas=24)
    mundo.reloj.avanzar(hours=23)
    _extender(mundo, reserva, 720)
    assert reserva.apartado.vence_en == mundo.reloj() + timedelta(hours=720)
    with mundo.rechaza(DatoInvalido, "ya dura más"):
        _extender(mundo, reserva, 719)
    with mundo.rechaza(DatoInvalido, "de 1 a 720"):
        _extender(mundo, reserva, 721)


def test_pasada_su_hora_vence_sin_esperar_a_nadie(mundo: Mundo, producto: Producto) -> None:
    mundo.entrada(producto, 10)
    reserva = _reservar(mundo, producto, 8, horas=1)
    mundo.reloj.avanzar(hours=1)
    assert _cuenta(mundo, reserva) == (EstadoReserva.VENCIDA, *cants(0, 0, 8))
    assert mundo.disponible(producto) == 10


def test_la_tarea_anota_las_vencidas_una_sola_vez(mundo: Mundo, producto: Producto) -> None:
    otro = mundo.producto("B")
    mundo.entrada(producto, 10)
    mundo.entrada(otro, 10)
    for cual, horas in ((producto, 1), (otro, 1), (otro, 3)):
        _reservar(mundo, cual, 2, horas=horas)
    mundo.reloj.avanzar(hours=2)
    assert services.vencer_reservas(mundo.empresa, reloj=mundo.reloj) == 2
    assert services.vencer_reservas(mundo.empresa, reloj=mundo.reloj) == 0
    assert (mundo.apartada(producto), mundo.apartada(otro)) == cants(0, 2)
    assert [evento["producto"] for evento in _eventos("apartado_vencido")] == [producto.pk, otro.pk]
    comprobar_invariantes()


def _vencida(mundo: Mundo, reserva: Reserva) -> None:
    mundo.reloj.avanzar(hours=24)


RESOLVER: dict[EstadoReserva, Callable[[Mundo, Reserva], object]] = {
    EstadoReserva.CONFIRMADA: _confirmar,
    EstadoReserva.CANCELADA: _cancelar,
    EstadoReserva.VENCIDA: _vencida,
}


@pytest.mark.parametrize("verbo", [_confirmar, _cancelar, _extender])
@pytest.mark.parametrize("final", sorted(TRANSICIONES[EstadoReserva.PENDIENTE]))
def test_una_reserva_se_resuelve_una_sola_vez(
    mundo: Mundo, producto: Producto, final: EstadoReserva, verbo: Callable[[Mundo, Reserva], object]
) -> None:
    mundo.entrada(producto, 10)
    reserva = _reservar(mundo, producto, 8)
    RESOLVER[final](mundo, reserva)
    assert not Reserva.objects.con_detalle().get(pk=reserva.pk).pendiente(mundo.reloj())
    with mundo.rechaza(ReservaYaResuelta) as visto:
        verbo(mundo, Reserva.objects.con_detalle().get(pk=reserva.pk))
    assert visto.value.datos == {"estado": final}
    for estado in EstadoReserva:
        hay = Reserva.objects.en_estado(estado, mundo.reloj()).exists()
        assert hay is (estado == final), estado


def test_cada_verbo_exige_su_permiso_su_bodega_y_su_modulo(mundo: Mundo, producto: Producto) -> None:
    mundo.entrada(producto, 10)
    reserva = _reservar(mundo, producto, 8, modulo="biofloc")
    for sin in (
        mundo.actor_sin(Permiso.RESERVAR, Permiso.DESPACHAR),
        mundo.actor_con(*Permiso, alcance=Alcance.de({mundo.otra.pk})),
        mundo.actor_con(*Permiso, modulos_permitidos=frozenset({"hatchery"})),
    ):
        with mundo.rechaza(SinPermiso):
            _reservar(mundo, producto, 1, actor=sin, modulo="biofloc")
        with mundo.rechaza(SinPermiso):
            _confirmar(mundo, reserva, actor=sin)
        with mundo.rechaza(SinPermiso):
            services.cancelar_reserva(actor=sin, reserva=reserva, motivo="Ya no va")
        with mundo.rechaza(SinPermiso):
            services.extender_reserva(actor=sin, reserva=reserva, horas=48)


def test_la_tarea_vence_y_avisa_en_cada_empresa(mundo: Mundo, producto: Producto) -> None:
    for vence, cantidad in ((dia(0), 10), (dia(9), 4)):
        mundo.entrada(producto, cantidad, vence=vence)
    _reservar(mundo, producto, 2, horas=1)
    _reservar(mundo, producto, 8)
    mundo.reloj.avanzar(hours=15)
    with time_machine.travel(mundo.reloj(), tick=False):
        for _ in range(2):
            tasks.vencer()
    assert mundo.apartada(producto) == 8
    assert len(_eventos("apartado_vencido")) == len(_eventos("reserva_sin_respaldo")) == 1
