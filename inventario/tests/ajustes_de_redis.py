"""La de la web de prueba, con quien oiga cada asiento desde el worker: así se ve si su aviso se pierde."""

from inventario.tests.ajustes_de_web import *  # noqa: F403  # una configuración es la otra más sus cambios

CELERY_IMPORTS = ("inventario.tests.encargos",)
CONSUMIDORES_DE_EVENTOS = {"asiento_registrado": ["inventario.tests.encargos.dejar_constancia"]}
CONSUMIDORES_EN_EL_ACTO: list[str] = []
