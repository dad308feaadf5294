import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from inventario.nucleo.migraciones import filas_sin_forzar, solo_agregar


class Migration(migrations.Migration):
    """La historia de quién atendió cada alerta, que antes se perdía al empeorar."""

    dependencies = [
        ("alertas", "0004_alerta_cerradas"),
        ("cuentas", "0003_sesiones"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reconocimiento",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cuando", models.DateTimeField(verbose_name="cuándo")),
                ("nota", models.TextField(blank=True, verbose_name="nota")),
                ("severidad", models.CharField(choices=[("critica", "Crítica"), ("alta", "Alta"), ("informativa", "Informativa")], max_length=12, verbose_name="severidad")),
                ("alerta", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reconocimientos", to="alertas.alerta", verbose_name="alerta")),
                ("empresa", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cuentas.empresa", verbose_name="empresa")),
                ("quien", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="quién")),
            ],
            options={
                "verbose_name": "reconocimiento",
                "verbose_name_plural": "reconocimientos",
                "ordering": ("id",),
                "constraints": [models.CheckConstraint(condition=models.Q(("severidad__in", ["critica", "alta", "informativa"])), name="reconocimiento_severidad_conocida")],
            },
        ),
        *filas_sin_forzar("alertas_reconocimiento"),
        *solo_agregar("alertas_reconocimiento"),
    ]
