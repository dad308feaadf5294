"""Las alertas: lo que hoy pide que alguien haga algo. Son una proyección; la verdad está en el libro."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventario.alertas.querysets import AlertaManager, ReconocimientoManager
from inventario.cuentas.models import Bodega, Membresia
from inventario.lotes.models import Lote
from inventario.nucleo.modelos import ManagerDeEmpresa, ModeloDeEmpresa
from inventario.nucleo.solo_agregar import SoloAgregar
from inventario.productos.models import Producto


class TipoAlerta(models.TextChoices):
    STOCK_MINIMO = "stock_minimo", _("Bajo el mínimo")
    POR_VENCER = "por_vencer", _("Por vencer")
    VENCIDO = "vencido", _("Vencido")
    RESERVA_SIN_RESPALDO = "reserva_sin_respaldo", _("Reserva sin respaldo")


class Severidad(models.TextChoices):
    CRITICA = "critica", _("Crítica")
    ALTA = "alta", _("Alta")
    INFORMATIVA = "informativa", _("Informativa")


# Para ordenar y comparar: los textos no dicen cuál es peor.
GRAVEDAD = {Severidad.INFORMATIVA: 1, Severidad.ALTA: 2, Severidad.CRITICA: 3}
DE_LOTE = (TipoAlerta.POR_VENCER, TipoAlerta.VENCIDO)


class Alerta(ModeloDeEmpresa):
    """Una causa mientras dura. Cuando vuelve después de cerrada es otra fila: así queda la historia.

    `datos` y `mensaje` retratan las cifras y se ponen al día con ellas. `bodega` va vacía en el mínimo,
    que es de toda la empresa. `reconocida_por`, `reconocida_en` y `nota` son del último `Reconocimiento`, y
    van vacías si nadie la reconoció desde que empeoró.
    """

    tipo = models.CharField("tipo", max_length=24, choices=TipoAlerta.choices)
    severidad = models.CharField("severidad", max_length=12, choices=Severidad.choices)
    gravedad = models.PositiveSmallIntegerField("gravedad", editable=False)
    producto = models.ForeignKey(
        Producto, on_delete=models.PROTECT, related_name="alertas", verbose_name="producto"
    )
    lote = models.ForeignKey(
        Lote, on_delete=models.PROTECT, null=True, blank=True, related_name="alertas", verbose_name="lote"
    )
    bodega = models.ForeignKey(
        Bodega, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="bodega"
    )
    mensaje = models.TextField("mensaje")
    datos = models.JSONField("datos", default=dict)
    fecha_referencia = models.DateField("vence el", null=True, blank=True)
    activa = models.BooleanField("activa", default=True)
    creada_en = models.DateTimeField("creada")
    actualizada_en = models.DateTimeField("actualizada")
    cerrada_en = models.DateTimeField("cerrada", null=True, blank=True)
    reconocida_por = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="reconocida por",
    )
    reconocida_en = models.DateTimeField("reconocida", null=True, blank=True)
    nota = models.TextField("nota", blank=True)

    objects = AlertaManager()

    class Meta:
        verbose_name = "alerta"
        verbose_name_plural = "alertas"
        ordering = ("creada_en", "id")
        constraints: ClassVar = [
            # Una sola con las columnas que pueden ser nulas dejaría pasar repetidas: dos nulos no chocan.
            models.UniqueConstraint(
                fields=["producto", "tipo"],
                condition=Q(activa=True, lote=None, bodega=None),
                name="alerta_una_por_producto",
            ),
            models.UniqueConstraint(
                fields=["producto", "bodega", "tipo"],
                condition=Q(activa=True, lote=None, bodega__isnull=False),
                name="alerta_una_por_bodega",
            ),
            models.UniqueConstraint(
                fields=["lote", "tipo"],
                condition=Q(activa=True, lote__isnull=False),
                name="alerta_una_por_lote",
            ),
            models.CheckConstraint(
                condition=Q(tipo=TipoAlerta.STOCK_MINIMO, lote=None, bodega=None, fecha_referencia=None)
                | Q(
                    tipo__in=DE_LOTE,
                    lote__isnull=False,
                    bodega__isnull=False,
                    fecha_referencia__isnull=False,
                )
                | Q(
                    tipo=TipoAlerta.RESERVA_SIN_RESPALDO,
                    lote=None,
                    bodega__isnull=False,
                    fecha_referencia=None,
                ),
                name="alerta_causa_segun_tipo",
            ),
            models.CheckConstraint(
                condition=Q(severidad=Severidad.INFORMATIVA, gravedad=1)
                | Q(severidad=Severidad.ALTA, gravedad=2)
                | Q(severidad=Severidad.CRITICA, gravedad=3),
                name="alerta_severidad_conocida",
            ),
            models.CheckConstraint(
                condition=Q(activa=True, cerrada_en=None) | Q(activa=False, cerrada_en__isnull=False),
                name="alerta_cerrada_con_fecha",
            ),
            models.CheckConstraint(
                condition=Q(reconocida_por=None, reconocida_en=None, nota="")
                | Q(reconocida_por__isnull=False, reconocida_en__isnull=False),
                name="alerta_reconocida_por_alguien",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["empresa", "creada_en", "id"], name="alerta_en_orden"),
            models.Index(
                fields=["empresa", "tipo", "creada_en", "id"],
                condition=Q(activa=True),
                name="alerta_abiertas",
            ),
            models.Index(
                fields=["empresa", "tipo", "creada_en", "id"],
                condition=Q(activa=False),
                name="alerta_cerradas",
            ),
            models.Index(
                fields=["empresa", "fecha_referencia"],
                condition=Q(activa=True, tipo=TipoAlerta.POR_VENCER),
                name="alerta_por_vencer",
            ),
            models.Index(fields=["producto", "activa"], name="alerta_de_producto"),
        ]

    def __str__(self) -> str:
        return self.mensaje

    @property
    def causa(self) -> tuple[str, int, int | None, int | None]:
        """Qué la abrió: dos abiertas no pueden tener la misma."""
        return (self.tipo, self.producto_id, self.bodega_id, self.lote_id)

    @property
    def reconocida(self) -> bool:
        return self.reconocida_en is not None

    @property
    def se_avisa(self) -> bool:
        """Si es noticia; lo que vence dentro de meses está en la lista y nada más (contrato §3.3)."""
        return self.severidad != Severidad.INFORMATIVA

    def poner_severidad(self, severidad: Severidad) -> None:
        self.severidad, self.gravedad = severidad.value, GRAVEDAD[severidad]


class Reconocimiento(SoloAgregar):
    """Quién vio una alerta, qué dijo que haría y cuánto apremiaba entonces. Queda aunque ella empeore."""

    como_se_corrige = "Lo reconocido no se edita ni se borra: reconozca la alerta otra vez."

    alerta = models.ForeignKey(
        Alerta, on_delete=models.PROTECT, related_name="reconocimientos", verbose_name="alerta"
    )
    quien = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="quién"
    )
    cuando = models.DateTimeField("cuándo")
    nota = models.TextField("nota", blank=True)
    severidad = models.CharField("severidad", max_length=12, choices=Severidad.choices)

    objects = ReconocimientoManager()

    class Meta:
        verbose_name = "reconocimiento"
        verbose_name_plural = "reconocimientos"
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(severidad__in=Severidad.values), name="reconocimiento_severidad_conocida"
            )
        ]

    def __str__(self) -> str:
        return f"{self.quien}, {self.cuando:%d/%m/%Y}"


class Revision(ModeloDeEmpresa):
    """La última vez que se revisaron todas las alertas de la empresa, y de qué día se trataba."""

    dia = models.DateField("día revisado")
    hecha_en = models.DateTimeField("hecha")
    abiertas = models.PositiveIntegerField("abrió", default=0)
    actualizadas = models.PositiveIntegerField("actualizó", default=0)
    cerradas = models.PositiveIntegerField("cerró", default=0)

    objects = ManagerDeEmpresa()

    class Meta:
        verbose_name = "revisión de alertas"
        verbose_name_plural = "revisiones de alertas"
        ordering = ("-hecha_en",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["empresa"], name="revision_una_por_empresa")]

    def __str__(self) -> str:
        return f"Revisión del {self.dia:%d/%m/%Y}"


class SuscripcionAlResumen(ModeloDeEmpresa):
    """A quién se le manda cada mañana lo que hay que atender. `ultimo_dia` es del último día resuelto."""

    membresia = models.OneToOneField(
        Membresia, on_delete=models.CASCADE, related_name="resumen_de_alertas", verbose_name="miembro"
    )
    activa = models.BooleanField("activa", default=True)
    ultimo_dia = models.DateField("último día enviado", null=True, blank=True, editable=False)
    creada_en = models.DateTimeField("creada", auto_now_add=True)

    objects = ManagerDeEmpresa()

    class Meta:
        verbose_name = "suscripción al resumen de alertas"
        verbose_name_plural = "suscripciones al resumen de alertas"
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.membresia)
