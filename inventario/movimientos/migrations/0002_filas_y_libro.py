from django.db import migrations

from inventario.nucleo.migraciones import filas_por_empresa, solo_agregar


class Migration(migrations.Migration):
    """Segunda red por empresa y libro sin borrón, con disparadores (en PostgreSQL)."""

    dependencies = [("movimientos", "0001_inicial")]

    operations = [
        *filas_por_empresa(
            "movimientos_importacion",
            "movimientos_asiento",
            "movimientos_movimiento",
            "movimientos_existencia",
            "movimientos_apartado",
        ),
        *solo_agregar("movimientos_asiento", "movimientos_movimiento"),
    ]
