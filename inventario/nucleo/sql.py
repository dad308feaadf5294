"""Leer, insertar y actualizar filas con la sentencia ya escrita.

El ORM arma su SQL de nuevo en cada llamada: en un despacho eso cuesta más que la base, y en volumen, más
que todo lo demás. Solo lo usan el libro y lo que corre detrás de cada asiento; quien consulta para mostrar
usa los querysets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from inventario.nucleo.errores import Incoherencia

# Con menos filas gana una sola sentencia que devuelve los id; con más, pedirlos antes e ir por columnas.
UMBRAL = 200

_M = TypeVar("_M", bound=models.Model)
_SIN_CONVERTIR = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)
Convertidor = Callable[[Any], Any]


def huecos(valores: Sequence[Any]) -> str:
    """Un `%s` por valor, para un `IN (…)`."""
    return ", ".join(["%s"] * len(valores))


class Retener(StrEnum):
    """Con qué se quedan unas filas hasta confirmar."""

    PARA_CAMBIAR = "FOR UPDATE"
    # Deja que otros apunten a ellas mientras tanto.
    SIN_SU_LLAVE = "FOR NO KEY UPDATE"
    # No espera: lo que otro tenga no se toma.
    LO_LIBRE = "FOR UPDATE SKIP LOCKED"


def al_final(retener: Retener) -> str:
    """Lo que cierra un SELECT que retiene sus filas.

    SQLite no retiene filas: quien abrió la transacción ya tiene el turno de escribir.
    """
    return retener.value if connection.features.has_select_for_update else ""


def leer(
    modelo: type[_M], empresa_id: int, condicion: str, parametros: Sequence[Any], *, cola: str = ""
) -> list[_M]:
    """Devuelve las filas de la empresa que cumplen la condición; `cola` es lo que sigue al WHERE."""
    lectura = _lectura(modelo)
    # Con el «+» el motor no considera el índice por empresa: SQLite, sin estadísticas, lo prefería al del
    # producto y recorría la empresa entera.
    sentencia = f"{lectura.sentencia} WHERE +empresa_id = %s AND ({condicion}) {cola}"
    with connection.cursor() as cursor:
        cursor.execute(sentencia, [empresa_id, *parametros])
        filas = cursor.fetchall()
    conexion = connections[DEFAULT_DB_ALIAS]
    leidas = []
    for fila in filas:
        valores = list(fila)
        for lugar, convertidores, expresion in lectura.convertidores:
            for convertir in convertidores:
                valores[lugar] = convertir(valores[lugar], expresion, conexion)
        leidas.append(modelo.from_db(DEFAULT_DB_ALIAS, lectura.campos, valores))
    return leidas


def insertar(modelo: type[_M], filas: Sequence[_M]) -> None:
    """Inserta las filas y les pone su id, en el orden dado. No manda señales ni admite conflictos.

    Se llama dentro de una transacción; las filas a las que apunten ya deben tener id.
    """
    if not filas:
        return
    columnas = _columnas(modelo)
    maximo = connection.features.max_query_params
    if len(filas) < UMBRAL and (maximo is None or len(filas) * len(columnas) <= maximo):
        _insertar_de_una_vez(modelo, columnas, filas)
    else:
        _insertar_en_volumen(modelo, columnas, filas)
    for fila in filas:
        fila._state.adding, fila._state.db = False, DEFAULT_DB_ALIAS


def actualizar(modelo: type[_M], filas: Sequence[_M], campos: Sequence[str]) -> None:
    """Guarda esos campos de filas que ya existen, en una sentencia. No manda señales.

    Es para quien tiene las filas bloqueadas: si alguna desapareció, lanza `Incoherencia`.
    """
    if not filas:
        return
    columnas = _columnas_de(modelo, tuple(campos))
    valores = [columna.valores(filas) for columna in columnas]
    # Solo PostgreSQL tiene arreglos; SQLite repite la sentencia ya preparada sin salir del proceso.
    junta = connection.vendor == "postgresql" and len(filas) > 1
    sentencia = _sentencia_actualizar(modelo, columnas, junta=junta)
    with connection.cursor() as cursor:
        if junta:
            cursor.execute(sentencia, valores)
        elif len(filas) == 1:
            cursor.execute(sentencia, [valor for (valor,) in valores])
        else:
            cursor.executemany(sentencia, list(zip(*valores, strict=True)))
        if cursor.rowcount != len(filas):
            raise Incoherencia(f"Se actualizaron {cursor.rowcount} filas de {len(filas)}.")


@dataclass(frozen=True, slots=True)
class _Lectura:
    sentencia: str
    campos: frozenset[str]
    convertidores: list[tuple[int, list[Callable[[Any, Any, Any], Any]], Any]]


@cache
def _lectura(modelo: type[models.Model]) -> _Lectura:
    """El SELECT de todas las columnas y cómo se vuelve cada una lo que el modelo espera."""
    # Lo que calcula la base es para buscar; al leerlo por aquí queda sin cargar.
    campos = [campo for campo in modelo._meta.concrete_fields if not campo.generated]
    compilador = modelo._base_manager.all().query.get_compiler(DEFAULT_DB_ALIAS)
    expresiones = [campo.get_col(modelo._meta.db_table) for campo in campos]
    nombres = ", ".join(connection.ops.quote_name(str(campo.column)) for campo in campos)
    return _Lectura(
        f"SELECT {nombres} FROM {_tabla(modelo)}",
        frozenset(campo.attname for campo in campos),
        [
            (lugar, convertidores, expresion)
            for lugar, (convertidores, expresion) in compilador.get_converters(expresiones).items()
        ],
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Columna:
    campo: models.Field[Any, Any]
    nombre: str
    tipo: str
    convertir: Convertidor | None

    def valores(self, filas: Sequence[models.Model]) -> list[Any]:
        """Da el valor de cada fila como lo quiere la base."""
        nombre = self.campo.attname
        if isinstance(self.campo, models.ForeignKey):
            for fila in filas:
                if fila.__dict__[nombre] is None and self.campo.is_cached(fila):
                    apuntada = self.campo.get_cached_value(fila)
                    # Por el diccionario: asignar el id por el descriptor olvidaría la fila apuntada.
                    fila.__dict__[nombre] = apuntada and apuntada.pk
        elif getattr(self.campo, "auto_now", False) or getattr(self.campo, "auto_now_add", False):
            for fila in filas:
                self.campo.pre_save(fila, add=True)
        sueltos = [fila.__dict__[nombre] for fila in filas]
        if self.convertir is None:
            return sueltos
        if len(sueltos) < UMBRAL or isinstance(self.campo, models.JSONField):
            return list(map(self.convertir, sueltos))
        # En una columna larga los valores se repiten: convertir cada uno una vez es casi todo el ahorro.
        return list(map(cache(self.convertir), sueltos))


@cache
def _columnas(modelo: type[models.Model]) -> tuple[_Columna, ...]:
    """Las columnas que se escriben y no son el id."""
    campos = modelo._meta.local_concrete_fields
    return tuple(_columna(campo) for campo in campos if not (campo.primary_key or campo.generated))


@cache
def _identidad(modelo: type[models.Model]) -> _Columna:
    return _columna(modelo._meta.pk)


@cache
def _columnas_de(modelo: type[models.Model], campos: tuple[str, ...]) -> tuple[_Columna, ...]:
    """Las columnas nombradas, con el id al final."""
    nombradas = [columna for columna in _columnas(modelo) if columna.campo.name in campos]
    if len(nombradas) != len(campos):
        raise Incoherencia(f"{modelo.__name__} no tiene todos esos campos: {campos}.")
    return (*nombradas, _identidad(modelo))


def _columna(campo: models.Field[Any, Any]) -> _Columna:
    destino = campo.target_field if isinstance(campo, models.ForeignKey) else campo
    nombre = connection.ops.quote_name(str(campo.column))
    convertir = None if isinstance(destino, _SIN_CONVERTIR) else _convertidor(campo)
    return _Columna(campo, nombre, str(campo.db_type(connection)), convertir)


def _convertidor(campo: models.Field[Any, Any]) -> Convertidor:
    def convertir(valor: Any) -> Any:
        return campo.get_db_prep_save(valor, connections[DEFAULT_DB_ALIAS])

    return convertir


def _tabla(modelo: type[models.Model]) -> str:
    return connection.ops.quote_name(modelo._meta.db_table)


def _insertar_de_una_vez(
    modelo: type[models.Model], columnas: tuple[_Columna, ...], filas: Sequence[models.Model]
) -> None:
    valores = zip(*(columna.valores(filas) for columna in columnas), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_sentencia_insertar(modelo, len(filas)), [valor for fila in valores for valor in fila])
        ids = [pk for (pk,) in cursor.fetchall()]
    _poner_ids(modelo, filas, ids)


def _insertar_en_volumen(
    modelo: type[models.Model], columnas: tuple[_Columna, ...], filas: Sequence[models.Model]
) -> None:
    _poner_ids(modelo, filas, _tomar_ids(modelo, len(filas)))
    todas = (_identidad(modelo), *columnas)
    valores = [columna.valores(filas) for columna in todas]
    nombres = ", ".join(columna.nombre for columna in todas)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arreglos = ", ".join(f"%s::{columna.tipo}[]" for columna in todas)
            cursor.execute(
                f"INSERT INTO {_tabla(modelo)} ({nombres}) SELECT * FROM unnest({arreglos})", valores
            )
        else:
            cursor.executemany(
                f"INSERT INTO {_tabla(modelo)} ({nombres}) VALUES ({huecos(todas)})",
                list(zip(*valores, strict=True)),
            )


@cache
def _sentencia_insertar(modelo: type[models.Model], cuantas: int) -> str:
    columnas = _columnas(modelo)
    nombres = ", ".join(columna.nombre for columna in columnas)
    fila = f"({huecos(columnas)})"
    return (
        f"INSERT INTO {_tabla(modelo)} ({nombres}) VALUES {', '.join([fila] * cuantas)} "
        f"RETURNING {_identidad(modelo).nombre}"
    )


@cache
def _sentencia_actualizar(modelo: type[models.Model], columnas: tuple[_Columna, ...], *, junta: bool) -> str:
    *cambian, identidad = columnas
    tabla = _tabla(modelo)
    if not junta:
        asignaciones = ", ".join(f"{columna.nombre} = %s" for columna in cambian)
        return f"UPDATE {tabla} SET {asignaciones} WHERE {identidad.nombre} = %s"
    asignaciones = ", ".join(f"{columna.nombre} = nuevo.{columna.nombre}" for columna in cambian)
    arreglos = ", ".join(f"%s::{columna.tipo}[]" for columna in columnas)
    nombres = ", ".join(columna.nombre for columna in columnas)
    return (
        f"UPDATE {tabla} SET {asignaciones} FROM unnest({arreglos}) AS nuevo ({nombres}) "
        f"WHERE {tabla}.{identidad.nombre} = nuevo.{identidad.nombre}"
    )


def _poner_ids(modelo: type[models.Model], filas: Sequence[models.Model], ids: Sequence[int]) -> None:
    identidad = modelo._meta.pk.attname
    for fila, pk in zip(filas, ids, strict=True):
        fila.__dict__[identidad] = pk


def _tomar_ids(modelo: type[models.Model], cuantos: int) -> list[int]:
    tabla = modelo._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [tabla, cuantos],
            )
            return sorted(pk for (pk,) in cursor.fetchall())
        # Quien escribe en SQLite tiene la base para sí: nadie más puede tomar estos números.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [tabla])
        ultimo = (cursor.fetchone() or [0])[0]
        return list(range(ultimo + 1, ultimo + 1 + cuantos))
