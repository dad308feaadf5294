"""El kárdex de un producto y de un lote, por fecha efectiva."""

from __future__ import annotations

from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.utils.http import urlencode
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.borde.campos import EnteroCampo, TextoCampo, leer_consulta
from inventario.borde.esquema import documentar
from inventario.borde.vistas import VistaDeEmpresa
from inventario.cuentas.permisos import Permiso
from inventario.lotes.api import al_alcance
from inventario.lotes.models import Lote
from inventario.movimientos.api.comun import bodega_de
from inventario.movimientos.api.formas import KardexSerializer, ver_kardex
from inventario.movimientos.api.peticiones import EnDias
from inventario.movimientos.selectors import Kardex, Punto, kardex
from inventario.nucleo.errores import DatoInvalido, Detalle, NoEncontrado
from inventario.nucleo.reloj import fin_del_dia, inicio_del_dia
from inventario.productos.models import Producto


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
            bodegas=self.actor.bodegas_permitidas,
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
        producto = Producto.objects.vivos().filter(pk=self.id_de_ruta()).first()
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
