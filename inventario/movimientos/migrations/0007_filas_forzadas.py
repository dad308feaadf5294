from django.db import migrations

from inventario.nucleo.migraciones import forzar_filas, sin_vaciar


class Migration(migrations.Migration):
    """La seguridad por filas alcanza también al dueño y el libro no se vacía."""

    dependencies = [("movimientos", "0006_clase_de_importacion")]

    operations = [
        *forzar_filas(
            "movimientos_asiento",
            "movimientos_movimiento",
            "movimientos_existencia",
            "movimientos_apartado",
            "movimientos_importacion",
        ),
        *sin_vaciar("movimientos_asiento", "movimientos_movimiento"),
    ]
