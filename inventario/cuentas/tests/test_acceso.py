"""Entrar por la API, seguir, salir y recuperar la contraseña."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from inventario.cuentas.acceso import recuperacion, sesiones, tokens
from inventario.cuentas.acceso import services as acceso
from inventario.cuentas.acceso.errores import (
    ContrasenaDebil,
    ContrasenaIncorrecta,
    ContrasenaRepetida,
    CredencialInvalida,
    CuentaInactiva,
    PasoCerrado,
    RecuperacionInvalida,
    SesionTerminada,
    TokenRepetido,
)
from inventario.cuentas.acceso.services import Acceso, AccesoConcedido
from inventario.cuentas.empresas.errores import SinEmpresa
from inventario.cuentas.models import Empresa, Membresia, Sesion, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro

pytestmark = pytest.mark.django_db

CORREO = "ana@acme.ec"
BUENA = "clave-de-prueba"
NUEVA = "otra-Frase-9812"


def peticion(ip: str = "10.0.0.1") -> HttpRequest:
    solicitud = RequestFactory().post("/api/v1/auth/login", REMOTE_ADDR=ip, HTTP_USER_AGENT="Pruebas\x07/1")
    solicitud.user = AnonymousUser()
    return solicitud


def entrar(correo: str = CORREO, contrasena: str = BUENA, **opciones: Any) -> AccesoConcedido:
    return acceso.entrar(peticion=peticion(), correo=correo, contrasena=contrasena, **opciones)


def abrir(token: str) -> Acceso:
    return acceso.acceso_de_token(token, timezone.now())


@pytest.fixture
def operador(empresa: Empresa) -> Usuario:
    usuario = Usuario.objects.create_user("beto@acme.ec", BUENA, nombre="Beto")
    agregar_miembro(empresa=empresa, usuario=usuario, rol=Rol.OPERADOR)
    return usuario


@pytest.fixture
def con_cierre(settings: Any) -> None:
    settings.AXES_ENABLED = True


def test_entrar_abre_una_sesion_en_la_empresa_predeterminada(usuario: Usuario, empresa: Empresa) -> None:
    entrada = entrar(" ANA@acme.ec ", ip="10.0.0.1")
    sesion = Sesion.objects.get()
    assert (entrada.usuario, entrada.rol) == (usuario, "Admin")
    assert (sesion.usuario, sesion.ip, sesion.agente) == (usuario, "10.0.0.1", "Pruebas/1")
    assert sesion.vence_en - sesion.autenticada_en == timedelta(days=7)
    leido = abrir(entrada.acceso)
    assert (leido.sesion_id, leido.empresa_id) == (sesion.pk, empresa.pk)
    assert acceso.empresa_de_acceso(leido) == empresa
    usuario.refresh_from_db()
    assert usuario.last_login is not None


def test_entrar_mal_no_abre_nada_y_dice_lo_mismo_exista_o_no(usuario: Usuario) -> None:
    for correo, contrasena in ((CORREO, "mala"), ("nadie@acme.ec", BUENA)):
        with pytest.raises(CredencialInvalida) as error:
            entrar(correo, contrasena)
        assert str(error.value).startswith("El correo o la contraseña no son correctos.")
    assert not Sesion.objects.exists()


def test_entrar_con_cuenta_inactiva_solo_lo_dice_a_quien_sabe_la_contrasena(usuario: Usuario) -> None:
    Usuario.objects.update(is_active=False)
    with pytest.raises(CuentaInactiva):
        entrar()
    with pytest.raises(CredencialInvalida):
        entrar(contrasena="mala")


class HuellaContada(MD5PasswordHasher):
    algorithm = "contada"
    hechas = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).hechas += 1
        return str(super().encode(password, salt))


@pytest.mark.parametrize("correo", [CORREO, "nadie@acme.ec", "fuera@acme.ec"])
def test_entrar_mal_cuesta_lo_mismo_haya_cuenta_o_no(usuario: Usuario, correo: str, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.HuellaContada"]
    usuario.set_password(BUENA)
    usuario.save()
    Usuario.objects.create_user("fuera@acme.ec", BUENA, is_active=False)
    HuellaContada.hechas = 0
    with pytest.raises(CredencialInvalida):
        entrar(correo, "mala")
    assert HuellaContada.hechas == 1


def test_entrar_con_cuenta_inactiva_tambien_gasta_intentos(usuario: Usuario, con_cierre: None) -> None:
    Usuario.objects.update(is_active=False)
    for quedan in (4, 3, 2):
        with pytest.raises(CredencialInvalida) as fallo:
            entrar(contrasena="mala")
        assert fallo.value.datos == {"restantes": quedan}
    for _ in range(2):
        with pytest.raises(CuentaInactiva):
            entrar()
    with pytest.raises(PasoCerrado):
        entrar()


def test_entrar_sin_empresa_se_rechaza(usuario: Usuario) -> None:
    Membresia.objects.update(activa=False)
    with pytest.raises(SinEmpresa):
        entrar()
    assert not Sesion.objects.exists()


def test_entrar_con_cinco_fallos_cierra_el_paso_quince_minutos(
    usuario: Usuario, con_cierre: None, time_machine: Any
) -> None:
    time_machine.move_to("2027-03-01 12:00:00+00:00", tick=False)
    for quedan in (4, 3, 2, 1, 0):
        with pytest.raises(CredencialInvalida) as fallo:
            entrar(contrasena="mala")
        assert fallo.value.datos == {"restantes": quedan}
    for correo in (CORREO, "Ana@ACME.ec"):
        with pytest.raises(PasoCerrado) as cierre:
            entrar(correo)
        assert cierre.value.datos == {"minutos": 15}
    assert not Sesion.objects.exists()
    # Desde otra dirección sí: nadie deja afuera a otro.
    otra = acceso.entrar(peticion=peticion("10.0.0.2"), correo=CORREO, contrasena=BUENA)
    assert otra.rol == "Admin"
    # Insistir mientras tanto no alarga el castigo.
    time_machine.move_to("2027-03-01 12:14:59+00:00", tick=False)
    with pytest.raises(PasoCerrado):
        entrar()
    time_machine.move_to("2027-03-01 12:15:01+00:00", tick=False)
    assert entrar().usuario == usuario
    with pytest.raises(CredencialInvalida) as fallo:
        entrar(contrasena="mala")
    assert fallo.value.datos == {"restantes": 4}


def test_cerrar_el_paso_en_la_pagina_lo_cierra_en_la_api_y_al_reves(
    client: Client, usuario: Usuario, con_cierre: None
) -> None:
    for _ in range(3):
        client.post("/entrar/", {"username": "ANA@acme.ec", "password": "mala"}, REMOTE_ADDR="10.0.0.1")
    for _ in range(2):
        with pytest.raises(CredencialInvalida):
            entrar(contrasena="mala")
    with pytest.raises(PasoCerrado):
        entrar()
    pagina = client.post("/entrar/", {"username": CORREO, "password": BUENA}, REMOTE_ADDR="10.0.0.1")
    assert pagina.status_code == 429


@pytest.mark.parametrize(("correo", "caben"), [("beto@acme.ec", 1), (CORREO, 5)])
def test_entrar_de_mas_cierra_la_sesion_mas_vieja(
    usuario: Usuario, operador: Usuario, correo: str, caben: int
) -> None:
    entradas = [entrar(correo) for _ in range(caben + 1)]
    assert Sesion.objects.filter(usuario__email=correo).count() == caben
    with pytest.raises(SesionTerminada):
        abrir(entradas[0].acceso)
    with pytest.raises(SesionTerminada):
        acceso.renovar(token=entradas[0].renovacion)
    for entrada in entradas[1:]:
        assert abrir(entrada.acceso).usuario.email == correo


def test_renovar_da_otro_acceso_hasta_que_la_sesion_vence(usuario: Usuario, time_machine: Any) -> None:
    time_machine.move_to(timezone.now() + timedelta(seconds=1), tick=False)
    entrada = entrar()
    empezo = timezone.now()
    time_machine.move_to(empezo + timedelta(minutes=31), tick=False)
    with pytest.raises(CredencialInvalida, match="vencido"):
        abrir(entrada.acceso)
    assert abrir(acceso.renovar(token=entrada.renovacion).acceso).usuario == usuario
    time_machine.move_to(empezo + timedelta(days=7, seconds=1), tick=False)
    with pytest.raises(CredencialInvalida, match="vencido"):
        acceso.renovar(token=entrada.renovacion)
    assert sesiones.purgar_vencidas(timezone.now()) == 1


def test_renovar_cambia_tambien_el_de_renovacion(usuario: Usuario, time_machine: Any) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    primero = entrar()
    segundo = acceso.renovar(token=primero.renovacion)
    tercero = acceso.renovar(token=segundo.renovacion)
    assert len({primero.renovacion, segundo.renovacion, tercero.renovacion}) == 3
    assert abrir(tercero.acceso).usuario == usuario


def test_reusar_un_token_de_renovacion_cierra_la_sesion(usuario: Usuario, time_machine: Any) -> None:
    """Lo tienen dos, y no se sabe cuál es el dueño: ninguno sigue."""
    time_machine.move_to(timezone.now(), tick=False)
    primero, otra_sesion = entrar(), entrar()
    segundo = acceso.renovar(token=primero.renovacion)
    time_machine.shift(timedelta(seconds=11))
    with pytest.raises(TokenRepetido):
        acceso.renovar(token=primero.renovacion)
    for token in (primero.renovacion, segundo.renovacion):
        with pytest.raises(SesionTerminada):
            acceso.renovar(token=token)
    with pytest.raises(SesionTerminada):
        abrir(segundo.acceso)
    assert abrir(otra_sesion.acceso).usuario == usuario


def test_renovar_dos_veces_seguidas_con_el_mismo_da_el_mismo_siguiente(
    usuario: Usuario, time_machine: Any
) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    primero = entrar()
    una = acceso.renovar(token=primero.renovacion)
    time_machine.shift(timedelta(seconds=9))
    otra = acceso.renovar(token=primero.renovacion)
    series = {tokens.leer(uno.renovacion, tipo=tokens.RENOVACION).serie for uno in (una, otra)}
    assert len(series) == 1
    # El de dos atrás ya no tiene gracia.
    siguiente = acceso.renovar(token=otra.renovacion)
    with pytest.raises(TokenRepetido):
        acceso.renovar(token=primero.renovacion)
    with pytest.raises(SesionTerminada):
        acceso.renovar(token=siguiente.renovacion)


def test_un_cliente_que_guarda_siempre_el_primero_sigue_si_se_deja_fijo(
    usuario: Usuario, settings: Any, time_machine: Any
) -> None:
    settings.RENOVACION_FIJA = True
    time_machine.move_to(timezone.now(), tick=False)
    primero = entrar()
    for _ in range(3):
        time_machine.shift(timedelta(minutes=30))
        assert abrir(acceso.renovar(token=primero.renovacion).acceso).usuario == usuario


def test_un_token_de_antes_de_que_rotaran_se_cambia_una_vez(usuario: Usuario, time_machine: Any) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    entrar()
    Sesion.objects.update(renovacion=None)
    sesion = Sesion.objects.get()
    empresa = Membresia.objects.get(usuario=usuario).empresa
    viejo = tokens.de_renovacion(sesion, empresa, ahora=timezone.now())
    nuevo = acceso.renovar(token=viejo)
    time_machine.shift(timedelta(seconds=11))
    acceso.renovar(token=nuevo.renovacion)
    with pytest.raises(TokenRepetido):
        acceso.renovar(token=viejo)


def test_salir_cierra_todas_las_sesiones_de_esa_persona(usuario: Usuario, operador: Usuario) -> None:
    suyas, ajena = [entrar(), entrar()], entrar("beto@acme.ec")
    acceso.salir(usuario)
    for entrada in suyas:
        with pytest.raises(SesionTerminada):
            abrir(entrada.acceso)
        with pytest.raises(SesionTerminada):
            acceso.renovar(token=entrada.renovacion)
    assert abrir(ajena.acceso).usuario == operador


def test_apagar_a_una_persona_corta_sus_tokens(usuario: Usuario) -> None:
    entrada = entrar()
    Usuario.objects.update(is_active=False)
    with pytest.raises(SesionTerminada):
        abrir(entrada.acceso)
    with pytest.raises(SesionTerminada):
        acceso.renovar(token=entrada.renovacion)


def test_dejar_la_empresa_del_token_no_pasa_a_otra_sin_avisar(
    usuario: Usuario, empresa: Empresa, otra_empresa: Empresa
) -> None:
    agregar_miembro(empresa=otra_empresa, usuario=usuario, rol=Rol.AUDITOR)
    entrada = entrar()
    Membresia.objects.filter(empresa=empresa).update(activa=False)
    with pytest.raises(SesionTerminada):
        acceso.empresa_de_acceso(abrir(entrada.acceso))
    nuevo = abrir(acceso.renovar(token=entrada.renovacion).acceso)
    assert acceso.empresa_de_acceso(nuevo) == otra_empresa
    Membresia.objects.update(activa=False)
    with pytest.raises(CredencialInvalida, match="ninguna empresa"):
        acceso.renovar(token=entrada.renovacion)


def test_un_token_de_otro_sistema_vale_si_hay_sesion_y_usa_la_predeterminada(
    usuario: Usuario, empresa: Empresa
) -> None:
    sesion = Sesion(usuario=usuario, vence_en=timezone.now() + timedelta(days=1))
    ajeno = tokens.de_acceso(sesion, empresa, rol="Admin", ahora=timezone.now())
    with pytest.raises(SesionTerminada):
        abrir(ajeno)
    entrar()
    sin_nada = Acceso(usuario=usuario, sesion_id=Sesion.objects.get().pk, empresa_id=None)
    assert acceso.empresa_de_acceso(sin_nada) == empresa


def test_cambiar_la_contrasena_conserva_esta_sesion_y_cierra_las_demas(usuario: Usuario) -> None:
    otra, esta = entrar(), entrar()
    Usuario.objects.update(debe_cambiar_contrasena=True)
    sesion_id = abrir(esta.acceso).sesion_id
    acceso.cambiar_contrasena(usuario=usuario, actual=BUENA, nueva=NUEVA, sesion_id=sesion_id)
    assert abrir(esta.acceso).sesion_id == sesion_id
    with pytest.raises(SesionTerminada):
        abrir(otra.acceso)
    with pytest.raises(CredencialInvalida):
        entrar()
    assert entrar(contrasena=NUEVA).usuario.debe_cambiar_contrasena is False


def test_cambiar_la_contrasena_por_otro_medio_tambien_corta_los_tokens(usuario: Usuario) -> None:
    entrada = entrar()
    usuario.set_password(NUEVA)
    usuario.save()
    with pytest.raises(SesionTerminada):
        abrir(entrada.acceso)


@pytest.mark.parametrize(
    ("actual", "nueva", "error"),
    [
        ("mala", NUEVA, ContrasenaIncorrecta),
        (BUENA, BUENA, ContrasenaRepetida),
        (BUENA, "12345678", ContrasenaDebil),
        (BUENA, "corta", ContrasenaDebil),
        (BUENA, "ana@acme.ec", ContrasenaDebil),
    ],
)
def test_cambiar_la_contrasena_mal_no_cambia_nada(
    usuario: Usuario, actual: str, nueva: str, error: type[Exception]
) -> None:
    entrada = entrar()
    with pytest.raises(error):
        acceso.cambiar_contrasena(usuario=usuario, actual=actual, nueva=nueva, sesion_id=None)
    assert abrir(entrada.acceso).usuario == usuario
    usuario.refresh_from_db()
    assert usuario.check_password(BUENA)


def pedir(correo: str, confirmar: DjangoCaptureOnCommitCallbacks) -> None:
    cache.clear()
    with confirmar(execute=True):
        recuperacion.pedir(correo)


def codigo_recibido() -> str:
    hallado = re.search(r"^[0-9a-f]{32}-\S+$", str(mail.outbox[-1].body), re.MULTILINE)
    assert hallado is not None
    return hallado[0]


def test_recuperar_la_contrasena_sirve_una_vez(
    usuario: Usuario,
    con_cierre: None,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    entrada = entrar()
    for _ in range(5):
        with pytest.raises(CredencialInvalida):
            entrar(contrasena="olvidada")
    pedir("ANA@acme.ec", django_capture_on_commit_callbacks)
    assert [correo.to for correo in mail.outbox] == [[CORREO]]
    codigo = codigo_recibido()
    acceso.restablecer(codigo=codigo, nueva=NUEVA)
    with pytest.raises(SesionTerminada):
        abrir(entrada.acceso)
    # Probó que el correo es suyo: el paso se abre.
    assert entrar(contrasena=NUEVA).usuario == usuario
    with pytest.raises(RecuperacionInvalida):
        acceso.restablecer(codigo=codigo, nueva="una-Tercera-4411")
    assert entrar(contrasena=NUEVA).usuario == usuario


def test_recuperar_con_enlace_lo_trae_en_el_correo(
    usuario: Usuario,
    settings: Any,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.URL_DE_RECUPERACION = "https://granja.ec/reset?token={token}"
    pedir(CORREO, django_capture_on_commit_callbacks)
    assert re.search(
        r"^https://granja\.ec/reset\?token=[0-9a-f]{32}-\S+$", str(mail.outbox[0].body), re.MULTILINE
    )


def test_el_enlace_lleva_a_la_pagina_propia_y_no_a_lo_que_diga_la_solicitud(
    usuario: Usuario,
    client: Client,
    settings: Any,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    cache.clear()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            "/olvido/", {"correo": CORREO}, headers={"Host": "malo.ec", "X-Forwarded-Host": "malo.ec"}
        )
    cuerpo = str(mail.outbox[0].body)
    assert "malo" not in cuerpo
    enlace = re.search(rf"^{re.escape(settings.URL_PUBLICA)}(/\S+)$", cuerpo, re.MULTILINE)
    assert enlace is not None
    pagina = client.get(enlace[1], follow=True)
    assert (pagina.status_code, pagina.request["PATH_INFO"]) == (200, "/restablecer/")


def test_recuperar_una_cuenta_que_no_hay_no_manda_nada(
    usuario: Usuario,
    clave_de: Any,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    clave_de()
    de_servicio = Usuario.objects.get(es_servicio=True).email
    Usuario.objects.create_user("sin@acme.ec", None)
    Usuario.objects.create_user("fuera@acme.ec", BUENA, is_active=False)
    for correo in ("nadie@acme.ec", de_servicio, "sin@acme.ec", "fuera@acme.ec"):
        pedir(correo, django_capture_on_commit_callbacks)
    assert mail.outbox == []


def test_recuperar_dos_veces_seguidas_manda_un_solo_correo(
    usuario: Usuario, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    pedir(CORREO, django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks(execute=True):
        recuperacion.pedir(CORREO)
    assert len(mail.outbox) == 1


def test_restablecer_con_codigo_malo_vencido_o_contrasena_debil_no_cambia_nada(
    usuario: Usuario, time_machine: Any
) -> None:
    codigo = acceso.codigo_de_recuperacion(usuario)
    firma = codigo.partition("-")[2]
    for malo in ("", "x", "-", codigo[:-1], f"{uuid.uuid4().hex}-{firma}", "é" * 32 + "-a-b", codigo + "0"):
        with pytest.raises(RecuperacionInvalida):
            acceso.restablecer(codigo=malo, nueva=NUEVA)
    with pytest.raises(ContrasenaDebil):
        acceso.restablecer(codigo=codigo, nueva="password")
    time_machine.move_to(timezone.now() + timedelta(minutes=61))
    with pytest.raises(RecuperacionInvalida):
        acceso.restablecer(codigo=codigo, nueva=NUEVA)
    usuario.refresh_from_db()
    assert usuario.check_password(BUENA)


def test_cerrar_una_sesion_desde_el_admin_corta_sus_tokens(
    client: Client, usuario: Usuario, operador: Usuario
) -> None:
    entrada = entrar("beto@acme.ec")
    sesion = Sesion.objects.get()
    client.force_login(usuario)
    borrar = f"/admin/cuentas/sesion/{sesion.pk}/delete/"
    # Quien administra una empresa no decide por las demás de esa persona.
    assert client.get("/admin/cuentas/sesion/").status_code == 403
    assert client.post(borrar, {"post": "yes"}).status_code == 403
    raiz = Client()
    raiz.force_login(Usuario.objects.create_superuser("raiz@inventario.ec", "x"))
    assert "Beto desde" in raiz.get(f"/admin/cuentas/sesion/{sesion.pk}/change/").content.decode()
    assert raiz.get("/admin/cuentas/sesion/?q=beto").status_code == 200
    assert raiz.get("/admin/cuentas/sesion/add/").status_code == 403
    assert raiz.post(borrar, {"post": "yes"}).status_code == 302
    with pytest.raises(SesionTerminada):
        abrir(entrada.acceso)
