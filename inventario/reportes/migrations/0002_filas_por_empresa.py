from django.db import migrations

from inventario.nucleo.migraciones import filas_sin_forzar


class Migration(migrations.Migration):
    """Segunda red por empresa (en PostgreSQL)."""

    dependencies = [("reportes", "0001_inicial")]

    operations = [*filas_sin_forzar("reportes_exportacion")]
