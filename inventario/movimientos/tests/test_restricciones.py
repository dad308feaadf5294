"""Lo que la base niega del libro."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from inventario.movimientos.models import Apartado, Asiento, Existencia, Importacion, Movimiento
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.cantidades import TOPE
from inventario.nucleo.tests.restricciones import agregar, cambiar, la_base_niega, solo_se_agrega

# Las filas del libro no se pueden cambiar, pero sí agregar mal.
RESUELTO = {"estado": "'liberado'", "restante": "0", "resuelto_en": "vence_en"}


@pytest.fixture
def filas_validas(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 10)
    mundo.apartar(producto, 4)
    Importacion.objects.create(
        empresa=mundo.empresa, clase="entradas", archivo="a.csv", usuario=mundo.actor.usuario
    )


test_la_base_niega = la_base_niega(
    {
        "existencia_unica": [agregar(Existencia)],
        "existencia_fisica_no_negativa": [
            cambiar(Existencia, fisica="-0.0001"),
            cambiar(Existencia, fisica=f"{TOPE}"),
        ],
        "existencia_apartada_no_negativa": [
            cambiar(Existencia, apartada="-0.0001"),
            cambiar(Existencia, apartada=f"{TOPE}"),
        ],
        "apartado_cantidad_positiva": [
            cambiar(Apartado, cantidad="0", **RESUELTO),
            cambiar(Apartado, cantidad=f"{TOPE}"),
        ],
        "apartado_restante_en_rango": [
            cambiar(Apartado, restante="4.0001"),
            cambiar(Apartado, cantidad="3.9999"),
            cambiar(Apartado, liberada="4.0001", **RESUELTO),
            cambiar(Apartado, liberada="-0.0001", **RESUELTO),
        ],
        "apartado_estado_coherente": [
            cambiar(Apartado, estado="'olvidado'"),
            cambiar(Apartado, estado="'consumido'"),
            cambiar(Apartado, restante="0"),
            cambiar(Apartado, restante="3", liberada="1"),
            cambiar(Apartado, resuelto_en="vence_en"),
        ],
        "apartado_vence_despues": [cambiar(Apartado, vence_en="creado_en")],
        "asiento_numero_unico": [agregar(Asiento)],
        "asiento_tipo_conocido": [agregar(Asiento, numero="2", tipo="'regalo'")],
        "asiento_motivo_conocido": [agregar(Asiento, numero="2", motivo="'capricho'")],
        "asiento_reverso_dice_de_cual": [
            agregar(Asiento, numero="2", tipo="'reverso'"),
            agregar(Asiento, numero="2", revierte_id="id"),
        ],
        # Lo que no entra ni sale tampoco tiene signo.
        "movimiento_cantidad_no_cero": [
            agregar(Movimiento, cantidad="0", implica="movimiento_signo_segun_tipo")
        ],
        "movimiento_signo_segun_tipo": [
            agregar(Movimiento, cantidad="-1"),
            agregar(Movimiento, tipo="'salida'"),
            agregar(Movimiento, tipo="'regalo'"),
            agregar(Movimiento, cantidad=f"{TOPE}"),
        ],
        "movimiento_costo_no_negativo": [
            agregar(Movimiento, costo_unitario="-0.0001"),
            agregar(Movimiento, costo_unitario=f"{TOPE}"),
        ],
        "movimiento_saldo_no_negativo": [
            agregar(Movimiento, saldo_lote_tras="-0.0001"),
            agregar(Movimiento, saldo_lote_tras=f"{TOPE}"),
        ],
        "movimiento_fisica_no_negativa": [
            agregar(Movimiento, fisica_tras="-0.0001"),
            agregar(Movimiento, fisica_tras=f"{TOPE}"),
        ],
        "importacion_estado_conocido": [cambiar(Importacion, estado="'perdida'")],
        **solo_se_agrega(Asiento, Movimiento),
    }
)


def test_un_asiento_no_se_revierte_dos_veces_ni_en_la_base(mundo: Mundo) -> None:
    mundo.entrada(mundo.producto(), 10)
    mundo.revertir(Asiento.objects.get())
    antes = mundo.foto()
    repetirlo = agregar(Asiento, donde="tipo = 'reverso'", numero="99")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(repetirlo.orden)
    assert mundo.foto() == antes
