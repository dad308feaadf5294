"""Respuestas ya dadas, para que un reintento no mueva existencias dos veces (decisión 18)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from inventario.nucleo.modelos import ManagerDeEmpresa, ModeloDeEmpresa


class RespuestaGuardada(ModeloDeEmpresa):
    """La fila, el efecto y la respuesta se confirman juntos; solo se recuerdan las 2xx."""

    principal = models.CharField("principal", max_length=80)
    clave = models.CharField("clave", max_length=128)
    huella = models.CharField("huella de la solicitud", max_length=64)
    estado = models.PositiveSmallIntegerField("estado HTTP", default=0)
    cuerpo = models.TextField("cuerpo", blank=True)
    tipo_de_contenido = models.CharField("tipo de contenido", max_length=100, default="application/json")
    creada_en = models.DateTimeField("creada", auto_now_add=True)

    objects = ManagerDeEmpresa()

    class Meta:
        verbose_name = "respuesta guardada"
        verbose_name_plural = "respuestas guardadas"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["empresa", "principal", "clave"], name="idempotencia_clave_unica")
        ]
        indexes: ClassVar = [models.Index(fields=["creada_en"], name="idempotencia_creada")]

    def __str__(self) -> str:
        return f"{self.principal} {self.clave}"
