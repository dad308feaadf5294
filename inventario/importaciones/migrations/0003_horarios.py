from django.conf import settings
from django.db import migrations
from django.utils import timezone

CADA_S = 300
VENCE_S = 290
VENCE_DE_NOCHE_S = 3600
RETOMAR = ("retomar-importaciones", "retomar_importaciones", "Vuelve a mandar las importaciones que quedaron a medias.")
PURGAR = ("purgar-importaciones", "purgar_importaciones", "Borra lo que se subió para importar y no se aplicó.")


def instalar(apps, schema_editor):
    """Pone los horarios que falten; de los que ya están respeta la hora y si alguien los apagó."""
    intervalos = apps.get_model("django_celery_beat", "IntervalSchedule").objects
    crontabs = apps.get_model("django_celery_beat", "CrontabSchedule").objects
    cada_tanto = {"every": CADA_S, "period": "seconds"}
    intervalo = intervalos.filter(**cada_tanto).first() or intervalos.create(**cada_tanto)
    _poner(apps, RETOMAR, interval=intervalo, expire_seconds=VENCE_S)
    de_noche = {
        "hour": "4",
        "minute": "45",
        "day_of_week": "*",
        "day_of_month": "*",
        "month_of_year": "*",
        "timezone": settings.TIME_ZONE,
    }
    crontab = crontabs.filter(**de_noche).first() or crontabs.create(**de_noche)
    _poner(apps, PURGAR, crontab=crontab, expire_seconds=VENCE_DE_NOCHE_S)
    _avisar(apps)


def quitar(apps, schema_editor):
    """Quita los horarios; los intervalos y crontabs se dejan, que otros pueden usarlos."""
    nombres = [nombre for nombre, *_ in (RETOMAR, PURGAR)]
    apps.get_model("django_celery_beat", "PeriodicTask").objects.filter(name__in=nombres).delete()
    _avisar(apps)


def _poner(apps, trabajo, **horario):
    nombre, tarea, descripcion = trabajo
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name=nombre, defaults={"task": tarea, "description": descripcion, **horario}
    )


def _avisar(apps):
    """Un beat en marcha relee los horarios cuando esta fecha cambia; los modelos históricos no le avisan."""
    apps.get_model("django_celery_beat", "PeriodicTasks").objects.update_or_create(
        ident=1, defaults={"last_update": timezone.now()}
    )


class Migration(migrations.Migration):
    """Cuándo se retoman y se borran las importaciones, en filas que se cambian en el admin."""

    dependencies = [
        ("importaciones", "0002_filas_por_empresa"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(instalar, quitar)]
