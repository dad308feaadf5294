"""`/api/v1/reservas`: prometer existencia, y confirmar, cancelar o extender la promesa."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import (
    CantidadCampo,
    EnteroCampo,
    IdCampo,
    MomentoCampo,
    OpcionCampo,
    Peticion,
    TextoCampo,
    codigo_de_bodega,
    leer_consulta,
    leer_cuerpo,
    opcional,
)
from inventario.borde.esquema import documentar
from inventario.borde.paginacion import PorSaltoOCursor
from inventario.borde.views import ConjuntoDeEmpresa
from inventario.cuentas.permisos import Permiso
from inventario.movimientos.api.comun import bodega_de, producto_de
from inventario.movimientos.api.ejemplos import INSUFICIENTE, MOVIMIENTO
from inventario.movimientos.api.formas import CANTIDAD, MovimientoSerializer, ver_lineas
from inventario.movimientos.reparto import Politica
from inventario.nucleo.errores import DatoInvalido, Detalle, NoEncontrado
from inventario.productos.querysets import normalizar_sku
from inventario.reservas import services
from inventario.reservas.estados import EstadoReserva
from inventario.reservas.models import Reserva
from inventario.reservas.querysets import ReservaQuerySet
from inventario.reservas.services import HORAS_HABITUALES, HORAS_MAXIMAS, HORAS_MINIMAS, Resto

GRUPO = "reservas"
TODAS = "todas"
ESTADOS_Y_TODAS = [*EstadoReserva.choices, (TODAS, "Todas")]
EJEMPLO: dict[str, Any] = {
    "id": "5b0c8e0e-3a52-4d0b-9a3b-6a1f0a2f9c11",
    "estado": "pendiente",
    "producto_id": 31,
    "producto_sku": "BAL-35",
    "producto_nombre": "Balanceado 35 %",
    "unidad": "kg",
    "bodega": "principal",
    "cantidad": 25.5,
    "usada": 10,
    "restante": 15.5,
    "liberada": 0,
    "modulo": "biofloc",
    "referencia": "T-07",
    "notas": "Turno de noche",
    "creada_en": "2030-02-03T15:04:05.120000Z",
    "vence_en": "2030-02-04T15:04:05.120000Z",
    "creada_por": "Ana",
    "persona_externa": None,
    "resuelta_en": None,
    "resuelta_por": None,
    "motivo": "",
}
EJEMPLO_CONFIRMADA = {
    **EJEMPLO,
    "estado": "confirmada",
    "usada": 25.5,
    "restante": 0,
    "resuelta_en": "2030-02-03T19:00:00Z",
    "resuelta_por": "Ana",
    "asiento_id": 412,
    "movimientos": [MOVIMIENTO],
}
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def _horas(**opciones: Any) -> EnteroCampo:
    return EnteroCampo(minimo=HORAS_MINIMAS, maximo=HORAS_MAXIMAS, **opciones)


class ReservaSerializer(serializers.Serializer[Any]):
    """Necesita `ahora` en el contexto: pasada su hora está vencida, lo anote una tarea o no.

    `cantidad` es siempre lo que se reservó: la suma de lo usado, lo restante y lo liberado.
    """

    id = serializers.UUIDField(source="pk")
    estado = serializers.SerializerMethodField()
    producto_id = IdCampo(source="apartado.producto_id")
    producto_sku = TextoCampo(source="apartado.producto.sku", maximo=100, allow_null=True)
    producto_nombre = TextoCampo(source="apartado.producto.nombre", maximo=255)
    unidad = TextoCampo(source="apartado.producto.unidad.abreviatura", maximo=50)
    bodega = TextoCampo(source="apartado.bodega.codigo", maximo=30)
    cantidad = CantidadCampo(source="apartado.cantidad")
    usada = CantidadCampo(source="apartado.usada", minimo=0)
    restante = serializers.SerializerMethodField()
    liberada = serializers.SerializerMethodField()
    modulo = TextoCampo(source="apartado.modulo", maximo=64)
    referencia = TextoCampo(source="apartado.referencia", maximo=64)
    notas = TextoCampo(maximo=2000)
    creada_en = MomentoCampo()
    vence_en = MomentoCampo(source="apartado.vence_en")
    creada_por = serializers.SerializerMethodField()
    persona_externa = serializers.SerializerMethodField()
    resuelta_en = serializers.SerializerMethodField()
    resuelta_por = serializers.SerializerMethodField()
    motivo = TextoCampo(maximo=255, help_text="Por qué se canceló.")

    @extend_schema_field(OpcionCampo(EstadoReserva.choices))
    def get_estado(self, reserva: Reserva) -> str:
        return reserva.estado(self._ahora).value

    def get_restante(self, reserva: Reserva) -> float:
        return CANTIDAD.to_representation(reserva.restante(self._ahora))

    def get_liberada(self, reserva: Reserva) -> float:
        return CANTIDAD.to_representation(reserva.liberada(self._ahora))

    def get_creada_por(self, reserva: Reserva) -> str:
        return str(reserva.creada_por)

    def get_persona_externa(self, reserva: Reserva) -> str | None:
        return reserva.externo_nombre or reserva.externo_id or None

    @extend_schema_field(MomentoCampo(allow_null=True))
    def get_resuelta_en(self, reserva: Reserva) -> str | None:
        # La vencida lo está desde su hora, no desde que una tarea pasó a anotarlo.
        vencida = reserva.estado(self._ahora) == EstadoReserva.VENCIDA
        momento = reserva.apartado.vence_en if vencida else reserva.apartado.resuelto_en
        return None if momento is None else MomentoCampo().to_representation(momento)

    def get_resuelta_por(self, reserva: Reserva) -> str | None:
        return None if reserva.resuelta_por is None else str(reserva.resuelta_por)

    @property
    def _ahora(self) -> datetime:
        ahora: datetime = self.context["ahora"]
        return ahora


class ReservaConfirmadaSerializer(ReservaSerializer):
    asiento_id = IdCampo()
    movimientos = MovimientoSerializer(many=True)


class ReservasConsulta(Peticion):
    estado = OpcionCampo(
        ESTADOS_Y_TODAS,
        required=False,
        default=EstadoReserva.PENDIENTE.value,
        help_text="Sin nombrarlo, las pendientes; vacío o `todas`, cualquiera.",
    )
    producto_id = IdCampo(required=False)
    sku = TextoCampo(maximo=100, required=False, help_text="El SKU exacto, sin mirar mayúsculas.")
    bodega = TextoCampo(maximo=30, required=False, help_text="El código de la bodega.")
    modulo = TextoCampo(maximo=64, required=False)
    referencia = TextoCampo(maximo=64, required=False)


class ReservarPeticion(Peticion):
    producto_id = IdCampo()
    bodega = codigo_de_bodega()
    cantidad = CantidadCampo()
    horas = _horas(required=False, default=HORAS_HABITUALES)
    modulo = opcional(64, help_text="El módulo de la granja que la pide: al sacar, gasta las suyas.")
    referencia = opcional(64, help_text="El tanque o el lote de siembra para el que se guarda.")
    notas = opcional(2000, multilinea=True)


class ConfirmarPeticion(Peticion):
    cantidad = CantidadCampo(required=False, allow_null=True, help_text="Sin ella, todo lo que resta.")
    resto = OpcionCampo(
        Resto.choices,
        required=False,
        default=Resto.QUEDA.value,
        help_text="Qué pasa con lo que no se confirma.",
    )


class CancelarPeticion(Peticion):
    motivo = TextoCampo(maximo=255)


class ExtenderPeticion(Peticion):
    horas = _horas(help_text="Desde ahora; debe alejar el vencimiento.")


class ConjuntoDeReservas(ConjuntoDeEmpresa):
    modelo = Reserva
    no_encontrado = "No existe esa reserva."
    pagination_class = PorSaltoOCursor
    serializer_class = ReservaSerializer
    permisos = {
        "list": Permiso.VER,
        "retrieve": Permiso.VER,
        "create": Permiso.RESERVAR,
        "confirmar": Permiso.DESPACHAR,
        "cancelar": Permiso.RESERVAR,
        "extender": Permiso.RESERVAR,
    }
    orden_cursor = ("-creada_en", "-apartado_id")

    def consulta(self) -> QuerySet[Any]:
        reservas = Reserva.objects.con_detalle().recientes_primero()
        permitidas = self.actor.bodegas_permitidas
        return reservas.filter(apartado__bodega__in=permitidas) if permitidas else reservas

    def get_object(self) -> Reserva:
        reserva: Reserva | None = self.get_queryset().filter(pk=_uuid(self.kwargs["pk"])).first()
        if reserva is None:
            raise NoEncontrado(self.no_encontrado)
        return reserva

    @documentar(
        "Lista las reservas",
        grupo=GRUPO,
        nombre="listar_reservas",
        descripcion="De la más nueva a la más antigua. El estado se decide contra el reloj: la que pasó su "
        "hora está vencida aunque nadie lo haya anotado.",
        exito={200: ReservaSerializer(many=True)},
        consulta=ReservasConsulta,
        ejemplo_de_respuesta=EJEMPLO,
    )
    def list(self, request: Request) -> Response:
        filtro = leer_consulta(ReservasConsulta, request)
        directos = {
            "producto_id": "apartado__producto_id",
            "bodega": "apartado__bodega__codigo__iexact",
            "modulo": "apartado__modulo",
            "referencia": "apartado__referencia",
        }
        filas = self.get_queryset().filter(
            **{campo: filtro[clave] for clave, campo in directos.items() if clave in filtro}
        )
        if "sku" in filtro:
            filas = filas.filter(apartado__producto__sku_normalizado=normalizar_sku(filtro["sku"]))
        ahora = timezone.now()
        # Un `?estado=` vacío no es lo mismo que no nombrarlo: pide todas.
        if filtro["estado"] != TODAS and request.query_params.get("estado") != "":
            assert isinstance(filas, ReservaQuerySet)
            filas = filas.en_estado(EstadoReserva(filtro["estado"]), ahora)
        pagina = self.paginate_queryset(filas) or []
        serializador = ReservaSerializer(pagina, many=True, context={"ahora": ahora})
        return self.get_paginated_response([dict(fila) for fila in serializador.data])

    @documentar(
        "Muestra una reserva",
        grupo=GRUPO,
        nombre="ver_reserva",
        con_id=True,
        tipo_de_id=OpenApiTypes.UUID,
        exito={200: ReservaSerializer},
        errores=(404,),
        ejemplo_de_respuesta=EJEMPLO,
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(ver_reserva(self.get_object()))

    @documentar(
        "Reserva existencia",
        grupo=GRUPO,
        nombre="reservar",
        descripcion="Promete cantidad de un producto en una bodega: lo prometido deja de estar disponible "
        "para los demás hasta que se confirme, se cancele o venza.",
        peticion=ReservarPeticion,
        exito={201: ReservaSerializer},
        errores=(400, 404),
        ejemplo={"producto_id": 31, "cantidad": 25.5, "horas": 24, "modulo": "biofloc", "referencia": "T-07"},
        ejemplo_de_respuesta=EJEMPLO,
        ejemplo_de_error=INSUFICIENTE,
    )
    def create(self, request: Request) -> Response:
        datos = leer_cuerpo(ReservarPeticion, request)
        reserva = services.reservar(
            actor=self.actor,
            producto=producto_de(datos["producto_id"], consecuencia="no se reservó nada"),
            bodega=bodega_de(self.actor, datos.get("bodega")),
            cantidad=datos["cantidad"],
            horas=datos["horas"],
            modulo=datos.get("modulo") or "",
            referencia=datos.get("referencia") or "",
            notas=datos.get("notas") or "",
        )
        return Response(ver_reserva(reserva), status=201)

    @documentar(
        "Confirma una reserva",
        grupo=GRUPO,
        nombre="confirmar_reserva",
        con_id=True,
        tipo_de_id=OpenApiTypes.UUID,
        descripcion="Saca lo reservado por FEFO, entero o en parte. Si ya se resolvió responde 404; si ya no "
        "hay con qué cumplir, 400, y sigue pendiente.",
        peticion=ConfirmarPeticion,
        exito={200: ReservaConfirmadaSerializer},
        errores=(400, 404),
        ejemplo={"cantidad": 10, "resto": "queda"},
        ejemplo_de_respuesta=EJEMPLO_CONFIRMADA,
        ejemplo_de_error=INSUFICIENTE,
    )
    @action(detail=True, methods=["post"])
    def confirmar(self, request: Request, pk: str) -> Response:
        reserva = self.get_object()
        datos = leer_cuerpo(ConfirmarPeticion, request)
        asiento = services.confirmar_reserva(
            actor=self.actor,
            reserva=reserva,
            politica=Politica.FEFO,
            cantidad=datos.get("cantidad"),
            resto=Resto(datos["resto"]),
        )
        movimientos = ver_lineas(asiento, [reserva.apartado.producto], [reserva.apartado.bodega])
        return Response({**ver_reserva(reserva), "asiento_id": asiento.pk, "movimientos": movimientos})

    @documentar(
        "Cancela una reserva",
        grupo=GRUPO,
        nombre="cancelar_reserva",
        con_id=True,
        tipo_de_id=OpenApiTypes.UUID,
        descripcion="Suelta lo que reste; lo que ya se usó no vuelve. Si ya se resolvió responde 404.",
        peticion=CancelarPeticion,
        exito={200: ReservaSerializer},
        errores=(404,),
        ejemplo={"motivo": "Cambió la dieta del tanque"},
    )
    @action(detail=True, methods=["post"])
    def cancelar(self, request: Request, pk: str) -> Response:
        reserva = self.get_object()
        datos = leer_cuerpo(CancelarPeticion, request)
        return Response(
            ver_reserva(services.cancelar_reserva(actor=self.actor, reserva=reserva, motivo=datos["motivo"]))
        )

    @documentar(
        "Extiende una reserva",
        grupo=GRUPO,
        nombre="extender_reserva",
        con_id=True,
        tipo_de_id=OpenApiTypes.UUID,
        descripcion=f"La hace durar de {HORAS_MINIMAS} a {HORAS_MAXIMAS} horas desde ahora. Si ya se "
        "resolvió o venció responde 404.",
        peticion=ExtenderPeticion,
        exito={200: ReservaSerializer},
        errores=(404,),
        ejemplo={"horas": 48},
    )
    @action(detail=True, methods=["post"])
    def extender(self, request: Request, pk: str) -> Response:
        reserva = self.get_object()
        datos = leer_cuerpo(ExtenderPeticion, request)
        return Response(
            ver_reserva(services.extender_reserva(actor=self.actor, reserva=reserva, horas=datos["horas"]))
        )


def ver_reserva(reserva: Reserva) -> dict[str, Any]:
    return dict(ReservaSerializer(reserva, context={"ahora": timezone.now()}).data)


def _uuid(texto: str) -> UUID:
    if _UUID.fullmatch(texto) is None:
        mensaje = "Debe ser un UUID."
        raise DatoInvalido(
            mensaje, campo="pk", detalles=[Detalle("pk", "invalid", mensaje, (("ubicacion", "path"),))]
        )
    return UUID(texto)
