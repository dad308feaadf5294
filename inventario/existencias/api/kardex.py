"""El kárdex de un producto y de un lote, por fecha efectiva."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.signing import BadSignature, Signer
from django.utils.http import urlencode
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import CantidadCampo, EnDias, EnteroCampo, TextoCampo, leer_consulta
from inventario.borde.esquema import documentar
from inventario.borde.views import VistaDeEmpresa
from inventario.cuentas.permisos import Permiso
from inventario.existencias.kardex import Kardex, LineaDeKardex, Punto, kardex
from inventario.lotes.api import al_alcance
from inventario.lotes.models import Lote
from inventario.movimientos.api.comun import bodega_de
from inventario.movimientos.api.formas import MovimientoSerializer
from inventario.movimientos.models import Movimiento
from inventario.nucleo.errores import DatoInvalido, Detalle, NoEncontrado
from inventario.nucleo.reloj import fin_del_dia, inicio_del_dia
from inventario.productos.buscar import producto_vivo
from inventario.productos.models import Producto

CANTIDAD = CantidadCampo()


class LineaDeKardexSerializer(MovimientoSerializer):
    """El movimiento y cómo queda la cuenta después de él, por orden de fecha efectiva."""

    entra = serializers.SerializerMethodField()
    sale = serializers.SerializerMethodField()
    saldo = serializers.SerializerMethodField()

    def get_entra(self, movimiento: Movimiento) -> float:
        return CANTIDAD.to_representation(max(Decimal(0), movimiento.cantidad))

    def get_sale(self, movimiento: Movimiento) -> float:
        return CANTIDAD.to_representation(max(Decimal(0), -movimiento.cantidad))

    def get_saldo(self, movimiento: Movimiento) -> float:
        saldos: Mapping[int, Decimal] = self.context["saldos"]
        return CANTIDAD.to_representation(saldos[movimiento.pk])


class KardexSerializer(serializers.Serializer[Any]):
    saldo_inicial = CantidadCampo(con_signo=True)
    lineas = LineaDeKardexSerializer(many=True)
    saldo_final = CantidadCampo(con_signo=True)
    siguiente = TextoCampo(maximo=500, allow_null=True, help_text="El cursor de la página que sigue.")


def ver_kardex(lineas: Iterable[LineaDeKardex]) -> list[dict[str, Any]]:
    lineas = list(lineas)
    saldos = {linea.movimiento.pk: linea.saldo for linea in lineas}
    serializador = LineaDeKardexSerializer(
        [linea.movimiento for linea in lineas], many=True, context={"saldos": saldos}
    )
    return [dict(fila) for fila in serializador.data]


class KardexConsulta(EnDias):
    bodega = TextoCampo(maximo=30, required=False)
    cursor = TextoCampo(maximo=500, required=False, help_text="El `siguiente` de la página anterior.")
    limit = EnteroCampo(minimo=1, maximo=500, required=False, default=100)


class _Kardex(VistaDeEmpresa):
    permisos = {"GET": Permiso.VER}

    def _responder(self, request: Request, **de: Producto | Lote) -> Response:
        datos = leer_consulta(KardexConsulta, request)
        firmante = Signer(salt=":".join(["kardex", *(f"{clave}={valor.pk}" for clave, valor in de.items())]))
        desde, hasta = datos.get("desde"), datos.get("hasta")
        zona = self.actor.empresa.zona_horaria
        pagina = kardex(
            **de,  # type: ignore[arg-type]  # las claves son producto o lote, cada una con lo suyo
            bodega=bodega_de(self.actor, datos["bodega"]) if "bodega" in datos else None,
            alcance=self.actor.alcance,
            desde=inicio_del_dia(desde, zona) if desde else None,
            hasta=fin_del_dia(hasta, zona) if hasta else None,
            tras=_punto(firmante, datos["cursor"]) if "cursor" in datos else None,
            limite=datos["limit"],
        )
        return self._mostrar(request, pagina, firmante)

    def _mostrar(self, request: Request, pagina: Kardex, firmante: Signer) -> Response:
        siguiente = None
        cabeceras = {}
        if pagina.sigue is not None:
            siguiente = firmante.sign(
                f"{pagina.sigue.fecha_efectiva.isoformat()}|{pagina.sigue.movimiento_id}"
            )
            parametros = {**request.query_params.dict(), "cursor": siguiente}
            enlace = request.build_absolute_uri(f"{request.path}?{urlencode(parametros)}")
            cabeceras["Link"] = f'<{enlace}>; rel="next"'
        return Response(
            {
                "saldo_inicial": pagina.apertura,
                "lineas": ver_kardex(pagina.lineas),
                "saldo_final": pagina.cierre,
                "siguiente": siguiente,
            },
            headers=cabeceras,
        )


class KardexDeProducto(_Kardex):
    @documentar(
        "Kárdex de un producto",
        grupo="kárdex",
        nombre="kardex_de_producto",
        con_id=True,
        descripcion="Saldo con que abre la página, sus movimientos por fecha efectiva con el saldo que deja "
        "cada uno, y el saldo con que cierra. En la última página, ese es el cierre del rango.",
        exito={200: KardexSerializer},
        consulta=KardexConsulta,
        errores=(404,),
    )
    def get(self, request: Request, pk: str) -> Response:
        producto = producto_vivo(self.id_de_ruta())
        if producto is None:
            raise NoEncontrado("No existe ese producto.")
        return self._responder(request, producto=producto)


class KardexDeLote(_Kardex):
    @documentar(
        "Kárdex de un lote",
        grupo="kárdex",
        nombre="kardex_de_lote",
        con_id=True,
        descripcion="Como el de un producto, para un solo lote.",
        exito={200: KardexSerializer},
        consulta=KardexConsulta,
        errores=(404,),
    )
    def get(self, request: Request, pk: str) -> Response:
        lote = al_alcance(self.actor, Lote.objects.all()).filter(pk=self.id_de_ruta()).first()
        if lote is None:
            raise NoEncontrado("No existe ese lote.")
        return self._responder(request, lote=lote)


def _punto(firmante: Signer, cursor: str) -> Punto:
    try:
        fecha, _, movimiento = firmante.unsign(cursor).partition("|")
        return Punto(datetime.fromisoformat(fecha), int(movimiento))
    except (BadSignature, ValueError) as error:
        mensaje = "El cursor no es válido: use el de la página anterior de este mismo kárdex."
        detalle = Detalle("cursor", "invalid", mensaje, (("ubicacion", "query"),))
        raise DatoInvalido(mensaje, campo="cursor", detalles=[detalle]) from error
