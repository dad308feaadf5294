from django.db import migrations

from inventario.nucleo.migraciones import filas_por_empresa, solo_agregar


class Migration(migrations.Migration):
    """Segunda red por empresa y auditoría sin borrón, con disparadores (en PostgreSQL)."""

    dependencies = [("auditoria", "0001_inicial")]

    operations = [
        *filas_por_empresa("auditoria_anotacion"),
        *solo_agregar("auditoria_anotacion"),
    ]
