"""Secuencias al azar: el libro y un diccionario escrito aparte tienen que decir siempre lo mismo.

Después de cada paso se exigen las invariantes I1 a I5, recalculadas desde los movimientos.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from inventario.cuentas.models import Bodega
from inventario.lotes.models import Lote
from inventario.movimientos import services
from inventario.movimientos.errores import ApartadoResuelto
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Apartado, Asiento
from inventario.movimientos.querysets import Clave
from inventario.movimientos.reparto import Politica
from inventario.movimientos.tests.modelo_de_juguete import LibroDeJuguete, Promesa, Rechazo
from inventario.movimientos.tests.mundo import (
    AHORA,
    CONTEO,
    MERMA,
    Mundo,
    comprobar_invariantes,
    lineas_de,
)
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import ErrorDeDominio

UNIDAD = 10_000  # diezmilésimas en una unidad entera
CERO_S = int(AHORA.timestamp())

# Cifras chicas y repetidas: chocan, empatan y agotan lotes más que las grandes.
cantidades = st.sampled_from([1, 2_500, 3_333, 10_000, 20_000, 45_000, 100_000, 150_000])
costos = st.sampled_from([0, 3_350, 12_500, 40_000])
vencimientos = st.none() | st.integers(-2, 9)
cual = st.integers(0, 40)
# Casi todo pasa en la misma clave: repartido en cuatro, pocas veces se cruzarían dos reglas.
clave = st.sampled_from([0, 0, 0, 0, 0, 2, 2, 1])
recepciones = st.tuples(cantidades, costos, vencimientos, st.integers(0, 3))
modulos = st.sampled_from(["", "engorde", "cria"])
tanques = st.sampled_from(["", "T-1", "T-2"])


def _decimal(valor: int) -> Decimal:
    return Decimal(valor) / UNIDAD


def _entero(valor: Decimal) -> int:
    return int(valor * UNIDAD)


class Libro(RuleBasedStateMachine):
    """Cada regla hace lo mismo en el libro y en el diccionario, y compara líneas o error."""

    def __init__(self) -> None:
        super().__init__()
        self._pila = ExitStack()
        self._pila.enter_context(transaction.atomic())
        # Cada ejemplo se deshace entero: el siguiente empieza con la base como estaba.
        self._pila.callback(transaction.set_rollback, True)
        self.mundo = Mundo.crear()
        self._pila.enter_context(en_empresa(self.mundo.empresa))
        self.productos = [self.mundo.producto("A"), self.mundo.producto("B")]
        self.bodegas = [self.mundo.bodega, self.mundo.otra]
        self.espejo = LibroDeJuguete(hoy=date(2026, 3, 10).toordinal(), ahora_s=CERO_S)

    def teardown(self) -> None:
        self._pila.close()

    # ── Ayudas ──────────────────────────────────────────────────────────────────────────────────

    def _lote(self, n: int) -> Lote:
        pks = sorted(self.espejo.lotes)
        return Lote.objects.get(pk=pks[n % len(pks)])

    def _clave(self, n: int) -> tuple[int, int]:
        return (self.productos[n % 2].pk, self.bodegas[n // 2 % 2].pk)

    def _bodega(self, n: int) -> Bodega:
        return self.bodegas[n // 2 % 2]

    def _comparar(
        self,
        tipo: str,
        hacer: Callable[[], Asiento | None],
        esperar: Callable[[Asiento | None], list[tuple[int, int]]],
    ) -> None:
        """Exige las mismas líneas o el mismo error. `esperar` recibe lo hecho para saber los id nuevos."""
        asiento, error = None, ""
        try:
            asiento = hacer()
        except ErrorDeDominio as rechazo:
            error = type(rechazo).__name__
        if error:
            with pytest.raises(Rechazo, match=f"^{error}$"):
                esperar(None)
            return
        lineas = esperar(asiento)
        if asiento is None:
            assert lineas == []
            return
        assert [(pk, _entero(cantidad)) for pk, cantidad in lineas_de(asiento)] == lineas
        for linea in asiento.lineas:
            assert _entero(linea.costo_unitario) == self.espejo.lotes[linea.lote_id].costo
        self.espejo.anotar(asiento.pk, tipo, lineas)

    def _entrar(self, n: int, cantidad: int, costo: int, vence: int | None, hace: int) -> None:
        clave, hoy = self._clave(n), self.espejo.hoy
        vence_el = None if vence is None else date.fromordinal(hoy + vence)
        asiento = services.registrar_entrada(
            actor=self.mundo.actor,
            producto=self.productos[n % 2],
            bodega=self._bodega(n),
            cantidad=_decimal(cantidad),
            costo_unitario=_decimal(costo),
            vence_el=vence_el,
            permitir_vencido=True,
            fecha_ingreso=date.fromordinal(hoy - hace),
            reloj=self.mundo.reloj,
        )
        lineas = self.espejo.recibir(
            asiento.lineas[0].lote_id,
            clave,
            cantidad,
            ingreso=hoy - hace,
            vence=None if vence is None else hoy + vence,
            costo=costo,
        )
        assert [(pk, _entero(cantidad)) for pk, cantidad in lineas_de(asiento)] == lineas
        self.espejo.anotar(asiento.pk, "entrada", lineas)

    @initialize(llegan=st.lists(recepciones, min_size=3, max_size=6))
    def empezar_con_algo(self, llegan: list[tuple[int, int, int | None, int]]) -> None:
        """Sin nada guardado, casi todo se rechaza y no se prueba nada."""
        for cantidad, costo, vence, hace in llegan:
            self._entrar(0, cantidad, costo, vence, hace)

    # ── Reglas ──────────────────────────────────────────────────────────────────────────────────

    @rule(n=clave, cantidad=cantidades, costo=costos, vence=vencimientos, hace=st.integers(0, 3))
    def entrar(self, n: int, cantidad: int, costo: int, vence: int | None, hace: int) -> None:
        self._entrar(n, cantidad, costo, vence, hace)

    @rule(n=clave, cantidad=cantidades, fefo=st.booleans(), modulo=modulos, tanque=tanques)
    def despachar(self, n: int, cantidad: int, fefo: bool, modulo: str, tanque: str) -> None:
        servicio = services.despachar_fefo if fefo else services.despachar_peps
        self._comparar(
            "salida",
            lambda: servicio(
                actor=self.mundo.actor,
                producto=self.productos[n % 2],
                bodega=self._bodega(n),
                cantidad=_decimal(cantidad),
                glosa=Glosa(modulo=modulo, tanque=tanque),
                reloj=self.mundo.reloj,
            ),
            lambda _: self.espejo.despachar(
                self._clave(n), cantidad, fefo=fefo, modulo=modulo, tanque=tanque
            ),
        )

    @precondition(lambda self: self.espejo.lotes)
    @rule(n=cual, cantidad=cantidades, modulo=modulos, tanque=tanques)
    def sacar_de_un_lote(self, n: int, cantidad: int, modulo: str, tanque: str) -> None:
        lote = self._lote(n)
        glosa = Glosa(modulo=modulo, tanque=tanque)
        self._comparar(
            "salida",
            lambda: self.mundo.salida(lote, str(_decimal(cantidad)), glosa=glosa),
            lambda _: self.espejo.sacar_de(lote.pk, cantidad, modulo=modulo, tanque=tanque),
        )

    @precondition(lambda self: self.espejo.lotes)
    @rule(n=cual, cantidad=cantidades)
    def perder(self, n: int, cantidad: int) -> None:
        lote = self._lote(n)
        self._comparar(
            "merma",
            lambda: self.mundo.merma(lote, str(_decimal(cantidad))),
            lambda _: self.espejo.perder(lote.pk, cantidad),
        )

    @precondition(lambda self: self.espejo.lotes)
    @rule(n=cual, cantidad=cantidades, signo=st.sampled_from([1, -1]))
    def ajustar_un_lote(self, n: int, cantidad: int, signo: int) -> None:
        lote = self._lote(n)
        self._comparar(
            "ajuste",
            lambda: services.ajustar_lote(
                actor=self.mundo.actor,
                lote=lote,
                diferencia=_decimal(signo * cantidad),
                glosa=MERMA,
                reloj=self.mundo.reloj,
            ),
            lambda _: self.espejo.ajustar_lote(lote.pk, signo * cantidad),
        )

    @rule(n=clave, contada=st.just(0) | cantidades)
    def contar_un_producto(self, n: int, contada: int) -> None:
        clave = self._clave(n)

        def esperar(asiento: Asiento | None) -> list[tuple[int, int]]:
            diferencia = contada - self.espejo.fisica(clave)
            if diferencia > 0 and asiento is not None:
                return self.espejo.subir_producto(asiento.lineas[0].lote_id, clave, diferencia)
            return self.espejo.bajar_producto(clave, -diferencia)

        self._comparar(
            "ajuste",
            lambda: services.contar_existencias(
                actor=self.mundo.actor,
                producto=self.productos[n % 2],
                bodega=self._bodega(n),
                contada=_decimal(contada),
                glosa=CONTEO,
                reloj=self.mundo.reloj,
            ),
            esperar,
        )

    @rule(n=clave, cantidad=cantidades, fefo=st.booleans())
    def trasladar(self, n: int, cantidad: int, fefo: bool) -> None:
        hacia = self.bodegas[1 - n // 2 % 2]

        def esperar(asiento: Asiento | None) -> list[tuple[int, int]]:
            plan = self.espejo.plan_de_traslado(self._clave(n), cantidad, fefo=fefo)
            assert asiento is not None
            return self.espejo.trasladar(plan, [linea.lote_id for linea in asiento.lineas[1::2]], hacia.pk)

        self._comparar(
            "traslado",
            lambda: services.trasladar(
                actor=self.mundo.actor,
                producto=self.productos[n % 2],
                cantidad=_decimal(cantidad),
                desde=self._bodega(n),
                hacia=hacia,
                politica=Politica.FEFO if fefo else Politica.PEPS,
                reloj=self.mundo.reloj,
            ),
            esperar,
        )

    @precondition(lambda self: self.espejo.lotes)
    @rule(n=cual, cantidad=cantidades)
    def trasladar_un_lote(self, n: int, cantidad: int) -> None:
        lote = self._lote(n)
        hacia = next(bodega for bodega in self.bodegas if bodega.pk != lote.bodega_id)

        def esperar(asiento: Asiento | None) -> list[tuple[int, int]]:
            plan = self.espejo.plan_de_traslado_de(lote.pk, cantidad)
            assert asiento is not None
            return self.espejo.trasladar(plan, [asiento.lineas[1].lote_id], hacia.pk)

        self._comparar(
            "traslado",
            lambda: services.trasladar_lote(
                actor=self.mundo.actor,
                lote=lote,
                cantidad=_decimal(cantidad),
                hacia=hacia,
                reloj=self.mundo.reloj,
            ),
            esperar,
        )

    @precondition(lambda self: self.espejo.asientos)
    @rule(n=cual)
    def revertir(self, n: int) -> None:
        numeros = sorted(self.espejo.asientos)
        asiento = Asiento.objects.get(pk=numeros[-1 - n % len(numeros)])
        self._comparar(
            "reverso", lambda: self.mundo.revertir(asiento), lambda _: self.espejo.revertir(asiento.pk)
        )

    @precondition(lambda self: self.espejo.lotes)
    @rule(n=cual, bloqueado=st.booleans())
    def bloquear_o_desbloquear(self, n: int, bloqueado: bool) -> None:
        servicio = services.bloquear_lote if bloqueado else services.desbloquear_lote
        lote = self._lote(n)
        cambiados = servicio(actor=self.mundo.actor, lote=lote, motivo="Azar", reloj=self.mundo.reloj)
        assert {uno.pk for uno in cambiados} == self.espejo.poner_bloqueo(lote.pk, bloqueado)

    @rule(n=clave, cantidad=cantidades, horas=st.integers(1, 60), modulo=modulos, referencia=tanques)
    def apartar(self, n: int, cantidad: int, horas: int, modulo: str, referencia: str) -> None:
        clave = self._clave(n)
        if cantidad > self.espejo.puede(clave):
            return
        apartado = self.mundo.apartar(
            self.productos[n % 2],
            str(_decimal(cantidad)),
            horas=horas,
            modulo=modulo,
            referencia=referencia,
            bodega=self._bodega(n),
        )
        self.espejo.promesas[apartado.pk] = Promesa(
            clave, cantidad, self.espejo.ahora_s + horas * 3600, modulo, referencia, apartado.pk
        )

    @precondition(lambda self: self.espejo.promesas)
    @rule(n=cual, cantidad=cantidades, como=st.sampled_from(["consumir", "liberar", "extender"]))
    def resolver_un_apartado(self, n: int, cantidad: int, como: str) -> None:
        pk = sorted(self.espejo.promesas)[n % len(self.espejo.promesas)]
        promesa = self.espejo.promesas[pk]
        viva = promesa.abierta and promesa.vence_s > self.espejo.ahora_s
        guardado = Apartado.objects.select_related("producto", "bodega").get(pk=pk)
        clave = Clave(guardado.producto_id, guardado.bodega_id)
        with self.mundo.hoja(guardado.producto, guardado.bodega) as hoja:
            if not viva:
                with pytest.raises(ApartadoResuelto):
                    hoja.apartado(pk, clave)
                return
            apartado = hoja.apartado(pk, clave)
            if como == "consumir":
                gasto = min(cantidad, promesa.resta)
                hoja.consumir(apartado, _decimal(gasto))
                promesa.resta -= gasto
                promesa.abierta = promesa.resta > 0
            elif como == "liberar":
                hoja.liberar(apartado)
                promesa.abierta, promesa.resta = False, 0
            else:
                hoja.extender(apartado, hoja.ahora + timedelta(hours=30))
                promesa.vence_s = self.espejo.ahora_s + 30 * 3600

    @rule(horas=st.sampled_from([1, 7, 24, 50]))
    def pasa_el_tiempo(self, horas: int) -> None:
        self.mundo.reloj.avanzar(hours=horas)
        self.espejo.ahora_s += horas * 3600
        local = datetime.fromtimestamp(self.espejo.ahora_s, UTC) - timedelta(hours=5)
        self.espejo.hoy = local.date().toordinal()

    # ── Después de cada paso ────────────────────────────────────────────────────────────────────

    @invariant()
    def los_libros_cuadran(self) -> None:
        comprobar_invariantes()

    @invariant()
    def el_diccionario_dice_lo_mismo(self) -> None:
        lotes = {lote.pk: (_entero(lote.saldo), lote.bloqueado) for lote in Lote.objects.all()}
        assert lotes == {pk: (lote.saldo, lote.bloqueado) for pk, lote in self.espejo.lotes.items()}
        vivos = {
            apartado.pk: _entero(apartado.restante)
            for apartado in Apartado.objects.vivos(self.mundo.reloj.ahora)
        }
        assert vivos == {
            pk: promesa.resta
            for pk, promesa in self.espejo.promesas.items()
            if promesa.abierta and promesa.vence_s > self.espejo.ahora_s
        }


@pytest.mark.django_db
@pytest.mark.timeout(600)
def test_el_libro_y_el_diccionario_coinciden_en_cualquier_secuencia() -> None:
    largo = os.environ.get("HYPOTHESIS_PROFILE") == "largo"
    run_state_machine_as_test(
        Libro, settings=settings(max_examples=200 if largo else 25, stateful_step_count=50 if largo else 30)
    )
