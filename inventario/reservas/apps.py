from django.apps import AppConfig


class ReservasConfig(AppConfig):
    name = "inventario.reservas"
    label = "reservas"
    verbose_name = "Reservas"
