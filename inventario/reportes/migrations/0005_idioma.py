from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reportes", "0004_resumen")]

    operations = [
        # Con valor en la base: la versión anterior, mientras siga en marcha, no sabe que existe.
        migrations.AddField(
            model_name="exportacion",
            name="idioma",
            field=models.CharField(db_default="es", default="es", max_length=5, verbose_name="idioma"),
        ),
    ]
