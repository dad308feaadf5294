from django.apps import AppConfig


class PanelConfig(AppConfig):
    name = "inventario.panel"
    label = "panel"
    verbose_name = "Páginas del operador"
