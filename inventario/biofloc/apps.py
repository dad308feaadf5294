from django.apps import AppConfig


class BioflocConfig(AppConfig):
    name = "inventario.biofloc"
    label = "biofloc"
    verbose_name = "API de biofloc"
