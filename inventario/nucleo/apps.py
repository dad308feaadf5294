"""Lo que se prepara al arrancar, corra quien corra."""

from __future__ import annotations

import sys
from pathlib import Path

from django.apps import AppConfig


class NucleoConfig(AppConfig):
    name = "inventario.nucleo"
    label = "nucleo"
    verbose_name = "Núcleo"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created
        from django.db.models.signals import pre_migrate
        from django_scopes.manager import DisabledQuerySet

        from inventario.nucleo import checks, esperas  # noqa: F401  # las revisiones se inscriben al importarse

        # Una orden de consola es como una tarea: nadie mira una pantalla mientras recorre el libro.
        if Path(sys.argv[0]).name == "manage.py" and sys.argv[1:2] != ["runserver"]:
            esperas.para_tareas()
        connection_created.connect(esperas.al_conectar, dispatch_uid="esperas")
        pre_migrate.connect(esperas.antes_de_migrar, sender=self, dispatch_uid="esperas")

        # django-scopes 2.1 se olvida de esta: sin empresa respondería por todas.
        DisabledQuerySet.exists = DisabledQuerySet.error
