"""Abrir una invitación con su enlace y aceptarla: el único camino por el que alguien se hace miembro.

Quien acepta prueba que es el dueño del correo: porque el enlace le llegó ahí, o entrando con su cuenta.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as traducir

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.services import anotar
from inventario.cuentas.alcance import alcance_de
from inventario.cuentas.invitaciones import enlaces
from inventario.cuentas.invitaciones.errores import CorreoAjeno, CuentaYaExiste, InvitacionNoVigente
from inventario.cuentas.models import Empresa, Invitacion, Membresia, Sesion, Usuario
from inventario.cuentas.personas.services import hacer_miembro
from inventario.nucleo.empresa import consultando, en_empresa, identificando
from inventario.nucleo.errores import DatoInvalido
from inventario.nucleo.reloj import Reloj
from inventario.nucleo.textos import exigir_texto


def abrir(token: str, reloj: Reloj = timezone.now) -> Invitacion:
    """Devuelve la invitación de ese enlace, con su empresa y quién la mandó; no escribe nada.

    Lanza `InvitacionNoVigente`, la misma para todo enlace que no sirve.
    """
    empresa = _empresa_de(token)
    with consultando(empresa):
        return _buscar(token, empresa, reloj(), Invitacion.objects.select_related("empresa", "invitada_por"))


def elige_contrasena(invitacion: Invitacion) -> bool:
    """Si quien abrió el enlace puede elegir la contraseña, o tiene que entrar con la suya.

    La elige si el correo no tiene cuenta, o si de la que tiene nadie eligió nunca la contraseña: la sabe
    otro, o no hay. Pero eso último solo si el enlace le llegó por correo: mostrado en pantalla a quien
    invitó, le daría a él la cuenta de otra empresa.
    """
    cuenta = Usuario.objects.filter(email=invitacion.correo).first()
    return cuenta is None or _sin_estrenar(cuenta, invitacion)


def aceptar_con_cuenta(*, token: str, usuario: Usuario, reloj: Reloj = timezone.now) -> Membresia:
    """Hace miembro a quien entró con su cuenta.

    Lanza `InvitacionNoVigente`, y `CorreoAjeno` si la invitación es para otro correo.
    """
    empresa = _empresa_de(token)
    with en_empresa(empresa):
        invitacion = _retener(token, empresa, reloj())
        if usuario.email != invitacion.correo or usuario.es_servicio or not usuario.is_active:
            raise CorreoAjeno(
                "Esta invitación es para otro correo: salga y entre con la cuenta de ese correo."
            )
        return _aceptar(invitacion, usuario, reloj())


def aceptar_eligiendo_contrasena(
    *, token: str, nombre: str, contrasena: str, reloj: Reloj = timezone.now
) -> Membresia:
    """Hace miembro a quien no tenía cuenta, o nunca la estrenó: su nombre y su contraseña los pone ahora.

    Lanza `InvitacionNoVigente`, `CuentaYaExiste` si debe entrar con la suya, y `DatoInvalido` si el nombre
    o la contraseña no se admiten.
    """
    empresa = _empresa_de(token)
    nombre = exigir_texto(nombre, campo="nombre", maximo=255)
    with en_empresa(empresa):
        invitacion = _retener(token, empresa, reloj())
        usuario = Usuario.objects.select_for_update().filter(email=invitacion.correo).first()
        if usuario is not None and not _sin_estrenar(usuario, invitacion):
            raise CuentaYaExiste(
                traducir("Ese correo ya tiene cuenta: entre con su contraseña para aceptar.")
            )
        usuario = usuario or Usuario(email=invitacion.correo)
        usuario.nombre = nombre
        _poner_contrasena(usuario, contrasena)
        return _aceptar(invitacion, usuario, reloj())


def _empresa_de(token: str) -> Empresa:
    ficha = enlaces.leer(token)
    empresa = ficha and Empresa.objects.filter(pk=ficha.empresa_id, activa=True).first()
    if not empresa:
        raise _no_vigente()
    return empresa


def _buscar(token: str, empresa: Empresa, ahora: datetime, entre: models.QuerySet[Invitacion]) -> Invitacion:
    ficha = enlaces.leer(token)
    invitacion = ficha and entre.filter(empresa=empresa, pk=ficha.invitacion_id).first()
    if not ficha or not invitacion or not ficha.es_de(invitacion) or not invitacion.vigente(ahora):
        raise _no_vigente()
    return invitacion


def _retener(token: str, empresa: Empresa, ahora: datetime) -> Invitacion:
    """La fila bloqueada: de dos que aceptan a la vez, el segundo la encuentra ya usada."""
    return _buscar(token, empresa, ahora, Invitacion.objects.select_for_update())


def _sin_estrenar(cuenta: Usuario, invitacion: Invitacion) -> bool:
    """Si su contraseña la puso otro, o no tiene, y el enlace solo lo vio quien lee ese correo."""
    de_otro = cuenta.debe_cambiar_contrasena or not cuenta.has_usable_password()
    es_comun = cuenta.is_active and not cuenta.es_servicio and not cuenta.is_superuser
    return de_otro and es_comun and not invitacion.mostrada


def _poner_contrasena(usuario: Usuario, contrasena: str) -> None:
    try:
        validate_password(contrasena, usuario)
    except ValidationError as error:
        raise DatoInvalido(" ".join(error.messages), campo="contrasena") from error
    usuario.set_password(contrasena)
    usuario.debe_cambiar_contrasena = False
    try:
        with transaction.atomic():
            usuario.save()
    except IntegrityError as error:
        # La misma persona aceptó a la vez la invitación de otra empresa.
        raise CuentaYaExiste(
            traducir("Ese correo ya tiene cuenta: entre con su contraseña para aceptar.")
        ) from error
    with identificando(persona=usuario.pk):
        Sesion.objects.filter(usuario=usuario).delete()


def _aceptar(invitacion: Invitacion, usuario: Usuario, ahora: datetime) -> Membresia:
    invitacion.aceptada_en, invitacion.aceptada_por, invitacion.por_enviar_en = ahora, usuario, None
    invitacion.save(update_fields=["aceptada_en", "aceptada_por", "por_enviar_en"])
    anotar(
        actor=None,
        empresa=invitacion.empresa,
        usuario=usuario,
        hecho=Hecho.INVITACION_ACEPTADA,
        sobre=invitacion,
        nombre=invitacion.correo,
        despues={"rol": invitacion.rol},
    )
    return hacer_miembro(
        empresa=invitacion.empresa,
        usuario=usuario,
        rol=invitacion.rol,
        bodega=invitacion.bodega,
        limite=alcance_de(invitacion).nombradas,
    )


def _no_vigente() -> InvitacionNoVigente:
    return InvitacionNoVigente(traducir("Esta invitación ya no sirve."))
