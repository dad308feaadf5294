"""La cuenta propia: nombre, contraseña, sesiones y lo que pasa mientras deba cambiar la contraseña."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.models import Anotacion
from inventario.cuentas.models import Membresia, Sesion, SesionWeb, Usuario
from inventario.movimientos.tests.mundo import Mundo
from inventario.panel.tests.conftest import HTMX, Navegador

ACTUAL = "clave-de-prueba"
NUEVA = "otra-Frase-9812"
CAMBIO = {"actual": ACTUAL, "nueva": NUEVA, "repetida": NUEVA}
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


@pytest.fixture
def ana(granja: Mundo, navegador: Navegador) -> Usuario:
    ana = Usuario.objects.get(pk=navegador.session["_auth_user_id"])
    ana.set_password(ACTUAL)
    ana.save()
    navegador.force_login(ana)
    return ana


@pytest.fixture
def telefono(ana: Usuario) -> Navegador:
    telefono = Navegador(headers={"User-Agent": CHROME}, REMOTE_ADDR="10.1.2.3")
    telefono.post("/entrar/", {"username": ana.email, "password": ACTUAL})
    return telefono


@pytest.fixture
def por_api(ana: Usuario) -> Sesion:
    ahora = timezone.now()
    return Sesion.objects.create(
        usuario=ana,
        autenticada_en=ahora,
        vence_en=ahora + timedelta(days=1),
        ip="10.9.9.9",
        agente="curl/8.5",
    )


def texto_de(respuesta: Any) -> str:
    return str(respuesta.content.decode())


def sesiones_a_la_vista(respuesta: Any) -> list[str]:
    return re.findall(r'name="sesion" value="(\w+)"', texto_de(respuesta))


# ── La página ───────────────────────────────────────────────────────────────────────────────────


def test_sin_entrar_lleva_a_entrar() -> None:
    assert Client().get("/cuenta/")["Location"] == "/entrar/?next=/cuenta/"


@pytest.mark.usefixtures("ana")
def test_desde_cualquier_pagina_se_llega_a_la_cuenta(navegador: Navegador) -> None:
    assert 'href="/cuenta/"' in texto_de(navegador.get("/"))


def test_cambiar_el_nombre(ana: Usuario, navegador: Navegador) -> None:
    assert navegador.post("/cuenta/nombre/", {"nombre": "  Ana Ruiz "}).status_code == 303
    ana.refresh_from_db()
    assert ana.nombre == "Ana Ruiz"
    una = Anotacion.objects.get(hecho=Hecho.PERSONA_CAMBIADA)
    assert (una.quien, una.despues) == (f"Ana Ruiz ({ana.email})", {"nombre": "Ana Ruiz"})
    assert "Su nombre quedó guardado." in texto_de(navegador.get("/cuenta/"))
    for malo in ("", " ", "x" * 256, "a\x00b"):
        respuesta = navegador.post("/cuenta/nombre/", {"nombre": malo})
        assert respuesta.status_code == 422
        assert respuesta.context["formulario"].errors["nombre"]
    ana.refresh_from_db()
    assert ana.nombre == "Ana Ruiz"


# ── La contraseña ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("por_api")
def test_cambiar_la_contrasena_sigue_aqui_y_cierra_las_demas(
    ana: Usuario, navegador: Navegador, telefono: Navegador
) -> None:
    assert telefono.get("/").status_code == 200
    respuesta = navegador.post("/cuenta/contrasena/", CAMBIO)
    assert (respuesta.status_code, respuesta["Location"]) == (303, "/cuenta/")
    assert "Su contraseña cambió." in texto_de(navegador.get("/cuenta/"))
    assert telefono.get("/").status_code == 302
    assert list(SesionWeb.objects.filter(usuario=ana)) == [
        SesionWeb.objects.get(session_key=navegador.session.session_key)
    ]
    assert not Sesion.objects.filter(usuario=ana).exists()
    anotado = Anotacion.objects.get(hecho=Hecho.CONTRASENA_CAMBIADA)
    assert (anotado.usuario, anotado.sobre) == (ana, ana.email)


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"actual": "no-es-esa"}, "actual"),
        ({"actual": ""}, "actual"),
        ({"nueva": ACTUAL, "repetida": ACTUAL}, "nueva"),
        ({"nueva": "12345678", "repetida": "12345678"}, "nueva"),
        ({"repetida": "otra"}, "repetida"),
    ],
)
def test_la_que_no_se_admite_se_explica_en_su_campo(
    ana: Usuario, navegador: Navegador, telefono: Navegador, cambios: dict[str, str], campo: str
) -> None:
    respuesta = navegador.post("/cuenta/contrasena/", {**CAMBIO, **cambios})
    assert respuesta.status_code == 422
    assert list(respuesta.context["formulario"].errors) == [campo]
    # Lo escrito no vuelve en la página.
    assert NUEVA not in texto_de(respuesta)
    ana.refresh_from_db()
    assert ana.check_password(ACTUAL)
    assert telefono.get("/").status_code == 200


def test_cambiarla_por_la_api_con_la_sesion_del_navegador_conserva_esa(
    ana: Usuario, navegador: Navegador, telefono: Navegador
) -> None:
    cambio = {"current_password": ACTUAL, "new_password": NUEVA}
    ruta = "/api/v1/auth/change-password"
    assert navegador.post(ruta, cambio, content_type="application/json").status_code == 200
    assert navegador.get("/").status_code == 200
    assert telefono.get("/").status_code == 302


def test_el_admin_cambia_la_contrasena_en_la_misma_pagina(ana: Usuario, navegador: Navegador) -> None:
    assert navegador.get("/admin/password_change/")["Location"] == "/cuenta/contrasena/"


# ── Las sesiones ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("por_api", "telefono")
def test_se_ven_las_propias_con_equipo_direccion_y_cual_es_esta(ana: Usuario, navegador: Navegador) -> None:
    ajeno = Usuario.objects.create_user("zoe@granja.ec", ACTUAL)
    Client(REMOTE_ADDR="10.7.7.7").force_login(ajeno)
    pagina = navegador.get("/cuenta/")
    texto = texto_de(pagina)
    for dicho in ("Chrome · Android", "10.1.2.3", "curl", "10.9.9.9", "por la API"):
        assert dicho in texto
    assert [una.es_esta for una in pagina.context["sesiones"]] == [True, False, False]
    assert len(sesiones_a_la_vista(pagina)) == 2
    # La clave de una sesión es un secreto: no está en la página de ninguna manera.
    for clave in SesionWeb.objects.values_list("session_key", flat=True):
        assert clave not in texto


def test_cerrar_una_la_cierra_en_el_acto_y_solo_esa(
    ana: Usuario, navegador: Navegador, telefono: Navegador, por_api: Sesion
) -> None:
    for identificador in sesiones_a_la_vista(navegador.get("/cuenta/")):
        antes = SesionWeb.objects.count() + Sesion.objects.count()
        assert navegador.post("/cuenta/sesiones/cerrar/", {"sesion": identificador}).status_code == 303
        assert SesionWeb.objects.count() + Sesion.objects.count() == antes - 1
    assert telefono.get("/").status_code == 302
    assert not Sesion.objects.filter(pk=por_api.pk).exists()
    assert navegador.get("/").status_code == 200


def test_cerrar_las_demas(ana: Usuario, navegador: Navegador, telefono: Navegador, por_api: Sesion) -> None:
    navegador.post("/cuenta/sesiones/cerrar/")
    assert telefono.get("/").status_code == 302
    assert not Sesion.objects.filter(pk=por_api.pk).exists()
    pagina = navegador.get("/cuenta/")
    assert "no está abierta en ningún otro lado" in texto_de(pagina)
    assert Anotacion.objects.filter(hecho=Hecho.SESIONES_CERRADAS).count() == 1


def test_la_de_otra_persona_no_se_cierra(ana: Usuario, granja: Mundo, navegador: Navegador) -> None:
    zoe = Usuario.objects.create_user("zoe@granja.ec", ACTUAL)
    Membresia.objects.create(usuario=zoe, empresa=granja.empresa, rol="operador")
    intruso = Navegador()
    intruso.force_login(zoe)
    segunda = Navegador()
    segunda.force_login(ana)
    [de_ana] = sesiones_a_la_vista(navegador.get("/cuenta/"))
    for malo in (de_ana, "x", "é", "a" * 5000, segunda.session.session_key):
        respuesta = intruso.post("/cuenta/sesiones/cerrar/", {"sesion": malo}, follow=True)
        assert "Esa sesión ya no estaba abierta." in texto_de(respuesta)
    assert segunda.get("/").status_code == 200


# ── Mientras deba cambiarla ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def obligada(ana: Usuario) -> Usuario:
    ana.debe_cambiar_contrasena = True
    ana.is_staff = True
    ana.save()
    return ana


@pytest.mark.usefixtures("obligada")
def test_toda_pagina_y_el_admin_llevan_a_cambiarla(navegador: Navegador) -> None:
    for ruta in ("/", "/productos/", "/cuenta/", "/admin/", "/admin/productos/producto/", "/cuenta/empresa/"):
        respuesta = navegador.get(ruta)
        assert respuesta.status_code == 303, ruta
        assert respuesta["Location"].startswith("/cuenta/contrasena/?siguiente="), ruta
    for ruta in ("/productos/nuevo/", "/tema/", "/cuenta/nombre/", "/cuenta/sesiones/cerrar/"):
        assert navegador.post(ruta, {"nombre": "x"})["Location"] == "/cuenta/contrasena/", ruta
    pedazo = navegador.get("/lotes/", headers=HTMX)
    assert (pedazo.status_code, pedazo.content) == (200, b"")
    assert pedazo["HX-Redirect"].startswith("/cuenta/contrasena/")


@pytest.mark.usefixtures("obligada")
def test_la_api_con_su_sesion_lo_niega_con_su_codigo(navegador: Navegador) -> None:
    negado = navegador.get("/api/v1/productos")
    assert (negado.status_code, negado.json()["codigo"]) == (403, "debe_cambiar_contrasena")
    assert navegador.get("/api/v1/auth/me").status_code == 200


@pytest.mark.usefixtures("obligada")
def test_puede_cambiar_de_idioma_y_salir(navegador: Navegador) -> None:
    assert navegador.post("/idioma/", {"language": "en", "next": "/cuenta/contrasena/"}).status_code == 302
    assert "Change the password" in texto_de(navegador.get("/cuenta/contrasena/"))
    assert navegador.post("/salir/")["Location"] == "/entrar/"


def test_al_cambiarla_sigue_a_donde_iba(obligada: Usuario, navegador: Navegador) -> None:
    destino = navegador.get("/lotes/?estado=vencido")["Location"]
    pagina = navegador.get(destino)
    assert "la puso otra persona" in texto_de(pagina)
    siguiente = pagina.context["siguiente"]
    respuesta = navegador.post("/cuenta/contrasena/", {**CAMBIO, "siguiente": siguiente})
    assert respuesta["Location"] == "/lotes/?estado=vencido"
    assert navegador.get("/lotes/").status_code == 200
    obligada.refresh_from_db()
    assert not obligada.debe_cambiar_contrasena
    fuera = navegador.post(
        "/cuenta/contrasena/",
        {"actual": NUEVA, "nueva": ACTUAL, "repetida": ACTUAL, "siguiente": "//malo.ec"},
    )
    assert fuera["Location"] == "/cuenta/"
