"""Datos de muestra: la tienda de demostración, los datos falsos en volumen y la farmacia que se reproduce.

Nunca en producción.
"""
