"""Activar, comprobar, cambiar y quitar el segundo factor, y a quién se le exige."""

from __future__ import annotations

import io
from typing import Any

import pytest
import time_machine
from django.contrib.admin import site
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.models import Anotacion
from inventario.cuentas.acceso import services as acceso
from inventario.cuentas.acceso.errores import ContrasenaIncorrecta, CredencialInvalida, SesionTerminada
from inventario.cuentas.actores import actor_de_membresia
from inventario.cuentas.empresas.services import cambiar_empresa
from inventario.cuentas.models import Empresa, Membresia, Sesion, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.cuentas.segundo_factor import codigos, services
from inventario.cuentas.segundo_factor.errores import (
    CodigoInvalido,
    FaltaCodigo,
    FaltaSegundoFactor,
    SegundoFactorExigido,
    SinActivar,
)
from inventario.cuentas.tests.telefono import CONTRASENA, PASO_S, Telefono, activar
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import SinPermiso

pytestmark = pytest.mark.django_db
PETICION = RequestFactory().post("/")
PETICION.session = SessionStore()


@pytest.fixture
def ana(alcance: Empresa) -> Usuario:
    ana = Usuario.objects.create_user("ana@segunda.ec", CONTRASENA)
    agregar_miembro(empresa=alcance, usuario=ana, rol=Rol.ADMINISTRADOR)
    return ana


def exigir(empresa: Empresa) -> None:
    Empresa.objects.filter(pk=empresa.pk).update(exige_segundo_factor=True)
    empresa.exige_segundo_factor = True


def lo_tiene(usuario: Usuario) -> bool:
    return Usuario.objects.get(pk=usuario.pk).tiene_segundo_factor


# ── Activarlo ───────────────────────────────────────────────────────────────────────────────────


def test_el_codigo_de_prueba_es_el_de_la_norma() -> None:
    """Los vectores de la RFC 6238: si el teléfono de estas pruebas mintiera, lo demás no diría nada."""
    de_la_norma = Telefono("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")
    for segundo, codigo in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        with time_machine.travel(segundo, tick=False):
            assert de_la_norma.codigo() == codigo


def test_comenzar_no_cuenta_hasta_confirmar(ana: Usuario) -> None:
    services.comenzar(peticion=PETICION, usuario=ana, contrasena=CONTRASENA)
    assert not lo_tiene(ana)
    assert TOTPDevice.objects.filter(user=ana, confirmed=False).count() == 1
    with pytest.raises(CodigoInvalido):
        services.confirmar(usuario=ana, codigo="nada")
    assert not lo_tiene(ana)


def test_comenzar_sin_su_contrasena_no_prepara_nada(ana: Usuario) -> None:
    with pytest.raises(ContrasenaIncorrecta):
        services.comenzar(peticion=PETICION, usuario=ana, contrasena="otra")
    assert services.por_confirmar(ana) is None


def test_confirmar_sin_comenzar_lo_dice(ana: Usuario) -> None:
    with pytest.raises(SinActivar):
        services.confirmar(usuario=ana, codigo="123456")


def test_confirmar_entrega_diez_codigos_y_guarda_solo_su_huella(ana: Usuario) -> None:
    _, entregados = activar(ana)
    assert len(set(entregados)) == 10
    guardados = set(StaticToken.objects.values_list("token", flat=True))
    assert len(guardados) == 10
    assert not guardados & {uno for codigo in entregados for uno in (codigo, codigo.replace("-", ""))}
    assert lo_tiene(ana)


# ── El código ───────────────────────────────────────────────────────────────────────────────────


def test_el_mismo_codigo_no_vale_dos_veces(ana: Usuario) -> None:
    telefono, _ = activar(ana)
    codigo = telefono.codigo()
    assert codigos.acierta(ana, codigo)
    assert not codigos.acierta(ana, codigo)


def test_uno_de_recuperacion_vale_una_vez_como_se_escriba(ana: Usuario) -> None:
    _, entregados = activar(ana)
    assert codigos.acierta(ana, f"  {entregados[0].upper().replace('-', ' ')} ")
    assert codigos.restantes(ana) == 9
    assert not codigos.acierta(ana, entregados[0])


@pytest.mark.parametrize(
    "basura", ["", " ", "000", "１２３４５６", "\x00" * 6, "9" * 5000, "a" * 16, "' or 1=1"]
)
def test_lo_que_no_es_un_codigo_no_acierta(ana: Usuario, basura: str) -> None:
    activar(ana)
    assert not codigos.acierta(ana, basura)


def test_el_codigo_de_otra_persona_no_sirve(ana: Usuario) -> None:
    activar(ana)
    beto = Usuario.objects.create_user("beto@segunda.ec", CONTRASENA)
    de_beto, recuperacion_de_beto = activar(beto)
    assert not codigos.acierta(ana, de_beto.codigo())
    assert not codigos.acierta(ana, recuperacion_de_beto[0])


def test_tras_varios_fallos_espera_y_despues_acierta(ana: Usuario) -> None:
    with time_machine.travel(timezone.now(), tick=False) as reloj:
        telefono, entregados = activar(ana)
        for _ in range(3):
            codigos.acierta(ana, "000000")
        assert not codigos.acierta(ana, telefono.codigo())
        # Adivinar cifras no le quita a nadie sus códigos de papel.
        assert codigos.acierta(ana, entregados[0])
        reloj.shift(PASO_S)
        assert codigos.acierta(ana, telefono.codigo())


# ── Cambiarlo y quitarlo ────────────────────────────────────────────────────────────────────────


def test_cambiar_de_telefono_pide_un_codigo_y_deja_de_servir_el_anterior(ana: Usuario) -> None:
    with time_machine.travel(timezone.now(), tick=False) as reloj:
        viejo, de_antes = activar(ana)
        with pytest.raises(FaltaCodigo):
            services.comenzar(peticion=PETICION, usuario=ana, contrasena=CONTRASENA)
        services.comenzar(peticion=PETICION, usuario=ana, contrasena=CONTRASENA, codigo=viejo.codigo())
        reloj.shift(PASO_S)
        # Hasta confirmar el nuevo, se entra con el de siempre.
        assert codigos.acierta(ana, viejo.codigo())
        pendiente = services.por_confirmar(ana)
        assert pendiente is not None
        nuevo = Telefono(pendiente.secreto)
        services.confirmar(usuario=ana, codigo=nuevo.codigo())
        reloj.shift(PASO_S)
        assert not codigos.acierta(ana, viejo.codigo())
        reloj.shift(PASO_S)
        assert codigos.acierta(ana, nuevo.codigo())
        assert not codigos.acierta(ana, de_antes[0])
    assert TOTPDevice.objects.filter(user=ana).count() == StaticDevice.objects.filter(user=ana).count() == 1


def test_renovar_codigos_deja_sin_efecto_los_de_antes(ana: Usuario) -> None:
    telefono, de_antes = activar(ana)
    nuevos = services.renovar_codigos(
        peticion=PETICION, usuario=ana, contrasena=CONTRASENA, codigo=telefono.codigo()
    )
    assert codigos.restantes(ana) == 10
    assert not set(nuevos) & set(de_antes)
    assert codigos.acierta(ana, nuevos[0])


def test_desactivar_pide_las_dos_cosas(ana: Usuario) -> None:
    telefono, _ = activar(ana)
    with pytest.raises(ContrasenaIncorrecta):
        services.desactivar(peticion=PETICION, usuario=ana, contrasena="otra", codigo=telefono.codigo())
    with pytest.raises(CodigoInvalido):
        services.desactivar(peticion=PETICION, usuario=ana, contrasena=CONTRASENA, codigo="zzz")
    assert lo_tiene(ana)
    services.desactivar(peticion=PETICION, usuario=ana, contrasena=CONTRASENA, codigo=telefono.codigo())
    assert not lo_tiene(ana)
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()


def test_desactivar_mientras_la_empresa_lo_exige_no_se_puede(ana: Usuario, alcance: Empresa) -> None:
    telefono, _ = activar(ana)
    exigir(alcance)
    datos: dict[str, Any] = {"peticion": PETICION, "usuario": ana, "contrasena": CONTRASENA}
    with pytest.raises(SegundoFactorExigido):
        services.desactivar(**datos, codigo=telefono.codigo())
    # No gastó el código: se puede usar para lo que sí se puede.
    assert len(services.renovar_codigos(**datos, codigo=telefono.codigo())) == 10
    Membresia.objects.filter(usuario=ana).update(rol=Rol.OPERADOR)
    services.desactivar(**datos, codigo=codigos.entregar(ana)[0])
    assert not ana.tiene_segundo_factor


def test_quitar_por_consola_cierra_sus_sesiones(ana: Usuario, alcance: Empresa) -> None:
    telefono, _ = activar(ana)
    concedido = acceso.entrar(
        peticion=PETICION, correo=ana.email, contrasena=CONTRASENA, codigo=telefono.codigo()
    )
    salida = io.StringIO()
    call_command("quitar_segundo_factor", correo=f" {ana.email.upper()}", stdout=salida)
    assert "ya entra solo con su contraseña" in salida.getvalue()
    assert not lo_tiene(ana)
    assert not Sesion.objects.filter(usuario=ana).exists()
    with pytest.raises(SesionTerminada):
        acceso.acceso_de_token(concedido.acceso, timezone.now())
    for correo in (ana.email, "nadie@segunda.ec"):
        with pytest.raises(CommandError, match=correo):
            call_command("quitar_segundo_factor", correo=correo)


def test_queda_anotado_en_cada_empresa_suya_y_quien_lo_hizo(
    ana: Usuario, alcance: Empresa, otra_empresa: Empresa
) -> None:
    agregar_miembro(empresa=otra_empresa, usuario=ana, rol=Rol.OPERADOR)
    telefono, entregados = activar(ana)
    datos: dict[str, Any] = {"peticion": PETICION, "usuario": ana, "contrasena": CONTRASENA}
    nuevos = services.renovar_codigos(**datos, codigo=telefono.codigo())
    services.desactivar(**datos, codigo=nuevos[0])
    activar(ana)
    services.retirar(ana)
    for empresa in (alcance, otra_empresa):
        with en_empresa(empresa):
            anotados = Anotacion.objects.filter(sobre_id=str(ana.pk)).order_by("pk")
            hechos = list(anotados.values_list("hecho", "usuario"))
            textos = str(list(anotados.values()))
        assert hechos == [
            (Hecho.SEGUNDO_FACTOR_ACTIVADO, ana.pk),
            (Hecho.CODIGOS_RENOVADOS, ana.pk),
            (Hecho.SEGUNDO_FACTOR_QUITADO, ana.pk),
            (Hecho.SEGUNDO_FACTOR_ACTIVADO, ana.pk),
            (Hecho.SEGUNDO_FACTOR_QUITADO, None),
        ]
        assert not any(codigo in textos for codigo in (*entregados, *nuevos))


# ── Las sesiones ────────────────────────────────────────────────────────────────────────────────


def test_activarlo_termina_las_sesiones_de_la_api_abiertas_sin_codigo(ana: Usuario) -> None:
    antes = acceso.entrar(peticion=PETICION, correo=ana.email, contrasena=CONTRASENA)
    activar(ana)
    with pytest.raises(SesionTerminada):
        acceso.acceso_de_token(antes.acceso, timezone.now())
    with pytest.raises(SesionTerminada):
        acceso.renovar(token=antes.renovacion)


def test_la_sesion_de_una_pagina_sella_el_segundo_factor(ana: Usuario) -> None:
    sin = ana.get_session_auth_hash()
    activar(ana)
    ana.refresh_from_db()
    con = ana.get_session_auth_hash()
    assert sin != con
    assert Usuario.objects.get(pk=ana.pk).get_session_auth_hash() == con


def test_la_sesion_sobrevive_al_cambio_de_clave_secreta(ana: Usuario, settings: Any) -> None:
    activar(ana)
    ana.refresh_from_db()
    de_antes = ana.get_session_auth_hash()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "otra-clave-secreta-de-prueba"
    assert ana.get_session_auth_hash() != de_antes
    assert de_antes in ana.get_session_auth_fallback_hash()


# ── A quién se le exige ─────────────────────────────────────────────────────────────────────────


def quien(usuario: Usuario, empresa: Empresa) -> Actor:
    return actor_de_membresia(usuario, empresa)


def test_se_exige_solo_a_quien_administra_y_no_lo_tiene(ana: Usuario, alcance: Empresa) -> None:
    services.exigir_a(quien(ana, alcance))
    exigir(alcance)
    beto = Usuario.objects.create_user("beto@segunda.ec", CONTRASENA)
    agregar_miembro(empresa=alcance, usuario=beto, rol=Rol.SUPERVISOR)
    services.exigir_a(quien(beto, alcance))
    raiz = Usuario.objects.create_superuser("raiz@segunda.ec", CONTRASENA)
    for persona in (ana, raiz):
        with pytest.raises(FaltaSegundoFactor):
            services.exigir_a(quien(persona, alcance))
        assert services.empresa_que_lo_exige(persona) == alcance
        activar(persona)
        services.exigir_a(quien(persona, alcance))
    assert services.empresa_que_lo_exige(beto) is None


def test_exigirlo_es_de_quien_administra(ana: Usuario, alcance: Empresa) -> None:
    assert cambiar_empresa(actor=quien(ana, alcance), exige_segundo_factor=True).exige_segundo_factor
    alcance.refresh_from_db()
    assert alcance.exige_segundo_factor
    Membresia.objects.filter(usuario=ana).update(rol=Rol.SUPERVISOR)
    with pytest.raises(SinPermiso):
        cambiar_empresa(actor=quien(ana, alcance), exige_segundo_factor=False)


def test_el_admin_no_muestra_los_secretos() -> None:
    assert {TOTPDevice, StaticDevice, StaticToken}.isdisjoint(site._registry)


def test_entrar_por_la_api_mientras_otro_lo_activa_no_vale(ana: Usuario) -> None:
    """La contraseña se comprobó sin segundo factor; al abrir la sesión ya hace falta."""
    comprobada = Usuario.objects.get(pk=ana.pk)
    activar(ana)
    with pytest.raises(CredencialInvalida):
        acceso._abrir_sesion(comprobada, acceso.ROL_COMUN, ip=None, agente="", reloj=timezone.now)
