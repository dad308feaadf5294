"""Datos de muestra: la tienda de demostración y los datos falsos en volumen. Nunca en producción."""
