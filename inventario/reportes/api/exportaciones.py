"""Reportes grandes: se encargan, se mira cómo van y se recogen."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import (
    EnteroCampo,
    IdCampo,
    MomentoCampo,
    OpcionCampo,
    Peticion,
    TextoCampo,
    leer_cuerpo,
)
from inventario.borde.esquema import documentar
from inventario.borde.paginacion import PorSalto
from inventario.borde.views import VistaDeEmpresa
from inventario.cuentas.permisos import Permiso
from inventario.movimientos.api.comun import bodega_de
from inventario.nucleo.errores import NoEncontrado
from inventario.reportes.ambito import ambito_de
from inventario.reportes.api.comun import GRUPO, parametros_de
from inventario.reportes.api.indice import CONSULTAS
from inventario.reportes.api.salida import ARCHIVO, SinMirarAccept
from inventario.reportes.exportar.archivos import TIPO_DE_CONTENIDO
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.indice import REPORTES
from inventario.reportes.models import EstadoDeExportacion, Exportacion
from inventario.reportes.services import abrir_archivo, pedir_exportacion

EJEMPLO = {
    "reporte": "movimientos-por-rango-fecha",
    "formato": "csv",
    "parametros": {"fecha_inicio": "2026-01-01", "fecha_fin": "2026-12-31"},
}


class ExportacionPeticion(Peticion):
    reporte = OpcionCampo([(uno.clave, uno.titulo) for uno in REPORTES.values()])
    formato = OpcionCampo(Formato.choices)
    parametros = serializers.DictField(
        required=False,
        default=dict,
        help_text="Los de la consulta de ese reporte (kardex: producto_id, fecha_inicio y fecha_fin).",
        error_messages={"not_a_dict": "Debe ser un objeto."},
    )


class ExportacionSerializer(serializers.Serializer[Any]):
    id = IdCampo(source="pk")
    reporte = TextoCampo(maximo=40)
    formato = OpcionCampo(Formato.choices)
    parametros = serializers.DictField()
    estado = OpcionCampo(EstadoDeExportacion.choices)
    avance = EnteroCampo(minimo=0, maximo=100, help_text="Por ciento.")
    filas = EnteroCampo(minimo=0)
    nombre = TextoCampo(maximo=120)
    error = TextoCampo(maximo=500)
    usuario = serializers.SerializerMethodField()
    creada_en = MomentoCampo()
    terminada_en = MomentoCampo(allow_null=True)
    vence_en = MomentoCampo(help_text="Cuándo se borra el archivo.")

    def get_usuario(self, exportacion: Exportacion) -> str:
        return str(exportacion.usuario)


class Exportaciones(VistaDeEmpresa):
    permisos = {"GET": Permiso.VER, "POST": Permiso.VER}
    pagination_class = PorSalto

    @documentar(
        "Las exportaciones que usted pidió",
        grupo=GRUPO,
        nombre="listar_exportaciones",
        descripcion="La más nueva primero.",
        exito={200: ExportacionSerializer(many=True)},
    )
    def get(self, request: Request) -> Response:
        paginador = PorSalto()
        suyas = Exportacion.objects.de(self.actor.usuario).select_related("usuario").order_by("-pk")
        pagina = paginador.paginate_queryset(suyas, request, self)
        return paginador.get_paginated_response(ExportacionSerializer(pagina, many=True).data)

    @documentar(
        "Encarga un reporte a un archivo",
        grupo=GRUPO,
        nombre="pedir_exportacion",
        descripcion="Se arma aparte: mire `estado` y `avance`, y cuando esté `lista` baje el archivo. No "
        "tiene el tope de filas de los reportes.",
        peticion=ExportacionPeticion,
        exito={201: ExportacionSerializer},
        errores=(400, 404),
        ejemplo=EJEMPLO,
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(ExportacionPeticion, request)
        clase = CONSULTAS[datos["reporte"]]
        consulta = clase(data={**datos["parametros"], "formato": "json"})
        if not consulta.is_valid():
            raise serializers.ValidationError({"parametros": consulta.errors})
        pedidos = dict(consulta.validated_data)
        bodega = bodega_de(self.actor, pedidos["bodega"]).pk if "bodega" in pedidos else None
        exportacion = pedir_exportacion(
            actor=self.actor,
            reporte=datos["reporte"],
            formato=Formato(datos["formato"]),
            parametros=parametros_de(clase, pedidos, ambito_de(self.actor, bodega=bodega)),
            bodega=bodega,
        )
        return Response(ExportacionSerializer(exportacion).data, status=status.HTTP_201_CREATED)


class UnaExportacion(VistaDeEmpresa):
    permisos = {"GET": Permiso.VER}

    @documentar(
        "Cómo va una exportación",
        grupo=GRUPO,
        nombre="ver_exportacion",
        con_id=True,
        exito={200: ExportacionSerializer},
        errores=(404,),
    )
    def get(self, request: Request, pk: str) -> Response:
        return Response(ExportacionSerializer(exportacion_de(self)).data)


class ArchivoDeExportacion(VistaDeEmpresa):
    permisos = {"GET": Permiso.VER}
    content_negotiation_class = SinMirarAccept

    @documentar(
        "Baja el archivo de una exportación",
        grupo=GRUPO,
        nombre="bajar_exportacion",
        con_id=True,
        descripcion="409 si no está lista o si el archivo ya se borró.",
        exito=ARCHIVO,
        errores=(404, 409),
    )
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        exportacion = exportacion_de(self)
        archivo = abrir_archivo(actor=self.actor, exportacion=exportacion, reloj=timezone.now)
        return FileResponse(
            archivo,
            as_attachment=True,
            filename=exportacion.nombre,
            content_type=TIPO_DE_CONTENIDO[Formato(exportacion.formato)],
        )


def exportacion_de(vista: VistaDeEmpresa) -> Exportacion:
    """La de quien pregunta: la de otro no existe para él, administre o no."""
    suyas = Exportacion.objects.de(vista.actor.usuario).select_related("usuario")
    exportacion: Exportacion | None = suyas.filter(pk=vista.id_de_ruta()).first()
    if exportacion is None:
        raise NoEncontrado("No existe esa exportación.")
    return exportacion
