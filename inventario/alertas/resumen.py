"""El resumen diario por correo: qué hay que atender y qué hacer con cada cosa."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.template.loader import render_to_string

from inventario.alertas.models import Alerta, Severidad, TipoAlerta
from inventario.alertas.querysets import AlertaQuerySet
from inventario.alertas.textos import TEXTOS
from inventario.alertas.vista import a_la_vista
from inventario.cuentas.models import Empresa
from inventario.nucleo.alcance import SIN_LIMITE, Alcance

DE_CADA_TIPO = 15


@dataclass(frozen=True, slots=True)
class Bloque:
    """Las alertas de un tipo: cuántas son y las que más apremian."""

    titulo: str
    que_hacer: str
    total: int
    mensajes: list[str]

    @property
    def faltan(self) -> int:
        return self.total - len(self.mensajes)


def bloques_de(alcance: Alcance = SIN_LIMITE) -> list[Bloque]:
    """Lo abierto que merece un aviso, en la empresa en curso; vacía, no hay nada que decir.

    Lo que vence a más de 30 días está en la lista pero no se avisa. Solo lo que ve ese
    alcance, y con las cifras que ve.
    """
    abiertas = _que_se_avisan(alcance)
    totales = dict(abiertas.order_by().values_list("tipo").annotate(cuantas=Count("pk")))
    return [
        Bloque(
            texto.titulo(totales[tipo]),
            texto.que_hacer(totales[tipo]),
            totales[tipo],
            [
                a_la_vista(alerta, alcance).mensaje
                for alerta in abiertas.filter(tipo=tipo).urgentes_primero()[:DE_CADA_TIPO]
            ],
        )
        for tipo, texto in TEXTOS.items()
        if tipo in totales
    ]


def correo_de(empresa: Empresa, nombre: str, hoy: date, bloques: list[Bloque]) -> tuple[str, str]:
    """Devuelve el asunto y el cuerpo."""
    total = sum(bloque.total for bloque in bloques)
    asunto = f"{empresa.nombre}: {total} cosa{'s' if total > 1 else ''} por atender en el inventario"
    contexto = {"empresa": empresa, "nombre": nombre, "hoy": hoy, "bloques": bloques, "total": total}
    return asunto, render_to_string("alertas/correo_resumen.txt", contexto)


def _que_se_avisan(alcance: Alcance) -> AlertaQuerySet:
    lejanas = Q(tipo=TipoAlerta.POR_VENCER, severidad=Severidad.INFORMATIVA)
    abiertas: AlertaQuerySet = Alerta.objects.activas().al_alcance(alcance).exclude(lejanas)
    return abiertas
