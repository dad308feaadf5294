from django.conf import settings
from django.db import migrations
from django.utils import timezone

NOMBRE = "revisar-alertas"
# (minutos de cada hora, vence a los segundos): el que puso 0003 y el de ahora. En ninguna parte es medianoche
# a otro minuto que el 0, el 15, el 30 o el 45 de la hora universal.
CADA_HORA = ("5", 3000)
CADA_CUARTO = ("5,20,35,50", 890)


def instalar(apps, schema_editor):
    """Pasa la revisión a cada cuarto de hora, si nadie le cambió el horario."""
    _cambiar(apps, CADA_HORA, CADA_CUARTO)


def quitar(apps, schema_editor):
    """La vuelve a cada hora; los crontabs se dejan, que otros pueden usarlos."""
    _cambiar(apps, CADA_CUARTO, CADA_HORA)


def _cambiar(apps, de, a):
    crontabs = apps.get_model("django_celery_beat", "CrontabSchedule").objects
    trabajos = apps.get_model("django_celery_beat", "PeriodicTask").objects
    suyo = trabajos.filter(
        name=NOMBRE,
        expire_seconds=de[1],
        **{f"crontab__{campo}": valor for campo, valor in _horario(de[0]).items()},
    ).first()
    if suyo is None:
        return
    horario = _horario(a[0])
    suyo.crontab = crontabs.filter(**horario).first() or crontabs.create(**horario)
    suyo.expire_seconds = a[1]
    suyo.save(update_fields=["crontab", "expire_seconds"])
    # Un beat en marcha relee los horarios cuando esta fecha cambia; los modelos históricos no le avisan.
    apps.get_model("django_celery_beat", "PeriodicTasks").objects.update_or_create(
        ident=1, defaults={"last_update": timezone.now()}
    )


def _horario(minutos):
    return {
        "minute": minutos,
        "hour": "*",
        "day_of_week": "*",
        "day_of_month": "*",
        "month_of_year": "*",
        "timezone": settings.TIME_ZONE,
    }


class Migration(migrations.Migration):
    """Con una ronda por hora, en una zona de media hora el día empezaba hasta media hora tarde."""

    dependencies = [("alertas", "0006_reconocimientos_de_antes")]

    operations = [migrations.RunPython(instalar, quitar)]
