from django.apps import AppConfig


class AlertasConfig(AppConfig):
    name = "inventario.alertas"
    label = "alertas"
    verbose_name = "Alertas"
