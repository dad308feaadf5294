from django.db import migrations
from django.utils import timezone

NOMBRE = "enviar-invitaciones"
CADA_S = 60


def instalar(apps, schema_editor):
    """Pone el horario si falta; si ya está respeta la hora y si alguien lo apagó."""
    intervalos = apps.get_model("django_celery_beat", "IntervalSchedule").objects
    intervalo = intervalos.filter(every=CADA_S, period="seconds").first() or intervalos.create(
        every=CADA_S, period="seconds"
    )
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name=NOMBRE,
        defaults={
            "task": "enviar_invitaciones",
            "description": "Manda las invitaciones que un aviso perdido o un correo caído dejó sin mandar.",
            "interval": intervalo,
            "expire_seconds": CADA_S - 5,
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
    """Cada cuánto se mandan las invitaciones, en una fila que se cambia en el admin."""

    dependencies = [
        ("cuentas", "0008_filas_de_invitaciones"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(instalar, quitar)]
