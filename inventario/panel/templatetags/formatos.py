"""Cómo se escriben cantidades, dinero y fechas en una página."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from inventario.nucleo.cantidades import en_dinero

register = template.Library()


@register.filter
def cantidad(valor: Decimal | None) -> str:
    """`1234.5000` → `1.234,5`: sin ceros de más, con los separadores del idioma."""
    if valor is None:
        return "—"
    normal = valor.normalize() if valor else Decimal(0)
    decimales = max(0, -int(normal.as_tuple().exponent))
    return number_format(normal, decimal_pos=decimales, use_l10n=True, force_grouping=True)


@register.filter
def cifra(valor: object) -> str:
    """Una cantidad que se guardó como número de JSON; lo que no sea un número se escribe «—»."""
    es_numero = isinstance(valor, int | float) and not isinstance(valor, bool)
    return cantidad(Decimal(str(valor)) if es_numero else None)


@register.filter
def con_unidad(texto: str, unidad: str) -> str:
    """La cifra ya escrita y su unidad, que no se separan al final de un renglón."""
    return f"{texto}\N{NO-BREAK SPACE}{unidad}"


@register.filter
def dinero(valor: Decimal | None) -> str:
    return "—" if valor is None else number_format(en_dinero(valor), decimal_pos=2, force_grouping=True)


@register.filter
def fecha(valor: date | None) -> str:
    return date_format(valor, "d/m/Y") if valor else "—"


@register.filter
def momento(valor: datetime | None) -> str:
    """Fecha y hora en la zona de la empresa, que la página activa."""
    return date_format(timezone.localtime(valor), "d/m/Y H:i") if valor else "—"


@register.simple_tag
def icono(nombre: str, clase: str = "icon") -> SafeString:
    """Un icono de adorno: quien no lo ve no se pierde nada."""
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        clase,
        static("img/iconos.svg"),
        nombre,
    )


@register.simple_tag(takes_context=True)
def con_consulta(context: dict[str, Any], **cambios: Any) -> str:
    """La consulta de la dirección actual con esos cambios; un valor vacío quita el parámetro."""
    consulta = context["request"].GET.copy()
    for nombre, valor in cambios.items():
        if valor in (None, ""):
            consulta.pop(nombre, None)
        else:
            consulta[nombre] = str(valor)
    return f"?{consulta.urlencode()}"
