"""Lo que se escribe una vez y no se toca más. La base lo niega también (`filas.solo_agregar`)."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models

from inventario.nucleo.modelos import ManagerDeEmpresa, ModeloDeEmpresa


class SoloSeAgrega(Exception):
    """Alguien quiso cambiar o borrar una fila que solo se agrega; el mensaje dice cómo se corrige."""


class SoloAgregarQuerySet(models.QuerySet[Any]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise SoloSeAgrega(self.model.como_se_corrige)

    def delete(self) -> NoReturn:
        raise SoloSeAgrega(self.model.como_se_corrige)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        # Con update_conflicts, un INSERT que choca se vuelve un UPDATE.
        if kwargs.get("update_conflicts"):
            raise SoloSeAgrega(self.model.como_se_corrige)
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs: Any, fields: Any, batch_size: int | None = None) -> NoReturn:
        raise SoloSeAgrega(self.model.como_se_corrige)


SoloAgregarManager = ManagerDeEmpresa.from_queryset(SoloAgregarQuerySet)


class SoloAgregar(ModeloDeEmpresa):
    """Una fila que nadie edita ni borra. Cada modelo declara `objects = SoloAgregarManager()`."""

    como_se_corrige: ClassVar[str]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise SoloSeAgrega(self.como_se_corrige)
        super().save(*args, **kwargs)

    def delete(self, using: Any = None, keep_parents: bool = False) -> NoReturn:
        raise SoloSeAgrega(self.como_se_corrige)
