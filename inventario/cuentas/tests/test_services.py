"""Empresas, bodegas, gente y claves: lo que se puede y lo que se rechaza sin dejar rastro."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventario.cuentas.actores import (
    actor_de_clave,
    actor_de_membresia,
    anotar_uso,
    buscar_clave,
    huella_de,
)
from inventario.cuentas.claves.services import crear_clave_api, revocar_clave
from inventario.cuentas.empresas.errores import (
    BodegaEnUso,
    BodegaYaExiste,
    EmpresaConHistoria,
    EmpresaYaExiste,
    SinEmpresa,
)
from inventario.cuentas.empresas.selectors import bodega_principal, elegir_empresa, empresas_de
from inventario.cuentas.empresas.services import (
    cambiar_bodega,
    cambiar_empresa,
    cerrar_hasta,
    crear_bodega,
    crear_empresa,
)
from inventario.cuentas.models import Bodega, ClaveApi, Empresa, Membresia, Usuario
from inventario.cuentas.permisos import Permiso, Rol
from inventario.cuentas.personas.errores import YaEsMiembro
from inventario.cuentas.personas.services import agregar_miembro, cambiar_membresia
from inventario.movimientos.services import registrar_entrada
from inventario.nucleo.actores import Actor
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import DatoInvalido, NoEncontrado, SinPermiso
from inventario.nucleo.tests.fabricas import BodegaFabrica, ProductoFabrica

pytestmark = pytest.mark.django_db

MEDIODIA = datetime(2026, 3, 31, 17, tzinfo=UTC)


def test_crear_empresa_trae_su_bodega_principal() -> None:
    empresa = crear_empresa(slug="Acme-1", nombre=" Acme ", pais="ec", moneda="usd")
    assert (empresa.slug, empresa.nombre, empresa.pais, empresa.moneda) == ("acme-1", "Acme", "EC", "USD")
    with en_empresa(empresa):
        bodega = bodega_principal(empresa)
        assert (bodega.codigo, bodega.principal, bodega.activa) == ("principal", True, True)
        assert Bodega.objects.count() == 1


def test_crear_empresa_repetida_se_rechaza(empresa: Empresa) -> None:
    with pytest.raises(EmpresaYaExiste, match="«acme»"):
        crear_empresa(slug="ACME", nombre="Otra")
    assert Empresa.objects.count() == 1


@pytest.mark.parametrize(
    ("campo", "valor"),
    [
        ("slug", ""),
        ("slug", "con espacio"),
        ("slug", "ñandú"),
        ("slug", "a" * 51),
        ("nombre", "  "),
        ("nombre", "a\x00b"),
        ("nombre", "a" * 201),
        ("pais", "ECU"),
        ("moneda", "U$"),
        ("zona_horaria", "Marte/Olympus"),
    ],
)
def test_crear_empresa_con_un_dato_malo_dice_cual(campo: str, valor: str) -> None:
    datos = {"slug": "nueva", "nombre": "Nueva", campo: valor}
    with pytest.raises(DatoInvalido) as fallo:
        crear_empresa(**datos)
    assert fallo.value.datos["campo"] == campo
    assert not Empresa.objects.exists()


def test_cambiar_empresa_sin_historia_cambia_todo(actor: Actor) -> None:
    cambiar_empresa(actor=actor, nombre="Acme SA", zona_horaria="America/Lima", moneda="PEN")
    empresa = Empresa.objects.get()
    assert (empresa.nombre, empresa.zona_horaria, empresa.moneda) == ("Acme SA", "America/Lima", "PEN")


@pytest.mark.parametrize("cambio", [{"zona_horaria": "America/Lima"}, {"moneda": "PEN"}])
def test_cambiar_empresa_con_historia_congela_zona_y_moneda(
    alcance: Empresa, actor: Actor, bodega: Bodega, cambio: dict[str, Any]
) -> None:
    registrar_entrada(
        actor=actor, producto=ProductoFabrica.create(empresa=alcance), bodega=bodega, cantidad=Decimal(1)
    )
    with pytest.raises(EmpresaConHistoria):
        cambiar_empresa(actor=actor, nombre="Otro", **cambio)
    empresa = cambiar_empresa(actor=actor, nombre="Acme SA", zona_horaria="America/Guayaquil")
    assert (empresa.nombre, empresa.zona_horaria, empresa.moneda) == ("Acme SA", "America/Guayaquil", "USD")


def test_cambiar_empresa_sin_permiso_no_cambia(actor_con: Callable[[str], Actor]) -> None:
    supervisor = actor_con(Rol.SUPERVISOR)
    for intento in (
        lambda: cambiar_empresa(actor=supervisor, nombre="X"),
        lambda: cerrar_hasta(actor=supervisor, fecha=date(2020, 1, 1)),
        lambda: crear_bodega(actor=supervisor, codigo="x", nombre="X"),
    ):
        with pytest.raises(SinPermiso, match="administrar"):
            intento()
    assert Empresa.objects.get().nombre == "Camaronera Acme"


def test_cerrar_hasta_ayer_se_admite_y_hasta_hoy_no(actor: Actor) -> None:
    ayer, hoy = date(2026, 3, 30), date(2026, 3, 31)
    assert cerrar_hasta(actor=actor, fecha=ayer, reloj=lambda: MEDIODIA).cierre_hasta == ayer
    with pytest.raises(DatoInvalido, match="anterior a hoy"):
        cerrar_hasta(actor=actor, fecha=hoy, reloj=lambda: MEDIODIA)
    # A las 03:00 UTC del 1 de abril en Guayaquil sigue siendo 31 de marzo.
    with pytest.raises(DatoInvalido):
        cerrar_hasta(actor=actor, fecha=hoy, reloj=lambda: MEDIODIA + timedelta(hours=10))
    assert Empresa.objects.get().cierre_hasta == ayer
    assert cerrar_hasta(actor=actor, fecha=None).cierre_hasta is None


def test_crear_bodega_repetida_se_rechaza_sin_mirar_mayusculas(alcance: Empresa, actor: Actor) -> None:
    crear_bodega(actor=actor, codigo="norte", nombre="Norte")
    with pytest.raises(BodegaYaExiste, match="«norte»"):
        crear_bodega(actor=actor, codigo="NORTE", nombre="Otra")
    assert Bodega.objects.count() == 2


def test_cambiar_bodega_principal_o_con_existencias_no_se_apaga(
    alcance: Empresa, actor: Actor, bodega: Bodega
) -> None:
    norte = crear_bodega(actor=actor, codigo="norte", nombre="Norte")
    producto = ProductoFabrica.create(empresa=alcance)
    registrar_entrada(actor=actor, producto=producto, bodega=norte, cantidad=Decimal(1))
    for una in (bodega, norte):
        with pytest.raises(BodegaEnUso):
            cambiar_bodega(actor=actor, bodega=Bodega.objects.get(pk=una.pk), activa=False)
    assert Bodega.objects.filter(activa=True).count() == 2
    vacia = crear_bodega(actor=actor, codigo="sur", nombre="Sur")
    assert cambiar_bodega(actor=actor, bodega=vacia, nombre="Sur 2", activa=False).activa is False


def test_cambiar_bodega_de_otra_empresa_no_existe(actor: Actor, otra_empresa: Empresa) -> None:
    with en_empresa(otra_empresa):
        ajena = bodega_principal(otra_empresa)
        with pytest.raises(NoEncontrado):
            cambiar_bodega(actor=actor, bodega=ajena, nombre="Tomada")
        assert bodega_principal(otra_empresa).nombre == "Bodega principal"


def test_agregar_miembro_hace_predeterminada_la_primera(empresa: Empresa, otra_empresa: Empresa) -> None:
    usuario = Usuario.objects.create_user("beto@acme.ec")
    primera = agregar_miembro(empresa=otra_empresa, usuario=usuario, rol=Rol.OPERADOR)
    segunda = agregar_miembro(empresa=empresa, usuario=usuario, rol=Rol.AUDITOR)
    assert (primera.predeterminada, segunda.predeterminada) == (True, False)
    with pytest.raises(YaEsMiembro):
        agregar_miembro(empresa=empresa, usuario=usuario, rol=Rol.OPERADOR)
    assert empresas_de(usuario) == [otra_empresa, empresa]
    assert elegir_empresa(usuario, empresa.pk) == empresa
    assert elegir_empresa(usuario, 999) == otra_empresa


def test_agregar_miembro_con_rol_o_bodega_ajenos_se_rechaza(empresa: Empresa, otra_empresa: Empresa) -> None:
    usuario = Usuario.objects.create_user("beto@acme.ec")
    with en_empresa(otra_empresa):
        ajena = bodega_principal(otra_empresa)
    with pytest.raises(DatoInvalido):
        agregar_miembro(empresa=empresa, usuario=usuario, rol="rey")
    with pytest.raises(DatoInvalido):
        agregar_miembro(empresa=empresa, usuario=usuario, rol=Rol.OPERADOR, bodega=ajena)
    with pytest.raises(DatoInvalido):
        agregar_miembro(empresa=empresa, usuario=usuario, rol=Rol.OPERADOR, bodegas_permitidas=[ajena])
    assert not Membresia.objects.exists()


def test_administrar_otra_empresa_se_rechaza(actor: Actor, otra_empresa: Empresa) -> None:
    with pytest.raises(SinPermiso):
        crear_clave_api(actor=actor, empresa=otra_empresa, nombre="x", alcances=["*:*"])
    ajena, _ = crear_clave_api(empresa=otra_empresa, nombre="x", alcances=["*:*"])
    with pytest.raises(NoEncontrado):
        revocar_clave(actor=actor, clave=ajena)
    ajena.refresh_from_db()
    assert ajena.revocada_en is None


def test_cambiar_la_membresia_propia_se_rechaza(actor: Actor) -> None:
    propia = Membresia.objects.get(usuario=actor.usuario)
    with pytest.raises(SinPermiso, match="su propia"):
        cambiar_membresia(
            actor=actor, membresia=propia, rol=Rol.AUDITOR, activa=True, bodega=None, limitada_a=[]
        )
    propia.refresh_from_db()
    assert propia.rol == Rol.ADMINISTRADOR


def test_crear_clave_guarda_solo_la_huella(empresa: Empresa) -> None:
    fila, clave = crear_clave_api(
        empresa=empresa, nombre="Sensor", alcances=["inventory:read", "inventory:read"]
    )
    assert clave.startswith("sk_live_")
    assert len(clave) == len("sk_live_") + 43
    assert fila.huella == huella_de(clave)
    assert fila.alcances == ["inventory:read"]
    assert clave not in str(ClaveApi.objects.filter(pk=fila.pk).values().get())
    assert fila.usuario.es_servicio
    assert not fila.usuario.has_usable_password()
    assert fila.usuario.email.startswith("clave-")
    assert fila.usuario.email.endswith("@servicio.invalid")


@pytest.mark.parametrize("cambio", [{"alcances": []}, {"alcances": ["todo"]}, {"nombre": " "}])
def test_crear_clave_con_datos_malos_no_crea_ni_usuario(empresa: Empresa, cambio: dict[str, Any]) -> None:
    datos: dict[str, Any] = {"nombre": "x", "alcances": ["*:*"], **cambio}
    with pytest.raises(DatoInvalido):
        crear_clave_api(empresa=empresa, **datos)
    with pytest.raises(DatoInvalido):
        crear_clave_api(
            empresa=empresa, nombre="x", alcances=["*:*"], vence_en=timezone.now() - timedelta(seconds=1)
        )
    assert not ClaveApi.objects.exists()
    assert not Usuario.objects.exists()


def test_actuar_con_clave_da_los_permisos_de_sus_alcances(alcance: Empresa) -> None:
    _, clave = crear_clave_api(empresa=alcance, nombre="x", alcances=["inventory:write"])
    fila = buscar_clave(clave)
    assert fila is not None
    actor = actor_de_clave(fila, externo_id="7", externo_nombre="Rosa", solicitud_id="s")
    assert actor.puede(Permiso.DESPACHAR)
    assert not actor.puede(Permiso.VER)
    assert not actor.puede(Permiso.ELIMINAR)
    assert actor.principal == f"clave:{fila.pk}"
    assert (actor.externo_id, actor.externo_nombre, actor.solicitud_id) == ("7", "Rosa", "s")
    assert actor.bodega == bodega_principal(alcance)
    assert actor.alcance == SIN_LIMITE
    assert buscar_clave(clave + "x") is None


def test_actuar_con_clave_total_no_administra(alcance: Empresa) -> None:
    fila, _ = crear_clave_api(empresa=alcance, nombre="x", alcances=["*:*"])
    assert actor_de_clave(fila).permisos == frozenset(Permiso) - {Permiso.ADMINISTRAR}


def test_actuar_limitado_a_bodegas_usa_una_de_las_suyas(alcance: Empresa, bodega: Bodega) -> None:
    norte = BodegaFabrica.create(empresa=alcance, codigo="norte")
    limitada, _ = crear_clave_api(empresa=alcance, nombre="x", alcances=["*:*"], bodegas_permitidas=[norte])
    assert actor_de_clave(limitada).bodega == norte
    assert actor_de_clave(limitada).alcance == Alcance.de({norte.pk})
    habitual, clave = crear_clave_api(
        empresa=alcance, nombre="y", alcances=["*:*"], bodega=norte, bodegas_permitidas=[bodega, norte]
    )
    assert actor_de_clave(habitual).bodega == norte
    leida = buscar_clave(clave)
    assert leida is not None
    assert actor_de_clave(leida).alcance == Alcance.de({bodega.pk, norte.pk})
    # Sin ninguna activa no hay habitual, pero el límite sigue: no se abre a todas.
    Bodega.objects.filter(pk=norte.pk).update(activa=False)
    assert actor_de_clave(limitada).bodega is None
    assert actor_de_clave(limitada).alcance == Alcance.de({norte.pk})


def test_actuar_sin_membresia_se_rechaza(alcance: Empresa, otra_empresa: Empresa, usuario: Usuario) -> None:
    with pytest.raises(SinEmpresa):
        actor_de_membresia(usuario, otra_empresa)
    Membresia.objects.filter(usuario=usuario).update(activa=False)
    with pytest.raises(SinEmpresa):
        actor_de_membresia(usuario, alcance)
    assert empresas_de(usuario) == []


def test_actuar_de_superusuario_puede_todo_en_toda_empresa(alcance: Empresa, otra_empresa: Empresa) -> None:
    raiz = Usuario.objects.create_superuser("raiz@inventario.ec")
    assert actor_de_membresia(raiz, alcance).permisos == frozenset(Permiso.values)
    assert set(empresas_de(raiz)) == {alcance, otra_empresa}
    Empresa.objects.filter(pk=alcance.pk).update(activa=False)
    assert empresas_de(raiz) == [otra_empresa]
    raiz.is_active = False
    assert empresas_de(raiz) == []


def test_anotar_uso_escribe_a_lo_sumo_una_vez_por_minuto(
    empresa: Empresa, django_assert_num_queries: Any
) -> None:
    fila, _ = crear_clave_api(empresa=empresa, nombre="x", alcances=["*:*"])
    with CaptureQueriesContext(connection) as hechas:
        anotar_uso(fila, MEDIODIA)
    assert sum(hecha["sql"].startswith("UPDATE") for hecha in hechas) == 1
    fila.refresh_from_db()
    assert fila.ultimo_uso_en == MEDIODIA
    with django_assert_num_queries(0):
        anotar_uso(fila, MEDIODIA + timedelta(seconds=59))
    anotar_uso(fila, MEDIODIA + timedelta(seconds=60))
    fila.refresh_from_db()
    assert fila.ultimo_uso_en == MEDIODIA + timedelta(seconds=60)


def test_revocar_dos_veces_conserva_la_primera_hora(actor: Actor, empresa: Empresa) -> None:
    fila, _ = crear_clave_api(empresa=empresa, nombre="x", alcances=["*:*"])
    revocar_clave(actor=actor, clave=fila, reloj=lambda: MEDIODIA)
    revocar_clave(actor=actor, clave=fila)
    assert fila.revocada_en == MEDIODIA
    assert not fila.vigente(timezone.now())
    with pytest.raises(SinPermiso):
        revocar_clave(actor=replace(actor, permisos=frozenset()), clave=fila)
