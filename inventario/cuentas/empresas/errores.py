"""Lo que empresas y bodegas pueden rechazar."""

from __future__ import annotations

from inventario.nucleo.errores import Conflicto, ReglaRota, SinPermiso


class EmpresaYaExiste(Conflicto):
    codigo = "empresa_ya_existe"


class EmpresaConHistoria(ReglaRota):
    """Con asientos en el libro, la zona horaria y la moneda ya no cambian (decisión 22)."""

    codigo = "empresa_con_historia"


class BodegaYaExiste(Conflicto):
    codigo = "bodega_ya_existe"


class BodegaEnUso(ReglaRota):
    """Es la principal o todavía guarda algo."""

    codigo = "bodega_en_uso"


class SinEmpresa(SinPermiso):
    """La persona no pertenece a ninguna empresa activa."""

    codigo = "sin_empresa"
