"""Encargar que se ensaye un archivo, y que se aplique lo ensayado."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.base import File
from django.utils import timezone
from django.utils.translation import gettext as traducir

from inventario.cuentas.acceso.limites import Accion, exigir_cupo
from inventario.importaciones.aplicar import CLASES
from inventario.importaciones.encargos import almacen
from inventario.importaciones.models import EN_MARCHA, EncargoDeImportacion, EstadoDeEncargo
from inventario.importaciones.tasks import correr
from inventario.nucleo.actores import Actor
from inventario.nucleo.confirmacion import al_confirmarse
from inventario.nucleo.errores import Conflicto, DatoInvalido, NoEncontrado
from inventario.nucleo.reloj import Reloj

# Lo más grande va por la consola, en la máquina.
MAXIMO_MB = 10
A_LA_VEZ = 2
SE_GUARDA = timedelta(days=1)


def encargar(
    *, actor: Actor, clase: str, archivo: str, contenido: File[bytes], reloj: Reloj = timezone.now
) -> EncargoDeImportacion:
    """Guarda el archivo y pide que se ensaye al confirmar la transacción.

    Lanza `SinPermiso`, `DatoInvalido` si pasa de `MAXIMO_MB` y `Conflicto` si a esa persona ya le esperan
    otros `A_LA_VEZ`; y `CupoAgotado` si su empresa importó demasiadas en una hora.
    """
    actor.exigir(CLASES[clase])
    if contenido.size > MAXIMO_MB * 2**20:
        raise DatoInvalido(
            traducir("Aquí se admiten hasta %(mb)s MB: divídalo, o impórtelo con la orden «importar».")
            % {"mb": MAXIMO_MB},
            campo="archivo",
        )
    esperan = EncargoDeImportacion.objects.filter(usuario=actor.usuario, estado__in=EN_MARCHA).count()
    if esperan >= A_LA_VEZ:
        raise Conflicto(
            traducir("Ya tiene %(n)s importaciones en marcha: espere a que terminen.") % {"n": esperan}
        )
    exigir_cupo(Accion.IMPORTAR, empresa_id=actor.empresa.pk)
    ahora = reloj()
    encargo: EncargoDeImportacion = EncargoDeImportacion.objects.create(
        empresa=actor.empresa,
        usuario=actor.usuario,
        clase=clase,
        archivo=archivo[:255],
        guardado=almacen.guardar(actor.empresa.pk, contenido),
        creado_en=ahora,
        vence_en=ahora + SE_GUARDA,
    )
    _mandar(encargo)
    return encargo


def propio(actor: Actor, pk: int) -> EncargoDeImportacion:
    """Devuelve el encargo de quien pregunta; lanza `NoEncontrado`: el de otro no es asunto suyo."""
    encargo: EncargoDeImportacion | None = EncargoDeImportacion.objects.filter(
        pk=pk, usuario=actor.usuario
    ).first()
    if encargo is None:
        raise NoEncontrado(traducir("No existe esa importación."))
    return encargo


def aplicar(*, actor: Actor, encargo: EncargoDeImportacion, reloj: Reloj = timezone.now) -> None:
    """Pide que lo ensayado se aplique. Lanza `SinPermiso`, y `Conflicto` si ya se pidió o ya no se puede."""
    actor.exigir(CLASES[encargo.clase])
    gano = EncargoDeImportacion.objects.filter(
        pk=encargo.pk, usuario=actor.usuario, estado=EstadoDeEncargo.ENSAYADO, vence_en__gt=reloj()
    ).update(estado=EstadoDeEncargo.POR_APLICAR, intentos=0)
    if not gano:
        raise Conflicto(traducir("Ese archivo ya se aplicó, o se está aplicando, o esperó demasiado."))
    _mandar(encargo)


def _mandar(encargo: EncargoDeImportacion) -> None:
    # Si el aviso se pierde, la ronda lo encuentra.
    al_confirmarse("mandar la importación", lambda: correr.delay(encargo.empresa_id, encargo.pk))
