from django.db import migrations

from inventario.nucleo.migraciones import filas_sin_forzar, solo_agregar


class Migration(migrations.Migration):
    """Segunda red por empresa y libro sin borrón, con disparadores (en PostgreSQL)."""

    dependencies = [("movimientos", "0001_inicial")]

    operations = [
        *filas_sin_forzar(
            "movimientos_importacion",
            "movimientos_asiento",
            "movimientos_movimiento",
            "movimientos_existencia",
            "movimientos_apartado",
        ),
        *solo_agregar("movimientos_asiento", "movimientos_movimiento"),
    ]
