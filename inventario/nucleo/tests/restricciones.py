"""Cómo se prueba que la base niega lo imposible por su nombre, aunque nadie pase por los servicios.

El `tests/test_restricciones.py` de cada app declara una fixture `filas_validas`, que deja una fila buena de
cada tabla, y dice con qué órdenes SQL se rompe cada regla:

    test_la_base_niega = la_base_niega({"lote_saldo_no_negativo": [cambiar(Lote, saldo="-0.0001")]})

Que no falte ninguna lo comprueba `inventario/tests/test_restricciones.py`, que lee los casos de esa prueba.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from inventario.nucleo.integridad import restriccion_violada
from inventario.nucleo.solo_agregar import SoloAgregar

ARGUMENTOS = ("nombre", "violacion")
# El disparador de los libros no da el nombre como lo da una restricción: solo este mensaje (`nucleo.filas`).
_DE_UN_LIBRO = re.compile(r"^(\w+): solo se agrega$", re.MULTILINE)


@dataclass(frozen=True)
class Violacion:
    """Una orden SQL que rompe una regla, y solo una, a partir de la única fila que cumple `donde`.

    `implica` nombra la otra regla que es imposible no romper a la vez.
    """

    modelo: type[models.Model]
    orden: str
    donde: str
    implica: str = ""
    solo_postgresql: bool = False

    def exigir_que_la_niegue(self, nombre: str) -> None:
        """Exige que la base la niegue por esa regla y no por otra, y que nada cambie."""
        antes = _filas(self.modelo, "true")
        assert len(_filas(self.modelo, self.donde)) == 1, "La orden no parte de una sola fila."
        with pytest.raises(IntegrityError) as visto, transaction.atomic():
            _ejecutar(self.orden)
        assert _quien_la_nego(visto.value) == nombre
        assert _filas(self.modelo, "true") == antes
        if connection.vendor == "postgresql":
            self._exigir_que_sin_ella_pase(nombre)

    def _exigir_que_sin_ella_pase(self, nombre: str) -> None:
        """Quita la regla y repite la orden: si algo más la negara, el caso no probaría esa regla."""
        with transaction.atomic():
            # PostgreSQL no deja tocar una tabla con llaves por revisar, y las filas válidas acaban de entrar.
            connection.check_constraints()
            for regla in filter(None, (nombre, self.implica)):
                _quitar(self.modelo, regla)
            assert _ejecutar(self.orden) == 1
            transaction.set_rollback(True)


Casos = dict[str, list[Violacion]]


def cambiar(modelo: type[models.Model], *, donde: str = "true", **columnas: str) -> Violacion:
    """Cambia la fila; lo que se da a cada columna es SQL."""
    asignaciones = ", ".join(f"{columna} = {valor}" for columna, valor in columnas.items())
    return Violacion(modelo, f"UPDATE {_tabla(modelo)} SET {asignaciones} WHERE {donde}", donde)


def agregar(
    modelo: type[models.Model], *, donde: str = "true", implica: str = "", **columnas: str
) -> Violacion:
    """Agrega otra igual a la fila, salvo esas columnas; lo que se da a cada una es SQL."""
    propias = [campo for campo in modelo._meta.concrete_fields if not (campo.primary_key or campo.generated)]
    valores = {str(campo.column): str(campo.column) for campo in propias} | columnas
    destino, origen = ", ".join(valores), ", ".join(valores.values())
    tabla = _tabla(modelo)
    return Violacion(
        modelo, f"INSERT INTO {tabla} ({destino}) SELECT {origen} FROM {tabla} WHERE {donde}", donde, implica
    )


def solo_se_agrega(*libros: type[SoloAgregar]) -> Casos:
    """Cambiar o borrar una fila de esos libros, que es lo que niega su disparador (`nucleo.filas`)."""
    return {
        disparador_de(_tabla(libro)): [
            Violacion(libro, f"UPDATE {_tabla(libro)} SET id = id", "true", solo_postgresql=True),
            Violacion(libro, f"DELETE FROM {_tabla(libro)}", "true", solo_postgresql=True),
        ]
        for libro in libros
    }


def la_base_niega(casos: Casos) -> Callable[..., None]:
    """Devuelve la prueba de esos casos; se guarda en su módulo con un nombre que empiece por `test_`."""

    @pytest.mark.django_db
    @pytest.mark.usefixtures("filas_validas")
    @pytest.mark.parametrize(ARGUMENTOS, list(_uno_por_uno(casos)))
    def prueba(nombre: str, violacion: Violacion) -> None:
        violacion.exigir_que_la_niegue(nombre)

    return prueba


def _uno_por_uno(casos: Casos) -> Iterator[Any]:
    for nombre, violaciones in casos.items():
        for violacion in violaciones:
            marcas = [pytest.mark.postgresql] if violacion.solo_postgresql else []
            yield pytest.param(nombre, violacion, id=nombre, marks=marcas)


def disparador_de(tabla: str) -> str:
    return f"{tabla}_solo_agregar"


def _quien_la_nego(error: IntegrityError) -> str:
    if libro := _DE_UN_LIBRO.search(str(error)):
        return disparador_de(libro[1])
    return restriccion_violada(error)


def _quitar(modelo: type[models.Model], regla: str) -> None:
    """Quita la regla sea lo que sea: un disparador, un índice o una restricción."""
    _ejecutar(f"DROP TRIGGER IF EXISTS {regla} ON {_tabla(modelo)}")
    _ejecutar(f"ALTER TABLE {_tabla(modelo)} DROP CONSTRAINT IF EXISTS {regla}")
    _ejecutar(f"DROP INDEX IF EXISTS {regla}")


def _ejecutar(orden: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(orden)
        cuantas: int = cursor.rowcount
        return cuantas


def _filas(modelo: type[models.Model], donde: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {_tabla(modelo)} WHERE {donde} ORDER BY {modelo._meta.pk.column}")
        filas: list[tuple[Any, ...]] = cursor.fetchall()
        return filas


def _tabla(modelo: type[models.Model]) -> str:
    return modelo._meta.db_table
