"""Qué lotes dice un texto escrito o leído: la misma regla para toda lista donde se los busca."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventario.lotes.gs1 import LARGO_MAXIMO, Lectura, leer
from inventario.lotes.querysets import lotes_que_dicen
from inventario.panel.buscar.escaneo import producto_leido
from inventario.panel.buscar.resultados import limpiar, numero_escrito
from inventario.productos.models import Producto

NINGUNO = Q(pk__in=[])


class LoteEscritoCampo(forms.CharField):
    """La casilla de buscar un lote: cabe en ella lo que escribe un lector. Acepta más atributos."""

    def __init__(self, **atributos: Any) -> None:
        super().__init__(
            label=_("Lote o producto"),
            required=False,
            max_length=LARGO_MAXIMO,
            # El separador de GS1 cuenta como espacio, y al comienzo anuncia lo que sigue.
            strip=False,
            widget=forms.TextInput(
                attrs={
                    "type": "search",
                    "placeholder": _("SKU, nombre, lote o código leído"),
                    "autocomplete": "off",
                    "autocapitalize": "off",
                    "spellcheck": "false",
                    **atributos,
                }
            ),
        )

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").strip(" \t\r\n")


@dataclass(frozen=True, slots=True)
class Buscado:
    """Qué lotes son justo lo escrito y cuáles lo dicen en alguna parte."""

    exactos: Q
    parecidos: Q

    @classmethod
    def en(cls, texto: str) -> Buscado:
        numero = numero_escrito(texto)
        # Un código puede escribirse como se muestra el número de otro: valen los dos.
        de_ese_numero = NINGUNO if numero is None else Q(pk=numero)
        lectura = leer(texto)
        producto = producto_leido(lectura) if lectura.completa else None
        del_producto = Q(producto=producto) if producto else NINGUNO
        if lectura.lote or lectura.vence_el:
            leido = _leido(lectura, del_producto) | de_ese_numero
            return cls(leido, leido)
        escrito = limpiar(lectura.codigo or lectura.sku)
        return cls(
            _con_codigo(escrito) | del_producto | de_ese_numero,
            lotes_que_dicen(escrito)
            | Q(producto__in=Producto.objects.vivos().que_dicen(escrito))
            | del_producto
            | de_ese_numero,
        )


def _con_codigo(codigo: str) -> Q:
    return Q(codigo__iexact=codigo) | Q(referencia_proveedor__iexact=codigo)


def _leido(lectura: Lectura, del_producto: Q) -> Q:
    """Los lotes que dice un código leído; la fecha solo cuenta si no trae el lote, que pudo anotarse mal."""
    propio = _con_codigo(lectura.lote) if lectura.lote else Q(vence_el=lectura.vence_el)
    return propio & del_producto if lectura.completa else propio
