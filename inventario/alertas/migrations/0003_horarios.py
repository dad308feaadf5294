from django.conf import settings
from django.db import migrations
from django.utils import timezone

# (nombre, tarea, minuto de cada hora, qué hace). Cada hora y no a medianoche: es medianoche a distinta hora
# según la empresa, y la que ya se hizo hoy no se repite.
CADA_HORA = (
    ("revisar-alertas", "revisar_alertas", 5, "Pone al día las alertas de las empresas en que empezó otro día."),
    ("resumir-alertas", "resumir_alertas", 15, "Manda por la mañana el resumen de alertas a quien se suscribió."),
)
VENCE_S = 3000


def instalar(apps, schema_editor):
    """Pone los horarios que falten; de los que ya están respeta la hora y si alguien los apagó."""
    crontabs = apps.get_model("django_celery_beat", "CrontabSchedule").objects
    trabajos = apps.get_model("django_celery_beat", "PeriodicTask").objects
    for nombre, tarea, minuto, descripcion in CADA_HORA:
        horario = {
            "minute": str(minuto),
            "hour": "*",
            "day_of_week": "*",
            "day_of_month": "*",
            "month_of_year": "*",
            "timezone": settings.TIME_ZONE,
        }
        crontab = crontabs.filter(**horario).first() or crontabs.create(**horario)
        trabajos.get_or_create(
            name=nombre,
            defaults={
                "task": tarea,
                "description": descripcion,
                "crontab": crontab,
                "expire_seconds": VENCE_S,
            },
        )
    _avisar(apps)


def quitar(apps, schema_editor):
    """Quita los horarios; los crontabs se dejan, que otros pueden usarlos."""
    nombres = [nombre for nombre, *_ in CADA_HORA]
    apps.get_model("django_celery_beat", "PeriodicTask").objects.filter(name__in=nombres).delete()
    _avisar(apps)


def _avisar(apps):
    """Un beat en marcha relee los horarios cuando esta fecha cambia; los modelos históricos no le avisan."""
    apps.get_model("django_celery_beat", "PeriodicTasks").objects.update_or_create(
        ident=1, defaults={"last_update": timezone.now()}
    )


class Migration(migrations.Migration):
    """Cuándo corren las alertas, en filas que se cambian en el admin."""

    dependencies = [
        ("alertas", "0002_filas_por_empresa"),
        ("eventos", "0004_horarios"),
    ]

    operations = [migrations.RunPython(instalar, quitar)]
