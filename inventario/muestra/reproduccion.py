"""Reproduce una corriente real por los servicios de siempre y la compara con lo que debía quedar.

La carpeta trae `farmacia_productos.csv`, `farmacia_entradas.csv.gz`, `farmacia_salidas.csv.gz` y
`farmacia_esperado.json`, calculado este por otro programa.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django_scopes import scope

from inventario.borde.comandos import actor_de_servicio
from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Empresa
from inventario.eventos.bandeja import sin_avisar
from inventario.importaciones.leer.archivos import leer_archivo
from inventario.importaciones.leer.planillas import (
    F,
    FilaEntrada,
    FilaProducto,
    FilaSalida,
    leer_planilla,
)
from inventario.importaciones.leer.valores import en_zona
from inventario.lotes.models import Lote
from inventario.movimientos.errores import ExistenciaInsuficiente
from inventario.movimientos.models import Asiento, Movimiento, TipoAsiento
from inventario.movimientos.services import despachar_fefo, registrar_entrada
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import CERO, en_dinero, exigir_costo
from inventario.nucleo.empresa import consultando, en_empresa
from inventario.nucleo.errores import DatoInvalido
from inventario.nucleo.reloj import inicio_del_dia
from inventario.productos.models import Categoria, Producto, Unidad
from inventario.productos.services import (
    crear_categoria,
    crear_producto,
    editar_unidad,
    unidad_o_nueva,
)

VENCIDO = "vencido_al_"
Avance = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Corriente:
    """Lo leído de la carpeta; `vencido_al` es la fecha a la que el esperado cuenta lo vencido."""

    productos: list[FilaProducto]
    entradas: list[FilaEntrada]
    salidas: list[FilaSalida]
    esperado: dict[str, Any]
    vencido_al: date | None

    @property
    def operaciones(self) -> int:
        return len(self.entradas) + len(self.salidas)


@dataclass(slots=True)
class Cuenta:
    """Lo que pasó al reproducir, contado por quien llama y no por el libro."""

    empresa: Empresa
    entradas: int = 0
    aceptadas: int = 0
    rechazadas: int = 0


@dataclass(slots=True)
class _PorProducto:
    cantidad_final: Decimal = CERO
    lotes_con_saldo: int = 0
    despachado: Decimal = CERO
    costo_despachado: Decimal = CERO
    valor_final: Decimal = CERO
    vencido: Decimal = CERO


@dataclass(slots=True)
class _Mundo:
    actor: Actor
    zona: ZoneInfo
    productos: dict[str, Producto] = field(default_factory=dict)


def leer_corriente(carpeta: Path) -> Corriente:
    """Lee los cuatro archivos; lanza `DatoInvalido` si falta alguno, una fila está mal o nombra otro SKU."""
    try:
        esperado = json.loads((carpeta / "farmacia_esperado.json").read_text("utf-8"))
    except FileNotFoundError:
        raise DatoInvalido(f"No hay farmacia_esperado.json en {carpeta}.", campo="datos") from None
    except (OSError, ValueError) as error:
        raise DatoInvalido("farmacia_esperado.json no se puede leer como JSON.", campo="datos") from error
    if not isinstance(esperado, dict) or not isinstance(esperado.get("por_sku"), dict):
        raise DatoInvalido("farmacia_esperado.json no tiene la forma esperada.", campo="datos")
    corriente = Corriente(
        productos=_leer(carpeta / "farmacia_productos.csv", FilaProducto),
        entradas=_leer(carpeta / "farmacia_entradas.csv.gz", FilaEntrada),
        salidas=_leer(carpeta / "farmacia_salidas.csv.gz", FilaSalida),
        esperado=esperado,
        vencido_al=_vencido_al(esperado),
    )
    conocidos = {fila.sku for fila in corriente.productos}
    nombrados: list[FilaEntrada | FilaSalida] = [*corriente.entradas, *corriente.salidas]
    for fila in nombrados:
        if fila.sku not in conocidos:
            raise DatoInvalido(
                f"La corriente nombra «{fila.sku}», que no está en los productos.", campo="datos"
            )
    for entrada in corriente.entradas:
        if entrada.fecha is None:
            raise DatoInvalido(
                f"farmacia_entradas.csv.gz, fila {entrada.numero}: falta la fecha.", campo="datos"
            )
    return corriente


def reproducir(corriente: Corriente, *, slug: str, avanzar: Avance = lambda _: None) -> Cuenta:
    """Crea la empresa y repite en ella cada entrada y cada despacho, uno por uno y a su hora.

    Las entradas de un día van antes que sus despachos. Lanza `EmpresaYaExiste`.
    """
    with transaction.atomic():
        mundo = _crear_mundo(corriente, slug)
    cuenta = Cuenta(mundo.actor.empresa)
    # Sin transacción de afuera: cada servicio abre y confirma la suya, como en un día cualquiera.
    with scope(empresa=cuenta.empresa), sin_avisar():
        for momento, fila in _en_orden(corriente, mundo.zona):
            if isinstance(fila, FilaEntrada):
                _recibir(mundo, fila, momento)
                cuenta.entradas += 1
            elif _despachar(mundo, fila, momento):
                cuenta.aceptadas += 1
            else:
                cuenta.rechazadas += 1
            avanzar(1)
    return cuenta


def diferencias(corriente: Corriente, cuenta: Cuenta) -> list[str]:
    """Compara lo que quedó en la base con lo esperado, como decimales. Vacía es que todo coincide."""
    with consultando(cuenta.empresa):
        lineas = Movimiento.objects.filter(asiento__tipo=TipoAsiento.SALIDA).count()
        asentadas = {
            tipo: Asiento.objects.filter(tipo=tipo).count()
            for tipo in (TipoAsiento.ENTRADA, TipoAsiento.SALIDA)
        }
        productos = _resumir(corriente.vencido_al)
    totales = {
        "salidas_totales": cuenta.aceptadas + cuenta.rechazadas,
        "salidas_aceptadas": cuenta.aceptadas,
        "salidas_rechazadas_por_falta": cuenta.rechazadas,
        "lineas_de_salida": lineas,
        "entradas": cuenta.entradas,
    }
    totales_esperados = {nombre: v for nombre, v in corriente.esperado.items() if nombre != "por_sku"}
    hallazgos = list(_comparar("", totales, totales_esperados))
    if asentadas != {TipoAsiento.ENTRADA: cuenta.entradas, TipoAsiento.SALIDA: cuenta.aceptadas}:
        hallazgos.append(f"el libro tiene {asentadas}, y se hicieron {cuenta.entradas} y {cuenta.aceptadas}")
    esperados = corriente.esperado["por_sku"]
    for sku in sorted({*productos, *esperados}):
        hay, debe = productos.get(sku), esperados.get(sku)
        if hay is None or not isinstance(debe, dict):
            hallazgos.append(f"{sku}: {'sobra' if debe is None else 'falta'} el producto")
            continue
        hallazgos += _comparar(f"{sku}.", hay, debe)
    return hallazgos


def _leer(ruta: Path, clase: type[F]) -> list[F]:
    planilla = leer_planilla(leer_archivo(ruta), clase)
    if planilla.rechazos:
        raise DatoInvalido(f"{ruta.name}: {planilla.rechazos[0]}", campo="datos")
    return planilla.filas


def _vencido_al(esperado: dict[str, Any]) -> date | None:
    claves = {
        clave
        for cifras in esperado["por_sku"].values()
        if isinstance(cifras, dict)
        for clave in cifras
        if clave.startswith(VENCIDO)
    }
    if not claves:
        return None
    try:
        (unica,) = claves
        return date.fromisoformat(unica.removeprefix(VENCIDO))
    except ValueError as error:
        raise DatoInvalido(
            "farmacia_esperado.json cuenta lo vencido a varias fechas.", campo="datos"
        ) from error


def _crear_mundo(corriente: Corriente, slug: str) -> _Mundo:
    empresa = crear_empresa(slug=slug, nombre=f"Reproducción {slug}")
    with en_empresa(empresa):
        actor = actor_de_servicio(empresa, f"reproductor@{slug}.invalid", "Reproducción de datos")
        mundo = _Mundo(actor, ZoneInfo(empresa.zona_horaria))
        unidades: dict[str, Unidad] = {}
        categorias: dict[str, Categoria] = {}
        for fila in corriente.productos:
            # La farmacia vende fracciones de caja; se dice antes de que haya historia (decisión 22).
            unidad = unidades.get(fila.unidad or "u")
            if unidad is None:
                nueva = unidad_o_nueva(empresa, fila.unidad or "u")
                unidad = editar_unidad(actor=actor, unidad=nueva, cambios={"divisible": True})
                unidades[fila.unidad or "u"] = unidad
            if fila.categoria and fila.categoria not in categorias:
                categorias[fila.categoria] = crear_categoria(actor=actor, nombre=fila.categoria)
            mundo.productos[fila.sku] = crear_producto(
                actor=actor,
                nombre=fila.nombre,
                sku=fila.sku,
                precio=fila.precio,
                stock_minimo=fila.stock_minimo if fila.stock_minimo is not None else CERO,
                unidad=unidad,
                categoria=categorias[fila.categoria] if fila.categoria else None,
            )
    return mundo


def _en_orden(corriente: Corriente, zona: ZoneInfo) -> Iterator[tuple[datetime, FilaEntrada | FilaSalida]]:
    citas: list[tuple[datetime, int, FilaEntrada | FilaSalida]] = [
        (inicio_del_dia(entrada.fecha, str(zona)), 0, entrada)
        for entrada in corriente.entradas
        if entrada.fecha is not None
    ]
    citas += [(en_zona(salida.momento, zona), 1, salida) for salida in corriente.salidas]
    # sorted es estable: dos hechos del mismo instante conservan el orden del archivo.
    for momento, _, fila in sorted(citas, key=lambda cita: cita[:2]):
        yield momento, fila


def _recibir(mundo: _Mundo, fila: FilaEntrada, momento: datetime) -> None:
    assert mundo.actor.bodega is not None, "La empresa nace con su bodega principal."
    registrar_entrada(
        actor=mundo.actor,
        producto=mundo.productos[fila.sku],
        bodega=mundo.actor.bodega,
        cantidad=fila.cantidad,
        costo_unitario=exigir_costo(fila.costo_unitario or CERO),
        vence_el=fila.vence,
        codigo=fila.lote or "",
        reloj=partial(_parado, momento),
    )


def _despachar(mundo: _Mundo, fila: FilaSalida, momento: datetime) -> bool:
    assert mundo.actor.bodega is not None, "La empresa nace con su bodega principal."
    try:
        despachar_fefo(
            actor=mundo.actor,
            producto=mundo.productos[fila.sku],
            bodega=mundo.actor.bodega,
            cantidad=fila.cantidad,
            reloj=partial(_parado, momento),
        )
    except ExistenciaInsuficiente:
        return False
    return True


def _parado(momento: datetime) -> datetime:
    return momento


def _resumir(vencido_al: date | None) -> dict[str, dict[str, Decimal | int]]:
    """Suma en Python lo que hay en la base: en SQLite, SUM sería coma flotante."""
    resumen: dict[str, _PorProducto] = {sku or "": _PorProducto() for sku in _skus()}
    lotes = Lote.objects.con_saldo().values_list("producto__sku", "saldo", "costo_unitario", "vence_el")
    for sku, saldo, costo, vence_el in lotes.iterator():
        uno = resumen[sku or ""]
        uno.cantidad_final += saldo
        uno.lotes_con_saldo += 1
        uno.valor_final += saldo * costo
        if vencido_al is not None and vence_el is not None and vence_el < vencido_al:
            uno.vencido += saldo
    salidas = Movimiento.objects.filter(asiento__tipo=TipoAsiento.SALIDA)
    for sku, cantidad, costo in salidas.values_list("producto__sku", "cantidad", "costo_unitario").iterator():
        uno = resumen[sku or ""]
        uno.despachado -= cantidad
        uno.costo_despachado -= cantidad * costo
    return {sku: _cifras(uno, vencido_al) for sku, uno in resumen.items()}


def _skus() -> Iterable[str | None]:
    return Producto.objects.values_list("sku", flat=True)


def _cifras(uno: _PorProducto, vencido_al: date | None) -> dict[str, Decimal | int]:
    cifras: dict[str, Decimal | int] = {
        "cantidad_final": uno.cantidad_final,
        "lotes_con_saldo": uno.lotes_con_saldo,
        "despachado": uno.despachado,
        "costo_despachado": en_dinero(uno.costo_despachado),
        "valor_final": en_dinero(uno.valor_final),
    }
    if vencido_al is not None:
        cifras[f"{VENCIDO}{vencido_al}"] = uno.vencido
    return cifras


def _comparar(prefijo: str, hay: Mapping[str, Decimal | int], debe: dict[str, Any]) -> Iterator[str]:
    for nombre in sorted({*hay, *debe}):
        if nombre not in debe:
            yield f"{prefijo}{nombre}: quedó {hay[nombre]} y el archivo esperado no lo dice"
        elif nombre not in hay:
            yield f"{prefijo}{nombre}: se esperaba {debe[nombre]} y no es una cifra que se compare"
        elif _decimal(debe[nombre]) != hay[nombre]:
            yield f"{prefijo}{nombre}: quedó {hay[nombre]} y se esperaba {debe[nombre]}"


def _decimal(valor: Any) -> Decimal | None:
    try:
        return Decimal(str(valor))
    except InvalidOperation:
        return None
