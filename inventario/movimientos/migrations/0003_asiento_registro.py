"""Las listas por hora de registro no recorren la empresa entera."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("movimientos", "0002_filas_y_libro")]

    operations = [
        migrations.AddIndex(
            model_name="asiento",
            index=models.Index(fields=["empresa", "registrado_en", "id"], name="asiento_registro"),
        ),
    ]
