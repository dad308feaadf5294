from django.apps import AppConfig


class NucleoConfig(AppConfig):
    name = "inventario.nucleo"
    label = "nucleo"
    verbose_name = "Núcleo"

    def ready(self) -> None:
        from django_scopes.manager import DisabledQuerySet

        from inventario.nucleo import checks  # noqa: F401  # al importarse se inscribe

        # django-scopes 2.1 se olvida de esta: sin empresa respondería por todas.
        DisabledQuerySet.exists = DisabledQuerySet.error
