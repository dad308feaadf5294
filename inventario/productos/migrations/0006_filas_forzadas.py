from django.db import migrations

from inventario.nucleo.migraciones import forzar_filas


class Migration(migrations.Migration):
    """La seguridad por filas alcanza también al dueño."""

    dependencies = [("productos", "0005_minimo_sobre_disponible")]

    operations = [
        *forzar_filas(
            "productos_unidad",
            "productos_categoria",
            "productos_proveedor",
            "productos_producto",
            "productos_modulodeproducto",
        ),
    ]
