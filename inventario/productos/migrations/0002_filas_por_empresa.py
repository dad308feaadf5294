from django.db import migrations

from inventario.nucleo.migraciones import filas_por_empresa


class Migration(migrations.Migration):
    """Segunda red: cada fila, solo a la vista de su empresa (en PostgreSQL)."""

    dependencies = [("productos", "0001_inicial")]

    operations = [
        *filas_por_empresa(
            "productos_unidad", "productos_categoria", "productos_proveedor", "productos_producto"
        ),
    ]
