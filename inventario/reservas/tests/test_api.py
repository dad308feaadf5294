"""`/api/v1/reservas`: lo que se pide, lo que responde y lo que no deja hacer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.models import Bodega
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.api.conftest import cliente_de
from inventario.movimientos.tests.api.sobre import exigir_sobre
from inventario.movimientos.tests.mundo import AHORA, Mundo, cant, dia
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.mundo import ClienteApi, cliente_con
from inventario.productos.models import Producto
from inventario.reservas import services
from inventario.reservas.models import Reserva

pytestmark = pytest.mark.django_db
V1 = "/api/v1/reservas"
DE_TRANSACCION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config")
Reservar = Callable[..., dict[str, Any]]


@pytest.fixture
def producto(granja: Mundo) -> Producto:
    producto = granja.producto("BAL-35")
    granja.entrada(producto, 100, vence=dia(30))
    return producto


@pytest.fixture
def reservar(cliente: ClienteApi, producto: Producto) -> Reservar:
    """Reserva por la API y devuelve lo que respondió."""

    def hacer(cantidad: float = 10, **campos: Any) -> dict[str, Any]:
        respuesta = cliente.post(V1, {"producto_id": producto.pk, "cantidad": cantidad, **campos})
        assert respuesta.status_code == 201, respuesta.json()
        cuerpo: dict[str, Any] = respuesta.json()
        return cuerpo

    return hacer


def verbo(reserva: dict[str, Any], cual: str) -> str:
    return f"{V1}/{reserva['id']}/{cual}"


def cuenta(reserva: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(reserva[campo] for campo in ("estado", "cantidad", "usada", "restante", "liberada"))


def test_reservar_devuelve_la_reserva_entera(granja: Mundo, cliente: ClienteApi, producto: Producto) -> None:
    pedido = {
        "producto_id": producto.pk,
        "cantidad": 25.5,
        "horas": 2,
        "modulo": "biofloc",
        "referencia": "T-07",
        "notas": "Turno de noche\ncon lámpara",
    }
    respuesta = cliente.post(V1, pedido, HTTP_X_ACTING_USER_ID="u-9")
    assert respuesta.status_code == 201
    cuerpo = respuesta.json()
    reserva = Reserva.objects.get()
    assert cuerpo == {
        "id": str(reserva.pk),
        "estado": "pendiente",
        "producto_id": producto.pk,
        "producto_sku": "BAL-35",
        "producto_nombre": "Alimento BAL-35",
        "unidad": "kg",
        "bodega": "principal",
        "cantidad": 25.5,
        "usada": 0,
        "restante": 25.5,
        "liberada": 0,
        "modulo": "biofloc",
        "referencia": "T-07",
        "notas": "Turno de noche\ncon lámpara",
        "creada_en": "2026-03-10T15:00:00Z",
        "vence_en": "2026-03-10T17:00:00Z",
        "creada_por": str(reserva.creada_por),
        "persona_externa": "u-9",
        "resuelta_en": None,
        "resuelta_por": None,
        "motivo": "",
    }
    assert cliente.get(f"{V1}/{reserva.pk}").json() == cuerpo
    assert cliente.get(f"{V1}/").json() == [cuerpo]
    assert granja.disponible(producto) == cant("74.5")


def test_sin_decir_horas_dura_un_dia_y_sin_bodega_es_la_habitual(reservar: Reservar) -> None:
    reserva = reservar(1)
    assert (reserva["vence_en"], reserva["bodega"]) == ("2026-03-11T15:00:00Z", "principal")


def test_se_reserva_en_la_bodega_que_se_nombre(
    granja: Mundo, cliente: ClienteApi, producto: Producto
) -> None:
    pedido = {"producto_id": producto.pk, "cantidad": 3, "bodega": "estanques"}
    sobre = exigir_sobre(cliente.post(V1, pedido), 400, "stock_insuficiente")
    assert "Estanques" in sobre["detail"]
    granja.entrada(producto, 3, bodega=granja.otra)
    assert cliente.post(V1, pedido).json()["bodega"] == "estanques"
    assert (granja.disponible(producto), granja.disponible(producto, granja.otra)) == (100, 0)


def test_lo_que_no_alcanza_es_400_con_las_cifras_y_no_promete(
    granja: Mundo, cliente: ClienteApi, producto: Producto, reservar: Reservar
) -> None:
    reservar(60)
    antes = granja.foto()
    respuesta = cliente.post(V1, {"producto_id": producto.pk, "cantidad": 40.0001})
    [error] = exigir_sobre(respuesta, 400, "stock_insuficiente")["errores"]
    assert [error[c] for c in ("solicitado", "disponible", "reservado")] == [40.0001, 40, 60]
    assert granja.foto() == antes


def test_confirmar_entera_saca_por_fefo_y_dice_de_que_lotes(
    granja: Mundo, cliente: ClienteApi, producto: Producto, reservar: Reservar
) -> None:
    largo, pronto = producto.lotes.get(), granja.entrada(producto, 4, vence=dia(2), costo=3)
    reserva = reservar(10, modulo="biofloc", referencia="T-07", notas="De noche")
    respuesta = cliente.post(verbo(reserva, "confirmar"))
    assert respuesta.status_code == 200
    cuerpo = respuesta.json()
    assert cuenta(cuerpo) == ("confirmada", 10, 10, 0, 0)
    assert cuerpo["resuelta_en"] == "2026-03-10T15:00:00Z"
    assert cuerpo["resuelta_por"] == cuerpo["creada_por"]
    lineas = cuerpo["movimientos"]
    assert [(linea["lote_id"], linea["cantidad"]) for linea in lineas] == [
        (pronto.pk, 4),
        (largo.pk, 6),
    ]
    assert {linea["asiento_id"] for linea in lineas} == {cuerpo["asiento_id"]}
    asiento = cliente.get(f"/api/v1/inventario/asientos/{cuerpo['asiento_id']}").json()
    assert [asiento[c] for c in ("documento_tipo", "documento_id", "modulo", "referencia", "notas")] == [
        *("reserva", reserva["id"], "biofloc", "T-07", "De noche")
    ]
    visto = cliente.get(f"{V1}/{reserva['id']}").json()
    assert {**visto, "asiento_id": cuerpo["asiento_id"], "movimientos": lineas} == cuerpo


@pytest.mark.parametrize(
    ("resto", "esperada", "disponible"),
    [
        ({}, ("pendiente", 10, 4, 6, 0), 90),
        ({"resto": "queda"}, ("pendiente", 10, 4, 6, 0), 90),
        ({"resto": "se_libera"}, ("confirmada", 10, 4, 0, 6), 96),
    ],
)
def test_confirmar_una_parte_y_decidir_el_resto(
    granja: Mundo,
    cliente: ClienteApi,
    producto: Producto,
    reservar: Reservar,
    resto: dict[str, str],
    esperada: tuple[Any, ...],
    disponible: int,
) -> None:
    reserva = reservar(10)
    respuesta = cliente.post(verbo(reserva, "confirmar"), {"cantidad": 4, **resto})
    assert cuenta(respuesta.json()) == esperada
    assert (granja.fisica(producto), granja.disponible(producto)) == (96, disponible)


def test_confirmar_mas_de_lo_que_resta_es_422(granja: Mundo, cliente: ClienteApi, reservar: Reservar) -> None:
    reserva = reservar(10)
    cliente.post(verbo(reserva, "confirmar"), {"cantidad": 4})
    antes = granja.foto()
    sobre = exigir_sobre(cliente.post(verbo(reserva, "confirmar"), {"cantidad": 6.0001}), 422, "validacion")
    assert [(e["campo"], e["codigo"]) for e in sobre["errores"]] == [("cantidad", "max_value")]
    assert granja.foto() == antes


def test_sin_con_que_cumplir_es_400_y_sigue_pendiente(
    granja: Mundo, cliente: ClienteApi, producto: Producto, reservar: Reservar
) -> None:
    reserva = reservar(80)
    granja.merma(producto.lotes.get(), 50)
    antes = granja.foto()
    [error] = exigir_sobre(cliente.post(verbo(reserva, "confirmar")), 400, "stock_insuficiente")["errores"]
    assert (error["solicitado"], error["disponible"]) == (80, 50)
    assert granja.foto() == antes
    assert cuenta(cliente.get(f"{V1}/{reserva['id']}").json()) == ("pendiente", 80, 0, 80, 0)


def test_cancelar_suelta_y_conserva_el_motivo_y_lo_usado(
    granja: Mundo, cliente: ClienteApi, producto: Producto, reservar: Reservar
) -> None:
    reserva = reservar(10, modulo="biofloc")
    granja.peps(producto, 3, glosa=Glosa(modulo="biofloc"))
    granja.peps(producto, 90)
    cuerpo = cliente.post(verbo(reserva, "cancelar"), {"motivo": "Cambió la dieta"}).json()
    assert cuenta(cuerpo) == ("cancelada", 10, 3, 0, 7)
    assert (cuerpo["motivo"], cuerpo["resuelta_en"]) == ("Cambió la dieta", "2026-03-10T15:00:00Z")
    assert granja.disponible(producto) == 7


def test_extender_cuenta_desde_ahora(cliente: ClienteApi, reservar: Reservar) -> None:
    reserva = reservar(10, horas=1)
    cuerpo = cliente.post(verbo(reserva, "extender"), {"horas": 720}).json()
    assert cuerpo["vence_en"] == "2026-04-09T15:00:00Z"
    sobre = exigir_sobre(cliente.post(verbo(reserva, "extender"), {"horas": 719}), 422, "validacion")
    assert sobre["errores"][0]["campo"] == "horas"


def test_pasada_su_hora_esta_vencida_aunque_ninguna_tarea_lo_anote(
    granja: Mundo, cliente: ClienteApi, producto: Producto, reservar: Reservar
) -> None:
    reserva = reservar(10, horas=1)
    with time_machine.travel(AHORA.replace(hour=16), tick=False):
        cuerpo = cliente.get(f"{V1}/{reserva['id']}").json()
        assert cuenta(cuerpo) == ("vencida", 10, 0, 0, 10)
        assert (cuerpo["resuelta_en"], cuerpo["resuelta_por"]) == ("2026-03-10T16:00:00Z", None)
        assert cliente.get(V1).json() == []
        assert cliente.get(V1, {"estado": "vencida"}).json() == [cuerpo]
        sobre = exigir_sobre(cliente.post(verbo(reserva, "confirmar")), 404, "reserva_ya_resuelta")
        assert sobre["detail"] == "La reserva venció."
        with en_empresa(granja.empresa):
            assert services.vencer_reservas(granja.empresa) == 1
        # Anotada o no, se ve igual.
        assert cliente.get(f"{V1}/{reserva['id']}").json() == cuerpo


@pytest.mark.parametrize(
    ("final", "cuerpo", "frase"),
    [
        ("confirmar", {}, "La reserva ya se confirmó o se usó entera."),
        ("cancelar", {"motivo": "Ya no"}, "La reserva se canceló."),
    ],
)
def test_una_reserva_se_resuelve_una_sola_vez(
    granja: Mundo, cliente: ClienteApi, reservar: Reservar, final: str, cuerpo: dict[str, str], frase: str
) -> None:
    reserva = reservar(10)
    assert cliente.post(verbo(reserva, final), cuerpo).status_code == 200
    antes = granja.foto()
    for otro, datos in (("confirmar", {}), ("cancelar", {"motivo": "x"}), ("extender", {"horas": 48})):
        sobre = exigir_sobre(cliente.post(verbo(reserva, otro), datos), 404, "reserva_ya_resuelta")
        assert sobre["detail"] == frase
    assert granja.foto() == antes


@pytest.fixture
def variadas(granja: Mundo, cliente: ClienteApi, producto: Producto, reservar: Reservar) -> dict[str, str]:
    """Una de cada estado; los nombres dicen cuál es el id de cuál."""
    otro = granja.producto("OTRO")
    granja.entrada(otro, 100)
    granja.entrada(otro, 5, bodega=granja.otra)
    hechas = {
        "vencida": reservar(1, horas=1, modulo="biofloc"),
        "cancelada": reservar(1, modulo="biofloc"),
        "confirmada": reservar(1, modulo="hatchery"),
        "pendiente": reservar(1, modulo="biofloc", referencia="T-1", horas=9),
        "otra": reservar(1, producto_id=otro.pk, modulo="hatchery", referencia="T-2", horas=9),
        "lejos": reservar(1, producto_id=otro.pk, bodega="estanques", horas=9),
    }
    cliente.post(verbo(hechas["cancelada"], "cancelar"), {"motivo": "No va"})
    cliente.post(verbo(hechas["confirmada"], "confirmar"))
    return {nombre: reserva["id"] for nombre, reserva in hechas.items()}


VIVAS = ["lejos", "otra", "pendiente"]


@pytest.mark.parametrize(
    ("filtro", "esperadas"),
    [
        ("", VIVAS),
        ("?estado=pendiente", VIVAS),
        ("?estado=confirmada", ["confirmada"]),
        ("?estado=cancelada", ["cancelada"]),
        ("?estado=vencida", ["vencida"]),
        ("?estado=", [*VIVAS, "confirmada", "cancelada", "vencida"]),
        ("?estado=todas", [*VIVAS, "confirmada", "cancelada", "vencida"]),
        ("?modulo=biofloc", ["pendiente"]),
        ("?estado=&modulo=biofloc", ["pendiente", "cancelada", "vencida"]),
        ("?referencia=T-2", ["otra"]),
        ("?sku=bal-35", ["pendiente"]),
        ("?sku=NADA", []),
        ("?producto_id={otro}", ["lejos", "otra"]),
        ("?producto_id={otro}&bodega=ESTANQUES", ["lejos"]),
    ],
)
def test_la_lista_filtra_y_va_de_la_mas_nueva_a_la_mas_antigua(
    cliente: ClienteApi, variadas: dict[str, str], filtro: str, esperadas: list[str]
) -> None:
    otro = Producto.objects.get(sku="OTRO").pk
    with time_machine.travel(AHORA.replace(hour=17), tick=False):
        respuesta = cliente.get(V1 + filtro.format(otro=otro))
    assert [fila["id"] for fila in respuesta.json()] == [variadas[nombre] for nombre in esperadas]
    assert respuesta["X-Total-Count"] == str(len(esperadas))


def test_la_lista_se_recorre_por_salto_y_por_cursor(cliente: ClienteApi, variadas: dict[str, str]) -> None:
    todas = [fila["id"] for fila in cliente.get(f"{V1}?estado=").json()]
    pagina = cliente.get(f"{V1}?estado=&skip=1&limit=2")
    assert [fila["id"] for fila in pagina.json()] == todas[1:3]
    assert (pagina["X-Total-Count"], pagina["Link"].count("rel=")) == ("6", 2)
    vistas: list[str] = []
    ruta = f"{V1}?estado=&cursor=&limit=4"
    while ruta:
        respuesta = cliente.get(ruta)
        vistas += [fila["id"] for fila in respuesta.json()]
        siguientes = [p for p in respuesta.get("Link", "").split(", ") if 'rel="next"' in p]
        ruta = siguientes[0].split(">")[0][1:] if siguientes else ""
    assert vistas == todas


def test_lo_de_otra_empresa_y_lo_de_otra_bodega_no_existe(
    granja: Mundo, ajeno: ClienteApi, reservar: Reservar
) -> None:
    reserva = reservar(5)
    estanques = Bodega.objects.get(codigo="estanques")
    _, clave = crear_clave_api(
        empresa=granja.empresa, nombre="De estanques", alcances=["*:*"], bodegas_permitidas=[estanques]
    )
    antes = granja.foto()
    for quien in (ajeno, cliente_con(clave)):
        assert quien.get(f"{V1}?estado=").json() == []
        exigir_sobre(quien.get(f"{V1}/{reserva['id']}"), 404, "no_encontrado")
        for cual, cuerpo in (("confirmar", {}), ("cancelar", {"motivo": "x"}), ("extender", {"horas": 700})):
            exigir_sobre(quien.post(verbo(reserva, cual), cuerpo), 404, "no_encontrado")
    assert granja.foto() == antes


def test_cada_verbo_pide_su_permiso(granja: Mundo, producto: Producto, reservar: Reservar) -> None:
    reserva = reservar(5)
    antes = granja.foto()
    lee = cliente_de(granja, "inventory:read")
    assert lee.get(V1).status_code == 200
    pedido = {"producto_id": producto.pk, "cantidad": 1}
    for ruta, cuerpo in (
        (V1, pedido),
        (verbo(reserva, "confirmar"), {}),
        (verbo(reserva, "cancelar"), {"motivo": "x"}),
        (verbo(reserva, "extender"), {"horas": 48}),
    ):
        exigir_sobre(lee.post(ruta, cuerpo), 403, "sin_permiso")
        exigir_sobre(ClienteApi().post(ruta, cuerpo), 401, "no_autenticado")
        exigir_sobre(lee.delete(ruta), 405, "metodo_no_permitido")
    exigir_sobre(cliente_de(granja, "inventory:write").get(V1), 403, "sin_permiso")
    assert granja.foto() == antes


def test_una_clave_de_un_modulo_no_toca_lo_de_otro(
    granja: Mundo, producto: Producto, reservar: Reservar
) -> None:
    reserva = reservar(5, modulo="biofloc")
    _, clave = crear_clave_api(
        empresa=granja.empresa, nombre="Hatchery", alcances=["*:*"], modulos=["hatchery"]
    )
    quien = cliente_con(clave)
    antes = granja.foto()
    pedido = {"producto_id": producto.pk, "cantidad": 1, "modulo": "biofloc"}
    exigir_sobre(quien.post(V1, pedido), 403, "sin_permiso")
    exigir_sobre(quien.post(verbo(reserva, "confirmar")), 403, "sin_permiso")
    exigir_sobre(quien.post(verbo(reserva, "cancelar"), {"motivo": "x"}), 403, "sin_permiso")
    assert granja.foto() == antes


# ── Idempotencia ────────────────────────────────────────────────────────────────────────────────


def test_repetir_cada_verbo_con_la_misma_clave_da_lo_mismo_y_no_mueve(
    granja: Mundo, cliente: ClienteApi, producto: Producto, reservar: Reservar
) -> None:
    confirmada, cancelada, extendida = reservar(5), reservar(5), reservar(5)
    pedidos: list[tuple[str, dict[str, Any], int]] = [
        (V1, {"producto_id": producto.pk, "cantidad": 7}, 201),
        (verbo(confirmada, "confirmar"), {}, 200),
        (verbo(cancelada, "cancelar"), {"motivo": "Ya no"}, 200),
        (verbo(extendida, "extender"), {"horas": 48}, 200),
    ]
    for numero, (ruta, cuerpo, estado) in enumerate(pedidos):
        primera = cliente.post(ruta, cuerpo, HTTP_IDEMPOTENCY_KEY=f"k-{numero}")
        assert primera.status_code == estado
        antes = granja.foto()
        # La repetida no mira el estado: una confirmación repetida es 200, no 404 (decisión 18).
        segunda = cliente.post(ruta, cuerpo, HTTP_IDEMPOTENCY_KEY=f"k-{numero}")
        assert (segunda.status_code, segunda.content) == (estado, primera.content)
        assert segunda["Idempotency-Replayed"] == "true"
        otro = cliente.post(ruta, {**cuerpo, "notas": "x"}, HTTP_IDEMPOTENCY_KEY=f"k-{numero}")
        exigir_sobre(otro, 409, "conflicto")
        assert granja.foto() == antes


# ── Cuánto cuesta ───────────────────────────────────────────────────────────────────────────────


def consultas_de(hacer: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as consultas:
        assert hacer().status_code in (200, 201)
    return len([c for c in consultas if not c["sql"].startswith(DE_TRANSACCION)])


def test_leer_cuesta_lo_mismo_con_pocas_que_con_muchas(cliente: ClienteApi, reservar: Reservar) -> None:
    # Identificar la clave y hallar su bodega son dos; contar y leer la página, las demás.
    rutas = {f"{V1}?limit=500": 4, f"{V1}?cursor=&limit=200&estado=": 3}
    una = reservar(1)
    cliente.get(V1)
    for _ in range(2):
        medidas = {ruta: consultas_de(lambda ruta=ruta: cliente.get(ruta)) for ruta in rutas}  # type: ignore[misc]  # el valor por omisión fija cuál
        assert medidas == rutas
        for _ in range(30):
            reservar(1)
    assert consultas_de(lambda: cliente.get(f"{V1}/{una['id']}")) == 3


def test_confirmar_cuesta_lo_mismo_salga_de_un_lote_o_de_veinte(
    granja: Mundo, cliente: ClienteApi, reservar: Reservar, producto: Producto
) -> None:
    for numero in range(20):
        granja.entrada(producto, 1, vence=dia(numero))
    cliente.get(V1)
    de_muchos, de_uno = reservar(20), reservar(20)
    medidas = [consultas_de(lambda r=r: cliente.post(verbo(r, "confirmar"))) for r in (de_muchos, de_uno)]  # type: ignore[misc]  # ídem
    assert medidas[0] == medidas[1]
    lineas = [a.movimientos.count() for a in Asiento.objects.filter(tipo="salida").order_by("pk")]
    assert lineas == [20, 1]
