from django.conf import settings
from django.db import migrations
from django.utils import timezone

# (nombre, tarea, cada cuántos segundos, vence a los segundos, qué hace). Un aviso que no se atendió en su
# turno sobra: el siguiente hace lo mismo.
CADA_TANTO = (
    ("latido", "latido", 30, 25, "Da señales de vida: sin ella, /health dice que nada corre."),
    ("despachar-eventos", "despachar_eventos", 60, 55, "Entrega lo que quedó en la bandeja de salida."),
    ("vencer-reservas", "expire_reservations", 900, 890, "Anota las reservas que pasaron su hora."),
)
# (nombre, tarea, hora, minuto, qué hace)
CADA_NOCHE = (
    ("purgar-idempotencia", "purgar_idempotencia", 4, 10, "Olvida las respuestas guardadas hace más de 7 días."),
    ("purgar-eventos", "purgar_eventos", 4, 20, "Borra los eventos viejos ya entregados."),
    ("purgar-sesiones", "purgar_sesiones", 4, 25, "Borra las sesiones vencidas y los usos viejos de las claves."),
    ("verificar-libros", "verificar_libros", 4, 30, "Recalcula los libros de cada empresa y guarda lo que halla."),
)
VENCE_DE_NOCHE_S = 3600


def instalar(apps, schema_editor):
    """Pone los horarios que falten; de los que ya están respeta la hora y si alguien los apagó."""
    intervalos = apps.get_model("django_celery_beat", "IntervalSchedule").objects
    crontabs = apps.get_model("django_celery_beat", "CrontabSchedule").objects
    for nombre, tarea, segundos, vence, descripcion in CADA_TANTO:
        intervalo = intervalos.filter(every=segundos, period="seconds").first() or intervalos.create(
            every=segundos, period="seconds"
        )
        _poner(apps, nombre, tarea, descripcion, interval=intervalo, expire_seconds=vence)
    for nombre, tarea, hora, minuto, descripcion in CADA_NOCHE:
        horario = {"hour": str(hora), "minute": str(minuto), "timezone": settings.TIME_ZONE}
        todos_los_dias = {"day_of_week": "*", "day_of_month": "*", "month_of_year": "*"}
        crontab = crontabs.filter(**horario, **todos_los_dias).first() or crontabs.create(
            **horario, **todos_los_dias
        )
        _poner(apps, nombre, tarea, descripcion, crontab=crontab, expire_seconds=VENCE_DE_NOCHE_S)
    _avisar(apps)


def quitar(apps, schema_editor):
    """Quita los horarios; los intervalos y crontabs se dejan, que otros pueden usarlos."""
    nombres = [nombre for nombre, *_ in (*CADA_TANTO, *CADA_NOCHE)]
    apps.get_model("django_celery_beat", "PeriodicTask").objects.filter(name__in=nombres).delete()
    _avisar(apps)


def _poner(apps, nombre, tarea, descripcion, **horario):
    fila, nueva = apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name=nombre, defaults={"task": tarea, "description": descripcion, **horario}
    )
    # Antes las escribía beat al arrancar, con la ruta del módulo por nombre de tarea.
    if not nueva and fila.task != tarea:
        fila.task = tarea
        fila.description = fila.description or descripcion
        fila.save(update_fields=["task", "description"])


def _avisar(apps):
    """Un beat en marcha relee los horarios cuando esta fecha cambia; los modelos históricos no le avisan."""
    apps.get_model("django_celery_beat", "PeriodicTasks").objects.update_or_create(
        ident=1, defaults={"last_update": timezone.now()}
    )


class Migration(migrations.Migration):
    """Qué corre solo y cuándo, en filas que se cambian en el admin."""

    dependencies = [
        ("eventos", "0003_corridas_y_comprobaciones"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(instalar, quitar)]
