"""El día de alimentación, decidido de antemano: qué come cada tanque, qué se le aparta y qué se compra.

Todo sale de una semilla. De los artículos «justos» se compra exactamente lo que el día va a pedir: si
una sesión saliera dos veces, o un apartado se contara además de su salida, a alguien no le alcanzaría.
"""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

SESIONES, RENGLONES, ARTICULOS = 4, 5, 12
MODULO, OTRO_MODULO, TERCER_MODULO = "biofloc", "hatchery", "growout"
ESPACIO = uuid.UUID("3b0f6c52-6a0e-4d0c-8a37-4c1e7f0f2b11")
SOBRA = Decimal("1.5")
# Para las promesas que se resuelven en carrera o vencen, y no se sabe cuánto gastarán.
DEL_MARGEN = ARTICULOS - 1
MARGEN = Decimal(500)


@dataclass(frozen=True)
class Articulo:
    """`sku` vacío: se lo nombra por su nombre, como hace el formulario de alimentación."""

    numero: int
    nombre: str
    sku: str

    @property
    def justo(self) -> bool:
        return self.numero < ARTICULOS // 2


@dataclass(frozen=True)
class Renglon:
    articulo: int
    cantidad: Decimal


@dataclass(frozen=True)
class Sesion:
    tanque: str
    numero: int
    renglones: tuple[Renglon, ...]

    @property
    def nombre(self) -> str:
        return f"{self.tanque}:{self.numero}"


@dataclass(frozen=True)
class Promesa:
    """Una reserva de la víspera y cómo debe terminar: su estado y lo que le debe quedar."""

    nombre: str
    articulo: int
    cantidad: Decimal
    modulo: str
    tanque: str
    horas: int
    destino: str
    """justa, sobra, media, cancelada, a_mediodia, confirmada, disputada o vencida."""

    @property
    def al_final(self) -> tuple[str, Decimal]:
        estado = {
            "sobra": "pending",
            "cancelada": "cancelled",
            "a_mediodia": "cancelled",
            "vencida": "expired",
        }.get(self.destino, "confirmed")
        return estado, SOBRA if self.destino == "sobra" else Decimal(0)


@dataclass(frozen=True)
class Compra:
    articulo: int
    cantidad: Decimal
    costo: Decimal
    ingreso: date
    vence: date | None = None
    de_dia: bool = False

    @property
    def vencida(self) -> bool:
        return self.vence is not None and self.vence < _hoy()


@dataclass
class Plan:
    articulos: list[Articulo]
    sesiones: list[Sesion] = field(default_factory=list)
    promesas: list[Promesa] = field(default_factory=list)
    compras: list[Compra] = field(default_factory=list)


def planear(*, tanques: int, semilla: int) -> Plan:
    azar = random.Random(semilla)
    plan = Plan(
        [
            Articulo(
                numero, f"Alimento {numero} de {2 + numero / 4} mm", "" if numero % 3 == 2 else f"AL-{numero}"
            )
            for numero in range(ARTICULOS)
        ]
    )
    for orden in range(tanques):
        _planear_tanque(plan, azar, orden)
    for orden in range(max(2, tanques // 10)):
        plan.promesas.append(
            Promesa(
                nombre=f"otro-{orden}",
                articulo=orden % ARTICULOS,
                cantidad=_cantidad(azar),
                modulo=OTRO_MODULO,
                tanque="",
                horas=36,
                destino="confirmada",
            )
        )
    for orden in range(max(2, tanques // 20)):
        for destino, horas in (("disputada", 36), ("vencida", 1)):
            plan.promesas.append(
                Promesa(
                    nombre=f"{destino}-{orden}",
                    articulo=DEL_MARGEN,
                    cantidad=_cantidad(azar),
                    modulo=TERCER_MODULO,
                    tanque="",
                    horas=horas,
                    destino=destino,
                )
            )
    _planear_compras(plan, azar)
    return plan


def _planear_tanque(plan: Plan, azar: random.Random, orden: int) -> None:
    tanque = str(uuid.uuid5(ESPACIO, f"tanque {orden}"))
    # En un orden cualquiera: dos tanques piden los mismos artículos en orden opuesto a cada rato.
    elegidos = azar.sample(range(ARTICULOS), k=RENGLONES)
    if orden % 10 == 9:
        elegidos[-1] = elegidos[0]
    necesita: dict[int, Decimal] = defaultdict(Decimal)
    for numero in range(1, SESIONES + 1):
        renglones = tuple(Renglon(articulo, _cantidad(azar)) for articulo in elegidos)
        plan.sesiones.append(Sesion(tanque, numero, renglones))
        for renglon in renglones:
            necesita[renglon.articulo] += renglon.cantidad
    for lugar, (articulo, cantidad) in enumerate(necesita.items()):
        destino = {1: "sobra", 2: "media", 3: "cancelada"}.get(orden % 20, "justa")
        if orden % 20 == 4 and lugar == 0:
            destino = "a_mediodia"
        if destino == "sobra":
            cantidad += SOBRA
        elif destino == "media":
            cantidad = (cantidad / 2).quantize(Decimal("0.0001"))
        plan.promesas.append(Promesa(f"{tanque}:{articulo}", articulo, cantidad, MODULO, tanque, 36, destino))


def _planear_compras(plan: Plan, azar: random.Random) -> None:
    """Cinco lotes por artículo, de tamaños y costos desiguales, que no llegan en el orden de su fecha."""
    hoy = _hoy()
    pedira: dict[int, Decimal] = defaultdict(Decimal)
    for sesion in plan.sesiones:
        for renglon in sesion.renglones:
            pedira[renglon.articulo] += renglon.cantidad
    for promesa in plan.promesas:
        if promesa.destino == "confirmada":
            pedira[promesa.articulo] += promesa.cantidad
        elif promesa.destino == "sobra":
            pedira[promesa.articulo] += SOBRA
    for articulo in plan.articulos:
        falta = pedira[articulo.numero]
        for lote in range(5):
            cantidad = falta if lote == 4 else (falta / (6 - lote)).quantize(Decimal("0.0001"))
            falta -= cantidad
            # El tercero y el cuarto entraron el mismo día: entre ellos decide el id.
            ingreso = hoy - timedelta(days=10 + (30, 50, 20, 20, 40)[lote])
            if cantidad:
                # Vencen al revés de como entraron: quien despache por vencimiento elegirá otros lotes.
                vence = None if lote == 1 else hoy + 5 * (hoy - ingreso)
                plan.compras.append(Compra(articulo.numero, cantidad, _costo(azar), ingreso, vence))
        if not articulo.justo:
            plan.compras += [
                Compra(articulo.numero, MARGEN, _costo(azar), hoy - timedelta(days=5)),
                Compra(
                    articulo.numero,
                    Decimal("7.25"),
                    _costo(azar),
                    hoy - timedelta(days=90),
                    vence=hoy - timedelta(days=3),
                ),
                # Llega a mediodía con fecha anterior: desde entonces sale antes que casi todo.
                Compra(articulo.numero, Decimal("12.5"), _costo(azar), hoy - timedelta(days=55), de_dia=True),
            ]


def _hoy() -> date:
    return datetime.now(UTC).date()


def _cantidad(azar: random.Random) -> Decimal:
    # Desde 0.01, lo menos que la API en inglés deja apartar.
    return Decimal(azar.randint(100, 40_000)) / 10_000


def _costo(azar: random.Random) -> Decimal:
    return Decimal(azar.randint(2_000, 60_000)) / 10_000
