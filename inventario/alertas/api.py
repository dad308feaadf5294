"""E11, E12 y lo demás de las alertas. Leer no recalcula nada: quien mueve la existencia ya lo hizo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.alertas.models import Alerta, Reconocimiento, Revision, Severidad, TipoAlerta
from inventario.alertas.querysets import AlertaQuerySet
from inventario.alertas.services import LARGO_DE_NOTA, reconocer_alerta
from inventario.borde.cache import recordado
from inventario.borde.campos import (
    BooleanoCampo,
    EnteroCampo,
    FechaCampo,
    IdCampo,
    MomentoCampo,
    OpcionCampo,
    Peticion,
    TextoCampo,
    leer_consulta,
    leer_cuerpo,
)
from inventario.borde.esquema import documentar
from inventario.borde.paginacion import PorSaltoOCursor
from inventario.borde.views import ConjuntoDeEmpresa
from inventario.cuentas.permisos import Permiso
from inventario.lotes.api import hoy_de
from inventario.nucleo.cache import Familia

GRUPO = "alertas"
DIAS_HABITUALES = 30
EJEMPLO: dict[str, Any] = {
    "id": 9,
    "tipo_alerta": "stock_minimo",
    "entidad_id": 31,
    "entidad_tipo": "producto",
    "mensaje": "Quedan 7 de un mínimo de 12: Harina de maíz 1 kg (SKU HAR-MAIZ-1K).",
    "esta_activa": True,
    "metadata_json": {
        "nombre": "Harina de maíz 1 kg",
        "sku": "HAR-MAIZ-1K",
        "cantidad_actual": 7,
        "stock_minimo": 12,
    },
    "fecha_creacion": "2030-02-03T15:04:06Z",
    "severidad": "alta",
    "producto_id": 31,
    "lote_id": None,
    "bodega": None,
    "fecha_referencia": None,
    "fecha_actualizacion": "2030-02-03T15:04:06Z",
    "fecha_desactivacion": None,
    "reconocida_por": None,
    "fecha_reconocimiento": None,
    "nota": "",
    "reconocimientos": [],
}
EJEMPLO_RECONOCIDA = {
    **EJEMPLO,
    "reconocida_por": "Ana Ruiz",
    "fecha_reconocimiento": "2030-02-03T16:10:00Z",
    "nota": "Pedido 40 sacos al proveedor; llegan el jueves.",
    "reconocimientos": [
        {
            "quien": "Ana Ruiz",
            "fecha": "2030-02-03T16:10:00Z",
            "nota": "Pedido 40 sacos al proveedor; llegan el jueves.",
            "severidad": "alta",
        }
    ],
}
EJEMPLO_POR_VENCER = {
    **EJEMPLO,
    "id": 12,
    "tipo_alerta": "por_vencer_30",
    "entidad_id": 77,
    "entidad_tipo": "lote",
    "mensaje": "El lote 77 de Harina de maíz 1 kg (SKU HAR-MAIZ-1K) vence el 20/02/2030: quedan 48.",
    "metadata_json": {
        "producto_nombre": "Harina de maíz 1 kg",
        "producto_sku": "HAR-MAIZ-1K",
        "cantidad_actual": 48,
        "fecha_vencimiento": "2030-02-20",
    },
    "lote_id": 77,
    "bodega": "principal",
    "fecha_referencia": "2030-02-20",
    "reconocimientos": [
        {
            "quien": "Ana Ruiz",
            "fecha": "2030-01-05T13:20:00Z",
            "nota": "Se usa en febrero.",
            "severidad": "informativa",
        }
    ],
}
EJEMPLO_RESUMEN = {
    "total": 3,
    "sin_reconocer": 2,
    "por_tipo": {"stock_minimo": 1, "por_vencer": 2, "vencido": 0, "reserva_sin_respaldo": 0},
    "por_severidad": {"critica": 1, "alta": 2, "informativa": 0},
    "revisadas_en": "2030-02-03T05:05:00Z",
}


class ReconocimientoSerializer(serializers.Serializer[Any]):
    quien = serializers.SerializerMethodField()
    fecha = MomentoCampo(source="cuando")
    nota = TextoCampo(maximo=LARGO_DE_NOTA)
    severidad = OpcionCampo(Severidad.choices, help_text="La que tenía la alerta entonces.")

    def get_quien(self, reconocimiento: Reconocimiento) -> str:
        return str(reconocimiento.quien)


class AlertaSerializer(serializers.Serializer[Any]):
    """Con `dias` en el contexto, las de lotes por vencer se nombran `por_vencer_<dias>` (§2.6)."""

    id = IdCampo(source="pk")
    tipo_alerta = serializers.SerializerMethodField(
        help_text="`por_vencer` lleva además los días por los que se preguntó: `por_vencer_30`."
    )
    entidad_id = serializers.SerializerMethodField()
    entidad_tipo = serializers.SerializerMethodField()
    mensaje = TextoCampo(maximo=1000)
    esta_activa = BooleanoCampo(source="activa")
    metadata_json = serializers.DictField(source="datos", help_text="Las cifras del mensaje, por separado.")
    fecha_creacion = MomentoCampo(source="creada_en")
    severidad = OpcionCampo(Severidad.choices)
    producto_id = IdCampo()
    lote_id = IdCampo(allow_null=True)
    bodega = TextoCampo(source="bodega.codigo", maximo=30, allow_null=True, default=None)
    fecha_referencia = FechaCampo(allow_null=True, help_text="Cuándo vence el lote.")
    fecha_actualizacion = MomentoCampo(source="actualizada_en")
    fecha_desactivacion = MomentoCampo(source="cerrada_en", allow_null=True)
    reconocida_por = serializers.SerializerMethodField()
    fecha_reconocimiento = MomentoCampo(source="reconocida_en", allow_null=True)
    nota = TextoCampo(maximo=LARGO_DE_NOTA)
    reconocimientos = ReconocimientoSerializer(
        many=True,
        help_text="Todas las veces que se reconoció, también antes de empeorar, de la primera a la última.",
    )

    def get_tipo_alerta(self, alerta: Alerta) -> str:
        dias = self.context.get("dias")
        return f"{alerta.tipo}_{dias}" if dias and alerta.tipo == TipoAlerta.POR_VENCER else alerta.tipo

    def get_entidad_id(self, alerta: Alerta) -> int:
        return alerta.lote_id or alerta.producto_id

    @extend_schema_field(OpcionCampo([("producto", "Producto"), ("lote", "Lote")]))
    def get_entidad_tipo(self, alerta: Alerta) -> str:
        return "lote" if alerta.lote_id else "producto"

    def get_reconocida_por(self, alerta: Alerta) -> str | None:
        return str(alerta.reconocida_por) if alerta.reconocida_por else None


class AlertasConsulta(Peticion):
    tipo = OpcionCampo(TipoAlerta.choices, required=False)
    severidad = OpcionCampo(Severidad.choices, required=False)
    esta_activa = BooleanoCampo(required=False, help_text="Sin nombrarlo, las abiertas y las cerradas.")
    producto_id = IdCampo(required=False)
    reconocida = BooleanoCampo(required=False)


class PorVencerConsulta(Peticion):
    days = EnteroCampo(
        minimo=1,
        maximo=settings.ALERTAS_HORIZONTE_DIAS,
        default=DIAS_HABITUALES,
        help_text="Cuántos días mirar hacia adelante, con hoy y el último incluidos.",
    )


class ReconocerPeticion(Peticion):
    nota = TextoCampo(
        maximo=LARGO_DE_NOTA,
        permite_vacio=True,
        multilinea=True,
        required=False,
        default="",
        help_text="Qué se va a hacer.",
    )


class ResumenSerializer(serializers.Serializer[Any]):
    total = EnteroCampo()
    sin_reconocer = EnteroCampo()
    por_tipo = serializers.DictField(child=serializers.IntegerField())
    por_severidad = serializers.DictField(child=serializers.IntegerField())
    revisadas_en = MomentoCampo(allow_null=True, help_text="Cuándo se revisaron todas; nulo, todavía nunca.")


class ConjuntoDeAlertas(ConjuntoDeEmpresa):
    modelo = Alerta
    no_encontrado = "No existe esa alerta."
    pagination_class = PorSaltoOCursor
    serializer_class = AlertaSerializer
    orden_cursor = ("creada_en", "id")
    permisos = {
        "list": Permiso.VER,
        "stock_minimo": Permiso.VER,
        "por_vencer": Permiso.VER,
        "resumen": Permiso.VER,
        "reconocer": Permiso.RECONOCER_ALERTAS,
    }

    def consulta(self) -> QuerySet[Any]:
        return self._visibles().select_related("bodega", "reconocida_por").con_historia().en_orden()

    def _visibles(self) -> AlertaQuerySet:
        alcance: AlertaQuerySet = Alerta.objects.al_alcance(self.actor.bodegas_permitidas)
        return alcance

    @documentar(
        "Lista las alertas",
        grupo=GRUPO,
        nombre="listar_alertas",
        descripcion="En el orden en que se abrieron; las cerradas son la historia.",
        exito={200: AlertaSerializer(many=True)},
        consulta=AlertasConsulta,
        ejemplo_de_respuesta=EJEMPLO,
    )
    def list(self, request: Request) -> Response:
        filtro = leer_consulta(AlertasConsulta, request)
        directos = {
            "tipo": "tipo",
            "severidad": "severidad",
            "esta_activa": "activa",
            "producto_id": "producto_id",
        }
        filas = self.get_queryset().filter(
            **{campo: filtro[clave] for clave, campo in directos.items() if clave in filtro}
        )
        if "reconocida" in filtro:
            filas = filas.filter(reconocida_en__isnull=not filtro["reconocida"])
        return self._responder(filas)

    @documentar(
        "Lista las alertas de mínimo abiertas",
        grupo=GRUPO,
        nombre="alertas_stock_minimo",
        descripcion="Los productos con menos que su mínimo, sumadas las bodegas. Leerlas no escribe nada.",
        exito={200: AlertaSerializer(many=True)},
        ejemplo_de_respuesta=EJEMPLO,
    )
    @action(detail=False, url_path="stock-minimo")
    def stock_minimo(self, request: Request) -> Response:
        return self._responder(self.get_queryset().filter(activa=True, tipo=TipoAlerta.STOCK_MINIMO))

    @documentar(
        "Lista las alertas de lotes por vencer abiertas",
        grupo=GRUPO,
        nombre="alertas_por_vencer",
        descripcion="Los lotes con saldo que vencen de hoy a dentro de `days` días, ambos incluidos. Lo ya "
        "vencido es otra alerta: `/alertas?tipo=vencido`.",
        exito={200: AlertaSerializer(many=True)},
        consulta=PorVencerConsulta,
        ejemplo_de_respuesta=EJEMPLO_POR_VENCER,
    )
    @action(detail=False, url_path="por-vencer")
    def por_vencer(self, request: Request) -> Response:
        dias = leer_consulta(PorVencerConsulta, request)["days"]
        filas = self.get_queryset()
        assert isinstance(filas, AlertaQuerySet)
        return self._responder(filas.que_vencen(hoy_de(self.actor), dias=dias), dias=dias)

    @documentar(
        "Resume las alertas abiertas",
        grupo=GRUPO,
        nombre="resumir_alertas",
        exito={200: ResumenSerializer},
        ejemplo_de_respuesta=EJEMPLO_RESUMEN,
    )
    @action(detail=False, pagination_class=None)
    @recordado(Familia.ALERTA)
    def resumen(self, request: Request) -> Response:
        return Response(ResumenSerializer(resumen_de(self._visibles())).data)

    @documentar(
        "Reconoce una alerta",
        grupo=GRUPO,
        nombre="reconocer_alerta",
        con_id=True,
        descripcion="Anota quién la vio y qué va a hacer. No la cierra: se cierra al desaparecer su causa. "
        "Si empeora, vuelve a pedir atención y esto queda en su historia. Si ya se cerró responde 409.",
        peticion=ReconocerPeticion,
        exito={200: AlertaSerializer},
        errores=(404,),
        ejemplo={"nota": EJEMPLO_RECONOCIDA["nota"]},
        ejemplo_de_respuesta=EJEMPLO_RECONOCIDA,
    )
    @action(detail=True, methods=["post"])
    def reconocer(self, request: Request, pk: str) -> Response:
        alerta = self.get_object()
        nota = leer_cuerpo(ReconocerPeticion, request)["nota"]
        reconocida = reconocer_alerta(actor=self.actor, alerta=alerta, nota=nota)
        # La bodega no cambia: volver a leerla costaría una consulta.
        reconocida.bodega = alerta.bodega
        return Response(AlertaSerializer(reconocida).data)

    def _responder(self, filas: QuerySet[Any], *, dias: int | None = None) -> Response:
        pagina = self.paginate_queryset(filas) or []
        serializador = AlertaSerializer(pagina, many=True, context={"dias": dias})
        return self.get_paginated_response([dict(fila) for fila in serializador.data])


def resumen_de(visibles: AlertaQuerySet) -> dict[str, Any]:
    """Cuenta las abiertas por tipo y por severidad, en dos consultas."""
    por_tipo = dict.fromkeys(TipoAlerta.values, 0)
    por_severidad = dict.fromkeys(Severidad.values, 0)
    sin_reconocer = 0
    grupos = visibles.activas().order_by().values_list("tipo", "severidad")
    for tipo, severidad, cuantas, vistas in grupos.annotate(Count("pk"), Count("reconocida_en")):
        por_tipo[tipo] += cuantas
        por_severidad[severidad] += cuantas
        sin_reconocer += cuantas - vistas
    revision: Revision | None = Revision.objects.first()
    return {
        "total": sum(por_tipo.values()),
        "sin_reconocer": sin_reconocer,
        "por_tipo": por_tipo,
        "por_severidad": por_severidad,
        "revisadas_en": revision.hecha_en if revision else None,
    }
