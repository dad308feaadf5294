"""De qué empresa son las consultas: alcance de django-scopes y, en PostgreSQL, seguridad por filas."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction
from django_scopes import scope

from inventario.nucleo import esperas

if TYPE_CHECKING:
    from inventario.cuentas.models import Empresa

AJUSTE = "inventario.empresa"
PERSONA = "inventario.persona"
HUELLA = "inventario.huella"


# La empresa que la base ya sabe en esta transacción: repetírselo en cada hoja sería una consulta de más.
_fijada: ContextVar[int | None] = ContextVar("empresa_fijada", default=None)
_identificada: ContextVar[tuple[str, str]] = ContextVar("identidad_fijada", default=("", ""))


@contextmanager
def en_empresa(empresa: Empresa, *, durable: bool = False) -> Iterator[None]:
    """Limita a la empresa las consultas de adentro, en una transacción que también lo dice a la base.

    Con `durable` es la transacción del borde: lanza `RuntimeError` si ya hay otra abierta. Al salir
    de una anidada, la base vuelve a la empresa de afuera.
    """
    afuera = _fijada.get() if connection.in_atomic_block else None
    with scope(empresa=empresa), transaction.atomic(durable=durable):
        if afuera != empresa.pk:
            fijar_empresa(empresa.pk)
        ficha = _fijada.set(empresa.pk)
        try:
            yield
        finally:
            _fijada.reset(ficha)
        # Si adentro hubo un error no hace falta: deshacer el punto de guardado restaura el ajuste.
        if afuera is not None and afuera != empresa.pk:
            fijar_empresa(afuera)


@contextmanager
def consultando(empresa: Empresa) -> Iterator[None]:
    """Como `en_empresa`, para solo leer.

    SQLite no tiene seguridad por filas y abre toda transacción tomando el turno de escribir:
    allí una lectura no debe hacer cola detrás de las escrituras.
    """
    if connection.vendor == "sqlite":
        with scope(empresa=empresa):
            yield
    else:
        with en_empresa(empresa):
            yield


@contextmanager
def fotografiando(empresa: Empresa) -> Iterator[None]:
    """Como `consultando`, pero todas las lecturas ven el mismo instante aunque otros sigan escribiendo.

    Es para recorridos largos que comparan tablas entre sí.
    """
    if connection.in_atomic_block:
        # La transacción es de otro y ya leyó: su aislamiento no se puede cambiar (las pruebas, por ejemplo).
        with en_empresa(empresa):
            yield
    elif connection.vendor == "sqlite":
        with scope(empresa=empresa), connection.cursor() as cursor:
            # Django abriría la transacción pidiendo el turno de escribir; para leer basta una diferida.
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            with en_empresa(empresa):
                yield


def fijar_empresa(empresa_id: int | None) -> None:
    """Dice a PostgreSQL de qué empresa es esta transacción (`None`, de ninguna) y cuánto puede esperar.

    Vale hasta que termine: un ajuste de sesión se filtraría al siguiente que tome la conexión de la reserva.
    """
    _fijar({AJUSTE: str(empresa_id or "")})


@contextmanager
def identificando(
    *, persona: UUID | None = None, huella: str = "", solo_leer: bool = False
) -> Iterator[None]:
    """Deja ver lo propio de una persona o de una clave de API cuando aún no se sabe la empresa.

    Abre una transacción y dice a PostgreSQL quién pregunta: las políticas muestran entonces sus membresías y
    sesiones, o la clave de esa huella; nada del negocio. Con `solo_leer`, SQLite no toma turno de escribir.
    """
    if connection.vendor == "sqlite" and solo_leer:
        yield
        return
    identidad = (str(persona or ""), huella)
    afuera = _identificada.get() if connection.in_atomic_block else None
    with transaction.atomic():
        _fijar_identidad(identidad)
        ficha = _identificada.set(identidad)
        try:
            yield
        finally:
            _identificada.reset(ficha)
        # Igual que la empresa: con un error, deshacer el punto de guardado ya la restaura.
        if afuera is not None and afuera != identidad:
            _fijar_identidad(afuera)


def _fijar_identidad(identidad: tuple[str, str]) -> None:
    _fijar(dict(zip((PERSONA, HUELLA), identidad, strict=True)))


def _fijar(propios: dict[str, str]) -> None:
    if connection.vendor == "postgresql":
        ajustes = {**propios, **esperas.vigentes()}
        llamadas = ", ".join(["set_config(%s, %s, true)"] * len(ajustes))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {llamadas}", [parte for ajuste in ajustes.items() for parte in ajuste])
