from django.db import migrations

from inventario.nucleo.migraciones import forzar_filas


class Migration(migrations.Migration):
    """La seguridad por filas alcanza también al dueño."""

    dependencies = [("eventos", "0004_horarios")]

    operations = [
        *forzar_filas(
            "eventos_evento",
            "eventos_entrega",
            "eventos_comprobacion",
        ),
    ]
