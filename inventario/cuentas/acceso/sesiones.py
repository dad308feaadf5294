"""Las sesiones abiertas de una persona, en el navegador y por la API: verlas y cerrarlas."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from inventario.auditoria.hechos import Hecho
from inventario.cuentas.acceso.procedencia import nombre_del_equipo
from inventario.cuentas.models import Sesion, SesionWeb, Usuario
from inventario.cuentas.personas.auditoria import anotar_de_persona
from inventario.nucleo.empresa import identificando
from inventario.nucleo.errores import NoEncontrado


@dataclass(frozen=True, slots=True)
class SesionAbierta:
    """`identificador` la nombra sin decir su clave, que es un secreto."""

    identificador: str
    por_api: bool
    equipo: str
    ip: str | None
    vista_en: datetime
    es_esta: bool


def abiertas(usuario: Usuario, *, esta: str | None, ahora: datetime) -> list[SesionAbierta]:
    """Devuelve las que aún sirven: la de clave `esta` primero, y después la que se usó hace menos."""
    del_navegador = [
        SesionAbierta(
            identificador=_identificador(sesion.session_key),
            por_api=False,
            equipo=nombre_del_equipo(sesion.agente),
            ip=sesion.ip,
            vista_en=sesion.vista_en,
            es_esta=sesion.session_key == esta,
        )
        for sesion in SesionWeb.objects.filter(usuario=usuario, expire_date__gt=ahora)
    ]
    de_la_api = [
        SesionAbierta(
            identificador=_identificador(str(sesion.pk)),
            por_api=True,
            equipo=nombre_del_equipo(sesion.agente),
            ip=sesion.ip,
            vista_en=sesion.renovada_en or sesion.autenticada_en,
            es_esta=False,
        )
        for sesion in _por_api_vivas(usuario, ahora)
    ]
    return sorted([*del_navegador, *de_la_api], key=lambda una: (not una.es_esta, -una.vista_en.timestamp()))


def cerrar(usuario: Usuario, identificador: str) -> None:
    """Cierra una de sus sesiones; lanza `NoEncontrado` si no es suya o ya no está."""
    with identificando(persona=usuario.pk):
        suyas = (*SesionWeb.objects.filter(usuario=usuario), *Sesion.objects.filter(usuario=usuario))
        sesion = next(
            (una for una in suyas if constant_time_compare(_identificador(str(una.pk)), identificador)), None
        )
        if sesion is None:
            raise NoEncontrado("Esa sesión ya no está abierta.")
        sesion.delete()
        anotar_de_persona(
            quien=usuario, persona=usuario, hecho=Hecho.SESIONES_CERRADAS, motivo="Una, desde otra."
        )


def cerrar_las_demas(usuario: Usuario, *, del_navegador: str | None) -> None:
    """Cierra, porque ella lo pide, todas las sesiones de la persona menos la de esa clave."""
    with transaction.atomic():
        cerrar_otras(usuario, del_navegador=del_navegador)
        anotar_de_persona(
            quien=usuario, persona=usuario, hecho=Hecho.SESIONES_CERRADAS, motivo="Todas las demás."
        )


def cerrar_otras(
    usuario: Usuario, *, del_navegador: str | None = None, de_la_api: uuid.UUID | None = None
) -> None:
    """Cierra todas sus sesiones menos la que se nombra; sin nombrar ninguna, todas."""
    SesionWeb.objects.filter(usuario=usuario).exclude(session_key=del_navegador or "").delete()
    de_api = Sesion.objects.filter(usuario=usuario)
    with identificando(persona=usuario.pk):
        (de_api if de_la_api is None else de_api.exclude(pk=de_la_api)).delete()


def purgar_vencidas(ahora: datetime) -> int:
    """Borra las vencidas, de las dos clases; devuelve cuántas."""
    de_la_api = Sesion.objects.filter(vence_en__lte=ahora).delete()[0]
    return de_la_api + SesionWeb.objects.filter(expire_date__lte=ahora).delete()[0]


def _por_api_vivas(usuario: Usuario, ahora: datetime) -> list[Sesion]:
    with identificando(persona=usuario.pk, solo_leer=True):
        return list(Sesion.objects.vivas(ahora).filter(usuario=usuario))


def _identificador(clave: str) -> str:
    return salted_hmac("inventario.cuentas.sesiones", clave, algorithm="sha256").hexdigest()[:32]
