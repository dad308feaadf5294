"""Invitar a una persona a la empresa, reenviarle el enlace y revocarlo.

No miran si el correo tiene cuenta: quien invita recibe lo mismo, y tarda lo mismo, la tenga o no.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as traducir

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.services import anotar
from inventario.cuentas.acceso.limites import Accion, exigir_cupo
from inventario.cuentas.alcance import alcance_de
from inventario.cuentas.empresas.comprobaciones import limite_que_da
from inventario.cuentas.invitaciones.enlaces import token_de
from inventario.cuentas.invitaciones.envio import hay_correo
from inventario.cuentas.invitaciones.errores import InvitacionResuelta, YaInvitada
from inventario.cuentas.models import Bodega, Invitacion, Membresia
from inventario.cuentas.permisos import Permiso
from inventario.cuentas.personas.errores import YaEsMiembro
from inventario.cuentas.personas.services import exigir_rol
from inventario.cuentas.tasks import enviar_invitaciones
from inventario.nucleo.actores import Actor
from inventario.nucleo.confirmacion import al_confirmarse
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import DatoInvalido, NoEncontrado, SinPermiso
from inventario.nucleo.integridad import restriccion_violada
from inventario.nucleo.reloj import Reloj
from inventario.nucleo.textos import exigir_texto, limpiar_texto

CORREO_MAXIMO = 254


@dataclass(frozen=True, slots=True)
class Emitida:
    """`token` es el del enlace que hay que mostrar a quien invitó; vacío: el enlace va por correo."""

    invitacion: Invitacion
    token: str


def invitar(
    *,
    actor: Actor,
    correo: str,
    rol: str,
    nombre: str = "",
    bodega: Bodega | None = None,
    limitada_a: Iterable[Bodega] = (),
    reloj: Reloj = timezone.now,
) -> Emitida:
    """Ofrece a un correo entrar a la empresa del actor con ese rol. No crea cuenta ni membresía.

    Lanza `YaEsMiembro`, `YaInvitada` si tiene otra vigente, y `DatoInvalido` por el correo, el rol o una
    bodega que el actor no alcanza; y `CupoAgotado`.
    """
    actor.exigir(Permiso.ADMINISTRAR)
    correo = _correo(correo)
    exigir_rol(rol)
    limite = limite_que_da(actor, actor.empresa, bodega=bodega, permitidas=limitada_a)
    ahora = reloj()
    with en_empresa(actor.empresa):
        exigir_que_no_sea_miembro(actor, correo)
        exigir_cupo(Accion.INVITAR, empresa_id=actor.empresa.pk)
        suyas = Invitacion.objects.pendientes().filter(correo=correo)
        suyas.filter(vence_en__lte=ahora).update(revocada_en=ahora, por_enviar_en=None)
        invitacion = Invitacion(
            empresa=actor.empresa,
            correo=correo,
            nombre=limpiar_texto(nombre, campo="nombre", maximo=255),
            rol=rol,
            bodega=bodega,
            invitada_por=actor.usuario,
            creado_en=ahora,
        )
        _renovar(invitacion, ahora)
        try:
            with transaction.atomic():
                invitacion.save(force_insert=True)
        except IntegrityError as error:
            if restriccion_violada(error) != "invitacion_pendiente_unica":
                raise
            raise YaInvitada(
                traducir("%(correo)s ya tiene una invitación sin responder: reenvíela o revóquela.")
                % {"correo": correo}
            ) from error
        invitacion.bodegas_permitidas.set(limite)
        _anotar(Hecho.INVITACION_ENVIADA, actor, invitacion, limite)
        return _emitir(invitacion)


def reenviar(*, actor: Actor, invitacion: Invitacion, reloj: Reloj = timezone.now) -> Emitida:
    """Hace otro enlace, que dura otros siete días; el anterior deja de servir.

    Lanza `InvitacionResuelta` si ya se aceptó o se revocó, y `CupoAgotado`.
    """
    actor.exigir(Permiso.ADMINISTRAR)
    with en_empresa(actor.empresa):
        actual = _tomar(actor, invitacion)
        _exigir_pendiente(actual)
        exigir_que_no_sea_miembro(actor, actual.correo)
        exigir_cupo(Accion.INVITAR, empresa_id=actor.empresa.pk)
        actual.invitada_por = actor.usuario
        _renovar(actual, reloj())
        actual.save()
        _anotar(Hecho.INVITACION_REENVIADA, actor, actual, alcance_de(actual).nombradas)
        return _emitir(actual)


def revocar(*, actor: Actor, invitacion: Invitacion, reloj: Reloj = timezone.now) -> Invitacion:
    """Deja sin efecto el enlace, y otra vez no cambia nada. Lanza `InvitacionResuelta` si ya se aceptó."""
    actor.exigir(Permiso.ADMINISTRAR)
    with en_empresa(actor.empresa):
        actual = _tomar(actor, invitacion)
        if actual.revocada_en is not None:
            return actual
        _exigir_pendiente(actual)
        actual.revocada_en, actual.por_enviar_en = reloj(), None
        actual.save(update_fields=["revocada_en", "por_enviar_en"])
        anotar(actor=actor, hecho=Hecho.INVITACION_REVOCADA, sobre=actual)
    return actual


def exigir_que_no_sea_miembro(actor: Actor, correo: str) -> None:
    """Lanza `YaEsMiembro`. Quien administra ya ve quiénes son: decirlo no revela nada."""
    suya = Membresia.objects.filter(empresa=actor.empresa, usuario__email=correo).first()
    if suya is not None and suya.activa:
        raise YaEsMiembro(
            traducir("%(quien)s ya es miembro de %(empresa)s.") % {"quien": correo, "empresa": actor.empresa}
        )
    if suya is not None:
        raise YaEsMiembro(
            traducir("%(quien)s es miembro de %(empresa)s, pero está inactivo: reactívelo.")
            % {"quien": correo, "empresa": actor.empresa}
        )


def _tomar(actor: Actor, invitacion: Invitacion) -> Invitacion:
    """La fila bloqueada: nadie la acepta mientras se decide qué hacer con ella."""
    actual = Invitacion.objects.select_for_update().filter(empresa=actor.empresa, pk=invitacion.pk).first()
    if actual is None:
        raise NoEncontrado(traducir("No existe esa invitación."))
    if not actor.alcance.abarca(alcance_de(actual)):
        raise SinPermiso(traducir("Esa invitación da acceso a bodegas que usted no alcanza."))
    return actual


def _exigir_pendiente(invitacion: Invitacion) -> None:
    if not invitacion.pendiente():
        raise InvitacionResuelta(traducir("Esa invitación ya se aceptó o se revocó."))


def _renovar(invitacion: Invitacion, ahora: datetime) -> None:
    con_correo = hay_correo()
    invitacion.semilla = Invitacion.nueva_semilla()
    invitacion.vence_en = ahora + Invitacion.DURA
    invitacion.mostrada = not con_correo
    invitacion.por_enviar_en = ahora if con_correo else None
    invitacion.enviada_en, invitacion.intentos = None, 0


def _emitir(invitacion: Invitacion) -> Emitida:
    """Por aquí pasa todo enlace que sale, la primera vez y las siguientes."""
    if invitacion.mostrada:
        return Emitida(invitacion, token_de(invitacion))
    al_confirmarse("mandar la invitación", lambda: enviar_invitaciones.delay(invitacion.empresa_id))
    return Emitida(invitacion, "")


def _anotar(hecho: Hecho, actor: Actor, invitacion: Invitacion, limite: Sequence[int]) -> None:
    nombres = sorted(str(bodega) for bodega in Bodega.objects.filter(pk__in=limite))
    dice = {"rol": invitacion.rol, "bodegas": nombres, "mostrada": invitacion.mostrada}
    anotar(actor=actor, hecho=hecho, sobre=invitacion, nombre=invitacion.correo, despues=dice)


def _correo(texto: str) -> str:
    correo = exigir_texto(texto, campo="correo", maximo=CORREO_MAXIMO).lower()
    try:
        validate_email(correo)
    except ValidationError as error:
        raise DatoInvalido(traducir("Escriba un correo, como ana@ejemplo.com."), campo="correo") from error
    return correo
