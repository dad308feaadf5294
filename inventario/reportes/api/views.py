"""E13–E16 y los reportes que el sistema de origen no tenía."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.cache import recordado
from inventario.borde.campos import CantidadCampo, EnteroCampo, MomentoCampo, leer_consulta
from inventario.borde.esquema import documentar
from inventario.borde.paginacion import PorSalto
from inventario.borde.views import VistaDeEmpresa
from inventario.cuentas.permisos import Permiso
from inventario.existencias.api.productos import ProductoSerializer
from inventario.existencias.disponibilidad import vence_el_proximo_apartado
from inventario.lotes.api import LoteSerializer, ver_lotes
from inventario.movimientos.api.comun import bodega_de
from inventario.movimientos.api.formas import MovimientoSerializer, ver_movimientos
from inventario.nucleo.cache import Familia
from inventario.nucleo.cantidades import en_dinero, en_numero
from inventario.nucleo.errores import DatoInvalido
from inventario.reportes import informes
from inventario.reportes.ambito import Ambito, ambito_de
from inventario.reportes.api import consultas
from inventario.reportes.api.salida import SinMirarAccept, en_archivo, forma_de, o_archivo, ver_filas
from inventario.reportes.catalogo import REPORTES, Reporte
from inventario.reportes.errores import DemasiadasFilas
from inventario.reportes.exportar.tabla import Formato

GRUPO = "reportes"
# Más no cabe en una respuesta que alguien espere: se pide como exportación.
FILAS_EN_LINEA = 20_000
CUERPO = "Con `formato` csv o xlsx responde el archivo, con las mismas columnas."


class VistaDeReporte(VistaDeEmpresa):
    """`responder` manda el archivo si se pidió; en JSON, cada reporte arma el suyo."""

    permisos = {"GET": Permiso.VER}
    content_negotiation_class = SinMirarAccept
    clave: ClassVar[str]

    @property
    def reporte(self) -> Reporte:
        return REPORTES[self.clave]

    def responder(self, request: Request) -> HttpResponseBase:
        clase = consultas.CONSULTAS[self.clave]
        datos = leer_consulta(clase, request)
        ambito = ambito_de(self.actor, bodega=self.bodega(datos))
        parametros = parametros_de(clase, datos, ambito)
        if datos["formato"] == "json":
            return self.en_json(ambito, parametros)
        self.exigir_que_quepa(ambito, parametros)
        formato = Formato(datos["formato"])
        return en_archivo(self.actor, self.reporte, formato, self.reporte.tandas(ambito, parametros))

    def bodega(self, datos: dict[str, Any]) -> int | None:
        return bodega_de(self.actor, datos["bodega"]).pk if "bodega" in datos else None

    def exigir_que_quepa(self, ambito: Ambito, parametros: dict[str, Any]) -> None:
        """Por producto o por lote siempre cabe."""

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        raise NotImplementedError

    def ver(self, filas: list[Any], **totales: Any) -> Response:
        """El cuerpo de los reportes nuevos: las filas, con las claves del archivo, y sus totales."""
        return Response({**totales, "filas": ver_filas(self.reporte.columnas, filas)})


def parametros_de(clase: type[consultas.ConFormato], datos: dict[str, Any], ambito: Ambito) -> dict[str, Any]:
    """Los parámetros del selector; el cierre de un día, que no puede ser futuro, es su último instante."""
    parametros = clase.para_el_selector(datos)
    if "fecha" in parametros:
        fecha = parametros.pop("fecha")
        if fecha > ambito.hoy:
            raise DatoInvalido("No puede ser un día futuro.", campo="fecha", codigo="max_value")
        parametros["instante"] = ambito.rango(fecha, fecha)[1] - timedelta(microseconds=1)
    return parametros


class TopProductos(VistaDeReporte):
    clave = "top-productos-disponibles"

    @documentar(
        "Los productos con más existencia",
        grupo=GRUPO,
        nombre="reporte_top_productos",
        descripcion=f"Por `cantidad_actual` descendente; empatados, por nombre y luego por id. {CUERPO}",
        exito=o_archivo(ProductoSerializer(many=True)),
        consulta=consultas.TopConsulta,
    )
    @recordado(Familia.PRODUCTO, cambia=vence_el_proximo_apartado)
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        return Response(ProductoSerializer(informes.top_productos(ambito, **parametros), many=True).data)


class InventarioBasico(VistaDeReporte):
    clave = "inventario-basico"

    @documentar(
        "Todos los productos",
        grupo=GRUPO,
        nombre="reporte_inventario_basico",
        descripcion=f"Por id. Trae todos; con `skip` o `limit`, por páginas. {CUERPO}",
        exito=o_archivo(ProductoSerializer(many=True)),
        consulta=consultas.InventarioConsulta,
    )
    @recordado(Familia.PRODUCTO, cambia=vence_el_proximo_apartado)
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        if not por_paginas(self.request):
            filas = informes.inventario_basico(ambito).filas
            return Response(
                ProductoSerializer(filas, many=True).data, headers={"X-Total-Count": str(len(filas))}
            )
        paginador = PorSalto()
        pagina = paginador.paginate_queryset(informes.productos(), self.request, self)
        contados = informes.contar(ambito, pagina)
        return paginador.get_paginated_response(ProductoSerializer(contados, many=True).data)


class LotesPorVencer(VistaDeReporte):
    clave = "lotes-por-vencer"

    @documentar(
        "Los lotes que están por vencer",
        grupo=GRUPO,
        nombre="reporte_lotes_por_vencer",
        descripcion="Con saldo y vencimiento entre hoy y hoy + `days_threshold`, ambos incluidos, por "
        f"vencimiento y luego por id. `X-Total-Valor` es lo que cuestan. {CUERPO}",
        exito=o_archivo(LoteSerializer(many=True)),
        consulta=consultas.PorVencerConsulta,
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        por_vencer = informes.lotes_por_vencer(ambito, **parametros)
        return Response(
            ver_lotes(self.actor, [fila.lote for fila in por_vencer.filas]),
            headers={
                "X-Total-Count": str(len(por_vencer.filas)),
                "X-Total-Valor": str(en_dinero(por_vencer.valor)),
            },
        )


class MovimientosEnRango(VistaDeReporte):
    clave = "movimientos-por-rango-fecha"

    @documentar(
        "Los movimientos entre dos días",
        grupo=GRUPO,
        nombre="reporte_movimientos_por_rango",
        descripcion="Ambos días enteros, en la zona de la empresa, por fecha efectiva y luego por id. Trae "
        f"todos, hasta {FILAS_EN_LINEA} (más: por páginas con `skip` o `limit`, o como exportación). Los "
        "totales del rango entero van en X-Total-Count, X-Total-Entradas, X-Total-Salidas, "
        f"X-Total-Valor-Entradas y X-Total-Valor-Salidas. {CUERPO}",
        exito=o_archivo(MovimientoSerializer(many=True)),
        consulta=consultas.MovimientosConsulta,
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def exigir_que_quepa(self, ambito: Ambito, parametros: dict[str, Any]) -> None:
        exigir_que_quepa(informes.movimientos_en_rango(ambito, **parametros).totales().lineas)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        rango = informes.movimientos_en_rango(ambito, **parametros)
        totales = rango.totales()
        if por_paginas(self.request):
            paginador = PorSalto()
            pagina = paginador.paginate_queryset(rango.consulta, self.request, self)
            respuesta = paginador.get_paginated_response(ver_movimientos(pagina))
        else:
            exigir_que_quepa(totales.lineas)
            respuesta = Response(ver_movimientos(rango.consulta))
        respuesta["X-Total-Count"] = str(totales.lineas)
        respuesta["X-Total-Entradas"] = str(en_numero(totales.entradas))
        respuesta["X-Total-Salidas"] = str(en_numero(totales.salidas))
        respuesta["X-Total-Valor-Entradas"] = str(en_dinero(totales.valor_entradas))
        respuesta["X-Total-Valor-Salidas"] = str(en_dinero(totales.valor_salidas))
        return respuesta


def por_paginas(request: Request) -> bool:
    return any(request.query_params.get(clave) for clave in ("skip", "limit"))


def exigir_que_quepa(lineas: int) -> None:
    if lineas > FILAS_EN_LINEA:
        raise DemasiadasFilas(
            f"Son {lineas} movimientos y caben {FILAS_EN_LINEA}: acorte el rango, pídalo por páginas con "
            "skip y limit, o como exportación.",
            campo="fecha_fin",
            codigo="max_value",
        )


def cuerpo(nombre: str, clave: str, **totales: Any) -> serializers.Serializer[Any]:
    """La forma del cuerpo de un reporte nuevo: totales y filas."""
    filas = forma_de(f"FilaDe{nombre}", REPORTES[clave].columnas)(many=True)
    forma: serializers.Serializer[Any] = inline_serializer(f"ReporteDe{nombre}", {**totales, "filas": filas})
    return forma


class Valorizacion(VistaDeReporte):
    clave = "valorizacion"

    @documentar(
        "Cuánto vale el inventario",
        grupo=GRUPO,
        nombre="reporte_valorizacion",
        descripcion="Ahora, en un instante (`al`) o al cierre de un día (`fecha`): la suma de los "
        f"movimientos hasta ahí, cada uno a su costo. {CUERPO}",
        exito=o_archivo(
            cuerpo("Valorizacion", "valorizacion", al=MomentoCampo(), valor=CantidadCampo(minimo=0))
        ),
        consulta=consultas.ValorizacionConsulta,
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        valores = informes.valorizacion(ambito, **parametros)
        al = MomentoCampo().to_representation(valores.al)
        return self.ver(valores.filas, al=al, valor=en_dinero(valores.valor))


class Rotacion(VistaDeReporte):
    clave = "rotacion"

    @documentar(
        "Cuánto rota cada producto y para cuántos días alcanza",
        grupo=GRUPO,
        nombre="reporte_rotacion",
        descripcion="En los `dias` completos anteriores a hoy. Primero lo que se agota antes; al final, lo "
        f"que no se consume. {CUERPO}",
        exito=o_archivo(
            cuerpo(
                "Rotacion",
                "rotacion",
                dias=EnteroCampo(),
                costo_consumido=CantidadCampo(minimo=0),
                valor_promedio=CantidadCampo(minimo=0),
                rotacion=CantidadCampo(minimo=0, allow_null=True),
            )
        ),
        consulta=consultas.RotacionConsulta,
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        rota = informes.rotacion(ambito, **parametros)
        return self.ver(
            rota.filas,
            dias=rota.dias,
            costo_consumido=en_dinero(rota.costo_consumido),
            valor_promedio=en_dinero(rota.valor_promedio),
            rotacion=rota.rotacion,
        )


class VenceraSinUsarse(VistaDeReporte):
    clave = "vencera-sin-usarse"

    @documentar(
        "Lo que vencerá antes de usarse",
        grupo=GRUPO,
        nombre="reporte_vencera_sin_usarse",
        descripcion="Si cada producto sigue saliendo por FEFO al ritmo de los últimos `dias_de_consumo` días "
        "completos: de cada lote, cuánto quedará el día en que vence y cuánto dinero es. Un lote bloqueado "
        f"no sale: queda entero. {CUERPO}",
        exito=o_archivo(
            cuerpo(
                "VenceraSinUsarse",
                "vencera-sin-usarse",
                dias_de_consumo=EnteroCampo(),
                horizonte=EnteroCampo(),
                valor=CantidadCampo(minimo=0),
            )
        ),
        consulta=consultas.SinUsarseConsulta,
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        sobra = informes.vencera_sin_usarse(ambito, **parametros)
        return self.ver(
            sobra.filas,
            dias_de_consumo=sobra.dias_de_consumo,
            horizonte=sobra.horizonte,
            valor=en_dinero(sobra.valor),
        )


class Mermas(VistaDeReporte):
    clave = "mermas"

    @documentar(
        "Lo que se perdió, por motivo",
        grupo=GRUPO,
        nombre="reporte_mermas",
        descripcion="Bajas, faltantes de conteo y correcciones que nadie revirtió, entre dos días enteros. "
        f"Lo más caro primero. {CUERPO}",
        exito=o_archivo(
            cuerpo(
                "Mermas",
                "mermas",
                costo=CantidadCampo(minimo=0),
                por_motivo=inline_serializer(
                    "TotalDeMotivo",
                    {
                        "motivo": serializers.CharField(),
                        "costo": CantidadCampo(minimo=0),
                        "lineas": EnteroCampo(),
                    },
                    many=True,
                ),
            )
        ),
        consulta=consultas.RangoConsulta,
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        perdidas = informes.mermas(ambito, **parametros)
        por_motivo = [
            {"motivo": uno.motivo.value, "costo": en_dinero(uno.costo), "lineas": uno.lineas}
            for uno in perdidas.por_motivo
        ]
        return self.ver(perdidas.filas, costo=en_dinero(perdidas.costo), por_motivo=por_motivo)


class ConsumoPorModulo(VistaDeReporte):
    clave = "consumo-por-modulo"

    @documentar(
        "Lo que usó cada módulo y tanque",
        grupo=GRUPO,
        nombre="reporte_consumo_por_modulo",
        descripcion="Salidas que nadie revirtió, entre dos días enteros. Lo que salió sin módulo lo lleva "
        f"vacío. {CUERPO}",
        exito=o_archivo(
            cuerpo(
                "ConsumoPorModulo",
                "consumo-por-modulo",
                costo=CantidadCampo(minimo=0),
                por_modulo=inline_serializer(
                    "TotalDeModulo",
                    {
                        "modulo": serializers.CharField(allow_blank=True),
                        "costo": CantidadCampo(minimo=0),
                        "lineas": EnteroCampo(),
                    },
                    many=True,
                ),
            )
        ),
        consulta=consultas.ConsumoConsulta,
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.responder(request)

    def en_json(self, ambito: Ambito, parametros: dict[str, Any]) -> Response:
        consumo = informes.consumo_por_modulo(ambito, **parametros)
        por_modulo = [
            {"modulo": uno.modulo, "costo": en_dinero(uno.costo), "lineas": uno.lineas}
            for uno in consumo.por_modulo
        ]
        return self.ver(consumo.filas, costo=en_dinero(consumo.costo), por_modulo=por_modulo)
