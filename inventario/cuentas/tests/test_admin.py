"""El admin de cuentas: lo justo, y nadie sube de rango ni mira otra empresa."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.models import Anotacion
from inventario.cuentas.actores import buscar_clave
from inventario.cuentas.claves.errores import ClaveYaCreada
from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.empresas.selectors import bodega_principal
from inventario.cuentas.models import Bodega, ClaveApi, Empresa, Invitacion, Membresia, Sesion, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.nucleo.empresa import en_empresa

pytestmark = pytest.mark.django_db

LISTAS = ("empresa", "bodega", "usuario", "membresia", "invitacion", "claveapi")


def url(modelo: str, resto: str = "") -> str:
    return f"/admin/cuentas/{modelo}/{resto}"


@pytest.fixture
def administra(client: Client, usuario: Usuario) -> Client:
    client.force_login(usuario)
    return client


@pytest.fixture
def raiz(empresa: Empresa, otra_empresa: Empresa) -> Client:
    cliente = Client()
    cliente.force_login(Usuario.objects.create_superuser("raiz@inventario.ec", "x"))
    return cliente


@pytest.fixture
def entrar_con(empresa: Empresa) -> Callable[[str], Client]:
    def entrar(rol: str) -> Client:
        persona = Usuario.objects.create_user(f"{rol}@acme.ec", is_staff=True)
        agregar_miembro(empresa=empresa, usuario=persona, rol=rol)
        cliente = Client()
        cliente.force_login(persona)
        return cliente

    return entrar


def errores(respuesta: Any) -> str:
    return re.sub(r"\s+", " ", respuesta.content.decode())


def test_todas_las_paginas_abren(administra: Client, raiz: Client, empresa: Empresa) -> None:
    fila, _ = crear_clave_api(empresa=empresa, nombre="Sensor", alcances=["*:*"])
    with en_empresa(empresa):
        bodega = bodega_principal(empresa)
    membresia = Membresia.objects.get()
    for cliente in (administra, raiz):
        assert cliente.get("/admin/").status_code == 200
        for modelo in LISTAS:
            assert cliente.get(url(modelo)).status_code == 200, modelo
        assert cliente.get(url("empresa", f"{empresa.pk}/change/")).status_code == 200
        assert cliente.get(url("bodega", f"{bodega.pk}/change/")).status_code == 200
        assert cliente.get(url("membresia", f"{membresia.pk}/change/")).status_code == 200
        assert cliente.get(url("usuario", f"{membresia.usuario_id}/change/")).status_code == 200
        clave = cliente.get(url("claveapi", f"{fila.pk}/change/"))
        assert clave.status_code == 200
        assert fila.huella not in clave.content.decode()
        for modelo in ("bodega", "invitacion", "claveapi"):
            assert cliente.get(url(modelo, "add/")).status_code == 200, modelo
    assert raiz.get(url("empresa", "add/")).status_code == 200


@pytest.mark.parametrize("rol", [Rol.OPERADOR, Rol.SUPERVISOR, Rol.AUDITOR])
def test_quien_no_administra_no_entra(entrar_con: Callable[[str], Client], rol: str) -> None:
    cliente = entrar_con(rol)
    for modelo in ("empresa", "usuario", "membresia", "claveapi"):
        assert cliente.get(url(modelo)).status_code == 403, modelo
        assert cliente.get(url(modelo, "add/")).status_code == 403, modelo
    assert cliente.get(url("bodega")).status_code == 200
    assert cliente.get(url("bodega", "add/")).status_code == 403


def test_quien_administra_no_ve_otra_empresa(administra: Client, otra_empresa: Empresa) -> None:
    ajeno = Usuario.objects.create_user("beto@otra.ec")
    membresia = agregar_miembro(empresa=otra_empresa, usuario=ajeno, rol=Rol.ADMINISTRADOR)
    clave, _ = crear_clave_api(empresa=otra_empresa, nombre="Secreta", alcances=["*:*"])
    with en_empresa(otra_empresa):
        bodega = bodega_principal(otra_empresa)
    for modelo, pk in (
        ("empresa", otra_empresa.pk),
        ("bodega", bodega.pk),
        ("usuario", ajeno.pk),
        ("membresia", membresia.pk),
        ("claveapi", clave.pk),
    ):
        assert administra.get(url(modelo, f"{pk}/change/")).status_code == 302, modelo
        assert administra.post(url(modelo, f"{pk}/change/"), {"nombre": "x"}).status_code in (302, 403), (
            modelo
        )
        lista = administra.get(url(modelo)).content.decode()
        for ajena in ("Otra granja", "beto@otra.ec", "Secreta"):
            assert ajena not in lista
    respuesta = administra.post(url("claveapi"), {"action": "revocar", "_selected_action": [str(clave.pk)]})
    assert respuesta.status_code == 302
    clave.refresh_from_db()
    assert clave.revocada_en is None
    # Ni escribiendo a mano el id de una bodega ajena en el formulario propio.
    nueva = administra.post(
        url("claveapi", "add/"),
        {"nombre": "x", "alcances": ["*:*"], "bodega": str(bodega.pk), "envio": uuid.uuid4()},
    )
    assert nueva.status_code == 200
    assert ClaveApi.objects.count() == 1


def test_quien_administra_no_sube_de_rango(administra: Client, usuario: Usuario) -> None:
    datos = {
        "email": usuario.email,
        "nombre": "Ana",
        "is_superuser": "on",
        "is_staff": "on",
        "is_active": "on",
    }
    assert administra.post(url("usuario", f"{usuario.pk}/change/"), datos).status_code == 403
    assert administra.get(url("usuario", f"{usuario.pk}/password/")).status_code == 302
    assert administra.get(url("usuario", "add/")).status_code == 403
    assert administra.get(url("empresa", "add/")).status_code == 403
    usuario.refresh_from_db()
    assert not usuario.is_superuser


def test_invitar_no_crea_cuenta_ni_membresia(administra: Client, empresa: Empresa) -> None:
    assert administra.get(url("membresia", "add/")).status_code == 403
    datos = {"correo": "Nuevo@Acme.ec", "nombre": "Nuevo", "rol": "operador", "contrasena": "una-larga-2026"}
    assert administra.post(url("invitacion", "add/"), datos).status_code == 302
    with en_empresa(empresa):
        assert Invitacion.objects.get().correo == "nuevo@acme.ec"
    assert not Usuario.objects.filter(email="nuevo@acme.ec").exists()
    assert Membresia.objects.count() == 1
    assert "sin responder" in errores(administra.post(url("invitacion", "add/"), datos, follow=True))


def test_sin_correo_el_enlace_sale_en_la_respuesta_y_en_ninguna_otra(
    administra: Client, empresa: Empresa, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    datos = {"correo": "nuevo@acme.ec", "rol": "operador"}
    respuesta = administra.post(url("invitacion", "add/"), datos)
    assert "/invitacion/" in respuesta.content.decode()
    assert "no-store" in respuesta["Cache-Control"]
    with en_empresa(empresa):
        pk = Invitacion.objects.get().pk
    for ruta in ("", f"{pk}/change/"):
        pagina = administra.get(url("invitacion", ruta))
        assert pagina.status_code == 200
        assert "/invitacion/" not in pagina.content.decode().replace("/cuentas/invitacion/", "")


@pytest.mark.parametrize("verbo", ["reenviar", "revocar"])
def test_los_verbos_de_una_invitacion(administra: Client, empresa: Empresa, verbo: str) -> None:
    administra.post(url("invitacion", "add/"), {"correo": "nuevo@acme.ec", "rol": "operador"})
    with en_empresa(empresa):
        antes = Invitacion.objects.get()
    elegida = {"action": verbo, "_selected_action": [str(antes.pk)]}
    assert administra.post(url("invitacion"), elegida).status_code == 302
    with en_empresa(empresa):
        despues = Invitacion.objects.get()
    assert (despues.semilla != antes.semilla) == (verbo == "reenviar")
    assert (despues.revocada_en is not None) == (verbo == "revocar")


def test_ni_un_superusuario_pone_ni_ve_contrasenas(raiz: Client, usuario: Usuario) -> None:
    antes = usuario.password
    assert raiz.get(url("usuario", "add/")).status_code == 403
    for ruta in (f"{usuario.pk}/password/", f"{usuario.pk}/change/"):
        datos = {
            "email": usuario.email,
            "password": "x",
            "password1": "larga-2026-a",
            "password2": "larga-2026-a",
        }
        raiz.post(url("usuario", ruta), {**datos, "is_active": "on"})
    ficha = raiz.get(url("usuario", f"{usuario.pk}/change/"))
    assert ficha.status_code == 200
    assert "password" not in ficha.content.decode().replace("password_change", "")
    usuario.refresh_from_db()
    assert usuario.password == antes


def test_cambiar_una_membresia_ajena_y_no_la_propia(administra: Client, empresa: Empresa) -> None:
    propia = Membresia.objects.get()
    persona = Usuario.objects.create_user("beto@acme.ec")
    otra = agregar_miembro(empresa=empresa, usuario=persona, rol=Rol.OPERADOR)
    with en_empresa(empresa):
        bodega = bodega_principal(empresa)
    datos = {"rol": "supervisor", "activa": "on", "bodegas_permitidas": [str(bodega.pk)]}
    assert administra.post(url("membresia", f"{otra.pk}/change/"), datos).status_code == 302
    otra.refresh_from_db()
    assert otra.rol == Rol.SUPERVISOR
    assert Membresia.bodegas_permitidas.through.objects.filter(membresia=otra).count() == 1
    respuesta = administra.post(url("membresia", f"{propia.pk}/change/"), {"rol": "auditor"}, follow=True)
    assert "su propia membresía" in errores(respuesta)
    propia.refresh_from_db()
    assert (propia.rol, propia.activa) == (Rol.ADMINISTRADOR, True)


def test_recargar_la_clave_recien_creada_no_la_repite_ni_crea_otra(administra: Client) -> None:
    formulario = administra.get(url("claveapi", "add/")).content.decode()
    hallado = re.search(r'name="envio" value="([^"]+)"', formulario)
    assert hallado is not None
    datos = {"nombre": "Sensor", "alcances": ["inventory:read"], "envio": hallado[1]}
    assert "sk_live_" in administra.post(url("claveapi", "add/"), datos).content.decode()
    recargada = administra.post(url("claveapi", "add/"), datos, follow=True)
    assert ClaveApi.objects.count() == 1
    texto = recargada.content.decode()
    assert "se mostró una sola vez" in texto
    assert not re.search(r"sk_live_[\w-]{43}", texto)


def test_dos_envios_a_la_vez_del_mismo_formulario_crean_una_clave(empresa: Empresa) -> None:
    envio = uuid.uuid4()
    crear_clave_api(empresa=empresa, nombre="Sensor", alcances=["*:*"], envio=envio)
    with pytest.raises(ClaveYaCreada):
        crear_clave_api(empresa=empresa, nombre="Sensor", alcances=["*:*"], envio=envio)
    assert ClaveApi.objects.count() == 1


def test_crear_y_revocar_una_clave(administra: Client) -> None:
    datos = {"nombre": "Sensor", "alcances": ["inventory:read", "inventory:write"], "envio": uuid.uuid4()}
    respuesta = administra.post(url("claveapi", "add/"), datos)
    assert respuesta.status_code == 200
    hallada = re.search(r"sk_live_[\w-]{43}", respuesta.content.decode())
    assert hallada is not None
    fila = buscar_clave(hallada[0])
    assert fila is not None
    assert fila.alcances == ["inventory:read", "inventory:write"]
    assert fila.creada_por == Usuario.objects.get(email="ana@acme.ec")
    # La dijo esa respuesta y nada más: ni una galleta, ni la sesión, ni lo que venga después.
    assert "no-store" in respuesta["Cache-Control"]
    guardado = [*(galleta.value for galleta in administra.cookies.values()), str(dict(administra.session))]
    assert not any(hallada[0] in texto for texto in guardado)
    assert hallada[0] not in administra.get(url("claveapi")).content.decode()
    assert administra.post(url("claveapi", "add/"), {"nombre": "x", "alcances": ["todo"]}).status_code == 200
    assert administra.post(url("claveapi", f"{fila.pk}/change/"), {"nombre": "y"}).status_code == 403
    administra.post(url("claveapi"), {"action": "revocar", "_selected_action": [str(fila.pk)]})
    fila.refresh_from_db()
    assert fila.revocada_en is not None
    assert administra.post(url("claveapi", f"{fila.pk}/delete/"), {"post": "yes"}).status_code == 403


def test_cambiar_la_empresa_y_cerrar_los_libros(administra: Client, empresa: Empresa) -> None:
    datos = {
        "nombre": "Acme SA",
        "pais": "PE",
        "zona_horaria": "America/Lima",
        "moneda": "PEN",
        "cierre_hasta": "2026-01-31",
        "activa": "",
    }
    assert administra.post(url("empresa", f"{empresa.pk}/change/"), datos).status_code == 302
    empresa.refresh_from_db()
    assert (empresa.nombre, empresa.zona_horaria, str(empresa.cierre_hasta)) == (
        "Acme SA",
        "America/Lima",
        "2026-01-31",
    )
    assert empresa.activa
    futuro = administra.post(
        url("empresa", f"{empresa.pk}/change/"), {**datos, "cierre_hasta": "2999-01-01"}, follow=True
    )
    assert "anterior a hoy" in errores(futuro)
    empresa.refresh_from_db()
    assert str(empresa.cierre_hasta) == "2026-01-31"


def test_crear_empresa_de_superusuario(raiz: Client, empresa: Empresa) -> None:
    datos = {
        "slug": "tercera",
        "nombre": "Tercera",
        "pais": "EC",
        "zona_horaria": "America/Guayaquil",
        "moneda": "USD",
    }
    assert raiz.post(url("empresa", "add/"), datos).status_code == 302
    tercera = Empresa.objects.get(slug="tercera")
    with en_empresa(tercera):
        assert bodega_principal(tercera).codigo == "principal"


def test_un_correo_se_guarda_sin_mayusculas_y_no_se_repite(raiz: Client, usuario: Usuario) -> None:
    otra = Usuario.objects.create_user("beto@acme.ec")
    datos = {"email": "Nueva@Acme.ec", "nombre": "Nueva", "is_active": "on", "is_staff": "on"}
    assert raiz.post(url("usuario", f"{otra.pk}/change/"), datos).status_code == 302
    otra.refresh_from_db()
    assert (otra.email, otra.is_staff, otra.is_superuser) == ("nueva@acme.ec", True, False)
    repetida = raiz.post(url("usuario", f"{otra.pk}/change/"), {**datos, "email": usuario.email.upper()})
    assert repetida.status_code == 200
    assert Usuario.objects.filter(email__iexact=usuario.email).count() == 1


def test_crear_y_apagar_bodegas(administra: Client, empresa: Empresa) -> None:
    assert administra.post(url("bodega", "add/"), {"codigo": "norte", "nombre": "Norte"}).status_code == 302
    repetida = administra.post(url("bodega", "add/"), {"codigo": "NORTE", "nombre": "Otra"}, follow=True)
    assert "ya existe" in errores(repetida).lower()
    with en_empresa(empresa):
        norte = Bodega.objects.get(codigo="norte")
        principal = bodega_principal(empresa)
        assert Bodega.objects.count() == 2
    assert administra.post(url("bodega", f"{norte.pk}/change/"), {"nombre": "Norte 2"}).status_code == 302
    respuesta = administra.post(url("bodega", f"{principal.pk}/change/"), {"nombre": "P"}, follow=True)
    assert "principal no se desactiva" in errores(respuesta)
    with en_empresa(empresa):
        assert list(Bodega.objects.order_by("pk").values_list("nombre", "activa")) == [
            ("Bodega principal", True),
            ("Norte 2", False),
        ]


@pytest.mark.parametrize("de_a_varias", [False, True])
def test_cerrar_una_sesion_ajena_queda_anotado(
    raiz: Client, usuario: Usuario, empresa: Empresa, de_a_varias: bool
) -> None:
    ahora = timezone.now()
    sesion = Sesion.objects.create(usuario=usuario, autenticada_en=ahora, vence_en=ahora + timedelta(hours=1))
    if de_a_varias:
        raiz.post(
            url("sesion"), {"action": "delete_selected", "_selected_action": [sesion.pk], "post": "yes"}
        )
    else:
        raiz.post(url("sesion", f"{sesion.pk}/delete/"), {"post": "yes"})
    assert not Sesion.objects.exists()
    with en_empresa(empresa):
        una = Anotacion.objects.get(empresa=empresa, hecho=Hecho.SESIONES_CERRADAS)
    assert (una.sobre, una.quien) == (usuario.email, "raiz@inventario.ec")
