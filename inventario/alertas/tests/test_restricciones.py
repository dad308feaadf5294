"""Lo que la base niega de las alertas, de su historia y de sus revisiones."""

from __future__ import annotations

import pytest

from inventario.alertas.models import Alerta, Reconocimiento, Revision
from inventario.alertas.services import reconocer_alerta, revisar
from inventario.movimientos.tests.mundo import Mundo, dia
from inventario.nucleo.tests.restricciones import agregar, cambiar, la_base_niega, solo_se_agrega

DE_PRODUCTO = "tipo = 'stock_minimo'"
DE_BODEGA = "tipo = 'reserva_sin_respaldo'"
DE_LOTE = "tipo = 'vencido'"
ALGUIEN = "(SELECT id FROM cuentas_usuario LIMIT 1)"


@pytest.fixture
def filas_validas(mundo: Mundo) -> None:
    """Una alerta de cada causa, y una sola reconocida."""
    mundo.producto("FALTA", stock_minimo=10)
    mundo.entrada(mundo.producto("YA", stock_minimo=0), 4, vence=dia(-1))
    prometido = mundo.producto("PROM", stock_minimo=0)
    lote = mundo.entrada(prometido, 4)
    mundo.apartar(prometido, 3)
    mundo.merma(lote, 2)
    revisar(mundo.empresa, reloj=mundo.reloj)
    reconocer_alerta(actor=mundo.actor, alerta=Alerta.objects.get(tipo="vencido"), reloj=mundo.reloj)


test_la_base_niega = la_base_niega(
    {
        "alerta_una_por_producto": [agregar(Alerta, donde=DE_PRODUCTO)],
        "alerta_una_por_bodega": [agregar(Alerta, donde=DE_BODEGA)],
        "alerta_una_por_lote": [agregar(Alerta, donde=DE_LOTE)],
        "alerta_causa_segun_tipo": [
            cambiar(Alerta, donde=DE_PRODUCTO, tipo="'otra'"),
            cambiar(Alerta, donde=DE_LOTE, tipo="'stock_minimo'"),
            cambiar(Alerta, donde=DE_BODEGA, tipo="'stock_minimo'"),
            cambiar(Alerta, donde=DE_BODEGA, bodega_id="NULL"),
            cambiar(Alerta, donde=DE_LOTE, bodega_id="NULL"),
            cambiar(Alerta, donde=DE_LOTE, lote_id="NULL"),
            cambiar(Alerta, donde=DE_LOTE, fecha_referencia="NULL"),
        ],
        "alerta_severidad_conocida": [
            cambiar(Alerta, donde=DE_PRODUCTO, gravedad="gravedad - 1"),
            cambiar(Alerta, donde=DE_PRODUCTO, severidad="'rara'", gravedad="4"),
        ],
        "alerta_cerrada_con_fecha": [
            cambiar(Alerta, donde=DE_PRODUCTO, activa="false"),
            cambiar(Alerta, donde=DE_PRODUCTO, cerrada_en="creada_en"),
        ],
        "alerta_reconocida_por_alguien": [
            cambiar(Alerta, donde=DE_PRODUCTO, nota="'sin decir quién'"),
            cambiar(Alerta, donde=DE_PRODUCTO, reconocida_en="creada_en"),
            cambiar(Alerta, donde=DE_PRODUCTO, reconocida_por_id=ALGUIEN),
        ],
        "reconocimiento_severidad_conocida": [agregar(Reconocimiento, severidad="'grave'")],
        "revision_una_por_empresa": [agregar(Revision)],
        **solo_se_agrega(Reconocimiento),
    }
)
