"""Empresas y sus bodegas."""

from __future__ import annotations

import zoneinfo
from datetime import date
from functools import cache
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models.functions import Lower

from inventario.nucleo.modelos import ManagerDeEmpresa, ModeloDeEmpresa


@cache
def _zonas() -> set[str]:
    """Los nombres de zona que conoce el sistema; saberlos es recorrer cientos de archivos."""
    return zoneinfo.available_timezones()


def validar_zona(valor: str) -> None:
    if valor not in _zonas():
        raise ValidationError(f"«{valor}» no es una zona horaria conocida (por ejemplo, America/Guayaquil).")


class EmpresaManager(models.Manager["Empresa"]):
    def tomar_numeros(self, empresa_id: int, cuantos: int) -> tuple[int, date | None]:
        """Reserva `cuantos` números de asiento seguidos; devuelve el último y el cierre vigente.

        Es lo último que bloquea un asiento, así que la fila se retiene apenas hasta el COMMIT,
        y el cierre que se lee aquí no puede cambiar mientras se asienta.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE cuentas_empresa SET ultimo_asiento = ultimo_asiento + %s WHERE id = %s "
                "RETURNING ultimo_asiento, cierre_hasta",
                [cuantos, empresa_id],
            )
            ultimo, cierre = cursor.fetchone()
        return int(ultimo), date.fromisoformat(cierre) if isinstance(cierre, str) else cierre


class Empresa(models.Model):
    slug = models.SlugField("identificador", max_length=50, unique=True)
    nombre = models.CharField("nombre", max_length=200)
    pais = models.CharField("país", max_length=2, default="EC", help_text="Código ISO de dos letras.")
    zona_horaria = models.CharField(
        "zona horaria", max_length=64, default="America/Guayaquil", validators=[validar_zona]
    )
    moneda = models.CharField("moneda", max_length=3, default="USD", help_text="Código ISO de tres letras.")
    activa = models.BooleanField("activa", default=True)
    cierre_hasta = models.DateField(
        "cerrada hasta",
        null=True,
        blank=True,
        help_text="No se admite ningún asiento con fecha efectiva de ese día o anterior.",
    )
    # El valor va también en la base: al desplegar escriben todavía procesos que no conocen la columna.
    exige_segundo_factor = models.BooleanField(
        "exige segundo factor",
        default=False,
        db_default=False,
        help_text="Quien la administra no puede hacer nada en ella hasta activarlo en su cuenta.",
    )
    ultimo_asiento = models.PositiveBigIntegerField("último número de asiento", default=0, editable=False)
    creada_en = models.DateTimeField("creada", auto_now_add=True)

    objects: ClassVar[EmpresaManager] = EmpresaManager()

    class Meta:
        verbose_name = "empresa"
        verbose_name_plural = "empresas"
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.nombre

    @property
    def tiene_historia(self) -> bool:
        """Con un solo asiento, la zona horaria y la moneda ya no se cambian (decisión 22)."""
        return self.ultimo_asiento > 0


class Bodega(ModeloDeEmpresa):
    codigo = models.SlugField("código", max_length=30)
    nombre = models.CharField("nombre", max_length=120)
    principal = models.BooleanField("principal", default=False)
    activa = models.BooleanField("activa", default=True)

    objects = ManagerDeEmpresa()

    class Meta:
        verbose_name = "bodega"
        verbose_name_plural = "bodegas"
        ordering = ("-principal", "codigo")
        constraints: ClassVar = [
            models.UniqueConstraint("empresa", Lower("codigo"), name="bodega_codigo_unico"),
            models.UniqueConstraint(
                fields=["empresa"], condition=models.Q(principal=True), name="bodega_principal_unica"
            ),
            models.CheckConstraint(
                condition=models.Q(principal=False) | models.Q(activa=True), name="bodega_principal_activa"
            ),
        ]

    def __str__(self) -> str:
        return self.nombre
