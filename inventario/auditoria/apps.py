from django.apps import AppConfig


class AuditoriaConfig(AppConfig):
    name = "inventario.auditoria"
    label = "auditoria"
    verbose_name = "Auditoría"
