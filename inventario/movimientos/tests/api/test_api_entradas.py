"""E8: toda entrada abre un lote."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import Lote
from inventario.movimientos.models import Asiento, Movimiento
from inventario.movimientos.tests.api.conftest import cliente_de
from inventario.movimientos.tests.api.sobre import exigir_sobre
from inventario.movimientos.tests.mundo import Mundo, dia
from inventario.nucleo.tests.fabricas import ProveedorFabrica
from inventario.nucleo.tests.mundo import ClienteApi

pytestmark = pytest.mark.django_db
RUTA = "/api/v1/inventario/entradas"


def test_registrar_con_todo_responde_el_lote_con_todo(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto("BAL-35", nombre="Balanceado 35 %")
    proveedor = ProveedorFabrica.create(empresa=granja.empresa)
    respuesta = cliente.post(
        RUTA,
        {
            "producto_id": producto.pk,
            "cantidad_recibida": 48.5,
            "fecha_vencimiento": "2026-04-20",
            "fecha_ingreso": "2026-03-08",
            "costo_unitario": "1.2345",
            "codigo_lote": "L-77",
            "proveedor_id": proveedor.pk,
            "referencia_proveedor": "GUIA-9",
            "bodega": "ESTANQUES",
            "motivo": "compra",
            "referencia": "OC-12",
            "justificacion": "Compra de marzo",
            "notas": "Llegó\nmojado",
            "id": 99999,
            "cantidad_actual": 1,
        },
    )
    assert respuesta.status_code == 201, respuesta.json()
    lote = Lote.objects.get()
    assert respuesta.json() == {
        "id": lote.pk,
        "producto_id": producto.pk,
        "cantidad_recibida": 48.5,
        "cantidad_actual": 48.5,
        "fecha_vencimiento": "2026-04-20",
        "producto_sku": "BAL-35",
        "producto_nombre": "Balanceado 35 %",
        "estado": "vigente",
        "dias_para_vencer": 41,
        "codigo": "L-77",
        "fecha_ingreso": "2026-03-08",
        "costo_unitario": 1.2345,
        "proveedor_id": proveedor.pk,
        "referencia_proveedor": "GUIA-9",
        "bodega": "estanques",
        "bloqueado": False,
        "motivo_bloqueo": "",
        "procedencia": "entrada",
        "origen_id": None,
        "raiz_id": None,
    }
    asiento = Asiento.objects.get()
    assert (asiento.motivo, asiento.referencia, asiento.motivo_texto, asiento.notas) == (
        "compra",
        "OC-12",
        "Compra de marzo",
        "Llegó\nmojado",
    )
    # El día 8 empieza a las cinco de la mañana UTC: la granja está en Guayaquil.
    assert asiento.fecha_efectiva == datetime(2026, 3, 8, 5, 0, tzinfo=UTC)
    assert asiento.solicitud_id == respuesta["X-Request-ID"]
    assert granja.fisica(producto, granja.otra) == Decimal("48.5")


def test_registrar_con_lo_minimo_usa_la_bodega_principal(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    respuesta = cliente.post(RUTA, {"producto_id": producto.pk, "cantidad_recibida": "7"})
    cuerpo = respuesta.json()
    assert respuesta.status_code == 201
    assert (cuerpo["bodega"], cuerpo["estado"], cuerpo["dias_para_vencer"]) == (
        "principal",
        "sin_fecha",
        None,
    )
    # Entero como entero, no 7.0: lo exige el contrato.
    assert b'"cantidad_actual":7,' in respuesta.content
    assert (cuerpo["fecha_ingreso"], cuerpo["costo_unitario"], cuerpo["codigo"]) == ("2026-03-10", 0, "")


def test_registrar_con_nulos_es_no_decirlo(granja: Mundo, cliente: ClienteApi) -> None:
    nulos = [
        "fecha_vencimiento",
        "fecha_ingreso",
        "costo_unitario",
        "codigo_lote",
        "proveedor_id",
        "bodega",
        "referencia",
        "notas",
    ]
    cuerpo = {"producto_id": granja.producto().pk, "cantidad_recibida": 1, **dict.fromkeys(nulos)}
    assert cliente.post(RUTA, cuerpo).status_code == 201


def test_registrar_dos_veces_lo_mismo_son_dos_lotes(granja: Mundo, cliente: ClienteApi) -> None:
    cuerpo = {"producto_id": granja.producto().pk, "cantidad_recibida": 5, "codigo_lote": "A"}
    ids = {cliente.post(RUTA, cuerpo).json()["id"] for _ in range(2)}
    assert len(ids) == 2
    assert list(Lote.objects.values_list("codigo", "saldo")) == [("A", Decimal(5)), ("A", Decimal(5))]


def test_registrar_fecha_de_vencimiento_a_medianoche_vale(granja: Mundo, cliente: ClienteApi) -> None:
    cuerpo = {
        "producto_id": granja.producto().pk,
        "cantidad_recibida": 5,
        "fecha_vencimiento": "2030-12-31T00:00:00",
    }
    assert cliente.post(RUTA, cuerpo).json()["fecha_vencimiento"] == "2030-12-31"


def test_registrar_lo_que_vence_hoy_entra_y_lo_de_ayer_no(granja: Mundo, cliente: ClienteApi) -> None:
    cuerpo = {"producto_id": granja.producto().pk, "cantidad_recibida": 5}
    hoy = cliente.post(RUTA, {**cuerpo, "fecha_vencimiento": str(dia(0))})
    assert (hoy.status_code, hoy.json()["estado"], hoy.json()["dias_para_vencer"]) == (201, "por_vencer", 0)
    ayer = cliente.post(RUTA, {**cuerpo, "fecha_vencimiento": str(dia(-1))})
    error = exigir_sobre(ayer, 422, "validacion")["errores"][0]
    assert (error["campo"], error["codigo"]) == ("fecha_vencimiento", "min_value")
    permitida = cliente.post(RUTA, {**cuerpo, "fecha_vencimiento": str(dia(-1)), "permitir_vencido": True})
    assert (permitida.status_code, permitida.json()["estado"]) == (201, "vencido")
    assert permitida.json()["dias_para_vencer"] == -1


def test_registrar_vencido_sin_permiso_de_ajustar_es_403(granja: Mundo) -> None:
    from inventario.cuentas.models import Usuario
    from inventario.cuentas.permisos import Rol
    from inventario.cuentas.personas.services import agregar_miembro

    operador = Usuario.objects.create_user("op@granja.ec", "x", nombre="Op")
    agregar_miembro(empresa=granja.empresa, usuario=operador, rol=Rol.OPERADOR)
    sesion = ClienteApi()
    sesion.force_login(operador)
    cuerpo = {
        "producto_id": granja.producto().pk,
        "cantidad_recibida": 5,
        "fecha_vencimiento": str(dia(-1)),
        "permitir_vencido": True,
    }
    respuesta = sesion.post(RUTA, cuerpo)
    assert (
        exigir_sobre(respuesta, 403, "sin_permiso")["detail"] == f"No tiene permiso para {Permiso.AJUSTAR}."
    )
    assert Movimiento.objects.count() == 0


def test_registrar_producto_desconocido_o_eliminado_es_404(granja: Mundo, cliente: ClienteApi) -> None:
    from inventario.productos.services import eliminar_producto

    eliminado = granja.producto()
    eliminar_producto(actor=granja.actor, producto=eliminado)
    for pk in (eliminado.pk, 999_999, 2**62):
        cuerpo = exigir_sobre(
            cliente.post(RUTA, {"producto_id": pk, "cantidad_recibida": 5}), 404, "no_encontrado"
        )
        assert cuerpo["detail"] == "Producto no encontrado: la entrada no se registró."


def test_registrar_producto_inactivo_es_400(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto(activo=False)
    exigir_sobre(cliente.post(RUTA, {"producto_id": producto.pk, "cantidad_recibida": 5}), 400, "regla_rota")
    assert Lote.objects.count() == 0


@pytest.mark.parametrize(
    ("campos", "campo"),
    [
        ({"fecha_ingreso": "2026-03-11"}, "fecha_ingreso"),
        ({"fecha_ingreso": "0001-01-01"}, "fecha_ingreso"),
        ({"fecha_ingreso": "9999-12-31"}, "fecha_ingreso"),
        ({"bodega": "no-hay"}, "bodega"),
        ({"proveedor_id": 999_999}, "proveedor_id"),
        ({"motivo": "robo"}, "motivo"),
        ({"motivo": "reverso"}, "motivo"),
        ({"costo_unitario": -1}, "costo_unitario"),
        ({"permitir_vencido": "tal vez"}, "permitir_vencido"),
        ({"fecha_vencimiento": 86400}, "fecha_vencimiento"),
        ({"fecha_vencimiento": ""}, "fecha_vencimiento"),
        ({"fecha_vencimiento": "2030-12-31T10:00:00"}, "fecha_vencimiento"),
    ],
)
def test_registrar_con_un_dato_imposible_es_422(
    granja: Mundo, cliente: ClienteApi, campos: dict[str, object], campo: str
) -> None:
    antes = granja.foto()
    producto = granja.producto()
    respuesta = cliente.post(RUTA, {"producto_id": producto.pk, "cantidad_recibida": 5, **campos})
    assert exigir_sobre(respuesta, 422, "validacion")["errores"][0]["campo"] == campo
    assert granja.foto() == antes


def test_registrar_media_pieza_nombra_el_campo_que_se_mando(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto(unidad=granja.pieza)
    respuesta = cliente.post(RUTA, {"producto_id": producto.pk, "cantidad_recibida": 1.5})
    error = exigir_sobre(respuesta, 422, "validacion")["errores"][0]
    assert (error["campo"], error["codigo"]) == ("cantidad_recibida", "no_divisible")


def test_registrar_en_bodega_inactiva_es_422(granja: Mundo, cliente: ClienteApi) -> None:
    granja.otra.activa = False
    granja.otra.save()
    cuerpo = {"producto_id": granja.producto().pk, "cantidad_recibida": 5, "bodega": "estanques"}
    exigir_sobre(cliente.post(RUTA, cuerpo), 422, "validacion")
    assert Lote.objects.count() == 0


def test_repetir_con_la_misma_clave_no_abre_otro_lote(granja: Mundo, cliente: ClienteApi) -> None:
    cuerpo = {"producto_id": granja.producto().pk, "cantidad_recibida": 5}
    primera = cliente.post(RUTA, cuerpo, HTTP_IDEMPOTENCY_KEY="guia-1")
    segunda = cliente.post(RUTA, cuerpo, HTTP_IDEMPOTENCY_KEY="guia-1")
    assert (segunda.status_code, segunda.json()) == (201, primera.json())
    assert segunda["Idempotency-Replayed"] == "true"
    otro = cliente.post(RUTA, {**cuerpo, "cantidad_recibida": 6}, HTTP_IDEMPOTENCY_KEY="guia-1")
    exigir_sobre(otro, 409, "conflicto")
    assert list(Lote.objects.values_list("saldo", flat=True)) == [Decimal(5)]


def test_la_persona_por_la_que_actua_una_clave_queda_en_el_libro(granja: Mundo) -> None:
    cliente = cliente_de(granja, "inventory:read", "inventory:write")
    cliente.post(
        RUTA,
        {"producto_id": granja.producto().pk, "cantidad_recibida": 5},
        HTTP_X_ACTING_USER_ID="u-7",
        HTTP_X_ACTING_USER_NAME="Rosa Ñ.".encode().decode("latin-1"),
    )
    linea = cliente.get("/api/v1/inventario/movimientos").json()[0]
    assert (linea["usuario"], linea["persona_externa"]) == ("Prueba", "Rosa Ñ.")
