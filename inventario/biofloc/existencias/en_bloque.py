"""Leer muchos ítems en una sola llamada (§2.10)."""

from __future__ import annotations

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.esquema import documentar
from inventario.biofloc.existencias import traduccion
from inventario.biofloc.existencias.comun import VistaDeExistencias
from inventario.biofloc.existencias.esquemas.en_bloque import EnBloquePeticion, EnBloqueRespuesta
from inventario.borde.campos import leer_cuerpo
from inventario.cuentas.permisos import Permiso
from inventario.existencias.fichas import fichas as fichas_de
from inventario.productos.buscar import Hallados


class EnBloque(VistaDeExistencias):
    # Lee, aunque sea un POST: le basta el permiso de ver.
    permisos = {"POST": Permiso.VER}

    @documentar(
        "Fetch many items with their stock",
        nombre="items_bulk_fetch",
        grupo="items",
        peticion=EnBloquePeticion,
        exito={200: EnBloqueRespuesta},
        errores=(400,),
        con_clave=True,
        ejemplo={"skus": ["CR-12", "VIT-MIX"], "include_reserved": True},
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(EnBloquePeticion, request)
        ids, skus = datos.get("item_ids") or [], datos.get("skus") or []
        con_apartado = datos["include_reserved"]
        fichas = fichas_de(
            bodega=self.bodega(),
            ahora=timezone.now(),
            hoy=self.hoy(),
            ids=ids,
            skus=skus,
            alcance=self.actor.alcance,
            con_apartado=con_apartado,
            con_lotes=datos["include_batches"],
        )
        hallados = Hallados(ficha.producto for ficha in fichas)
        faltan: list[int | str] = [pk for pk in dict.fromkeys(ids) if hallados.de_id(pk) is None]
        faltan += [sku for sku in dict.fromkeys(skus) if hallados.de_sku(sku) is None]
        respuesta = {
            "items": [traduccion.ficha(una, con_apartado=con_apartado) for una in fichas],
            "total": len(fichas),
            "requested": len(ids) + len(skus),
            "found": len(fichas),
            "not_found": faltan,
        }
        return Response(EnBloqueRespuesta(respuesta).data)
