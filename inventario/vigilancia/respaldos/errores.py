"""Lo que impide respaldar, verificar o restaurar; el texto dice qué hacer."""

from __future__ import annotations


class RespaldoImposible(Exception):
    """No se pudo: falta un programa, un permiso o el archivo no sirve."""
