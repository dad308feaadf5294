"""Abrir una hoja: transacción, existencias bloqueadas en orden y la hora leída después."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.utils import timezone

from inventario.cuentas.models import Empresa
from inventario.movimientos.libro.hoja import Hoja
from inventario.movimientos.models import Existencia
from inventario.movimientos.querysets import Clave
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import Incoherencia
from inventario.nucleo.reloj import Reloj

_abierta: ContextVar[bool] = ContextVar("hoja_abierta", default=False)


@contextmanager
def abrir(
    empresa: Empresa,
    claves: Iterable[Clave] = (),
    *,
    entran: Iterable[Clave] = (),
    lotes: Iterable[int] = (),
    ingresados_hasta: date | None = None,
    reloj: Reloj = timezone.now,
) -> Iterator[Hoja]:
    """Abre una hoja: transacción, existencias bloqueadas en orden y apartados vencidos ya liberados.

    `claves` son de donde sale; `entran`, a donde llega (sus existencias se crean si faltan);
    `lotes`, los que se nombran y podrían no tener saldo. Con `ingresados_hasta` la hoja mira al pasado:
    un lote que llegó después de esa fecha, o del día que diga `poner_reloj`, todavía no estaba.
    Al salir sin error se guarda todo. Lanza `Incoherencia` si ya hay otra abierta: una operación, una hoja.
    """
    if _abierta.get():
        raise Incoherencia("Ya hay una hoja abierta: una operación, una hoja.")
    entradas = sorted(set(entran))
    todas = sorted({*claves, *entradas})
    marca = _abierta.set(True)
    try:
        with en_empresa(empresa):
            if entradas:
                # Antes de bloquear ninguna: insertar con otras bloqueadas podría trabar a dos operaciones.
                Existencia.objects.crear_faltantes(entradas, empresa.pk)
            existencias = Existencia.objects.bloquear(todas)
            # La hora se lee con las filas ya bloqueadas: quien esperó no decide con un reloj viejo.
            hoja = Hoja(
                empresa,
                existencias,
                todas,
                sorted(set(lotes)),
                ingresados_hasta=ingresados_hasta,
                ahora=reloj(),
            )
            hoja.liberar_vencidos()
            yield hoja
            hoja.guardar()
    finally:
        _abierta.reset(marca)


def bloquear(empresa: Empresa, claves: Iterable[Clave], *, creando: bool) -> None:
    """Toma todas las existencias de un trabajo de varias hojas, antes de la primera y en su transacción.

    Con la primera hoja guardada ya se retiene la numeración de la empresa: pedir después otra existencia
    trabaría a quien la tenga y espere un número.
    """
    todas = sorted(set(claves))
    if creando:
        Existencia.objects.crear_faltantes(todas, empresa.pk)
    Existencia.objects.bloquear(todas)
