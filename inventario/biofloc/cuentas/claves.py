"""Las claves de API de la empresa (§1.3): las maneja quien la administra, con su sesión."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.campos import leer_consulta
from inventario.biofloc.cuentas import esquemas as formas
from inventario.biofloc.cuentas.autenticacion import VistaDePersona
from inventario.biofloc.errores import Rechazo
from inventario.biofloc.esquema import ID, documentar
from inventario.biofloc.fechas import instante
from inventario.borde.campos import leer_cuerpo
from inventario.cuentas.claves import usos_de_claves
from inventario.cuentas.claves.selectors import clave_de, claves_de, usos_recientes
from inventario.cuentas.claves.services import crear_clave_api, revocar_clave
from inventario.cuentas.models import ClaveApi
from inventario.cuentas.permisos import PERMISOS_POR_ALCANCE, Permiso
from inventario.nucleo.errores import NoEncontrado

NO_EXISTE = "API key not found"


class _DeClaves(VistaDePersona):
    frases = {NoEncontrado: NO_EXISTE}
    # Una clave abre la empresa, no la cuenta propia.
    pide_segundo_factor = True

    def clave(self) -> ClaveApi:
        return clave_de(self.actor.empresa, self.entero_de_ruta("key_id", no_encontrado=NO_EXISTE))

    def revocar(self) -> Response:
        clave = self.clave()
        if clave.revocada_en is not None:
            raise NoEncontrado("La clave ya estaba revocada.")
        revocar_clave(actor=self.actor, clave=clave)
        return Response({"message": "API key revoked"})


class Claves(_DeClaves):
    permisos = {"GET": Permiso.ADMINISTRAR, "POST": Permiso.ADMINISTRAR}

    @documentar(
        "The company's API keys that are not revoked",
        nombre="api_keys_list",
        grupo="api keys",
        exito={200: formas.ClaveSerializer(many=True)},
    )
    def get(self, request: Request) -> Response:
        return Response([_en_claro(clave) for clave in claves_de(self.actor.empresa)])

    @documentar(
        "Create an API key; it is shown only here",
        nombre="api_keys_create",
        grupo="api keys",
        peticion=formas.ClavePeticion,
        exito={201: formas.ClaveCreadaSerializer},
        errores=(400,),
        ejemplo={"name": "Biofloc backend", "scopes": ["inventory:read", "inventory:write"]},
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(formas.ClavePeticion, request)
        dias = datos["expires_in_days"]
        fila, clave = crear_clave_api(
            actor=self.actor,
            empresa=self.actor.empresa,
            nombre=datos["name"],
            descripcion=datos["description"] or "",
            alcances=_alcances(datos["scopes"]),
            vence_en=None if dias is None else timezone.now() + timedelta(days=dias),
        )
        return Response({**_en_claro(fila), "api_key": clave}, status=201)


class Clave(_DeClaves):
    permisos = {"DELETE": Permiso.ADMINISTRAR}

    @documentar(
        "Revoke an API key",
        nombre="api_keys_delete",
        grupo="api keys",
        exito={200: formas.MensajeSerializer},
        errores=(404,),
        ids={"key_id": ID},
        escribe=True,
    )
    def delete(self, request: Request, **_: Any) -> Response:
        return self.revocar()


class Usos(_DeClaves):
    permisos = {"GET": Permiso.ADMINISTRAR}

    @documentar(
        "The last requests made with an API key",
        nombre="api_keys_usage",
        grupo="api keys",
        consulta=formas.UsosConsulta,
        exito={200: formas.UsoSerializer(many=True)},
        errores=(404,),
        ids={"key_id": ID},
    )
    def get(self, request: Request, **_: Any) -> Response:
        pedidos: int = leer_consulta(formas.UsosConsulta, request)["limit"]
        clave = self.clave()
        # Lo que este proceso anotó y aún no guarda también cuenta.
        usos_de_claves.volcar()
        filas = usos_recientes(clave, min(pedidos, formas.USOS_MAXIMO))
        return Response(formas.UsoSerializer(filas, many=True).data)


class Alcances(_DeClaves):
    permisos = {"GET": Permiso.ADMINISTRAR}

    @documentar(
        "Scopes an API key can have",
        nombre="api_keys_scopes",
        grupo="api keys",
        exito={200: formas.AlcancesSerializer},
    )
    def get(self, request: Request) -> Response:
        return Response({"scopes": list(PERMISOS_POR_ALCANCE)})


class TodasLasClaves(_DeClaves):
    permisos = {"GET": Permiso.ADMINISTRAR}

    @documentar(
        "Every API key of the company, revoked ones too",
        nombre="api_keys_admin_list",
        grupo="api keys",
        exito={200: formas.ClaveSerializer(many=True)},
    )
    def get(self, request: Request) -> Response:
        return Response([_en_claro(clave) for clave in claves_de(self.actor.empresa, revocadas=True)])


class CualquierClave(_DeClaves):
    permisos = {"DELETE": Permiso.ADMINISTRAR}

    @documentar(
        "Revoke any API key of the company",
        nombre="api_keys_admin_delete",
        grupo="api keys",
        exito={200: formas.MensajeSerializer},
        errores=(404,),
        ids={"key_id": ID},
        escribe=True,
    )
    def delete(self, request: Request, **_: Any) -> Response:
        return self.revocar()


def _alcances(pedidos: list[str]) -> list[str]:
    desconocidos = [alcance for alcance in pedidos if alcance not in PERMISOS_POR_ALCANCE]
    if desconocidos:
        raise Rechazo(400, f"Unknown scope: {', '.join(desconocidos)}")
    if not pedidos:
        raise Rechazo(400, "At least one scope is required")
    return pedidos


def _en_claro(clave: ClaveApi) -> dict[str, Any]:
    """Devuelve la clave como la nombra el contrato. `user_id` es quien la creó, si fue una persona."""
    return {
        "id": clave.pk,
        "user_id": str(clave.creada_por_id or clave.usuario_id),
        "key_prefix": f"{clave.prefijo}...",
        "name": clave.nombre,
        "description": clave.descripcion or None,
        "scopes": clave.alcances,
        "is_active": clave.vigente(timezone.now()),
        "expires_at": None if clave.vence_en is None else instante(clave.vence_en),
        "last_used_at": None if clave.ultimo_uso_en is None else instante(clave.ultimo_uso_en),
        "created_at": instante(clave.creada_en),
    }
