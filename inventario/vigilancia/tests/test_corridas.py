"""Lo que se anota de las tareas periódicas: qué, cuándo, cómo terminó, y sin crecer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import Task, shared_task
from celery.app.trace import build_tracer
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.test import Client
from django.utils import timezone

from config.celery import app
from inventario.cuentas.empresas.por_empresa import RondaIncompleta, por_cada_empresa
from inventario.cuentas.models import Empresa, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.eventos.models import Comprobacion, Corrida
from inventario.eventos.tasks import latir
from inventario.nucleo.empresa import en_empresa
from inventario.vigilancia.corridas import COMPROBACIONES_POR_EMPRESA, anotar_comprobacion, anotar_corrida

pytestmark = pytest.mark.django_db
# Una tarea suelta las conexiones al empezar: no puede haber una transacción abierta alrededor.
de_worker = pytest.mark.django_db(transaction=True)
EMPEZO = datetime(2027, 1, 1, 9, tzinfo=UTC)
TERMINO = EMPEZO + timedelta(seconds=3)


@shared_task(name="prueba_que_falla")
def fallar() -> None:
    raise ValueError("no hay caso")


def correr(tarea: Task, **cabeceras: str) -> None:
    """Corre la tarea por donde la corre un worker, con sus avisos, en este proceso."""
    pedido = {"id": str(uuid.uuid4()), "is_eager": False, "ignore_result": True, **cabeceras}
    build_tracer(tarea.name, tarea, app=app)(pedido["id"], (), {}, pedido)


def comprobar(empresa: Empresa, diferencias: int = 0, detalle: str = "") -> Comprobacion:
    return anotar_comprobacion(
        empresa, diferencias=diferencias, detalle=detalle, empezo_en=EMPEZO, termino_en=TERMINO
    )


@de_worker
def test_lo_que_manda_beat_deja_una_fila_y_la_siguiente_la_reemplaza() -> None:
    antes = timezone.now()
    correr(latir, periodic_task_name="latido")
    primera = Corrida.objects.get()
    assert (primera.trabajo, primera.bien, primera.detalle) == ("latido", True, "")
    assert antes <= primera.empezo_en <= primera.termino_en <= timezone.now()
    correr(latir, periodic_task_name="latido")
    assert Corrida.objects.get().empezo_en > primera.empezo_en


@de_worker
def test_lo_que_falla_queda_anotado_con_su_motivo() -> None:
    correr(fallar, periodic_task_name="falla")
    corrida = Corrida.objects.get()
    assert (corrida.trabajo, corrida.bien) == ("prueba_que_falla", False)
    assert corrida.detalle == "ValueError: no hay caso"


@de_worker
def test_lo_que_no_manda_beat_no_se_anota() -> None:
    correr(latir)
    latir.apply(headers={"periodic_task_name": "latido"})
    assert Corrida.objects.count() == 0


def test_anotar_una_corrida_recorta_el_detalle() -> None:
    anotar_corrida("x", empezo_en=EMPEZO, termino_en=TERMINO, error="ñ" * 5000)
    assert Corrida.objects.get().detalle == "ñ" * 2000


def test_anotar_comprobaciones_conserva_las_ultimas_de_cada_empresa(
    empresa: Empresa, otra_empresa: Empresa
) -> None:
    ajena = comprobar(otra_empresa)
    hechas = [comprobar(empresa, diferencias=n).pk for n in range(COMPROBACIONES_POR_EMPRESA + 3)]
    with en_empresa(empresa):
        assert list(Comprobacion.objects.values_list("pk", flat=True)) == hechas[:2:-1]
    with en_empresa(otra_empresa):
        assert Comprobacion.objects.get() == ajena


def test_una_ronda_sigue_aunque_una_empresa_falle_y_lo_dice_al_final(
    empresa: Empresa, otra_empresa: Empresa, caplog: Any
) -> None:
    vistas = []

    def hacer(cual: Empresa) -> None:
        vistas.append(cual.slug)
        if cual == empresa:
            raise ZeroDivisionError("división por cero")

    with pytest.raises(RondaIncompleta, match=r"^Falló en: acme\.$"):
        por_cada_empresa(hacer)
    assert vistas == ["acme", "otra"]
    assert "La ronda falló en la empresa acme" in caplog.text
    assert "división por cero" in caplog.text


def test_una_ronda_sin_tiempo_no_empieza_otra_empresa(empresa: Empresa, otra_empresa: Empresa) -> None:
    vistas = []

    def tardar(cual: Empresa) -> None:
        vistas.append(cual.slug)
        raise SoftTimeLimitExceeded

    with pytest.raises(SoftTimeLimitExceeded):
        por_cada_empresa(tardar)
    assert vistas == ["acme"]


def test_una_ronda_con_una_empresa_rota_deja_hecho_lo_de_las_demas(
    empresa: Empresa, otra_empresa: Empresa
) -> None:
    def cambiar(cual: Empresa) -> None:
        with transaction.atomic():
            Empresa.objects.filter(pk=cual.pk).update(nombre="Cambiada")
            if cual == empresa:
                raise ZeroDivisionError

    with pytest.raises(RondaIncompleta):
        por_cada_empresa(cambiar)
    assert list(Empresa.objects.order_by("slug").values_list("nombre", flat=True)) == [
        "Camaronera Acme",
        "Cambiada",
    ]


@pytest.fixture
def entrar_con(empresa: Empresa) -> Callable[..., Client]:
    def entrar(rol: str, *, superusuario: bool = False) -> Client:
        persona = Usuario.objects.create_user(
            f"{rol}-{superusuario}@acme.ec", is_staff=True, is_superuser=superusuario
        )
        agregar_miembro(empresa=empresa, usuario=persona, rol=rol)
        cliente = Client()
        cliente.force_login(persona)
        return cliente

    return entrar


def test_las_comprobaciones_se_ven_y_no_se_tocan(
    entrar_con: Callable[..., Client], empresa: Empresa, otra_empresa: Empresa
) -> None:
    mala = comprobar(empresa, 2, "I1: lote 7: saldo 3, y sus movimientos suman 4.\nI2: …")
    ajena = comprobar(otra_empresa, 1, "ajena")
    auditor = entrar_con(Rol.AUDITOR)
    lista = "/admin/eventos/comprobacion/"
    pagina = auditor.get(lista)
    assert pagina.status_code == 200
    assert f"{lista}{mala.pk}/change/" in pagina.content.decode()
    assert f"{lista}{ajena.pk}/change/" not in pagina.content.decode()
    assert "I1: lote 7: saldo 3" in auditor.get(f"{lista}{mala.pk}/change/").content.decode()
    assert auditor.get(f"{lista}{ajena.pk}/change/").status_code == 302
    for resto in ("add/", f"{mala.pk}/delete/"):
        assert auditor.get(lista + resto).status_code == 403
    assert auditor.post(f"{lista}{mala.pk}/change/", {"diferencias": 0}).status_code == 403
    with en_empresa(empresa):
        assert Comprobacion.objects.get().diferencias == 2


def test_las_corridas_son_del_sistema_y_solo_las_ve_quien_lo_administra(
    entrar_con: Callable[..., Client],
) -> None:
    anotar_corrida("latido", empezo_en=EMPEZO, termino_en=TERMINO)
    lista = "/admin/eventos/corrida/"
    assert entrar_con(Rol.ADMINISTRADOR).get(lista).status_code == 403
    raiz = entrar_con(Rol.ADMINISTRADOR, superusuario=True)
    assert "latido" in raiz.get(lista).content.decode()
    assert raiz.get(f"{lista}latido/change/").status_code == 200
    for resto in ("add/", "latido/delete/"):
        assert raiz.get(lista + resto).status_code == 403
