"""De qué empresa son las consultas: alcance de django-scopes y, en PostgreSQL, seguridad por filas."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django_scopes import scope

if TYPE_CHECKING:
    from inventario.cuentas.models import Empresa

AJUSTE = "inventario.empresa"


@contextmanager
def en_empresa(empresa: Empresa) -> Iterator[None]:
    """Limita a la empresa las consultas de adentro, en una transacción que también lo dice a la base."""
    with scope(empresa=empresa), transaction.atomic():
        fijar_empresa(empresa.pk)
        yield


def fijar_empresa(empresa_id: int) -> None:
    """Dice a PostgreSQL de qué empresa es esta transacción; vale solo hasta que termine.

    Un ajuste de sesión se filtraría al siguiente que tome la conexión de la reserva.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [AJUSTE, str(empresa_id)])
