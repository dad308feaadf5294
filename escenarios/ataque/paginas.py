"""A. Lo que alguien que ya entró, o a quien engañan para que pida, no debe lograr por ninguna dirección."""

from __future__ import annotations

import re
import secrets
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from escenarios.ataque.blanco import Blanco, Empresa, empresa_nueva
from escenarios.ataque.cliente import Navegador
from escenarios.ataque.mapa import mapa
from escenarios.ataque.registro import ataque, exigir

MALOS = (
    *("https://malo.ejemplo.net", "//malo.ejemplo.net", "/\\malo.ejemplo.net", "\\\\malo.ejemplo.net"),
    *("https:malo.ejemplo.net", "/\t/malo.ejemplo.net", "\n//malo.ejemplo.net", "javascript:alert(1)"),
    *(
        "///malo.ejemplo.net",
        "https://127.0.0.1@malo.ejemplo.net",
        "http:///malo.ejemplo.net",
        "/%2f/malo.ejemplo.net",
    ),
)
# Cierran la sesión de quien camina: van aparte.
CIERRAN = ("salir", "logout", "cerrar_sesion")


# ── Solicitudes que alguien manda sin querer ────────────────────────────────────────────────────


@ataque("D", "mandar un formulario desde otra página, a cada dirección (CSRF)", breve=True)
def desde_otra_pagina(blanco: Blanco) -> str:
    preparar(blanco, blanco.atacante)
    valores = list(blanco.atacante.suyo.values())
    victima = blanco.como(blanco.atacante.admin)
    antes = huella(blanco, blanco.atacante)
    ajena = {"Origin": "https://malo.ejemplo.net", "Referer": "https://malo.ejemplo.net/"}
    mandadas = 0
    for una in mapa(blanco):
        # La señal se mira antes que el número: con uno cualquiera basta.
        for ruta in [una.forma % dict.fromkeys(una.parametros, valores[0])]:
            for cabeceras in ({}, ajena):
                dada = victima.http.post(ruta, data={"cantidad": "1", "nombre": "x"}, headers=cabeceras)
                mandadas += 1
                permitida = dada.status_code >= 400 or (una.nombre == "panel:entrar" and dada.is_redirect)
                exigir(permitida, f"POST {ruta} sin la señal: {dada.status_code} {dada.text[:200]}")
    # Con la señal buena pero desde otro origen tampoco.
    dada = victima.mandar("/cuenta/nombre/", {"nombre": "Robado"}, formulario="/cuenta/", headers=ajena)
    exigir(dada.status_code == 403, f"con la señal y otro origen: {dada.status_code}")
    exigir(not (cambio := lo_que_cambio(blanco, blanco.atacante, antes)), f"cambió {cambio}")
    exigir(victima.adentro, "la sesión se cerró desde otra página")
    return f"{mandadas} POST sin señal, ninguno aceptado y nada cambió"


@ataque("D", "llevar a otro sitio con next= y siguiente= (redirección abierta)", breve=True)
def llevar_a_otro_sitio(blanco: Blanco) -> str:
    quien = blanco.atacante.admin
    adentro = blanco.como(quien)
    probadas = 0
    for malo in MALOS:
        con = quote(malo, safe="")
        dadas = {
            "/entrar/?next=, ya adentro": adentro.ver(f"/entrar/?next={con}"),
            "/admin/login/?next=, ya adentro": adentro.ver(f"/admin/login/?next={con}"),
            "/idioma/": adentro.mandar("/idioma/", {"language": "es", "next": malo}, formulario="/cuenta/"),
            "/tema/": adentro.mandar("/tema/", {"tema": "oscuro", "siguiente": malo}, formulario="/cuenta/"),
            "/cuenta/empresa/": adentro.mandar(
                "/cuenta/empresa/", {"empresa": _pk(blanco, blanco.atacante), "siguiente": malo}
            ),
        }
        for nombre, dada in dadas.items():
            probadas += 1
            exigir(
                _queda_en_casa(blanco, dada),
                f"{nombre} con {malo!r} lleva a {dada.headers.get('Location')!r}",
            )
    for malo in MALOS[:4]:
        con = quote(malo, safe="")
        for por in ("/entrar/", "/admin/login/"):
            dada = blanco.navegador().entrar(quien.correo, quien.clave, por=f"{por}?next={con}")
            probadas += 1
            exigir(dada.is_redirect, f"{por} no dejó entrar: {dada.status_code}")
            exigir(
                _queda_en_casa(blanco, dada), f"{por}?next={malo!r} lleva a {dada.headers.get('Location')!r}"
            )
        saliente = blanco.como(quien)
        dada = saliente.mandar("/salir/", {"next": malo}, formulario="/cuenta/")
        exigir(_queda_en_casa(blanco, dada), f"/salir/ con {malo!r} lleva a {dada.headers.get('Location')!r}")
    return f"{probadas} intentos: todos vuelven a una dirección propia"


def _queda_en_casa(blanco: Blanco, dada: httpx.Response) -> bool:
    # Como lo lee un navegador: sin tabuladores ni saltos, y con \ por /.
    destino = re.sub(r"[\t\r\n]", "", dada.headers.get("Location", "")).replace("\\", "/").strip()
    partes = urlsplit(destino)
    return (
        partes.scheme in ("", "https")
        and not destino.startswith("//")
        and partes.netloc
        in (
            "",
            urlsplit(blanco.direccion).netloc,
        )
    )


@ataque("A2", "dejarle a alguien una sesión conocida, o seguir con la de antes", breve=True)
def sesiones_fijadas(blanco: Blanco) -> str:
    quien = blanco.persona(blanco.victima)
    conocida = secrets.token_hex(16)
    victima = blanco.navegador()
    victima.http.cookies.set("sessionid", conocida, domain="127.0.0.1")
    victima.entrar(quien.correo, quien.clave)
    exigir(victima.adentro, "no pudo entrar")
    espia = blanco.navegador()
    espia.http.cookies.set("sessionid", conocida, domain="127.0.0.1")
    exigir(not espia.adentro, "la sesión puesta de antemano quedó adentro")
    robada = next(
        una for una in victima.http.cookies.jar if una.name == "sessionid" and una.value != conocida
    )
    for marca in ("HttpOnly", "SameSite"):
        exigir(robada.has_nonstandard_attr(marca), f"la galleta de la sesión va sin {marca}")
    exigir(robada.secure, "la galleta de la sesión va sin Secure")
    copia = blanco.navegador()
    copia.http.cookies.set("sessionid", robada.value or "", domain="127.0.0.1")
    exigir(copia.adentro, "el control: una galleta robada sirve mientras su dueño está adentro")
    victima.mandar("/salir/", formulario="/cuenta/")
    exigir(not copia.adentro, "la galleta robada sirve después de salir")
    victima, copia = blanco.como(quien), blanco.como(quien)
    nueva = secrets.token_urlsafe(12)
    victima.mandar("/cuenta/contrasena/", {"actual": quien.clave, "nueva": nueva, "repetida": nueva})
    exigir(not copia.adentro, "las demás sesiones siguen tras cambiar la contraseña")
    return "el nombre de la sesión cambia al entrar; salir y cambiar la contraseña la matan"


# ── Lo de otra empresa, y lo que no le toca a uno ───────────────────────────────────────────────


@ataque("A", "leer o tocar lo de otra empresa, por su número, en cada dirección (IDOR)")
def lo_de_otra_empresa(blanco: Blanco) -> str:
    preparar(blanco, blanco.victima)
    ajenos = blanco.victima.suyo
    antes = huella(blanco, blanco.victima)
    # Los números chicos son también suyos, y los rompe: que sea una empresa que nadie más use.
    ladrona = empresa_nueva(blanco.todo, f"ladrona-{secrets.token_hex(2)}")
    jefa = blanco.como(ladrona.admin)
    token = blanco.api().entrar(ladrona.admin.correo, ladrona.admin.clave).json()["access_token"]
    apis = [blanco.api(ladrona.clave_api), blanco.api(token)]
    cuerpos = _cuerpos_con(ajenos)
    pedidas = 0
    for una in mapa(blanco):
        if any(cual in una.nombre for cual in CIERRAN):
            continue
        for ruta in (
            una.rutas(*ajenos.values())
            if len(una.parametros) == 1
            else [una.forma % _todos(una.parametros, ajenos)]
        ):
            for dada in _pedir_todo(una.de_api, ruta, jefa, apis, cuerpos):
                pedidas += 1
                exigir(
                    dada.status_code < 500,
                    f"{dada.request.method} {ruta}: {dada.status_code} {dada.text[:300]}",
                )
                visto = blanco.victima.marca in dada.text
                exigir(
                    not visto,
                    f"{dada.request.method} {ruta}: {dada.status_code} muestra {blanco.victima.marca}",
                )
    exigir(not (cambio := lo_que_cambio(blanco, blanco.victima, antes)), f"cambió {cambio}")
    return f"{pedidas} solicitudes con los números de otra: nada leído y nada cambiado"


@ataque("A", "darse más permisos con campos de más, con otro rol o con otra empresa", breve=True)
def subir_de_rol(blanco: Blanco) -> str:
    quien = blanco.persona(blanco.atacante)
    operador = blanco.como(quien)
    de_mas = {
        "rol": "administrador",
        "is_staff": "on",
        "is_superuser": "on",
        "role": "Admin",
        "activa": "on",
        "email": "otro@ejemplo.com",
        "empresa": str(_pk(blanco, blanco.victima)),
        "debe_cambiar_contrasena": "",
    }
    [(pk, miembro)] = blanco.sql(
        "SELECT u.id, m.id FROM cuentas_usuario u JOIN cuentas_membresia m ON m.usuario_id = u.id "
        "WHERE u.email = %s",
        quien.correo,
    )
    foto = (
        "SELECT u.email, u.is_staff, u.is_superuser, m.rol, m.empresa_id "
        "FROM cuentas_usuario u JOIN cuentas_membresia m ON m.usuario_id = u.id WHERE u.id = %s"
    )
    antes = blanco.sql(foto, pk)
    operador.mandar("/cuenta/nombre/", {"nombre": "Igual", **de_mas}, formulario="/cuenta/")
    api = blanco.api(blanco.api().entrar(quien.correo, quien.clave).json()["access_token"])
    api.pedir("PUT", "auth/profile", {"full_name": "Igual", **de_mas})
    negadas = {
        f"/personas/{miembro}/": operador.mandar(f"/personas/{miembro}/", de_mas, formulario="/cuenta/"),
        "/personas/invitar/": operador.mandar(
            "/personas/invitar/", {"correo": "a@b.ec", **de_mas}, formulario="/cuenta/"
        ),
        "/personas/": operador.ver("/personas/"),
        "/auditoria/": operador.ver("/auditoria/"),
        "api-keys": api.pedir("GET", "api-keys"),
        "POST api-keys": api.pedir("POST", "api-keys", {"name": "x", "scopes": ["*:*"]}),
        "cambiar de empresa": operador.mandar(
            "/cuenta/empresa/", {"empresa": str(_pk(blanco, blanco.victima))}
        ),
    }
    for nombre, dada in negadas.items():
        exigir(dada.status_code in (403, 404), f"{nombre}: {dada.status_code}")
    for ruta in ("/admin/", "/admin/cuentas/usuario/", f"/admin/cuentas/usuario/{pk}/change/"):
        dada = operador.mandar(ruta, de_mas, formulario="/cuenta/")
        exigir(dada.status_code in (302, 403, 404), f"{ruta}: {dada.status_code}")
    jefa = blanco.como(blanco.atacante.admin)
    [(propio,)] = blanco.sql("SELECT id FROM cuentas_usuario WHERE email = %s", blanco.atacante.admin.correo)
    jefa.mandar(
        f"/admin/cuentas/usuario/{propio}/change/",
        {"email": blanco.atacante.admin.correo, "nombre": "Jefa", "is_active": "on", "is_superuser": "on"},
    )
    exigir(
        blanco.sql("SELECT is_superuser FROM cuentas_usuario WHERE id = %s", propio) == [(False,)],
        "quien administra una empresa se hizo superusuario en el admin",
    )
    con_clave = blanco.api(blanco.atacante.clave_api)
    for alcance in (["admin"], ["*:*", "administrar"], []):
        dada = con_clave.pedir("POST", "api-keys", {"name": "x", "scopes": alcance})
        exigir(dada.status_code in (400, 403), f"una clave hace otra clave: {dada.status_code}")
    exigir(blanco.sql(foto, pk) == antes, f"quedó {blanco.sql(foto, pk)}")
    return f"{len(negadas) + 3} puertas negadas; los campos de más no cambian nada"


# ── Preparar y mirar ────────────────────────────────────────────────────────────────────────────


def preparar(blanco: Blanco, empresa: Empresa) -> None:
    """Le pone a una empresa de todo un poco, con su marca en cada nombre, y anota los números."""
    if empresa.suyo:
        return
    marca, api = empresa.marca, blanco.api(empresa.clave_api)

    def crear(ruta: str, cuerpo: Any) -> Any:
        dada = api.pedir("POST", ruta, cuerpo)
        exigir(dada.is_success, f"preparar {ruta}: {dada.status_code} {dada.text[:400]}")
        return dada.json()

    producto = crear(
        "productos", {"nombre": f"Pienso {marca}", "sku": f"{marca}-1", "precio": 3.5, "unidad": "kg"}
    )
    entrada = {"producto_id": producto["id"], "cantidad_recibida": 100, "lote": f"L-{marca}"}
    crear("inventario/entradas", entrada)
    crear("inventario/despachar", {"producto_id": producto["id"], "cantidad": 1, "observacion": marca})
    reserva = crear("reservas", {"producto_id": producto["id"], "cantidad": 2, "modulo": "engorde"})
    crear("reportes/exportaciones", {"reporte": "inventario-basico", "formato": "csv"})
    invitada = f"invitada-{marca.lower()}@ejemplo.com"
    blanco.invitar(empresa, invitada)
    pk = _pk(blanco, empresa)
    empresa.suyo = {"empresa": pk, "producto": producto["id"], "reserva": reserva["id"]}
    for nombre, tabla in {
        "lote": "lotes_lote",
        "asiento": "movimientos_asiento",
        "movimiento": "movimientos_movimiento",
        "exportacion": "reportes_exportacion",
        "invitacion": "cuentas_invitacion",
        "clave": "cuentas_claveapi",
        "membresia": "cuentas_membresia",
        "bodega": "cuentas_bodega",
    }.items():
        [(empresa.suyo[nombre],)] = blanco.sql(f"SELECT max(id) FROM {tabla} WHERE empresa_id = %s", pk)


def huella(blanco: Blanco, empresa: Empresa) -> dict[str, Any]:
    """Lo que hay de una empresa en cada tabla que dice de quién es cada fila, para compararlo después."""
    # Entrar y usar una clave dejan constancia: no es un daño.
    cambian = ("cuentas_usodeclave", "auditoria_anotacion", "cuentas_sesion", "idempotencia_respuesta")
    tablas = blanco.sql(
        "SELECT table_name FROM information_schema.columns JOIN pg_tables ON tablename = table_name "
        "WHERE column_name = 'empresa_id' AND table_schema = 'public'"
    )
    return {
        tabla: blanco.sql(
            "SELECT count(*), md5(string_agg((to_jsonb(t) - 'ultimo_uso_en' - 'enviada_en' "
            "- 'por_enviar_en' - 'intentos')::text, '|' ORDER BY id::text)) "
            f"FROM {tabla} t WHERE empresa_id = %s",
            _pk(blanco, empresa),
        )
        for (tabla,) in tablas
        if not tabla.startswith(cambian) and not tabla.startswith(("eventos_", "reportes_"))
    }


def lo_que_cambio(blanco: Blanco, empresa: Empresa, antes: dict[str, Any]) -> list[str]:
    ahora = huella(blanco, empresa)
    return [tabla for tabla in ahora if ahora[tabla] != antes[tabla]]


def _pk(blanco: Blanco, empresa: Empresa) -> int:
    [(pk,)] = blanco.sql("SELECT id FROM cuentas_empresa WHERE slug = %s", empresa.slug)
    return int(pk)


def _todos(parametros: tuple[str, ...], ajenos: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(parametros, ajenos["producto"])


def _cuerpos_con(ajenos: dict[str, Any]) -> list[dict[str, Any]]:
    producto, lote, bodega = ajenos["producto"], ajenos["lote"], ajenos["bodega"]
    return [
        {
            "producto_id": producto,
            "lote_id": lote,
            "item_id": producto,
            "item_master_id": producto,
            "bodega": bodega,
            "bodega_id": bodega,
            "cantidad": 1,
            "quantity": 1,
            "cantidad_recibida": 1,
            "module_reference": "x",
            "modulo": "x",
            "origen": bodega,
            "destino": bodega,
            "motivo": "otro",
            "nota": "x",
            "notas": "x",
            "nombre": "x",
            "items": [{"item_id": producto, "quantity": 1}],
            "item_ids": [producto],
            "reason": "otro",
            "new_quantity": 1,
            "cantidad_contada": 1,
            "name": "x",
            "item_name": "x",
            "reservation_id": ajenos["reserva"],
        }
    ]


def _pedir_todo(
    de_api: bool, ruta: str, jefa: Navegador, apis: list[Any], cuerpos: list[dict[str, Any]]
) -> list[httpx.Response]:
    senal = {"X-CSRFToken": jefa.galleta("csrftoken"), "Referer": f"{jefa.direccion}/"}
    if not de_api:
        planos = {clave: valor for clave, valor in cuerpos[0].items() if not isinstance(valor, list)}
        return [jefa.ver(ruta), jefa.http.post(ruta, data=planos, headers=senal)]
    dadas = [jefa.ver(ruta)]
    for api in apis:
        dadas += [
            api.http.request(metodo, ruta, json=cuerpo)
            for metodo, cuerpo in (("GET", None), ("POST", cuerpos[0]), ("PUT", cuerpos[0]), ("DELETE", None))
        ]
    return dadas
