from django.db import migrations, models


class Migration(migrations.Migration):
    """Buscar lo poco común en años de movimientos, o lo de un módulo entre las reservas, no recorre todo."""

    dependencies = [("movimientos", "0004_apartados_sin_usar")]

    operations = [
        migrations.AddIndex(
            model_name="movimiento",
            index=models.Index(
                condition=models.Q(("tipo__in", ["entrada", "salida"]), _negated=True),
                fields=["empresa", "tipo", "fecha_efectiva", "id"],
                name="movimiento_poco_comun",
            ),
        ),
        migrations.AddIndex(
            model_name="apartado",
            index=models.Index(
                condition=models.Q(("modulo", ""), _negated=True),
                fields=["empresa", "modulo", "id"],
                name="apartado_modulo",
            ),
        ),
    ]
