"""Activar, cambiar y quitar el segundo factor de una persona, y a quién se le exige.

Los secretos los guarda django-otp; que la persona lo tiene, desde cuándo, y con qué sesiones, lo dice
`Usuario.segundo_factor_en`, que cambia aquí junto con ellos. Las claves de API no lo usan (decisión 44).
"""

from __future__ import annotations

from base64 import b32encode
from dataclasses import dataclass
from datetime import timedelta

from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from inventario.auditoria.hechos import Hecho
from inventario.cuentas.acceso import sesiones
from inventario.cuentas.acceso.errores import ContrasenaIncorrecta
from inventario.cuentas.acceso.intentos import Intento
from inventario.cuentas.acceso.limites import Accion, exigir_cupo
from inventario.cuentas.actores import membresias_vigentes
from inventario.cuentas.models import Empresa, Usuario
from inventario.cuentas.permisos import Permiso
from inventario.cuentas.personas.auditoria import anotar_de_persona
from inventario.cuentas.segundo_factor import codigos
from inventario.cuentas.segundo_factor.errores import (
    CodigoInvalido,
    FaltaCodigo,
    FaltaSegundoFactor,
    SegundoFactorExigido,
    SinActivar,
)
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import identificando
from inventario.nucleo.reloj import Reloj

NOMBRE = "teléfono"
POR_CONFIRMAR_DURA = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class PorConfirmar:
    """Lo que el teléfono necesita: la dirección que va en el QR y el mismo secreto para copiarlo a mano."""

    direccion: str
    secreto: str


def exigir_a(actor: Actor) -> None:
    """Lanza `FaltaSegundoFactor` a quien administra una empresa que lo exige y no lo tiene."""
    if (
        actor.empresa.exige_segundo_factor
        and not actor.usuario.tiene_segundo_factor
        and actor.puede(Permiso.ADMINISTRAR)
    ):
        raise FaltaSegundoFactor(
            traducir("Su empresa exige un segundo factor a quien la administra: actívelo en su cuenta.")
        )


def empresa_que_lo_exige(usuario: Usuario) -> Empresa | None:
    """Devuelve una empresa que la persona administra y que lo exige; un superusuario las administra todas."""
    if usuario.is_superuser:
        return Empresa.objects.filter(activa=True, exige_segundo_factor=True).order_by("pk").first()
    suyas = membresias_vigentes().filter(usuario=usuario, empresa__exige_segundo_factor=True).order_by("pk")
    with identificando(persona=usuario.pk, solo_leer=True):
        return next((una.empresa for una in suyas if Permiso.ADMINISTRAR in una.permisos), None)


def comprobar(usuario: Usuario, codigo: str, intento: Intento) -> None:
    """Comprueba el código de quien ya dio bien su contraseña. Un fallo cuenta como el de una contraseña.

    Lanza `FaltaCodigo` si viene vacío, que no cuenta; `CodigoInvalido` con los intentos que quedan; y
    `PasoCerrado` o `CupoAgotado` a quien insistió demasiado.
    """
    if not codigo.strip():
        raise FaltaCodigo(traducir("Falta el código de su segundo factor."))
    intento.exigir_paso()
    exigir_cupo(Accion.SEGUNDO_FACTOR, cuenta=usuario.email)
    if not codigos.acierta(usuario, codigo):
        raise _no_acierta(intento)


def comenzar(*, peticion: HttpRequest, usuario: Usuario, contrasena: str, codigo: str = "") -> None:
    """Prepara un teléfono, que no cuenta hasta confirmarlo; si ya había uno, ese sigue valiendo.

    Pide la contraseña, y un código a quien ya lo tiene: con una sesión ajena abierta no basta. Lanza
    `PasoCerrado`, `ContrasenaIncorrecta`, `FaltaCodigo` o `CodigoInvalido`.
    """
    _exigir_prueba(peticion, usuario, contrasena, codigo)
    with transaction.atomic():
        Usuario.objects.select_for_update().get(pk=usuario.pk)
        TOTPDevice.objects.filter(user=usuario, confirmed=False).delete()
        TOTPDevice.objects.create(user=usuario, name=NOMBRE, confirmed=False)


def por_confirmar(usuario: Usuario) -> PorConfirmar | None:
    """Devuelve lo que hay que darle al teléfono; `None` si no se comenzó."""
    telefono = _por_confirmar(usuario).first()
    if telefono is None:
        return None
    secreto = b32encode(telefono.bin_key).decode()
    return PorConfirmar(direccion=telefono.config_url, secreto=codigos.agrupado(secreto).replace("-", " "))


def _por_confirmar(usuario: Usuario) -> models.QuerySet[TOTPDevice]:
    """El que empezó hace poco: quien halle abierta la sesión no termina lo que se dejó a medias otro día."""
    desde = timezone.now() - POR_CONFIRMAR_DURA
    hace_poco: models.QuerySet[TOTPDevice] = TOTPDevice.objects.filter(
        user=usuario, confirmed=False, created_at__gt=desde
    )
    return hace_poco


def confirmar(
    *, usuario: Usuario, codigo: str, del_navegador: str | None = None, reloj: Reloj = timezone.now
) -> list[str]:
    """Da por bueno el teléfono que ya sabe dar códigos; devuelve los de recuperación, que se ven una vez.

    El teléfono anterior y sus códigos dejan de servir, y se cierra toda otra sesión que la `del_navegador`,
    que renueva quien llama. Lanza `SinActivar` si no se comenzó y `CodigoInvalido`.
    """
    with transaction.atomic():
        _tomar(usuario)
        telefono = _por_confirmar(usuario).select_for_update().first()
        if telefono is None:
            raise SinActivar(traducir("No hay ningún teléfono por confirmar: empiece otra vez."))
        entregados = None
        if telefono.verify_token(codigo.replace(" ", "")):
            TOTPDevice.objects.filter(user=usuario).exclude(pk=telefono.pk).delete()
            telefono.confirmed = True
            telefono.save(update_fields=["confirmed"])
            usuario.segundo_factor_en = reloj()
            usuario.save(update_fields=["segundo_factor_en"])
            # Borradas y no solo vencidas: al quitarlo, ninguna de antes vuelve a servir.
            sesiones.cerrar_otras(usuario, del_navegador=del_navegador)
            entregados = codigos.entregar(usuario)
            anotar_de_persona(quien=usuario, persona=usuario, hecho=Hecho.SEGUNDO_FACTOR_ACTIVADO)
    # Fuera de la transacción, que debe quedar: en ella el teléfono anotó cuánto espera tras el fallo.
    if entregados is None:
        raise CodigoInvalido(
            traducir("El código no es correcto. Revise la hora del teléfono y escriba el de ahora.")
        )
    return entregados


def renovar_codigos(*, peticion: HttpRequest, usuario: Usuario, contrasena: str, codigo: str) -> list[str]:
    """Devuelve códigos de recuperación nuevos; los anteriores dejan de servir. Lanza lo que `comenzar`."""
    _exigir_activo(usuario)
    _exigir_prueba(peticion, usuario, contrasena, codigo)
    with transaction.atomic():
        _tomar(usuario)
        anotar_de_persona(quien=usuario, persona=usuario, hecho=Hecho.CODIGOS_RENOVADOS)
        return codigos.entregar(usuario)


def desactivar(*, peticion: HttpRequest, usuario: Usuario, contrasena: str, codigo: str) -> None:
    """Quita el segundo factor a quien lo pide. Lanza `SegundoFactorExigido`, o lo que `comenzar`."""
    _exigir_activo(usuario)
    empresa = empresa_que_lo_exige(usuario)
    if empresa is not None:
        raise SegundoFactorExigido(
            traducir("%(empresa)s lo exige a quien la administra: no se puede quitar.") % {"empresa": empresa}
        )
    _exigir_prueba(peticion, usuario, contrasena, codigo)
    _quitar(usuario, autor=usuario, del_navegador=peticion.session.session_key)


def retirar(usuario: Usuario) -> bool:
    """Lo quita a quien perdió el teléfono y los códigos, y cierra sus sesiones; dice si lo tenía.

    No pide prueba: lo llama quien opera el servidor, después de saber quién se lo pide.
    """
    with identificando(persona=usuario.pk):
        _tomar(usuario)
        tenia = usuario.tiene_segundo_factor
        if tenia:
            _quitar(usuario, autor=None)
        sesiones.cerrar_otras(usuario)
    return tenia


def _exigir_activo(usuario: Usuario) -> None:
    if not usuario.tiene_segundo_factor:
        raise SinActivar(traducir("Usted no tiene un segundo factor activo."))


def _exigir_prueba(peticion: HttpRequest, usuario: Usuario, contrasena: str, codigo: str) -> None:
    """Comprueba que quien pide es la persona, y no quien encontró su sesión abierta."""
    intento = Intento(peticion, usuario.email)
    intento.exigir_paso()
    exigir_cupo(Accion.SEGUNDO_FACTOR, cuenta=usuario.email)
    if usuario.tiene_segundo_factor and not codigo.strip():
        raise FaltaCodigo(traducir("Falta el código de su segundo factor."))
    with transaction.atomic():
        _tomar(usuario)
        es_su_contrasena = usuario.check_password(contrasena)
        es_su_codigo = es_su_contrasena and (
            not usuario.tiene_segundo_factor or codigos.acierta(usuario, codigo)
        )
    # Fuera de la transacción, que debe quedar: en ella el teléfono anotó cuánto espera tras el fallo.
    if not es_su_contrasena:
        intento.anotar_fallo()
        raise ContrasenaIncorrecta(traducir("La contraseña no es esa."))
    if not es_su_codigo:
        raise _no_acierta(intento)


def _no_acierta(intento: Intento) -> CodigoInvalido:
    intento.anotar_fallo()
    return CodigoInvalido(
        traducir("El código no es correcto o ya se usó. Espere a que cambie y escriba el siguiente."),
        restantes=intento.restantes(),
    )


def _tomar(usuario: Usuario) -> None:
    """Toma la fila de la persona, que va antes que la de cualquier dispositivo: dos cambios no se traban."""
    actual = Usuario.objects.select_for_update().get(pk=usuario.pk)
    usuario.segundo_factor_en = actual.segundo_factor_en


def _quitar(usuario: Usuario, *, autor: Usuario | None, del_navegador: str | None = None) -> None:
    with transaction.atomic():
        _tomar(usuario)
        anotar_de_persona(quien=autor, persona=usuario, hecho=Hecho.SEGUNDO_FACTOR_QUITADO)
        TOTPDevice.objects.filter(user=usuario).delete()
        StaticDevice.objects.filter(user=usuario).delete()
        usuario.segundo_factor_en = None
        usuario.save(update_fields=["segundo_factor_en"])
        sesiones.cerrar_otras(usuario, del_navegador=del_navegador)
