from django.db import migrations

from inventario.nucleo.migraciones import filas_sin_forzar


class Migration(migrations.Migration):
    """Segunda red por empresa (en PostgreSQL)."""

    dependencies = [("alertas", "0001_inicial")]

    operations = [
        *filas_sin_forzar("alertas_alerta", "alertas_revision", "alertas_suscripcionalresumen"),
    ]
