from django.apps import AppConfig


class ImportacionesConfig(AppConfig):
    name = "inventario.importaciones"
    label = "importaciones"
    verbose_name = "Importaciones"
