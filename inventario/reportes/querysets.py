"""Vocabulario de consultas de exportaciones."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from inventario.nucleo.modelos import ManagerDeEmpresa

if TYPE_CHECKING:
    from inventario.cuentas.models import Usuario
    from inventario.reportes.models import Exportacion  # noqa: F401  # lo nombra el queryset, entre comillas


class ExportacionQuerySet(models.QuerySet["Exportacion"]):
    def de(self, usuario: Usuario) -> ExportacionQuerySet:
        return self.filter(usuario=usuario)

    def por_retomar(self, *, sin_latido_desde: datetime) -> ExportacionQuerySet:
        """Las que nadie empezó y las que quedaron a medias: quien las armaba calló hace rato."""
        return self.filter(
            Q(estado="pendiente", creada_en__lte=sin_latido_desde)
            | Q(estado="en_curso", latido_en__lte=sin_latido_desde)
        )

    def por_borrar(self, ahora: datetime) -> ExportacionQuerySet:
        return self.exclude(estado="vencida").filter(vence_en__lte=ahora)


ExportacionManager = ManagerDeEmpresa.from_queryset(ExportacionQuerySet)
