"""La tienda de demostración: verosímil, repetible y asentada por los servicios de siempre."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Bodega, Empresa, Usuario
from inventario.existencias.disponibilidad import existencias_de
from inventario.lotes.models import CambioDeBloqueo, EstadoLote, Lote
from inventario.movimientos.models import Asiento, Movimiento, TipoAsiento
from inventario.movimientos.tests.cuadre import exigir_que_cuadre
from inventario.muestra.catalogo import LLEGADAS
from inventario.muestra.sembrador import CORREO
from inventario.muestra.tienda import sembrar_tienda
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.reloj import hoy_en
from inventario.productos.models import Categoria, Producto, Proveedor, Unidad

pytestmark = pytest.mark.django_db

AHORA = datetime(2026, 3, 31, 2, 0, tzinfo=UTC)
MODELOS = (Asiento, Movimiento, Lote, Producto, Categoria, Proveedor, Unidad, Bodega, CambioDeBloqueo)


def _conteos(empresa: Empresa) -> list[int]:
    with en_empresa(empresa):
        return [modelo.objects.count() for modelo in MODELOS]


def _sembrar(*opciones: str) -> str:
    salida = StringIO()
    call_command("sembrar", *opciones, stdout=salida)
    return salida.getvalue()


def test_sembrar_crea_una_tienda_que_cuadra() -> None:
    assert _sembrar() == "Empresa «demo» sembrada: 100 asientos.\n"
    demo = Empresa.objects.get(slug="demo")
    assert _conteos(demo) == [100, 145, 20, 13, 7, 4, 25, 1, 1]
    with en_empresa(demo):
        exigir_que_cuadre()
        assert set(Asiento.objects.values_list("tipo", flat=True)) == {
            TipoAsiento.ENTRADA,
            TipoAsiento.SALIDA,
            TipoAsiento.MERMA,
            TipoAsiento.AJUSTE,
            TipoAsiento.REVERSO,
        }


def test_sembrar_dos_veces_no_cambia_nada() -> None:
    _sembrar()
    demo = Empresa.objects.get(slug="demo")
    antes = _conteos(demo)
    assert _sembrar() == "La empresa «demo» ya tiene historia: no se cambió nada.\n"
    assert _conteos(demo) == antes
    assert Usuario.objects.filter(email=CORREO).count() == 1


def test_sembrar_deja_lotes_en_cada_estado_y_nada_futuro() -> None:
    demo = sembrar_tienda(reloj=lambda: AHORA)
    assert demo is not None
    hoy = hoy_en(demo.zona_horaria, AHORA)
    with en_empresa(demo):
        lotes = list(Lote.objects.all())
        assert {lote.estado(hoy) for lote in lotes} == set(EstadoLote)
        assert sorted(lote.codigo for lote in lotes if lote.vencido(hoy)) == ["BS-1121", "VC-0341"]
        assert [lote.codigo for lote in lotes if lote.bloqueado] == ["OTC-5521"]
        assert not Asiento.objects.filter(registrado_en__gt=AHORA).exists()
        registrados = Asiento.objects.order_by("numero").values_list("registrado_en", flat=True)
        assert list(registrados) == sorted(registrados)


def test_sembrar_da_las_cifras_que_la_historia_cuenta() -> None:
    demo = sembrar_tienda(reloj=lambda: AHORA)
    assert demo is not None
    with en_empresa(demo):
        productos = {producto.sku: producto.pk for producto in Producto.objects.all()}
        cifras = existencias_de(
            productos.values(), ahora=AHORA, hoy=hoy_en(demo.zona_horaria, AHORA), bodega=None
        )
    # 1250 recibidos − 130 en raciones − 25 del saco roto; los 65 del error volvieron.
    assert cifras[productos["BAL-32-35"]].fisica == Decimal(1095)
    # 2000 − 450 quedan retenidos y 1500 libres.
    assert cifras[productos["OXI-50"]].bloqueada == Decimal(1550)
    assert cifras[productos["OXI-50"]].disponible == Decimal(1500)
    assert cifras[productos["SAL-GRA"]].fisica == Decimal("128.5")
    assert cifras[productos["PIE-DIF"]].fisica == Decimal(0)
    assert cifras[productos["RED-MANO"]].fisica == Decimal(5)


def test_sembrar_respeta_lo_que_la_empresa_ya_tenia() -> None:
    demo = crear_empresa(slug="demo", nombre="La mía")
    assert _sembrar() == "Empresa «demo» sembrada: 100 asientos.\n"
    demo.refresh_from_db()
    assert demo.nombre == "La mía"
    assert _conteos(demo) == [100, 145, 20, 13, 7, 4, 25, 1, 1]


def test_sembrar_si_falla_a_medias_no_deja_nada(monkeypatch: pytest.MonkeyPatch) -> None:
    # Menos de lo que después se usa: alguna salida no alcanza.
    monkeypatch.setattr("inventario.muestra.tienda.LLEGADAS", LLEGADAS[:1])
    with pytest.raises(CommandError, match=r"^No se sembró nada\..*Stock insuficiente de PIE-DIF"):
        _sembrar()
    assert not Empresa.objects.exists()
    assert not Usuario.objects.exists()


def test_sembrar_si_vacia_no_hace_nada_con_alguna_empresa() -> None:
    crear_empresa(slug="otra", nombre="Otra")
    assert _sembrar("--si-vacia") == "Ya hay una empresa: no se sembró nada.\n"
    assert list(Empresa.objects.values_list("slug", flat=True)) == ["otra"]
    assert _sembrar() == "Empresa «demo» sembrada: 100 asientos.\n"


def test_sembrar_si_vacia_siembra_una_base_vacia() -> None:
    assert _sembrar("--si-vacia") == "Empresa «demo» sembrada: 100 asientos.\n"


def test_sembrar_en_produccion_se_niega(settings: Settings) -> None:
    settings.PRODUCCION = True
    with pytest.raises(CommandError, match="producción"):
        _sembrar()
    assert not Empresa.objects.exists()


def test_el_sembrador_no_puede_entrar() -> None:
    _sembrar()
    sembrador = Usuario.objects.get(email=CORREO)
    assert sembrador.es_servicio
    assert not sembrador.has_usable_password()
    assert not sembrador.is_staff
