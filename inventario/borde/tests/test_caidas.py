"""Qué errores son de la base, y cuáles nuestros."""

from __future__ import annotations

import errno

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connection
from psycopg import errors as de_postgres
from psycopg_pool import PoolTimeout

from inventario.borde.caidas import Caida, caida_de
from inventario.borde.tests.errores_de_base import con_causa, conexion_perdida


@pytest.mark.parametrize(
    ("error", "caida"),
    [
        (con_causa(de_postgres.LockNotAvailable()), Caida.OCUPADA),
        (con_causa(de_postgres.QueryCanceled()), Caida.OCUPADA),
        (con_causa(de_postgres.DeadlockDetected()), Caida.OCUPADA),
        (con_causa(de_postgres.DiskFull()), Caida.SIN_ESPACIO),
        (con_causa(de_postgres.AdminShutdown()), Caida.NO_RESPONDE),
        (con_causa(PoolTimeout("no hay conexión libre")), Caida.NO_RESPONDE),
        (con_causa(de_postgres.TooManyConnections()), Caida.NO_RESPONDE),
        (con_causa(de_postgres.ProtocolViolation()), Caida.NO_RESPONDE),
        (conexion_perdida(), Caida.NO_RESPONDE),
        (con_causa(de_postgres.ObjectInUse()), None),
        (con_causa(de_postgres.UndefinedFile()), None),
        (con_causa(psycopg.InterfaceError("result not set")), None),
        (OperationalError("sin causa"), None),
        (OSError(errno.ENOSPC, "sin espacio"), Caida.SIN_ESPACIO),
        (OSError(errno.ENOENT, "no está"), None),
        (ProgrammingError("columna que no existe"), None),
        (RuntimeError("nuestro"), None),
        (None, None),
    ],
)
def test_cada_error_es_de_la_base_o_nuestro(error: Exception | None, caida: Caida | None) -> None:
    assert caida_de(error) == caida


@pytest.mark.django_db
def test_una_tabla_que_no_existe_es_un_error_nuestro_en_los_dos_motores() -> None:
    with pytest.raises(DatabaseError) as mal, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM no_existe")
    assert caida_de(mal.value) is None
