"""La historia de quién atendió una alerta: queda aunque empeore, y nadie la edita."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import ProtectedError

from inventario.alertas.models import Alerta, Reconocimiento
from inventario.alertas.proyeccion import recalcular
from inventario.alertas.services import AlertaCerrada, reconocer_alerta
from inventario.cuentas.models import Usuario
from inventario.movimientos.tests.api.conftest import cliente_de
from inventario.movimientos.tests.mundo import AHORA, Mundo, dia
from inventario.nucleo.errores import DatoInvalido, SinPermiso
from inventario.nucleo.solo_agregar import SoloSeAgrega
from inventario.nucleo.tests.mundo import ClienteApi

V1 = "/api/v1/alertas"
pytestmark = pytest.mark.django_db
Historia = list[tuple[Usuario, str, str]]


def que_vence(mundo: Mundo, dias: int = 31) -> Alerta:
    """La de un lote que mañana pasa de informativa a alta."""
    producto = mundo.producto(stock_minimo=0)
    mundo.entrada(producto, 5, vence=dia(dias))
    recalcular(mundo.empresa, [producto.pk], mundo.reloj())
    alerta: Alerta = Alerta.objects.get()
    return alerta


def empeorar(mundo: Mundo, alerta: Alerta) -> None:
    mundo.reloj.avanzar(days=1)
    recalcular(mundo.empresa, [alerta.producto_id], mundo.reloj())
    alerta.refresh_from_db()


def historia(alerta: Alerta) -> Historia:
    return [(uno.quien, uno.nota, uno.severidad) for uno in alerta.reconocimientos.all()]


def test_lo_que_empeora_vuelve_a_pedir_atencion_y_recuerda_quien_la_atendio(mundo: Mundo) -> None:
    alerta = que_vence(mundo)
    reconocer_alerta(actor=mundo.actor, alerta=alerta, nota="Se usa en abril", reloj=mundo.reloj)
    empeorar(mundo, alerta)
    assert (alerta.severidad, alerta.reconocida, alerta.nota) == ("alta", False, "")
    assert historia(alerta) == [(mundo.actor.usuario, "Se usa en abril", "informativa")]
    reconocer_alerta(actor=mundo.actor, alerta=alerta, nota="Se regala", reloj=mundo.reloj)
    alerta.refresh_from_db()
    assert (alerta.reconocida_por, alerta.reconocida_en, alerta.nota) == (
        mundo.actor.usuario,
        AHORA + timedelta(days=1),
        "Se regala",
    )
    assert historia(alerta)[1:] == [(mundo.actor.usuario, "Se regala", "alta")]
    assert [uno.cuando for uno in alerta.reconocimientos.all()] == [AHORA, AHORA + timedelta(days=1)]


def test_de_dos_que_la_reconocen_quedan_las_dos_y_vale_la_ultima(mundo: Mundo) -> None:
    alerta = que_vence(mundo)
    otra = Usuario.objects.create(email="ana@granja.test", nombre="Ana", password="!")
    reconocer_alerta(actor=mundo.actor, alerta=alerta, nota="La veo", reloj=mundo.reloj)
    ultima = reconocer_alerta(
        actor=replace(mundo.actor, usuario=otra), alerta=alerta, nota="Yo la veo", reloj=mundo.reloj
    )
    assert (ultima.reconocida_por, ultima.nota) == (otra, "Yo la veo")
    assert historia(alerta) == [
        (mundo.actor.usuario, "La veo", "informativa"),
        (otra, "Yo la veo", "informativa"),
    ]


def test_lo_que_se_rechaza_no_deja_rastro(mundo: Mundo) -> None:
    alerta = que_vence(mundo)
    with pytest.raises(DatoInvalido):
        reconocer_alerta(actor=mundo.actor, alerta=alerta, nota="x" * 1001)
    with pytest.raises(SinPermiso):
        reconocer_alerta(actor=mundo.actor_con(), alerta=alerta)
    assert alerta.lote is not None
    mundo.merma(alerta.lote, 5)
    recalcular(mundo.empresa, [alerta.producto_id], mundo.reloj())
    with pytest.raises(AlertaCerrada):
        reconocer_alerta(actor=mundo.actor, alerta=alerta)
    assert Reconocimiento.objects.count() == 0


EDITAR: dict[str, Callable[[Reconocimiento], object]] = {
    "guardarlo": lambda uno: uno.save(),
    "borrarlo": lambda uno: uno.delete(),
    "update": lambda _: Reconocimiento.objects.update(nota="x"),
    "delete": lambda _: Reconocimiento.objects.all().delete(),
    "desde la alerta": lambda uno: uno.alerta.reconocimientos.update(nota="x"),
}


@pytest.mark.parametrize("como", EDITAR)
def test_editar_la_historia_se_rechaza(mundo: Mundo, como: str) -> None:
    alerta = que_vence(mundo)
    reconocer_alerta(actor=mundo.actor, alerta=alerta, nota="La veo", reloj=mundo.reloj)
    antes = list(Reconocimiento.objects.values())
    with pytest.raises(SoloSeAgrega, match="reconozca la alerta otra vez"):
        EDITAR[como](alerta.reconocimientos.get())
    with pytest.raises(ProtectedError):
        alerta.delete()
    assert list(Reconocimiento.objects.values()) == antes


# ── Por la API ──────────────────────────────────────────────────────────────────────────────────


def test_la_lista_cuenta_toda_la_historia(granja: Mundo, cliente: ClienteApi) -> None:
    alerta = que_vence(granja)
    respuesta = cliente.post(f"{V1}/{alerta.pk}/reconocer", {"nota": "Se usa en abril"}).json()
    [primero] = respuesta["reconocimientos"]
    assert primero == {
        "quien": respuesta["reconocida_por"],
        "fecha": "2026-03-10T15:00:00Z",
        "nota": "Se usa en abril",
        "severidad": "informativa",
    }
    empeorar(granja, alerta)
    [leida] = cliente.get(V1).json()
    assert (leida["reconocida_por"], leida["nota"]) == (None, "")
    assert leida["reconocimientos"] == [primero]


def test_repetir_el_mismo_pedido_es_un_solo_reconocimiento(granja: Mundo) -> None:
    alerta, cliente = que_vence(granja), cliente_de(granja)
    veces = [
        cliente.post(f"{V1}/{alerta.pk}/reconocer", {"nota": "La veo"}, headers={"Idempotency-Key": "una"})
        for _ in range(2)
    ]
    assert [vez.status_code for vez in veces] == [200, 200]
    assert veces[0].json() == veces[1].json()
    assert Reconocimiento.objects.count() == 1


# ── Lo que ya estaba reconocido cuando no había historia ────────────────────────────────────────


def migrar(hasta: str = "") -> None:
    """Va a esa migración de las alertas; sin nombrarla, a la última de todas."""
    hechor = MigrationExecutor(connection)
    hechor.migrate([("alertas", hasta)] if hasta else hechor.loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
def test_lo_reconocido_antes_pasa_a_la_historia_una_sola_vez(granja: Mundo) -> None:
    alerta = que_vence(granja)
    granja.producto("SIN-VER")
    quien = granja.actor.usuario
    try:
        migrar("0004_alerta_cerradas")
        Alerta.objects.filter(pk=alerta.pk).update(reconocida_por=quien, reconocida_en=AHORA, nota="Ya sé")
        migrar("0006_reconocimientos_de_antes")
        assert historia(alerta) == [(quien, "Ya sé", "informativa")]
        migrar("0005_reconocimiento")
        migrar("0006_reconocimientos_de_antes")
        assert Reconocimiento.objects.get().cuando == AHORA
    finally:
        migrar()
