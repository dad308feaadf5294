from django.apps import AppConfig


class EventosConfig(AppConfig):
    name = "inventario.eventos"
    label = "eventos"
    verbose_name = "Eventos"
