"""La configuración de siempre, con los estáticos desde su origen: sin collectstatic no hay manifiesto."""

from config.settings import *  # noqa: F403  # una configuración es la otra más sus cambios
from config.settings import STORAGES as DE_SIEMPRE

STORAGES = {
    **DE_SIEMPRE,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
