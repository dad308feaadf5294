from django.db import migrations

DE_A = 500


def copiar(apps, schema_editor):
    """Anota el único reconocimiento que cada alerta recuerda, con la severidad que ella tiene ahora.

    La de entonces ya no se sabe, pero no pudo ser menor: al empeorar se borraba.
    """
    Reconocimiento = apps.get_model("alertas", "Reconocimiento")
    sin_copiar = apps.get_model("alertas", "Alerta").objects.filter(
        reconocida_en__isnull=False, reconocimientos=None
    )
    copias = (
        Reconocimiento(
            empresa_id=alerta.empresa_id,
            alerta_id=alerta.pk,
            quien_id=alerta.reconocida_por_id,
            cuando=alerta.reconocida_en,
            nota=alerta.nota,
            severidad=alerta.severidad,
        )
        # Todas leídas antes de escribir: así el filtro no ve lo que se va copiando.
        for alerta in list(sin_copiar.order_by("pk"))
    )
    Reconocimiento.objects.bulk_create(copias, batch_size=DE_A)


class Migration(migrations.Migration):
    """Deshacerla no borra lo copiado: se va con su tabla, y volver a hacerla no lo repite."""

    dependencies = [("alertas", "0005_reconocimiento")]

    operations = [migrations.RunPython(copiar, migrations.RunPython.noop)]
