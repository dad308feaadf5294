"""Cómo sirve gunicorn: los nombres y los valores por defecto son los del contrato (§4.3)."""

import os
from pathlib import Path


def _leer(nombre: str, defecto: str) -> str:
    return os.environ.get(nombre) or defecto


# Solo la web agrupa conexiones: Celery cierra el grupo al terminar cada tarea.
os.environ.setdefault("BASE_DE_DATOS_AGRUPADA", "1")

bind = _leer("GUNICORN_BIND", f"0.0.0.0:{_leer('PORT', '8000')}")
# Quién puede decir que afuera era HTTPS. Sin intermediarios propios, nadie: de otro modo quien llega directo
# lo diría de sí mismo. Con ellos, cualquiera que alcance el puerto: en un contenedor el intermediario no
# tiene una dirección que se sepa de antemano, y el puerto no se expone (DEPLOY).
forwarded_allow_ips = "*" if int(_leer("PROXIES_DE_CONFIANZA", "0")) else ""
worker_class = "gthread"
workers = int(_leer("GUNICORN_PROCESSES", "2"))
threads = int(_leer("GUNICORN_THREADS", "4"))
# Sin precarga: una consulta al importar compartiría el grupo de conexiones entre procesos.
preload_app = False
timeout = int(_leer("GUNICORN_TIMEOUT", "120"))
graceful_timeout = int(_leer("GUNICORN_GRACEFUL_TIMEOUT", "30"))
keepalive = 5
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
