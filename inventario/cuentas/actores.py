"""De una credencial a un actor: quién es, en qué empresa y qué puede."""

from __future__ import annotations

import hashlib
import logging
import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import OperationalError
from django.db.models import Q, QuerySet

from inventario.cuentas.alcance import alcance_de, con_limite
from inventario.cuentas.empresas.errores import SinEmpresa
from inventario.cuentas.empresas.selectors import bodega_habitual
from inventario.cuentas.models import ClaveApi, Empresa, Membresia, Usuario
from inventario.cuentas.permisos import Permiso, permisos_de_alcances
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa, identificando

registro = logging.getLogger(__name__)

PREFIJO_DE_CLAVE = "sk_live_"
ANOTAR_USO_CADA = timedelta(minutes=1)


def huella_de(clave: str) -> str:
    """Devuelve la huella con que se guarda y se busca. Con 32 bytes al azar no hace falta sal."""
    return hashlib.sha256(clave.encode()).hexdigest()


def buscar_clave(texto: str) -> ClaveApi | None:
    """Devuelve la clave de API con su usuario y su empresa, esté vigente o no; `None` si no existe."""
    huella = huella_de(texto)
    claves = ClaveApi.objects.select_related("usuario", "empresa").filter(huella=huella)
    with identificando(huella=huella, solo_leer=True):
        return con_limite(claves).first()


def anotar_uso(clave: ClaveApi, ahora: datetime) -> None:
    """Anota el último uso, a lo sumo una vez por minuto: usar una clave no debe costar una escritura.

    Si la base no puede (el disco lleno, la fila tomada) se avisa y se sigue: quien solo lee debe poder leer.
    """
    if clave.ultimo_uso_en is not None and clave.ultimo_uso_en > ahora - ANOTAR_USO_CADA:
        return
    sin_anotar = Q(ultimo_uso_en=None) | Q(ultimo_uso_en__lte=ahora - ANOTAR_USO_CADA)
    try:
        with en_empresa(clave.empresa):
            ClaveApi.objects.filter(sin_anotar, pk=clave.pk).update(ultimo_uso_en=ahora)
    except OperationalError as error:
        registro.warning("No se anotó el uso de la clave %s (%s)", clave.prefijo, error)


def identidad_de_clave(
    clave: ClaveApi, *, externo_id: str = "", externo_nombre: str = "", solicitud_id: str = ""
) -> Actor:
    """Devuelve el actor sin sus bodegas: sirve para decidir permisos antes de entrar a la empresa."""
    return Actor(
        usuario=clave.usuario,
        empresa=clave.empresa,
        permisos=permisos_de_alcances(clave.alcances),
        modulos_permitidos=frozenset(clave.modulos),
        externo_id=externo_id,
        externo_nombre=externo_nombre,
        solicitud_id=solicitud_id,
        principal=f"clave:{clave.pk}",
    )


def actor_de_clave(
    clave: ClaveApi, *, externo_id: str = "", externo_nombre: str = "", solicitud_id: str = ""
) -> Actor:
    """Devuelve el actor completo de una clave. Se llama dentro de `en_empresa`."""
    actor = identidad_de_clave(
        clave, externo_id=externo_id, externo_nombre=externo_nombre, solicitud_id=solicitud_id
    )
    return completar_actor(actor, clave)


def membresias_vigentes() -> QuerySet[Membresia]:
    """Las activas de empresas activas, con su empresa y si están limitadas a unas bodegas."""
    activas = Membresia.objects.filter(activa=True, empresa__activa=True)
    return con_limite(activas.select_related("empresa"))


def membresia_de(usuario: Usuario, empresa: Empresa) -> Membresia | None:
    """Devuelve la membresía activa de la persona; `None` para un superusuario que no es miembro.

    Lanza `SinEmpresa` si no pertenece a la empresa o esta no está activa. Se llama dentro de `en_empresa` o
    de `identificando` a la persona.
    """
    membresia = None
    if usuario.is_active and empresa.activa:
        membresia = membresias_vigentes().filter(usuario=usuario, empresa=empresa).first()
    if membresia is None and not (usuario.is_superuser and usuario.is_active and empresa.activa):
        raise SinEmpresa(f"Usted no pertenece a {empresa}.")
    return membresia


def identidad_de_persona(
    usuario: Usuario, empresa: Empresa, membresia: Membresia | None, *, solicitud_id: str = ""
) -> Actor:
    """Devuelve el actor sin sus bodegas. Un superusuario puede todo, sea o no miembro."""
    todos = usuario.is_superuser or membresia is None
    return Actor(
        usuario=usuario,
        empresa=empresa,
        permisos=frozenset(Permiso.values) if todos or membresia is None else membresia.permisos,
        solicitud_id=solicitud_id,
        principal=f"usuario:{uuid.UUID(str(usuario.pk))}",
    )


def actor_de_membresia(usuario: Usuario, empresa: Empresa, *, solicitud_id: str = "") -> Actor:
    """Devuelve el actor completo de una persona. Se llama dentro de `en_empresa`.

    Lanza `SinEmpresa` si la persona no es miembro activo (un superusuario no necesita serlo).
    """
    membresia = membresia_de(usuario, empresa)
    actor = identidad_de_persona(usuario, empresa, membresia, solicitud_id=solicitud_id)
    return completar_actor(actor, membresia)


def completar_actor(actor: Actor, credencial: ClaveApi | Membresia | None) -> Actor:
    """Agrega el alcance y la bodega habitual de la credencial. Se llama dentro de `en_empresa`."""
    alcance = alcance_de(credencial)
    habitual = credencial.bodega_id if credencial is not None else None
    bodega = bodega_habitual(actor.empresa, habitual=habitual, alcance=alcance)
    return replace(actor, bodega=bodega, alcance=alcance)
