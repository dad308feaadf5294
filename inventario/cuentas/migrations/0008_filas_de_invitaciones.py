from django.db import migrations

from inventario.nucleo.migraciones import filas_por_empresa


class Migration(migrations.Migration):
    """Segunda red: cada invitación, solo a la vista de su empresa (en PostgreSQL)."""

    dependencies = [("cuentas", "0007_invitaciones")]

    operations = [*filas_por_empresa("cuentas_invitacion")]
