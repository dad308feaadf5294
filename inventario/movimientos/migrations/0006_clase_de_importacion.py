from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("movimientos", "0005_movimiento_poco_comun")]

    operations = [
        migrations.AlterField(
            model_name="importacion",
            name="clase",
            field=models.CharField(
                choices=[("productos", "productos"), ("entradas", "entradas"), ("salidas", "salidas")],
                max_length=20,
                verbose_name="clase",
            ),
        ),
    ]
