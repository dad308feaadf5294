from django.db import migrations


def blanquear(apps, schema_editor):
    """Borra lo que se había anotado de cada solicitud: contraseñas, códigos y enlaces en claro."""
    apps.get_model("axes", "AccessAttempt").objects.update(get_data="", post_data="")


class Migration(migrations.Migration):
    """Lo que ya estaba guardado en claro se va; hacia atrás no hay nada que devolver."""

    dependencies = [("cuentas", "0013_filas_de_la_gente"), ("axes", "0010_accessattemptexpiration")]

    operations = [migrations.RunPython(blanquear, migrations.RunPython.noop)]
