"""Dónde se guardan las sesiones del navegador: las de Django, y además de quién son y cuándo se usaron."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DeDjango
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from inventario.cuentas.acceso.procedencia import Procedencia, procedencia_de
from inventario.cuentas.models import SesionWeb

# Anotar cada página sería escribir en cada lectura.
SE_ANOTA_CADA = timedelta(minutes=5)

registro = logging.getLogger(__name__)


class SessionStore(DeDjango):
    """El nombre es el que Django busca en `SESSION_ENGINE`."""

    procedencia = Procedencia()
    _vista_en: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[SesionWeb]:
        return SesionWeb

    def _get_session_from_db(self) -> SesionWeb | None:
        fila: SesionWeb | None = super()._get_session_from_db()  # type: ignore[misc]  # los tipos no lo declaran
        self._vista_en = fila.vista_en if fila is not None and fila.usuario_id else None
        return fila

    def create_model_instance(self, data: dict[str, Any]) -> SesionWeb:
        fila = super().create_model_instance(data)
        assert isinstance(fila, SesionWeb)
        fila.usuario_id = data.get(SESSION_KEY)
        fila.vista_en = timezone.now()
        fila.ip, fila.agente = self.procedencia.ip, self.procedencia.agente
        return fila

    def anotar_uso(self) -> None:
        """Anota que la sesión se usó, si hace rato que no se anota. No falla: es un dato de cortesía."""
        ahora = timezone.now()
        if self._vista_en is None or not self.session_key or ahora - self._vista_en < SE_ANOTA_CADA:
            return
        de_ahora = {"vista_en": ahora, "ip": self.procedencia.ip, "agente": self.procedencia.agente}
        try:
            SesionWeb.objects.filter(session_key=self.session_key).update(**de_ahora)
        except DatabaseError:
            registro.warning("No se pudo anotar el uso de una sesión.", exc_info=True)


class Sesiones(SessionMiddleware):
    """El de Django, que además dice a cada sesión desde dónde la usan."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        assert isinstance(request.session, SessionStore)
        request.session.procedencia = procedencia_de(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        respuesta = super().process_response(request, response)
        assert isinstance(request.session, SessionStore)
        request.session.anotar_uso()
        return respuesta
