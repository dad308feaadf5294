"""B. Insistir, inundar y mandar archivos hechos para hacer daño."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from functools import partial

import httpx

from escenarios.ataque.blanco import Blanco
from escenarios.ataque.cliente import otra_direccion
from escenarios.ataque.medir import memoria_mb, tope_de_memoria
from escenarios.ataque.registro import a_la_vez, ataque, exigir

NEGADOS = (403, 423, 429)
# Dos huellas a la vez por proceso, de 19 MiB: lo demás es lo que ocupa atender.
CRECE_A_LO_SUMO_MB = 90
RAROS = (
    *("1.2.3.4:5555", "[2001:db8::1]:443", "basura", "", ",", "::1%eth0", "1.2.3.4, ,", "\xe9\xff"),
    *("999.999.999.999", "1.2.3.4," * 400, "' OR 1=1 --", "2001:db8::1, [::", "unknown", "_oculto", "1\t;"),
)


# ── Insistir para entrar ────────────────────────────────────────────────────────────────────────


@ataque("B", "probar contraseñas alternando página, admin y API, desde una dirección", breve=True)
def alternar_puertas(blanco: Blanco) -> str:
    quien, desde = blanco.persona(blanco.victima), otra_direccion()
    navegador, api = blanco.navegador(desde), blanco.api(desde=desde)
    puertas = (
        lambda clave: navegador.entrar(quien.correo, clave),
        lambda clave: navegador.entrar(quien.correo, clave, por="/admin/login/"),
        lambda clave: api.entrar(quien.correo, clave),
    )
    dadas = [puertas[vuelta % 3](f"mala{vuelta}") for vuelta in range(18)]
    juzgados = sum(dada.status_code not in NEGADOS and not dada.is_redirect for dada in dadas)
    exigir(juzgados <= 6, f"se juzgaron {juzgados} de 18: {Counter(dada.status_code for dada in dadas)}")
    sin_plazo = [dada for dada in dadas if dada.status_code == 429 and not dada.headers.get("Retry-After")]
    exigir(not sin_plazo, "un 429 no dice cuánto esperar")
    for nombre, dada in (("la API", puertas[2](quien.clave)), ("la página", puertas[0](quien.clave))):
        exigir(dada.status_code in NEGADOS, f"{nombre} entra con la buena tras el cierre: {dada.status_code}")
    return f"de 18 se juzgaron {juzgados}; después ni la buena entra desde ahí"


@ataque("B", "cambiar de dirección con X-Forwarded-For inventado, a través de nginx", breve=True)
def direcciones_inventadas(blanco: Blanco) -> str:
    quien, desde = blanco.persona(blanco.victima), otra_direccion()
    api = blanco.api(desde=desde)
    dadas = [
        api.pedir(
            *("POST", "auth/login", {"email": quien.correo, "password": "mala"}),
            **{
                "X-Forwarded-For": f"203.0.113.{vuelta}",
                "X-Real-IP": f"203.0.113.{vuelta}",
                "Forwarded": f"for=203.0.113.{vuelta}",
            },
        )
        for vuelta in range(15)
    ]
    juzgados = sum(dada.status_code == 401 for dada in dadas)
    exigir(juzgados <= 6, f"se juzgaron {juzgados} de 15: {Counter(dada.status_code for dada in dadas)}")
    anotadas = blanco.sql(
        "SELECT DISTINCT host(ip_address) FROM axes_accessattempt WHERE username = %s", quien.correo
    )
    exigir(anotadas == [(desde,)], f"se anotó la dirección {anotadas}, y era {desde}")
    return f"de 15 se juzgaron {juzgados}, anotados todos en {desde}"


@ataque("B", "pasearse por las direcciones de una misma red IPv6 (/64)", breve=True)
def pasear_por_ipv6(blanco: Blanco) -> str:
    quien = blanco.persona(blanco.victima)
    api = blanco.directo()
    dadas = [
        api.pedir(
            *("POST", "auth/login", {"email": quien.correo, "password": "mala"}),
            **{
                "X-Forwarded-For": f"2001:db8:7:7:{vuelta:x}::{secrets.token_hex(2)}",
                "X-Forwarded-Proto": "https",
            },
        )
        for vuelta in range(15)
    ]
    juzgados = sum(dada.status_code == 401 for dada in dadas)
    exigir(juzgados <= 6, f"se juzgaron {juzgados} de 15: {Counter(dada.status_code for dada in dadas)}")
    return f"de 15 desde 15 direcciones de un /64 se juzgaron {juzgados}"


@ataque("B", "probar una contraseña desde cada una de muchas redes (cuenta lenta)")
def muchas_redes(blanco: Blanco) -> str:
    quien = blanco.persona(blanco.victima)
    api = blanco.directo()

    def probar(red: int, clave: str) -> httpx.Response:
        return api.pedir(
            *("POST", "auth/login", {"email": quien.correo, "password": clave}),
            **{"X-Forwarded-For": f"2001:db8:{red:x}::1", "X-Forwarded-Proto": "https"},
        )

    juzgados = 0
    for red in range(1, 161):
        juzgados += probar(red, "mala").status_code == 401
        if red == 60:
            # Entrar bien desde otra parte no debe poner la cuenta en cero.
            probar(0xFFFF, quien.clave)
    exigir(juzgados <= 110, f"se juzgaron {juzgados} de 160 en un rato")
    exigir(
        (dada := probar(0xEEEE, quien.clave)).status_code in NEGADOS, f"desde otra red: {dada.status_code}"
    )
    dada = probar(0xFFFF, quien.clave)
    exigir(dada.status_code == 200, f"el dueño no entra desde donde ya entró: {dada.status_code}")
    return f"de 160 desde 160 redes se juzgaron {juzgados}; el dueño entra desde donde ya había entrado"


@ataque("B", "doce contraseñas malas a la vez", breve=True)
def doce_a_la_vez(blanco: Blanco) -> str:
    quien, desde = blanco.persona(blanco.victima), otra_direccion()
    clientes = [blanco.api(desde=desde) for _ in range(12)]
    dadas = a_la_vez([partial(api.entrar, quien.correo, "mala") for api in clientes])
    juzgados = sum(dada.status_code == 401 for dada in dadas)
    exigir(juzgados <= 6, f"se juzgaron {juzgados} de 12: {Counter(dada.status_code for dada in dadas)}")
    exigir(all(dada.status_code < 500 for dada in dadas), f"{Counter(dada.status_code for dada in dadas)}")
    return f"de 12 a la vez se juzgaron {juzgados}"


@ataque("B", "X-Forwarded-For con basura, directo y por nginx", breve=True)
def cabeceras_raras(blanco: Blanco) -> str:
    for rara in RAROS:
        puestas = {b"X-Forwarded-For": rara.encode("latin-1"), b"X-Forwarded-Proto": b"https"}
        for cliente in (blanco.directo(), blanco.api()):
            for ruta in ("/api/v1/productos", "/entrar/", "/health"):
                dada = cliente.http.get(ruta, headers=puestas)
                exigir(dada.status_code < 500, f"GET {ruta} con {rara[:40]!r}: {dada.status_code}")
            dada = cliente.http.post(
                "/api/v1/auth/login",
                json={"email": "nadie@ejemplo.com", "password": "mala"},
                headers=puestas,
            )
            exigir(dada.status_code < 500, f"entrar con {rara[:40]!r}: {dada.status_code}")
    return f"{len(RAROS)} cabeceras, en cuatro direcciones y dos caminos: ningún 5xx"


@ataque("B", "llenar el buzón de alguien con correos de recuperación", breve=True)
def bombardear_buzon(blanco: Blanco) -> str:
    quien = blanco.persona(blanco.victima)
    antes = len(blanco.buzon.de(quien.correo))
    for _ in range(8):
        blanco.navegador().mandar("/olvido/", {"correo": quien.correo.upper()})
        blanco.api().pedir("POST", "auth/forgot-password", {"email": quien.correo})
    blanco.buzon.siguiente(quien.correo, tras=antes)
    # Pasa un día de minutos para el reloj de quien cuenta: uno por minuto no lo salva del tope.
    for _ in range(7):
        blanco.sql(
            "UPDATE cuentas_pedidoderecuperacion SET enviado_en = enviado_en - interval '2 minutes' "
            "WHERE correo = %s",
            quien.correo,
        )
        blanco.api().pedir("POST", "auth/forgot-password", {"email": quien.correo})
        time.sleep(0.6)
    time.sleep(2)
    llegaron = len(blanco.buzon.de(quien.correo)) - antes
    exigir(1 <= llegaron <= 5, f"llegaron {llegaron} correos con 23 pedidos")
    return f"23 pedidos desde 23 direcciones, {llegaron} correos"


# ── Agotar la máquina ───────────────────────────────────────────────────────────────────────────


@ataque("B", "dieciséis entradas a la vez, para que las huellas se coman la memoria", breve=True)
def memoria_de_las_huellas(blanco: Blanco) -> str:
    hijos = blanco.todo.hijos_de_la_web()
    antes = sum(memoria_mb(pid) for pid in hijos)
    entradas = [partial(blanco.api().entrar, f"nadie{numero}@ejemplo.com", "mala") for numero in range(16)]
    with tope_de_memoria(hijos) as tope:
        dadas = [dada for _ in range(2) for dada in a_la_vez(entradas)]
    juzgadas = sum(dada.status_code == 401 for dada in dadas)
    exigir(juzgadas == len(dadas), f"el control: se juzgaron {juzgadas} de {len(dadas)}")
    crecio = tope[0] - antes
    exigir(crecio < CRECE_A_LO_SUMO_MB * len(hijos), f"pasó de {antes:.0f} a {tope[0]:.0f} MB")
    return f"{len(hijos)} procesos: de {antes:.0f} a {tope[0]:.0f} MB en lo más alto"
