"""Bandeja de salida, y lo que hicieron las tareas que corren solas.

Un evento se escribe en la misma transacción que lo hizo pasar; una corrida, al terminar la tarea.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from inventario.nucleo.modelos import ManagerDeEmpresa, ModeloDeEmpresa, empresa_en_curso
from inventario.nucleo.sql import Retener, al_final, huecos


class EventoManager(ManagerDeEmpresa["Evento"]):
    def tomar(self, ids: Sequence[int], ahora: datetime) -> set[int]:
        """Marca encaminados los que nadie encaminó ni está encaminando, en una sentencia; da cuáles.

        Se bloquean en orden, como hace la ronda: así ninguno espera al otro en círculo.
        """
        momento = connection.ops.adapt_datetimefield_value(ahora)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE eventos_evento SET repartido_en = %s WHERE id IN ("
                f"SELECT id FROM eventos_evento WHERE id IN ({huecos(ids)}) AND empresa_id = %s "
                f"AND repartido_en IS NULL ORDER BY id {al_final(Retener.LO_LIBRE)}) RETURNING id",
                [momento, *ids, empresa_en_curso()],
            )
            return {pk for (pk,) in cursor.fetchall()}


class Evento(ModeloDeEmpresa):
    """Una fila por hecho del catálogo. `clave` agrupa lo que debe entregarse en orden (p. ej. un producto).

    Con `repartido_en` ya está encaminado: cada consumidor lo recibió o tiene su entrega.
    """

    tipo = models.CharField("tipo", max_length=60)
    clave = models.CharField("clave de orden", max_length=100, blank=True)
    datos = models.JSONField("datos", default=dict)
    creado_en = models.DateTimeField("creado", auto_now_add=True)
    repartido_en = models.DateTimeField("repartido", null=True, blank=True)

    objects = EventoManager()

    class Meta:
        verbose_name = "evento"
        verbose_name_plural = "eventos"
        ordering = ("id",)
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(repartido_en=None), name="evento_sin_repartir"),
            models.Index(fields=["creado_en"], name="evento_creado"),
        ]

    def __str__(self) -> str:
        return f"{self.tipo} #{self.pk}"


class EntregaManager(ManagerDeEmpresa["Entrega"]):
    def tomada(self, entrega: Entrega) -> models.QuerySet[Entrega]:
        """Esa fila, si nadie la hizo ni la tomó desde que se leyó: `intentos` es el turno."""
        return self.filter(pk=entrega.pk, estado=Entrega.Estado.PENDIENTE, intentos=entrega.intentos)


class Entrega(ModeloDeEmpresa):
    """Un evento para un consumidor que no lo recibió en el acto: se reintenta hasta que lo reciba."""

    class Estado(models.TextChoices):
        PENDIENTE = "pendiente", _("Pendiente")
        ENTREGADA = "entregada", _("Entregada")
        FALLIDA = "fallida", _("Fallida")

    evento = models.ForeignKey(
        Evento, on_delete=models.CASCADE, related_name="entregas", verbose_name="evento"
    )
    consumidor = models.CharField("consumidor", max_length=200)
    estado = models.CharField("estado", max_length=10, choices=Estado.choices, default=Estado.PENDIENTE)
    intentos = models.PositiveIntegerField("intentos", default=0)
    proximo_en = models.DateTimeField("próximo intento")
    error = models.TextField("último error", blank=True)

    objects = EntregaManager()

    class Meta:
        verbose_name = "entrega"
        verbose_name_plural = "entregas"
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["evento", "consumidor"], name="entrega_unica"),
            models.CheckConstraint(
                condition=models.Q(estado__in=["pendiente", "entregada", "fallida"]),
                name="entrega_estado_conocido",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["proximo_en", "id"], condition=models.Q(estado="pendiente"), name="entrega_pendiente"
            )
        ]

    def __str__(self) -> str:
        return f"{self.evento} → {self.consumidor}"


class Corrida(models.Model):
    """La última vez que corrió cada trabajo que manda beat: una fila por trabajo, que no crece.

    La del trabajo `latido` es el pulso: si envejece, beat o el worker no están. No es de ninguna empresa.
    """

    trabajo = models.CharField("trabajo", max_length=200, primary_key=True)
    empezo_en = models.DateTimeField("empezó")
    termino_en = models.DateTimeField("terminó")
    bien = models.BooleanField("terminó bien")
    detalle = models.TextField("detalle", blank=True)

    class Meta:
        verbose_name = "última corrida de un trabajo"
        verbose_name_plural = "últimas corridas de los trabajos"
        ordering = ("trabajo",)

    def __str__(self) -> str:
        return self.trabajo


class Comprobacion(ModeloDeEmpresa):
    """Lo que encontró una comprobación de los libros de una empresa; se guardan las últimas."""

    empezo_en = models.DateTimeField("empezó")
    termino_en = models.DateTimeField("terminó")
    diferencias = models.PositiveIntegerField("diferencias")
    detalle = models.TextField("detalle", blank=True)

    objects = ManagerDeEmpresa()

    class Meta:
        verbose_name = "comprobación de los libros"
        verbose_name_plural = "comprobaciones de los libros"
        ordering = ("-id",)
        indexes: ClassVar = [models.Index(fields=["empresa", "-id"], name="comprobacion_ultimas")]

    def __str__(self) -> str:
        return "los libros cuadran" if self.cuadran else f"{self.diferencias} diferencias"

    @property
    def cuadran(self) -> bool:
        return self.diferencias == 0
