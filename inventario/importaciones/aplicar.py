"""Llevar una planilla al libro: entera o nada, con todo lo que esté mal dicho de una vez."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from inventario.cuentas.models import Bodega, Empresa
from inventario.cuentas.permisos import Permiso
from inventario.eventos.bandeja import registrar
from inventario.eventos.catalogo import ImportacionAplicada
from inventario.importaciones import ubicar
from inventario.importaciones.leer.archivos import Archivo, leer_archivo
from inventario.importaciones.leer.planillas import (
    F,
    FilaEntrada,
    FilaProducto,
    FilaSalida,
    Planilla,
    Rechazo,
    leer_planilla,
)
from inventario.importaciones.leer.valores import en_zona
from inventario.movimientos import libro
from inventario.movimientos.errores import PeriodoCerrado
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Importacion, TipoAsiento
from inventario.movimientos.querysets import Clave
from inventario.movimientos.reparto import Politica
from inventario.movimientos.services.comprobaciones import exigir_divisible, retener
from inventario.movimientos.services.entradas import LineaEntrada, asentar_entradas
from inventario.movimientos.services.salidas import LineaSalida, sacar
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import CERO, exigir_cantidad, exigir_costo
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import Conflicto, DatoInvalido, ErrorDeDominio, NoEncontrado
from inventario.nucleo.reloj import Reloj, hoy_en, inicio_del_dia
from inventario.nucleo.textos import limpiar_texto
from inventario.productos.buscar import buscar
from inventario.productos.models import Producto
from inventario.productos.querysets import normalizar_sku
from inventario.productos.services import editar_unidad, unidad_conocida
from inventario.productos.services.avisos import en_resumen

# Cuántas filas por hoja: de sobra para que guardar pese poco, sin tener un año de lotes en memoria.
POR_HOJA = 500
LARGO_DE_LOTE = 100
LARGO_DE_REFERENCIA = 200
LARGO_DE_ARCHIVO = 255
CLASES: dict[str, Permiso] = {
    "productos": Permiso.CATALOGAR,
    "entradas": Permiso.REGISTRAR_ENTRADA,
    "salidas": Permiso.DESPACHAR,
}
Avance = Callable[[int], object]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Pedido:
    """Qué se importa y cómo. Sin `aplicar` es un ensayo: hace todo y lo deshace.

    `politica` es obligatoria en las salidas. `divisibles` son unidades que se declaran divisibles antes.
    `repetir` admite un archivo que ya se importó.
    """

    clase: str
    archivo: Path
    politica: Politica | None = None
    bodega: Bodega | None = None
    divisibles: Sequence[str] = ()
    aplicar: bool = False
    omitir_rechazados: bool = False
    repetir: bool = False


@dataclass(slots=True)
class Informe:
    """Qué pasó. `aplicado` dice si quedó escrito; con `importacion` se puede deshacer."""

    leidas: int = 0
    aceptadas: int = 0
    rechazos: list[Rechazo] = field(default_factory=list)
    avisos: list[str] = field(default_factory=list)
    aplicado: bool = False
    importacion: Importacion | None = None

    @property
    def rechazadas(self) -> int:
        """Filas, no quejas: una fila puede tener varias celdas mal."""
        return len({rechazo.fila for rechazo in self.rechazos})


@dataclass(slots=True)
class _Obra:
    actor: Actor
    bodega: Bodega
    pedido: Pedido
    archivo: Archivo
    informe: Informe
    avanzar: Avance
    ahora: datetime
    cierre: date | None
    productos: dict[str, Producto] = field(default_factory=dict)
    tocados: set[int] = field(default_factory=set)

    @property
    def empresa(self) -> Empresa:
        return self.actor.empresa

    def producto(self, sku: str) -> Producto:
        producto = self.productos.get(normalizar_sku(sku))
        if producto is None:
            raise DatoInvalido(f"No hay un producto con el SKU «{sku}».", campo="sku")
        return producto

    def intentar(self, numero: int, hacer: Callable[[], object]) -> None:
        """Hace una fila; si algo la rechaza lo anota con su número y sigue con las demás."""
        try:
            hacer()
            self.informe.aceptadas += 1
        except ErrorDeDominio as error:
            self.informe.rechazos += rechazos_de(numero, error)


def importar(
    *, actor: Actor, pedido: Pedido, avanzar: Avance = lambda _: None, reloj: Reloj = timezone.now
) -> Informe:
    """Lee, comprueba y asienta la planilla en una sola transacción.

    Con alguna fila rechazada no queda nada escrito, salvo que se pida omitirlas. Se llama fuera de toda
    transacción propia. Lanza `DatoInvalido` si el archivo no se entiende, `Conflicto` si ya se importó y
    `SinPermiso`; lo que está mal en las filas viene en el informe.
    """
    actor.exigir(CLASES[pedido.clase])
    if pedido.clase == "salidas" and pedido.politica is None:
        raise DatoInvalido(
            "Diga en qué orden salen los lotes: fefo o peps.", campo="politica", codigo="required"
        )
    bodega = pedido.bodega or actor.bodega
    if bodega is None:
        raise NoEncontrado("No hay una bodega en la que importar.")
    actor.exigir_bodega(bodega.pk)
    archivo = leer_archivo(pedido.archivo)
    informe = Informe()
    with en_empresa(actor.empresa):
        obra = _Obra(
            actor=actor,
            bodega=bodega,
            pedido=pedido,
            archivo=archivo,
            informe=informe,
            avanzar=avanzar,
            ahora=reloj(),
            cierre=Empresa.objects.get(pk=actor.empresa.pk).cierre_hasta,
        )
        for texto in pedido.divisibles:
            unidad = unidad_conocida(actor.empresa, texto, campo="divisible")
            editar_unidad(actor=actor, unidad=unidad, cambios={"divisible": True})
        _HACER[pedido.clase](obra)
        informe.rechazos.sort(key=lambda rechazo: rechazo.fila)
        informe.aplicado = pedido.aplicar and (not informe.rechazos or pedido.omitir_rechazados)
        if informe.aplicado:
            _cerrar(obra)
        else:
            informe.importacion = None
            transaction.set_rollback(True)
    return informe


def rechazos_de(numero: int, error: ErrorDeDominio) -> list[Rechazo]:
    """Vuelve un error de dominio lo que se dice de una fila."""
    if not isinstance(error, DatoInvalido):
        return [Rechazo(numero, "", error.codigo, error.mensaje)]
    return [Rechazo(numero, _COLUMNA.get(d.campo, d.campo), d.codigo, d.mensaje) for d in error.detalles]


# El servicio nombra sus campos como la API; quien importa ve los títulos de su planilla.
_COLUMNA = {"fecha_vencimiento": "vence", "fecha_ingreso": "fecha", "codigo": "lote"}


def _importar_productos(obra: _Obra) -> None:
    planilla = _leer(obra, FilaProducto)
    _empezar(obra)
    with en_resumen():
        for fila, hacer in ubicar.pasos(obra.actor, planilla.filas):
            obra.intentar(fila.numero, partial(_catalogar, obra, hacer))
            obra.avanzar(1)


def _catalogar(obra: _Obra, hacer: Callable[[], Producto]) -> None:
    obra.tocados.add(hacer().pk)


def _importar_entradas(obra: _Obra) -> None:
    planilla = _leer(obra, FilaEntrada)
    hoy = hoy_en(obra.empresa.zona_horaria, obra.ahora)
    filas = sorted(planilla.filas, key=lambda fila: fila.fecha or hoy)
    claves = _preparar(obra, filas, creando=True)
    importacion = _empezar(obra)
    for tanda in _tandas(filas, POR_HOJA):
        with libro.abrir(obra.empresa, entran=_de(claves, tanda), reloj=lambda: obra.ahora) as hoja:
            hoja.eventos_por_asiento, hoja.registrado_en = False, obra.ahora
            for fila in tanda:
                obra.intentar(fila.numero, partial(_recibir, obra, hoja, fila, importacion))
        obra.avanzar(len(tanda))


def _recibir(obra: _Obra, hoja: libro.Hoja, fila: FilaEntrada, importacion: Importacion) -> None:
    producto = obra.producto(fila.sku)
    exigir_cantidad(fila.cantidad)
    exigir_divisible(producto, fila.cantidad)
    zona = obra.empresa.zona_horaria
    # Lo de hoy llega ahora; lo de otro día, al empezar ese día, antes que todas sus salidas.
    momento = obra.ahora
    if fila.fecha is not None and fila.fecha != hoy_en(zona, obra.ahora):
        momento = inicio_del_dia(fila.fecha, zona)
    _exigir_momento(obra, momento, columna="fecha")
    linea = LineaEntrada(
        producto,
        obra.bodega,
        fila.cantidad,
        exigir_costo(fila.costo_unitario or CERO),
        fila.vence,
        limpiar_texto(fila.lote or "", campo="lote", maximo=LARGO_DE_LOTE),
    )
    hoja.poner_reloj(momento)
    with hoja.intentando():
        asentar_entradas(
            hoja,
            actor=obra.actor,
            lineas=[linea],
            fecha_ingreso=None,
            glosa=_glosa(fila.referencia, importacion),
        )
    obra.tocados.add(producto.pk)


def _importar_salidas(obra: _Obra) -> None:
    planilla = _leer(obra, FilaSalida)
    zona = ZoneInfo(obra.empresa.zona_horaria)
    # En orden de momento: el libro se escribe en el orden en que ocurrió, diga lo que diga el archivo.
    citas = sorted(((en_zona(fila.momento, zona), fila) for fila in planilla.filas), key=lambda cita: cita[0])
    claves = _preparar(obra, planilla.filas, creando=False)
    importacion = _empezar(obra)
    for tanda in _tandas(citas, POR_HOJA):
        with libro.abrir(
            obra.empresa,
            _de(claves, (fila for _, fila in tanda)),
            ingresados_hasta=hoy_en(obra.empresa.zona_horaria, tanda[-1][0]),
            reloj=lambda: obra.ahora,
        ) as hoja:
            hoja.eventos_por_asiento, hoja.registrado_en = False, obra.ahora
            for momento, fila in tanda:
                obra.intentar(fila.numero, partial(_despachar, obra, hoja, fila, momento, importacion))
        obra.avanzar(len(tanda))


def _despachar(
    obra: _Obra, hoja: libro.Hoja, fila: FilaSalida, momento: datetime, importacion: Importacion
) -> None:
    producto = obra.producto(fila.sku)
    exigir_cantidad(fila.cantidad)
    exigir_divisible(producto, fila.cantidad)
    _exigir_momento(obra, momento, columna="momento")
    hoja.poner_reloj(momento)
    with hoja.intentando():
        asiento = hoja.empezar(
            TipoAsiento.SALIDA, actor=obra.actor, glosa=_glosa(fila.referencia, importacion)
        )
        sacar(hoja, asiento, LineaSalida(producto, obra.bodega, fila.cantidad), obra.pedido.politica)
    obra.tocados.add(producto.pk)


def _leer(obra: _Obra, clase: type[F]) -> Planilla[F]:
    planilla = leer_planilla(obra.archivo, clase)
    obra.informe.leidas = planilla.leidas
    obra.informe.rechazos += planilla.rechazos
    if planilla.sin_usar:
        obra.informe.avisos.append(f"Columnas que no se usan: {', '.join(planilla.sin_usar)}.")
    obra.avanzar(planilla.leidas - len(planilla.filas))
    return planilla


def _preparar(obra: _Obra, filas: Sequence[FilaEntrada | FilaSalida], *, creando: bool) -> dict[str, Clave]:
    """Carga los productos nombrados y toma todas sus existencias; devuelve la clave de cada SKU."""
    nombrados = sorted({normalizar_sku(fila.sku) for fila in filas})
    for tanda in _tandas(nombrados, POR_HOJA):
        hallados = buscar(Producto.objects.vivos().select_related("unidad"), skus=tanda)
        obra.productos.update({str(producto.sku_normalizado): producto for producto in hallados.todos})
    claves = {sku: Clave(producto.pk, obra.bodega.pk) for sku, producto in obra.productos.items()}
    for tomadas in _tandas(sorted(claves.values()), POR_HOJA):
        libro.bloquear(obra.empresa, tomadas, creando=creando)
    if creando:
        for ids in _tandas(sorted(clave.producto_id for clave in claves.values()), POR_HOJA):
            retener(ids)
    return claves


def _empezar(obra: _Obra) -> Importacion:
    """Anota la importación. Va con las existencias tomadas: el mismo archivo dos veces a la vez espera."""
    anterior = (
        Importacion.objects.filter(clase=obra.pedido.clase, huella=obra.archivo.huella)
        .exclude(estado=Importacion.Estado.DESHECHA)
        .first()
    )
    if anterior is not None:
        aviso = (
            f"Este mismo archivo ya se importó el {anterior.creada_en:%d/%m/%Y} (importación {anterior.pk})."
        )
        if obra.pedido.aplicar and not obra.pedido.repetir:
            raise Conflicto(f"{aviso} Si de verdad quiere asentarlo otra vez, use --repetir.")
        obra.informe.avisos.append(aviso)
    obra.informe.importacion = Importacion.objects.create(
        empresa=obra.empresa,
        clase=obra.pedido.clase,
        archivo=obra.archivo.nombre[:LARGO_DE_ARCHIVO],
        huella=obra.archivo.huella,
        politica=obra.pedido.politica or "",
        usuario=obra.actor.usuario,
    )
    return obra.informe.importacion


def _cerrar(obra: _Obra) -> None:
    importacion = obra.informe.importacion
    assert importacion is not None, "Se anotó al empezar."
    importacion.estado = Importacion.Estado.APLICADA
    importacion.filas = obra.informe.leidas
    importacion.aplicadas = obra.informe.aceptadas
    importacion.rechazadas = obra.informe.rechazadas
    importacion.save(update_fields=["estado", "filas", "aplicadas", "rechazadas"])
    registrar(
        obra.empresa,
        ImportacionAplicada(
            importacion=importacion.pk, clase=importacion.clase, productos=sorted(obra.tocados)
        ),
    )


def _exigir_momento(obra: _Obra, momento: datetime, *, columna: str) -> None:
    if momento > obra.ahora:
        raise DatoInvalido("No puede ser futura.", campo=columna, codigo="max_value")
    if obra.cierre is not None and hoy_en(obra.empresa.zona_horaria, momento) <= obra.cierre:
        raise PeriodoCerrado(obra.cierre)


def _glosa(referencia: str | None, importacion: Importacion) -> Glosa:
    limpia = limpiar_texto(referencia or "", campo="referencia", maximo=LARGO_DE_REFERENCIA)
    return Glosa(referencia=limpia, importacion=importacion)


def _de(claves: dict[str, Clave], filas: Iterable[FilaEntrada | FilaSalida]) -> set[Clave]:
    normales = {normalizar_sku(fila.sku) for fila in filas}
    return {claves[sku] for sku in normales if sku in claves}


def _tandas(cosas: Sequence[_T], cuantas: int) -> Iterator[Sequence[_T]]:
    for desde in range(0, len(cosas), cuantas):
        yield cosas[desde : desde + cuantas]


_HACER: dict[str, Callable[[_Obra], Any]] = {
    "productos": _importar_productos,
    "entradas": _importar_entradas,
    "salidas": _importar_salidas,
}
