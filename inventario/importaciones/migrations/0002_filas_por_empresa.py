from django.db import migrations

from inventario.nucleo.migraciones import filas_por_empresa


class Migration(migrations.Migration):
    """Segunda red por empresa (en PostgreSQL)."""

    dependencies = [("importaciones", "0001_encargos")]

    operations = [*filas_por_empresa("importaciones_encargodeimportacion")]
