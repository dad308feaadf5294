"""Entrar en dos pasos por el navegador, activarlo en la cuenta propia y lo que pasa a quien se le exige."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt, AccessFailureLog
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from inventario.cuentas.acceso import services as acceso
from inventario.cuentas.models import Empresa, Sesion, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.cuentas.segundo_factor import codigos
from inventario.cuentas.segundo_factor import services as segundo_factor
from inventario.cuentas.segundo_factor.errores import SinActivar
from inventario.cuentas.segundo_factor.services import retirar
from inventario.cuentas.tests.telefono import CONTRASENA, PASO_S, Telefono, activar
from inventario.movimientos.tests.mundo import AHORA, Mundo
from inventario.panel.tests.conftest import HTMX, Navegador

CODIGO = "/entrar/codigo/"
CUENTA = "/cuenta/segundo-factor/"
CONFIRMAR = "/cuenta/segundo-factor/confirmar/"
DE_RECUPERACION = re.compile(r"\b(?:[a-z2-7]{4}-){3}[a-z2-7]{4}\b")


@pytest.fixture
def ana(granja: Mundo) -> Usuario:
    ana = Usuario.objects.create_user("ana@doble.ec", CONTRASENA, nombre="Ana", is_staff=True)
    agregar_miembro(empresa=granja.empresa, usuario=ana, rol=Rol.ADMINISTRADOR)
    return ana


@pytest.fixture
def telefono(ana: Usuario) -> Telefono:
    return activar(ana)[0]


def con_contrasena(cliente: Client, siguiente: str = "", ruta: str = "/entrar/") -> Any:
    return cliente.post(
        ruta, {"username": "ana@doble.ec", "password": CONTRASENA, "next": siguiente}, REMOTE_ADDR="10.0.0.1"
    )


def con_codigo(cliente: Client, codigo: str) -> Any:
    return cliente.post(CODIGO, {"codigo": codigo}, REMOTE_ADDR="10.0.0.1")


def adentro(cliente: Client) -> bool:
    return "_auth_user_id" in cliente.session


def exigir(empresa: Empresa) -> None:
    Empresa.objects.filter(pk=empresa.pk).update(exige_segundo_factor=True)


# ── Entrar ──────────────────────────────────────────────────────────────────────────────────────


def test_sin_segundo_factor_se_entra_como_siempre(ana: Usuario) -> None:
    cliente = Navegador()
    assert con_contrasena(cliente)["Location"] == "/"
    assert adentro(cliente)


def test_entrar_pide_el_codigo_y_lleva_a_donde_se_iba(telefono: Telefono) -> None:
    cliente = Navegador()
    respuesta = con_contrasena(cliente, "/lotes/?estado=todos")
    assert respuesta["Location"] == CODIGO
    assert not adentro(cliente)
    assert cliente.get("/")["Location"].startswith("/entrar/")
    pagina = cliente.get(CODIGO)
    assert 'autocomplete="one-time-code"' in pagina.content.decode()
    assert "no-store" in pagina["Cache-Control"]
    entro = con_codigo(cliente, telefono.codigo())
    assert entro["Location"] == "/lotes/?estado=todos"
    assert adentro(cliente)
    assert cliente.get("/").status_code == 200
    assert cliente.get(CODIGO)["Location"] == "/"


def test_a_otro_sitio_no_lleva(telefono: Telefono) -> None:
    cliente = Navegador()
    con_contrasena(cliente, "https://malo.ec/")
    assert con_codigo(cliente, telefono.codigo())["Location"] == "/"


def test_un_codigo_malo_no_entra_y_lo_dice_en_su_campo(telefono: Telefono) -> None:
    cliente = Navegador()
    con_contrasena(cliente)
    respuesta = con_codigo(cliente, "no es")
    assert respuesta.status_code == 422
    assert "El código no es correcto o ya se usó" in respuesta.content.decode()
    assert not adentro(cliente)
    assert con_codigo(cliente, "").status_code == 422
    assert con_codigo(cliente, telefono.codigo()).status_code == 302


def test_un_codigo_ya_usado_no_entra_otra_vez(telefono: Telefono) -> None:
    codigo = telefono.codigo()
    primero, segundo = Navegador(), Navegador()
    for cliente in (primero, segundo):
        con_contrasena(cliente)
    assert con_codigo(primero, codigo).status_code == 302
    assert con_codigo(segundo, codigo).status_code == 422
    assert not adentro(segundo)


def test_con_un_codigo_de_recuperacion_se_entra_una_vez(ana: Usuario) -> None:
    _, entregados = activar(ana)
    cliente = Navegador()
    con_contrasena(cliente)
    pagina = cliente.get(f"{CODIGO}?recuperacion").content.decode()
    assert 'inputmode="numeric"' not in pagina
    assert con_codigo(cliente, entregados[3]).status_code == 302
    otro = Navegador()
    con_contrasena(otro)
    assert con_codigo(otro, entregados[3]).status_code == 422


def test_pasados_cinco_minutos_se_empieza_de_nuevo(ana: Usuario) -> None:
    with time_machine.travel(AHORA, tick=False) as reloj:
        telefono, _ = activar(ana)
        cliente = Navegador()
        con_contrasena(cliente)
        reloj.shift(299)
        assert 'name="codigo"' in cliente.get(CODIGO).content.decode()
        reloj.shift(2)
        assert "Pasaron más de cinco minutos" in cliente.get(CODIGO).content.decode()
        assert con_codigo(cliente, telefono.codigo()).status_code == 422
        assert not adentro(cliente)


def test_sin_haber_dado_la_contrasena_no_hay_a_quien_pedirle_codigo(telefono: Telefono) -> None:
    cliente = Navegador()
    assert "Entre otra vez" in cliente.get(CODIGO).content.decode()
    assert con_codigo(cliente, telefono.codigo()).status_code == 422
    assert not adentro(cliente)


@pytest.mark.parametrize("cambio", ["contrasena", "telefono", "apagada"])
def test_si_la_cuenta_cambia_mientras_espera_no_entra(ana: Usuario, cambio: str) -> None:
    with time_machine.travel(AHORA, tick=False) as reloj:
        telefono, _ = activar(ana)
        cliente = Navegador()
        con_contrasena(cliente)
        if cambio == "contrasena":
            acceso.cambiar_contrasena(usuario=ana, actual=CONTRASENA, nueva="otra-Frase-9812", sesion_id=None)
        elif cambio == "telefono":
            reloj.shift(PASO_S)
            retirar(ana)
            telefono, _ = activar(ana)
        else:
            Usuario.objects.filter(pk=ana.pk).update(is_active=False)
        assert con_codigo(cliente, telefono.codigo()).status_code == 422
        assert not adentro(cliente)


def test_la_sesion_cambia_de_nombre_en_los_dos_pasos(telefono: Telefono) -> None:
    cliente = Navegador()
    cliente.session.save()
    nombres = [cliente.session.session_key]
    con_contrasena(cliente)
    nombres.append(cliente.session.session_key)
    con_codigo(cliente, telefono.codigo())
    nombres.append(cliente.session.session_key)
    assert len(set(nombres)) == 3


def test_los_codigos_malos_cuentan_con_las_contrasenas_malas(telefono: Telefono, settings: Any) -> None:
    settings.AXES_ENABLED = True
    cliente = Navegador()
    mala = {"username": "ana@doble.ec", "password": "mala"}
    for _ in range(2):
        cliente.post("/entrar/", mala, REMOTE_ADDR="10.0.0.1")
    # Dar bien la contraseña no borra los fallos: todavía no entró.
    con_contrasena(cliente)
    for _ in range(settings.AXES_FAILURE_LIMIT - 2):
        assert con_codigo(cliente, "xx").status_code == 422
    cerrado = con_codigo(cliente, telefono.codigo())
    assert cerrado.status_code == 429
    assert int(cerrado["Retry-After"]) > 0
    assert con_contrasena(cliente).status_code == 429
    assert not adentro(cliente)


def test_quien_no_sabe_la_contrasena_no_deja_afuera_al_dueno(telefono: Telefono, settings: Any) -> None:
    settings.AXES_ENABLED = True
    extrano = Navegador()
    for _ in range(20):
        extrano.post("/entrar/", {"username": "ana@doble.ec", "password": "x"}, REMOTE_ADDR="10.6.6.6")
        extrano.post(CODIGO, {"codigo": "000000"}, REMOTE_ADDR="10.6.6.6")
    assert TOTPDevice.objects.get().throttling_failure_count == 0
    cliente = Navegador()
    con_contrasena(cliente)
    assert con_codigo(cliente, telefono.codigo()).status_code == 302


def test_recuperar_la_contrasena_no_saltea_el_codigo(ana: Usuario, telefono: Telefono) -> None:
    acceso.restablecer(codigo=acceso.codigo_de_recuperacion(ana), nueva="otra-Frase-9812")
    cliente = Navegador()
    respuesta = cliente.post("/entrar/", {"username": ana.email, "password": "otra-Frase-9812"})
    assert respuesta["Location"] == CODIGO
    assert not adentro(cliente)


@pytest.mark.parametrize("ruta", [CODIGO, CUENTA])
def test_un_caracter_nulo_en_la_direccion_es_un_400(telefono: Telefono, ana: Usuario, ruta: str) -> None:
    """De cada fallo se guarda la dirección tal cual, y PostgreSQL no guarda el carácter nulo."""
    cliente = entrada(ana) if ruta == CUENTA else Navegador()
    con_contrasena(cliente)
    assert cliente.post(f"{ruta}?a=%00", {"contrasena": "mala", "codigo": "x"}).status_code == 400


# ── El admin ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("metodo", ["get", "post"])
def test_al_admin_se_entra_por_la_misma_puerta(telefono: Telefono, metodo: str) -> None:
    cliente = Navegador()
    datos = {"username": "ana@doble.ec", "password": CONTRASENA} if metodo == "post" else {}
    respuesta = getattr(cliente, metodo)("/admin/login/?next=/admin/cuentas/", datos)
    assert respuesta["Location"] == "/entrar/?next=/admin/cuentas/"
    assert not adentro(cliente)
    con_contrasena(cliente, "/admin/")
    assert cliente.get("/admin/").status_code == 302
    con_codigo(cliente, telefono.codigo())
    assert cliente.get("/admin/").status_code == 200


def test_a_quien_no_es_del_admin_no_se_le_da_vueltas(operador: Navegador) -> None:
    respuesta = operador.get("/admin/", follow=True)
    assert respuesta.status_code == 403
    assert len(respuesta.redirect_chain) == 1


# ── La cuenta propia ────────────────────────────────────────────────────────────────────────────


def entrada(ana: Usuario) -> Navegador:
    cliente = Navegador()
    cliente.force_login(ana)
    return cliente


def secreto_en(pagina: str) -> Telefono:
    hallado = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", pagina)
    assert hallado
    return Telefono(hallado[1])


def test_activarlo_de_principio_a_fin(ana: Usuario) -> None:
    cliente, otro = entrada(ana), entrada(ana)
    assert "Activar" in cliente.get(CUENTA).content.decode()
    respuesta = cliente.post(CUENTA, {"contrasena": CONTRASENA, "accion": "activar"})
    assert (respuesta.status_code, respuesta["Location"]) == (303, CONFIRMAR)
    pagina = cliente.get(CONFIRMAR)
    assert 'src="data:image/svg+xml' in pagina.content.decode()
    assert "no-store" in pagina["Cache-Control"]
    telefono = secreto_en(pagina.content.decode())
    malo = cliente.post(CONFIRMAR, {"codigo": "no es"})
    assert malo.status_code == 422
    # El mismo secreto sigue a la vista: no hay que leer el QR otra vez.
    assert secreto_en(malo.content.decode()) == telefono
    with time_machine.travel(AHORA, tick=False) as reloj:
        reloj.shift(PASO_S)
        mostrados = cliente.post(CONFIRMAR, {"codigo": telefono.codigo()})
    assert len(set(DE_RECUPERACION.findall(mostrados.content.decode()))) == 10
    assert mostrados["Cache-Control"] == "private, no-store"
    # Esta sesión sigue, la otra no; y los códigos no están en ninguna otra página.
    pagina = cliente.get(CUENTA)
    assert pagina.status_code == 200
    assert "Le quedan 10 códigos" in pagina.content.decode()
    assert not DE_RECUPERACION.search(pagina.content.decode())
    assert cliente.get(CONFIRMAR)["Location"] == CUENTA
    assert otro.get("/")["Location"].startswith("/entrar/")


@pytest.mark.parametrize("ruta", [CUENTA, CONFIRMAR, CODIGO])
def test_enviar_vacio_es_un_422_que_dice_que_falta(ana: Usuario, ruta: str) -> None:
    cliente = Navegador() if ruta == CODIGO else entrada(ana)
    if ruta == CODIGO:
        activar(ana)
        con_contrasena(cliente)
    elif ruta == CONFIRMAR:
        cliente.post(CUENTA, {"contrasena": CONTRASENA})
    respuesta = cliente.post(ruta)
    assert respuesta.status_code == 422
    assert "requerido" in respuesta.content.decode()


def test_activarlo_sin_la_contrasena_no_prepara_nada(ana: Usuario) -> None:
    cliente = entrada(ana)
    respuesta = cliente.post(CUENTA, {"contrasena": "otra", "accion": "activar"})
    assert respuesta.status_code == 422
    assert "La contraseña no es esa." in respuesta.content.decode()
    assert not TOTPDevice.objects.exists()


def test_adivinar_la_contrasena_en_la_cuenta_gasta_intentos(ana: Usuario, settings: Any) -> None:
    settings.AXES_ENABLED = True
    cliente = entrada(ana)
    for _ in range(settings.AXES_FAILURE_LIMIT):
        cliente.post(CUENTA, {"contrasena": "otra"}, REMOTE_ADDR="10.0.0.1")
    respuesta = cliente.post(CUENTA, {"contrasena": CONTRASENA}, REMOTE_ADDR="10.0.0.1")
    assert "Demasiados intentos" in respuesta.content.decode()
    assert not TOTPDevice.objects.exists()


def test_un_codigo_malo_en_la_cuenta_queda_anotado(ana: Usuario, telefono: Telefono) -> None:
    cliente = entrada(ana)
    respuesta = cliente.post(CUENTA, {"contrasena": CONTRASENA, "codigo": "000000", "accion": "quitar"})
    assert respuesta.status_code == 422
    assert TOTPDevice.objects.get().throttling_failure_count == 1
    ana.refresh_from_db()
    assert ana.tiene_segundo_factor


def test_codigos_nuevos_y_quitarlo(ana: Usuario, telefono: Telefono) -> None:
    cliente, otro = entrada(ana), entrada(ana)
    nuevos = cliente.post(
        CUENTA, {"contrasena": CONTRASENA, "codigo": telefono.codigo(), "accion": "codigos"}
    )
    mostrados = DE_RECUPERACION.findall(nuevos.content.decode())
    assert len(mostrados) == 10
    datos = {"contrasena": CONTRASENA, "codigo": mostrados[0], "accion": "quitar"}
    assert cliente.post(CUENTA, datos)["Location"] == CUENTA
    assert "Segundo factor quitado" in cliente.get(CUENTA).content.decode()
    assert otro.get("/")["Location"].startswith("/entrar/")
    assert con_contrasena(Navegador())["Location"] == "/"


def test_con_intro_se_hace_lo_que_menos_cambia(ana: Usuario, telefono: Telefono) -> None:
    entrada(ana).post(CUENTA, {"contrasena": CONTRASENA, "codigo": telefono.codigo()})
    ana.refresh_from_db()
    assert ana.tiene_segundo_factor
    assert codigos.restantes(ana) == 10


def test_cambiar_de_telefono(ana: Usuario, telefono: Telefono) -> None:
    cliente = entrada(ana)
    datos = {"contrasena": CONTRASENA, "codigo": telefono.codigo(), "accion": "cambiar"}
    assert cliente.post(CUENTA, datos)["Location"] == CONFIRMAR
    nuevo = secreto_en(cliente.get(CONFIRMAR).content.decode())
    assert nuevo != telefono
    assert cliente.post(CONFIRMAR, {"codigo": nuevo.codigo()}).status_code == 200
    assert cliente.get("/").status_code == 200


# ── La empresa que lo exige ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "ruta", ["/", "/lotes/", "/admin/", "/admin/cuentas/membresia/", "/productos/nuevo/"]
)
def test_a_quien_administra_se_lo_lleva_a_activarlo(ana: Usuario, granja: Mundo, ruta: str) -> None:
    cliente = entrada(ana)
    assert cliente.get(ruta).status_code == 200
    # La sesión estaba abierta desde antes de exigirlo.
    exigir(granja.empresa)
    for respuesta in (cliente.get(ruta), cliente.post(ruta)):
        assert (respuesta.status_code, respuesta["Location"]) == (303, CUENTA)
    assert cliente.get(ruta, headers=HTMX)["HX-Redirect"] == CUENTA
    pagina = cliente.get(CUENTA).content.decode()
    assert "lo exige a quien la administra. Actívelo para seguir." in pagina
    activar(ana)
    assert entrada(ana).get(ruta).status_code == 200


def test_en_la_api_con_su_sesion_es_un_403(ana: Usuario, granja: Mundo) -> None:
    cliente = entrada(ana)
    exigir(granja.empresa)
    respuesta = cliente.get("/api/v1/productos")
    assert respuesta.status_code == 403
    assert respuesta.json()["codigo"] == "falta_segundo_factor"
    ingles = cliente.get("/api/v1/inventory/items")
    assert ingles.status_code == 403
    assert ingles.json()["code"] == "otp_enrollment_required"


@pytest.mark.parametrize("rol", [Rol.OPERADOR, Rol.SUPERVISOR, Rol.AUDITOR])
def test_a_los_demas_no_se_les_exige(granja: Mundo, entrar: Callable[..., Navegador], rol: Rol) -> None:
    exigir(granja.empresa)
    assert entrar(rol).get("/").status_code == 200


def test_puede_irse_a_otra_empresa_que_no_lo_exige(ana: Usuario, granja: Mundo, vecino: Navegador) -> None:
    vecina = Empresa.objects.get(slug="vecina")
    agregar_miembro(empresa=vecina, usuario=ana, rol=Rol.ADMINISTRADOR)
    exigir(granja.empresa)
    cliente = entrada(ana)
    assert cliente.get("/")["Location"] == CUENTA
    cliente.post(reverse("cuentas:empresa"), {"empresa": vecina.pk})
    assert cliente.get("/").status_code == 200


def test_exigirlo_se_cambia_en_el_admin_de_la_empresa(ana: Usuario, granja: Mundo) -> None:
    cliente = entrada(ana)
    ruta = f"/admin/cuentas/empresa/{granja.empresa.pk}/change/"
    assert 'name="exige_segundo_factor"' in cliente.get(ruta).content.decode()
    datos = {"nombre": "Granja", "pais": "EC", "zona_horaria": "America/Guayaquil", "moneda": "USD"}
    respuesta = cliente.post(ruta, {**datos, "exige_segundo_factor": "on"})
    assert respuesta.status_code == 302
    granja.empresa.refresh_from_db()
    assert granja.empresa.exige_segundo_factor
    assert cliente.get("/")["Location"] == CUENTA


def test_no_se_ofrece_quitarlo_a_quien_se_le_exige(ana: Usuario, telefono: Telefono, granja: Mundo) -> None:
    exigir(granja.empresa)
    cliente = entrada(ana)
    assert 'value="quitar"' not in cliente.get(CUENTA).content.decode()
    datos = {"contrasena": CONTRASENA, "codigo": telefono.codigo(), "accion": "quitar"}
    respuesta = cliente.post(CUENTA, datos)
    assert respuesta.status_code == 422
    assert "no se puede quitar" in respuesta.content.decode()


@pytest.mark.parametrize("puerta", ["segundo factor", "código", "entrar"])
def test_de_un_fallo_no_queda_escrito_ningun_secreto(telefono: Telefono, settings: Any, puerta: str) -> None:
    """axes guarda lo que traía la solicitud: la contraseña buena, el código y el enlace valen todavía."""
    settings.AXES_ENABLED = True
    cliente = Navegador()
    if puerta == "entrar":
        cliente.post(
            "/entrar/?next=/invitacion/1-1-enlace/", {"username": "ana@doble.ec", "password": "mala-9"}
        )
    else:
        con_contrasena(cliente)
        if puerta == "código":
            con_codigo(cliente, "987654")
        else:
            con_codigo(cliente, telefono.codigo())
            cliente.post("/cuenta/segundo-factor/", {"contrasena": CONTRASENA, "codigo": "987654"})
    assert AccessAttempt.objects.exists()
    escrito = str(list(AccessAttempt.objects.values())) + str(list(AccessFailureLog.objects.values()))
    for secreto in (CONTRASENA, "mala-9", "987654", "1-1-enlace"):
        assert secreto not in escrito


def test_al_quitarlo_no_reviven_las_sesiones_de_antes(ana: Usuario) -> None:
    """La que no vio el segundo factor se cerró al activarlo, y cerrada se queda."""
    vieja = Navegador()
    vieja.force_login(ana)
    ahora = timezone.now()
    Sesion.objects.create(usuario=ana, autenticada_en=ahora, vence_en=ahora + timedelta(days=1))
    activar(ana)
    segundo_factor.retirar(ana)
    assert vieja.get("/cuenta/").status_code == 302
    assert not Sesion.objects.exists()


def test_el_telefono_que_se_dejo_a_medias_otro_dia_no_se_confirma(ana: Usuario) -> None:
    segundo_factor.comenzar(peticion=RequestFactory().post("/"), usuario=ana, contrasena=CONTRASENA)
    assert segundo_factor.por_confirmar(ana) is not None
    TOTPDevice.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert segundo_factor.por_confirmar(ana) is None
    with pytest.raises(SinActivar):
        segundo_factor.confirmar(usuario=ana, codigo="000000")
