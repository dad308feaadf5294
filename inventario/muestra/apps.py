from django.apps import AppConfig


class MuestraConfig(AppConfig):
    name = "inventario.muestra"
    label = "muestra"
    verbose_name = "Muestra"
