from django.db import migrations

from inventario.nucleo.migraciones import filas_sin_forzar


class Migration(migrations.Migration):
    """Segunda red: cada fila, solo a la vista de su empresa (en PostgreSQL)."""

    dependencies = [("productos", "0001_inicial")]

    operations = [
        *filas_sin_forzar(
            "productos_unidad", "productos_categoria", "productos_proveedor", "productos_producto"
        ),
    ]
