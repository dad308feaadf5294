from django.apps import AppConfig


class IdempotenciaConfig(AppConfig):
    name = "inventario.idempotencia"
    label = "idempotencia"
    verbose_name = "Idempotencia"
