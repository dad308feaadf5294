"""Lo que la base niega de los lotes."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from inventario.lotes.models import Lote
from inventario.movimientos.tests.conftest import mundo  # noqa: F401  # es una fixture
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.cantidades import TOPE
from inventario.nucleo.tests.restricciones import agregar, cambiar, la_base_niega


@pytest.fixture
def filas_validas(mundo: Mundo) -> None:  # noqa: F811  # la fixture importada
    mundo.entrada(mundo.producto(), 10)


test_la_base_niega = la_base_niega(
    {
        "lote_recibida_positiva": [
            cambiar(Lote, cantidad_recibida="0"),
            cambiar(Lote, cantidad_recibida=f"{TOPE}"),
        ],
        "lote_saldo_no_negativo": [cambiar(Lote, saldo="-0.0001"), cambiar(Lote, saldo=f"{TOPE}")],
        "lote_costo_no_negativo": [
            cambiar(Lote, costo_unitario="-0.0001"),
            cambiar(Lote, costo_unitario=f"{TOPE}"),
        ],
        "lote_procedencia_conocida": [cambiar(Lote, procedencia="'regalo'")],
        "lote_bloqueado_con_motivo": [
            cambiar(Lote, bloqueado="true"),
            cambiar(Lote, motivo_bloqueo="'Cuarentena'"),
        ],
        "lote_origen_con_raiz": [agregar(Lote, origen_id="id"), agregar(Lote, raiz_id="id")],
    }
)


@pytest.mark.usefixtures("filas_validas")
@pytest.mark.parametrize(
    "campo", ["saldo", "cantidad_recibida", "costo_unitario", "fecha_ingreso", "producto_id"]
)
def test_un_lote_sin_un_dato_obligatorio_no_se_guarda(campo: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Lote.objects.update(**{campo: None})
    assert Lote.objects.get().saldo == 10
