from django.db import migrations

from inventario.nucleo.migraciones import forzar_filas


class Migration(migrations.Migration):
    """La seguridad por filas alcanza también al dueño."""

    dependencies = [("reportes", "0005_idioma")]

    operations = [
        *forzar_filas(
            "reportes_exportacion",
        ),
    ]
