"""Las reservas en la administración: se leen, no se editan, y sus verbos pasan por los servicios."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventario.cuentas.models import Bodega, Empresa, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.lotes.models import Lote
from inventario.movimientos import services as libro
from inventario.movimientos.models import Apartado, Asiento, Existencia
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.fabricas import ProductoFabrica
from inventario.productos.models import Producto
from inventario.reservas import services
from inventario.reservas.models import Reserva

pytestmark = pytest.mark.django_db
LISTA = reverse("admin:reservas_reserva_changelist")


@dataclass
class Tienda:
    """Cien unidades de un producto, y con qué reservarlas."""

    empresa: Empresa
    actor: Actor
    bodega: Bodega
    producto: Producto

    def reservar(self, cantidad: int = 10, **campos: Any) -> Reserva:
        datos = {"bodega": self.bodega, "modulo": "biofloc", "referencia": "T-07", **campos}
        with en_empresa(self.empresa):
            return services.reservar(
                actor=self.actor, producto=self.producto, cantidad=Decimal(cantidad), **datos
            )

    def ver(self, reserva: Reserva) -> tuple[str, Decimal, Decimal, Decimal]:
        """Estado, usada, restante y liberada, leídos de la base."""
        with en_empresa(self.empresa):
            fresca, ahora = Reserva.objects.con_detalle().get(pk=reserva.pk), timezone.now()
            return (
                fresca.estado(ahora).value,
                fresca.apartado.usada,
                fresca.restante(ahora),
                fresca.liberada(ahora),
            )

    def foto(self) -> list[Any]:
        with en_empresa(self.empresa):
            return [
                list(modelo.objects.order_by("pk").values_list())
                for modelo in (Reserva, Apartado, Existencia, Lote, Asiento)
            ]


@pytest.fixture
def tienda(actor: Actor, empresa: Empresa) -> Tienda:
    with en_empresa(empresa):
        bodega = Bodega.objects.get(principal=True)
        producto = ProductoFabrica.create(empresa=empresa, sku="BAL-35", nombre="Balanceado 35")
        libro.registrar_entrada(actor=actor, producto=producto, bodega=bodega, cantidad=Decimal(100))
        return Tienda(empresa, actor, bodega, producto)


@pytest.fixture
def entrar(empresa: Empresa) -> Callable[..., Client]:
    """Da un cliente del admin con ese rol en la empresa."""

    def dar(rol: Rol, *bodegas: Bodega) -> Client:
        usuario = Usuario.objects.create_user(f"{rol}@acme.ec", is_staff=True)
        agregar_miembro(empresa=empresa, usuario=usuario, rol=rol, bodegas_permitidas=bodegas)
        cliente = Client()
        cliente.force_login(usuario)
        return cliente

    return dar


@pytest.fixture
def admin(entrar: Callable[..., Client]) -> Client:
    return entrar(Rol.OPERADOR)


def pagina(reserva: Reserva, cual: str = "change") -> str:
    return reverse(f"admin:reservas_reserva_{cual}", args=[reserva.pk])


def verbo(nombre: str, ids: object) -> str:
    return reverse(f"admin:reservas_reserva_{nombre}") + f"?ids={getattr(ids, 'pk', ids)}"


def enviar(cliente: Client, nombre: str, reserva: Reserva, **datos: Any) -> Any:
    return cliente.post(verbo(nombre, reserva), {"envio": str(uuid.uuid4()), **datos})


def avisos(respuesta: Any) -> list[str]:
    return [str(aviso) for aviso in get_messages(respuesta.wsgi_request)]


def mostradas(cliente: Client, **consulta: str) -> set[Any]:
    respuesta = cliente.get(LISTA, consulta)
    assert respuesta.status_code == 200
    return {fila.pk for fila in respuesta.context["cl"].result_list}


# ── Se lee ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rol", list(Rol))
def test_nadie_agrega_cambia_ni_borra(tienda: Tienda, entrar: Callable[..., Client], rol: Rol) -> None:
    reserva = tienda.reservar()
    cliente, antes = entrar(rol), tienda.foto()
    assert cliente.get(LISTA).status_code == 200
    respuesta = cliente.get(pagina(reserva))
    assert respuesta.status_code == 200
    assert "_save" not in respuesta.content.decode()
    datos = {"notas": "otras", "motivo": "otro", "post": "yes", "_save": "1"}
    assert cliente.post(reverse("admin:reservas_reserva_add"), datos).status_code == 403
    assert cliente.post(pagina(reserva), datos).status_code == 403
    assert cliente.post(pagina(reserva, "delete"), datos).status_code == 403
    cliente.post(LISTA, {"action": "delete_selected", "_selected_action": [reserva.pk], "post": "yes"})
    assert tienda.foto() == antes


def test_la_lista_filtra_por_estado_contra_el_reloj_y_busca(tienda: Tienda, admin: Client) -> None:
    vencida, cancelada, viva = (
        tienda.reservar(horas=1),
        tienda.reservar(),
        tienda.reservar(modulo="hatchery", referencia="N-3"),
    )
    with en_empresa(tienda.empresa):
        services.cancelar_reserva(actor=tienda.actor, reserva=cancelada, motivo="No va")
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        assert mostradas(admin) == {vencida.pk, cancelada.pk, viva.pk}
        assert mostradas(admin, estado="pendiente") == {viva.pk}
        assert mostradas(admin, estado="vencida") == {vencida.pk}
        assert mostradas(admin, estado="cancelada") == {cancelada.pk}
        assert mostradas(admin, estado="confirmada") == set()
        assert mostradas(admin, q="N-3") == mostradas(admin, q="hatchery") == {viva.pk}
        assert mostradas(admin, q="bal-35") == {vencida.pk, cancelada.pk, viva.pk}
        assert mostradas(admin, q="nada") == set()
        assert admin.get(pagina(vencida)).context["acciones"] == []
    assert mostradas(admin, estado="inventado") == {vencida.pk, cancelada.pk, viva.pk}


def test_la_lista_cuesta_lo_mismo_con_pocas_que_con_muchas(tienda: Tienda, admin: Client) -> None:
    medidas = []
    for cuantas in (2, 20):
        for _ in range(cuantas):
            tienda.reservar(1)
        with CaptureQueriesContext(connection) as consultas:
            assert admin.get(LISTA).status_code == 200
        medidas.append(len(consultas))
    assert medidas[0] == medidas[1]


def test_quien_esta_limitado_a_otra_bodega_no_las_ve(tienda: Tienda, entrar: Callable[..., Client]) -> None:
    reserva = tienda.reservar()
    with en_empresa(tienda.empresa):
        otra = Bodega.objects.create(empresa=tienda.empresa, codigo="estanques", nombre="Estanques")
    cliente = entrar(Rol.SUPERVISOR, otra)
    assert mostradas(cliente) == set()
    assert cliente.get(pagina(reserva)).status_code == 302
    for nombre in ("confirmar", "cancelar", "extender"):
        assert cliente.get(verbo(nombre, reserva)).status_code == 404


# ── Los verbos ──────────────────────────────────────────────────────────────────────────────────


def test_confirmar_entera_sale_por_fefo_y_enlaza_el_asiento(tienda: Tienda, admin: Client) -> None:
    reserva = tienda.reservar(10)
    respuesta = enviar(admin, "confirmar", reserva, resto="queda")
    assert respuesta["Location"] == pagina(reserva)
    assert tienda.ver(reserva) == ("confirmada", 10, 0, 0)
    with en_empresa(tienda.empresa):
        asiento = Asiento.objects.get(tipo="salida")
    assert avisos(respuesta) == [f"{asiento}: de la reserva de Balanceado 35 (SKU BAL-35) quedan 0 kg."]
    contenido = admin.get(pagina(reserva)).content.decode()
    assert reverse("admin:movimientos_asiento_change", args=[asiento.pk]) in contenido


@pytest.mark.parametrize(
    ("resto", "queda"), [("queda", ("pendiente", 4, 6, 0)), ("se_libera", ("confirmada", 4, 0, 6))]
)
def test_confirmar_una_parte(tienda: Tienda, admin: Client, resto: str, queda: Any) -> None:
    reserva = tienda.reservar(10)
    enviar(admin, "confirmar", reserva, cantidad="4", resto=resto)
    assert tienda.ver(reserva) == queda


def test_cancelar_pide_el_motivo_y_lo_guarda(tienda: Tienda, admin: Client) -> None:
    reserva = tienda.reservar(10)
    antes = tienda.foto()
    assert enviar(admin, "cancelar", reserva, motivo=" ").context["formulario"].errors
    assert tienda.foto() == antes
    respuesta = enviar(admin, "cancelar", reserva, motivo="Cambió la dieta")
    assert avisos(respuesta) == ["Reserva cancelada: volvieron a estar disponibles 10 kg."]
    assert tienda.ver(reserva) == ("cancelada", 0, 0, 10)
    assert "Cambió la dieta" in admin.get(pagina(reserva)).content.decode()


def test_extender_aleja_el_vencimiento(tienda: Tienda, admin: Client) -> None:
    reserva = tienda.reservar(10, horas=1)
    assert enviar(admin, "extender", reserva, horas="48").status_code == 302
    with en_empresa(tienda.empresa):
        vence = Apartado.objects.get().vence_en
    assert timedelta(hours=47) < vence - reserva.apartado.vence_en < timedelta(hours=48)
    antes = tienda.foto()
    for horas in ("0", "721", "x", ""):
        assert enviar(admin, "extender", reserva, horas=horas).context["formulario"].errors
    assert avisos(enviar(admin, "extender", reserva, horas="1")) == [
        "La reserva ya dura más que eso: extenderla es alejar su vencimiento."
    ]
    assert tienda.foto() == antes


def test_repetir_el_envio_no_repite_y_una_resuelta_no_se_toca(tienda: Tienda, admin: Client) -> None:
    reserva, otra = tienda.reservar(10), tienda.reservar(10)
    envio = {"envio": str(uuid.uuid4()), "cantidad": "4", "resto": "queda"}
    admin.post(verbo("confirmar", reserva), envio)
    repetida = admin.post(verbo("confirmar", reserva), envio)
    assert "Ese formulario ya se había enviado: no se repitió." in avisos(repetida)
    assert tienda.ver(reserva) == ("pendiente", 4, 6, 0)
    enviar(admin, "cancelar", otra, motivo="No va")
    antes = tienda.foto()
    assert avisos(enviar(admin, "confirmar", otra, resto="queda"))[-1] == "La reserva se canceló."
    assert admin.get(pagina(otra)).context["acciones"] == []
    assert tienda.foto() == antes


def test_sin_con_que_cumplir_se_explica_y_no_mueve(tienda: Tienda, admin: Client) -> None:
    reserva = tienda.reservar(80)
    with en_empresa(tienda.empresa):
        lote = Lote.objects.get()
        libro.bloquear_lote(actor=tienda.actor, lote=lote, motivo="Cuarentena")
    antes = tienda.foto()
    [aviso] = avisos(enviar(admin, "confirmar", reserva, resto="queda"))
    assert "insuficiente" in aviso
    assert tienda.foto() == antes


def test_quien_solo_lee_no_tiene_verbos(tienda: Tienda, entrar: Callable[..., Client]) -> None:
    reserva = tienda.reservar(10)
    cliente, antes = entrar(Rol.AUDITOR), tienda.foto()
    assert cliente.get(pagina(reserva)).context["acciones"] == []
    for nombre in ("confirmar", "cancelar", "extender"):
        assert cliente.get(verbo(nombre, reserva)).status_code == 403
        assert enviar(cliente, nombre, reserva, motivo="x", horas="48", resto="queda").status_code == 403
    assert tienda.foto() == antes


def test_los_verbos_van_de_a_una_y_a_las_que_existen(tienda: Tienda, admin: Client) -> None:
    una, otra = tienda.reservar(1), tienda.reservar(1)
    elegidas = {"action": "confirmar", "_selected_action": [str(una.pk), str(otra.pk)]}
    assert avisos(admin.post(LISTA, elegidas)) == ["«Confirmar» es para una sola fila cada vez."]
    elegida = {"action": "cancelar", "_selected_action": [str(una.pk)]}
    assert admin.post(LISTA, elegida)["Location"] == verbo("cancelar", una)
    for malo in ("", "abc", "7", "9" * 5000, f"{una.pk},{otra.pk}", uuid.uuid4()):
        assert admin.get(verbo("confirmar", malo)).status_code == 404, malo
