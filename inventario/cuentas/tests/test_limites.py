"""Un límite por acción, entre por la puerta que entre."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessFailureLog
from django.core.cache import cache
from django.test import Client, RequestFactory

from inventario.cuentas.acceso import intentos
from inventario.cuentas.acceso.errores import CupoAgotado
from inventario.cuentas.acceso.intentos import Intento
from inventario.cuentas.acceso.limites import LIMITES, Accion, Por, exigir_cupo
from inventario.cuentas.invitaciones.services import invitar
from inventario.cuentas.models import Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.segundo_factor import services as segundo_factor
from inventario.cuentas.segundo_factor.errores import CodigoInvalido
from inventario.cuentas.tests.telefono import activar
from inventario.nucleo import contador
from inventario.nucleo.actores import Actor

CORREO = "ana@acme.ec"
BUENA = "clave-de-prueba"


@pytest.fixture(autouse=True)
def con_limites(settings: Any, time_machine: Any) -> None:
    # A mitad de un minuto: cada cuenta empieza de nuevo en el siguiente.
    time_machine.move_to("2027-03-01 12:00:20+00:00", tick=False)
    cache.clear()
    settings.LIMITE_DE_ACCESO, settings.LIMITE_DE_ACCESO_POR_IP = 5, 30


def entrar(por: str, *, desde: str = "10.0.0.1", correo: str = CORREO, contrasena: str = "mala") -> Any:
    if por == "api":
        cuerpo = {"email": correo, "password": contrasena}
        return Client().post("/api/v1/auth/login", cuerpo, content_type="application/json", REMOTE_ADDR=desde)
    assert por == "pagina", "El admin no tiene puerta propia."
    return Client().post("/entrar/", {"username": correo, "password": contrasena}, REMOTE_ADDR=desde)


def exigir_espera(respuesta: Any) -> None:
    assert (respuesta.status_code, respuesta["Retry-After"]) == (429, "40")


@pytest.mark.django_db
def test_la_puerta_del_admin_es_la_de_la_pagina(usuario: Usuario) -> None:
    datos = {"username": CORREO, "password": BUENA}
    cliente = Client()
    respuesta = cliente.post("/admin/login/", datos)
    assert (respuesta.status_code, respuesta["Location"]) == (302, "/entrar/?next=/admin/")
    assert cliente.get("/admin/").status_code == 302


@pytest.mark.django_db
def test_las_dos_puertas_gastan_el_mismo_cupo(usuario: Usuario) -> None:
    for por in ("pagina", "api", "api", "api", "pagina"):
        assert entrar(por).status_code in (200, 401)
    for por in ("pagina", "api"):
        # También con la buena: quien adivina no debe saber que acertó.
        exigir_espera(entrar(por, contrasena=BUENA))
    assert entrar("api", correo="otra@acme.ec").status_code == 401
    assert entrar("api", desde="10.0.0.2", contrasena=BUENA).status_code == 200


@pytest.mark.django_db
def test_la_pagina_dice_cuanto_falta_y_que_hacer_y_la_api_conserva_su_forma(
    usuario: Usuario, settings: Any
) -> None:
    settings.LIMITE_DE_ACCESO = 1
    entrar("pagina")
    texto = entrar("pagina").content.decode()
    assert "Vuelva a intentarlo en 40 segundos." in texto
    assert "/olvido/" in texto
    ingles = Client()
    ingles.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    cuerpo = {"username": CORREO, "password": "mala"}
    assert (
        "Try again in 40 seconds." in ingles.post("/entrar/", cuerpo, REMOTE_ADDR="10.0.0.1").content.decode()
    )
    assert entrar("api").json() == {"detail": "Too many requests", "retry_after": 40}


@pytest.mark.django_db
def test_una_red_ipv6_es_una_sola_direccion(usuario: Usuario, settings: Any) -> None:
    settings.LIMITE_DE_ACCESO = 2
    for desde in ("2001:db8:1:2::1", "2001:db8:1:2:aaaa::9"):
        assert entrar("api", desde=desde).status_code == 401
    exigir_espera(entrar("api", desde="2001:db8:1:2:ffff::7"))
    assert entrar("api", desde="2001:db8:1:3::1").status_code == 401


@pytest.mark.django_db
def test_axes_cuenta_por_la_misma_red(usuario: Usuario, settings: Any) -> None:
    settings.AXES_ENABLED, settings.LIMITE_DE_ACCESO = True, 0
    for numero in range(5):
        entrar("api", desde=f"2001:db8:1:2::{numero}")
    assert entrar("api", desde="2001:db8:1:2::77").status_code == 423
    pagina = entrar("pagina", desde="2001:db8:1:2::77")
    assert (pagina.status_code, pagina["Retry-After"]) == (429, "900")


@pytest.mark.django_db
def test_recuperar_se_cuenta_igual_en_la_pagina_y_en_la_api(usuario: Usuario) -> None:
    for _ in range(5):
        assert Client().post("/olvido/", {"correo": CORREO}).status_code == 200
    exigir_espera(Client().post("/olvido/", {"correo": CORREO.upper()}))
    cuerpo = {"email": CORREO}
    exigir_espera(Client().post("/api/v1/auth/forgot-password", cuerpo, content_type="application/json"))


def test_doce_a_la_vez_son_doce(settings: Any, tmp_path: Path) -> None:
    en_archivos = "inventario.nucleo.cache_en_archivos.CacheEnArchivos"
    settings.CACHES = {"default": {"BACKEND": en_archivos, "LOCATION": str(tmp_path)}}
    solicitud = RequestFactory().post("/entrar/", REMOTE_ADDR="10.0.0.1")

    def pasa(_: int) -> bool:
        try:
            exigir_cupo(Accion.ENTRAR, solicitud=solicitud, cuenta=CORREO)
        except CupoAgotado:
            return False
        return True

    with ThreadPoolExecutor(12) as hilos:
        assert sum(hilos.map(pasa, range(12))) == 5


def test_con_la_cache_caida_se_sigue_contando(settings: Any) -> None:
    caida = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": caida}
    contador._locales.clear()
    for _ in range(5):
        exigir_cupo(Accion.CAMBIAR_CONTRASENA, cuenta=CORREO)
    with pytest.raises(CupoAgotado) as agotado:
        exigir_cupo(Accion.CAMBIAR_CONTRASENA, cuenta=CORREO)
    assert agotado.value.espera_s == 40


@pytest.mark.parametrize("accion", list(Accion))
def test_toda_accion_tiene_su_limite_y_avisa_si_falta_por_que_se_cuenta(
    accion: Accion, settings: Any
) -> None:
    settings.LIMITE_DE_INVITACIONES_POR_DIA = settings.LIMITE_DE_IMPORTACIONES_POR_HORA = 3
    settings.LIMITE_DE_ACCESO = 3
    datos: dict[str, Any] = {
        "solicitud": RequestFactory().get("/"),
        "cuenta": CORREO,
        "empresa_id": 7,
    }
    for _ in range(3):
        exigir_cupo(accion, **datos)
    with pytest.raises(CupoAgotado):
        exigir_cupo(accion, **datos)
    exigir_cupo(accion, solicitud=RequestFactory().get("/", REMOTE_ADDR="9.9.9.9"), cuenta="x", empresa_id=8)
    if any(cupo.por not in (Por.CUENTA,) for cupo in LIMITES[accion]):
        with pytest.raises(ValueError, match="se cuenta por"):
            exigir_cupo(accion)


class TestAsedio:
    """Muchas direcciones contra una cuenta: lo que la cuenta corta no ve."""

    @pytest.fixture(autouse=True)
    def con_asedio(self, con_limites: None, db: None, usuario: Usuario, settings: Any) -> None:
        settings.AXES_ENABLED, settings.LIMITE_DE_ACCESO, settings.LIMITE_DE_FALLOS_POR_DIA = True, 0, 6
        # El dueño entra desde su casa, como siempre.
        assert entrar("api", desde="10.0.0.1", contrasena=BUENA).status_code == 200
        for numero in range(6):
            assert entrar("api", desde=f"203.0.113.{numero}").status_code == 401

    def test_otra_direccion_ya_no_prueba_y_la_conocida_entra(self) -> None:
        for por in ("api", "pagina"):
            frenada = entrar(por, desde="198.51.100.1", contrasena=BUENA)
            assert (frenada.status_code, frenada["Retry-After"]) == (429, "86400")
        assert entrar("pagina", desde="10.0.0.1", contrasena=BUENA).status_code == 302
        # Que el dueño entre no le devuelve intentos a nadie, y perder la caché tampoco.
        cache.clear()
        assert entrar("api", desde="198.51.100.2").status_code == 429
        assert AccessFailureLog.objects.count() == 6

    def test_pasado_el_dia_se_vuelve_a_probar(self, time_machine: Any) -> None:
        time_machine.move_to("2027-03-02 12:00:21+00:00", tick=False)
        assert entrar("api", desde="198.51.100.1").status_code == 401

    def test_recuperar_la_contrasena_empieza_de_nuevo(self) -> None:
        intentos.abrir_el_paso(CORREO)
        assert entrar("api", desde="198.51.100.1", contrasena=BUENA).status_code == 200

    def test_otra_cuenta_sigue_igual(self) -> None:
        assert entrar("api", desde="198.51.100.1", correo="beto@acme.ec").status_code == 401


@pytest.mark.django_db
def test_poner_otra_contrasena_se_cuenta_en_la_pagina_y_en_la_api(usuario: Usuario) -> None:
    malo = {"recovery_token": "x", "new_password": "otra-Frase-9812"}
    for _ in range(2):
        Client().post("/api/v1/auth/reset-password", malo, content_type="application/json")
    for _ in range(3):
        assert Client().post("/restablecer/", {"nueva": "x"}).status_code != 429
    exigir_espera(Client().post("/restablecer/", {"nueva": "x"}))
    exigir_espera(Client().post("/api/v1/auth/reset-password", malo, content_type="application/json"))


@pytest.mark.django_db
def test_invitar_y_dar_codigos_gastan_su_cupo(actor: Actor, settings: Any) -> None:
    """Cada una lo exige en su servicio: por eso da igual la puerta."""
    activar(actor.usuario)
    cache.clear()
    settings.LIMITE_DE_INVITACIONES_POR_DIA = settings.LIMITE_DE_CODIGOS_POR_DIA = 1
    invitar(actor=actor, correo="uno@x.test", rol=Rol.OPERADOR)
    with pytest.raises(CupoAgotado):
        invitar(actor=actor, correo="dos@x.test", rol=Rol.OPERADOR)
    intento = Intento(RequestFactory().post("/"), actor.usuario.email)
    with pytest.raises(CodigoInvalido):
        segundo_factor.comprobar(actor.usuario, "000000", intento)
    with pytest.raises(CupoAgotado):
        segundo_factor.comprobar(actor.usuario, "000000", intento)
