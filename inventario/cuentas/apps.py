from django.apps import AppConfig


class CuentasConfig(AppConfig):
    name = "inventario.cuentas"
    label = "cuentas"
    verbose_name = "Cuentas"
