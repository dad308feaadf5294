"""Las alertas en la administración: se leen, se reconocen y se vuelven a calcular; nada se edita."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventario.alertas.models import Alerta, Reconocimiento, Revision, SuscripcionAlResumen
from inventario.alertas.services import revisar
from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Empresa, Membresia, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.fabricas import ProductoFabrica
from inventario.productos.models import Producto

pytestmark = pytest.mark.django_db
LISTA = reverse("admin:alertas_alerta_changelist")
REVISIONES = reverse("admin:alertas_revision_changelist")
SUSCRIPCIONES = reverse("admin:alertas_suscripcionalresumen_changelist")


@pytest.fixture
def producto(empresa: Empresa) -> Producto:
    with en_empresa(empresa):
        producto = ProductoFabrica.create(empresa=empresa, sku="BAL-35", nombre="Balanceado")
    revisar(empresa)
    return producto


@pytest.fixture
def entrar(empresa: Empresa) -> Callable[[str], Client]:
    """Da la sesión de alguien con ese rol."""

    def con_rol(rol: str) -> Client:
        usuario = Usuario.objects.create_user(f"{rol}@acme.ec", nombre=rol.capitalize(), is_staff=True)
        agregar_miembro(empresa=empresa, usuario=usuario, rol=rol)
        cliente = Client()
        cliente.force_login(usuario)
        return cliente

    return con_rol


def la_alerta(empresa: Empresa) -> Alerta:
    with en_empresa(empresa):
        return Alerta.objects.select_related("reconocida_por").get()


def verbo(nombre: str, *alertas: Alerta) -> str:
    ids = ",".join(str(alerta.pk) for alerta in alertas)
    return f"{reverse(f'admin:alertas_alerta_{nombre}')}?ids={ids}"


def dicho(respuesta: Any) -> list[str]:
    return [str(mensaje) for mensaje in get_messages(respuesta.wsgi_request)]


def test_se_leen_y_nadie_las_edita(
    empresa: Empresa, producto: Producto, entrar: Callable[[str], Client]
) -> None:
    cliente = entrar(Rol.ADMINISTRADOR)
    lista = cliente.get(LISTA).content.decode()
    assert "Quedan 0 de un mínimo de 5: Balanceado (SKU BAL-35)." in lista
    assert "Quedan 0 de un" in cliente.get(f"{LISTA}?q=bal-35").content.decode()
    assert "Quedan 0 de un" not in cliente.get(f"{LISTA}?q=otro").content.decode()
    assert cliente.get(f"{LISTA}?activa__exact=1&tipo__exact=stock_minimo").status_code == 200
    alerta = la_alerta(empresa)
    ficha = reverse("admin:alertas_alerta_change", args=[alerta.pk])
    assert cliente.get(ficha).status_code == 200
    assert cliente.post(ficha, {"mensaje": "otro"}).status_code == 403
    assert cliente.get(reverse("admin:alertas_alerta_add")).status_code == 403
    assert cliente.get(reverse("admin:alertas_alerta_delete", args=[alerta.pk])).status_code == 403
    assert la_alerta(empresa).mensaje == alerta.mensaje


def test_reconocer_anota_quien_y_la_nota(
    empresa: Empresa, producto: Producto, entrar: Callable[[str], Client]
) -> None:
    cliente = entrar(Rol.OPERADOR)
    alerta = la_alerta(empresa)
    ruta = verbo("reconocer", alerta)
    assert cliente.get(ruta).status_code == 200
    respuesta = cliente.post(ruta, {"envio": uuid.uuid4(), "nota": "Pedido"})
    assert respuesta.status_code == 302
    assert dicho(respuesta) == ["Reconocida: Quedan 0 de un mínimo de 5: Balanceado (SKU BAL-35)."]
    reconocida = la_alerta(empresa)
    assert (str(reconocida.reconocida_por), reconocida.nota, reconocida.activa) == (
        "Operador",
        "Pedido",
        True,
    )


def test_la_ficha_cuenta_quienes_la_reconocieron_y_no_se_edita(
    empresa: Empresa, producto: Producto, entrar: Callable[[str], Client]
) -> None:
    cliente = entrar(Rol.OPERADOR)
    alerta = la_alerta(empresa)
    envio = {"envio": uuid.uuid4(), "nota": "Pedido"}
    cliente.post(verbo("reconocer", alerta), envio)
    assert "no se repitió" in dicho(cliente.post(verbo("reconocer", alerta), envio))[-1]
    entrar(Rol.SUPERVISOR).post(verbo("reconocer", alerta), {"envio": uuid.uuid4(), "nota": "Ya llega"})
    with en_empresa(empresa):
        assert list(Reconocimiento.objects.values_list("quien__nombre", "nota", "severidad")) == [
            ("Operador", "Pedido", "critica"),
            ("Supervisor", "Ya llega", "critica"),
        ]
    ficha = cliente.get(reverse("admin:alertas_alerta_change", args=[alerta.pk])).content.decode()
    assert "Historia de los reconocimientos" in ficha
    assert ficha.index("Pedido") < ficha.rindex("Ya llega")
    assert 'name="reconocimientos' not in ficha


def test_recalcular_las_de_un_producto_la_cierra_si_ya_no_ocurre(
    empresa: Empresa, producto: Producto, entrar: Callable[[str], Client]
) -> None:
    cliente = entrar(Rol.SUPERVISOR)
    with en_empresa(empresa):
        Producto.objects.update(stock_minimo=0)
    respuesta = cliente.post(verbo("recalcular", la_alerta(empresa)), {"envio": uuid.uuid4()})
    assert dicho(respuesta) == ["Balanceado (SKU BAL-35): 0 abiertas, 0 actualizadas, 1 cerradas."]
    alerta = la_alerta(empresa)
    assert not alerta.activa
    respuesta = cliente.post(verbo("reconocer", alerta), {"envio": uuid.uuid4()})
    assert dicho(respuesta)[-1] == "La alerta ya se cerró: lo que la causó ya no ocurre."
    assert la_alerta(empresa).reconocida_en is None


def test_el_auditor_solo_mira(empresa: Empresa, producto: Producto, entrar: Callable[[str], Client]) -> None:
    cliente = entrar(Rol.AUDITOR)
    assert cliente.get(LISTA).status_code == 200
    for nombre in ("reconocer", "recalcular"):
        respuesta = cliente.post(verbo(nombre, la_alerta(empresa)), {"envio": uuid.uuid4()})
        assert respuesta.status_code == 403
    assert cliente.get(SUSCRIPCIONES).status_code == 403
    assert la_alerta(empresa).reconocida_en is None


def test_revisar_todas_desde_la_ultima_revision(
    empresa: Empresa, producto: Producto, entrar: Callable[[str], Client]
) -> None:
    cliente = entrar(Rol.SUPERVISOR)
    with en_empresa(empresa):
        Producto.objects.update(stock_minimo=0)
        revision = Revision.objects.get()
    datos = {"action": "revisar", "_selected_action": [revision.pk]}
    respuesta = cliente.post(REVISIONES, datos)
    assert dicho(respuesta) == ["Alertas revisadas: 0 abiertas, 0 actualizadas, 1 cerradas."]
    assert not la_alerta(empresa).activa
    assert entrar(Rol.AUDITOR).post(REVISIONES, datos).status_code in (200, 302)
    with en_empresa(empresa):
        assert Revision.objects.get().cerradas == 1


def test_lo_de_otra_empresa_no_existe(
    otra_empresa: Empresa, producto: Producto, entrar: Callable[[str], Client]
) -> None:
    with en_empresa(otra_empresa):
        ProductoFabrica.create(empresa=otra_empresa, sku="AJENO")
    revisar(otra_empresa)
    ajena = la_alerta(otra_empresa)
    cliente = entrar(Rol.ADMINISTRADOR)
    assert "AJENO" not in cliente.get(LISTA).content.decode()
    assert cliente.get(verbo("reconocer", ajena)).status_code == 404


def test_suscribir_y_quitar_a_un_miembro(empresa: Empresa, entrar: Callable[[str], Client]) -> None:
    cliente = entrar(Rol.ADMINISTRADOR)
    otra = crear_empresa(slug="lejana", nombre="Lejana")
    extrano = agregar_miembro(
        empresa=otra, usuario=Usuario.objects.create_user("x@lejana.ec", nombre="Extraño"), rol=Rol.OPERADOR
    )
    agregar = reverse("admin:alertas_suscripcionalresumen_add")
    assert "Extraño" not in cliente.get(agregar).content.decode()
    assert cliente.post(agregar, {"membresia": extrano.pk}).status_code == 200
    membresia = Membresia.objects.get(empresa=empresa)
    assert cliente.post(agregar, {"membresia": membresia.pk}).status_code == 302
    with en_empresa(empresa):
        suscripcion = SuscripcionAlResumen.objects.get()
    assert (suscripcion.membresia, suscripcion.activa, suscripcion.empresa) == (membresia, True, empresa)
    ficha = reverse("admin:alertas_suscripcionalresumen_change", args=[suscripcion.pk])
    assert cliente.post(ficha, {}).status_code == 302
    with en_empresa(empresa):
        assert not SuscripcionAlResumen.objects.get().activa
    assert cliente.get(SUSCRIPCIONES).status_code == 200


def test_la_lista_cuesta_lo_mismo_con_muchas(
    empresa: Empresa, producto: Producto, entrar: Callable[[str], Client]
) -> None:
    cliente = entrar(Rol.ADMINISTRADOR)
    medidas = []
    for cuantos in (1, 30):
        with en_empresa(empresa):
            for _ in range(cuantos):
                ProductoFabrica.create(empresa=empresa)
        revisar(empresa)
        cliente.get(LISTA)
        with CaptureQueriesContext(connection) as consultas:
            cliente.get(LISTA)
        medidas.append(len(consultas))
    assert medidas[0] == medidas[1]
