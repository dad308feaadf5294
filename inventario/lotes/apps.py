from django.apps import AppConfig


class LotesConfig(AppConfig):
    name = "inventario.lotes"
    label = "lotes"
    verbose_name = "Lotes"
