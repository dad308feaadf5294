from django.db import migrations
from django.utils import timezone

CADA_S = 60
VENCE_S = 55
NOMBRE = "atender-recuperaciones"
TAREA = "atender_recuperaciones"
DESCRIPCION = "Manda los correos de recuperación que quedaron pendientes."


def instalar(apps, schema_editor):
    """Pone el horario si falta; si ya está, respeta la hora y si alguien lo apagó."""
    intervalos = apps.get_model("django_celery_beat", "IntervalSchedule").objects
    cada_tanto = {"every": CADA_S, "period": "seconds"}
    intervalo = intervalos.filter(**cada_tanto).first() or intervalos.create(**cada_tanto)
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name=NOMBRE,
        defaults={
            "task": TAREA,
            "description": DESCRIPCION,
            "interval": intervalo,
            "expire_seconds": VENCE_S,
        },
    )
    _avisar(apps)


def quitar(apps, schema_editor):
    """Quita el horario; el intervalo se deja, que otros pueden usarlo."""
    apps.get_model("django_celery_beat", "PeriodicTask").objects.filter(name=NOMBRE).delete()
    _avisar(apps)


def _avisar(apps):
    """Un beat en marcha relee los horarios cuando esta fecha cambia; los modelos históricos no le avisan."""
    apps.get_model("django_celery_beat", "PeriodicTasks").objects.update_or_create(
        ident=1, defaults={"last_update": timezone.now()}
    )


class Migration(migrations.Migration):
    """Cada cuánto se atienden los pedidos de recuperación, en una fila que se cambia en el admin."""

    dependencies = [
        ("cuentas", "0011_recuperaciones"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(instalar, quitar)]
