"""E9: la salida de un lote nombrado."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventario.lotes.models import Lote
from inventario.movimientos.models import Asiento, Movimiento
from inventario.movimientos.tests.api.sobre import exigir_sobre
from inventario.movimientos.tests.mundo import Mundo, cant, dia
from inventario.nucleo.tests.mundo import ClienteApi

pytestmark = pytest.mark.django_db
RUTA = "/api/v1/inventario/salidas"


def test_registrar_responde_un_movimiento_con_todo(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto("BAL-35", nombre="Balanceado 35 %")
    lote = granja.entrada(producto, 100, costo="1.5", codigo="L-1")
    respuesta = cliente.post(
        RUTA,
        {
            "lote_id": lote.pk,
            "cantidad": 30,
            "motivo": "venta",
            "referencia": "F-9",
            "modulo": "alimentacion",
            "tanque": "P-3",
            "lote_modulo": "S-12",
            "sesion": 4,
        },
    )
    assert respuesta.status_code == 201, respuesta.json()
    linea = Movimiento.objects.get(tipo="salida")
    assert respuesta.json() == {
        "id": linea.pk,
        "lote_id": lote.pk,
        "tipo": "salida",
        "cantidad": 30,
        "fecha_movimiento": "2026-03-10T15:00:00Z",
        "producto_id": producto.pk,
        "producto_sku": "BAL-35",
        "producto_nombre": "Balanceado 35 %",
        "lote_codigo": "L-1",
        "bodega": "principal",
        "saldo_lote": 70,
        "costo_unitario": 1.5,
        "asiento_id": linea.asiento_id,
        "usuario": "Prueba",
        "persona_externa": None,
        "motivo": "venta",
        "justificacion": "",
        "referencia": "F-9",
        "modulo": "alimentacion",
        "tanque": "P-3",
        "nota": "",
    }
    asiento = Asiento.objects.get(pk=linea.asiento_id)
    assert (asiento.tipo, asiento.lote_modulo, asiento.sesion) == ("salida", "S-12", 4)
    assert granja.saldo(lote) == 70
    # Recién escrita o releída, la línea se ve igual.
    assert cliente.get("/api/v1/inventario/movimientos?tipo=salida").json() == [respuesta.json()]


def test_registrar_mas_de_lo_que_hay_es_400_con_las_cifras(granja: Mundo, cliente: ClienteApi) -> None:
    lote = granja.entrada(granja.producto("BAL-35"), 100)
    antes = granja.foto()
    cuerpo = exigir_sobre(
        cliente.post(RUTA, {"lote_id": lote.pk, "cantidad": 101}), 400, "stock_insuficiente"
    )
    assert cuerpo["detail"] == (
        f"Stock insuficiente de BAL-35 del lote n.º {lote.pk} en Bodega principal: "
        "se pidió 101 kg y hay 100 kg disponible."
    )
    error = cuerpo["errores"][0]
    assert [error[c] for c in ("sku", "solicitado", "disponible", "reservado", "vencido")] == [
        "BAL-35",
        101,
        100,
        0,
        0,
    ]
    assert granja.foto() == antes


def test_registrar_no_invade_lo_reservado(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    lote = granja.entrada(producto, 10)
    granja.apartar(producto, 4, modulo="laboratorio")
    antes = granja.foto()
    cuerpo = exigir_sobre(cliente.post(RUTA, {"lote_id": lote.pk, "cantidad": 7}), 400, "stock_insuficiente")
    assert (cuerpo["errores"][0]["disponible"], cuerpo["errores"][0]["reservado"]) == (6, 4)
    assert granja.foto() == antes
    assert cliente.post(RUTA, {"lote_id": lote.pk, "cantidad": 6}).status_code == 201
    dueno = cliente.post(RUTA, {"lote_id": lote.pk, "cantidad": 4, "modulo": "laboratorio"})
    assert dueno.status_code == 201
    assert [granja.saldo(lote), granja.apartada(producto)] == [cant(0), cant(0)]


@pytest.mark.parametrize("motivo", ["merma", "rotura", "vencimiento", "robo", "devolucion"])
def test_registrar_de_un_lote_vencido_solo_con_motivo_de_perdida(
    granja: Mundo, cliente: ClienteApi, motivo: str
) -> None:
    lote = granja.entrada(granja.producto(), 10, vence=dia(-1))
    exigir_sobre(cliente.post(RUTA, {"lote_id": lote.pk, "cantidad": 3}), 400, "lote_vencido")
    exigir_sobre(
        cliente.post(RUTA, {"lote_id": lote.pk, "cantidad": 3, "motivo": "consumo"}), 400, "lote_vencido"
    )
    assert granja.saldo(lote) == 10
    respuesta = cliente.post(RUTA, {"lote_id": lote.pk, "cantidad": 3, "motivo": motivo})
    tipo = "devolucion_salida" if motivo == "devolucion" else "ajuste_negativo"
    assert (respuesta.status_code, respuesta.json()["tipo"], respuesta.json()["motivo"]) == (
        201,
        tipo,
        motivo,
    )
    assert granja.saldo(lote) == 7


def test_registrar_de_un_lote_bloqueado_solo_con_motivo_de_perdida(
    granja: Mundo, cliente: ClienteApi
) -> None:
    lote = granja.entrada(granja.producto(), 10)
    granja.bloquear(lote, "Cuarentena")
    cuerpo = exigir_sobre(cliente.post(RUTA, {"lote_id": lote.pk, "cantidad": 3}), 400, "lote_bloqueado")
    assert "Cuarentena" in cuerpo["detail"]
    assert cliente.post(RUTA, {"lote_id": lote.pk, "cantidad": 3, "motivo": "merma"}).status_code == 201


def test_registrar_una_perdida_exige_poder_ajustar(granja: Mundo) -> None:
    from inventario.cuentas.models import Usuario
    from inventario.cuentas.permisos import Rol
    from inventario.cuentas.personas.services import agregar_miembro

    operador = Usuario.objects.create_user("op@granja.ec", "x")
    agregar_miembro(empresa=granja.empresa, usuario=operador, rol=Rol.OPERADOR)
    sesion = ClienteApi()
    sesion.force_login(operador)
    lote = granja.entrada(granja.producto(), 10)
    exigir_sobre(
        sesion.post(RUTA, {"lote_id": lote.pk, "cantidad": 1, "motivo": "merma"}), 403, "sin_permiso"
    )
    assert granja.saldo(lote) == 10
    assert sesion.post(RUTA, {"lote_id": lote.pk, "cantidad": 1}).json()["usuario"] == "op@granja.ec"


def test_registrar_lote_desconocido_o_ajeno_es_404(
    granja: Mundo, cliente: ClienteApi, ajeno: ClienteApi
) -> None:
    lote = granja.entrada(granja.producto(), 10)
    antes = granja.foto()
    for quien, pk in ((cliente, lote.pk + 1), (cliente, 2**62), (ajeno, lote.pk)):
        cuerpo = exigir_sobre(quien.post(RUTA, {"lote_id": pk, "cantidad": 1}), 404, "no_encontrado")
        assert cuerpo["detail"] == "Lote no encontrado: la salida no se registró."
    assert granja.foto() == antes


def test_registrar_en_periodo_cerrado_es_400(granja: Mundo, cliente: ClienteApi) -> None:
    lote = granja.entrada(granja.producto(), 10)
    granja.empresa.cierre_hasta = dia(0)
    granja.empresa.save()
    exigir_sobre(cliente.post(RUTA, {"lote_id": lote.pk, "cantidad": 1}), 400, "periodo_cerrado")
    assert Lote.objects.get(pk=lote.pk).saldo == Decimal(10)
