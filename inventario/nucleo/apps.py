from django.apps import AppConfig


class NucleoConfig(AppConfig):
    name = "inventario.nucleo"
    label = "nucleo"
    verbose_name = "Núcleo"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created
        from django_scopes.manager import DisabledQuerySet

        from inventario.nucleo.sumas import ensenar_a_sqlite

        # django-scopes 2.1 se olvida de esta: sin empresa respondería por todas.
        DisabledQuerySet.exists = DisabledQuerySet.error
        connection_created.connect(ensenar_a_sqlite)
