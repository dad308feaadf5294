"""Arranque de los bancos de medida: Django sobre una base de usar y tirar."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RAIZ = Path(__file__).resolve().parent.parent


@contextmanager
def base_de_prueba(*, nombre: str = "") -> Iterator[None]:
    """Crea la base de pruebas del motor de `DATABASE_URL` y la borra al terminar.

    Con `nombre`, la base se llama así y queda para la próxima vez.
    """
    sys.path.insert(0, str(RAIZ))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.conf import settings
    from django.db import connection
    from django.test.runner import DiscoverRunner

    django.setup()
    if nombre:
        archivo = f"{RAIZ / 'var' / nombre}.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = archivo if connection.vendor == "sqlite" else nombre
    corredor = DiscoverRunner(verbosity=0, interactive=False, keepdb=bool(nombre))
    bases = corredor.setup_databases(serialized_aliases=set())
    assert not settings.DEBUG, "Con DEBUG Django guarda cada sentencia y la medida no vale."
    print(f"Motor: {connection.display_name} {'.'.join(map(str, connection.get_database_version()))}")
    try:
        yield
    finally:
        corredor.teardown_databases(bases)
