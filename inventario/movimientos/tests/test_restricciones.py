"""Lo imposible no se guarda: cada restricción con nombre rechaza su caso, sin pasar por los servicios."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from inventario.lotes.models import CambioDeBloqueo, Lote
from inventario.movimientos.models import Apartado, Asiento, Existencia, Importacion, Movimiento
from inventario.movimientos.tests.mundo import Mundo, cant
from inventario.nucleo.cantidades import TOPE
from inventario.nucleo.integridad import restriccion_violada


@dataclass
class Filas:
    """Una fila válida de cada tabla, hecha por los servicios."""

    lote: Lote
    movimiento: Movimiento
    asiento: Asiento
    existencia: Existencia
    apartado: Apartado
    importacion: Importacion


@pytest.fixture
def filas(mundo: Mundo) -> Filas:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 10)
    apartado = mundo.apartar(producto, 4)
    movimiento = lote.movimientos.get()
    importacion = Importacion.objects.create(
        empresa=mundo.empresa, clase="entradas", archivo="a.csv", usuario=mundo.actor.usuario
    )
    return Filas(lote, movimiento, movimiento.asiento, Existencia.objects.get(), apartado, importacion)


def _cambiar(cual: str, **campos: Any) -> Callable[[Filas], object]:
    def cambiar(filas: Filas) -> object:
        fila: models.Model = getattr(filas, cual)
        return type(fila)._default_manager.filter(pk=fila.pk).update(**campos)

    return cambiar


def _agregar(cual: str, **campos: Any) -> Callable[[Filas], object]:
    """Agrega una copia con esos campos: las filas del libro no se pueden cambiar, pero sí agregar mal."""

    def agregar(filas: Filas) -> None:
        fila: models.Model = getattr(filas, cual)
        valores = {
            campo.attname: getattr(fila, campo.attname)
            for campo in fila._meta.concrete_fields
            if not campo.generated
        }
        valores.pop("id")
        if isinstance(fila, Asiento):
            valores["numero"] += 1
        valores.update(
            {nombre: valor(filas) if callable(valor) else valor for nombre, valor in campos.items()}
        )
        type(fila)(**valores).save(force_insert=True)

    return agregar


CASOS: list[tuple[str, Callable[[Filas], object]]] = [
    ("lote_recibida_positiva", _cambiar("lote", cantidad_recibida=0)),
    ("lote_recibida_positiva", _cambiar("lote", cantidad_recibida=TOPE)),
    ("lote_saldo_no_negativo", _cambiar("lote", saldo=cant("-0.0001"))),
    ("lote_saldo_no_negativo", _cambiar("lote", saldo=TOPE)),
    ("lote_costo_no_negativo", _cambiar("lote", costo_unitario=cant("-0.0001"))),
    ("lote_costo_no_negativo", _cambiar("lote", costo_unitario=TOPE)),
    ("lote_procedencia_conocida", _cambiar("lote", procedencia="regalo")),
    ("lote_bloqueado_con_motivo", _cambiar("lote", bloqueado=True)),
    ("lote_bloqueado_con_motivo", _cambiar("lote", motivo_bloqueo="Cuarentena")),
    ("lote_origen_con_raiz", _agregar("lote", origen_id=lambda filas: filas.lote.pk)),
    ("lote_origen_con_raiz", _agregar("lote", raiz_id=lambda filas: filas.lote.pk)),
    ("existencia_unica", _agregar("existencia")),
    ("existencia_fisica_no_negativa", _cambiar("existencia", fisica=cant("-0.0001"))),
    ("existencia_fisica_no_negativa", _cambiar("existencia", fisica=TOPE)),
    ("existencia_apartada_no_negativa", _cambiar("existencia", apartada=cant("-0.0001"))),
    ("existencia_apartada_no_negativa", _cambiar("existencia", apartada=TOPE)),
    ("apartado_cantidad_positiva", _agregar("apartado", cantidad=TOPE)),
    ("apartado_restante_en_rango", _cambiar("apartado", restante=cant("4.0001"))),
    ("apartado_restante_en_rango", _cambiar("apartado", cantidad=cant("3.9999"))),
    ("apartado_estado_coherente", _cambiar("apartado", estado="olvidado")),
    ("apartado_estado_coherente", _cambiar("apartado", estado="consumido")),
    ("apartado_estado_coherente", _cambiar("apartado", restante=0)),
    ("apartado_estado_coherente", _cambiar("apartado", resuelto_en="2026-03-10T15:00:00Z")),
    ("apartado_vence_despues", _cambiar("apartado", vence_en=models.F("creado_en"))),
    ("asiento_numero_unico", _agregar("asiento", numero=1)),
    ("asiento_tipo_conocido", _agregar("asiento", tipo="regalo")),
    ("asiento_motivo_conocido", _agregar("asiento", motivo="capricho")),
    ("asiento_reverso_dice_de_cual", _agregar("asiento", tipo="reverso")),
    ("asiento_reverso_dice_de_cual", _agregar("asiento", revierte_id=lambda filas: filas.asiento.pk)),
    ("movimiento_cantidad_no_cero", _agregar("movimiento", cantidad=0)),
    ("movimiento_signo_segun_tipo", _agregar("movimiento", cantidad=-1)),
    ("movimiento_signo_segun_tipo", _agregar("movimiento", tipo="salida")),
    ("movimiento_signo_segun_tipo", _agregar("movimiento", tipo="regalo")),
    ("movimiento_signo_segun_tipo", _agregar("movimiento", cantidad=TOPE)),
    ("movimiento_costo_no_negativo", _agregar("movimiento", costo_unitario=cant("-0.0001"))),
    ("movimiento_costo_no_negativo", _agregar("movimiento", costo_unitario=TOPE)),
    ("movimiento_saldo_no_negativo", _agregar("movimiento", saldo_lote_tras=cant("-0.0001"))),
    ("movimiento_saldo_no_negativo", _agregar("movimiento", saldo_lote_tras=TOPE)),
    ("movimiento_fisica_no_negativa", _agregar("movimiento", fisica_tras=cant("-0.0001"))),
    ("movimiento_fisica_no_negativa", _agregar("movimiento", fisica_tras=TOPE)),
    ("importacion_estado_conocido", _cambiar("importacion", estado="perdida")),
]


@pytest.mark.parametrize(("nombre", "hacer"), CASOS, ids=[nombre for nombre, _ in CASOS])
def test_la_base_rechaza_lo_imposible(
    mundo: Mundo, filas: Filas, nombre: str, hacer: Callable[[Filas], object]
) -> None:
    antes = mundo.foto()
    with pytest.raises(IntegrityError) as visto, transaction.atomic():
        hacer(filas)
    # Un cero también rompe la regla del signo: cuál de las dos nombra la base es asunto suyo.
    assert restriccion_violada(visto.value) in (
        {nombre, "movimiento_signo_segun_tipo"} if nombre == "movimiento_cantidad_no_cero" else {nombre}
    )
    assert mundo.foto() == antes


def test_un_asiento_no_se_revierte_dos_veces_ni_en_la_base(mundo: Mundo, filas: Filas) -> None:
    mundo.revertir(filas.asiento)
    antes = mundo.foto()
    repetir = _agregar("asiento", tipo="reverso", numero=99, revierte_id=lambda filas: filas.asiento.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        repetir(filas)
    assert mundo.foto() == antes


@pytest.mark.parametrize(
    "campo", ["saldo", "cantidad_recibida", "costo_unitario", "fecha_ingreso", "producto_id"]
)
def test_un_lote_sin_un_dato_obligatorio_no_se_guarda(mundo: Mundo, filas: Filas, campo: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        _cambiar("lote", **{campo: None})(filas)


def test_ninguna_restriccion_se_queda_sin_caso() -> None:
    modelos = (Lote, CambioDeBloqueo, Existencia, Apartado, Asiento, Movimiento, Importacion)
    declaradas = {regla.name for modelo in modelos for regla in modelo._meta.constraints}
    assert {nombre for nombre, _ in CASOS} == declaradas
