"""E. Apagar con orden (SIGTERM) mientras se despacha: lo que se contestó está, y está una vez."""

from __future__ import annotations

import contextlib
import secrets
import signal
import threading
import time
from collections import Counter

import httpx

from escenarios.ataque.blanco import Blanco
from escenarios.ataque.paginas import preparar
from escenarios.ataque.registro import ataque, exigir
from herramientas.procesos import terminar
from herramientas.servicios import esperar

CLIENTES = 6
POR_CLIENTE = 40


@ataque("E", "apagar la web con SIGTERM en medio de los despachos", breve=True)
def apagar_la_web(blanco: Blanco) -> str:
    preparar(blanco, blanco.victima)
    producto, corrida = blanco.victima.suyo["producto"], secrets.token_hex(3)
    api = blanco.api(blanco.victima.clave_api)
    total = CLIENTES * POR_CLIENTE
    api.pedir(
        "POST", "inventario/entradas", {"producto_id": producto, "cantidad_recibida": total, "lote": corrida}
    )
    estados: Counter[str] = Counter()
    prometidos: set[str] = set()

    def despachar(numero: int) -> None:
        cliente = blanco.api(blanco.victima.clave_api)
        for vuelta in range(POR_CLIENTE):
            clave = f"{corrida}-{numero}-{vuelta}"
            for _ in range(120):
                with contextlib.suppress(httpx.HTTPError):
                    dada = cliente.pedir(
                        *("POST", "inventory/stock/use"),
                        {"item_master_id": producto, "quantity": 1, "purpose": "engorde", "notes": clave},
                        **{"Idempotency-Key": clave},
                    )
                    estados[str(dada.status_code)] += 1
                    if dada.is_success:
                        prometidos.add(clave)
                        break
                    if dada.status_code not in (409, 429, 502, 503, 504):
                        estados[f"{dada.status_code} {dada.text[:120]}"] += 1
                        break
                time.sleep(0.25)

    hilos = [threading.Thread(target=despachar, args=(numero,), daemon=True) for numero in range(CLIENTES)]
    for hilo in hilos:
        hilo.start()
    for parte in (1, 3):
        while len(prometidos) < parte * total // 5 and any(hilo.is_alive() for hilo in hilos):
            time.sleep(0.05)
        terminar(blanco.todo.procesos["web"], signal.SIGTERM, espera_s=40)
        exigir(
            blanco.todo.procesos["web"].returncode == 0,
            f"la web salió con {blanco.todo.procesos['web'].returncode}",
        )
        blanco.todo.encender("web", "gunicorn", "config.wsgi")
        # Un SIGTERM antes de que gunicorn sepa despedirse no dice nada de cómo se despide.
        esperar(blanco.todo)
    for hilo in hilos:
        hilo.join(180)
    raros = [estado for estado in estados if not estado.startswith(("2", "409", "429", "502", "503", "504"))]
    exigir(not raros, f"contestó {raros}")
    quedaron = Counter(
        nota
        for (nota,) in blanco.sql("SELECT notas FROM movimientos_asiento WHERE notas LIKE %s", f"{corrida}-%")
    )
    exigir(len(prometidos) == total, f"se confirmaron {len(prometidos)} de {total}: {dict(estados)}")
    perdidos, dobles = (
        prometidos - quedaron.keys(),
        [clave for clave, veces in quedaron.items() if veces != 1],
    )
    exigir(not perdidos and not dobles, f"perdidos {sorted(perdidos)[:5]}, dobles {dobles[:5]}")
    return f"{total} despachos y dos apagones: cada uno quedó una vez ({dict(estados)})"


@ataque("E", "apagar el worker con SIGTERM con encargos a medias")
def apagar_el_worker(blanco: Blanco) -> str:
    preparar(blanco, blanco.victima)
    api = blanco.api(blanco.victima.clave_api)
    pedidas = []
    for vuelta in range(12):
        dada = api.pedir("POST", "reportes/exportaciones", {"reporte": "inventario-basico", "formato": "csv"})
        exigir(dada.is_success, f"encargar: {dada.status_code} {dada.text[:200]}")
        pedidas.append(dada.json()["id"])
        if vuelta in (3, 7):
            terminar(blanco.todo.procesos["worker"], signal.SIGTERM, espera_s=40)
            blanco.todo.encender("worker", "celery", "--app", "config", "worker", "--concurrency", "1")
    limite = time.monotonic() + 420
    faltan = set(pedidas)
    while faltan and time.monotonic() < limite:
        faltan = {
            una
            for una in faltan
            if api.pedir("GET", f"reportes/exportaciones/{una}").json()["estado"] != "lista"
        }
        time.sleep(1)
    exigir(not faltan, f"no se armaron {len(faltan)} de {len(pedidas)}")
    return f"{len(pedidas)} encargos y dos apagones: todos se armaron"
