"""Los verbos del libro: entradas, salidas, despachos, ajustes, traslados, reversos y bloqueos."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import leer_cuerpo
from inventario.borde.esquema import documentar
from inventario.borde.views import VistaDeEmpresa
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.lotes.api import EJEMPLO as EJEMPLO_DE_LOTE
from inventario.lotes.api import LoteSerializer, ver_lote
from inventario.lotes.models import Lote
from inventario.movimientos import services
from inventario.movimientos.api import ejemplos
from inventario.movimientos.api.comun import (
    asiento_de,
    bodega_de,
    glosa_de,
    lote_de,
    producto_de,
    proveedor_de,
)
from inventario.movimientos.api.formas import (
    AsientoConLineasSerializer,
    MovimientoSerializer,
    ResultadoDeAjusteSerializer,
    con_todo,
    ver_asiento,
    ver_lineas,
)
from inventario.movimientos.api.peticiones import (
    AjustePeticion,
    BloqueoPeticion,
    DespachoPeticion,
    RegistrarEntradaPeticion,
    RegistrarSalidaPeticion,
    ReversoPeticion,
    TrasladoPeticion,
)
from inventario.movimientos.models import Asiento, Existencia, Motivo, Movimiento
from inventario.movimientos.reparto import Politica
from inventario.movimientos.services.comprobaciones import exigir_divisible
from inventario.movimientos.services.reversos import PARA_REVERTIR
from inventario.nucleo.cantidades import CERO
from inventario.nucleo.errores import NoEncontrado
from inventario.productos.models import Producto

GRUPO = "movimientos"


class Entradas(VistaDeEmpresa):
    permisos = {"POST": Permiso.REGISTRAR_ENTRADA}

    @documentar(
        "Registra una entrada",
        grupo=GRUPO,
        nombre="registrar_entrada",
        descripcion="Abre un lote nuevo con lo recibido: dos entradas nunca se mezclan.",
        peticion=RegistrarEntradaPeticion,
        exito={201: LoteSerializer},
        errores=(400, 404),
        ejemplo={"producto_id": 31, "cantidad_recibida": 48, "fecha_vencimiento": "2031-05-20"},
        ejemplo_de_respuesta=EJEMPLO_DE_LOTE,
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(RegistrarEntradaPeticion, request)
        producto = producto_de(datos["producto_id"], consecuencia="la entrada no se registró")
        exigir_divisible(producto, datos["cantidad_recibida"], campo="cantidad_recibida")
        asiento = services.registrar_entrada(
            actor=self.actor,
            producto=producto,
            bodega=bodega_de(self.actor, datos.get("bodega"), recibe=True),
            cantidad=datos["cantidad_recibida"],
            costo_unitario=datos.get("costo_unitario") or CERO,
            vence_el=datos.get("fecha_vencimiento"),
            codigo=datos.get("codigo_lote") or "",
            proveedor=proveedor_de(datos.get("proveedor_id")),
            referencia_proveedor=datos.get("referencia_proveedor") or "",
            permitir_vencido=datos["permitir_vencido"],
            fecha_ingreso=datos.get("fecha_ingreso"),
            glosa=glosa_de(datos, Motivo.OTRO),
        )
        return Response(ver_lote(self.actor, asiento.lineas[0].lote), status=201)


class Salidas(VistaDeEmpresa):
    permisos = {"POST": Permiso.REGISTRAR_SALIDA}

    @documentar(
        "Registra la salida de un lote",
        grupo=GRUPO,
        nombre="registrar_salida",
        descripcion="Debe caber en el lote y en lo disponible del producto. Un lote vencido o bloqueado solo "
        "sale con un motivo de pérdida (`merma`, `rotura`, `vencimiento`, `robo`, `devolucion`), que "
        "exige permiso para ajustar.",
        peticion=RegistrarSalidaPeticion,
        exito={201: MovimientoSerializer},
        errores=(400, 404),
        ejemplo={"lote_id": 77, "cantidad": 12, "motivo": "consumo"},
        ejemplo_de_respuesta=ejemplos.MOVIMIENTO,
        ejemplo_de_error=ejemplos.INSUFICIENTE,
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(RegistrarSalidaPeticion, request)
        lote = lote_de(self.actor, datos["lote_id"], consecuencia="la salida no se registró")
        asiento = services.registrar_salida(
            actor=self.actor,
            lote=lote,
            cantidad=datos["cantidad"],
            glosa=glosa_de(datos, Motivo.CONSUMO),
        )
        return Response(ver_lineas(asiento, [lote.producto], [lote.bodega])[0], status=201)


class Despachos(VistaDeEmpresa):
    permisos = {"POST": Permiso.DESPACHAR}

    @documentar(
        "Despacha por FEFO",
        grupo=GRUPO,
        nombre="despachar",
        descripcion="Sale primero lo que vence primero; lo vencido, lo bloqueado y lo reservado no salen. "
        "O sale todo, o no sale nada. Devuelve un movimiento por lote, en el orden en que se consumieron.",
        peticion=DespachoPeticion,
        exito={200: MovimientoSerializer(many=True)},
        errores=(400, 404),
        ejemplo={"producto_id": 31, "cantidad": 60},
        ejemplo_de_respuesta=ejemplos.MOVIMIENTO,
        ejemplo_de_error=ejemplos.INSUFICIENTE,
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(DespachoPeticion, request)
        producto = producto_de(datos["producto_id"], consecuencia="el despacho no se hizo")
        bodega = bodega_de(self.actor, datos.get("bodega"))
        asiento = services.despachar_fefo(
            actor=self.actor,
            producto=producto,
            bodega=bodega,
            cantidad=datos["cantidad"],
            glosa=glosa_de(datos, Motivo.CONSUMO),
        )
        return Response(ver_lineas(asiento, [producto], [bodega]))


class Ajustes(VistaDeEmpresa):
    permisos = {"POST": Permiso.AJUSTAR}

    @documentar(
        "Ajusta un lote o un producto",
        grupo=GRUPO,
        nombre="ajustar",
        descripcion="Con `lote_id`, el lote nombrado. Con `producto_id`, el producto en la bodega: lo que "
        "falta sale de lo vencido, lo bloqueado y lo más antiguo; lo que sobra abre su propio lote. Si no "
        "hay diferencia responde 200 y no se mueve nada.",
        peticion=AjustePeticion,
        exito={200: ResultadoDeAjusteSerializer, 201: ResultadoDeAjusteSerializer},
        errores=(400, 404),
        ejemplo={
            "lote_id": 77,
            "cantidad_contada": 46.5,
            "motivo": "conteo",
            "justificacion": "Conteo físico de fin de mes",
        },
        ejemplo_de_error=ejemplos.INSUFICIENTE,
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(AjustePeticion, request)
        if "lote_id" in datos:
            resultado = self._del_lote(datos)
        else:
            resultado = self._del_producto(datos)
        estado = 200 if resultado["asiento_id"] is None else 201
        return Response(ResultadoDeAjusteSerializer(resultado).data, status=estado)

    def _del_lote(self, datos: dict[str, Any]) -> dict[str, Any]:
        lote = lote_de(self.actor, datos["lote_id"], consecuencia="el ajuste no se hizo")
        glosa = glosa_de(datos, Motivo.CORRECCION)
        if "diferencia" in datos:
            asiento = services.ajustar_lote(
                actor=self.actor, lote=lote, diferencia=datos["diferencia"], glosa=glosa
            )
        else:
            asiento = services.contar_lote(
                actor=self.actor, lote=lote, contada=datos["cantidad_contada"], glosa=glosa
            )
        if asiento is None:
            return _sin_cambios(Lote.objects.get(pk=lote.pk).saldo)
        linea = asiento.lineas[0]
        return _resultado(asiento, linea.saldo_lote_tras - linea.cantidad, linea.saldo_lote_tras)

    def _del_producto(self, datos: dict[str, Any]) -> dict[str, Any]:
        producto = producto_de(datos["producto_id"], consecuencia="el ajuste no se hizo")
        bodega = bodega_de(self.actor, datos.get("bodega"))
        glosa = glosa_de(datos, Motivo.CORRECCION)
        if "diferencia" in datos:
            asiento = services.ajustar_existencias(
                actor=self.actor,
                producto=producto,
                bodega=bodega,
                diferencia=datos["diferencia"],
                glosa=glosa,
            )
        else:
            asiento = services.contar_existencias(
                actor=self.actor,
                producto=producto,
                bodega=bodega,
                contada=datos["cantidad_contada"],
                glosa=glosa,
            )
        if asiento is None:
            return _sin_cambios(_fisica(producto, bodega))
        primera, ultima = asiento.lineas[0], asiento.lineas[-1]
        return _resultado(asiento, primera.fisica_tras - primera.cantidad, ultima.fisica_tras)


class Traslados(VistaDeEmpresa):
    permisos = {"POST": Permiso.TRASLADAR}

    @documentar(
        "Traslada entre bodegas",
        grupo=GRUPO,
        nombre="trasladar",
        descripcion="Sale de lotes de una bodega y abre los mismos lotes en la otra: código, ingreso, "
        "vencimiento, costo y bloqueo se conservan. Con `producto_id` se nombra la `politica`.",
        peticion=TrasladoPeticion,
        exito={201: AsientoConLineasSerializer},
        errores=(400, 404),
        ejemplo={"producto_id": 31, "cantidad": 20, "hacia": "estanques", "politica": "fefo"},
        ejemplo_de_error=ejemplos.INSUFICIENTE,
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(TrasladoPeticion, request)
        hacia = bodega_de(self.actor, datos["hacia"], campo="hacia", recibe=True)
        glosa = glosa_de(datos, Motivo.TRASLADO)
        if "lote_id" in datos:
            asiento = services.trasladar_lote(
                actor=self.actor,
                lote=lote_de(self.actor, datos["lote_id"], consecuencia="el traslado no se hizo"),
                cantidad=datos["cantidad"],
                hacia=hacia,
                glosa=glosa,
            )
        else:
            asiento = services.trasladar(
                actor=self.actor,
                producto=producto_de(datos["producto_id"], consecuencia="el traslado no se hizo"),
                cantidad=datos["cantidad"],
                desde=bodega_de(self.actor, datos.get("desde"), campo="desde"),
                hacia=hacia,
                politica=Politica(datos["politica"]),
                glosa=glosa,
            )
        return Response(ver_asiento(asiento, self.actor.alcance), status=201)


class Reversos(VistaDeEmpresa):
    permisos = {"POST": PARA_REVERTIR}

    @documentar(
        "Revierte un asiento",
        grupo="asientos",
        nombre="revertir_asiento",
        con_id=True,
        descripcion="Asienta lo contrario, línea por línea. Con permiso para revertir, de cualquier asiento; "
        "sin él, solo de la entrada o la salida que registró la misma persona o clave, y mientras es "
        "reciente (30 minutos, si la instalación no dice otra cosa): lo demás es 403. Se niega si ya se "
        "revirtió (409), si es un reverso o si un lote quedaría bajo cero (400).",
        peticion=ReversoPeticion,
        exito={201: AsientoConLineasSerializer},
        errores=(400, 404),
        ejemplo={"motivo": "Se registró dos veces la misma guía"},
    )
    def post(self, request: Request, pk: str) -> Response:
        asiento = asiento_de(self)
        datos = leer_cuerpo(ReversoPeticion, request)
        reverso = services.revertir_asiento(actor=self.actor, asiento=asiento, explicacion=datos["motivo"])
        return Response(ver_asiento(reverso, self.actor.alcance), status=201)


class _CambioDeBloqueo(VistaDeEmpresa):
    permisos = {"POST": Permiso.BLOQUEAR}

    def _lote(self) -> Lote:
        lote: Lote | None = self.actor.alcance.filtrar(Lote.objects.filter(pk=self.id_de_ruta())).first()
        if lote is None:
            raise NoEncontrado("No existe ese lote.")
        return lote

    def _ver(self, lote: Lote) -> Response:
        fresco = Lote.objects.select_related("producto", "bodega").get(pk=lote.pk)
        return Response(ver_lote(self.actor, fresco))


class Bloqueos(_CambioDeBloqueo):
    @documentar(
        "Bloquea un lote",
        grupo="lotes",
        nombre="bloquear_lote",
        con_id=True,
        descripcion="El lote y los que salieron de él por traslados ya no salen, salvo como pérdida.",
        peticion=BloqueoPeticion,
        exito={200: LoteSerializer},
        errores=(404,),
        ejemplo={"motivo": "El proveedor avisó de una posible contaminación"},
    )
    def post(self, request: Request, pk: str) -> Response:
        lote = self._lote()
        datos = leer_cuerpo(BloqueoPeticion, request)
        services.bloquear_lote(actor=self.actor, lote=lote, motivo=datos["motivo"])
        return self._ver(lote)


class Desbloqueos(_CambioDeBloqueo):
    @documentar(
        "Desbloquea un lote",
        grupo="lotes",
        nombre="desbloquear_lote",
        con_id=True,
        descripcion="Levanta el bloqueo del lote y de los que salieron de él; el motivo queda anotado.",
        peticion=BloqueoPeticion,
        exito={200: LoteSerializer},
        errores=(404,),
        ejemplo={"motivo": "El laboratorio dio el visto bueno"},
    )
    def post(self, request: Request, pk: str) -> Response:
        lote = self._lote()
        datos = leer_cuerpo(BloqueoPeticion, request)
        services.desbloquear_lote(actor=self.actor, lote=lote, motivo=datos["motivo"])
        return self._ver(lote)


def _resultado(asiento: Asiento, anterior: Decimal, nueva: Decimal) -> dict[str, Any]:
    return {
        "asiento_id": asiento.pk,
        "cantidad_anterior": anterior,
        "cantidad_nueva": nueva,
        "diferencia": nueva - anterior,
        "movimientos": list(con_todo(Movimiento.objects.filter(asiento=asiento)).order_by("pk")),
    }


def _sin_cambios(cantidad: Decimal) -> dict[str, Any]:
    return {
        "asiento_id": None,
        "cantidad_anterior": cantidad,
        "cantidad_nueva": cantidad,
        "diferencia": CERO,
        "movimientos": [],
    }


def _fisica(producto: Producto, bodega: Bodega) -> Decimal:
    existencia = Existencia.objects.filter(producto=producto, bodega=bodega).first()
    return existencia.fisica if existencia is not None else CERO
