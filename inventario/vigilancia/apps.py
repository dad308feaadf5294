from django.apps import AppConfig


class VigilanciaConfig(AppConfig):
    name = "inventario.vigilancia"
    label = "vigilancia"
    verbose_name = "Vigilancia"
