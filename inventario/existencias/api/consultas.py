"""Lecturas del libro: movimientos, asientos, kárdex, existencias y la vista previa del despacho."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import (
    InstanteCampo,
    OpcionCampo,
    Peticion,
    TextoCampo,
    leer_consulta,
)
from inventario.borde.esquema import documentar
from inventario.borde.paginacion import PorSalto, PorSaltoOCursor
from inventario.borde.views import ConjuntoDeEmpresa, VistaDeEmpresa
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.existencias.disponibilidad import (
    Cifras,
    existencias_al,
    existencias_de,
    vista_previa,
)
from inventario.lotes.api import IdCampo, al_alcance, hoy_de
from inventario.movimientos.api import ejemplos
from inventario.movimientos.api.comun import bodega_de, producto_de
from inventario.movimientos.api.formas import (
    AsientoConLineasSerializer,
    AsientoSerializer,
    ExistenciasDeProductoSerializer,
    MovimientoSerializer,
    TomaSerializer,
    con_todo,
    ver_asiento,
    ver_movimientos,
)
from inventario.movimientos.api.peticiones import EnDias, VistaPreviaConsulta
from inventario.movimientos.documentos import asientos_al_alcance
from inventario.movimientos.models import Asiento, Motivo, Movimiento, TipoAsiento, TipoMovimiento
from inventario.movimientos.reparto import Politica
from inventario.movimientos.services.comprobaciones import exigir_divisible
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.reloj import fin_del_dia, inicio_del_dia
from inventario.productos.models import Producto
from inventario.productos.querysets import normalizar_sku

GRUPO = "movimientos"
SIN_SABER = ("apartada", "vencida", "bloqueada", "disponible")


class MovimientosConsulta(EnDias):
    tipo = OpcionCampo(TipoMovimiento.choices, required=False)
    producto_id = IdCampo(required=False)
    sku = TextoCampo(maximo=100, required=False)
    lote_id = IdCampo(required=False)
    asiento_id = IdCampo(required=False)
    bodega = TextoCampo(maximo=30, required=False)
    modulo = TextoCampo(maximo=64, required=False)
    tanque = TextoCampo(maximo=64, required=False)
    motivo = OpcionCampo(Motivo.choices, required=False)
    referencia = TextoCampo(maximo=200, required=False)
    orden = OpcionCampo(
        [("fecha_movimiento", "Del más antiguo"), ("-fecha_movimiento", "Del más nuevo")],
        required=False,
        default="fecha_movimiento",
    )


class AsientosConsulta(EnDias):
    tipo = OpcionCampo(TipoAsiento.choices, required=False)
    motivo = OpcionCampo(Motivo.choices, required=False)
    referencia = TextoCampo(maximo=200, required=False)
    modulo = TextoCampo(maximo=64, required=False)
    tanque = TextoCampo(maximo=64, required=False)


class ExistenciasConsulta(Peticion):
    al = InstanteCampo(required=False, help_text="Un instante pasado, con zona. Sin él, ahora.")
    producto_id = IdCampo(required=False)
    sku = TextoCampo(maximo=100, required=False)
    bodega = TextoCampo(maximo=30, required=False)

    def validate_al(self, valor: datetime) -> datetime:
        if valor > timezone.now():
            raise serializers.ValidationError("No puede ser un instante futuro.", code="max_value")
        return valor


class ConjuntoDeMovimientos(ConjuntoDeEmpresa):
    modelo = Movimiento
    pagination_class = PorSaltoOCursor
    serializer_class = MovimientoSerializer
    permisos = {"list": Permiso.VER}
    orden_cursor: tuple[str, ...] = ("fecha_efectiva", "id")

    def consulta(self) -> QuerySet[Any]:
        return al_alcance(self.actor, con_todo(Movimiento.objects.all()))

    @documentar(
        "Lista los movimientos",
        grupo=GRUPO,
        nombre="listar_movimientos",
        descripcion="Por fecha efectiva y, en la misma, por id. Para recorrerlos todos use `cursor`: cuesta "
        "lo mismo en cualquier página y lo que se registre entre tanto no repite ni esconde nada.",
        exito={200: MovimientoSerializer(many=True)},
        consulta=MovimientosConsulta,
        ejemplo_de_respuesta=ejemplos.MOVIMIENTO,
    )
    def list(self, request: Request) -> Response:
        filtro = leer_consulta(MovimientosConsulta, request)
        signo = "-" if filtro["orden"].startswith("-") else ""
        self.orden_cursor = (f"{signo}fecha_efectiva", f"{signo}id")
        directos = {
            "tipo": "tipo",
            "producto_id": "producto_id",
            "lote_id": "lote_id",
            "asiento_id": "asiento_id",
            "bodega": "bodega__codigo__iexact",
            "modulo": "asiento__modulo",
            "tanque": "asiento__tanque",
            "motivo": "asiento__motivo",
            "referencia": "asiento__referencia",
        }
        filas = self.get_queryset().filter(
            **{campo: filtro[clave] for clave, campo in directos.items() if clave in filtro},
            **_en_dias(self, filtro),
        )
        if "sku" in filtro:
            filas = filas.filter(producto__sku_normalizado=normalizar_sku(filtro["sku"]))
        pagina = self.paginate_queryset(filas.order_by(*self.orden_cursor))
        return self.get_paginated_response(ver_movimientos(pagina or []))


class ConjuntoDeAsientos(ConjuntoDeEmpresa):
    modelo = Asiento
    no_encontrado = "No existe ese asiento."
    pagination_class = PorSaltoOCursor
    serializer_class = AsientoSerializer
    permisos = {"list": Permiso.VER, "retrieve": Permiso.VER}
    orden_cursor = ("id",)

    def consulta(self) -> QuerySet[Any]:
        asientos = Asiento.objects.select_related("actor", "reverso").order_by("pk")
        return asientos_al_alcance(asientos, self.actor.alcance)

    @documentar(
        "Lista los asientos",
        grupo="asientos",
        nombre="listar_asientos",
        descripcion="Por id ascendente, sin sus líneas.",
        exito={200: AsientoSerializer(many=True)},
        consulta=AsientosConsulta,
    )
    def list(self, request: Request) -> Response:
        filtro = leer_consulta(AsientosConsulta, request)
        directos = ("tipo", "motivo", "referencia", "modulo", "tanque")
        filas = self.get_queryset().filter(
            **{campo: filtro[campo] for campo in directos if campo in filtro}, **_en_dias(self, filtro)
        )
        pagina = self.paginate_queryset(filas)
        return self.get_paginated_response([dict(f) for f in AsientoSerializer(pagina or [], many=True).data])

    @documentar(
        "Muestra un asiento con sus líneas",
        grupo="asientos",
        nombre="ver_asiento",
        exito={200: AsientoConLineasSerializer},
        errores=(404,),
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(ver_asiento(self.get_object(), self.actor.alcance))


class VistaPrevia(VistaDeEmpresa):
    permisos = {"GET": Permiso.VER}

    @documentar(
        "Muestra de qué lotes saldría un despacho",
        grupo=GRUPO,
        nombre="vista_previa_del_despacho",
        descripcion="El mismo plan y los mismos rechazos que `despachar`, sin mover ni prometer nada.",
        exito={200: TomaSerializer(many=True)},
        consulta=VistaPreviaConsulta,
        errores=(400, 404),
        ejemplo_de_error=ejemplos.INSUFICIENTE,
    )
    def get(self, request: Request) -> Response:
        datos = leer_consulta(VistaPreviaConsulta, request)
        producto = producto_de(datos["producto_id"], consecuencia="no hay qué despachar")
        bodega = bodega_de(self.actor, datos.get("bodega"))
        modulo = datos.get("modulo", "")
        self.actor.alcance.exigir(bodega.pk)
        self.actor.exigir_modulo(modulo)
        exigir_divisible(producto, datos["cantidad"])
        tomas = vista_previa(
            producto=producto,
            bodega=bodega,
            cantidad=datos["cantidad"],
            politica=Politica.FEFO,
            ahora=timezone.now(),
            hoy=hoy_de(self.actor),
            modulo=modulo,
        )
        return Response(TomaSerializer(tomas, many=True).data)


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
            filas = filas.filter(sku_normalizado=normalizar_sku(datos["sku"]))
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
        if al is None:
            cifras = {
                pk: una.por_bodega
                for pk, una in existencias_de(
                    ids, ahora=ahora, hoy=hoy_de(self.actor), alcance=alcance
                ).items()
            }
        else:
            cifras = {pk: {} for pk in ids}
            for clave, fisica in existencias_al(al, productos=ids, alcance=alcance).items():
                cifras[clave.producto_id][clave.bodega_id] = Cifras(fisica=fisica)
        cuerpo = [
            _existencias(producto, cifras[producto.pk], codigos, al=al, ahora=ahora) for producto in productos
        ]
        return self.get_paginated_response(
            [dict(fila) for fila in ExistenciasDeProductoSerializer(cuerpo, many=True).data]
        )

    def _alcance(self, datos: dict[str, Any]) -> Alcance:
        pedida = bodega_de(self.actor, datos["bodega"]).pk if "bodega" in datos else None
        return self.actor.alcance.solo(pedida)


def _existencias(
    producto: Producto,
    por_bodega: dict[int, Cifras],
    codigos: dict[int, str],
    *,
    al: datetime | None,
    ahora: datetime,
) -> dict[str, Any]:
    bodegas = [
        {"bodega": codigos[pk], **_cifras([cifras], completas=al is None)}
        for pk, cifras in sorted(por_bodega.items())
    ]
    return {
        "producto_id": producto.pk,
        "producto_sku": producto.sku,
        "producto_nombre": producto.nombre,
        "unidad": producto.unidad.abreviatura,
        "al": al or ahora,
        **_cifras(por_bodega.values(), completas=al is None),
        "bodegas": bodegas,
    }


def _cifras(todas: Iterable[Cifras], *, completas: bool) -> dict[str, Decimal | None]:
    todas = list(todas)
    sumas: dict[str, Decimal | None] = {
        cifra: sum((getattr(una, cifra) for una in todas), CERO) if completas else None for cifra in SIN_SABER
    }
    return {"fisica": sum((una.fisica for una in todas), CERO), **sumas}


def _en_dias(vista: ConjuntoDeEmpresa, filtro: dict[str, Any]) -> dict[str, datetime]:
    """Los días son los de la empresa; el último cuenta entero."""
    zona = vista.actor.empresa.zona_horaria
    condiciones = {}
    if "desde" in filtro:
        condiciones["fecha_efectiva__gte"] = inicio_del_dia(filtro["desde"], zona)
    if "hasta" in filtro:
        condiciones["fecha_efectiva__lt"] = fin_del_dia(filtro["hasta"], zona)
    return condiciones
