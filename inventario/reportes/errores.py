"""Lo que un reporte puede rechazar."""

from __future__ import annotations

from inventario.nucleo.errores import Conflicto, DatoInvalido, ReglaRota


class DemasiadasFilas(DatoInvalido):
    """El rango no cabe en una respuesta: se pide como exportación."""

    codigo = "demasiadas_filas"


class ExportacionSinArchivo(Conflicto):
    """Todavía no está lista, falló, o su archivo ya se borró."""

    codigo = "exportacion_sin_archivo"


class DemasiadasExportaciones(ReglaRota):
    codigo = "demasiadas_exportaciones"
