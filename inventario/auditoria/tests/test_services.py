"""Anotar: quién, qué, desde dónde y por qué; lo que difiere y sin secretos; y cae con lo que se hacía."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.models import Anotacion
from inventario.auditoria.services import SISTEMA, anotar
from inventario.auditoria.valores import ELEMENTOS_MAXIMO, OCULTO, TEXTO_MAXIMO, diferencia
from inventario.cuentas.models import Empresa
from inventario.nucleo.actores import Actor
from inventario.nucleo.solicitud import IdentificadorDeSolicitud, olvidar_solicitud
from inventario.nucleo.solo_agregar import SoloSeAgrega


@pytest.fixture(autouse=True)
def sin_solicitud() -> None:
    olvidar_solicitud()


@pytest.mark.usefixtures("alcance")
def test_anotar_guarda_quien_que_y_por_que(actor: Actor) -> None:
    actor = replace(actor, externo_id="u-7", externo_nombre="Rosa", solicitud_id="s-1")
    anotar(
        actor=actor,
        hecho=Hecho.EMPRESA_CAMBIADA,
        sobre=actor.empresa,
        antes={"nombre": "A", "pais": "EC"},
        despues={"nombre": "B", "pais": "EC"},
        motivo=" se vendió ",
    )
    una = Anotacion.objects.get(hecho="empresa_cambiada")
    assert (una.empresa_id, una.usuario_id) == (actor.empresa.pk, actor.usuario.pk)
    assert una.quien == f"{actor.usuario.nombre} ({actor.usuario.email})"
    assert (una.externo_id, una.externo_nombre, una.solicitud_id) == ("u-7", "Rosa", "s-1")
    assert (una.sobre_tipo, una.sobre_id) == ("cuentas.empresa", str(actor.empresa.pk))
    assert una.sobre == str(actor.empresa)
    assert (una.antes, una.despues, una.motivo) == ({"nombre": "A"}, {"nombre": "B"}, "se vendió")
    assert una.direccion is None


@pytest.mark.usefixtures("alcance")
def test_si_nada_difiere_no_se_anota(actor: Actor) -> None:
    viejo, nuevo = {"precio": Decimal("1.50")}, {"precio": Decimal("1.500")}
    que = {"actor": actor, "hecho": Hecho.PRECIO_CAMBIADO, "sobre": actor.empresa}
    assert anotar(**que, antes=viejo, despues=nuevo) is None  # type: ignore[arg-type]  # son los de `anotar`
    assert not Anotacion.objects.filter(hecho="precio_cambiado").exists()


def test_sin_actor_es_el_sistema_y_hay_que_decir_la_empresa(alcance: Empresa) -> None:
    anotar(actor=None, empresa=alcance, hecho=Hecho.CLAVE_CREADA, sobre=alcance)
    assert Anotacion.objects.get(hecho="clave_creada").quien == SISTEMA
    with pytest.raises(ValueError, match="empresa"):
        anotar(actor=None, hecho=Hecho.CLAVE_CREADA, sobre=alcance)


@pytest.mark.parametrize(
    ("llega", "queda"), [("2001:db8::1", "2001:db8::1"), ("10.0.0.7", "10.0.0.7"), ("<script>", None)]
)
@pytest.mark.usefixtures("alcance")
def test_la_direccion_sale_de_la_peticion_y_una_mal_escrita_no_impide_nada(
    actor: Actor, rf: RequestFactory, llega: str, queda: str | None
) -> None:
    actor = replace(actor, solicitud_id="")

    def vista(request: HttpRequest) -> HttpResponse:
        anotar(actor=actor, hecho=Hecho.BODEGA_CREADA, sobre=actor.empresa)
        return HttpResponse()

    IdentificadorDeSolicitud(vista)(rf.post("/", REMOTE_ADDR=llega, headers={"X-Request-ID": "pedido-1"}))
    una = Anotacion.objects.get(hecho="bodega_creada")
    assert (una.direccion, una.solicitud_id) == (queda, "pedido-1")
    olvidar_solicitud()
    anotar(actor=actor, hecho=Hecho.BODEGA_CREADA, sobre=actor.empresa)
    ultima = Anotacion.objects.filter(hecho="bodega_creada").latest("pk")
    assert (ultima.direccion, ultima.solicitud_id) == (None, "")


@pytest.mark.usefixtures("alcance")
def test_lo_anotado_cae_con_lo_que_se_hacia(actor: Actor) -> None:
    with transaction.atomic():
        anotar(actor=actor, hecho=Hecho.BODEGA_CREADA, sobre=actor.empresa)
        transaction.set_rollback(True)
    assert not Anotacion.objects.filter(hecho="bodega_creada").exists()


@pytest.mark.django_db(transaction=True)
def test_fuera_de_una_transaccion_se_niega(empresa: Empresa) -> None:
    assert not connection.in_atomic_block
    with pytest.raises(TransactionManagementError):
        anotar(actor=None, empresa=empresa, hecho=Hecho.BODEGA_CREADA, sobre=empresa)


@pytest.mark.usefixtures("alcance")
def test_lo_anotado_no_se_edita_ni_se_borra(actor: Actor) -> None:
    anotar(actor=actor, hecho=Hecho.BODEGA_CREADA, sobre=actor.empresa, motivo="x")
    una = Anotacion.objects.get(hecho="bodega_creada")
    for como in (
        una.save,
        una.delete,
        Anotacion.objects.all().delete,
        lambda: Anotacion.objects.update(motivo="y"),
        lambda: Anotacion.objects.bulk_update([una], ["motivo"]),
    ):
        with pytest.raises(SoloSeAgrega):
            como()
    assert Anotacion.objects.get(hecho="bodega_creada").motivo == "x"


def test_los_valores_quedan_legibles_acotados_y_sin_secretos() -> None:
    clave = uuid.UUID(int=7)
    _, quedan = diferencia(
        {},
        {
            "precio": Decimal("12.5000"),
            "dia": date(2026, 3, 31),
            "hora": datetime(2026, 3, 31, 5, tzinfo=UTC),
            "id": clave,
            "permisos": ("ver",),
            "nadie": None,
            "activo": True,
            "texto": "x\x00" * 2000,
            "muchos": range(1000),
            "adentro": {"huella": "abc", "n": Decimal("1")},
            "contrasena": "Secreta-123",
            "token_de_acceso": "",
        },
    )
    assert quedan.pop("texto") == "x" * (TEXTO_MAXIMO - 1) + "…"
    assert quedan.pop("muchos") == list(range(ELEMENTOS_MAXIMO))
    assert quedan == {
        "precio": "12.5",
        "dia": "2026-03-31",
        "hora": "2026-03-31T05:00:00+00:00",
        "id": str(clave),
        "permisos": ["ver"],
        "nadie": None,
        "activo": True,
        "adentro": {"huella": OCULTO, "n": "1"},
        "contrasena": OCULTO,
        "token_de_acceso": "",
    }


def test_que_un_secreto_cambio_se_sabe_aunque_no_se_vea_cual() -> None:
    assert diferencia({"contrasena": "vieja"}, {"contrasena": "nueva"}) == (
        {"contrasena": OCULTO},
        {"contrasena": OCULTO},
    )
