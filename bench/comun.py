"""Arranque de los bancos de medida: Django sobre una base de usar y tirar."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RAIZ = Path(__file__).resolve().parent.parent


@contextmanager
def base_de_prueba() -> Iterator[None]:
    """Crea la base de pruebas del motor de `DATABASE_URL` y la borra al terminar."""
    sys.path.insert(0, str(RAIZ))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.db import connection
    from django.test.runner import DiscoverRunner

    django.setup()
    corredor = DiscoverRunner(verbosity=0, interactive=False)
    bases = corredor.setup_databases()
    print(f"Motor: {connection.display_name} {'.'.join(map(str, connection.get_database_version()))}")
    try:
        yield
    finally:
        corredor.teardown_databases(bases)
