"""Cómo sirve gunicorn; todo valor sale del ambiente."""

import os
from pathlib import Path

# Solo la web agrupa conexiones: Celery cierra el grupo al terminar cada tarea.
os.environ.setdefault("BASE_DE_DATOS_AGRUPADA", "1")

bind = f"{os.environ.get('HOST') or '0.0.0.0'}:{os.environ.get('PORT') or '8000'}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or "1")
threads = int(os.environ.get("GUNICORN_THREADS") or "4")
# Sin precarga: una consulta al importar compartiría el grupo de conexiones entre procesos.
preload_app = False
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
# El latido en memoria: en un disco lento, un worker sano parecería colgado.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
accesslog = "-" if os.environ.get("ACCESS_LOG") == "1" else None
errorlog = "-"
# Nadie gobierna gunicorn por un enchufe aparte; crearlo ensucia la carpeta personal.
control_socket_disable = True
