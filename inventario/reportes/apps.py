from django.apps import AppConfig


class ReportesConfig(AppConfig):
    name = "inventario.reportes"
    label = "reportes"
    verbose_name = "Reportes"
