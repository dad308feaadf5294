"""A. Las personas: tomar la cuenta de otro, saber quién existe y saltarse lo que falta para entrar."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx

from escenarios.ataque.blanco import PUBLICA, Blanco, Persona
from escenarios.ataque.cliente import otra_direccion
from escenarios.ataque.mapa import rutas_sin_parametros
from escenarios.ataque.registro import ataque, exigir
from escenarios.ataque.telefono import Telefono

# Lo que se admite antes de cambiar la contraseña o de dar el código: entrar, salir, cambiarla, el idioma.
SE_ABREN = (
    *("/entrar/", "/salir/", "/olvido/", "/restablecer/", "/cuenta/contrasena/", "/idioma/"),
    *("/admin/login/", "/admin/logout/", "/api/v1/auth/me"),
)
# Cuánto más puede tardar la respuesta a una cuenta que existe: por debajo, es el ruido de la máquina.
DIFERENCIA_S = 0.03
MUESTRAS = 9


@ataque("A1", "quien administra A hace suya la cuenta de quien entra después a B", breve=True)
def tomar_por_invitacion(blanco: Blanco) -> str:
    ajena = Persona(f"dueno-{secrets.token_hex(3)}@ejemplo.com", secrets.token_urlsafe(12))
    escogida = secrets.token_urlsafe(12)
    atacante = blanco.como(blanco.atacante.admin)
    de_mas = {"contrasena": escogida, "password": escogida, "clave": escogida, "activa": "on"}
    enviada = atacante.mandar(
        "/personas/invitar/", {"correo": ajena.correo, "rol": "operador", "nombre": "x", **de_mas}
    )
    exigir(enviada.is_redirect, f"invitar: {enviada.status_code} {enviada.text[:200]}")
    exigir("/invitacion/" not in atacante.ver("/personas/").text, "la página de personas muestra el enlace")
    entrada = blanco.navegador()
    entrada.entrar(ajena.correo, escogida)
    exigir(not entrada.adentro, "quien invitó entró con la contraseña que mandó al invitar")
    # La otra empresa invita al mismo correo y la persona acepta: quien invitó primero no debe saber nada.
    aceptada = blanco.aceptar(blanco.invitar(blanco.victima, ajena.correo), ajena)
    exigir(aceptada.is_redirect, f"la persona no pudo aceptar: {aceptada.status_code}")
    entrada.entrar(ajena.correo, escogida)
    exigir(not entrada.adentro, "la contraseña de quien invitó primero abre la cuenta")
    por_admin = atacante.mandar(
        "/admin/cuentas/usuario/add/",
        {"email": "nuevo@ejemplo.com", "password1": escogida, "password2": escogida},
    )
    exigir(por_admin.status_code in (403, 404), f"el admin deja crear personas: {por_admin.status_code}")
    [(pk,)] = blanco.sql("SELECT id FROM cuentas_usuario WHERE email = %s", ajena.correo)
    for ruta in (f"/admin/cuentas/usuario/{pk}/change/", f"/admin/cuentas/usuario/{pk}/password/"):
        dada = atacante.mandar(
            ruta, {"email": "yo@ejemplo.com", "password1": escogida, "password2": escogida, "is_active": "on"}
        )
        exigir(dada.status_code in (302, 403, 404), f"{ruta}: {dada.status_code}")
    quedo = blanco.sql("SELECT email FROM cuentas_usuario WHERE id = %s", pk)
    exigir(quedo == [(ajena.correo,)], f"el admin de A cambió el correo de alguien de B: {quedo}")
    entrada.entrar(ajena.correo, escogida)
    exigir(not entrada.adentro, "el admin de A le puso contraseña a alguien")
    return "ni la página, ni el admin, ni los campos de más le dan una contraseña ajena"


@ataque("A1", "usar el enlace de una invitación que no es de uno, ya no sirve o se adivina", breve=True)
def enlaces_de_invitacion(blanco: Blanco) -> str:
    correo = f"invitada-{secrets.token_hex(3)}@ejemplo.com"
    ruta = blanco.invitar(blanco.victima, correo)
    ajeno = blanco.como(blanco.atacante.admin)
    exigir(ajeno.mandar(ruta).status_code == 403, "otra persona adentro acepta una invitación ajena")
    empresa, numero, firma = ruta.strip("/").split("/")[-1].split("-")
    for torcido in (
        *(f"{empresa}-{numero}-{'0' * 64}", f"{empresa}-{int(numero) + 1}-{firma}"),
        *(
            f"{int(empresa) + 1}-{numero}-{firma}",
            f"{empresa}-{numero}-{firma[:-1]}",
            "1-1-x",
            "%00",
            "a" * 500,
        ),
    ):
        dada = blanco.navegador().ver(f"/invitacion/{torcido}/")
        exigir(dada.status_code in (400, 404), f"/invitacion/{torcido[:40]}: {dada.status_code}")
    quien = Persona(correo, secrets.token_urlsafe(12))
    exigir(blanco.aceptar(ruta, quien, rol="administrador").is_redirect, "no se pudo aceptar")
    rol = blanco.sql(
        "SELECT m.rol FROM cuentas_membresia m JOIN cuentas_usuario u ON u.id = m.usuario_id "
        "WHERE u.email = %s",
        correo,
    )
    exigir(rol == [("operador",)], f"un campo de más cambió el rol al aceptar: {rol}")
    otra_clave = Persona(correo, secrets.token_urlsafe(12))
    exigir(blanco.aceptar(ruta, otra_clave).status_code == 404, "el enlace sirve dos veces")
    vencida, revocada = (f"{una}-{secrets.token_hex(3)}@ejemplo.com" for una in ("vencida", "revocada"))
    de_vencida, de_revocada = (blanco.invitar(blanco.victima, uno) for uno in (vencida, revocada))
    blanco.sql(
        "UPDATE cuentas_invitacion SET creado_en = now() - interval '9 days', "
        "vence_en = now() - interval '1 s' WHERE correo = %s",
        vencida,
    )
    [(pk,)] = blanco.sql("SELECT id FROM cuentas_invitacion WHERE correo = %s", revocada)
    blanco.como(blanco.victima.admin).mandar(f"/personas/invitaciones/{pk}/revocar/", formulario="/personas/")
    for nombre, una in (("vencida", de_vencida), ("revocada", de_revocada)):
        dada = blanco.aceptar(una, quien)
        exigir(dada.status_code == 404, f"una invitación {nombre} contesta {dada.status_code}")
    return "403 a otra persona; 404 adivinada, usada, vencida y revocada; el rol es el de la invitación"


# ── Saber quién existe ──────────────────────────────────────────────────────────────────────────


@ataque("A1", "saber qué correos existen por lo que contesta cada puerta", breve=True)
def enumerar_por_texto(blanco: Blanco) -> str:
    existe, no_existe = blanco.victima.admin.correo, "nadie@sur.ejemplo.com"
    miembro = blanco.persona(blanco.victima).correo
    jefa = blanco.como(blanco.atacante.admin)
    puertas: dict[str, Callable[[str], httpx.Response]] = {
        "invitar": lambda correo: jefa.mandar("/personas/invitar/", {"correo": correo, "rol": "operador"}),
        "invitar en el admin": lambda correo: jefa.mandar(
            "/admin/cuentas/invitacion/add/", {"correo": correo, "rol": "operador", "nombre": ""}
        ),
        "entrar": lambda correo: blanco.navegador().entrar(correo, "mala"),
        "entrar al admin": lambda correo: blanco.navegador().entrar(correo, "mala", por="/admin/login/"),
        "API login": lambda correo: blanco.api().entrar(correo, "mala"),
        "olvido": lambda correo: blanco.navegador().mandar("/olvido/", {"correo": correo}),
        "API forgot": lambda correo: blanco.api().pedir("POST", "auth/forgot-password", {"email": correo}),
    }
    for nombre, puerta in puertas.items():
        otros = (existe, no_existe) if nombre != "invitar en el admin" else (miembro, f"x{no_existe}")
        dadas = [_lo_que_se_ve(puerta(correo), correo) for correo in otros]
        exigir(dadas[0] == dadas[1], f"{nombre}: {_donde_difieren(*dadas)}")
    paginas = [
        _lo_que_se_ve(jefa.ver("/personas/"), correo).count(f"«{correo}»") for correo in (existe, no_existe)
    ]
    exigir(paginas[0] == paginas[1], "la lista de personas dice cuál tiene cuenta")
    return f"{len(puertas)} puertas contestan igual en estado, destino y texto"


@ataque("B", "saber qué correos existen por lo que tarda cada puerta")
def enumerar_por_tiempo(blanco: Blanco) -> str:
    existen = [blanco.persona(blanco.victima).correo for _ in range(2)]
    puertas: dict[str, Callable[[str], httpx.Response]] = {
        "API login": lambda correo: blanco.api().entrar(correo, "mala"),
        "API forgot": lambda correo: blanco.api().pedir("POST", "auth/forgot-password", {"email": correo}),
    }
    vistas = []
    for nombre, puerta in puertas.items():
        tardan: dict[bool, list[float]] = {True: [], False: []}
        for vuelta in range(2 * MUESTRAS):
            hay = vuelta % 2 == 0
            correo = existen[vuelta // 2 % 2] if hay else f"nadie{vuelta}@sur.ejemplo.com"
            empezo = time.perf_counter()
            puerta(correo)
            tardan[hay].append(time.perf_counter() - empezo)
        # El mínimo: lo demás es la máquina haciendo otra cosa.
        hay_s, no_hay_s = min(tardan[True]), min(tardan[False])
        vistas.append(f"{nombre} {1000 * hay_s:.0f} y {1000 * no_hay_s:.0f} ms")
        exigir(abs(hay_s - no_hay_s) < DIFERENCIA_S, f"con cuenta y sin ella: {vistas[-1]}")
    return "; ".join(vistas)


def _lo_que_se_ve(dada: httpx.Response, correo: str) -> str:
    """Lo que lee quien pregunta, sin lo que cambia en cada solicitud ni el correo por el que preguntó."""
    texto = dada.text.replace(correo, "CORREO")
    for cambia in (
        r'(csrfmiddlewaretoken" value=|csrf[-_]?token["\':= ]+)"?[A-Za-z0-9]+"?',
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}",
        r"[0-9a-f]{32}|Solicitud [0-9a-f]{16}",
    ):
        texto = re.sub(cambia, "", texto)
    return f"{dada.status_code} {dada.headers.get('Location', '').split('?')[0]} {texto}"


def _donde_difieren(una: str, otra: str) -> str:
    lugar = next(
        (n for n, (a, b) in enumerate(zip(una, otra, strict=False)) if a != b), min(len(una), len(otra))
    )
    return f"«{una[max(0, lugar - 60) : lugar + 100]}» contra «{otra[max(0, lugar - 60) : lugar + 100]}»"


# ── Lo que falta para entrar ────────────────────────────────────────────────────────────────────


@ataque("A2", "trabajar sin cambiar la contraseña que se debe cambiar, por cada puerta", breve=True)
def sin_cambiar_contrasena(blanco: Blanco) -> str:
    quien = blanco.persona(blanco.atacante, rol="administrador")
    blanco.sql(
        "UPDATE cuentas_usuario SET debe_cambiar_contrasena = true, is_staff = true WHERE email = %s",
        quien.correo,
    )
    navegador = blanco.como(quien)
    rutas = [ruta for ruta in rutas_sin_parametros(blanco) if not ruta.startswith(SE_ABREN)]
    for ruta in rutas:
        dada = navegador.ver(ruta)
        exigir(
            dada.status_code != 200 or _de_todos(dada), f"GET {ruta}: {dada.status_code} con ella pendiente"
        )
        dada = navegador.mandar(ruta, {"nombre": "x"}, formulario="/cuenta/contrasena/")
        a_cambiarla = "/cuenta/contrasena/" in dada.headers.get("Location", "")
        exigir(a_cambiarla or dada.status_code >= 400, f"POST {ruta}: {dada.status_code} con ella pendiente")
    entrada = blanco.api().entrar(quien.correo, quien.clave)
    exigir(entrada.status_code == 200, f"la API no deja ni entrar a cambiarla: {entrada.status_code}")
    api = blanco.api(entrada.json()["access_token"])
    for ruta in ("productos", "inventory/items", "auth/profile", "api-keys"):
        dada = api.pedir("GET", ruta)
        exigir(dada.status_code == 403, f"GET {ruta} con el token: {dada.status_code} {dada.text[:200]}")
    dada = api.pedir("POST", "api-keys", {"name": "x", "scopes": ["inventory:read"]})
    exigir(dada.status_code == 403, f"se hizo una clave de API con ella pendiente: {dada.status_code}")
    return f"{len(rutas)} páginas y direcciones, y el token de la API"


def _de_todos(dada: httpx.Response) -> bool:
    """Lo que ve cualquiera sin entrar: la salud, el mapa de la API."""
    return dada.headers.get("X-Abierta") == "1" or urlsplit(str(dada.url)).path.startswith(
        ("/health", "/ping", "/api/docs", "/api/v1/schema", "/admin/jsi18n", "/invitacion")
    )


@ataque(
    "A3", "entrar sin el segundo factor, o con un código repetido o adivinado, por cada puerta", breve=True
)
def sin_segundo_factor(blanco: Blanco) -> str:
    quien = blanco.persona(blanco.atacante, rol="administrador")
    blanco.sql("UPDATE cuentas_usuario SET is_staff = true WHERE email = %s", quien.correo)
    duenio = blanco.como(quien)
    abierta_antes = blanco.api().entrar(quien.correo, quien.clave).json()["access_token"]
    otra_sesion = blanco.como(quien)
    empezado = duenio.mandar("/cuenta/segundo-factor/", {"contrasena": quien.clave})
    exigir(empezado.is_redirect, f"no se pudo empezar: {empezado.status_code} {empezado.text[:300]}")
    telefono = Telefono.de_la_pagina(duenio.ver("/cuenta/segundo-factor/confirmar/").text)
    usado = telefono.codigo()
    confirmado = duenio.mandar("/cuenta/segundo-factor/confirmar/", {"codigo": usado})
    exigir(confirmado.status_code == 200, f"no se pudo activar: {confirmado.status_code}")
    exigir(
        "no-store" in confirmado.headers.get("Cache-Control", ""), "los códigos de recuperación se guardan"
    )
    exigir(not otra_sesion.adentro, "una sesión de antes sigue abierta sin el código")
    dada = blanco.api(abierta_antes).pedir("GET", "productos")
    exigir(dada.status_code == 401, f"un token de antes sigue sirviendo sin el código: {dada.status_code}")
    for por in ("/entrar/", "/admin/login/"):
        a_medias = blanco.navegador()
        a_medias.entrar(quien.correo, quien.clave, por=por)
        for ruta in rutas_sin_parametros(blanco):
            if ruta.startswith(SE_ABREN):
                continue
            dada = a_medias.ver(ruta)
            exigir(
                dada.status_code != 200 or _de_todos(dada),
                f"{por} sin el código y {ruta}: {dada.status_code}",
            )
    for mas in ({}, {"otp_code": ""}, {"otp_code": "000000"}, {"otp_code": usado}):
        dada = blanco.api().entrar(quien.correo, quien.clave, **mas)
        exigir(dada.status_code in (401, 423, 429), f"API con {mas}: {dada.status_code} {dada.text[:200]}")
        exigir("access_token" not in dada.text, f"API con {mas} dio un token")
    # La recuperación por correo no es otra puerta: cambia la contraseña y el código se sigue pidiendo.
    llegaron = len(blanco.buzon.de(quien.correo))
    recuperador = blanco.navegador()
    recuperador.mandar("/olvido/", {"correo": quien.correo})
    recuperador.ver(urlsplit(blanco.buzon.enlace(quien.correo, tras=llegaron)).path)
    nueva = secrets.token_urlsafe(12)
    recuperador.mandar("/restablecer/", {"nueva": nueva, "repetida": nueva})
    exigir(not recuperador.adentro, "recuperar la contraseña deja adentro sin el código")
    recuperador.entrar(quien.correo, nueva)
    exigir(not recuperador.adentro, "tras recuperar se entra sin el código")
    dada = blanco.api().entrar(quien.correo, nueva)
    exigir("access_token" not in dada.text, "tras recuperar la API da un token sin el código")
    return "página, admin, API, token y sesión de antes, código repetido y recuperación"


@ataque("A3", "adivinar las seis cifras del segundo factor cambiando de dirección")
def adivinar_codigo(blanco: Blanco) -> str:
    quien = blanco.persona(blanco.atacante)
    duenio = blanco.como(quien)
    duenio.mandar("/cuenta/segundo-factor/", {"contrasena": quien.clave})
    telefono = Telefono.de_la_pagina(duenio.ver("/cuenta/segundo-factor/confirmar/").text)
    duenio.mandar("/cuenta/segundo-factor/confirmar/", {"codigo": telefono.codigo()})
    juzgados = 0
    for vuelta in range(30):
        dada = blanco.api().entrar(quien.correo, quien.clave, otp_code=f"{vuelta:06d}")
        exigir(
            dada.status_code < 500 and "access_token" not in dada.text,
            f"{dada.status_code} {dada.text[:200]}",
        )
        juzgados += dada.status_code == 401
    exigir(juzgados <= 12, f"se juzgaron {juzgados} de 30 códigos, cada uno desde otra dirección")
    return f"de 30 códigos desde 30 direcciones se juzgaron {juzgados}"


# ── Tokens, claves y correos ────────────────────────────────────────────────────────────────────


@ataque("A4", "usar otra vez un token de renovación robado")
def renovacion_robada(blanco: Blanco) -> str:
    quien = blanco.persona(blanco.victima)
    robado = blanco.api().entrar(quien.correo, quien.clave).json()["refresh_token"]

    def renovar(token: str) -> httpx.Response:
        return blanco.api().pedir("POST", "auth/refresh", {"refresh_token": token})

    bueno = renovar(robado).json()
    exigir(bueno["refresh_token"] != robado, "renovar devuelve el mismo token")
    time.sleep(11)
    exigir((dada := renovar(robado)).status_code == 401, f"el gastado sirve otra vez: {dada.status_code}")
    exigir(
        (dada := renovar(bueno["refresh_token"])).status_code == 401, f"la sesión siguió: {dada.status_code}"
    )
    dada = blanco.api(bueno["access_token"]).pedir("GET", "auth/me")
    exigir(dada.status_code == 401, f"el token de acceso siguió sirviendo: {dada.status_code}")
    return "reusarlo da 401 y cierra la sesión entera"


@ataque("A4", "leer por segunda vez una clave de API, o hallarla en una galleta", breve=True)
def clave_vista_dos_veces(blanco: Blanco) -> str:
    jefa = blanco.como(blanco.atacante.admin)
    alta = "/admin/cuentas/claveapi/add/"
    envio = re.search(r'name="envio" value="([^"]+)"', jefa.ver(alta).text)
    exigir(envio, "el alta de claves no trae su envío")
    assert envio is not None
    datos = {"nombre": "De prueba", "descripcion": "", "alcances": "inventory:read", "envio": envio[1]}
    creada = jefa.mandar(alta, {**datos, "vence_en_0": "", "vence_en_1": ""})
    hallada = re.search(r"sk_[A-Za-z]+_[\w-]{20,}", creada.text)
    exigir(hallada, f"la respuesta no muestra la clave: {creada.status_code} {creada.text[-300:]}")
    assert hallada is not None
    clave = hallada[0]
    exigir(
        "no-store" in creada.headers.get("Cache-Control", ""), "la respuesta que la muestra se puede guardar"
    )
    exigir(clave not in str(creada.headers), "viaja en una cabecera o en una galleta")
    for ruta in ("/admin/cuentas/claveapi/", "/", "/admin/"):
        exigir(clave not in jefa.ver(ruta).text, f"{ruta} la vuelve a mostrar")
    otra_vez = jefa.mandar(alta, datos)
    exigir(clave not in otra_vez.text, "mandar dos veces el formulario la muestra dos veces")
    entrada = blanco.api().entrar(blanco.atacante.admin.correo, blanco.atacante.admin.clave)
    api = blanco.api(entrada.json()["access_token"])
    nueva = api.pedir("POST", "api-keys", {"name": "otra", "scopes": ["inventory:read"]})
    exigir("no-store" in nueva.headers.get("Cache-Control", ""), "la API la deja guardar")
    lista = api.pedir("GET", "api-keys").text + api.pedir("GET", "api-keys/admin/all").text
    exigir(nueva.json()["api_key"] not in lista, "la lista de la API la muestra")
    guardadas = blanco.sql("SELECT row_to_json(c)::text FROM cuentas_claveapi c")
    exigir(clave not in str(guardadas), "la base la guarda en claro")
    return "una vez, en la respuesta que la crea, sin galleta y sin guardarse"


@ataque("A2", "que el enlace del correo lleve a otro sitio, por la cabecera Host", breve=True)
def envenenar_enlaces(blanco: Blanco) -> str:
    quien = blanco.persona(blanco.victima)
    malas = (
        {"X-Forwarded-Host": "malo.ejemplo.net"},
        {"Forwarded": "host=malo.ejemplo.net"},
        {"X-Host": "malo.ejemplo.net", "X-Original-Host": "malo.ejemplo.net"},
    )
    por_host = blanco.api().http.post(
        "/api/v1/auth/forgot-password", json={"email": quien.correo}, headers={"Host": "malo.ejemplo.net"}
    )
    exigir(por_host.status_code == 400, f"se admite otro Host: {por_host.status_code}")
    for cliente in (blanco.api(desde=otra_direccion()), blanco.directo()):
        for mala in malas:
            cabeceras = {"X-Forwarded-Proto": "https", **mala}
            cliente.pedir("POST", "auth/forgot-password", {"email": quien.correo}, **cabeceras)
    enlace = blanco.buzon.enlace(quien.correo, tras=1)
    exigir(enlace.startswith(f"{PUBLICA}/"), f"el correo lleva a {enlace}")
    exigir("malo.ejemplo" not in "".join(blanco.buzon.de(quien.correo)), "el correo nombra el Host ajeno")
    return f"400 a otro Host; los enlaces empiezan con {PUBLICA}"
