"""Las claves con que otros sistemas llaman a la API: se crean y se revocan.

`actor` es quien lo pide; sin actor lo hace el sistema (una orden de consola).
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.services import anotar
from inventario.cuentas.actores import PREFIJO_DE_CLAVE, huella_de
from inventario.cuentas.alcance import bodegas_permitidas_a
from inventario.cuentas.claves.errores import ClaveYaCreada
from inventario.cuentas.empresas.comprobaciones import exigir_administrador, limite_que_da
from inventario.cuentas.models import Bodega, ClaveApi, Empresa, Usuario
from inventario.cuentas.permisos import PERMISOS_POR_ALCANCE, Permiso
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import DatoInvalido, NoEncontrado
from inventario.nucleo.reloj import Reloj
from inventario.nucleo.textos import exigir_texto, limpiar_parrafo

YA_CREADA = "Esa clave ya se creó y se mostró una sola vez. Si no la copió, revóquela y cree otra."


def crear_clave_api(
    *,
    empresa: Empresa,
    nombre: str,
    alcances: Sequence[str],
    actor: Actor | None = None,
    descripcion: str = "",
    vence_en: datetime | None = None,
    modulos: Sequence[str] = (),
    bodega: Bodega | None = None,
    bodegas_permitidas: Iterable[Bodega] = (),
    envio: uuid.UUID | None = None,
    reloj: Reloj = timezone.now,
) -> tuple[ClaveApi, str]:
    """Crea una clave con su usuario de servicio; devuelve también la clave en claro, por única vez.

    Una clave no llega a más bodegas que quien la crea. `envio` nombra el formulario del que sale: lanza
    `ClaveYaCreada` si ya salió otra de él. Lanza `DatoInvalido` si un alcance no existe, si vence en el
    pasado o si una bodega es ajena o no la alcanza.
    """
    exigir_administrador(actor, empresa)
    nombre = exigir_texto(nombre, campo="nombre", maximo=255)
    limite = limite_que_da(actor, empresa, bodega=bodega, permitidas=bodegas_permitidas)
    if vence_en is not None and vence_en <= reloj():
        raise DatoInvalido("Debe ser posterior a ahora.", campo="vence_en", codigo="min_value")
    clave = PREFIJO_DE_CLAVE + secrets.token_urlsafe(32)
    with en_empresa(empresa):
        nueva = ClaveApi(
            empresa=empresa,
            usuario=Usuario.objects.crear_de_servicio(f"clave-{uuid.uuid4()}@servicio.invalid", nombre),
            nombre=nombre,
            descripcion=limpiar_parrafo(descripcion, campo="descripcion", maximo=1000),
            prefijo=clave[: len(PREFIJO_DE_CLAVE) + 4],
            huella=huella_de(clave),
            envio=envio,
            alcances=_alcances(alcances),
            modulos=[exigir_texto(modulo, campo="modulos", maximo=64) for modulo in dict.fromkeys(modulos)],
            bodega=bodega,
            creada_por=actor.usuario if actor is not None else None,
            vence_en=vence_en,
        )
        fila = _guardar_una_vez(nueva)
        fila.bodegas_permitidas.set(limite)
        anotar(
            actor=actor,
            empresa=empresa,
            hecho=Hecho.CLAVE_CREADA,
            sobre=fila,
            despues={
                "nombre": fila.nombre,
                "alcances": fila.alcances,
                "modulos": fila.modulos,
                "bodega": str(bodega) if bodega is not None else None,
                "bodegas": sorted(str(una) for una in bodegas_permitidas_a(fila)),
                "vence_en": vence_en,
            },
        )
    return fila, clave


def _guardar_una_vez(nueva: ClaveApi) -> ClaveApi:
    try:
        with transaction.atomic():
            nueva.save(force_insert=True)
    except IntegrityError as error:
        if nueva.envio is not None and ClaveApi.objects.filter(envio=nueva.envio).exists():
            raise ClaveYaCreada(YA_CREADA) from error
        raise
    return nueva


def revocar_clave(*, actor: Actor, clave: ClaveApi, reloj: Reloj = timezone.now) -> ClaveApi:
    """Revoca la clave desde ya y para siempre; revocarla otra vez no cambia cuándo fue."""
    if clave.empresa_id != actor.empresa.pk:
        raise NoEncontrado("La clave no existe.")
    actor.exigir(Permiso.ADMINISTRAR)
    with transaction.atomic():
        revocada = ClaveApi.objects.filter(pk=clave.pk, revocada_en=None).update(revocada_en=reloj())
        clave.refresh_from_db(fields=["revocada_en"])
        if revocada:
            anotar(
                actor=actor,
                hecho=Hecho.CLAVE_REVOCADA,
                sobre=clave,
                antes={"revocada_en": None},
                despues={"revocada_en": clave.revocada_en},
            )
    return clave


def _alcances(alcances: Sequence[str]) -> list[str]:
    pedidos = list(dict.fromkeys(alcances))
    desconocidos = [alcance for alcance in pedidos if alcance not in PERMISOS_POR_ALCANCE]
    if desconocidos or not pedidos:
        queja = f"No se conoce el alcance «{desconocidos[0]}»" if desconocidos else "Falta el alcance"
        raise DatoInvalido(
            f"{queja}: se admite {', '.join(PERMISOS_POR_ALCANCE)}.",
            campo="alcances",
            codigo="invalid_choice",
        )
    return pedidos
