"""Cuánto se espera a PostgreSQL: por una fila ajena, por una sentencia y por una transacción sin uso.

No van como opciones de arranque, que PgBouncer rechaza. Se dicen dos veces: en la sesión, al conectarse, para
lo que corre sin empresa (entrar, las sesiones); y en cada transacción de empresa, en la misma sentencia que
ya dice cuál es, sin un viaje más. Con PgBouncer en modo transacción la sesión es de otro en cada
transacción: allí lo primero no se dice, que le quedaría a otro; lo pone el rol (`ALTER ROLE … SET`), y lo
segundo vale igual.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from django.conf import settings
from django.db import connections

# Se leen de los ajustes cada vez, y los de las tareas ganan.
_del_proceso: dict[str, int] = {}
# Las conexiones de una reserva vuelven muchas veces: se les dice una.
_dichas: WeakSet[Any] = WeakSet()


def vigentes() -> dict[str, str]:
    """Los ajustes de PostgreSQL y su valor, en milisegundos."""
    propios = {
        "lock_timeout": settings.BD_ESPERA_BLOQUEO_MS,
        "statement_timeout": settings.BD_ESPERA_SENTENCIA_MS,
        "idle_in_transaction_session_timeout": settings.BD_ESPERA_OCIOSA_MS,
    }
    return {nombre: str(valor) for nombre, valor in (propios | _del_proceso).items()}


def para_tareas() -> None:
    """En este proceso nadie mira una pantalla: una sentencia puede durar lo que una tarea."""
    _del_proceso["statement_timeout"] = settings.TAREA_MAXIMA_S * 1000


def al_conectar(connection: Any, **_: Any) -> None:
    """Receptor de `connection_created`."""
    if not _tiene_sesion(connection) or connection.connection in _dichas:
        return
    _decir(connection, vigentes())
    _dichas.add(connection.connection)


def antes_de_migrar(using: str, **_: Any) -> None:
    """Receptor de `pre_migrate`: un índice nuevo tarda lo que tarde; por una fila ajena se espera igual."""
    if _tiene_sesion(connections[using]):
        _decir(connections[using], {"statement_timeout": "0"})


def _tiene_sesion(connection: Any) -> bool:
    """Lo que se le diga a la sesión, ¿lo oirá solo esta conexión? Con un pooler por transacción, no."""
    por_transaccion = connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS", False)
    return connection.vendor == "postgresql" and not por_transaccion


def _decir(connection: Any, ajustes: dict[str, str]) -> None:
    llamadas = ", ".join(["set_config(%s, %s, false)"] * len(ajustes))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {llamadas}", [parte for ajuste in ajustes.items() for parte in ajuste])
