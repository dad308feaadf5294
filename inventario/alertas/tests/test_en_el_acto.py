"""Quien mueve algo ve sus alertas al día al volver, y si en ese momento no se pudo, no se pierden."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from inventario.alertas.models import Alerta
from inventario.cuentas.empresas.selectors import bodega_principal
from inventario.cuentas.models import Bodega, Empresa
from inventario.eventos import tasks
from inventario.eventos.bandeja import sin_avisar
from inventario.eventos.models import Entrega, Evento
from inventario.lotes.models import Lote
from inventario.movimientos import services as libro
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Apartado, Motivo
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.mundo import ClienteApi
from inventario.productos.models import Producto
from inventario.productos.services import crear_producto, editar_producto, eliminar_producto
from inventario.reservas.services import cancelar_reserva, reservar, vencer_reservas

pytestmark = pytest.mark.django_db(transaction=True)

CONSUMIDOR = "inventario.alertas.consumidores.al_moverse"
AQUI = "inventario.alertas.tests.test_en_el_acto"


@pytest.fixture
def bodega(empresa: Empresa) -> Bodega:
    with en_empresa(empresa):
        return bodega_principal(empresa)


def producto_nuevo(
    actor: Actor, minimo: int = 5, sku: str = "HAR-1", *, sobre_disponible: bool = False
) -> Producto:
    with en_empresa(actor.empresa):
        return crear_producto(
            actor=actor,
            nombre="Harina",
            sku=sku,
            stock_minimo=Decimal(minimo),
            minimo_sobre_disponible=sobre_disponible,
        )


def entrar(actor: Actor, producto: Producto, bodega: Bodega, cantidad: int) -> Lote:
    with en_empresa(actor.empresa):
        asiento = libro.registrar_entrada(
            actor=actor, producto=producto, bodega=bodega, cantidad=Decimal(cantidad)
        )
    return asiento.lineas[0].lote


def abiertas(empresa: Empresa) -> list[str]:
    with en_empresa(empresa):
        return list(Alerta.objects.activas().order_by("pk").values_list("tipo", flat=True))


def pendientes(empresa: Empresa) -> tuple[int, int]:
    """Cuántos eventos que alguien espera hay sin encaminar y cuántas entregas por hacer."""
    with en_empresa(empresa):
        return (
            Evento.objects.filter(repartido_en=None, tipo__in=settings.CONSUMIDORES_DE_EVENTOS).count(),
            Entrega.objects.filter(estado="pendiente").count(),
        )


def roto(*eventos: Evento) -> None:
    raise RuntimeError("roto")


def test_crear_mover_y_eliminar_la_dejan_al_dia(empresa: Empresa, actor: Actor, bodega: Bodega) -> None:
    producto = producto_nuevo(actor)
    assert abiertas(empresa) == ["stock_minimo"]
    entrar(actor, producto, bodega, 5)
    assert abiertas(empresa) == []
    with en_empresa(empresa):
        libro.despachar_fefo(actor=actor, producto=producto, bodega=bodega, cantidad=Decimal(5))
        # Todavía no se confirma: nadie más lo ve, y la alerta tampoco.
        assert not Alerta.objects.activas().exists()
    assert abiertas(empresa) == ["stock_minimo"]
    with en_empresa(empresa):
        editar_producto(actor=actor, producto=producto, cambios={"stock_minimo": Decimal(0)})
    assert abiertas(empresa) == []
    with en_empresa(empresa):
        editar_producto(actor=actor, producto=producto, cambios={"stock_minimo": Decimal(1)})
    with en_empresa(empresa):
        eliminar_producto(actor=actor, producto=producto)
    assert abiertas(empresa) == []
    # No quedó nada por encaminar ni hizo falta una entrega.
    assert pendientes(empresa) == (0, 0)


def test_lo_que_se_deshace_no_avisa(empresa: Empresa, actor: Actor) -> None:
    def crear_y_fallar() -> None:
        with en_empresa(empresa):
            crear_producto(actor=actor, nombre="Harina", sku="H")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crear_y_fallar()
    assert abiertas(empresa) == []


def test_bloquear_desbloquear_y_cancelar_mueven_la_de_respaldo(
    empresa: Empresa, actor: Actor, bodega: Bodega
) -> None:
    producto = producto_nuevo(actor, minimo=0)
    lote = entrar(actor, producto, bodega, 10)
    with en_empresa(empresa):
        reserva = reservar(actor=actor, producto=producto, bodega=bodega, cantidad=Decimal(8))
    with en_empresa(empresa):
        libro.bloquear_lote(actor=actor, lote=lote, motivo="Cuarentena")
    assert abiertas(empresa) == ["reserva_sin_respaldo"]
    with en_empresa(empresa):
        libro.desbloquear_lote(actor=actor, lote=lote, motivo="Liberado")
    assert abiertas(empresa) == []
    merma = Glosa(motivo=Motivo.MERMA, texto="Se dañó en la descarga")
    with en_empresa(empresa):
        libro.registrar_merma(actor=actor, lote=lote, cantidad=Decimal(9), glosa=merma)
    assert abiertas(empresa) == ["reserva_sin_respaldo"]
    with en_empresa(empresa):
        cancelar_reserva(actor=actor, reserva=reserva, motivo="Ya no")
    assert abiertas(empresa) == []


def test_reservar_cancelar_vencer_y_bloquear_mueven_la_del_minimo_sobre_lo_disponible(
    empresa: Empresa, actor: Actor, bodega: Bodega
) -> None:
    producto = producto_nuevo(actor, sobre_disponible=True)
    lote = entrar(actor, producto, bodega, 8)
    assert abiertas(empresa) == []
    pedido: dict[str, Any] = {"actor": actor, "producto": producto, "bodega": bodega, "cantidad": Decimal(4)}
    reserva = reservar(**pedido)
    assert abiertas(empresa) == ["stock_minimo"]
    cancelar_reserva(actor=actor, reserva=reserva, motivo="Ya no")
    assert abiertas(empresa) == []
    reservar(**pedido, horas=1, reloj=lambda: timezone.now() - timedelta(hours=2))
    # Nació vencida: hasta que alguien lo anote, nada cambió.
    assert abiertas(empresa) == []
    reservar(**pedido, horas=1)
    assert abiertas(empresa) == ["stock_minimo"]
    with en_empresa(empresa):
        Apartado.objects.vigentes().update(vence_en=timezone.now())
    vencer_reservas(empresa)
    assert abiertas(empresa) == []
    with en_empresa(empresa):
        libro.bloquear_lote(actor=actor, lote=lote, motivo="Cuarentena")
    assert abiertas(empresa) == ["stock_minimo"]
    with en_empresa(empresa):
        libro.desbloquear_lote(actor=actor, lote=lote, motivo="Liberado")
    assert abiertas(empresa) == []
    assert pendientes(empresa) == (0, 0)


def test_reservar_lo_que_no_lo_pidio_no_hace_mirar_nada(
    empresa: Empresa, actor: Actor, bodega: Bodega
) -> None:
    producto = producto_nuevo(actor)
    entrar(actor, producto, bodega, 8)
    reservar(actor=actor, producto=producto, bodega=bodega, cantidad=Decimal(4))
    assert abiertas(empresa) == []
    with en_empresa(empresa):
        assert not Evento.objects.filter(tipo="disponible_reducido").exists()


def test_por_la_api_la_respuesta_siguiente_ya_la_muestra(
    cliente_api: ClienteApi, empresa: Empresa, bodega: Bodega
) -> None:
    creado = cliente_api.post("/api/v1/productos", {"nombre": "H", "sku": "H", "precio": 1}).json()
    assert len(cliente_api.get("/api/v1/alertas/stock-minimo").json()) == 1
    cliente_api.post("/api/v1/inventario/entradas", {"producto_id": creado["id"], "cantidad_recibida": 5})
    assert cliente_api.get("/api/v1/alertas/stock-minimo").json() == []
    assert cliente_api.delete(f"/api/v1/productos/{creado['id']}").status_code == 409
    otro = cliente_api.post("/api/v1/productos", {"nombre": "I", "sku": "I", "precio": 1}).json()
    cliente_api.delete(f"/api/v1/productos/{otro['id']}")
    assert cliente_api.get("/api/v1/alertas/stock-minimo").json() == []


def test_si_en_el_acto_falla_lo_hace_la_ronda(empresa: Empresa, actor: Actor, settings: Any) -> None:
    consumidores = settings.CONSUMIDORES_DE_EVENTOS
    settings.CONSUMIDORES_DE_EVENTOS = {"producto_cambiado": [f"{AQUI}.roto"]}
    settings.CONSUMIDORES_EN_EL_ACTO = [f"{AQUI}.roto"]
    producto = producto_nuevo(actor)
    # Lo hecho quedó; la tarea a la que se avisó lo intentó y lo dejó para después.
    with en_empresa(empresa):
        assert Producto.objects.get() == producto
        entrega = Entrega.objects.get()
        assert (entrega.estado, entrega.intentos) == ("pendiente", 1)
        Entrega.objects.all().delete()
        Evento.objects.update(repartido_en=None)
    settings.CONSUMIDORES_DE_EVENTOS = consumidores
    settings.CONSUMIDORES_EN_EL_ACTO = [CONSUMIDOR]
    tasks.despachar()
    assert abiertas(empresa) == ["stock_minimo"]
    assert pendientes(empresa) == (0, 0)


def test_lo_callado_lo_recoge_la_ronda_de_una_vez(empresa: Empresa, actor: Actor) -> None:
    with sin_avisar():
        for n in range(3):
            producto_nuevo(actor, sku=f"P-{n}")
    assert (abiertas(empresa), pendientes(empresa)) == ([], (3, 0))
    tasks.despachar(empresa.pk)
    assert (abiertas(empresa), pendientes(empresa)) == (["stock_minimo"] * 3, (0, 0))


def test_aunque_otro_lo_espere_por_la_cola_sigue_en_el_acto(
    empresa: Empresa, actor: Actor, settings: Any
) -> None:
    settings.CONSUMIDORES_DE_EVENTOS = {"producto_cambiado": [CONSUMIDOR, f"{AQUI}.roto"]}
    producto_nuevo(actor)
    assert abiertas(empresa) == ["stock_minimo"]
    with en_empresa(empresa):
        assert [entrega.consumidor for entrega in Entrega.objects.all()] == [f"{AQUI}.roto"]


def test_la_ronda_aisla_al_evento_que_rompe_a_los_demas(
    empresa: Empresa, actor: Actor, settings: Any
) -> None:
    with sin_avisar(), transaction.atomic():
        bueno = producto_nuevo(actor)
        with en_empresa(empresa):
            Evento.objects.create(
                empresa=empresa,
                tipo="producto_cambiado",
                clave="malo",
                datos={"productos": [["no es un id"]]},
            )
    tasks.despachar(empresa.pk)
    with en_empresa(empresa):
        assert Alerta.objects.get().producto == bueno
        estados = dict(Entrega.objects.values_list("evento__clave", "estado"))
    assert estados == {f"producto:{bueno.pk}": "entregada", "malo": "pendiente"}
