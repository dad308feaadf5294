from django.db import migrations

from inventario.nucleo.migraciones import filas_por_empresa


class Migration(migrations.Migration):
    """Segunda red por empresa (en PostgreSQL)."""

    dependencies = [("reportes", "0001_inicial")]

    operations = [*filas_por_empresa("reportes_exportacion")]
