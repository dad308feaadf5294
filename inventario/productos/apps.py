from django.apps import AppConfig


class ProductosConfig(AppConfig):
    name = "inventario.productos"
    label = "productos"
    verbose_name = "Catálogo"

    def ready(self) -> None:
        from inventario.productos import checks  # noqa: F401  # al importarse se inscribe
