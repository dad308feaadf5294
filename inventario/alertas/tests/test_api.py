"""E11, E12 y lo agregado: las formas del contrato, los filtros, quién ve y quién reconoce."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventario.alertas.models import Alerta
from inventario.alertas.proyeccion import recalcular
from inventario.alertas.services import reconocer_alerta, revisar
from inventario.cuentas.models import ClaveApi, Empresa
from inventario.movimientos.tests.mundo import Mundo, dia
from inventario.nucleo.tests.mundo import ClienteApi
from inventario.productos.models import Producto

pytestmark = pytest.mark.django_db
V1 = "/api/v1/alertas"
CLAVES_DE_ORIGEN = {
    *("id", "tipo_alerta", "entidad_id", "entidad_tipo", "mensaje", "esta_activa"),
    *("metadata_json", "fecha_creacion"),
}


def proyectar(granja: Mundo) -> None:
    recalcular(granja.empresa, Producto.objects.values_list("pk", flat=True), timezone.now())


def con_vencimientos(granja: Mundo, *dias: int) -> list[int]:
    """Un producto sin mínimo con un lote por cada vencimiento; devuelve sus ids."""
    producto = granja.producto(f"V-{Producto.objects.count()}", stock_minimo=0)
    lotes = [granja.entrada(producto, 5, vence=dia(uno)) for uno in dias]
    proyectar(granja)
    return [lote.pk for lote in lotes]


def test_stock_minimo_con_la_forma_del_contrato(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto("HAR-MAIZ-1K", nombre="Harina de maíz 1 kg", stock_minimo=12)
    granja.entrada(producto, 7)
    proyectar(granja)
    respuesta = cliente.get(f"{V1}/stock-minimo")
    assert respuesta.status_code == 200
    (alerta,) = respuesta.json()
    assert set(alerta) >= CLAVES_DE_ORIGEN
    assert {clave: alerta[clave] for clave in CLAVES_DE_ORIGEN - {"id", "fecha_creacion"}} == {
        "tipo_alerta": "stock_minimo",
        "entidad_id": producto.pk,
        "entidad_tipo": "producto",
        "mensaje": "Quedan 7 de un mínimo de 12: Harina de maíz 1 kg (SKU HAR-MAIZ-1K).",
        "esta_activa": True,
        "metadata_json": {
            "nombre": "Harina de maíz 1 kg",
            "sku": "HAR-MAIZ-1K",
            "cantidad_actual": 7,
            "stock_minimo": 12,
        },
    }
    assert alerta["fecha_creacion"].endswith("Z")
    assert (alerta["severidad"], alerta["lote_id"], alerta["bodega"]) == ("alta", None, None)
    assert b'"cantidad_actual":7' in respuesta.content
    assert b"7.0" not in respuesta.content
    assert respuesta["X-Total-Count"] == "1"
    assert cliente.get(f"{V1}/stock-minimo/").json() == [alerta]


def test_por_vencer_aplica_los_dias_al_leer_y_conserva_el_id(granja: Mundo, cliente: ClienteApi) -> None:
    ids = con_vencimientos(granja, 0, 7, 30, 31, 60, -1)
    leidos: dict[str, Any] = {}
    for dias, cuantos in (("", 3), ("?days=1", 1), ("?days=7", 2), ("?days=31", 4), ("?days=365", 5)):
        filas = cliente.get(f"{V1}/por-vencer{dias}").json()
        assert [fila["entidad_id"] for fila in filas] == ids[:cuantos]
        assert {fila["tipo_alerta"] for fila in filas} == {f"por_vencer_{dias[6:] or 30}"}
        leidos[dias] = filas
    assert leidos[""][1]["id"] == leidos["?days=365"][1]["id"]
    assert leidos[""][1] | {"tipo_alerta": ""} == leidos["?days=7"][1] | {"tipo_alerta": ""}
    primera = leidos[""][0]
    assert (primera["entidad_tipo"], primera["bodega"], primera["severidad"]) == (
        "lote",
        "principal",
        "critica",
    )
    assert primera["fecha_referencia"] == primera["metadata_json"]["fecha_vencimiento"]
    (vencida,) = cliente.get(f"{V1}?tipo=vencido").json()
    assert (vencida["tipo_alerta"], vencida["entidad_id"]) == ("vencido", ids[-1])


@pytest.mark.parametrize("dias", ["0", "-1", "366", "99999999999999999999", "x", "1.5", "true"])
def test_por_vencer_con_dias_imposibles_es_422(cliente: ClienteApi, dias: str) -> None:
    respuesta = cliente.get(f"{V1}/por-vencer?days={dias}")
    assert respuesta.status_code == 422
    assert respuesta.json()["codigo"] == "validacion"
    assert [(e["campo"], e["ubicacion"]) for e in respuesta.json()["errores"]] == [("days", "query")]


def test_mas_de_cien_se_paginan_sin_callar_ninguna(granja: Mundo, cliente: ClienteApi) -> None:
    for n in range(103):
        granja.producto(f"P-{n}")
    proyectar(granja)
    respuesta = cliente.get(f"{V1}/stock-minimo")
    assert (len(respuesta.json()), respuesta["X-Total-Count"]) == (100, "103")
    assert 'rel="next"' in respuesta["Link"]
    resto = cliente.get(f"{V1}/stock-minimo?skip=100").json()
    assert len({fila["id"] for fila in [*respuesta.json(), *resto]}) == 103
    por_cursor = cliente.get(f"{V1}?cursor=&limit=60")
    siguiente = por_cursor["Link"].split(">")[0][1:]
    ids = [fila["id"] for fila in [*por_cursor.json(), *cliente.get(siguiente).json()]]
    assert ids == sorted(ids)
    assert len(ids) == 103


def test_filtrar_la_lista(granja: Mundo, cliente: ClienteApi) -> None:
    con_vencimientos(granja, 3, 20, 90)
    bajo = granja.producto("BAJO")
    cerrado = granja.producto("CERRADO")
    proyectar(granja)
    granja.entrada(cerrado, 5)
    proyectar(granja)

    def cuantas(consulta: str) -> int:
        respuesta = cliente.get(f"{V1}?{consulta}")
        assert respuesta.status_code == 200, respuesta.json()
        return len(respuesta.json())

    assert cuantas("") == 5
    assert cuantas("esta_activa=true") == 4
    assert cuantas("esta_activa=false") == 1
    assert cuantas("tipo=por_vencer") == 3
    assert cuantas("severidad=critica&esta_activa=true") == 2
    assert cuantas(f"producto_id={bajo.pk}") == 1
    assert cuantas("reconocida=true") == 0
    assert cuantas("reconocida=false") == 5
    for mala in ("tipo=otra", "severidad=x", "esta_activa=quizá", "producto_id=0", "limit=0", "limit=501"):
        assert cliente.get(f"{V1}?{mala}").status_code == 422
    (historia,) = cliente.get(f"{V1}?esta_activa=false").json()
    assert historia["fecha_desactivacion"] == historia["fecha_actualizacion"] == "2026-03-10T15:00:00Z"


def test_reconocer_anota_quien_y_la_nota_y_no_cierra(granja: Mundo, cliente: ClienteApi) -> None:
    granja.producto()
    proyectar(granja)
    (alerta,) = cliente.get(V1).json()
    ruta = f"{V1}/{alerta['id']}/reconocer"
    respuesta = cliente.post(ruta, {"nota": "Pedido al proveedor"})
    assert respuesta.status_code == 200
    reconocida = respuesta.json()
    assert (reconocida["nota"], reconocida["esta_activa"]) == ("Pedido al proveedor", True)
    assert reconocida["reconocida_por"]
    assert reconocida["fecha_reconocimiento"].endswith("Z")
    assert cliente.get(V1).json() == [reconocida]
    assert cliente.get(f"{V1}/resumen").json()["sin_reconocer"] == 0
    assert cliente.post(ruta, {}).json()["nota"] == ""


def test_reconocer_lo_que_no_se_puede(granja: Mundo, cliente: ClienteApi) -> None:
    producto = granja.producto()
    proyectar(granja)
    alerta = Alerta.objects.get()
    ruta = f"{V1}/{alerta.pk}/reconocer"
    for nota in (7, "x" * 1001, "nulo \x00", ["a"], None):
        assert cliente.post(ruta, {"nota": nota}).status_code == 422
    assert cliente.post(f"{V1}/999999/reconocer", {}).status_code == 404
    assert cliente.post(f"{V1}/uno/reconocer", {}).status_code == 422
    assert cliente.get(ruta).status_code == 405
    assert Alerta.objects.get().reconocida_en is None
    granja.entrada(producto, 5)
    proyectar(granja)
    respuesta = cliente.post(ruta, {})
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (409, "alerta_cerrada")
    assert Alerta.objects.get().reconocida_en is None


def test_resumen_cuenta_lo_abierto(granja: Mundo, cliente: ClienteApi) -> None:
    vacio = cliente.get(f"{V1}/resumen").json()
    assert (vacio["total"], vacio["revisadas_en"]) == (0, None)
    con_vencimientos(granja, 3, 20, 90, -2)
    granja.producto("BAJO")
    revisar(granja.empresa)
    resumen = cliente.get(f"{V1}/resumen").json()
    assert resumen["revisadas_en"].endswith("Z")
    del resumen["revisadas_en"]
    assert resumen == {
        "total": 5,
        "sin_reconocer": 5,
        "por_tipo": {"stock_minimo": 1, "por_vencer": 3, "vencido": 1, "reserva_sin_respaldo": 0},
        "por_severidad": {"critica": 3, "alta": 1, "informativa": 1},
    }


def test_permisos_y_empresa_ajena(
    granja: Mundo,
    cliente: ClienteApi,
    cliente_anonimo: ClienteApi,
    ajeno: ClienteApi,
) -> None:
    granja.producto()
    proyectar(granja)
    pk = Alerta.objects.get().pk
    rutas = (V1, f"{V1}/stock-minimo", f"{V1}/por-vencer", f"{V1}/resumen")
    assert [cliente_anonimo.get(ruta).status_code for ruta in rutas] == [401] * 4
    assert [ajeno.get(ruta).status_code for ruta in rutas] == [200] * 4
    assert ajeno.get(V1).json() == []
    assert ajeno.get(f"{V1}/resumen").json()["total"] == 0
    assert ajeno.post(f"{V1}/{pk}/reconocer", {}).status_code == 404
    assert Alerta.objects.get().reconocida_en is None


def test_quien_solo_lee_no_reconoce(
    empresa: Empresa, cliente_con_alcances: Callable[..., ClienteApi]
) -> None:
    lector = cliente_con_alcances("inventory:read")
    assert lector.get(V1).status_code == 200
    assert lector.post(f"{V1}/1/reconocer", {}).status_code == 403


def test_quien_esta_limitado_a_una_bodega_no_ve_los_lotes_de_las_demas(
    granja: Mundo, cliente: ClienteApi
) -> None:
    producto = granja.producto()
    aqui = granja.entrada(producto, 1, vence=dia(3))
    alla = granja.entrada(producto, 1, vence=dia(3), bodega=granja.otra)
    proyectar(granja)
    ClaveApi.objects.get(empresa=granja.empresa).bodegas_permitidas.add(granja.bodega)
    assert {fila["entidad_id"] for fila in cliente.get(f"{V1}?tipo=por_vencer").json()} == {aqui.pk}
    assert len(cliente.get(f"{V1}/stock-minimo").json()) == 1
    assert cliente.get(f"{V1}/resumen").json()["total"] == 2
    ajena = Alerta.objects.get(lote=alla)
    assert cliente.post(f"{V1}/{ajena.pk}/reconocer", {}).status_code == 404


@pytest.mark.parametrize(
    ("ruta", "consultas"),
    [
        (f"{V1}?limit=500", 5),
        (f"{V1}?cursor=&limit=200", 4),
        (f"{V1}/stock-minimo?limit=500", 5),
        (f"{V1}/por-vencer?limit=500", 5),
        (f"{V1}/resumen", 4),
    ],
)
def test_leer_cuesta_lo_mismo_con_pocas_que_con_muchas_y_no_escribe(
    granja: Mundo, cliente: ClienteApi, ruta: str, consultas: int
) -> None:
    medidas = []
    for desde, hasta in ((0, 3), (3, 40)):
        for n in range(desde, hasta):
            producto = granja.producto(f"P-{n}")
            granja.entrada(producto, 1, vence=dia(5))
        proyectar(granja)
        for alerta in Alerta.objects.activas():
            reconocer_alerta(actor=granja.actor, alerta=alerta, nota="La veo")
        cliente.get(ruta)
        with CaptureQueriesContext(connection) as captura:
            assert cliente.get(ruta).status_code == 200
        suyas = [
            consulta["sql"]
            for consulta in captura
            if not consulta["sql"].startswith(
                ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config")
            )
        ]
        assert all(sql.startswith("SELECT") for sql in suyas)
        medidas.append(len(suyas))
    assert medidas == [consultas, consultas]
