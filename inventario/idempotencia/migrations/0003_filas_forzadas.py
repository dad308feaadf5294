from django.db import migrations

from inventario.nucleo.migraciones import forzar_filas


class Migration(migrations.Migration):
    """La seguridad por filas alcanza también al dueño."""

    dependencies = [("idempotencia", "0002_filas_por_empresa")]

    operations = [
        *forzar_filas(
            "idempotencia_respuestaguardada",
        ),
    ]
