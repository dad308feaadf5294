"""El último costo de compra se halla sin ordenar toda la historia del producto."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lotes", "0002_filas_por_empresa")]

    operations = [
        migrations.AddIndex(
            model_name="lote",
            index=models.Index(
                condition=models.Q(("procedencia__in", ["compra", "entrada", "inicial"])),
                fields=["producto", "-fecha_ingreso", "-id"],
                name="lote_comprado",
            ),
        ),
    ]
