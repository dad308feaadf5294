from django.apps import AppConfig


class EventosConfig(AppConfig):
    name = "inventario.eventos"
    label = "eventos"
    verbose_name = "Eventos"

    def ready(self) -> None:
        from inventario.eventos import checks  # noqa: F401  # al importarse se inscribe
