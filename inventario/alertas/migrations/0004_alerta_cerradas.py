"""El historial sigue desde la última vista, sin contar ni saltar, también cuando se mira un solo tipo."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alertas", "0003_horarios")]

    operations = [
        migrations.AddIndex(
            model_name="alerta",
            index=models.Index(
                condition=models.Q(("activa", False)),
                fields=["empresa", "tipo", "creada_en", "id"],
                name="alerta_cerradas",
            ),
        ),
    ]
