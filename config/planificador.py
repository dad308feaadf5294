"""El beat de la aplicación: el de la base de datos, que además no olvida lo de la noche."""

from __future__ import annotations

from typing import Any

from django_celery_beat.schedulers import DatabaseScheduler


class Planificador(DatabaseScheduler):
    """Tiene presentes todos los horarios, a cualquier hora.

    El original ni carga un crontab a más de dos horas de la suya: en una máquina que se apaga de noche,
    lo de la noche no correría nunca. Con todos presentes, corre al encenderla.
    """

    def enabled_models_qs(self) -> Any:
        return self.Model.objects.enabled()
