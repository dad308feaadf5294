"""Las listas de lotes agotados, bloqueados o de todos no recorren la tabla entera, y un código se halla directo."""

from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("lotes", "0003_lote_comprado")]

    operations = [
        migrations.AddIndex(
            model_name="lote",
            index=models.Index(fields=["empresa", "vence_el", "id"], name="lote_vencimiento"),
        ),
        migrations.AddIndex(
            model_name="lote",
            index=models.Index(
                condition=models.Q(("bloqueado", True), ("saldo__gt", 0)),
                fields=["empresa", "vence_el", "id"],
                name="lote_bloqueado",
            ),
        ),
        migrations.AddIndex(
            model_name="lote",
            index=models.Index(models.F("empresa"), Upper("codigo"), name="lote_codigo_sin_caja"),
        ),
        migrations.AddIndex(
            model_name="lote",
            index=models.Index(
                models.F("empresa"), Upper("referencia_proveedor"), name="lote_del_proveedor"
            ),
        ),
    ]
