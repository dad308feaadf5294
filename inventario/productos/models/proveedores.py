"""Proveedores: quién vende; la identificación tributaria llega con las compras."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from inventario.nucleo.modelos import ManagerDeEmpresa, ModeloDeEmpresa


class Proveedor(ModeloDeEmpresa):
    nombre = models.CharField("nombre", max_length=255)
    contacto = models.CharField("persona de contacto", max_length=255, blank=True)
    telefono = models.CharField("teléfono", max_length=50, blank=True)
    email = models.CharField("correo electrónico", max_length=255, blank=True)
    direccion = models.TextField("dirección", blank=True, max_length=1000)
    activo = models.BooleanField("activo", default=True)
    creado_en = models.DateTimeField("creado", auto_now_add=True)

    objects = ManagerDeEmpresa()

    class Meta:
        verbose_name = "proveedor"
        verbose_name_plural = "proveedores"
        ordering = ("nombre", "id")
        indexes: ClassVar = [models.Index(fields=["empresa", "nombre"], name="proveedor_empresa_nombre")]

    def __str__(self) -> str:
        return self.nombre
