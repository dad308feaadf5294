"""Proveedores: no se borran, se desactivan."""

from __future__ import annotations

from typing import TypedDict

from django.db import transaction

from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import NoEncontrado
from inventario.nucleo.textos import exigir_texto, limpiar_parrafo, limpiar_texto
from inventario.productos.models import Proveedor
from inventario.productos.services.comun import nulo

LARGO_NOMBRE = 255
LARGO_DIRECCION = 1000


class CambiosDeProveedor(TypedDict, total=False):
    nombre: str
    contacto: str
    telefono: str
    email: str
    direccion: str
    activo: bool


def crear_proveedor(
    *,
    actor: Actor,
    nombre: str,
    contacto: str = "",
    telefono: str = "",
    email: str = "",
    direccion: str = "",
) -> Proveedor:
    """Crea un proveedor. Dos pueden llamarse igual; el correo es texto libre."""
    actor.exigir(Permiso.CATALOGAR)
    proveedor = Proveedor(empresa=actor.empresa)
    _poner(
        proveedor,
        {
            "nombre": nombre,
            "contacto": contacto,
            "telefono": telefono,
            "email": email,
            "direccion": direccion,
        },
    )
    proveedor.save(force_insert=True)
    return proveedor


def editar_proveedor(*, actor: Actor, proveedor: Proveedor, cambios: CambiosDeProveedor) -> Proveedor:
    """Cambia solo lo que venga en `cambios`; `activo` falso lo retira de las listas para elegir."""
    actor.exigir(Permiso.CATALOGAR)
    for campo, valor in cambios.items():
        if valor is None:
            raise nulo(campo)
    with transaction.atomic():
        fila = Proveedor.objects.select_for_update(no_key=True).filter(pk=proveedor.pk).first()
        if fila is None:
            raise NoEncontrado("No existe ese proveedor.")
        _poner(fila, cambios)
        fila.save()
    return fila


def _poner(proveedor: Proveedor, cambios: CambiosDeProveedor) -> None:
    if "nombre" in cambios:
        proveedor.nombre = exigir_texto(cambios["nombre"], campo="nombre", maximo=LARGO_NOMBRE)
    if "contacto" in cambios:
        proveedor.contacto = limpiar_texto(cambios["contacto"], campo="contacto", maximo=LARGO_NOMBRE)
    if "telefono" in cambios:
        proveedor.telefono = limpiar_texto(cambios["telefono"], campo="telefono", maximo=50)
    if "email" in cambios:
        proveedor.email = limpiar_texto(cambios["email"], campo="email", maximo=LARGO_NOMBRE)
    if "direccion" in cambios:
        proveedor.direccion = limpiar_parrafo(cambios["direccion"], campo="direccion", maximo=LARGO_DIRECCION)
    proveedor.activo = cambios.get("activo", proveedor.activo)
