"""Lo que el catálogo puede rechazar."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from inventario.nucleo.cantidades import legible
from inventario.nucleo.errores import Conflicto, DatoInvalido, ReglaRota

if TYPE_CHECKING:
    from inventario.productos.models import Producto


class SkuDuplicado(Conflicto):
    """Otro producto vivo de la empresa ya usa ese SKU, sin mirar mayúsculas."""

    codigo = "sku_duplicado"

    def __init__(self, sku: str) -> None:
        super().__init__(f"Ya hay un producto con ese SKU: «{sku}» ya existe.", sku=sku)


class TieneDependencias(Conflicto):
    """No se puede quitar ni cambiar porque otra cosa se apoya en ello."""

    codigo = "tiene_dependencias"


class NombreDuplicado(Conflicto):
    """Otra fila de la misma lista ya se llama o se abrevia así."""


class UnidadCongelada(TieneDependencias):
    """El producto ya tiene lotes: su unidad no se cambia (decisión 22)."""


class UnidadInactiva(DatoInvalido):
    """No se ofrece para productos nuevos."""


class ProveedorInactivo(DatoInvalido):
    """No se ofrece para productos nuevos."""


class ProductoInactivo(ReglaRota):
    """Se retiró, quizá mientras se esperaba su existencia: no recibe ni se reserva."""


class TodaviaActivo(ReglaRota):
    """Antes de eliminarlo hay que retirarlo."""

    codigo = "todavia_activo"


class ConExistencia(ReglaRota):
    """Queda algo de él en alguna bodega; `cantidad` es lo que ve quien pide, que puede ser nada."""

    codigo = "con_existencia"

    def __init__(self, producto: Producto, *, cantidad: Decimal) -> None:
        cuanto = f"{legible(cantidad)} {producto.unidad} de" if cantidad else "en otra bodega algo de"
        super().__init__(
            f"Queda {cuanto} «{producto}».",
            producto=producto.nombre,
            cantidad=cantidad,
            unidad=producto.unidad.nombre_en,
        )


class ProductoAtado(TieneDependencias):
    """Algo se apoya en él en alguna bodega; las cifras son lo que ve quien pide, que puede ser nada."""

    def __init__(self, producto: Producto, *, lotes: int, reservas: int) -> None:
        cuanto = f"{lotes} lotes con existencia y {reservas} reservas vigentes"
        super().__init__(
            f"El producto «{producto}» no se puede eliminar: tiene "
            f"{cuanto if lotes or reservas else 'existencia o reservas en otra bodega'}.",
            lotes=lotes,
            reservas=reservas,
        )


class ConHistoria(ReglaRota):
    """El libro lo nombra: se retira, no se elimina; `movimientos` son los que ve quien pide."""

    codigo = "con_historia"

    def __init__(self, producto: Producto, *, movimientos: int) -> None:
        cuantos = f"{movimientos} movimientos de" if movimientos else "movimientos, en otra bodega, de"
        super().__init__(
            f"El libro tiene {cuantos} «{producto}»: se retira, no se elimina.",
            producto=producto.nombre,
            movimientos=movimientos,
        )


class VersionVieja(Conflicto):
    """Alguien lo cambió después de que quien pide lo leyó."""

    def __init__(self, *, actual: int) -> None:
        super().__init__(
            f"El producto cambió desde que usted lo leyó: ahora va en la versión {actual}.", version=actual
        )
