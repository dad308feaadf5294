"""Cómo sirve gunicorn: los nombres y los valores por defecto son los del contrato (§4.3)."""

import os
import time
from pathlib import Path
from typing import Any

from inventario.nucleo import retiro


def _leer(nombre: str, defecto: str) -> str:
    return os.environ.get(nombre) or defecto


# Solo la web agrupa conexiones: Celery cierra el grupo al terminar cada tarea.
os.environ.setdefault("BASE_DE_DATOS_AGRUPADA", "1")

# Solo desde esta máquina: delante va un intermediario, que aguanta a los clientes lentos. PORT lo pone quien
# aísla el proceso por su cuenta (un contenedor, Render), y ahí se atiende a todos.
_puerto = os.environ.get("PORT")
bind = _leer("GUNICORN_BIND", f"0.0.0.0:{_puerto}" if _puerto else "127.0.0.1:8000")
# Quién puede decir que afuera era HTTPS. Sin intermediarios propios, nadie: de otro modo quien llega directo
# lo diría de sí mismo. Con ellos, cualquiera que alcance el puerto: en un contenedor el intermediario no
# tiene una dirección que se sepa de antemano, y el puerto no se expone (DEPLOY).
forwarded_allow_ips = "*" if int(_leer("PROXIES_DE_CONFIANZA", "0")) else ""
# gthread, que además no gasta hilos en quien no pide nada ni deja a medio leer lo que le mandan.
worker_class = "config.servidor.Trabajador"
workers = int(_leer("GUNICORN_PROCESSES", "2"))
threads = int(_leer("GUNICORN_THREADS", "4"))
# Sin precarga: una consulta al importar compartiría el grupo de conexiones entre procesos.
preload_app = False
timeout = int(_leer("GUNICORN_TIMEOUT", "120"))
graceful_timeout = int(_leer("GUNICORN_GRACEFUL_TIMEOUT", "30"))
# Entre el SIGTERM y dejar de recibir: `/health/ready` ya falla y quien reparte lo nota a tiempo.
pausa_al_cerrar = float(_leer("GUNICORN_PAUSA_AL_CERRAR", "2"))
keepalive = 5
# Lo que la web escribe no lo lee otro usuario de la máquina.
umask = 0o077
# Una búsqueda larga merece nuestro sobre de error, no el HTML de gunicorn.
limit_request_line = 8190
max_requests = int(_leer("GUNICORN_MAX_REQUESTS", "5000"))
max_requests_jitter = int(_leer("GUNICORN_MAX_REQUESTS_JITTER", "500"))
# El latido en memoria: en un disco lento, un worker sano parecería colgado.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
loglevel = _leer("GUNICORN_LOGLEVEL", "info")
errorlog = "-"
# Nadie gobierna gunicorn por un enchufe aparte; crearlo ensucia la carpeta personal.
control_socket_disable = True


def when_ready(server: Any) -> None:
    """Al SIGTERM primero se anuncia el retiro y después se cierra: gunicorn solo sabe cerrar en el acto."""
    cerrar = server.handle_term

    def retirarse() -> None:
        retiro.empezar()
        time.sleep(pausa_al_cerrar)
        cerrar()

    server.handle_term = retirarse


def post_worker_init(worker: Any) -> None:
    """Al despedirse, el proceso toma lo que ya había llegado y cierra: gthread solo deja de aceptar.

    Sin esto a quien llega después no se le niega: espera en la cola del sistema a que salga el último,
    y entonces se le corta.
    """
    aceptar = worker.set_accept_enabled

    def aceptar_o_cerrar(enabled: bool) -> None:
        aceptar(enabled)
        if enabled or worker.alive:
            return
        for oido in worker.sockets:
            antes = -1
            while worker.nr_conns > antes:
                antes = worker.nr_conns
                worker.accept(oido)
            oido.close()

    worker.set_accept_enabled = aceptar_o_cerrar
