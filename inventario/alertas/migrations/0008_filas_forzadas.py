from django.db import migrations

from inventario.nucleo.migraciones import forzar_filas, sin_vaciar


class Migration(migrations.Migration):
    """La seguridad por filas alcanza también al dueño y el libro no se vacía."""

    dependencies = [("alertas", "0007_cada_cuarto_de_hora")]

    operations = [
        *forzar_filas(
            "alertas_alerta",
            "alertas_revision",
            "alertas_suscripcionalresumen",
            "alertas_reconocimiento",
        ),
        *sin_vaciar("alertas_reconocimiento"),
    ]
