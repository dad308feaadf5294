from django.db import migrations

# Una migración no cambia con la semilla: pone lo que entonces faltaba.
NOMBRE, DESCRIPCION = "Fish Feed", "Alimento balanceado"


def poner(apps, schema_editor):
    """Da la categoría del formulario de alimentación a las empresas creadas antes de que existiera."""
    categorias = apps.get_model("productos", "Categoria")._base_manager
    for empresa in apps.get_model("cuentas", "Empresa")._base_manager.values_list("pk", flat=True):
        categorias.get_or_create(empresa_id=empresa, nombre=NOMBRE, defaults={"descripcion": DESCRIPCION})


class Migration(migrations.Migration):
    """Quitarla al volver atrás podría llevarse la que alguien ya usa: se deja."""

    dependencies = [("productos", "0003_reorden_y_modulos"), ("cuentas", "0001_inicial")]

    operations = [migrations.RunPython(poner, migrations.RunPython.noop)]
