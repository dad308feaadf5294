"""Lo que el libro puede rechazar, con las cifras que lo explican."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from inventario.lotes.models import Lote
from inventario.nucleo.cantidades import legible
from inventario.nucleo.errores import Conflicto, Detalle, ErrorDeDominio, NoEncontrado, ReglaRota
from inventario.productos.models import Producto


class ExistenciaInsuficiente(ReglaRota):
    """No alcanza lo que quien pide puede tomar. Las cifras son las que de verdad se exigieron."""

    codigo = "stock_insuficiente"

    def __init__(
        self,
        producto: Producto,
        *,
        solicitado: Decimal,
        disponible: Decimal,
        reservado: Decimal,
        vencido: Decimal,
        bodega: str = "",
        lote: Lote | None = None,
        utilizable: Decimal | None = None,
    ) -> None:
        # Para quien lo cuenta en otro idioma; `utilizable` es lo que serviría si nadie lo tuviera apartado.
        self.producto, self.bodega, self.utilizable = producto, bodega, utilizable
        unidad = producto.unidad.abreviatura
        donde = f" en {bodega}" if bodega else ""
        de = f" del lote {lote}" if lote else ""
        super().__init__(
            f"Stock insuficiente de {producto.sku or producto.nombre}{de}{donde}: "
            f"se pidió {legible(solicitado)} {unidad} y hay {legible(disponible)} {unidad} disponible.",
            producto=producto.pk,
            sku=producto.sku or "",
            solicitado=solicitado,
            disponible=disponible,
            reservado=reservado,
            vencido=vencido,
        )


class LoteNoUtilizable(ReglaRota):
    """El lote nombrado está vencido o bloqueado y lo pedido no es una pérdida."""

    codigo = "lote_no_utilizable"


class LoteVencido(LoteNoUtilizable):
    codigo = "lote_vencido"

    def __init__(self, lote: Lote) -> None:
        super().__init__(
            f"El lote {lote} venció el {lote.vence_el:%d/%m/%Y}: solo sale con un motivo de pérdida.",
            lote=lote.pk,
        )


class LoteBloqueado(LoteNoUtilizable):
    codigo = "lote_bloqueado"

    def __init__(self, lote: Lote) -> None:
        super().__init__(f"El lote {lote} está bloqueado: {lote.motivo_bloqueo}", lote=lote.pk)


class PeriodoCerrado(ReglaRota):
    codigo = "periodo_cerrado"

    def __init__(self, hasta: date) -> None:
        super().__init__(f"Los libros están cerrados hasta el {hasta:%d/%m/%Y}: use una fecha posterior.")


class AsientoYaRevertido(Conflicto):
    codigo = "asiento_ya_revertido"


class NoSeRevierte(ReglaRota):
    """Revertirlo dejaría un lote bajo cero, o ya es un reverso."""

    codigo = "no_se_revierte"


class ApartadoResuelto(NoEncontrado):
    """Ya no está vigente: se consumió, se liberó o venció."""

    codigo = "apartado_resuelto"


class LineasRechazadas(ReglaRota):
    """Un pedido de varias líneas en que alguna no pudo salir; no salió ninguna.

    `resultados` tiene un error o `None` por línea, en el orden pedido.
    """

    codigo = "lineas_rechazadas"

    def __init__(self, resultados: list[ErrorDeDominio | None]) -> None:
        fallidas = [(i, error) for i, error in enumerate(resultados) if error is not None]
        super().__init__(
            f"No salió nada: {len(fallidas)} de {len(resultados)} líneas no se pueden despachar. "
            + " ".join(error.mensaje for _, error in fallidas[:3]),
            detalles=[Detalle(f"lineas.{i}", error.codigo, error.mensaje) for i, error in fallidas],
        )
        self.resultados = resultados
