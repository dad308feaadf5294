"""Lo que aseguraban las pruebas del sistema de origen (contrato §7), fila por fila, en los dos motores.

Están las de API, alertas, reportes, modelos, esquemas, arranque y registro: 1 a 33. Donde el origen ponía un
saldo a mano, aquí se llega a la misma cifra por una entrada.
"""

from __future__ import annotations

import importlib
import logging
import logging.config
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from inventario.alertas.models import Alerta
from inventario.alertas.services import revisar
from inventario.cuentas.models import Bodega, Empresa
from inventario.lotes.models import Lote
from inventario.movimientos.api.peticiones import RegistrarEntradaPeticion
from inventario.movimientos.models import Asiento, Movimiento
from inventario.movimientos.services import registrar_entrada, registrar_salida
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.reloj import hoy_en
from inventario.nucleo.tests.fabricas import ProductoFabrica
from inventario.nucleo.tests.mundo import ClienteApi
from inventario.productos.models import Producto
from inventario.reportes.ambito import ambito_de
from inventario.reportes.informes import top_productos

pytestmark = pytest.mark.django_db
PRODUCTOS = "/api/v1/productos"
V1 = "/api/v1/inventario"


@pytest.fixture
def producto(cliente_api: ClienteApi) -> dict[str, Any]:
    """El producto de las pruebas de origen, hecho por la API."""
    cuerpo = {"nombre": "De fixture", "sku": "SKU-FIXTURE-001", "precio": 123.45, "stock_minimo": 5}
    respuesta = cliente_api.post(PRODUCTOS, cuerpo)
    assert respuesta.status_code == 201
    creado: dict[str, Any] = respuesta.json()
    return creado


def en_dias(empresa: Empresa, dias: int) -> str:
    return str(hoy_en(empresa.zona_horaria, timezone.now()) + timedelta(days=dias))


def entrada(cliente: ClienteApi, producto: dict[str, Any], cantidad: int, **campos: Any) -> dict[str, Any]:
    cuerpo = {"producto_id": producto["id"], "cantidad_recibida": cantidad, **campos}
    respuesta = cliente.post(f"{V1}/entradas", cuerpo)
    assert respuesta.status_code == 201, respuesta.json()
    lote: dict[str, Any] = respuesta.json()
    return lote


def cuanto_hay(cliente: ClienteApi, producto: dict[str, Any]) -> int:
    hay: int = cliente.get(f"{PRODUCTOS}/{producto['id']}").json()["cantidad_actual"]
    return hay


# ── Productos ───────────────────────────────────────────────────────────────────────────────────


def test_t01_crear_un_producto(cliente_api: ClienteApi) -> None:
    cuerpo = {"nombre": "Uno", "sku": "U-1", "precio": 99.99, "stock_minimo": 10}
    respuesta = cliente_api.post(PRODUCTOS, cuerpo)
    assert respuesta.status_code == 201
    creado = respuesta.json()
    assert (creado["sku"], creado["nombre"], creado["cantidad_actual"]) == ("U-1", "Uno", 0)
    assert isinstance(creado["id"], int)


def test_t02_obtener_por_id(cliente_api: ClienteApi, producto: dict[str, Any]) -> None:
    respuesta = cliente_api.get(f"{PRODUCTOS}/{producto['id']}")
    assert respuesta.status_code == 200
    assert (respuesta.json()["id"], respuesta.json()["sku"]) == (producto["id"], "SKU-FIXTURE-001")


def test_t03_listar_en_orden_de_creacion(cliente_api: ClienteApi) -> None:
    for sku in ("B", "A"):
        creado = cliente_api.post(PRODUCTOS, {"nombre": f"P{sku}", "sku": sku, "precio": 1})
        assert creado.status_code == 201
    respuesta = cliente_api.get(PRODUCTOS)
    assert respuesta.status_code == 200
    assert [(fila["sku"], fila["stock_minimo"]) for fila in respuesta.json()] == [("B", 5), ("A", 5)]


def test_t04_actualizar_con_su_mismo_sku(cliente_api: ClienteApi, producto: dict[str, Any]) -> None:
    cambios = {"nombre": "Otro", "sku": producto["sku"], "precio": 150.50, "stock_minimo": 20}
    respuesta = cliente_api.put(f"{PRODUCTOS}/{producto['id']}", cambios)
    assert respuesta.status_code == 200
    cuerpo = respuesta.json()
    assert (cuerpo["id"], cuerpo["nombre"], cuerpo["precio"], cuerpo["stock_minimo"]) == (
        producto["id"],
        "Otro",
        150.50,
        20,
    )
    assert b'"precio":150.5,' in respuesta.content


def test_t05_eliminar_y_no_hallarlo(cliente_api: ClienteApi, producto: dict[str, Any]) -> None:
    ruta = f"{PRODUCTOS}/{producto['id']}"
    respuesta = cliente_api.delete(ruta)
    assert respuesta.status_code == 200
    assert (respuesta.json()["id"], respuesta.json()["sku"]) == (producto["id"], producto["sku"])
    assert [cliente_api.get(ruta).status_code for _ in range(2)] == [404, 404]


def test_t06_sku_repetido(cliente_api: ClienteApi, producto: dict[str, Any]) -> None:
    for sku in (producto["sku"], producto["sku"].lower(), f" {producto['sku']} "):
        respuesta = cliente_api.post(PRODUCTOS, {"nombre": "X", "sku": sku, "precio": 1})
        assert respuesta.status_code == 409
        assert "SKU" in respuesta.json()["detail"]
        assert "ya existe" in respuesta.json()["detail"]
    assert len(cliente_api.get(PRODUCTOS).json()) == 1


# ── Entradas, salidas, lotes, FEFO ──────────────────────────────────────────────────────────────


def test_t07_entrada(cliente_api: ClienteApi, producto: dict[str, Any], empresa: Empresa) -> None:
    lote = entrada(cliente_api, producto, 100, fecha_vencimiento=en_dias(empresa, 30))
    assert isinstance(lote["id"], int)
    assert (lote["producto_id"], lote["cantidad_recibida"], lote["cantidad_actual"]) == (
        producto["id"],
        100,
        100,
    )
    assert cuanto_hay(cliente_api, producto) == 100


def test_t08_salida(cliente_api: ClienteApi, producto: dict[str, Any]) -> None:
    lote = entrada(cliente_api, producto, 100)
    respuesta = cliente_api.post(f"{V1}/salidas", {"lote_id": lote["id"], "cantidad": 30})
    assert respuesta.status_code == 201
    cuerpo = respuesta.json()
    assert isinstance(cuerpo["id"], int)
    assert (cuerpo["tipo"], cuerpo["lote_id"], cuerpo["cantidad"]) == ("salida", lote["id"], 30)
    assert cuanto_hay(cliente_api, producto) == 70


def test_t09_salida_sin_stock(cliente_api: ClienteApi, producto: dict[str, Any]) -> None:
    lote = entrada(cliente_api, producto, 100)
    assert lote["fecha_vencimiento"] is None
    respuesta = cliente_api.post(f"{V1}/salidas", {"lote_id": lote["id"], "cantidad": 101})
    assert respuesta.status_code == 400
    assert "insuficiente" in respuesta.json()["detail"].lower()
    assert cuanto_hay(cliente_api, producto) == 100


def test_t10_lote_por_id(cliente_api: ClienteApi, producto: dict[str, Any]) -> None:
    lote = entrada(cliente_api, producto, 100)
    respuesta = cliente_api.get(f"{V1}/lotes/{lote['id']}")
    assert respuesta.status_code == 200
    cuerpo = respuesta.json()
    assert (cuerpo["id"], cuerpo["producto_id"], cuerpo["cantidad_actual"]) == (
        lote["id"],
        producto["id"],
        100,
    )


def test_t11_fefo(cliente_api: ClienteApi, producto: dict[str, Any], empresa: Empresa) -> None:
    segundo = entrada(cliente_api, producto, 50, fecha_vencimiento=en_dias(empresa, 30))
    primero = entrada(cliente_api, producto, 50, fecha_vencimiento=en_dias(empresa, 10))
    respuesta = cliente_api.post(f"{V1}/despachar", {"producto_id": producto["id"], "cantidad": 70})
    assert respuesta.status_code == 200
    assert [(m["lote_id"], m["cantidad"]) for m in respuesta.json()] == [
        (primero["id"], 50),
        (segundo["id"], 20),
    ]
    quedan = [cliente_api.get(f"{V1}/lotes/{lote['id']}").json() for lote in (primero, segundo)]
    assert [lote["cantidad_actual"] for lote in quedan] == [0, 30]
    assert cuanto_hay(cliente_api, producto) == 30


# ── Alertas ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def escasos(empresa: Empresa, actor: Actor) -> dict[str, Producto]:
    """Uno con 5 de 10 y otro con 50 de 10, llegados por entradas."""
    productos = {}
    with en_empresa(empresa):
        for sku, cantidad in (("BAJO", 5), ("SANO", 50)):
            productos[sku] = ProductoFabrica.create(empresa=empresa, sku=sku, stock_minimo=10)
            dar(actor, productos[sku], cantidad)
    return productos


def dar(actor: Actor, producto: Producto, cantidad: int, vence: date | None = None) -> Lote:
    assert actor.bodega is not None
    asiento = registrar_entrada(
        actor=actor, producto=producto, bodega=actor.bodega, cantidad=Decimal(cantidad), vence_el=vence
    )
    return asiento.lineas[0].lote


def en_fecha(empresa: Empresa, dias: int) -> date:
    return hoy_en(empresa.zona_horaria, timezone.now()) + timedelta(days=dias)


def test_t12_alerta_de_minimo_en_dos_lecturas(
    cliente_api: ClienteApi, empresa: Empresa, escasos: dict[str, Producto]
) -> None:
    bajo = escasos["BAJO"]
    revisar(empresa)
    leidas = [cliente_api.get("/api/v1/alertas/stock-minimo") for _ in range(2)]
    assert [respuesta.status_code for respuesta in leidas] == [200, 200]
    assert leidas[0].json() == leidas[1].json()
    (alerta,) = leidas[0].json()
    assert (alerta["tipo_alerta"], alerta["entidad_id"], alerta["entidad_tipo"], alerta["esta_activa"]) == (
        "stock_minimo",
        bajo.pk,
        "producto",
        True,
    )
    assert bajo.nombre in alerta["mensaje"]
    assert alerta["metadata_json"]["sku"] == "BAJO"


def test_t13_alerta_por_vencer_en_dos_lecturas(
    cliente_api: ClienteApi, empresa: Empresa, actor: Actor, escasos: dict[str, Producto]
) -> None:
    with en_empresa(empresa):
        lote = dar(actor, escasos["SANO"], 5, en_fecha(empresa, 15))
    revisar(empresa)
    leidas = [cliente_api.get("/api/v1/alertas/por-vencer", {"days": 30}) for _ in range(2)]
    assert [respuesta.status_code for respuesta in leidas] == [200, 200]
    assert leidas[0].json() == leidas[1].json()
    (alerta,) = leidas[0].json()
    assert (alerta["tipo_alerta"], alerta["entidad_id"], alerta["entidad_tipo"], alerta["esta_activa"]) == (
        "por_vencer_30",
        lote.pk,
        "lote",
        True,
    )
    assert escasos["SANO"].nombre in alerta["mensaje"]
    assert alerta["metadata_json"]["producto_sku"] == "SANO"


@pytest.fixture
def con_existencias(empresa: Empresa, actor: Actor) -> None:
    """Cuatro productos con 50, 20, 80 y 10."""
    with en_empresa(empresa):
        for cuanto in (50, 20, 80, 10):
            dar(actor, ProductoFabrica.create(empresa=empresa, sku=f"HAY-{cuanto}"), cuanto, None)


@pytest.mark.usefixtures("con_existencias")
def test_t14_los_tres_productos_con_mas_existencia(cliente_api: ClienteApi) -> None:
    respuesta = cliente_api.get("/api/v1/reportes/top-productos-disponibles", {"top_n": 3})
    assert respuesta.status_code == 200
    assert [(fila["sku"], fila["cantidad_actual"]) for fila in respuesta.json()] == [
        ("HAY-80", 80),
        ("HAY-50", 50),
        ("HAY-20", 20),
    ]


@pytest.mark.usefixtures("con_existencias")
def test_t15_el_servicio_de_los_que_mas_tienen(alcance: Empresa, actor: Actor) -> None:
    primeros = top_productos(ambito_de(actor), n=3)
    assert [(fila.producto.sku, fila.cantidades.fisica) for fila in primeros] == [
        ("HAY-80", 80),
        ("HAY-50", 50),
        ("HAY-20", 20),
    ]


def test_t16_a_t18_el_servicio_de_minimos(
    empresa: Empresa, actor: Actor, escasos: dict[str, Producto]
) -> None:
    def activas() -> list[Alerta]:
        revisar(empresa)
        with en_empresa(empresa):
            return list(Alerta.objects.activas())

    (primera,) = activas()
    assert primera.producto_id == escasos["BAJO"].pk
    assert "BAJO" in primera.mensaje
    assert primera.datos["sku"] == "BAJO"
    assert [alerta.pk for alerta in activas()] == [primera.pk]
    with en_empresa(empresa):
        dar(actor, escasos["BAJO"], 10)
    assert activas() == []
    with en_empresa(empresa):
        (unica,) = Alerta.objects.all()
        assert (unica.pk, unica.activa) == (primera.pk, False)
        assert not Alerta.objects.filter(producto=escasos["SANO"]).exists()


def test_t19_a_t21_el_servicio_de_vencimientos(
    cliente_api: ClienteApi, empresa: Empresa, actor: Actor, escasos: dict[str, Producto]
) -> None:
    sano = escasos["SANO"]
    with en_empresa(empresa):
        cerca, lejos, sin_fecha = (
            dar(actor, sano, 5, None if dias is None else en_fecha(empresa, dias)) for dias in (15, 60, None)
        )

    def a_treinta() -> list[dict[str, Any]]:
        revisar(empresa)
        filas: list[dict[str, Any]] = cliente_api.get("/api/v1/alertas/por-vencer").json()
        return filas

    (primera,) = a_treinta()
    assert (primera["tipo_alerta"], primera["entidad_id"]) == ("por_vencer_30", cerca.pk)
    assert primera["metadata_json"] == {
        "producto_nombre": sano.nombre,
        "producto_sku": "SANO",
        "cantidad_actual": 5,
        "fecha_vencimiento": en_fecha(empresa, 15).isoformat(),
    }
    assert a_treinta() == [primera]
    with en_empresa(empresa):
        # El origen corregía la fecha a mano: aquí una fecha no se cambia, se vacía el lote y llega otro.
        registrar_salida(actor=actor, lote=cerca, cantidad=Decimal(5))
        dar(actor, sano, 5, en_fecha(empresa, 90))
    assert a_treinta() == []
    with en_empresa(empresa):
        assert not Alerta.objects.get(lote=cerca).activa
        assert Alerta.objects.get(lote=lejos).severidad == "informativa"
        assert not Alerta.objects.filter(lote=sin_fecha).exists()


# ── Modelos ─────────────────────────────────────────────────────────────────────────────────────


def test_t22_producto_guardado(alcance: Empresa) -> None:
    producto = ProductoFabrica.create(empresa=alcance, sku="SKU-Ñ")
    assert producto.pk is not None
    assert Producto.objects.get().sku == "SKU-Ñ"


def test_t23_producto_repetido_lo_rechaza_la_base(alcance: Empresa) -> None:
    producto = ProductoFabrica.create(empresa=alcance, sku="SKU-Ñ")
    with pytest.raises(IntegrityError), transaction.atomic():
        Producto(empresa=alcance, nombre="Otro", sku="sku-ñ", unidad=producto.unidad).save()
    assert Producto.objects.count() == 1


def test_t24_lote_nace_con_lo_recibido(alcance: Empresa, actor: Actor, bodega: Bodega) -> None:
    producto = ProductoFabrica.create(empresa=alcance)
    registrar_entrada(actor=actor, producto=producto, bodega=bodega, cantidad=Decimal(50))
    lote = Lote.objects.get()
    assert [lote.cantidad_recibida, lote.saldo] == [Decimal(50), Decimal(50)]


def test_t25_movimiento_guardado(alcance: Empresa, actor: Actor, bodega: Bodega) -> None:
    producto = ProductoFabrica.create(empresa=alcance)
    asiento = registrar_entrada(actor=actor, producto=producto, bodega=bodega, cantidad=Decimal(50))
    movimiento = Movimiento.objects.get()
    assert movimiento.pk is not None
    assert (movimiento.lote, movimiento.tipo) == (Lote.objects.get(), "entrada")
    assert movimiento.fecha_efectiva == Asiento.objects.get(pk=asiento.pk).fecha_efectiva
    assert timezone.is_aware(movimiento.fecha_efectiva)


# ── Formas ──────────────────────────────────────────────────────────────────────────────────────


def test_t26_precio_al_crear(cliente_api: ClienteApi) -> None:
    cuerpo = {"nombre": "P", "sku": "P-1", "precio": 1}
    assert cliente_api.post(PRODUCTOS, {**cuerpo, "precio": -1}).status_code == 422
    assert cliente_api.get(PRODUCTOS).json() == []
    assert cliente_api.post(PRODUCTOS, cuerpo).status_code == 201


def test_t27_cambio_parcial(cliente_api: ClienteApi, producto: dict[str, Any]) -> None:
    ruta = f"{PRODUCTOS}/{producto['id']}"
    assert cliente_api.put(ruta, {"precio": -5}).status_code == 422
    assert cliente_api.get(ruta).json() == cliente_api.get(f"{ruta}/").json()
    cambiado = cliente_api.put(ruta, {"precio": 5})
    assert (cambiado.status_code, cambiado.json()["precio"], cambiado.json()["nombre"]) == (
        200,
        5,
        producto["nombre"],
    )


@pytest.mark.parametrize(("cantidad", "vale"), [(100, True), (0, False), (-50, False)])
def test_t28_forma_de_una_entrada(cantidad: int, vale: bool) -> None:
    peticion = RegistrarEntradaPeticion(data={"producto_id": 1, "cantidad_recibida": cantidad})
    assert peticion.is_valid() is vale
    assert set(peticion.errors) == (set() if vale else {"cantidad_recibida"})


@pytest.mark.parametrize(
    ("tipo", "cantidad", "vale"),
    [("entrada", 100, True), ("transferencia", 100, False), ("entrada", 0, False)],
)
def test_t29_forma_de_un_movimiento(
    alcance: Empresa, actor: Actor, bodega: Bodega, tipo: str, cantidad: int, vale: bool
) -> None:
    """Ninguna operación recibe un movimiento ya hecho: quien niega el imposible es el modelo."""
    producto = ProductoFabrica.create(empresa=alcance)
    asiento = registrar_entrada(actor=actor, producto=producto, bodega=bodega, cantidad=Decimal(100))
    modelo = asiento.lineas[0]
    linea = Movimiento(
        empresa=alcance,
        asiento=asiento,
        producto=producto,
        bodega=bodega,
        lote=modelo.lote,
        tipo=tipo,
        fecha_efectiva=modelo.fecha_efectiva,
        cantidad=Decimal(cantidad),
        costo_unitario=Decimal(0),
        saldo_lote_tras=Decimal(100),
        fisica_tras=Decimal(100),
    )
    if vale:
        linea.full_clean()
    else:
        with pytest.raises(ValidationError):
            linea.full_clean()


@pytest.mark.parametrize(
    ("modulo", "forma"),
    [
        ("inventario.existencias.api.productos", "ProductoSerializer"),
        ("inventario.lotes.api", "LoteSerializer"),
        ("inventario.movimientos.api.formas", "MovimientoSerializer"),
    ],
)
def test_t30_formas_importables(modulo: str, forma: str) -> None:
    assert callable(getattr(importlib.import_module(modulo), forma))


# ── Arranque y registro ─────────────────────────────────────────────────────────────────────────


def test_t31_aplicacion_importable() -> None:
    assert callable(importlib.import_module("config.wsgi").application)


def test_t32_la_base_responde() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_t33_registro_importable() -> None:
    assert callable(importlib.import_module("inventario.vigilancia.bitacora").FormatoJson)


def test_t33_una_linea_info_se_captura(caplog: pytest.LogCaptureFixture) -> None:
    logging.config.dictConfig(settings.LOGGING)
    # dictConfig quita los manejadores de la raíz, también el de pytest.
    logging.getLogger().addHandler(caplog.handler)
    logging.getLogger("inventario.prueba").info("Almacén abierto")
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [("INFO", "Almacén abierto")]


# ── Los huecos de aquella suite ─────────────────────────────────────────────────────────────────


def test_hueco_entrada_de_un_producto_desconocido(cliente_api: ClienteApi) -> None:
    respuesta = cliente_api.post(f"{V1}/entradas", {"producto_id": 999, "cantidad_recibida": 1})
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (404, "no_encontrado")
    assert "la entrada no se registró" in respuesta.json()["detail"]


def test_hueco_salida_de_un_lote_desconocido(cliente_api: ClienteApi) -> None:
    respuesta = cliente_api.post(f"{V1}/salidas", {"lote_id": 999, "cantidad": 1})
    assert respuesta.status_code == 404
    assert "la salida no se registró" in respuesta.json()["detail"]


def test_hueco_fefo_de_un_producto_desconocido(cliente_api: ClienteApi) -> None:
    respuesta = cliente_api.post(f"{V1}/despachar", {"producto_id": 999, "cantidad": 1})
    assert respuesta.status_code == 404


def test_hueco_fefo_insuficiente(cliente_api: ClienteApi, producto: dict[str, Any]) -> None:
    entrada(cliente_api, producto, 10)
    respuesta = cliente_api.post(f"{V1}/despachar", {"producto_id": producto["id"], "cantidad": 11})
    assert respuesta.status_code == 400
    detalle = respuesta.json()["detail"]
    assert all(parte in detalle for parte in ("insuficiente", "SKU-FIXTURE-001", "11", "10"))
    assert cuanto_hay(cliente_api, producto) == 10


def test_hueco_fefo_sin_fecha_al_final_empates_por_ingreso_y_vencidos_nunca(
    cliente_api: ClienteApi, producto: dict[str, Any], empresa: Empresa
) -> None:
    def lote(dias: int | None, **campos: Any) -> int:
        vence = None if dias is None else en_dias(empresa, dias)
        creado: int = entrada(cliente_api, producto, 1, fecha_vencimiento=vence, **campos)["id"]
        return creado

    sin_fecha, lejos = lote(None), lote(40)
    empate_nuevo, empate_otro, hoy = lote(5), lote(5), lote(0)
    empate_viejo = lote(5, fecha_ingreso=en_dias(empresa, -1))
    vencido = lote(-3, permitir_vencido=True)
    respuesta = cliente_api.post(f"{V1}/despachar", {"producto_id": producto["id"], "cantidad": 6})
    assert [m["lote_id"] for m in respuesta.json()] == [
        hoy,
        empate_viejo,
        empate_nuevo,
        empate_otro,
        lejos,
        sin_fecha,
    ]
    assert cliente_api.get(f"{V1}/lotes/{vencido}").json()["cantidad_actual"] == 1
    fuera = cliente_api.post(f"{V1}/despachar", {"producto_id": producto["id"], "cantidad": 1})
    assert (fuera.status_code, fuera.json()["errores"][0]["vencido"]) == (400, 1)


def test_hueco_lista_de_lotes(cliente_api: ClienteApi, producto: dict[str, Any]) -> None:
    assert cliente_api.get(f"{V1}/lotes").json() == []
    ids = [entrada(cliente_api, producto, 1)["id"] for _ in range(3)]
    assert [lote["id"] for lote in cliente_api.get(f"{V1}/lotes").json()] == ids
    assert [lote["id"] for lote in cliente_api.get(f"{V1}/lotes?skip=1&limit=1").json()] == [ids[1]]


def test_hueco_los_tres_reportes_que_nadie_probaba(
    cliente_api: ClienteApi, producto: dict[str, Any], empresa: Empresa
) -> None:
    """El de movimientos respondía siempre 500, y de hoy a hoy no hallaba nada."""
    reportes = "/api/v1/reportes"
    lote = entrada(cliente_api, producto, 5, fecha_vencimiento=en_dias(empresa, 30))
    entrada(cliente_api, producto, 5, fecha_vencimiento=en_dias(empresa, 31))
    por_vencer = cliente_api.get(f"{reportes}/lotes-por-vencer")
    assert (por_vencer.status_code, [fila["id"] for fila in por_vencer.json()]) == (200, [lote["id"]])
    basico = cliente_api.get(f"{reportes}/inventario-basico")
    assert [(fila["id"], fila["cantidad_actual"]) for fila in basico.json()] == [(producto["id"], 10)]
    hoy = en_dias(empresa, 0)
    rango = {"fecha_inicio": hoy, "fecha_fin": hoy}
    movimientos = cliente_api.get(f"{reportes}/movimientos-por-rango-fecha", rango)
    assert movimientos.status_code == 200
    assert [(m["tipo"], m["cantidad"], m["producto_sku"]) for m in movimientos.json()] == [
        ("entrada", 5, producto["sku"]),
        ("entrada", 5, producto["sku"]),
    ]


def test_hueco_sku_ajeno_al_actualizar_y_ids_que_no_hay(
    cliente_api: ClienteApi, producto: dict[str, Any]
) -> None:
    otro = cliente_api.post(PRODUCTOS, {"nombre": "Otro", "sku": "OTRO", "precio": 1}).json()
    choque = cliente_api.put(f"{PRODUCTOS}/{otro['id']}", {"sku": producto["sku"].lower()})
    assert (choque.status_code, choque.json()["codigo"]) == (409, "sku_duplicado")
    for metodo in ("get", "put", "delete"):
        assert getattr(cliente_api, metodo)(f"{PRODUCTOS}/999999").status_code == 404


def test_hueco_eliminar_con_existencia(cliente_api: ClienteApi, producto: dict[str, Any]) -> None:
    entrada(cliente_api, producto, 1)
    respuesta = cliente_api.delete(f"{PRODUCTOS}/{producto['id']}")
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (409, "tiene_dependencias")
    assert cuanto_hay(cliente_api, producto) == 1
