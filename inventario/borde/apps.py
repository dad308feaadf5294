from django.apps import AppConfig


class BordeConfig(AppConfig):
    name = "inventario.borde"
    label = "borde"
    verbose_name = "Borde HTTP"
