from django.db import migrations

from inventario.nucleo.migraciones import forzar_filas


class Migration(migrations.Migration):
    """La seguridad por filas alcanza también al dueño."""

    dependencies = [("lotes", "0005_lote_buscable")]

    operations = [
        *forzar_filas(
            "lotes_lote",
            "lotes_cambiodebloqueo",
        ),
    ]
