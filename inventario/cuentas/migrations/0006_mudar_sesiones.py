"""Las sesiones abiertas pasan a la tabla nueva: desplegar no echa a nadie.

Lo guardado se lee igual, porque Django lo firma con el nombre de la clase que lo guarda, que es el mismo.
"""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations
from django.utils import timezone


def mudar(apps, schema_editor):
    Session = apps.get_model("sessions", "Session")
    SesionWeb = apps.get_model("cuentas", "SesionWeb")
    Usuario = apps.get_model("cuentas", "Usuario")
    personas = {str(pk) for pk in Usuario.objects.values_list("pk", flat=True)}
    ahora = timezone.now()
    for vieja in Session.objects.filter(expire_date__gt=ahora).iterator():
        dueno = SessionStore().decode(vieja.session_data).get(SESSION_KEY)
        # Las que no son de nadie no guardan nada que valga la pena: se hacen otra vez solas.
        if dueno in personas:
            SesionWeb.objects.update_or_create(
                session_key=vieja.session_key,
                defaults={
                    "session_data": vieja.session_data,
                    "expire_date": vieja.expire_date,
                    "usuario_id": dueno,
                    "vista_en": ahora,
                },
            )
    Session.objects.all().delete()


def devolver(apps, schema_editor):
    Session = apps.get_model("sessions", "Session")
    for nueva in apps.get_model("cuentas", "SesionWeb").objects.iterator():
        Session.objects.update_or_create(
            session_key=nueva.session_key,
            defaults={"session_data": nueva.session_data, "expire_date": nueva.expire_date},
        )


class Migration(migrations.Migration):
    dependencies = [("cuentas", "0005_sesiones_web"), ("sessions", "0001_initial")]

    operations = [migrations.RunPython(mudar, devolver)]
