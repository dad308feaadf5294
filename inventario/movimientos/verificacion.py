"""Recalcula todo desde los movimientos y dice qué no cuadra. Solo lee.

Suma en Python, con decimales, recorriendo las filas en orden: la memoria no crece con la historia y
SQLite no mete coma flotante. Sirve para comprobar un respaldo o descubrir una fila tocada por fuera.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils.module_loading import import_string

from inventario.cuentas.models import Empresa
from inventario.lotes.models import Lote
from inventario.movimientos.models import Apartado, Asiento, Existencia, Movimiento
from inventario.movimientos.models.tipos import TipoAsiento, tipo_de_linea
from inventario.nucleo.cantidades import CERO, legible
from inventario.nucleo.errores import Incoherencia

Fila = tuple[Any, ...]
EN_MEMORIA = 5000


@dataclass(frozen=True, slots=True)
class Hallazgo:
    """`regla` es la invariante (I1 a I5) o el nombre de lo que se exige."""

    regla: str
    mensaje: str

    def __str__(self) -> str:
        return f"{self.regla}: {self.mensaje}"


def verificar(empresa: Empresa) -> Iterator[Hallazgo]:
    """Da cada diferencia de los libros de la empresa. Se llama dentro de `fotografiando`.

    I1 y I5 por lote; I2, I3 y I5 por existencia; I4, nada negativo; números seguidos; asientos con
    líneas; líneas de acuerdo con su lote y su asiento; reversos opuestos a lo que revierten. Y lo que
    agreguen las apps de `VERIFICACIONES_DE_LIBROS`, que conocen el libro y a las que él no conoce.
    """
    yield from _lotes()
    yield from _existencias()
    yield from _apartados()
    yield from _numeros(empresa)
    yield from _asientos()
    yield from _lineas()
    yield from _reversos()
    for ruta in settings.VERIFICACIONES_DE_LIBROS:
        yield from import_string(ruta)(empresa)


def _lotes() -> Iterator[Hallazgo]:
    lineas = Movimiento.objects.order_by("lote_id", "pk").values_list(
        "lote_id", "pk", "cantidad", "saldo_lote_tras"
    )
    lotes = Lote.objects.order_by("pk").values_list("pk", "saldo")
    for (lote_id,), (saldos, suyas) in _a_la_par(1, lotes, lineas):
        suma = CERO
        for _, linea_id, cantidad, tras in suyas:
            suma += cantidad
            if tras != suma:
                yield Hallazgo(
                    "I5",
                    f"movimiento {linea_id}: dice que el lote quedó en {_n(tras)}, y fue {_n(suma)}.",
                )
            if tras < 0:
                yield Hallazgo("I4", f"movimiento {linea_id}: saldo del lote negativo, {_n(tras)}.")
        for _, saldo in saldos:
            if saldo != suma:
                yield Hallazgo(
                    "I1", f"lote {lote_id}: saldo {_n(saldo)}, y sus movimientos suman {_n(suma)}."
                )
            if saldo < 0:
                yield Hallazgo("I4", f"lote {lote_id}: saldo negativo, {_n(saldo)}.")


def _existencias() -> Iterator[Hallazgo]:
    clave = ("producto_id", "bodega_id")
    lineas = Movimiento.objects.order_by(*clave, "pk").values_list(*clave, "pk", "cantidad", "fisica_tras")
    existencias = Existencia.objects.order_by(*clave).values_list(*clave, "fisica")
    lotes = Lote.objects.order_by(*clave).values_list(*clave, "saldo")
    for (producto_id, bodega_id), (filas, suyas, saldos) in _a_la_par(2, existencias, lineas, lotes):
        cual = f"producto {producto_id} en bodega {bodega_id}"
        suma = CERO
        for _, _, linea_id, cantidad, tras in suyas:
            suma += cantidad
            if tras != suma:
                yield Hallazgo(
                    "I5",
                    f"movimiento {linea_id}: dice que la existencia quedó en {_n(tras)}, y fue {_n(suma)}.",
                )
            if tras < 0:
                yield Hallazgo("I4", f"movimiento {linea_id}: existencia negativa, {_n(tras)}.")
        de_lotes = sum((saldo for _, _, saldo in saldos), CERO)
        fisica = next((fila[2] for fila in filas), None)
        if fisica is None:
            yield Hallazgo("I2", f"{cual}: tiene lotes o movimientos y no tiene existencia.")
            fisica = CERO
        if fisica != de_lotes:
            yield Hallazgo("I2", f"{cual}: física {_n(fisica)}, y sus lotes suman {_n(de_lotes)}.")
        if fisica != suma:
            yield Hallazgo("I2", f"{cual}: física {_n(fisica)}, y sus movimientos suman {_n(suma)}.")
        if fisica < 0:
            yield Hallazgo("I4", f"{cual}: física negativa, {_n(fisica)}.")


def _apartados() -> Iterator[Hallazgo]:
    clave = ("producto_id", "bodega_id")
    vigentes = Apartado.objects.vigentes().order_by(*clave).values_list(*clave, "restante")
    existencias = Existencia.objects.order_by(*clave).values_list(*clave, "apartada")
    for (producto_id, bodega_id), (filas, suyos) in _a_la_par(2, existencias, vigentes):
        cual = f"producto {producto_id} en bodega {bodega_id}"
        apartada = next((fila[2] for fila in filas), CERO)
        suma = CERO
        for _, _, restante in suyos:
            suma += restante
            if restante < 0:
                yield Hallazgo("I4", f"{cual}: un apartado con resto negativo, {_n(restante)}.")
        if apartada != suma:
            yield Hallazgo(
                "I3", f"{cual}: apartada {_n(apartada)}, y sus apartados vigentes suman {_n(suma)}."
            )
        if apartada < 0:
            yield Hallazgo("I4", f"{cual}: apartada negativa, {_n(apartada)}.")


def _numeros(empresa: Empresa) -> Iterator[Hallazgo]:
    esperado = 0
    for (numero,) in Asiento.objects.order_by("numero").values_list("numero").iterator(EN_MEMORIA):
        esperado += 1
        if numero != esperado:
            yield Hallazgo("números", f"del asiento {esperado - 1} se salta al {numero}.")
            esperado = numero
    ultimo = Empresa.objects.values_list("ultimo_asiento", flat=True).get(pk=empresa.pk)
    if ultimo != esperado:
        yield Hallazgo("números", f"la empresa va por el {ultimo}, y el último asiento es el {esperado}.")


def _asientos() -> Iterator[Hallazgo]:
    asientos = Asiento.objects.order_by("pk").values_list("pk", "numero")
    lineas = Movimiento.objects.order_by("asiento_id").values_list("asiento_id")
    for _, (filas, suyas) in _a_la_par(1, asientos, lineas):
        for _, numero in filas:
            if not any(True for _ in suyas):
                yield Hallazgo("líneas", f"el asiento {numero} no tiene ninguna.")


def _lineas() -> Iterator[Hallazgo]:
    """Lo que una línea repite de su lote y de su asiento dice lo mismo que ellos."""
    distintas: Iterable[tuple[str, Q]] = (
        ("otro producto o bodega que su lote", ~Q(lote__producto=F("producto"), lote__bodega=F("bodega"))),
        ("otro costo que su lote", ~Q(lote__costo_unitario=F("costo_unitario"))),
        ("otra fecha efectiva que su asiento", ~Q(asiento__fecha_efectiva=F("fecha_efectiva"))),
        (
            "otra empresa que su lote o su asiento",
            ~Q(lote__empresa=F("empresa"), asiento__empresa=F("empresa")),
        ),
    )
    for queja, filtro in distintas:
        for (pk,) in Movimiento.objects.filter(filtro).order_by("pk").values_list("pk").iterator(EN_MEMORIA):
            yield Hallazgo("líneas", f"el movimiento {pk} nombra {queja}.")
    tipos = Movimiento.objects.order_by("pk").values_list("pk", "asiento__tipo", "tipo", "cantidad")
    for pk, de_asiento, tipo, cantidad in tipos.iterator(EN_MEMORIA):
        try:
            debe: str = tipo_de_linea(TipoAsiento(de_asiento), cantidad)
        except Incoherencia:
            debe = "otro signo"
        if tipo != debe:
            yield Hallazgo(
                "líneas", f"el movimiento {pk} es «{tipo}», y en un asiento de {de_asiento} sería «{debe}»."
            )


def _reversos() -> Iterator[Hallazgo]:
    columnas = ("lote_id", "cantidad", "costo_unitario")
    originales = Movimiento.objects.filter(asiento__reverso__isnull=False).order_by("asiento_id", "pk")
    contrarios = Movimiento.objects.filter(asiento__revierte__isnull=False).order_by(
        "asiento__revierte_id", "pk"
    )
    for (asiento_id,), (idas, vueltas) in _a_la_par(
        1,
        originales.values_list("asiento_id", *columnas),
        contrarios.values_list("asiento__revierte_id", *columnas),
    ):
        ida = sorted((lote, cantidad, costo) for _, lote, cantidad, costo in idas)
        vuelta = sorted((lote, -cantidad, costo) for _, lote, cantidad, costo in vueltas)
        if ida != vuelta:
            yield Hallazgo(
                "reversos", f"el reverso del asiento con id {asiento_id} no es su exacto contrario."
            )


def _a_la_par(largo: int, *consultas: Any) -> Iterator[tuple[Fila, list[Iterable[Fila]]]]:
    """Recorre a la vez consultas ordenadas por la misma clave, sus primeras `largo` columnas.

    Da cada clave que esté en alguna, con las filas que cada consulta tenga de ella; el primer grupo y los
    demás se consumen en orden, sin guardar más que la clave en curso.
    """
    clave_de: Callable[[Fila], Fila] = itemgetter(slice(largo))
    grupos = [groupby(consulta.iterator(EN_MEMORIA), key=clave_de) for consulta in consultas]
    cabezas = [next(grupo, None) for grupo in grupos]
    while True:
        claves = [cabeza[0] for cabeza in cabezas if cabeza is not None]
        if not claves:
            return
        menor = min(claves)
        yield menor, [cabeza[1] if cabeza and cabeza[0] == menor else () for cabeza in cabezas]
        for lugar, cabeza in enumerate(cabezas):
            if cabeza and cabeza[0] == menor:
                cabezas[lugar] = next(grupos[lugar], None)


def _n(valor: Decimal) -> str:
    return legible(valor)
