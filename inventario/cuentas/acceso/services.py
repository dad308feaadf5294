"""Entrar por la API con correo y contraseña, seguir, salir y recuperar la contraseña."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth import authenticate, update_session_auth_hash, user_logged_in
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from inventario.auditoria.hechos import Hecho
from inventario.cuentas.acceso import intentos, sesiones, tokens
from inventario.cuentas.acceso.errores import (
    ContrasenaDebil,
    ContrasenaIncorrecta,
    ContrasenaRepetida,
    CredencialInvalida,
    CuentaInactiva,
    RecuperacionInvalida,
    SesionTerminada,
    TokenRepetido,
)
from inventario.cuentas.acceso.procedencia import limpiar_agente
from inventario.cuentas.acceso.puerta import exigir_entrada
from inventario.cuentas.actores import identidad_de_persona, membresia_de, membresias_vigentes
from inventario.cuentas.empresas.errores import SinEmpresa
from inventario.cuentas.empresas.selectors import elegir_empresa, empresas_de
from inventario.cuentas.models import Empresa, Membresia, Sesion, Usuario
from inventario.cuentas.permisos import Permiso
from inventario.cuentas.personas.auditoria import anotar_de_persona
from inventario.cuentas.segundo_factor import services as segundo_factor
from inventario.nucleo.empresa import identificando
from inventario.nucleo.reloj import Reloj
from inventario.nucleo.textos import exigir_texto

ROL_ADMINISTRADOR = "Admin"
ROL_COMUN = "User"


@dataclass(frozen=True, slots=True)
class AccesoConcedido:
    """Lo que recibe quien entró. `renovacion` dura lo que la sesión; `acceso`, minutos."""

    usuario: Usuario
    rol: str
    acceso: str
    renovacion: str


@dataclass(frozen=True, slots=True)
class Acceso:
    """Con qué se identificó una solicitud. `empresa_id` es la que nombra el token, si nombra una.

    `membresia` es la de esa empresa, si se leyó de una vez con la sesión.
    """

    usuario: Usuario
    sesion_id: uuid.UUID
    empresa_id: int | None
    membresia: Membresia | None = None


def entrar(
    *,
    peticion: HttpRequest,
    correo: str,
    contrasena: str,
    codigo: str = "",
    ip: str | None = None,
    reloj: Reloj = timezone.now,
) -> AccesoConcedido:
    """Abre una sesión en la empresa predeterminada de la persona y cierra las que pasen de su límite.

    Lanza `PasoCerrado` tras demasiados fallos seguidos desde la misma dirección, `CupoAgotado`,
    `CredencialInvalida` con los intentos que quedan, `CuentaInactiva` y, a quien tiene segundo factor,
    `FaltaCodigo` o `CodigoInvalido` (solo a quien dio bien su contraseña), y `SinEmpresa`.
    """
    correo = correo.strip().lower()
    intento = intentos.Intento(peticion, correo)
    intento.exigir_paso()
    usuario = _comprobar(intento, correo, contrasena)
    if usuario is None:
        restantes = intento.restantes()
        raise CredencialInvalida(
            f"El correo o la contraseña no son correctos. Intentos que quedan: {restantes}.",
            restantes=restantes,
        )
    if usuario.tiene_segundo_factor:
        segundo_factor.comprobar(usuario, codigo, intento)
    empresa = elegir_empresa(usuario, None)
    if empresa is None:
        raise SinEmpresa("Su usuario no pertenece a ninguna empresa activa.")
    rol = rol_en(usuario, empresa)
    agente = str(peticion.META.get("HTTP_USER_AGENT", ""))
    sesion, ahora = _abrir_sesion(usuario, rol, ip=ip, agente=agente, reloj=reloj)
    # Es lo que anota la última entrada y borra los fallos, como cuando se entra por la página.
    user_logged_in.send(sender=Usuario, request=intento.peticion, user=usuario)
    return AccesoConcedido(
        usuario=usuario,
        rol=rol,
        acceso=tokens.de_acceso(sesion, empresa, rol=rol, ahora=ahora),
        renovacion=tokens.de_renovacion(sesion, empresa, ahora=ahora),
    )


def renovar(*, token: str, reloj: Reloj = timezone.now) -> AccesoConcedido:
    """Devuelve otro par de tokens mientras la sesión siga abierta; el de renovación reemplaza al recibido.

    Si la persona ya no es de la empresa que el token nombra, los nuevos son de su predeterminada. Lanza
    `CredencialInvalida` si el token no sirve, su sesión se cerró o no le queda ninguna empresa, y
    `TokenRepetido` si ya se había cambiado por otro: cierra la sesión, que tiene dos dueños.
    """
    ahora = reloj()
    reclamo = tokens.leer(token, tipo=tokens.RENOVACION)
    with identificando(persona=reclamo.usuario_id):
        sesion = _sesion_de(reclamo, ahora, tomada=True)
        repetido = reclamo.sesion_id is not None and not _cambiar_de_serie(sesion, reclamo.serie, ahora)
        if repetido:
            sesion.delete()
    if repetido:
        raise TokenRepetido("Ese token ya se había cambiado por otro: la sesión se cerró. Entre otra vez.")
    usuario = sesion.usuario
    empresa = elegir_empresa(usuario, reclamo.empresa_id)
    if empresa is None:
        raise CredencialInvalida("Su usuario no pertenece a ninguna empresa activa.")
    rol = rol_en(usuario, empresa)
    de_otro_sistema = reclamo.sesion_id is None
    return AccesoConcedido(
        usuario=usuario,
        rol=rol,
        acceso=tokens.de_acceso(sesion, empresa, rol=rol, ahora=ahora),
        renovacion=token if de_otro_sistema else tokens.de_renovacion(sesion, empresa, ahora=ahora),
    )


def acceso_de_token(texto: str, ahora: datetime) -> Acceso:
    """Devuelve de quién es un token de acceso; lanza `CredencialInvalida` si ya no sirve."""
    reclamo = tokens.leer(texto, tipo=tokens.ACCESO)
    with identificando(persona=reclamo.usuario_id, solo_leer=True):
        de_miembro = _acceso_de_miembro(reclamo, ahora)
        if de_miembro is not None:
            return de_miembro
        sesion = _sesion_de(reclamo, ahora)
    return Acceso(sesion.usuario, sesion.pk, reclamo.empresa_id)


def empresa_de_acceso(acceso: Acceso) -> Empresa:
    """Devuelve la empresa del token o, si no nombra ninguna, la predeterminada.

    Lanza `SinEmpresa` si no tiene ninguna y `SesionTerminada` si dejó la que el token nombra: seguir
    en otra sin avisar escribiría donde la persona no cree estar.
    """
    usuario = acceso.usuario
    if acceso.membresia is not None:
        return acceso.membresia.empresa
    if acceso.empresa_id is None:
        empresa = elegir_empresa(usuario, None)
        if empresa is None:
            raise SinEmpresa("Su usuario no pertenece a ninguna empresa activa.")
        return empresa
    for empresa in empresas_de(usuario):
        if empresa.pk == acceso.empresa_id:
            return empresa
    raise SesionTerminada("Ya no pertenece a la empresa en que entró: pida otro token.")


def rol_en(usuario: Usuario, empresa: Empresa) -> str:
    """Devuelve el rol del contrato en inglés, que solo conoce dos."""
    with identificando(persona=usuario.pk, solo_leer=True):
        membresia = membresia_de(usuario, empresa)
    identidad = identidad_de_persona(usuario, empresa, membresia)
    return ROL_ADMINISTRADOR if identidad.puede(Permiso.ADMINISTRAR) else ROL_COMUN


def _cambiar_de_serie(sesion: Sesion, presentada: uuid.UUID | None, ahora: datetime) -> bool:
    """Pasa la sesión a otra serie de renovación; devuelve si la presentada era la suya.

    La anterior vale unos segundos y da la misma que ya dio: dos pestañas renuevan a la vez, o se reintenta
    lo que se contestó y no llegó.
    """
    if settings.RENOVACION_FIJA or (
        presentada == sesion.renovacion_anterior
        and sesion.renovada_en is not None
        and ahora - sesion.renovada_en <= settings.GRACIA_DE_RENOVACION
    ):
        return True
    if presentada != sesion.renovacion:
        return False
    sesion.renovacion_anterior, sesion.renovacion = sesion.renovacion, uuid.uuid4()
    sesion.renovada_en = ahora
    sesion.save(update_fields=["renovacion_anterior", "renovacion", "renovada_en"])
    return True


def salir(usuario: Usuario) -> None:
    """Cierra todas las sesiones de la persona en la API: sus tokens dejan de servir ya."""
    with identificando(persona=usuario.pk):
        Sesion.objects.filter(usuario=usuario).delete()


def cambiar_nombre(usuario: Usuario, nombre: str) -> Usuario:
    usuario.nombre = exigir_texto(nombre, campo="nombre", maximo=255)
    usuario.save(update_fields=["nombre"])
    return usuario


def cambiar_contrasena(
    *,
    usuario: Usuario,
    actual: str,
    nueva: str,
    sesion_id: uuid.UUID | None = None,
    peticion: HttpRequest | None = None,
) -> None:
    """Cambia la contraseña y cierra las demás sesiones, en el navegador y por la API; la que lo pide sigue.

    La que lo pide es la de la API `sesion_id` o la del navegador de `peticion`. Lanza
    `ContrasenaIncorrecta` si `actual` no es la suya, y `ContrasenaRepetida` o `ContrasenaDebil` si la nueva
    no se admite.
    """
    with identificando(persona=usuario.pk):
        usuario = Usuario.objects.select_for_update().get(pk=usuario.pk)
        if not usuario.check_password(actual):
            raise ContrasenaIncorrecta("La contraseña actual no es esa.")
        if actual == nueva:
            raise ContrasenaRepetida("La contraseña nueva debe ser distinta de la actual.")
        _guardar_contrasena(usuario, nueva)
        if peticion is not None:
            update_session_auth_hash(peticion, usuario)
        esta = None if peticion is None else peticion.session.session_key
        sesiones.cerrar_otras(usuario, del_navegador=esta, de_la_api=sesion_id)
        Sesion.objects.filter(usuario=usuario).update(autenticada_en=usuario.contrasena_cambiada_en)
        anotar_de_persona(
            quien=usuario,
            persona=usuario,
            hecho=Hecho.CONTRASENA_CAMBIADA,
            motivo="Con la contraseña anterior.",
        )


def codigo_de_recuperacion(usuario: Usuario) -> str:
    """Devuelve un código firmado que vale una hora y una vez: cambiar la contraseña lo invalida."""
    return f"{usuario.pk.hex}-{default_token_generator.make_token(usuario)}"


def codigo_sirve(codigo: str) -> bool:
    """Si con ese código de recuperación todavía se puede poner otra contraseña. No lo gasta."""
    try:
        _dueno_del_codigo(codigo)
    except RecuperacionInvalida:
        return False
    return True


def restablecer(*, codigo: str, nueva: str) -> Usuario:
    """Pone otra contraseña con un código de recuperación, cierra toda sesión y abre el paso.

    Lanza `RecuperacionInvalida` si el código no sirve y `ContrasenaDebil` si la nueva no se admite.
    """
    with transaction.atomic():
        # Con la fila tomada: dos usos a la vez del mismo código no deben valer los dos.
        usuario = _dueno_del_codigo(codigo, entre=Usuario.objects.select_for_update())
        _guardar_contrasena(usuario, nueva)
        sesiones.cerrar_otras(usuario)
        anotar_de_persona(
            quien=usuario,
            persona=usuario,
            hecho=Hecho.CONTRASENA_CAMBIADA,
            motivo="Con un código de recuperación.",
        )
    intentos.abrir_el_paso(usuario.email)
    return usuario


def _comprobar(intento: intentos.Intento, correo: str, contrasena: str) -> Usuario | None:
    """Devuelve de quién son el correo y la contraseña, o `None`; lanza `CuentaInactiva`."""
    inactivo = Usuario.objects.filter(email=correo, is_active=False).first()
    if inactivo is None:
        usuario = authenticate(intento.peticion, username=correo, password=contrasena)
        return usuario if isinstance(usuario, Usuario) else None
    exigir_entrada(intento.peticion, correo)
    # Sin pasar por `authenticate`, que ya calcula una huella y no dice si acertó: una segunda se notaría
    # en la espera, y diría que la cuenta existe.
    acierta = inactivo.check_password(contrasena)
    intento.anotar_fallo()
    if acierta:
        raise CuentaInactiva("Su usuario está inactivo.")
    return None


def _abrir_sesion(
    usuario: Usuario, rol: str, *, ip: str | None, agente: str, reloj: Reloj
) -> tuple[Sesion, datetime]:
    cuantas = (
        settings.SESIONES_DE_ADMINISTRADOR if rol == ROL_ADMINISTRADOR else settings.SESIONES_POR_PERSONA
    )
    with identificando(persona=usuario.pk):
        # Dos entradas a la vez no deben dejar más sesiones que el límite; y si mientras se comprobaba la
        # contraseña alguien la cambió, activó su segundo factor o apagó la cuenta, lo comprobado ya no vale.
        actual = Usuario.objects.select_for_update().get(pk=usuario.pk)
        mismas = actual.password == usuario.password and actual.segundo_factor_en == usuario.segundo_factor_en
        if not (mismas and actual.is_active):
            raise CredencialInvalida("La contraseña cambió mientras entraba: intente otra vez.")
        ahora = reloj()
        conservadas = (
            Sesion.objects.vivas(ahora)
            .filter(usuario=usuario)
            .order_by("-autenticada_en", "-pk")
            .values_list("pk", flat=True)[: cuantas - 1]
        )
        Sesion.objects.filter(usuario=usuario).exclude(pk__in=list(conservadas)).delete()
        sesion = Sesion.objects.create(
            usuario=usuario,
            autenticada_en=ahora,
            vence_en=ahora + settings.TOKEN_DE_RENOVACION_DURA,
            ip=ip,
            agente=limpiar_agente(agente),
            renovacion=uuid.uuid4(),
        )
    return sesion, ahora


def _acceso_de_miembro(reclamo: tokens.Reclamo, ahora: datetime) -> Acceso | None:
    """En una consulta: la sesión sigue viva y la persona sigue en la empresa que el token nombra."""
    if reclamo.empresa_id is None or reclamo.sesion_id is None:
        return None
    viva = Sesion.objects.vivas(ahora).filter(pk=reclamo.sesion_id, usuario_id=OuterRef("usuario_id"))
    membresia = (
        membresias_vigentes()
        .filter(Exists(viva), usuario_id=reclamo.usuario_id, empresa_id=reclamo.empresa_id)
        .select_related("usuario")
        .first()
    )
    if membresia is None:
        return None
    return Acceso(membresia.usuario, reclamo.sesion_id, reclamo.empresa_id, membresia)


def _sesion_de(reclamo: tokens.Reclamo, ahora: datetime, *, tomada: bool = False) -> Sesion:
    vivas = Sesion.objects.vivas(ahora).filter(usuario_id=reclamo.usuario_id).select_related("usuario")
    if reclamo.sesion_id is not None:
        vivas = vivas.filter(pk=reclamo.sesion_id)
    if tomada:
        vivas = vivas.select_for_update(of=("self",))
    sesion = vivas.order_by("-autenticada_en").first()
    if sesion is None:
        raise SesionTerminada("La sesión terminó: entre otra vez.")
    return sesion


def _dueno_del_codigo(codigo: str, entre: QuerySet[Usuario] | None = None) -> Usuario:
    identificador, _, firma = codigo.strip().partition("-")
    try:
        pk = uuid.UUID(hex=identificador)
    except ValueError as error:
        raise RecuperacionInvalida("El código de recuperación no es válido o ya venció.") from error
    personas = Usuario.objects.all() if entre is None else entre
    usuario = personas.filter(pk=pk, is_active=True).first()
    if usuario is None or not default_token_generator.check_token(usuario, firma):
        raise RecuperacionInvalida("El código de recuperación no es válido o ya venció.")
    return usuario


def _guardar_contrasena(usuario: Usuario, nueva: str) -> None:
    try:
        validate_password(nueva, usuario)
    except ValidationError as error:
        motivos = [str(uno.code) for uno in error.error_list]
        raise ContrasenaDebil(" ".join(error.messages), motivos=motivos) from error
    usuario.set_password(nueva)
    usuario.debe_cambiar_contrasena = False
    usuario.save(update_fields=["password", "contrasena_cambiada_en", "debe_cambiar_contrasena"])
