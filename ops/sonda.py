"""Sonda del contenedor: sale bien si la web puede recibir solicitudes (/health/ready).

Solo biblioteca estándar y sin la configuración de Django: corre cada medio minuto.
"""

from __future__ import annotations

import http.client
import os
import sys


def main() -> int:
    # Un nombre que la aplicación atienda, o respondería 400 a su propia sonda.
    anfitrion = (
        os.environ.get("DJANGO_ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".").replace("*", "localhost")
    )
    conexion = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=4)
    try:
        conexion.request("GET", "/health/ready", headers={"Host": anfitrion or "localhost"})
        estado = conexion.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        print(f"sin respuesta: {error}", file=sys.stderr)
        return 1
    finally:
        conexion.close()
    return 0 if estado < 400 else 1


if __name__ == "__main__":
    sys.exit(main())
