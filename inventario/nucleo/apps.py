from django.apps import AppConfig


class NucleoConfig(AppConfig):
    name = "inventario.nucleo"
    label = "nucleo"
    verbose_name = "Núcleo"
