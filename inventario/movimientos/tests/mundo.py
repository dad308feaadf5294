"""Un mundo pequeño para probar el libro: una empresa, dos bodegas y un reloj que solo anda si se le pide.

La existencia se arma siempre con los servicios: un saldo puesto a mano probaría un estado imposible.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Bodega, Empresa, Usuario
from inventario.cuentas.permisos import Permiso
from inventario.eventos.models import Evento
from inventario.lotes.models import CambioDeBloqueo, Lote
from inventario.movimientos import libro, services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Apartado, Asiento, Existencia, Motivo, Movimiento, TipoAsiento
from inventario.movimientos.models.tipos import MOTIVOS_ADMITIDOS
from inventario.movimientos.querysets import Clave
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import CERO, cuantizar
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import ErrorDeDominio
from inventario.productos.models import Producto, Unidad
from inventario.productos.services import asegurar_unidades

# Las diez de la mañana en Guayaquil (UTC-5).
AHORA = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
HOY = date(2026, 3, 10)
MERMA = Glosa(motivo=Motivo.MERMA, texto="Se dañó en la descarga")
CONTEO = Glosa(motivo=Motivo.CONTEO, texto="Conteo físico del mes")


def cant(valor: str | int) -> Decimal:
    return Decimal(valor)


def cants(*valores: str | int) -> tuple[Decimal, ...]:
    return tuple(Decimal(valor) for valor in valores)


def tomas(*pares: tuple[Lote, str | int]) -> list[tuple[int, Decimal]]:
    """Lo que se espera de `lineas_de`."""
    return [(lote.pk, Decimal(cantidad)) for lote, cantidad in pares]


def dia(desde_hoy: int) -> date:
    """La fecha a tantos días de hoy."""
    return HOY + timedelta(days=desde_hoy)


class RelojDePrueba:
    """Da siempre la misma hora hasta que se le diga otra."""

    def __init__(self, ahora: datetime = AHORA) -> None:
        self.ahora = ahora

    def __call__(self) -> datetime:
        return self.ahora

    def avanzar(self, **cuanto: float) -> None:
        self.ahora += timedelta(**cuanto)


@dataclass
class Mundo:
    """Los nombres cortos hacen que cada prueba diga solo lo que importa en ella."""

    empresa: Empresa
    actor: Actor
    bodega: Bodega
    otra: Bodega
    kilo: Unidad
    pieza: Unidad
    reloj: RelojDePrueba

    @classmethod
    def crear(cls) -> Mundo:
        """Arma la empresa; deja a quien llama la tarea de entrar en ella."""
        empresa = crear_empresa(slug=f"granja-{uuid.uuid4().hex[:12]}", nombre="Granja de prueba")
        usuario = Usuario.objects.create(email=f"{uuid.uuid4().hex}@granja.test", password="!")
        with en_empresa(empresa):
            asegurar_unidades(empresa)
            return cls(
                empresa=empresa,
                actor=Actor(usuario=usuario, empresa=empresa, permisos=frozenset(Permiso)),
                bodega=Bodega.objects.get(principal=True),
                otra=Bodega.objects.create(empresa=empresa, codigo="estanques", nombre="Estanques"),
                kilo=Unidad.objects.get(abreviatura_normalizada="kg"),
                pieza=Unidad.objects.get(abreviatura_normalizada="u"),
                reloj=RelojDePrueba(),
            )

    def producto(self, sku: str = "ALIM-01", **campos: Any) -> Producto:
        campos = {"unidad": self.kilo, "nombre": f"Alimento {sku}", **campos}
        return Producto.objects.create(empresa=self.empresa, sku=sku, **campos)

    def actor_con(self, *permisos: Permiso, **campos: Any) -> Actor:
        """El mismo usuario, con solo esos permisos (o con otros límites)."""
        return replace(self.actor, permisos=frozenset(permisos), **campos)

    def actor_sin(self, *permisos: Permiso) -> Actor:
        return replace(self.actor, permisos=frozenset(Permiso) - frozenset(permisos))

    # ── Servicios, con lo que casi siempre es igual ya puesto ───────────────────────────────────

    def entrada(
        self,
        producto: Producto,
        cantidad: str | int,
        *,
        costo: str | int = 0,
        vence: date | None = None,
        bodega: Bodega | None = None,
        **otros: Any,
    ) -> Lote:
        """Registra una entrada y devuelve su lote; un vencimiento ya pasado se permite."""
        asiento = services.registrar_entrada(
            actor=self.actor,
            producto=producto,
            bodega=bodega or self.bodega,
            cantidad=Decimal(cantidad),
            costo_unitario=Decimal(costo),
            vence_el=vence,
            permitir_vencido=True,
            reloj=self.reloj,
            **otros,
        )
        return asiento.lineas[0].lote

    def fefo(self, producto: Producto, cantidad: str | int, **otros: Any) -> Asiento:
        return self._despacho(services.despachar_fefo, producto, cantidad, otros)

    def peps(self, producto: Producto, cantidad: str | int, **otros: Any) -> Asiento:
        return self._despacho(services.despachar_peps, producto, cantidad, otros)

    def _despacho(
        self,
        servicio: Callable[..., Asiento],
        producto: Producto,
        cantidad: str | int,
        otros: dict[str, Any],
    ) -> Asiento:
        campos = {"actor": self.actor, "bodega": self.bodega, "reloj": self.reloj, **otros}
        return servicio(producto=producto, cantidad=Decimal(cantidad), **campos)

    def salida(self, lote: Lote, cantidad: str | int, **otros: Any) -> Asiento:
        campos = {"actor": self.actor, "reloj": self.reloj, **otros}
        return services.registrar_salida(lote=lote, cantidad=Decimal(cantidad), **campos)

    def merma(self, lote: Lote, cantidad: str | int, **otros: Any) -> Asiento:
        campos = {"actor": self.actor, "reloj": self.reloj, "glosa": MERMA, **otros}
        return services.registrar_merma(lote=lote, cantidad=Decimal(cantidad), **campos)

    def revertir(self, asiento: Asiento, **otros: Any) -> Asiento:
        campos = {"actor": self.actor, "reloj": self.reloj, "explicacion": "Me equivoqué", **otros}
        return services.revertir_asiento(asiento=asiento, **campos)

    def bloquear(self, lote: Lote, motivo: str = "Cuarentena") -> list[Lote]:
        return services.bloquear_lote(actor=self.actor, lote=lote, motivo=motivo, reloj=self.reloj)

    def apartar(
        self,
        producto: Producto,
        cantidad: str | int,
        *,
        horas: float = 24,
        modulo: str = "",
        referencia: str = "",
        bodega: Bodega | None = None,
    ) -> Apartado:
        """Aparta lo que haya libre; `AssertionError` si la prueba pide más de lo que hay."""
        bodega = bodega or self.bodega
        with self.hoja(producto, bodega) as hoja:
            assert hoja.saldo(Clave(producto.pk, bodega.pk)).libre >= Decimal(cantidad)
            return hoja.apartar(
                producto,
                bodega,
                Decimal(cantidad),
                vence_en=hoja.ahora + timedelta(hours=horas),
                modulo=modulo,
                referencia=referencia,
            )

    @contextmanager
    def hoja(self, producto: Producto, bodega: Bodega | None = None) -> Iterator[libro.Hoja]:
        clave = Clave(producto.pk, (bodega or self.bodega).pk)
        with libro.abrir(self.empresa, [clave], reloj=self.reloj) as hoja:
            yield hoja

    # ── Lo que quedó ────────────────────────────────────────────────────────────────────────────

    def saldo(self, lote: Lote) -> Decimal:
        return Lote.objects.get(pk=lote.pk).saldo

    def fisica(self, producto: Producto, bodega: Bodega | None = None) -> Decimal:
        return self._existencia(producto, bodega).fisica

    def apartada(self, producto: Producto, bodega: Bodega | None = None) -> Decimal:
        return self._existencia(producto, bodega).apartada

    def disponible(self, producto: Producto, bodega: Bodega | None = None) -> Decimal:
        bodega = bodega or self.bodega
        with self.hoja(producto, bodega) as hoja:
            return hoja.saldo(Clave(producto.pk, bodega.pk)).libre

    def _existencia(self, producto: Producto, bodega: Bodega | None) -> Existencia:
        existencia = Existencia.objects.filter(producto=producto, bodega=bodega or self.bodega).first()
        return existencia or Existencia(fisica=CERO, apartada=CERO)

    def foto(self) -> dict[str, Any]:
        """Todo lo que el libro puede cambiar, para comprobar que un rechazo no cambió nada."""
        return {
            "lotes": list(
                Lote.objects.order_by("pk").values_list("pk", "saldo", "bloqueado", "motivo_bloqueo")
            ),
            "existencias": list(
                Existencia.objects.order_by("pk").values_list("producto", "bodega", "fisica", "apartada")
            ),
            "apartados": list(
                Apartado.objects.order_by("pk").values_list("pk", "restante", "estado", "vence_en")
            ),
            "asientos": Asiento.objects.count(),
            "movimientos": Movimiento.objects.count(),
            "bloqueos": CambioDeBloqueo.objects.count(),
            "eventos": Evento.objects.count(),
            "numero": Empresa.objects.get(pk=self.empresa.pk).ultimo_asiento,
        }

    @contextmanager
    def rechaza(
        self, error: type[ErrorDeDominio], texto: str | None = None
    ) -> Iterator[pytest.ExceptionInfo[Any]]:
        """Exige ese error y que, después de él, nada se haya movido."""
        antes = self.foto()
        with pytest.raises(error, match=texto) as visto:
            yield visto
        assert self.foto() == antes


def lineas_de(asiento: Asiento) -> list[tuple[int, Decimal]]:
    """(lote, cantidad con signo) de cada línea, en orden."""
    return [(linea.lote_id, linea.cantidad) for linea in asiento.lineas]


def comprobar_invariantes() -> None:
    """Exige I1 a I5 a la empresa en curso, recalculando todo desde los movimientos, y sus motivos."""
    lotes = {lote.pk: lote for lote in Lote.objects.all()}
    suma_lote: dict[int, Decimal] = dict.fromkeys(lotes, CERO)
    suma_clave: dict[tuple[int, int], Decimal] = {}
    for linea in Movimiento.objects.order_by("pk"):
        clave = (linea.producto_id, linea.bodega_id)
        lote = lotes[linea.lote_id]
        assert (lote.producto_id, lote.bodega_id) == clave, "Una línea nombra un lote de otra clave."
        suma_lote[lote.pk] += linea.cantidad
        suma_clave[clave] = suma_clave.get(clave, CERO) + linea.cantidad
        assert linea.saldo_lote_tras == suma_lote[lote.pk] >= 0, f"I5: {linea}"
        assert linea.fisica_tras == suma_clave[clave] >= 0, f"I5: {linea}"
    for lote in lotes.values():
        assert lote.saldo == suma_lote[lote.pk] >= 0, f"I1: {lote}"
    for asiento in Asiento.objects.all():
        assert asiento.motivo in MOTIVOS_ADMITIDOS[TipoAsiento(asiento.tipo)], f"{asiento}: {asiento.motivo}"
    apartado: dict[tuple[int, int], Decimal] = {}
    for vigente in Apartado.objects.vigentes():
        clave = (vigente.producto_id, vigente.bodega_id)
        apartado[clave] = apartado.get(clave, CERO) + vigente.restante
    existencias = {(fila.producto_id, fila.bodega_id): fila for fila in Existencia.objects.all()}
    assert suma_clave.keys() <= existencias.keys(), "I2: falta una existencia"
    for clave, fila in existencias.items():
        de_lotes = sum((lo.saldo for lo in lotes.values() if (lo.producto_id, lo.bodega_id) == clave), CERO)
        assert fila.fisica == de_lotes == suma_clave.get(clave, CERO), f"I2: {fila}"
        assert fila.apartada == apartado.get(clave, CERO), f"I3: {fila}"
        assert cuantizar(fila.fisica) == fila.fisica >= 0, f"I4: {fila}"
        assert fila.apartada >= 0, f"I4: {fila}"
