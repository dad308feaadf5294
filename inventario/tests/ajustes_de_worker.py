"""La configuración de siempre más lo que las pruebas mandan a un worker de verdad."""

from config.settings import *  # noqa: F403  # una configuración es la otra más sus cambios

CELERY_IMPORTS = ("inventario.tests.encargos",)
CONSUMIDORES_DE_EVENTOS = {"producto_cambiado": ["inventario.tests.encargos.consumir"]}
CONSUMIDORES_EN_EL_ACTO: list[str] = []
