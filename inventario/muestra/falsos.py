"""Datos falsos en volumen: dos años de movimientos que el libro asentó, los mismos para cada semilla.

Todo pasa por el libro, en hojas grandes: los saldos cuadran porque los hizo él y no una cuenta aparte.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate

from django.db import connection
from django.utils import timezone

from inventario.cuentas.models import Bodega, Empresa
from inventario.eventos.bandeja import registrar
from inventario.eventos.catalogo import DatosFalsosGenerados
from inventario.lotes.models import Lote
from inventario.movimientos import libro
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo, TipoAsiento
from inventario.movimientos.querysets import Clave
from inventario.movimientos.reparto import Politica, ordenar
from inventario.movimientos.services.entradas import LineaEntrada, asentar_entradas
from inventario.movimientos.services.salidas import LineaSalida, sacar
from inventario.muestra.sembrador import sembrador_en
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.reloj import Reloj, hoy_en, inicio_del_dia
from inventario.productos.models import Producto, Proveedor
from inventario.productos.services import asegurar_unidades, crear_producto, crear_proveedor, unidad_conocida
from inventario.productos.services.avisos import en_resumen

DIAS = 730
JORNADA_S = 12 * 60 * 60
# Líneas por hoja: con más no gana velocidad y retiene más memoria.
POR_HOJA = 20_000
# Salidas que aguanta un lote: así los lotes son cerca de la décima parte de los movimientos.
PORCIONES_POR_LOTE = (6, 12)
LINEAS_DE_ENTRADA = 10
LINEAS_DE_SALIDA = 8
# Lo que podría ocupar una salida si cada línea se repartiera en varios lotes.
COLA = 8 * LINEAS_DE_SALIDA

TIPOS = (
    "Balanceado",
    "Probiótico",
    "Vitamina",
    "Mineral",
    "Desinfectante",
    "Reactivo",
    "Repuesto",
    "Empaque",
)
USOS = ("inicio", "crecimiento", "engorde", "premium", "reforzado", "granulado", "concentrado", "doble capa")
MODULOS = ("biofloc", "larvario", "engorde")
# Unidad, la menor fracción que se pesa en ella y cuántas fracciones tiene una porción.
UNIDADES = (
    ("kg", "0.05", (20, 400)),
    ("kg", "0.001", (150, 4000)),
    ("L", "0.1", (10, 300)),
    ("u", "1", (1, 20)),
)


@dataclass(frozen=True, slots=True)
class Articulo:
    """Un producto y su carácter: cuánto se pide cada vez, cuánto cuesta y cuánto dura."""

    producto: Producto
    clave: Clave
    proveedor: Proveedor
    paso: Decimal
    porcion: int
    costo: int
    vida_dias: int | None


def generar(
    *,
    empresa: Empresa,
    semilla: int,
    productos: int,
    movimientos: int,
    avance: Callable[[int], object] = lambda _: None,
    reloj: Reloj = timezone.now,
) -> int:
    """Crea los productos y exactamente `movimientos` líneas entre hace dos años y hoy; devuelve los asientos.

    La empresa debe estar sin historia. Con la misma semilla y el mismo día salen las mismas filas, salvo
    sus id. `avance` recibe, al confirmarse cada hoja, cuántas líneas tenía.
    """
    azar = random.Random(semilla)
    hoy = hoy_en(empresa.zona_horaria, reloj())
    desde = inicio_del_dia(hoy - timedelta(days=DIAS), empresa.zona_horaria)
    with en_empresa(empresa):
        actor = sembrador_en(empresa)
        assert actor.bodega is not None
        with en_resumen():
            articulos = _crear_articulos(azar, actor, actor.bodega, semilla, productos)
    obra = _Obra(azar, actor, actor.bodega, articulos, movimientos, desde)
    while obra.faltan:
        antes = obra.faltan
        with libro.abrir(
            empresa, entran=[articulo.clave for articulo in articulos], reloj=obra.momento
        ) as hoja:
            hoja.eventos_por_asiento = False
            obra.llenar(hoja, antes - POR_HOJA)
            if not obra.faltan:
                registrar(
                    empresa,
                    DatosFalsosGenerados(semilla=semilla, productos=productos, movimientos=movimientos),
                )
        avance(antes - obra.faltan)
    with connection.cursor() as cursor:
        # Recién llena, la base no sabe qué hay en cada tabla y elige mal los índices.
        cursor.execute("ANALYZE")
    return obra.asientos


def _crear_articulos(
    azar: random.Random, actor: Actor, bodega: Bodega, semilla: int, cuantos: int
) -> list[Articulo]:
    asegurar_unidades(actor.empresa)
    unidades = {abreviatura: unidad_conocida(actor.empresa, abreviatura) for abreviatura, _, _ in UNIDADES}
    proveedores = [crear_proveedor(actor=actor, nombre=f"Proveedor {n}") for n in range(1, 9)]
    articulos = []
    for n in range(1, cuantos + 1):
        abreviatura, paso, porciones = azar.choice(UNIDADES)
        costo = azar.randint(900, 400_000)
        proveedor = azar.choice(proveedores)
        producto = crear_producto(
            actor=actor,
            nombre=f"{azar.choice(TIPOS)} {azar.choice(USOS)} {n}",
            sku=f"F{semilla}-{n:05d}",
            precio=(Decimal(costo) * Decimal("0.00013")).quantize(Decimal("0.01")),
            unidad=unidades[abreviatura],
            proveedor=proveedor,
        )
        articulos.append(
            Articulo(
                producto=producto,
                clave=Clave(producto.pk, bodega.pk),
                proveedor=proveedor,
                paso=Decimal(paso),
                porcion=azar.randint(*porciones),
                costo=costo,
                vida_dias=azar.choice((None, azar.randint(25, 120), azar.randint(90, 500))),
            )
        )
    return articulos


class _Obra:
    """Lo que sigue de una hoja a la siguiente: el azar, el avance y qué hay que reponer."""

    def __init__(
        self,
        azar: random.Random,
        actor: Actor,
        bodega: Bodega,
        articulos: list[Articulo],
        movimientos: int,
        desde: datetime,
    ) -> None:
        self.faltan = movimientos
        self.asientos = 0
        self._azar = azar
        self._actor = actor
        self._bodega = bodega
        self._articulos = articulos
        self._total = movimientos
        self._desde = desde
        # Unos pocos productos hacen casi todo el movimiento, como en cualquier bodega.
        self._pesos = list(accumulate(1 / (puesto + 5) for puesto in range(len(articulos))))
        self._por_reponer = dict.fromkeys(range(len(articulos)))
        self._entrada_llena = min(LINEAS_DE_ENTRADA, len(articulos))

    def momento(self) -> datetime:
        """La hora avanza con las líneas hechas, dentro de la jornada de 06:00 a 18:00."""
        segundos = (self._total - self.faltan) * DIAS * JORNADA_S // self._total
        dias, resto = divmod(segundos, JORNADA_S)
        return self._desde + timedelta(days=dias, hours=6, seconds=resto)

    def llenar(self, hoja: libro.Hoja, hasta: int) -> None:
        """Asienta operaciones hasta que falten `hasta` líneas o ninguna."""
        while self.faltan > max(0, hasta):
            hoja.poner_reloj(self.momento())
            dado = self._azar.random()
            if len(self._por_reponer) >= self._entrada_llena:
                lineas = self._recibir(hoja)
            elif dado < 0.03:
                lineas = self._perder(hoja)
            elif dado < 0.06:
                lineas = self._contar(hoja)
            else:
                lineas = self._despachar(hoja, Politica.FEFO if dado < 0.75 else Politica.PEPS)
            self.faltan -= lineas
            self.asientos += lineas > 0

    def _recibir(self, hoja: libro.Hoja) -> int:
        puestos = list(self._por_reponer)[: min(LINEAS_DE_ENTRADA, self.faltan)]
        lineas = []
        for puesto in puestos:
            del self._por_reponer[puesto]
            articulo = self._articulos[puesto]
            lineas.append(
                LineaEntrada(
                    articulo.producto,
                    self._bodega,
                    articulo.paso * (articulo.porcion * self._azar.randint(*PORCIONES_POR_LOTE)),
                    Decimal(
                        articulo.costo + self._azar.randint(-articulo.costo // 9, articulo.costo // 9)
                    ).scaleb(-4),
                    self._vencimiento(articulo, hoja.hoy),
                    codigo=f"L{self._azar.randrange(10**6):06d}",
                    proveedor=articulo.proveedor,
                )
            )
        glosa = Glosa(motivo=Motivo.COMPRA, referencia=f"FAC-{self._azar.randrange(10**9):09d}")
        asentar_entradas(hoja, actor=self._actor, lineas=lineas, fecha_ingreso=None, glosa=glosa)
        return len(lineas)

    def _vencimiento(self, articulo: Articulo, hoy: date) -> date | None:
        if articulo.vida_dias is None:
            return None
        return hoy + timedelta(days=self._azar.randint(articulo.vida_dias // 2, articulo.vida_dias))

    def _despachar(self, hoja: libro.Hoja, politica: Politica) -> int:
        """Un asiento de varias líneas; lo que no alcanza se pide menos y queda por reponer."""
        pedidos: dict[int, Decimal] = {}
        for puesto in self._elegir(self._azar.randint(1, LINEAS_DE_SALIDA)):
            articulo = self._articulos[puesto]
            pedido = articulo.paso * self._azar.randint(articulo.porcion // 2 + 1, articulo.porcion * 3 // 2)
            hay = sum((lote.saldo for lote in hoja.utilizables(articulo.clave)), CERO)
            if hay <= pedido * 2:
                self._por_reponer.setdefault(puesto)
            if self.faltan < COLA and hay:
                # Al final se cuenta línea por línea: cada pedido cabe en un solo lote.
                hay = ordenar(hoja.utilizables(articulo.clave), politica)[0].saldo
            if hay and len(pedidos) < self.faltan:
                pedidos[puesto] = min(pedido, hay)
        if not pedidos:
            return 0
        asiento = hoja.empezar(TipoAsiento.SALIDA, actor=self._actor, glosa=self._consumo())
        for puesto, cantidad in pedidos.items():
            sacar(
                hoja, asiento, LineaSalida(self._articulos[puesto].producto, self._bodega, cantidad), politica
            )
        return len(asiento.lineas)

    def _perder(self, hoja: libro.Hoja) -> int:
        """Da de baja lo vencido de un producto; si no tiene, se rompe un poco de un lote."""
        [puesto] = self._elegir(1)
        lotes = self._lotes(hoja, puesto)
        perdidos = [lote for lote in lotes if lote.vencido(hoja.hoy)][: self.faltan]
        if perdidos:
            glosa = Glosa(motivo=Motivo.VENCIMIENTO, texto="Retiro de lo vencido")
            lineas = [libro.Linea(lote, -lote.saldo, lote.costo_unitario) for lote in perdidos]
        elif lotes:
            glosa = Glosa(motivo=Motivo.ROTURA, texto="Envase roto")
            lote = self._azar.choice(lotes)
            cantidad = min(lote.saldo, self._articulos[puesto].paso * self._azar.randint(1, 5))
            lineas = [libro.Linea(lote, -cantidad, lote.costo_unitario)]
        else:
            return 0
        hoja.asentar(TipoAsiento.MERMA, lineas, actor=self._actor, glosa=glosa)
        return len(lineas)

    def _contar(self, hoja: libro.Hoja) -> int:
        """Un conteo que halla unas fracciones de más o de menos en un lote."""
        [puesto] = self._elegir(1)
        lotes = self._lotes(hoja, puesto)
        if not lotes:
            return 0
        lote = self._azar.choice(lotes)
        diferencia = self._articulos[puesto].paso * self._azar.choice((-3, -2, -1, 1, 2))
        linea = libro.Linea(lote, max(diferencia, -lote.saldo), lote.costo_unitario)
        glosa = Glosa(motivo=Motivo.CONTEO, texto="Conteo cíclico")
        hoja.asentar(TipoAsiento.AJUSTE, [linea], actor=self._actor, glosa=glosa)
        return 1

    def _lotes(self, hoja: libro.Hoja, puesto: int) -> list[Lote]:
        """Los lotes con saldo, del más viejo al más nuevo: la hoja los da en el orden que la base quiera."""
        return ordenar(hoja.lotes(self._articulos[puesto].clave), Politica.PEPS)

    def _consumo(self) -> Glosa:
        return Glosa(
            motivo=Motivo.CONSUMO,
            modulo=self._azar.choice(MODULOS),
            tanque=f"T-{self._azar.randint(1, 24):02d}",
            sesion=self._azar.randint(1, 4),
        )

    def _elegir(self, cuantos: int) -> list[int]:
        puestos = self._azar.choices(range(len(self._articulos)), cum_weights=self._pesos, k=cuantos)
        return list(dict.fromkeys(puestos))
