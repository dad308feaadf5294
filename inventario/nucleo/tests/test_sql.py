"""Insertar en volumen deja lo mismo que `bulk_create`, en los dos motores."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django_scopes import scopes_disabled
from django_scopes.exceptions import ScopeError

from inventario.cuentas.empresas.selectors import bodega_principal
from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Empresa
from inventario.eventos.models import Evento
from inventario.lotes.models import Lote, Procedencia
from inventario.lotes.querysets import lotes_que_dicen
from inventario.movimientos.models import Asiento, Existencia, Motivo, TipoAsiento
from inventario.movimientos.querysets import Clave, lotes_de
from inventario.muestra.sembrador import sembrador_en
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import Incoherencia
from inventario.nucleo.sql import UMBRAL, actualizar, insertar, leer
from inventario.nucleo.tests.fabricas import ProductoFabrica
from inventario.productos.models import Proveedor

pytestmark = pytest.mark.django_db
GUAYAQUIL = ZoneInfo("America/Guayaquil")


@pytest.fixture
def granja() -> Empresa:
    return crear_empresa(slug="granja", nombre="Granja")


def _proveedores(empresa: Empresa, cuantos: int) -> list[Proveedor]:
    return [Proveedor(empresa=empresa, nombre=f"P{n}") for n in range(cuantos)]


def _escritas(modelo: type[Model]) -> list[str]:
    return [campo.attname for campo in modelo._meta.local_concrete_fields if not campo.generated]


@pytest.mark.parametrize("cuantos", [0, 1, UMBRAL - 1, UMBRAL, UMBRAL + 300])
def test_insertar_guarda_todo_en_orden_y_da_los_id(granja: Empresa, cuantos: int) -> None:
    with en_empresa(granja):
        filas = _proveedores(granja, cuantos)
        insertar(Proveedor, filas)
        assert [(p.pk, p.nombre) for p in Proveedor.objects.order_by("pk")] == [
            (fila.pk, fila.nombre) for fila in filas
        ]
        assert all(not fila._state.adding and fila.creado_en for fila in filas)
        assert list(Proveedor.objects.order_by("pk")) == filas
        # La secuencia avanzó: el siguiente no choca.
        siguiente = Proveedor.objects.create(empresa=granja, nombre="otro")
        assert siguiente.pk > max((fila.pk for fila in filas), default=0)


def test_insertar_guarda_cada_tipo_de_columna_como_el_orm(granja: Empresa) -> None:
    with en_empresa(granja):
        producto = ProductoFabrica.create(empresa=granja)
        bodega = bodega_principal(granja)
        proveedor = Proveedor.objects.create(empresa=granja, nombre="P")
        raiz = Lote.objects.create(
            empresa=granja,
            producto=producto,
            bodega=bodega,
            fecha_ingreso=date(2026, 1, 1),
            cantidad_recibida=Decimal(1),
            saldo=Decimal(0),
            procedencia=Procedencia.ENTRADA,
        )
        lotes = [
            Lote(
                empresa=granja,
                producto=producto,
                bodega=bodega,
                codigo=f"Ñ{n}",
                fecha_ingreso=date(2026, 1, 2),
                vence_el=date(2027, 1, 1) if n % 2 else None,
                costo_unitario=Decimal("0.3350"),
                cantidad_recibida=Decimal("99999999999.9999"),
                saldo=Decimal("0.0001"),
                procedencia=Procedencia.TRASLADO,
                origen=raiz,
                raiz=raiz,
                proveedor=proveedor if n % 3 else None,
                bloqueado=n == 7,
                motivo_bloqueo="dudoso" if n == 7 else "",
            )
            for n in range(UMBRAL)
        ]
        insertar(Lote, lotes)
        columnas = _escritas(Lote)
        for guardado, fila in zip(Lote.objects.exclude(pk=raiz.pk), lotes, strict=True):
            assert [getattr(guardado, c) for c in columnas] == [getattr(fila, c) for c in columnas]
        assert Lote.objects.filter(lotes_que_dicen("Ñ123")).get() == lotes[123]


def test_insertar_guarda_instantes_y_actores_como_el_orm(granja: Empresa) -> None:
    instante = datetime(2026, 3, 31, 23, 59, 59, 120_000, tzinfo=GUAYAQUIL)
    with en_empresa(granja):
        actor = sembrador_en(granja).usuario
        asientos = [
            Asiento(
                empresa=granja,
                numero=n,
                tipo=TipoAsiento.SALIDA,
                fecha_efectiva=instante,
                registrado_en=instante,
                actor=actor,
                motivo=Motivo.CONSUMO,
                sesion=n % 5 or None,
            )
            for n in range(UMBRAL)
        ]
        insertar(Asiento, asientos)
        for guardado, fila in zip(Asiento.objects.order_by("numero"), asientos, strict=True):
            assert guardado.fecha_efectiva == instante
            assert guardado.actor_id == actor.pk
            assert guardado.sesion == fila.sesion
            assert guardado.revierte_id is None


def test_insertar_no_olvida_las_filas_apuntadas(granja: Empresa) -> None:
    with en_empresa(granja):
        filas = _proveedores(granja, UMBRAL)
        insertar(Proveedor, filas)
        with CaptureQueriesContext(connection) as consultas:
            assert filas[0].empresa is granja
        assert len(consultas) == 0


def test_insertar_en_volumen_son_dos_sentencias(granja: Empresa) -> None:
    with en_empresa(granja):
        filas = _proveedores(granja, 1000)
        with CaptureQueriesContext(connection) as consultas:
            insertar(Proveedor, filas)
        assert len(consultas) == 2


@pytest.mark.parametrize("cuantos", [1, 3, UMBRAL])
def test_insertar_guarda_json_como_el_orm(granja: Empresa, cuantos: int) -> None:
    with en_empresa(granja):
        datos = [{"n": n, "texto": "Ñandú «x»", "nada": None, "lista": [1, 2.5]} for n in range(cuantos)]
        insertar(Evento, [Evento(empresa=granja, tipo="prueba", clave="k", datos=uno) for uno in datos])
        assert [evento.datos for evento in Evento.objects.order_by("pk")] == datos


@pytest.mark.parametrize("cuantos", [0, 1, 3, UMBRAL + 5])
def test_actualizar_guarda_solo_los_campos_nombrados(granja: Empresa, cuantos: int) -> None:
    with en_empresa(granja):
        filas = _proveedores(granja, cuantos + 1)
        insertar(Proveedor, filas)
        *cambian, intacta = filas
        for fila in cambian:
            fila.nombre, fila.activo, fila.contacto = f"{fila.nombre} bis", False, "no se guarda"
        actualizar(Proveedor, cambian, ("activo", "nombre"))
        guardados = Proveedor.objects.order_by("pk").values_list("pk", "nombre", "activo", "contacto")
        assert list(guardados) == [
            *((fila.pk, f"P{n} bis", False, "") for n, fila in enumerate(cambian)),
            (intacta.pk, f"P{cuantos}", True, ""),
        ]


def test_actualizar_guarda_decimales_y_fechas_como_el_orm(granja: Empresa) -> None:
    with en_empresa(granja):
        producto = ProductoFabrica.create(empresa=granja)
        lotes = [
            Lote(
                empresa=granja,
                producto=producto,
                bodega=bodega_principal(granja),
                fecha_ingreso=date(2026, 1, 2),
                cantidad_recibida=Decimal(1),
                saldo=Decimal(1),
                procedencia=Procedencia.ENTRADA,
            )
            for _ in range(3)
        ]
        insertar(Lote, lotes)
        lotes[0].saldo, lotes[0].vence_el = Decimal("99999999999.9999"), date(2027, 2, 28)
        lotes[1].saldo, lotes[1].vence_el = Decimal("0.0001"), None
        actualizar(Lote, lotes, ("saldo", "vence_el"))
        assert list(Lote.objects.order_by("pk").values_list("saldo", "vence_el")) == [
            (Decimal("99999999999.9999"), date(2027, 2, 28)),
            (Decimal("0.0001"), None),
            (Decimal(1), None),
        ]


@pytest.mark.parametrize("cuantos", [1, 2, 1000])
def test_actualizar_es_una_sentencia(granja: Empresa, cuantos: int) -> None:
    with en_empresa(granja):
        filas = _proveedores(granja, cuantos)
        insertar(Proveedor, filas)
        with CaptureQueriesContext(connection) as consultas:
            actualizar(Proveedor, filas, ("nombre",))
        assert len(consultas) == 1


@pytest.mark.parametrize("cuantos", [1, 3])
def test_actualizar_una_fila_que_ya_no_esta_no_pasa_callado(granja: Empresa, cuantos: int) -> None:
    with en_empresa(granja):
        filas = _proveedores(granja, cuantos)
        insertar(Proveedor, filas)
        Proveedor.objects.filter(pk=filas[0].pk).delete()
        with pytest.raises(Incoherencia, match=f"{cuantos - 1} filas de {cuantos}"):
            actualizar(Proveedor, filas, ("nombre",))


def test_actualizar_un_campo_que_no_existe_no_pasa_callado(granja: Empresa) -> None:
    with en_empresa(granja):
        filas = _proveedores(granja, 1)
        insertar(Proveedor, filas)
        with pytest.raises(Incoherencia, match="no tiene todos esos campos"):
            actualizar(Proveedor, filas, ("nombre", "apodo"))


def test_leer_da_lo_mismo_que_el_orm_y_solo_de_la_empresa(granja: Empresa) -> None:
    otra = crear_empresa(slug="otra", nombre="Otra")
    with en_empresa(otra):
        insertar(Proveedor, _proveedores(otra, 1))
    with en_empresa(granja):
        producto = ProductoFabrica.create(empresa=granja)
        comunes = {"empresa": granja, "producto": producto, "bodega": bodega_principal(granja)}
        lotes = [
            Lote(
                **comunes,
                codigo=f"Ñ{n}",
                fecha_ingreso=date(2026, 1, 2),
                vence_el=date(2027, 1, 1) if n else None,
                costo_unitario=Decimal("0.3350"),
                cantidad_recibida=Decimal("99999999999.9999"),
                saldo=Decimal("0.1"),
                procedencia=Procedencia.ENTRADA,
                bloqueado=n == 1,
                motivo_bloqueo="dudoso" if n == 1 else "",
            )
            for n in range(3)
        ]
        insertar(Lote, lotes)
        leidos = leer(Lote, granja.pk, "saldo > %s", [0], cola="ORDER BY id")
        columnas = _escritas(Lote)
        for leido, guardado in zip(leidos, Lote.objects.order_by("pk"), strict=True):
            assert leido.get_deferred_fields() == {"buscable"}
            assert [getattr(leido, c) for c in columnas] == [getattr(guardado, c) for c in columnas]
            assert [type(getattr(leido, c)) for c in columnas] == [
                type(getattr(guardado, c)) for c in columnas
            ]
        leidos[0].codigo = "cambiado"
        leidos[0].save()
        assert Lote.objects.filter(codigo="cambiado").count() == 1
        insertar(Proveedor, _proveedores(granja, 2))
        assert [p.nombre for p in leer(Proveedor, granja.pk, "id > 0 OR id < 0", [], cola="ORDER BY id")] == [
            "P0",
            "P1",
        ]


def test_leer_entiende_instantes_json_y_uuid(granja: Empresa) -> None:
    with en_empresa(granja):
        insertar(Evento, [Evento(empresa=granja, tipo="t", clave="k", datos={"a": [1, "ñ"]})])
        (evento,) = leer(Evento, granja.pk, "tipo = %s", ["t"])
        guardado = Evento.objects.get()
        assert (evento.datos, evento.creado_en) == ({"a": [1, "ñ"]}, guardado.creado_en)
        actor = sembrador_en(granja).usuario
        momento = datetime(2026, 3, 31, 23, 59, 59, 120_000, tzinfo=GUAYAQUIL)
        insertar(
            Asiento,
            [
                Asiento(
                    empresa=granja,
                    numero=1,
                    tipo=TipoAsiento.SALIDA,
                    fecha_efectiva=momento,
                    registrado_en=momento,
                    actor=actor,
                )
            ],
        )
        (asiento,) = leer(Asiento, granja.pk, "numero = %s", [1])
        assert (asiento.actor_id, asiento.fecha_efectiva, asiento.sesion) == (actor.pk, momento, None)


def test_leer_es_una_sentencia(granja: Empresa) -> None:
    with en_empresa(granja), CaptureQueriesContext(connection) as consultas:
        assert leer(Proveedor, granja.pk, "id = %s", [1]) == []
    assert len([c for c in consultas if c["sql"].startswith("SELECT") and "proveedor" in c["sql"]]) == 1


def test_sin_empresa_en_curso_no_hay_nada_que_bloquear(granja: Empresa) -> None:
    with scopes_disabled(), pytest.raises(ScopeError):
        Existencia.objects.bloquear([])


@pytest.mark.sqlite
def test_leer_los_lotes_de_una_clave_no_recorre_la_empresa(granja: Empresa) -> None:
    """Sin estadísticas SQLite prefería el índice por empresa al del producto."""
    with en_empresa(granja), CaptureQueriesContext(connection) as consultas:
        lotes_de(granja.pk, [Clave(1, 1)], [], None)
        lotes_de(granja.pk, [Clave(1, 1), Clave(2, 1)], [3, 4], date(2026, 1, 1))
    for consulta in consultas:
        if consulta["sql"].startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {consulta['sql']}")
                plan = " ".join(fila[3] for fila in cursor.fetchall())
            assert "producto_id=?" in plan
            assert "empresa" not in plan
            assert "SCAN" not in plan
