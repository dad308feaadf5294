"""Base de los modelos que pertenecen a una empresa."""

from __future__ import annotations

from typing import TypeVar

from django.db import models
from django_scopes import get_scope
from django_scopes.exceptions import ScopeError
from django_scopes.manager import DisabledQuerySet

_M = TypeVar("_M", bound=models.Model, covariant=True)


def empresa_en_curso() -> int:
    """Devuelve el id de la empresa en curso; lanza `ScopeError` si no hay una."""
    empresa = get_scope().get("empresa")
    if empresa is None:
        raise ScopeError("Falta la empresa en curso.")
    pk: int = empresa.pk
    return pk


class ManagerDeEmpresa(models.Manager[_M]):
    """Solo ve las filas de la empresa en curso; sin empresa en curso, consultar es un error.

    Es el ScopedManager de django-scopes como clase con nombre: aquel crea una anónima en cada modelo
    y los tipos de las relaciones inversas se pierden.
    """

    def get_queryset(self) -> models.QuerySet[_M]:
        alcance = get_scope()
        if not alcance.get("_enabled", True):
            return super().get_queryset()
        if "empresa" not in alcance:
            sin_alcance: models.QuerySet[_M] = DisabledQuerySet(
                self.model, using=self._db, missing_scopes={"empresa"}
            )
            return sin_alcance
        return super().get_queryset().filter(empresa_id=alcance["empresa"].pk)

    def all(self) -> models.QuerySet[_M]:
        # Manager.all() no llama al all() del queryset: el deshabilitado fallaría recién al recorrerlo.
        todas = super().all()
        return todas.all() if isinstance(todas, DisabledQuerySet) else todas


class ModeloDeEmpresa(models.Model):
    """Todo lo del negocio es de una empresa; consultarlo sin decir cuál es un error (django-scopes).

    Cada modelo declara `objects = ManagerDeEmpresa()` o el de su propio queryset.
    """

    empresa = models.ForeignKey(
        "cuentas.Empresa", on_delete=models.PROTECT, related_name="+", verbose_name="empresa"
    )

    class Meta:
        abstract = True
