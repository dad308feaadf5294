"""Carreras de reservas en PostgreSQL: cada una se resuelve una vez, y no se promete lo que no hay."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest

from inventario.cuentas.claves.services import crear_clave_api
from inventario.eventos.models import Evento
from inventario.movimientos import libro
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, Movimiento
from inventario.movimientos.querysets import ExistenciaQuerySet
from inventario.movimientos.reparto import Politica
from inventario.movimientos.tests.mundo import AHORA, Mundo, RelojDePrueba, cant, cants, dia
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.mundo import ClienteApi, cliente_con
from inventario.productos.models import Producto
from inventario.reservas import services
from inventario.reservas.estados import EstadoReserva
from inventario.reservas.models import Reserva
from inventario.tests.carreras import ESPERA_S, Tarea, a_la_vez, contar_a_la_vez, cuadra, repetir

pytestmark = pytest.mark.postgresql
DE_BIOFLOC = Glosa(modulo="biofloc", tanque="T-1")


def _con(mundo: Mundo, cantidad: int, *, lotes: int = 1) -> Producto:
    with en_empresa(mundo.empresa):
        producto = mundo.producto()
        for numero in range(lotes):
            mundo.entrada(producto, cantidad // lotes, vence=dia(numero + 9_999))
    # La unidad queda leída: los hilos no deben gastar su carrera en eso.
    assert producto.unidad.divisible
    return producto


def _reservar(mundo: Mundo, producto: Producto, cantidad: int, **otros: Any) -> Reserva:
    campos = {"actor": mundo.actor, "bodega": mundo.bodega, "reloj": mundo.reloj, **otros}
    with en_empresa(mundo.empresa):
        return services.reservar(producto=producto, cantidad=cant(cantidad), **campos)


def _fresca(reserva: Reserva) -> Reserva:
    """Cada hilo lee la suya, como cada petición."""
    fresca: Reserva = Reserva.objects.con_detalle().get(pk=reserva.pk)
    return fresca


def _confirmar(mundo: Mundo, reserva: Reserva, **otros: Any) -> Tarea:
    campos = {"actor": mundo.actor, "politica": Politica.PEPS, "reloj": mundo.reloj, **otros}
    return lambda: services.confirmar_reserva(reserva=_fresca(reserva), **campos)


def _cancelar(mundo: Mundo, reserva: Reserva) -> Tarea:
    return lambda: services.cancelar_reserva(
        actor=mundo.actor, reserva=_fresca(reserva), motivo="Carrera", reloj=mundo.reloj
    )


def _extender(mundo: Mundo, reserva: Reserva) -> Tarea:
    return lambda: services.extender_reserva(
        actor=mundo.actor, reserva=_fresca(reserva), horas=48, reloj=mundo.reloj
    )


def _vencer(mundo: Mundo) -> Tarea:
    """La tarea, con el reloj de quien ya pasó la hora de la reserva."""
    despues = RelojDePrueba(AHORA + timedelta(hours=24))
    return lambda: services.vencer_reservas(mundo.empresa, reloj=despues)


def _quedo(
    mundo: Mundo, producto: Producto, reserva: Reserva
) -> tuple[EstadoReserva, Decimal, Decimal, Decimal]:
    """Estado y cuánto se usó de la reserva; física y apartada del producto. Y los libros cuadran."""
    cuadra(mundo)
    with en_empresa(mundo.empresa):
        fresca = _fresca(reserva)
        estado = fresca.estado(mundo.reloj())
        # Quién la resolvió se anota una vez, y solo si alguien lo hizo.
        assert (fresca.resuelta_en is None) == (estado in (EstadoReserva.PENDIENTE, EstadoReserva.VENCIDA))
        return estado, fresca.apartado.usada, mundo.fisica(producto), mundo.apartada(producto)


def _salidas(mundo: Mundo) -> Decimal:
    with en_empresa(mundo.empresa):
        return -sum((linea.cantidad for linea in Movimiento.objects.filter(tipo="salida")), start=Decimal(0))


def _cliente(mundo: Mundo) -> ClienteApi:
    with en_empresa(mundo.empresa):
        _, clave = crear_clave_api(empresa=mundo.empresa, nombre="carrera", alcances=["inventory:write"])
    return cliente_con(clave)


def _responder(hacer: Callable[[], Any]) -> str:
    respuesta = hacer()
    return str(respuesta.status_code) if respuesta.status_code < 400 else respuesta.json()["codigo"]


def test_treinta_y_dos_reservas_de_a_una_sobre_diez_dan_diez(mundo: Mundo) -> None:
    producto = _con(mundo, 10, lotes=2)
    cuentas = a_la_vez(mundo, *repetir(lambda: _reservar(mundo, producto, 1), 32))
    assert cuentas == {"bien": 10, "ExistenciaInsuficiente": 22}
    with en_empresa(mundo.empresa):
        assert (Reserva.objects.count(), Evento.objects.filter(tipo="reserva_creada").count()) == (10, 10)
        assert (mundo.apartada(producto), mundo.disponible(producto)) == (10, 0)
    cuadra(mundo)


def test_dieciseis_confirmaciones_de_la_misma_la_confirman_una_vez(mundo: Mundo) -> None:
    producto = _con(mundo, 20, lotes=2)
    reserva = _reservar(mundo, producto, 10)
    cuentas = a_la_vez(mundo, *repetir(_confirmar(mundo, reserva), 16))
    assert cuentas == {"bien": 1, "ReservaYaResuelta": 15}
    assert _quedo(mundo, producto, reserva) == (EstadoReserva.CONFIRMADA, *cants(10, 10, 0))
    with en_empresa(mundo.empresa):
        assert Asiento.objects.filter(documento_id=str(reserva.pk)).count() == 1


def test_por_http_una_confirmacion_es_200_y_quince_404(mundo: Mundo) -> None:
    producto = _con(mundo, 20)
    cliente = _cliente(mundo)
    with en_empresa(mundo.empresa):
        reserva = services.reservar(
            actor=mundo.actor, producto=producto, bodega=mundo.bodega, cantidad=cant(10)
        )
    ruta = f"/api/v1/reservas/{reserva.pk}/confirmar"
    cuentas = contar_a_la_vez(*[[lambda: _responder(lambda: cliente.post(ruta))]] * 16)
    assert cuentas == {"200": 1, "reserva_ya_resuelta": 15}
    assert _salidas(mundo) == 10
    cuadra(mundo)


def test_la_misma_clave_de_idempotencia_a_la_vez_reserva_una_vez(mundo: Mundo) -> None:
    producto = _con(mundo, 20)
    cliente, clave = _cliente(mundo), uuid.uuid4().hex
    vistas: list[bytes] = []

    def reservar() -> str:
        respuesta = cliente.post(
            "/api/v1/reservas", {"producto_id": producto.pk, "cantidad": 4}, HTTP_IDEMPOTENCY_KEY=clave
        )
        vistas.append(respuesta.content)
        return str(respuesta.status_code)

    assert contar_a_la_vez(*[[reservar]] * 8) == {"201": 8}
    assert len(set(vistas)) == 1
    with en_empresa(mundo.empresa):
        assert mundo.apartada(producto) == 4
    cuadra(mundo)


def test_confirmaciones_de_a_una_no_pasan_de_lo_reservado(mundo: Mundo) -> None:
    producto = _con(mundo, 20)
    reserva = _reservar(mundo, producto, 10)
    cuentas = a_la_vez(mundo, *repetir(_confirmar(mundo, reserva, cantidad=cant(1)), 16))
    assert cuentas == {"bien": 10, "ReservaYaResuelta": 6}
    assert _quedo(mundo, producto, reserva) == (EstadoReserva.CONFIRMADA, *cants(10, 10, 0))


def test_confirmar_contra_cancelar_gana_uno(mundo: Mundo) -> None:
    producto = _con(mundo, 10)
    reserva = _reservar(mundo, producto, 10)
    hilos = [[_confirmar(mundo, reserva)], [_cancelar(mundo, reserva)]] * 6
    assert a_la_vez(mundo, *hilos) == {"bien": 1, "ReservaYaResuelta": 11}
    assert _quedo(mundo, producto, reserva) in (
        (EstadoReserva.CONFIRMADA, *cants(10, 0, 0)),
        (EstadoReserva.CANCELADA, *cants(0, 10, 0)),
    )


def test_confirmar_contra_vencer_gana_uno(mundo: Mundo) -> None:
    producto = _con(mundo, 10)
    reserva = _reservar(mundo, producto, 10, horas=24)
    cuentas = a_la_vez(mundo, *([[_confirmar(mundo, reserva)], [_vencer(mundo)]] * 4))
    # Vencer nunca falla: no halla nada que soltar.
    assert cuentas in ({"bien": 5, "ReservaYaResuelta": 3}, {"bien": 4, "ReservaYaResuelta": 4})
    confirmada = cuentas["bien"] == 5
    esperado = (
        (EstadoReserva.CONFIRMADA, *cants(10, 0, 0))
        if confirmada
        else (EstadoReserva.VENCIDA, *cants(0, 10, 0))
    )
    assert _quedo(mundo, producto, reserva) == esperado


def test_extender_contra_vencer_gana_uno(mundo: Mundo) -> None:
    producto = _con(mundo, 10)
    reserva = _reservar(mundo, producto, 10, horas=24)
    cuentas = a_la_vez(mundo, [_extender(mundo, reserva)], *repetir(_vencer(mundo), 4))
    extendida = "ReservaYaResuelta" not in cuentas
    assert cuentas == ({"bien": 5} if extendida else {"bien": 4, "ReservaYaResuelta": 1})
    esperado = (
        (EstadoReserva.PENDIENTE, *cants(0, 10, 10))
        if extendida
        else (EstadoReserva.VENCIDA, *cants(0, 10, 0))
    )
    assert _quedo(mundo, producto, reserva) == esperado


@pytest.mark.parametrize("verbo", [_confirmar, _cancelar, _extender])
def test_la_hora_se_lee_despues_de_esperar(mundo: Mundo, verbo: Callable[[Mundo, Reserva], Tarea]) -> None:
    """Quien llegó a tiempo y esperó hasta que venció, llegó tarde."""
    producto = _con(mundo, 10)
    reserva = _reservar(mundo, producto, 10, horas=24)
    cuentas: Counter[str] = Counter()
    hilo = Thread(target=lambda: cuentas.update(a_la_vez(mundo, [verbo(mundo, reserva)])), daemon=True)
    with en_empresa(mundo.empresa), mundo.hoja(producto):
        hilo.start()
        hilo.join(0.5)
        assert not cuentas, "No esperó a que soltaran la existencia."
        mundo.reloj.avanzar(hours=24)
    hilo.join(ESPERA_S)
    assert cuentas == {"ReservaYaResuelta": 1}
    with en_empresa(mundo.empresa):
        assert services.vencer_reservas(mundo.empresa, reloj=mundo.reloj) == 1
    assert _quedo(mundo, producto, reserva) == (EstadoReserva.VENCIDA, *cants(0, 10, 0))


def test_reservar_y_despachar_a_la_vez_no_prometen_lo_que_salio(mundo: Mundo) -> None:
    producto = _con(mundo, 10, lotes=2)
    cuentas = a_la_vez(
        mundo,
        *repetir(lambda: _reservar(mundo, producto, 1), 12),
        *repetir(lambda: mundo.fefo(producto, 1), 12),
    )
    assert cuentas == {"bien": 10, "ExistenciaInsuficiente": 14}
    with en_empresa(mundo.empresa):
        assert mundo.fisica(producto) == mundo.apartada(producto) == Reserva.objects.count()
    cuadra(mundo)


def test_el_modulo_gasta_su_reserva_mientras_la_confirman(mundo: Mundo) -> None:
    producto = _con(mundo, 10)
    reserva = _reservar(mundo, producto, 10, modulo="biofloc", referencia="T-1")
    cuentas = a_la_vez(
        mundo,
        *repetir(lambda: mundo.peps(producto, 2, glosa=DE_BIOFLOC), 8),
        *repetir(_confirmar(mundo, reserva), 4),
    )
    with en_empresa(mundo.empresa):
        comidas = Asiento.objects.filter(tanque="T-1").count()
        confirmaciones = Asiento.objects.filter(documento_id=str(reserva.pk)).count()
    assert (confirmaciones, comidas <= 5) == (1 if comidas < 5 else 0, True)
    esperadas = {
        "bien": comidas + confirmaciones,
        "ExistenciaInsuficiente": 8 - comidas,
        "ReservaYaResuelta": 4 - confirmaciones,
    }
    assert cuentas == esperadas
    assert _salidas(mundo) == 10
    cuadra(mundo)
    with en_empresa(mundo.empresa):
        fresca = _fresca(reserva)
        assert (fresca.estado(mundo.reloj()), fresca.apartado.usada) == (EstadoReserva.CONFIRMADA, 10)


def test_sin_el_bloqueo_la_misma_reserva_se_confirma_dos_veces(
    mundo: Mundo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """El control: lo de arriba pasa por el bloqueo y no porque los hilos no se crucen."""
    producto = _con(mundo, 20)
    reserva = _reservar(mundo, producto, 10)
    leyeron = Barrier(2)
    guardar = libro.Hoja.guardar

    def guardar_a_la_vez(hoja: libro.Hoja) -> None:
        leyeron.wait(20)
        guardar(hoja)

    monkeypatch.setattr(libro.Hoja, "guardar", guardar_a_la_vez)
    monkeypatch.setattr(
        ExistenciaQuerySet,
        "bloquear",
        lambda filas, claves: list(filas.en(claves).order_by("producto_id", "bodega_id")),
    )
    assert a_la_vez(mundo, *repetir(_confirmar(mundo, reserva), 2)) == {"bien": 2}
    assert _salidas(mundo) == 20
    with pytest.raises(AssertionError, match="I5"):
        cuadra(mundo)
