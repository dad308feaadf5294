"""Un antes y un después dichos para quien los lee."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _

from inventario.auditoria.models import Anotacion
from inventario.cuentas.permisos import Rol
from inventario.movimientos.models import Motivo, TipoAsiento

NADA = "—"
# El nombre de cada campo; uno que falte se muestra con el suyo.
CAMPOS = {
    "activa": _("Activa"),
    "activo": _("Activo"),
    "alcances": _("Alcances"),
    "bodega": _("Bodega habitual"),
    "bodegas": _("Solo en las bodegas"),
    "cierre_hasta": _("Cerrada hasta"),
    "codigo": _("Código"),
    "codigo_barras": _("Código de barras"),
    "debe_cambiar_contrasena": _("Debe cambiar la contraseña"),
    "email": _("Correo electrónico"),
    "exige_segundo_factor": _("Exige segundo factor"),
    "is_active": _("Activo"),
    "is_staff": _("Entra a la administración"),
    "is_superuser": _("Puede todo"),
    "lotes": _("Lotes"),
    "modulos": _("Módulos"),
    "moneda": _("Moneda"),
    "mostrada": _("Enlace a la vista"),
    "motivo": _("Motivo"),
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


# Los que guardan un código, y cómo se llama cada uno.
CODIGOS: dict[str, type[models.TextChoices]] = {"motivo": Motivo, "rol": Rol, "tipo": TipoAsiento}


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
            _valor(campo, una.antes[campo]) if campo in una.antes else "",
            _valor(campo, una.despues[campo]) if campo in una.despues else "",
        )
        for campo in campos
    ]


def en_una_linea(valores: dict[str, Any]) -> str:
    """Como va en un archivo que leen programas."""
    return json.dumps(valores, ensure_ascii=False, sort_keys=True) if valores else ""


def _valor(campo: str, valor: Any) -> str:
    codigos = CODIGOS.get(campo)
    return str(codigos(valor).label) if codigos is not None and valor in codigos.values else _dicho(valor)


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
