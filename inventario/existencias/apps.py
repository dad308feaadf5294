from django.apps import AppConfig


class ExistenciasConfig(AppConfig):
    name = "inventario.existencias"
    label = "existencias"
    verbose_name = "Existencias"
