from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "inventario.api"
    label = "api"
    verbose_name = "API"
