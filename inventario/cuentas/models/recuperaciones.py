"""Lo que se pidió para recuperar una contraseña, mientras se atiende."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class PedidoDeRecuperacion(models.Model):
    """Uno por cada vez que alguien lo pidió, haya o no esa cuenta. Nunca guarda el código.

    Mientras `atendido_en` está vacío, alguna ronda lo retoma: la cola apenas avisa.
    """

    correo = models.CharField("correo", max_length=254)
    pedido_en = models.DateTimeField("pedido")
    proximo_en = models.DateTimeField("próximo intento")
    intentos = models.PositiveSmallIntegerField("intentos", default=0)
    atendido_en = models.DateTimeField("atendido", null=True)
    enviado_en = models.DateTimeField("correo enviado", null=True)

    class Meta:
        verbose_name = "pedido de recuperación"
        verbose_name_plural = "pedidos de recuperación"
        indexes: ClassVar = [
            models.Index(
                fields=["proximo_en"],
                condition=models.Q(atendido_en=None),
                name="recuperacion_por_atender",
            ),
            models.Index(fields=["correo", "enviado_en"], name="recuperacion_enviada"),
        ]

    def __str__(self) -> str:
        return f"{self.correo}, {self.pedido_en:%Y-%m-%d %H:%M}"
