from django.db import migrations

from inventario.nucleo.migraciones import filas_sin_forzar


class Migration(migrations.Migration):
    """Segunda red: cada fila, solo a la vista de su empresa (en PostgreSQL)."""

    dependencies = [("lotes", "0001_inicial")]

    operations = [
        *filas_sin_forzar("lotes_lote", "lotes_cambiodebloqueo"),
    ]
