from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reportes", "0003_horarios")]

    operations = [
        migrations.AddField(
            model_name="exportacion",
            name="resumen",
            field=models.JSONField(default=dict, verbose_name="resumen"),
        ),
    ]
