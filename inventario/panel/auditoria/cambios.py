"""Un antes y un después dichos para quien los lee."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _

from inventario.auditoria.models import Anotacion

NADA = "—"
# El nombre de cada campo; uno que falte se muestra con el suyo.
CAMPOS = {
    "activa": _("Activa"),
    "activo": _("Activo"),
    "alcances": _("Alcances"),
    "bodega": _("Bodega habitual"),
    "bodegas_permitidas": _("Bodegas permitidas"),
    "cierre_hasta": _("Cerrada hasta"),
    "codigo": _("Código"),
    "codigo_barras": _("Código de barras"),
    "lotes": _("Lotes"),
    "modulos": _("Módulos"),
    "moneda": _("Moneda"),
    "nombre": _("Nombre"),
    "padre": _("Dentro de"),
    "pais": _("País"),
    "pendientes": _("Sin deshacer"),
    "precio": _("Precio"),
    "registrado_en": _("Registrado"),
    "restante": _("Restante"),
    "revertidos": _("Deshechos"),
    "revocada_en": _("Revocada"),
    "rol": _("Rol"),
    "saldo": _("Saldo"),
    "sku": _("SKU"),
    "tipo": _("Tipo"),
    "unidad": _("Unidad"),
    "vence_en": _("Vence"),
    "zona_horaria": _("Zona horaria"),
}


@dataclass(frozen=True, slots=True)
class Cambio:
    """Vacío es que no había nada que decir de ese lado: lo que nace no tiene antes."""

    campo: str
    antes: str
    despues: str


def cambios_de(una: Anotacion) -> list[Cambio]:
    campos = list(dict.fromkeys([*una.antes, *una.despues]))
    return [
        Cambio(
            str(CAMPOS.get(campo, campo.replace("_", " ").capitalize())),
            _dicho(una.antes[campo]) if campo in una.antes else "",
            _dicho(una.despues[campo]) if campo in una.despues else "",
        )
        for campo in campos
    ]


def en_una_linea(valores: dict[str, Any]) -> str:
    """Como va en un archivo que leen programas."""
    return json.dumps(valores, ensure_ascii=False, sort_keys=True) if valores else ""


def _dicho(valor: Any) -> str:
    match valor:
        case None | "" | []:
            return NADA
        case bool():
            return traducir("Sí") if valor else traducir("No")
        case list():
            return ", ".join(_dicho(uno) for uno in valor)
        case dict():
            return en_una_linea(valor)
        case _:
            return str(valor)
