"""Lo que puede fallar al crear una clave de API."""

from __future__ import annotations

from inventario.nucleo.errores import Conflicto


class ClaveYaCreada(Conflicto):
    """De ese mismo formulario ya salió una clave, y no se vuelve a mostrar."""

    codigo = "clave_ya_creada"
