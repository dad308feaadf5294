"""Usar varios ítems en una sola llamada, todo o nada (§2.9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.errores import Rechazo
from inventario.biofloc.esquema import documentar
from inventario.biofloc.existencias import traduccion
from inventario.biofloc.existencias.comun import GRUPO, VistaDeExistencias
from inventario.biofloc.existencias.esquemas.usos_multiples import (
    UsoVariasFallido,
    UsoVariasPeticion,
    UsoVariasRespuesta,
)
from inventario.borde.campos import leer_cuerpo
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.movimientos import services
from inventario.movimientos.errores import LineasRechazadas
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo
from inventario.movimientos.reparto import Politica
from inventario.movimientos.services import DespachoMultiple, LineaSalida
from inventario.movimientos.services.comprobaciones import exigir_divisible
from inventario.nucleo.cantidades import en_dinero
from inventario.nucleo.errores import DatoInvalido, ErrorDeDominio, NoEncontrado, ReglaRota
from inventario.productos import selectors
from inventario.productos.models import Producto
from inventario.productos.querysets import normalizar_sku

MOTIVOS_EN_EL_DETALLE = 3


@dataclass(slots=True)
class _Pedida:
    """Una línea de lo pedido, con el producto que nombra o por qué no puede salir."""

    nombrado: int | str
    datos: dict[str, Any]
    producto: Producto | None = None
    error: ErrorDeDominio | None = None

    @property
    def nombre(self) -> str:
        return self.producto.nombre if self.producto else str(self.nombrado)

    @property
    def sku(self) -> str | None:
        return self.producto.sku if self.producto else self.datos.get("sku")


class UsarVarias(VistaDeExistencias):
    permisos = {"POST": Permiso.DESPACHAR}

    @documentar(
        "Use stock of several items atomically",
        nombre="stock_use_batch",
        grupo=GRUPO,
        peticion=UsoVariasPeticion,
        exito={200: UsoVariasRespuesta},
        errores=(400,),
        cuerpo_de={400: UsoVariasFallido},
        con_clave=True,
        ejemplo={
            "deductions": [
                {"sku": "CR-12", "quantity": 10.5, "notes": "Morning feed"},
                {"item_id": 43, "quantity": 0.5},
            ],
            "module_reference": "biofloc",
            "tank_id": "550e8400-e29b-41d4-a716-446655440000",
            "session_number": 1,
        },
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(UsoVariasPeticion, request)
        lineas = _resolver(datos["deductions"])
        hecho = self._despachar(lineas, datos)
        if hecho is None:
            raise _rechazo(lineas)
        cumplidas = [
            traduccion.linea_cumplida(linea.producto, linea.datos["quantity"], movimientos)
            for linea, movimientos in zip(lineas, hecho.por_linea, strict=True)
            if linea.producto is not None
        ]
        respuesta = {
            "success": True,
            "total": len(lineas),
            "successful": len(lineas),
            "failed": 0,
            "total_cost": en_dinero(traduccion.costo_de(hecho.asiento.lineas)),
            "results": cumplidas,
            "transaction_ids": [linea.pk for linea in hecho.asiento.lineas],
        }
        return Response(UsoVariasRespuesta(respuesta).data)

    def _despachar(self, lineas: list[_Pedida], datos: dict[str, Any]) -> DespachoMultiple | None:
        """Despacha todas, o anota en cada línea por qué no pudo y devuelve `None`.

        Aunque una línea ya no pueda salir, las demás se intentan: quien llama quiere saber de todas. Lo
        que salga entonces se deshace con la solicitud, que acaba en un rechazo.
        """
        bodega = self.bodega()
        validas = [linea for linea in lineas if linea.error is None]
        hecho = None
        if validas:
            try:
                hecho = services.despachar_varios(
                    actor=self.actor,
                    lineas=[_linea(linea, bodega) for linea in validas],
                    politica=Politica.PEPS,
                    glosa=Glosa(
                        motivo=Motivo.CONSUMO,
                        texto=traduccion.OPERACION_MULTIPLE,
                        modulo=datos["module_reference"],
                        tanque=datos.get("tank_id") or "",
                        lote_modulo=datos.get("batch_id") or "",
                        sesion=datos.get("session_number"),
                        notas=datos.get("global_notes") or "",
                    ),
                )
            except LineasRechazadas as rechazo:
                for linea, error in zip(validas, rechazo.resultados, strict=True):
                    linea.error = error
        return hecho if len(validas) == len(lineas) else None


def _linea(linea: _Pedida, bodega: Bodega) -> LineaSalida:
    assert linea.producto is not None
    return LineaSalida(linea.producto, bodega, linea.datos["quantity"], linea.datos.get("notes") or "")


def _resolver(pedidas: list[dict[str, Any]]) -> list[_Pedida]:
    """Halla el producto de cada línea en una consulta: por id, por SKU o por nombre, en ese orden."""
    lineas = [_Pedida(una["item_id"] if una.get("item_id") else una["sku"], una) for una in pedidas]
    productos = selectors.productos_nombrados(
        ids=[linea.nombrado for linea in lineas if isinstance(linea.nombrado, int)],
        textos=[linea.nombrado for linea in lineas if isinstance(linea.nombrado, str)],
    )
    por_id = {producto.pk: producto for producto in productos}
    por_sku = {producto.sku_normalizado: producto for producto in productos if producto.sku_normalizado}
    por_nombre: dict[str, list[Producto]] = {}
    for producto in productos:
        por_nombre.setdefault(producto.nombre, []).append(producto)
    for linea in lineas:
        if isinstance(linea.nombrado, int):
            hallados = [por_id[linea.nombrado]] if linea.nombrado in por_id else []
        elif normalizar_sku(linea.nombrado) in por_sku:
            hallados = [por_sku[normalizar_sku(linea.nombrado)]]
        else:
            hallados = por_nombre.get(linea.nombrado, [])
        _anotar(linea, hallados)
    return lineas


def _anotar(linea: _Pedida, hallados: list[Producto]) -> None:
    if not hallados:
        linea.error = NoEncontrado(f"Item not found: {linea.nombrado}")
    elif len(hallados) > 1:
        linea.error = ReglaRota(
            f"Ambiguous item: {len(hallados)} active items are named {linea.nombrado}, use the SKU or the id"
        )
    else:
        linea.producto = hallados[0]
        try:
            exigir_divisible(linea.producto, linea.datos["quantity"])
        except DatoInvalido as error:
            linea.error = error


def _rechazo(lineas: list[_Pedida]) -> Rechazo:
    """El 400 del contrato, con hasta tres motivos en la frase y todas las líneas al lado (§2.9)."""
    fallidas = [linea for linea in lineas if linea.error is not None]
    resultados = []
    for linea in lineas:
        cantidad = linea.datos["quantity"]
        if linea.error is not None:
            resultado = traduccion.linea_fallida(linea.nombre, linea.sku, cantidad, linea.error)
        else:
            assert linea.producto is not None
            resultado = traduccion.linea_cumplida(linea.producto, cantidad, [])
        resultados.append(resultado)
    frase = (
        f"Batch deduction failed. {len(fallidas)} items failed, "
        f"{len(lineas) - len(fallidas)} would have succeeded. All rolled back."
    )
    motivos = [_motivo(linea.nombre, linea.error) for linea in fallidas if linea.error]
    frase = " ".join([frase, "; ".join(motivos[:MOTIVOS_EN_EL_DETALLE])])
    cuerpo = UsoVariasFallido({"detail": frase, "results": resultados, "transaction_ids": []}).data
    return Rechazo(400, frase, results=cuerpo["results"], transaction_ids=cuerpo["transaction_ids"])


def _motivo(nombre: str, error: ErrorDeDominio) -> str:
    motivo = traduccion.motivo_de_linea(error)
    return motivo if nombre in motivo else f"{nombre}: {motivo}"
