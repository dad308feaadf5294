"""Anotar un hecho delicado, en la misma transacción que lo hace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, models
from django.db.transaction import TransactionManagementError

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.models import Anotacion
from inventario.auditoria.valores import Valores, diferencia
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.solicitud import direccion_actual, solicitud_actual

if TYPE_CHECKING:
    from inventario.cuentas.models import Empresa, Usuario

SISTEMA = "Sistema"
MOTIVO_MAXIMO = 2000


def anotar(
    *,
    actor: Actor | None,
    hecho: Hecho,
    sobre: models.Model,
    nombre: str = "",
    antes: Valores | None = None,
    despues: Valores | None = None,
    motivo: str = "",
    empresa: Empresa | None = None,
    usuario: Usuario | None = None,
) -> Anotacion | None:
    """Escribe quién le hizo qué a `sobre`; de un antes y un después guarda solo lo que difiere.

    `nombre` dice la cosa donde su texto diría algo del idioma de quien mira, que aquí queda para siempre.
    Si se dan los dos y nada difiere, nada pasó: no escribe y devuelve `None`. Sin `actor` hay que decir la
    `empresa`, y lo hizo `usuario` o, sin él, el sistema. La dirección y la solicitud salen de la petición en
    curso. Lanza `TransactionManagementError` fuera de una transacción: lo anotado debe caer con lo hecho.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("Se anota dentro de la transacción de lo que se anota.")
    de_quien = actor.empresa if actor is not None else empresa
    if de_quien is None:
        raise ValueError("Sin actor hay que decir de qué empresa es el hecho.")
    autor = actor.usuario if actor is not None else usuario
    viejo, nuevo = diferencia(antes or {}, despues or {})
    if antes and despues and not (viejo or nuevo):
        return None
    with en_empresa(de_quien):
        return Anotacion.objects.create(
            empresa=de_quien,
            hecho=hecho.value,
            usuario=autor,
            quien=firma_de(autor) if autor is not None else SISTEMA,
            externo_id=actor.externo_id if actor is not None else "",
            externo_nombre=actor.externo_nombre if actor is not None else "",
            sobre_tipo=sobre._meta.label_lower,
            sobre_id=str(sobre.pk),
            sobre=(nombre or str(sobre))[:255],
            antes=viejo,
            despues=nuevo,
            motivo=motivo.strip()[:MOTIVO_MAXIMO],
            direccion=direccion_actual() or None,
            solicitud_id=(actor.solicitud_id if actor is not None else "") or solicitud_actual(),
        )


def firma_de(autor: Usuario) -> str:
    """Su nombre y su correo: el nombre lo elige cada quien, y «Sistema» también lo es."""
    if autor.es_servicio or not autor.nombre:
        return str(autor)[:255]
    correo = f" ({autor.email})"
    return autor.nombre[: max(0, 255 - len(correo))] + correo
