"""Cuánto hay de cada producto, ahora o en un instante pasado."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import (
    CantidadCampo,
    IdCampo,
    InstanteCampo,
    MomentoCampo,
    Peticion,
    TextoCampo,
    leer_consulta,
)
from inventario.borde.esquema import documentar
from inventario.borde.paginacion import PorSalto
from inventario.borde.views import ConjuntoDeEmpresa
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.existencias.al_instante import existencias_al
from inventario.existencias.cifras import Cifras
from inventario.existencias.disponibilidad import existencias_de
from inventario.lotes.api import hoy_de
from inventario.movimientos.api.comun import bodega_de
from inventario.movimientos.models import Movimiento
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.cantidades import CERO
from inventario.productos.buscar import con_sku
from inventario.productos.models import Producto

SIN_SABER = ("apartada", "vencida", "bloqueada", "disponible")


class ExistenciasConsulta(Peticion):
    al = InstanteCampo(required=False, help_text="Un instante pasado, con zona. Sin él, ahora.")
    producto_id = IdCampo(required=False)
    sku = TextoCampo(maximo=100, required=False)
    bodega = TextoCampo(maximo=30, required=False)

    def validate_al(self, valor: datetime) -> datetime:
        if valor > timezone.now():
            raise serializers.ValidationError("No puede ser un instante futuro.", code="max_value")
        return valor


class ExistenciaEnBodegaSerializer(serializers.Serializer[Any]):
    """Con `al`, solo se sabe la física: lo demás es nulo."""

    bodega = TextoCampo(maximo=30)
    fisica = CantidadCampo(minimo=0)
    apartada = CantidadCampo(minimo=0, allow_null=True)
    vencida = CantidadCampo(minimo=0, allow_null=True)
    bloqueada = CantidadCampo(minimo=0, allow_null=True)
    disponible = CantidadCampo(minimo=0, allow_null=True)


class ExistenciasDeProductoSerializer(serializers.Serializer[Any]):
    producto_id = IdCampo()
    producto_sku = TextoCampo(maximo=100, allow_null=True)
    producto_nombre = TextoCampo(maximo=255)
    unidad = TextoCampo(maximo=50)
    al = MomentoCampo()
    fisica = CantidadCampo(minimo=0)
    apartada = CantidadCampo(minimo=0, allow_null=True)
    vencida = CantidadCampo(minimo=0, allow_null=True)
    bloqueada = CantidadCampo(minimo=0, allow_null=True)
    disponible = CantidadCampo(minimo=0, allow_null=True)
    bodegas = ExistenciaEnBodegaSerializer(many=True)


class ConjuntoDeExistencias(ConjuntoDeEmpresa):
    modelo = Producto
    pagination_class = PorSalto
    serializer_class = ExistenciasDeProductoSerializer
    permisos = {"list": Permiso.VER}

    def consulta(self) -> QuerySet[Any]:
        return Producto.objects.select_related("unidad").order_by("pk")

    @documentar(
        "Existencias, ahora o en un instante pasado",
        grupo="existencias",
        nombre="existencias",
        descripcion="Por producto, con el reparto por bodega. Sin `al`, lo de ahora. Con `al`, lo que había "
        "físicamente en ese instante según las fechas efectivas: solo productos que ya se habían movido, "
        "aunque después se hayan eliminado.",
        exito={200: ExistenciasDeProductoSerializer(many=True)},
        consulta=ExistenciasConsulta,
    )
    def list(self, request: Request) -> Response:
        datos = leer_consulta(ExistenciasConsulta, request)
        alcance = self._alcance(datos)
        filas = self.get_queryset()
        if "producto_id" in datos:
            filas = filas.filter(pk=datos["producto_id"])
        if "sku" in datos:
            filas = filas.filter(con_sku(datos["sku"]))
        ahora = timezone.now()
        al: datetime | None = datos.get("al")
        if al is None:
            filas = filas.filter(eliminado_en=None)
        else:
            previos = Movimiento.objects.filter(producto=OuterRef("pk"), fecha_efectiva__lte=al)
            filas = filas.filter(Exists(alcance.filtrar(previos)))
        productos: list[Producto] = self.paginate_queryset(filas) or []
        ids = [producto.pk for producto in productos]
        codigos = dict(Bodega.objects.values_list("pk", "codigo"))
        cifras = self._cifras(ids, alcance, al=al, ahora=ahora)
        cuerpo = [
            _existencias(producto, cifras[producto.pk], codigos, al=al, ahora=ahora) for producto in productos
        ]
        return self.get_paginated_response(
            [dict(fila) for fila in ExistenciasDeProductoSerializer(cuerpo, many=True).data]
        )

    def _cifras(
        self, ids: Collection[int], alcance: Alcance, *, al: datetime | None, ahora: datetime
    ) -> Mapping[int, Mapping[int, Cifras]]:
        """Lo que hay de cada producto en cada bodega; de un instante pasado solo se sabe lo físico."""
        if al is None:
            hay = existencias_de(ids, ahora=ahora, hoy=hoy_de(self.actor), alcance=alcance)
            return {pk: una.por_bodega for pk, una in hay.items()}
        habia: dict[int, dict[int, Cifras]] = {pk: {} for pk in ids}
        for clave, fisica in existencias_al(al, productos=ids, alcance=alcance).items():
            habia[clave.producto_id][clave.bodega_id] = Cifras(fisica=fisica)
        return habia

    def _alcance(self, datos: dict[str, Any]) -> Alcance:
        pedida = bodega_de(self.actor, datos["bodega"]).pk if "bodega" in datos else None
        return self.actor.alcance.solo(pedida)


def _existencias(
    producto: Producto,
    por_bodega: Mapping[int, Cifras],
    codigos: dict[int, str],
    *,
    al: datetime | None,
    ahora: datetime,
) -> dict[str, Any]:
    bodegas = [
        {"bodega": codigos[pk], **_sumadas([cifras], completas=al is None)}
        for pk, cifras in sorted(por_bodega.items())
    ]
    return {
        "producto_id": producto.pk,
        "producto_sku": producto.sku,
        "producto_nombre": producto.nombre,
        "unidad": producto.unidad.abreviatura,
        "al": al or ahora,
        **_sumadas(por_bodega.values(), completas=al is None),
        "bodegas": bodegas,
    }


def _sumadas(todas: Iterable[Cifras], *, completas: bool) -> dict[str, Decimal | None]:
    todas = list(todas)
    sumas: dict[str, Decimal | None] = {
        cifra: sum((getattr(una, cifra) for una in todas), CERO) if completas else None for cifra in SIN_SABER
    }
    return {"fisica": sum((una.fisica for una in todas), CERO), **sumas}
