"""Compone la aplicación. Se carga Celery aquí para que `shared_task` encuentre su cola también en la web."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
