"""Pedir una exportación y recoger su archivo."""

from __future__ import annotations

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import get_language

from inventario.cuentas.permisos import Permiso
from inventario.nucleo.actores import Actor
from inventario.nucleo.cola import avisar
from inventario.nucleo.confirmacion import al_confirmarse
from inventario.nucleo.errores import NoEncontrado, SinPermiso
from inventario.nucleo.reloj import Reloj, hoy_en
from inventario.productos.models import Producto
from inventario.reportes.errores import DemasiadasExportaciones, ExportacionSinArchivo
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.indice import reporte_de
from inventario.reportes.models import EstadoDeExportacion, Exportacion
from inventario.reportes.reporte import Parametros
from inventario.reportes.tasks import exportar

A_LA_VEZ = 5


def pedir_exportacion(
    *,
    actor: Actor,
    reporte: str,
    formato: Formato,
    parametros: Parametros,
    bodega: int | None = None,
    reloj: Reloj = timezone.now,
) -> Exportacion:
    """Encarga un reporte a un archivo y devuelve el encargo; se arma al confirmar la transacción.

    `parametros` son los del selector, ya con sus tipos. Con `bodega`, solo esa. Lanza `DatoInvalido`,
    `SinPermiso`, `NoEncontrado` si nombra un producto que no hay, y `DemasiadasExportaciones` si ya
    espera otras cinco.
    """
    actor.exigir(Permiso.VER)
    pedido = reporte_de(reporte)
    guardados = pedido.a_json(parametros)
    producto = parametros.get("producto_id")
    if producto is not None and not Producto.objects.filter(pk=producto).exists():
        raise NoEncontrado("Producto no encontrado: la exportación no se encargó.")
    alcance = actor.alcance.solo(bodega)
    esperan = Exportacion.objects.de(actor.usuario).filter(
        estado__in=[EstadoDeExportacion.PENDIENTE, EstadoDeExportacion.EN_CURSO]
    )
    if esperan.count() >= A_LA_VEZ:
        raise DemasiadasExportaciones(f"Ya tiene {A_LA_VEZ} exportaciones en espera.", en_espera=A_LA_VEZ)
    ahora = reloj()
    exportacion: Exportacion = Exportacion.objects.create(
        empresa=actor.empresa,
        usuario=actor.usuario,
        reporte=pedido.clave,
        formato=formato,
        parametros=guardados,
        bodegas=alcance.nombradas,
        idioma=get_language() or settings.LANGUAGE_CODE,
        nombre=nombre_de_archivo(pedido.clave, formato, actor, reloj=lambda: ahora),
        creada_en=ahora,
        vence_en=ahora + settings.EXPORTACIONES_SE_GUARDAN,
    )

    def encargar() -> None:
        avisar(exportar, actor.empresa.pk, exportacion.pk)

    al_confirmarse("encargar la exportación", encargar)
    return exportacion


def alcanza(actor: Actor, exportacion: Exportacion) -> bool:
    """Si hoy puede ver todas las bodegas que abarca."""
    return actor.alcance.abarca(exportacion.alcance)


def abrir_archivo(*, actor: Actor, exportacion: Exportacion, reloj: Reloj = timezone.now) -> File[bytes]:
    """Devuelve el archivo de una exportación de su empresa, abierto en binario; lo cierra quien lo pidió.

    Lanza `SinPermiso` si abarca bodegas que el actor no alcanza, y `ExportacionSinArchivo` si no lo tiene.
    """
    actor.exigir(Permiso.VER)
    if not alcanza(actor, exportacion):
        raise SinPermiso("Esa exportación abarca bodegas a las que no tiene acceso.")
    lista = exportacion.estado == EstadoDeExportacion.LISTA and exportacion.vence_en > reloj()
    if not lista or not default_storage.exists(exportacion.archivo):
        estado = "ya se borró" if lista else exportacion.get_estado_display().lower()
        raise ExportacionSinArchivo(
            f"La exportación no tiene archivo que bajar: {estado}.", estado=exportacion.estado
        )
    return default_storage.open(exportacion.archivo, "rb")


def nombre_de_archivo(reporte: str, formato: str, actor: Actor, *, reloj: Reloj = timezone.now) -> str:
    """El nombre con que se baja: el reporte y el día en que se pidió."""
    return f"{reporte}-{hoy_en(actor.empresa.zona_horaria, reloj())}.{formato}"
