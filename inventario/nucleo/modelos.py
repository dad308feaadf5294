"""Base de los modelos que pertenecen a una empresa."""

from __future__ import annotations

from django.db import models


class ModeloDeEmpresa(models.Model):
    """Todo lo del negocio es de una empresa; consultarlo sin decir cuál es un error (django-scopes).

    Cada modelo declara `objects = ScopedManager(empresa="empresa", ...)`.
    """

    empresa = models.ForeignKey("cuentas.Empresa", on_delete=models.PROTECT, related_name="+", verbose_name="empresa")

    class Meta:
        abstract = True
