from django.apps import AppConfig


class ProductosConfig(AppConfig):
    name = "inventario.productos"
    label = "productos"
    verbose_name = "Catálogo"
