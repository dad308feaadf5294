"""Cerrar el paso tras varios intentos de entrar: una sola cuenta de fallos para la página y la API."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_credentials, get_failure_limit
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.auth import user_login_failed
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from inventario.cuentas.acceso.errores import CupoAgotado, PasoCerrado
from inventario.nucleo.direccion import origen_de

CORREO_MAXIMO = 254
UN_DIA = timedelta(days=1)


def cuenta_que_intenta(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Devuelve el correo sin mayúsculas: con «Ana@» y «ana@» se entra a la misma cuenta."""
    datos: Mapping[str, Any] = request.POST if credentials is None else credentials
    return str(datos.get(settings.AXES_USERNAME_FORM_FIELD) or "").strip().lower()[:CORREO_MAXIMO]


class Intento:
    """Un intento de entrar a una cuenta desde la dirección de la solicitud."""

    def __init__(self, peticion: HttpRequest, correo: str) -> None:
        # Una copia: lo que axes anota en ella haría que su middleware cambie nuestra respuesta por una
        # página; y sin sesión, que en la API nadie le pidió crear.
        self.peticion = copy.copy(peticion)
        self.peticion.__dict__.pop("session", None)
        # axes guarda lo que traía la solicitud: una contraseña, un código o un enlace que todavía valen.
        self.peticion.GET = QueryDict()
        self.peticion._post = QueryDict()  # type: ignore[attr-defined]  # así se la da Django
        self._credenciales = get_credentials(username=correo)

    def exigir_paso(self) -> None:
        """Lanza `PasoCerrado` tras demasiados fallos seguidos."""
        if self.con_el_paso_cerrado():
            minutos = int(duracion().total_seconds() // 60)
            raise PasoCerrado(
                f"Demasiados intentos: espere hasta {minutos} minutos antes del siguiente.", minutos=minutos
            )

    def anotar_fallo(self) -> None:
        """Cuenta un fallo, sea de la contraseña o del código: quien adivina gasta los mismos intentos."""
        user_login_failed.send(sender=__name__, credentials=self._credenciales, request=self.peticion)

    def con_el_paso_cerrado(self) -> bool:
        encendido = getattr(settings, "AXES_ENABLED", True)
        return encendido and not AxesProxyHandler.is_allowed(self.peticion, self._credenciales)

    def restantes(self) -> int:
        """Devuelve cuántos intentos quedan antes de que se cierre el paso."""
        limite: int = get_failure_limit(self.peticion, self._credenciales)
        return max(0, limite - int(AxesProxyHandler.get_failures(self.peticion, self._credenciales)))


def duracion() -> timedelta:
    """Devuelve cuánto queda cerrado el paso."""
    dura: timedelta = settings.AXES_COOLOFF_TIME
    return dura


def exigir_sin_asedio(peticion: HttpRequest, correo: str) -> None:
    """Lanza `CupoAgotado` si a la cuenta se le han fallado demasiadas veces en un día, desde donde sea.

    Cambiar de dirección gana intentos a la cuenta corta, no a esta: se lee de lo que axes anotó en la base,
    entrar bien no la borra y la caché puede perderse. Para que un extraño no deje afuera al dueño, pasa la
    dirección desde la que ya entró alguna vez, y recuperar la contraseña por correo empieza de nuevo.
    """
    limite: int = settings.LIMITE_DE_FALLOS_POR_DIA
    if not limite or not getattr(settings, "AXES_ENABLED", True):
        return
    cuenta = cuenta_que_intenta(peticion, {settings.AXES_USERNAME_FORM_FIELD: correo})
    ahora = timezone.now()
    fallos = AccessFailureLog.objects.filter(username=cuenta, attempt_time__gt=ahora - UN_DIA)
    # El que hay que dejar de contar para volver a estar bajo el límite.
    sobra = (
        fallos.order_by("-attempt_time").values_list("attempt_time", flat=True)[limite - 1 : limite].first()
    )
    if sobra is None or _conocida(cuenta, origen_de(peticion), ahora):
        return
    raise CupoAgotado((sobra + UN_DIA - ahora).total_seconds())


def _conocida(cuenta: str, origen: str, ahora: datetime) -> bool:
    desde = ahora - settings.INTENTOS_SE_GUARDAN
    entradas = AccessLog.objects.filter(username=cuenta, ip_address=origen, attempt_time__gt=desde)
    return bool(entradas.exists())


def abrir_el_paso(correo: str) -> None:
    """Olvida los fallos de una cuenta, vengan de donde vengan: quien lo pide probó que el correo es suyo."""
    AxesProxyHandler.reset_attempts(username=correo)
    AccessFailureLog.objects.filter(username=correo).delete()


def purgar(ahora: datetime) -> None:
    """Borra lo anotado hace más de `INTENTOS_SE_GUARDAN`: quién entró, desde dónde, y quién no pudo."""
    limite = ahora - settings.INTENTOS_SE_GUARDAN
    AccessAttempt.objects.filter(attempt_time__lt=limite).delete()
    AccessFailureLog.objects.filter(attempt_time__lt=limite).delete()
    AccessLog.objects.filter(attempt_time__lt=limite).delete()
