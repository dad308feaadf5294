"""Buscar un lote por parte de su código compara una columna, sin volver a pasar a mayúsculas cada fila."""

from django.db import migrations, models
from django.db.models.functions import Concat, Upper


class Migration(migrations.Migration):
    dependencies = [("lotes", "0004_lote_vencimiento")]

    operations = [
        # La base la calcula también para los lotes que ya están; con muchos, reescribe la tabla una vez.
        migrations.AddField(
            model_name="lote",
            name="buscable",
            field=models.GeneratedField(
                db_persist=True,
                expression=Upper(Concat("codigo", models.Value("\n"), "referencia_proveedor")),
                output_field=models.TextField(),
                verbose_name="códigos para buscar",
            ),
        ),
    ]
