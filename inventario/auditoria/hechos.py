"""Qué se anota en la auditoría. Un hecho nuevo es una línea aquí: la tabla no cambia."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Hecho(models.TextChoices):
    """Lo que pasó, en pasado. El valor es estable: se filtra por él y sale en lo exportado."""

    EMPRESA_CAMBIADA = "empresa_cambiada", _("Empresa cambiada")
    CIERRE_CAMBIADO = "cierre_cambiado", _("Cierre contable cambiado")
    BODEGA_CREADA = "bodega_creada", _("Bodega abierta")
    BODEGA_CAMBIADA = "bodega_cambiada", _("Bodega cambiada")

    PERSONA_CAMBIADA = "persona_cambiada", _("Persona cambiada")
    CONTRASENA_CAMBIADA = "contrasena_cambiada", _("Contraseña cambiada")
    SESIONES_CERRADAS = "sesiones_cerradas", _("Sesiones cerradas")
    SEGUNDO_FACTOR_ACTIVADO = "segundo_factor_activado", _("Segundo factor activado")
    SEGUNDO_FACTOR_QUITADO = "segundo_factor_quitado", _("Segundo factor quitado")
    CODIGOS_RENOVADOS = "codigos_renovados", _("Códigos de recuperación renovados")

    INVITACION_ENVIADA = "invitacion_enviada", _("Invitación enviada")
    INVITACION_REENVIADA = "invitacion_reenviada", _("Invitación enviada otra vez")
    INVITACION_REVOCADA = "invitacion_revocada", _("Invitación revocada")
    INVITACION_ACEPTADA = "invitacion_aceptada", _("Invitación aceptada")
    MIEMBRO_AGREGADO = "miembro_agregado", _("Miembro agregado")
    MEMBRESIA_CAMBIADA = "membresia_cambiada", _("Permisos de un miembro cambiados")
    CLAVE_CREADA = "clave_creada", _("Clave de API creada")
    CLAVE_REVOCADA = "clave_revocada", _("Clave de API revocada")

    PRECIO_CAMBIADO = "precio_cambiado", _("Precio cambiado")
    PRODUCTO_DESACTIVADO = "producto_desactivado", _("Producto desactivado")
    PRODUCTO_REACTIVADO = "producto_reactivado", _("Producto reactivado")
    PRODUCTO_ELIMINADO = "producto_eliminado", _("Producto eliminado")
    CATEGORIA_ELIMINADA = "categoria_eliminada", _("Categoría eliminada")
    PROVEEDOR_ELIMINADO = "proveedor_eliminado", _("Proveedor eliminado")
    UNIDAD_ELIMINADA = "unidad_eliminada", _("Unidad eliminada")

    ASIENTO_REVERTIDO = "asiento_revertido", _("Registro deshecho")
    EXISTENCIA_AJUSTADA = "existencia_ajustada", _("Saldo ajustado")
    RESERVA_CANCELADA = "reserva_cancelada", _("Reserva cancelada")
    IMPORTACION_DESHECHA = "importacion_deshecha", _("Importación deshecha")
    LOTE_BLOQUEADO = "lote_bloqueado", _("Lote bloqueado")
    LOTE_DESBLOQUEADO = "lote_desbloqueado", _("Lote desbloqueado")


def opciones() -> list[tuple[str, str]]:
    """Las opciones del campo. Es una función para que un hecho nuevo no pida una migración."""
    return [(hecho.value, str(hecho.label)) for hecho in Hecho]
