"""Lo que se pidió con cada clave queda anotado sin demorar a nadie."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from inventario.cuentas.claves import usos_de_claves
from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.models import ClaveApi, Empresa, UsoDeClave

pytestmark = pytest.mark.django_db


@pytest.fixture
def clave(empresa: Empresa) -> ClaveApi:
    return crear_clave_api(empresa=empresa, nombre="x", alcances=["inventory:read"])[0]


def uso(clave: ClaveApi, **cambios: Any) -> UsoDeClave:
    datos = {"creado_en": timezone.now(), "metodo": "GET", "endpoint": "/x", "estado": 200, "duracion_ms": 3}
    return UsoDeClave(clave=clave, **{**datos, **cambios})


def test_anotar_no_consulta_la_base_y_volcar_guarda_junto(
    clave: ClaveApi, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        for estado in (200, 404, 500):
            usos_de_claves.anotar(uso(clave, estado=estado))
    assert usos_de_claves.volcar() == 3
    assert sorted(UsoDeClave.objects.values_list("estado", flat=True)) == [200, 404, 500]
    assert usos_de_claves.volcar() == 0


def test_volcar_sin_poder_guardar_lo_dice_y_no_falla(clave: ClaveApi, caplog: Any) -> None:
    usos_de_claves.anotar(uso(clave, creado_en=None))
    assert usos_de_claves.volcar() == 0
    assert f"No se guardó un uso de la clave de API {clave.pk}" in caplog.text
    assert not UsoDeClave.objects.exists()


def test_volcar_con_una_fila_mala_guarda_las_demas(clave: ClaveApi) -> None:
    for creado_en in (timezone.now(), None, timezone.now()):
        usos_de_claves.anotar(uso(clave, creado_en=creado_en))
    assert usos_de_claves.volcar() == 2
    assert UsoDeClave.objects.count() == 2


def test_un_caracter_nulo_en_la_ruta_no_esconde_lo_que_se_pidio(cliente_api: APIClient) -> None:
    for ruta in ("/api/v1/inventory/module/a%00b/items", "/api/v1/productos"):
        cliente_api.get(ruta)
    assert usos_de_claves.volcar() == 2
    assert set(UsoDeClave.objects.values_list("endpoint", flat=True)) == {
        "/api/v1/inventory/module/a%00b/items",
        "/api/v1/productos",
    }


def test_anotar_de_mas_olvida_lo_mas_viejo(clave: ClaveApi) -> None:
    for numero in range(usos_de_claves.PENDIENTES_MAXIMO + 2):
        usos_de_claves.anotar(uso(clave, duracion_ms=numero))
    assert len(usos_de_claves._pendientes) == usos_de_claves.PENDIENTES_MAXIMO
    assert usos_de_claves._pendientes[0].duracion_ms == 2


def test_purgar_borra_solo_lo_viejo(clave: ClaveApi) -> None:
    ahora = timezone.now()
    for dias in (89, 91):
        uso(clave, creado_en=ahora - timedelta(days=dias), estado=dias).save()
    assert usos_de_claves.purgar(ahora) == 1
    assert UsoDeClave.objects.get().estado == 89


@pytest.mark.django_db(transaction=True)
def test_con_el_reloj_encendido_se_guarda_solo(clave: ClaveApi, settings: Any) -> None:
    settings.USOS_DE_CLAVE_CADA_S = 0.05
    usos_de_claves.anotar(uso(clave))
    reloj = usos_de_claves._reloj
    assert reloj is not None
    usos_de_claves.anotar(uso(clave))
    assert usos_de_claves._reloj is reloj
    reloj.join(timeout=20)
    assert UsoDeClave.objects.filter(clave=clave).count() == 2
    assert usos_de_claves._reloj is None
