from django.db import migrations, models


class Migration(migrations.Migration):
    """Las reservas canceladas y las vencidas se listan por su índice."""

    dependencies = [("cuentas", "0003_sesiones"), ("movimientos", "0003_asiento_registro")]

    operations = [
        migrations.AddIndex(
            model_name="apartado",
            index=models.Index(
                condition=models.Q(("estado__in", ["liberado", "vencido"])),
                fields=["empresa", "estado", "-creado_en"],
                name="apartado_sin_usar",
            ),
        ),
    ]
