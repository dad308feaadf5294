"""Direcciones de una página del admin a otra."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString


def enlace(fila: models.Model, texto: str = "") -> SafeString:
    """Devuelve el enlace a la página de la fila."""
    opciones = fila._meta
    ruta = reverse(f"admin:{opciones.app_label}_{opciones.model_name}_change", args=[fila.pk])
    return format_html('<a href="{}">{}</a>', ruta, texto or str(fila))


def lista_filtrada(modelo: type[models.Model], **por_id: int) -> str:
    """Devuelve la dirección de la lista del modelo limitada a las filas que apuntan a esos id."""
    opciones = modelo._meta
    ruta = reverse(f"admin:{opciones.app_label}_{opciones.model_name}_changelist")
    return f"{ruta}?{urlencode({f'{campo}__id__exact': pk for campo, pk in por_id.items()})}"
