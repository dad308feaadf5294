"""La tienda de demostración: dos meses de una granja pequeña, contados por los servicios de siempre."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from inventario.cuentas.empresas.selectors import bodega_principal
from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Bodega, Empresa
from inventario.lotes.models import Lote
from inventario.movimientos import services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, Motivo
from inventario.movimientos.reparto import Politica
from inventario.muestra.catalogo import (
    CATEGORIAS,
    LLEGADAS,
    PRODUCTOS,
    PROVEEDORES,
    LlegadaDeMuestra,
)
from inventario.muestra.sembrador import sembrador_en
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.reloj import Reloj, hoy_en
from inventario.productos.buscar import buscar
from inventario.productos.models import Categoria, Producto, Proveedor
from inventario.productos.services import (
    asegurar_unidades,
    crear_categoria,
    crear_producto,
    crear_proveedor,
    unidad_conocida,
)

SLUG = "demo"
NOMBRE = "Granja Demo"
MODULO = "biofloc"
CULTIVO = "TIL-2026-03"
DIAS_DE_ALIMENTO = 10
# Tanque, balanceado y kilos por sesión.
RACIONES = (("T-01", "BAL-35-12", "4.2"), ("T-02", "BAL-32-35", "6.5"), ("T-03", "BAL-28-60", "5.25"))
SESIONES = ((1, time(8, 0)), (2, time(16, 30)))

Hecho = Callable[[Reloj], object]


@dataclass(frozen=True, slots=True)
class _Tienda:
    actor: Actor
    bodega: Bodega
    productos: dict[str, Producto]
    proveedores: dict[str, Proveedor]
    hoy: date
    zona: ZoneInfo

    def momento(self, hace: int, hora: time) -> datetime:
        return datetime.combine(self.hoy - timedelta(days=hace), hora, tzinfo=self.zona)


def sembrar_tienda(*, reloj: Reloj = timezone.now) -> Empresa | None:
    """Crea la empresa `demo` con su catálogo y su historia, todo o nada; las fechas giran en torno a hoy.

    Devuelve la empresa, o `None` si ya tenía asientos: entonces no toca nada.
    """
    ahora = reloj()
    with transaction.atomic():
        empresa = Empresa.objects.filter(slug=SLUG).first() or crear_empresa(slug=SLUG, nombre=NOMBRE)
        if empresa.tiene_historia:
            return None
        with en_empresa(empresa):
            tienda = _abrir(empresa, ahora)
            for momento, hecho in sorted(_historia(tienda), key=lambda cita: cita[0]):
                hecho(partial(_ese, momento))
    return empresa


def _ese(momento: datetime) -> datetime:
    """Reloj parado: cada hecho se asienta a su hora."""
    return momento


def _abrir(empresa: Empresa, ahora: datetime) -> _Tienda:
    """Completa el catálogo; lo que la empresa ya tuviera con el mismo nombre o SKU se usa como está."""
    actor = sembrador_en(empresa)
    asegurar_unidades(empresa)
    categorias = {categoria.nombre: categoria for categoria in Categoria.objects.all()}
    for nombre, padre in CATEGORIAS.items():
        if nombre not in categorias:
            categorias[nombre] = crear_categoria(
                actor=actor, nombre=nombre, padre=categorias[padre] if padre else None
            )
    proveedores = {proveedor.nombre: proveedor for proveedor in Proveedor.objects.all()}
    for dato in PROVEEDORES:
        if dato.nombre not in proveedores:
            proveedores[dato.nombre] = crear_proveedor(actor=actor, **dato._asdict())
    hallados = buscar(Producto.objects.vivos().con_catalogo(), skus=[uno.sku for uno in PRODUCTOS])
    productos = {
        articulo.sku: hallados.de_sku(articulo.sku)
        or crear_producto(
            actor=actor,
            nombre=articulo.nombre,
            sku=articulo.sku,
            precio=articulo.precio,
            stock_minimo=articulo.minimo,
            # La granja de muestra pide cuando llega al mínimo.
            punto_reorden=articulo.minimo,
            unidad=unidad_conocida(empresa, articulo.unidad),
            categoria=categorias[articulo.categoria],
            proveedor=proveedores[articulo.proveedor],
            codigo_barras=articulo.codigo_barras,
        )
        for articulo in PRODUCTOS
    }
    return _Tienda(
        actor=actor,
        bodega=bodega_principal(empresa),
        productos=productos,
        proveedores=proveedores,
        hoy=hoy_en(empresa.zona_horaria, ahora),
        zona=ZoneInfo(empresa.zona_horaria),
    )


def _historia(tienda: _Tienda) -> Iterator[tuple[datetime, Hecho]]:
    """Lo que pasó y cuándo; quien llama lo ordena, porque el libro se escribe en orden."""
    for llegada in LLEGADAS:
        yield tienda.momento(llegada.hace, time(10, 15)), _recibir(tienda, llegada)
    for hace in range(DIAS_DE_ALIMENTO, 0, -1):
        for sesion, hora in SESIONES:
            for tanque, sku, kilos in RACIONES:
                lineas = [(sku, kilos)]
                if sesion == 1 and hace % 2:
                    lineas.append(("PRO-BAC", "0.15"))
                yield tienda.momento(hace, hora), _usar(tienda, tanque, lineas, sesion)
    yield from _agua_y_materiales(tienda)
    yield from _tropiezos(tienda)


def _agua_y_materiales(tienda: _Tienda) -> Iterator[tuple[datetime, Hecho]]:
    for hace in (35, 28, 21, 14, 7, 2):
        for tanque, melaza, cal in (("T-01", "12.5", "25"), ("T-02", "14.75", "30"), ("T-03", "12", "25")):
            yield (
                tienda.momento(hace, time(9, 20)),
                _usar(tienda, tanque, [("MEL-CANA", melaza), ("CAL-AGR", cal)]),
            )
    for hace, sku, cantidad, tanque in (
        (35, "PIE-DIF", "24", ""),
        (30, "SAL-GRA", "150", "T-02"),
        (21, "BIC-SOD", "35", "T-02"),
        (20, "KIT-AMO", "1", ""),
        (16, "RED-MANO", "2", ""),
        (13, "SAL-GRA", "120", "T-01"),
        (12, "OXI-50", "450", "T-03"),
        (8, "BIC-SOD", "25.5", "T-03"),
        (6, "KIT-AMO", "2", ""),
        (3, "VIT-C", "0.75", "T-01"),
    ):
        yield tienda.momento(hace, time(11, 0)), _usar(tienda, tanque, [(sku, cantidad)])


def _tropiezos(tienda: _Tienda) -> Iterator[tuple[datetime, Hecho]]:
    """Lo que en una bodega de verdad sale mal: un saco roto, un conteo que no cuadra, un error de dedo."""
    actor, bodega, productos = tienda.actor, tienda.bodega, tienda.productos

    def romper(reloj: Reloj) -> object:
        return services.registrar_merma(
            actor=actor,
            lote=_lote("NL32-0911"),
            cantidad=Decimal(25),
            glosa=Glosa(motivo=Motivo.ROTURA, texto="Saco roto por roedores; se desechó completo."),
            reloj=reloj,
        )

    def retener(reloj: Reloj) -> object:
        motivo = "Aviso del proveedor: análisis de pureza pendiente."
        return services.bloquear_lote(actor=actor, lote=_lote("OTC-5521"), motivo=motivo, reloj=reloj)

    def equivocarse(reloj: Reloj) -> object:
        asiento = _despachar(tienda, [("BAL-32-35", "65")], _para("T-02", 2), reloj)
        return services.revertir_asiento(
            actor=actor,
            asiento=asiento,
            explicacion="Se anotó 65 kg en lugar de 6.5 kg; la ración ya estaba registrada.",
            reloj=lambda: reloj() + timedelta(minutes=12),
        )

    def contar_sal(reloj: Reloj) -> object:
        return services.contar_existencias(
            actor=actor,
            producto=productos["SAL-GRA"],
            bodega=bodega,
            contada=Decimal("128.5"),
            glosa=Glosa(motivo=Motivo.CONTEO, texto="Conteo mensual; el saco abierto pesó menos."),
            reloj=reloj,
        )

    def hallar_red(reloj: Reloj) -> object:
        return services.ajustar_existencias(
            actor=actor,
            producto=productos["RED-MANO"],
            bodega=bodega,
            diferencia=Decimal(1),
            glosa=Glosa(motivo=Motivo.CONTEO, texto="Apareció una red guardada en la caseta de bombas."),
            reloj=reloj,
        )

    yield tienda.momento(9, time(14, 40)), romper
    yield tienda.momento(7, time(15, 5)), retener
    yield tienda.momento(4, time(17, 10)), equivocarse
    yield tienda.momento(3, time(18, 0)), contar_sal
    yield tienda.momento(2, time(18, 0)), hallar_red


def _recibir(tienda: _Tienda, llegada: LlegadaDeMuestra) -> Hecho:
    lineas = [
        services.LineaEntrada(
            producto=tienda.productos[lote.sku],
            bodega=tienda.bodega,
            cantidad=lote.cantidad,
            costo_unitario=lote.costo,
            vence_el=None if lote.vence is None else tienda.hoy + timedelta(days=lote.vence),
            codigo=lote.codigo,
            proveedor=tienda.proveedores[llegada.proveedor],
            referencia_proveedor=lote.codigo,
            permitir_vencido=lote.permitir_vencido,
        )
        for lote in llegada.lotes
    ]
    glosa = Glosa(motivo=Motivo.COMPRA, referencia=llegada.referencia)
    return lambda reloj: services.registrar_entradas(
        actor=tienda.actor, lineas=lineas, glosa=glosa, reloj=reloj
    )


def _usar(tienda: _Tienda, tanque: str, lineas: list[tuple[str, str]], sesion: int | None = None) -> Hecho:
    glosa = _para(tanque, sesion)
    return lambda reloj: _despachar(tienda, lineas, glosa, reloj)


def _despachar(tienda: _Tienda, lineas: list[tuple[str, str]], glosa: Glosa, reloj: Reloj) -> Asiento:
    return services.despachar_varios(
        actor=tienda.actor,
        lineas=[
            services.LineaSalida(tienda.productos[sku], tienda.bodega, Decimal(cantidad))
            for sku, cantidad in lineas
        ],
        politica=Politica.FEFO,
        glosa=glosa,
        reloj=reloj,
    ).asiento


def _para(tanque: str, sesion: int | None = None) -> Glosa:
    """Lo que va a un tanque es del módulo de biofloc y de su cultivo; lo demás es uso de la granja."""
    if not tanque:
        return Glosa(motivo=Motivo.CONSUMO)
    return Glosa(motivo=Motivo.CONSUMO, modulo=MODULO, tanque=tanque, lote_modulo=CULTIVO, sesion=sesion)


def _lote(codigo: str) -> Lote:
    lote: Lote = Lote.objects.select_related("producto__unidad", "bodega").get(codigo=codigo)
    return lote
