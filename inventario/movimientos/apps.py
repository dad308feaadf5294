from django.apps import AppConfig


class MovimientosConfig(AppConfig):
    name = "inventario.movimientos"
    label = "movimientos"
    verbose_name = "Movimientos"
