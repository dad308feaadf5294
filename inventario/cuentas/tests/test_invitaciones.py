"""Invitar, reenviar, revocar y aceptar: nadie es miembro sin quererlo ni con una contraseña ajena."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from smtplib import SMTPException
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventario.cuentas.acceso import services as acceso
from inventario.cuentas.actores import actor_de_membresia
from inventario.cuentas.alcance import alcance_de
from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.invitaciones import envio
from inventario.cuentas.invitaciones.aceptacion import (
    abrir,
    aceptar_con_cuenta,
    aceptar_eligiendo_contrasena,
    elige_contrasena,
)
from inventario.cuentas.invitaciones.enlaces import token_de
from inventario.cuentas.invitaciones.errores import (
    CorreoAjeno,
    CuentaYaExiste,
    InvitacionNoVigente,
    InvitacionResuelta,
    YaInvitada,
)
from inventario.cuentas.invitaciones.services import Emitida, invitar, reenviar, revocar
from inventario.cuentas.models import Bodega, Empresa, Invitacion, Membresia, Sesion, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.errores import YaEsMiembro
from inventario.cuentas.personas.services import agregar_miembro, cambiar_membresia
from inventario.cuentas.tasks import enviar_invitaciones
from inventario.nucleo.actores import Actor
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import DatoInvalido, SinPermiso
from inventario.nucleo.tests.fabricas import BodegaFabrica

CORREO = "eva@granja.test"
BUENA = "una-clave-larga-2026"
ENLACE = re.compile(r"/invitacion/([^/\s]+)/")


@pytest.fixture
def otro_actor(otra_empresa: Empresa) -> Actor:
    """Quien administra la otra empresa."""
    beto = Usuario.objects.create_user("beto@otra.ec", BUENA, nombre="Beto")
    agregar_miembro(empresa=otra_empresa, usuario=beto, rol=Rol.ADMINISTRADOR)
    with en_empresa(otra_empresa):
        return actor_de_membresia(beto, otra_empresa)


@pytest.fixture
def sin_correo(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"


def por_correo(actor: Actor, correo: str = CORREO, rol: str = Rol.OPERADOR) -> str:
    """Invita y devuelve el token que llegó por correo."""
    invitar(actor=actor, correo=correo, rol=rol)
    return recibido()


def recibido() -> str:
    enviar_invitaciones.delay()
    hallado = ENLACE.search(str(mail.outbox[-1].body))
    assert hallado
    return hallado[1]


# ── El ataque ───────────────────────────────────────────────────────────────────────────────────


def test_quien_administra_una_empresa_no_llega_a_otra_por_la_persona_que_creo(
    actor: Actor, otro_actor: Actor
) -> None:
    """A pone a una persona con una contraseña que eligió; B invita el mismo correo; A entra en B."""
    with pytest.raises(TypeError):
        invitar(actor=actor, correo=CORREO, rol=Rol.OPERADOR, contrasena="la-de-a")  # type: ignore[call-arg]
    # Aunque una base de antes guarde la cuenta que A hizo con su contraseña inicial.
    eva = Usuario.objects.create_user(CORREO, "la-que-puso-a", debe_cambiar_contrasena=True)
    agregar_miembro(empresa=actor.empresa, usuario=eva, rol=Rol.OPERADOR)
    token = por_correo(otro_actor)
    assert not Membresia.objects.filter(usuario=eva, empresa=otro_actor.empresa).exists()
    aceptar_eligiendo_contrasena(token=token, nombre="Eva", contrasena=BUENA)
    eva.refresh_from_db()
    assert not eva.check_password("la-que-puso-a")
    assert eva.check_password(BUENA)
    assert eva.membresias.count() == 2


def test_el_enlace_mostrado_en_pantalla_no_da_la_cuenta_de_otra_empresa(
    actor: Actor, otro_actor: Actor, sin_correo: None
) -> None:
    """Al revés: B, sin correo, ve el enlace; con él no cambia la contraseña de quien es de A."""
    for campos in ({"debe_cambiar_contrasena": True}, {}):
        Usuario.objects.filter(email=CORREO).delete()
        eva = Usuario.objects.create_user(CORREO, "la-inicial" if campos else None, **campos)
        emitida = invitar(actor=otro_actor, correo=CORREO, rol=Rol.OPERADOR)
        with en_empresa(otro_actor.empresa):
            assert not elige_contrasena(emitida.invitacion)
        with pytest.raises(CuentaYaExiste):
            aceptar_eligiendo_contrasena(token=emitida.token, nombre="Eva", contrasena=BUENA)
        antes = eva.password
        eva.refresh_from_db()
        assert eva.password == antes
        revocar(actor=otro_actor, invitacion=emitida.invitacion)
    assert Membresia.objects.filter(usuario__email=CORREO).count() == 0


# ── Invitar ─────────────────────────────────────────────────────────────────────────────────────


def test_invitar_no_crea_cuenta_ni_membresia_y_el_token_no_se_guarda(actor: Actor) -> None:
    token = por_correo(actor, "Eva@Granja.test")
    assert not Usuario.objects.filter(email=CORREO).exists()
    assert Membresia.objects.count() == 1
    assert mail.outbox[-1].to == [CORREO]
    with en_empresa(actor.empresa):
        guardado = str(Invitacion.objects.values().get())
    assert token not in guardado
    assert token.split("-")[-1] not in guardado


def test_invitar_cuesta_y_responde_lo_mismo_tenga_cuenta_o_no(actor: Actor) -> None:
    Usuario.objects.create_user("conocida@x.test", BUENA)
    vistas = []
    for correo in ("conocida@x.test", "ignota@x.test"):
        with CaptureQueriesContext(connection) as consultas:
            emitida = invitar(actor=actor, correo=correo, rol=Rol.OPERADOR)
        vistas.append((len(consultas), emitida.token, emitida.invitacion.mostrada))
    assert vistas[0] == vistas[1]


@pytest.mark.parametrize("activa", [True, False])
def test_invitar_a_quien_ya_es_miembro_se_rechaza_y_dice_que_hacer(actor: Actor, activa: bool) -> None:
    membresia = agregar_miembro(
        empresa=actor.empresa, usuario=Usuario.objects.create_user(CORREO), rol=Rol.AUDITOR
    )
    Membresia.objects.filter(pk=membresia.pk).update(activa=activa)
    with pytest.raises(YaEsMiembro, match="ya es miembro" if activa else "reactívelo"):
        invitar(actor=actor, correo=CORREO, rol=Rol.OPERADOR)
    with en_empresa(actor.empresa):
        assert not Invitacion.objects.exists()


def test_hay_una_invitacion_viva_por_correo_y_la_vencida_deja_lugar(actor: Actor) -> None:
    invitar(actor=actor, correo=CORREO, rol=Rol.OPERADOR)
    with pytest.raises(YaInvitada, match="reenvíela"):
        invitar(actor=actor, correo=CORREO, rol=Rol.OPERADOR)
    despues = timezone.now() + Invitacion.DURA
    invitar(actor=actor, correo=CORREO, rol=Rol.OPERADOR, reloj=lambda: despues)
    with en_empresa(actor.empresa):
        assert Invitacion.objects.count() == 2
        assert Invitacion.objects.pendientes().count() == 1


@pytest.mark.parametrize(
    ("campo", "datos"),
    [
        ("correo", {"correo": "no-es"}),
        ("correo", {"correo": ""}),
        ("correo", {"correo": "a\x00@x.test"}),
        ("correo", {"correo": "a" * 300 + "@x.test"}),
        ("rol", {"rol": "rey"}),
        ("nombre", {"nombre": "x" * 256}),
        ("nombre", {"nombre": "Eva\nBcc: z@x.test"}),
    ],
)
def test_invitar_con_un_dato_malo_dice_cual(actor: Actor, campo: str, datos: dict[str, str]) -> None:
    dados: dict[str, Any] = {"correo": CORREO, "rol": Rol.OPERADOR, **datos}
    with pytest.raises(DatoInvalido) as rechazo:
        invitar(actor=actor, **dados)
    assert rechazo.value.datos["campo"] == campo
    with en_empresa(actor.empresa):
        assert not Invitacion.objects.exists()


def test_solo_invita_quien_administra(actor_con: Callable[[str], Actor]) -> None:
    for rol in set(Rol) - {Rol.ADMINISTRADOR}:
        with pytest.raises(SinPermiso):
            invitar(actor=actor_con(rol), correo=CORREO, rol=Rol.OPERADOR)


# ── Aceptar ─────────────────────────────────────────────────────────────────────────────────────


def test_aceptar_sin_cuenta_crea_la_persona_con_su_contrasena(actor: Actor) -> None:
    membresia = aceptar_eligiendo_contrasena(
        token=por_correo(actor, rol=Rol.SUPERVISOR), nombre="Eva", contrasena=BUENA
    )
    eva = membresia.usuario
    assert (eva.email, eva.nombre, eva.is_staff, eva.is_superuser) == (CORREO, "Eva", False, False)
    assert eva.check_password(BUENA)
    assert not eva.debe_cambiar_contrasena
    assert (membresia.rol, membresia.activa, membresia.predeterminada) == (Rol.SUPERVISOR, True, True)


def test_aceptar_con_cuenta_no_toca_su_contrasena(actor: Actor) -> None:
    eva = Usuario.objects.create_user(CORREO, BUENA, nombre="Eva")
    token = por_correo(actor)
    with pytest.raises(CuentaYaExiste):
        aceptar_eligiendo_contrasena(token=token, nombre="Otra", contrasena="otra-muy-larga-1")
    aceptar_con_cuenta(token=token, usuario=eva)
    eva.refresh_from_db()
    assert (eva.nombre, eva.check_password(BUENA)) == ("Eva", True)
    assert eva.membresias.get().empresa == actor.empresa


def test_aceptar_con_otra_cuenta_se_rechaza(actor: Actor, otro_actor: Actor) -> None:
    with pytest.raises(CorreoAjeno):
        aceptar_con_cuenta(token=por_correo(actor), usuario=otro_actor.usuario)
    assert not Membresia.objects.filter(usuario=otro_actor.usuario, empresa=actor.empresa).exists()


def test_aceptar_con_contrasena_debil_no_cambia_nada(actor: Actor) -> None:
    token = por_correo(actor)
    with pytest.raises(DatoInvalido) as rechazo:
        aceptar_eligiendo_contrasena(token=token, nombre="Eva", contrasena="12345678")
    assert rechazo.value.datos["campo"] == "contrasena"
    assert not Usuario.objects.filter(email=CORREO).exists()
    assert abrir(token).vigente(timezone.now())


def _usada(actor: Actor, token: str) -> str:
    aceptar_eligiendo_contrasena(token=token, nombre="Eva", contrasena=BUENA)
    return token


def _revocada(actor: Actor, token: str) -> str:
    revocar(actor=actor, invitacion=abrir(token))
    return token


def _reenviada(actor: Actor, token: str) -> str:
    reenviar(actor=actor, invitacion=abrir(token))
    return token


def _vencida(actor: Actor, token: str) -> str:
    with en_empresa(actor.empresa):
        Invitacion.objects.update(vence_en=timezone.now())
    return token


def _de_empresa_apagada(actor: Actor, token: str) -> str:
    Empresa.objects.filter(pk=actor.empresa.pk).update(activa=False)
    return token


def _con_otra_firma(actor: Actor, token: str) -> str:
    return token[:-1] + ("0" if token[-1] != "0" else "1")


def _de_otra_empresa(actor: Actor, token: str) -> str:
    return f"{actor.empresa.pk + 1}-{token.split('-', 1)[1]}"


@pytest.mark.parametrize(
    "estropear",
    [
        *(_usada, _revocada, _reenviada, _vencida, _de_empresa_apagada, _con_otra_firma, _de_otra_empresa),
        *(
            lambda *_: "",
            lambda *_: "x",
            lambda *_: "9" * 19 + "-1-" + "0" * 64,
            lambda *_: "1-1-" + "0" * 64,
        ),
    ],
)
def test_todo_enlace_que_no_sirve_es_el_mismo_rechazo(
    actor: Actor, otra_empresa: Empresa, estropear: Callable[[Actor, str], str]
) -> None:
    token = estropear(actor, por_correo(actor))
    alguien = Usuario.objects.filter(email=CORREO).first() or Usuario.objects.create_user(CORREO, BUENA)
    antes = Membresia.objects.count()
    for abriendo in (
        lambda: abrir(token),
        lambda: aceptar_con_cuenta(token=token, usuario=alguien),
        lambda: aceptar_eligiendo_contrasena(token=token, nombre="Eva", contrasena=BUENA),
    ):
        with pytest.raises(InvitacionNoVigente) as rechazo:
            abriendo()
        assert rechazo.value.mensaje == "Esta invitación ya no sirve."
    assert Membresia.objects.count() == antes


def test_cambiar_la_clave_del_servidor_no_mata_los_enlaces_mientras_se_reconoce_la_anterior(
    actor: Actor, settings: Any
) -> None:
    token = por_correo(actor)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "otra" * 20
    assert abrir(token).correo == CORREO
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvitacionNoVigente):
        abrir(token)


def test_lo_resuelto_no_se_reenvia_ni_se_revoca(actor: Actor) -> None:
    token = por_correo(actor)
    invitacion = abrir(token)
    aceptar_eligiendo_contrasena(token=token, nombre="Eva", contrasena=BUENA)
    with pytest.raises(YaEsMiembro):
        invitar(actor=actor, correo=CORREO, rol=Rol.OPERADOR)
    for verbo in (reenviar, revocar):
        with pytest.raises(InvitacionResuelta):
            verbo(actor=actor, invitacion=invitacion)


def test_estrenar_la_cuenta_cierra_las_sesiones_de_quien_sabia_la_inicial(
    actor: Actor, otro_actor: Actor
) -> None:
    eva = Usuario.objects.create_user(CORREO, "la-inicial", debe_cambiar_contrasena=True)
    ahora = timezone.now()
    Sesion.objects.create(usuario=eva, autenticada_en=ahora, vence_en=ahora + timedelta(days=1))
    aceptar_eligiendo_contrasena(token=por_correo(otro_actor), nombre="Eva", contrasena=BUENA)
    assert not Sesion.objects.exists()


# ── Mandar ──────────────────────────────────────────────────────────────────────────────────────


def test_un_correo_caido_demora_la_invitacion_y_no_la_pierde(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def caido(*_: Any, **__: Any) -> None:
        raise SMTPException("caído")

    ahora = timezone.now()
    with monkeypatch.context() as caida:
        caida.setattr(envio, "send_mail", caido)
        invitar(actor=actor, correo=CORREO, rol=Rol.OPERADOR, reloj=lambda: ahora)
        assert envio.enviar_debidas(actor.empresa, lambda: ahora) == 0
    # Apartada un rato: otro proceso no la manda a la vez.
    assert envio.enviar_debidas(actor.empresa, lambda: ahora) == 0
    assert envio.enviar_debidas(actor.empresa, lambda: ahora + envio.ESPERA) == 1
    assert envio.enviar_debidas(actor.empresa, lambda: ahora + timedelta(days=1)) == 0
    assert len(mail.outbox) == 1


def test_el_enlace_del_correo_no_sale_de_la_solicitud(actor: Actor, settings: Any) -> None:
    settings.URL_PUBLICA = "https://inventario.granja.ec"
    por_correo(actor)
    assert "https://inventario.granja.ec/invitacion/" in mail.outbox[-1].body


def test_sin_correo_el_enlace_se_da_a_quien_invita_y_no_se_manda(actor: Actor, sin_correo: None) -> None:
    emitida = invitar(actor=actor, correo=CORREO, rol=Rol.OPERADOR)
    enviar_invitaciones.delay()
    assert mail.outbox == []
    assert abrir(emitida.token).mostrada
    otra: Emitida = reenviar(actor=actor, invitacion=emitida.invitacion)
    assert otra.token != emitida.token
    assert aceptar_eligiendo_contrasena(token=otra.token, nombre="Eva", contrasena=BUENA).activa


# ── Hasta dónde llega quien da el acceso ────────────────────────────────────────────────────────


@pytest.fixture
def sur(alcance: Empresa) -> Bodega:
    return BodegaFabrica.create(empresa=alcance, codigo="sur")


@pytest.fixture
def limitado(actor: Actor, bodega: Bodega) -> Actor:
    """Administra, pero llega a la bodega principal y no al sur."""
    return replace(actor, alcance=Alcance.de([bodega.pk]), bodega=bodega)


def test_quien_llega_a_una_bodega_no_da_acceso_a_otra(limitado: Actor, sur: Bodega) -> None:
    eva = agregar_miembro(
        empresa=limitado.empresa,
        usuario=Usuario.objects.create_user(CORREO),
        rol=Rol.OPERADOR,
        bodegas_permitidas=[limitado.bodega] if limitado.bodega else [],
    )
    invita = partial(invitar, actor=limitado, correo="x@x.test", rol=Rol.OPERADOR)
    cambia = partial(
        cambiar_membresia,
        actor=limitado,
        membresia=eva,
        rol=Rol.OPERADOR,
        activa=True,
        bodega=None,
        limitada_a=[],
    )
    da_clave = partial(
        crear_clave_api, actor=limitado, empresa=limitado.empresa, nombre="x", alcances=["inventory:read"]
    )
    for dar in (
        *(partial(invita, bodega=sur), partial(invita, limitada_a=[sur])),
        *(partial(cambia, bodega=sur), partial(cambia, limitada_a=[sur])),
        *(partial(da_clave, bodega=sur), partial(da_clave, bodegas_permitidas=[sur])),
    ):
        with pytest.raises(DatoInvalido, match="usted alcanza"):
            dar()


def test_sin_nombrar_bodegas_da_las_suyas_y_no_todas(limitado: Actor, sur: Bodega) -> None:
    emitida = invitar(actor=limitado, correo=CORREO, rol=Rol.OPERADOR)
    membresia = aceptar_eligiendo_contrasena(
        token=token_de(emitida.invitacion), nombre="Eva", contrasena=BUENA
    )
    clave, _ = crear_clave_api(
        actor=limitado, empresa=limitado.empresa, nombre="x", alcances=["inventory:read"]
    )
    assert alcance_de(membresia) == alcance_de(clave) == limitado.alcance
    cambiada = cambiar_membresia(
        actor=limitado, membresia=membresia, rol=Rol.AUDITOR, activa=True, bodega=None, limitada_a=[]
    )
    assert alcance_de(cambiada) == limitado.alcance


def test_quien_llega_a_una_bodega_no_cambia_a_quien_llega_a_mas(
    actor: Actor, limitado: Actor, sur: Bodega
) -> None:
    eva = agregar_miembro(
        empresa=actor.empresa, usuario=Usuario.objects.create_user(CORREO), rol=Rol.ADMINISTRADOR
    )
    with pytest.raises(SinPermiso, match="no alcanza"):
        cambiar_membresia(
            actor=limitado, membresia=eva, rol=Rol.AUDITOR, activa=False, bodega=None, limitada_a=[]
        )
    ajena = invitar(actor=actor, correo="x@x.test", rol=Rol.OPERADOR).invitacion
    for verbo in (reenviar, revocar):
        with pytest.raises(SinPermiso, match="no alcanza"):
            verbo(actor=limitado, invitacion=ajena)


def test_quien_deja_de_administrar_no_deja_invitaciones_abiertas(actor: Actor, alcance: Empresa) -> None:
    eva = agregar_miembro(
        empresa=actor.empresa, usuario=Usuario.objects.create_user(CORREO), rol=Rol.ADMINISTRADOR
    )
    token = token_de(
        invitar(
            actor=actor_de_membresia(eva.usuario, actor.empresa), correo="yo@x.test", rol=Rol.ADMINISTRADOR
        ).invitacion
    )
    assert abrir(token).correo == "yo@x.test"
    cambiar_membresia(actor=actor, membresia=eva, rol=Rol.AUDITOR, activa=True, bodega=None, limitada_a=[])
    with pytest.raises(InvitacionNoVigente):
        abrir(token)


def test_la_recuperacion_sigue_sirviendo_a_quien_acepto(actor: Actor) -> None:
    membresia = aceptar_eligiendo_contrasena(token=por_correo(actor), nombre="Eva", contrasena=BUENA)
    codigo = acceso.codigo_de_recuperacion(membresia.usuario)
    assert acceso.restablecer(codigo=codigo, nueva="otra-muy-larga-2026") == membresia.usuario
