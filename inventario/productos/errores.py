"""Lo que el catálogo puede rechazar."""

from __future__ import annotations

from inventario.nucleo.errores import Conflicto


class SkuDuplicado(Conflicto):
    """Otro producto vivo de la empresa ya usa ese SKU, sin mirar mayúsculas."""

    codigo = "sku_duplicado"

    def __init__(self, sku: str) -> None:
        super().__init__(f"Ya hay un producto con ese SKU: «{sku}» ya existe.", sku=sku)


class TieneDependencias(Conflicto):
    """No se puede quitar ni cambiar porque otra cosa se apoya en ello."""

    codigo = "tiene_dependencias"


class VersionVieja(Conflicto):
    """Alguien lo cambió después de que quien pide lo leyó."""

    def __init__(self, *, actual: int) -> None:
        super().__init__(
            f"El producto cambió desde que usted lo leyó: ahora va en la versión {actual}.", version=actual
        )
