"""Cómo se documentan los catálogos: las mismas seis operaciones, con lo que cada una puede responder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter, extend_schema_view

from inventario.borde.esquema import documentar

C = TypeVar("C", bound=type[Any])

_DE_UNA = (404,)
_AL_CREAR = (400, 404)
_AL_CAMBIAR = (400, 404, 409, 413, 415)


def catalogo(
    *,
    grupo: str,
    una: str,
    las: str,
    nombre: str,
    nombres: str,
    lista: Any,
    ficha: Any,
    filtro: Any,
    peticion: Any,
    cambio: Any,
    elimina: bool = False,
    version: OpenApiParameter | None = None,
) -> Callable[[C], C]:
    """Documenta el viewset de un catálogo.

    `una` y `las` van en las frases («una categoría», «las categorías»); `nombre` y `nombres`, en el nombre
    de cada operación. PUT cambia lo que se nombre, igual que PATCH.
    """
    al_cambiar: dict[str, Any] = {
        "grupo": grupo,
        "peticion": cambio,
        "exito": {200: ficha},
        "cabecera": version,
        "errores": _AL_CAMBIAR,
        "idempotente": False,
    }
    frase = "Lo que no venga en el cuerpo queda igual."
    operaciones = {
        "list": documentar(
            f"Lista {las}",
            grupo=grupo,
            nombre=f"listar_{nombres}",
            consulta=filtro,
            exito={200: lista(many=True)},
        ),
        "retrieve": documentar(
            f"Muestra {una}", grupo=grupo, nombre=f"ver_{nombre}", exito={200: ficha}, errores=_DE_UNA
        ),
        "create": documentar(
            f"Crea {una}",
            grupo=grupo,
            nombre=f"crear_{nombre}",
            peticion=peticion,
            exito={201: ficha},
            errores=_AL_CREAR,
        ),
        "update": documentar(
            f"Cambia {una}", nombre=f"cambiar_{nombre}_con_put", descripcion=frase, **al_cambiar
        ),
        "partial_update": documentar(
            f"Cambia {una}", nombre=f"cambiar_{nombre}", descripcion=frase, **al_cambiar
        ),
    }
    if elimina:
        operaciones["destroy"] = documentar(
            f"Elimina {una}",
            grupo=grupo,
            nombre=f"eliminar_{nombre}",
            descripcion="Se niega si algo depende de lo que se elimina, que es lo que responde.",
            cabecera=version,
            exito={200: ficha},
            errores=_AL_CAMBIAR,
        )
    documentado: Callable[[C], C] = extend_schema_view(**operaciones)
    return documentado
