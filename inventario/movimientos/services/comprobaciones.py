"""Lo que todo servicio del libro comprueba antes de abrir la hoja."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from inventario.cuentas.models import Bodega
from inventario.lotes.models import Lote
from inventario.movimientos import libro
from inventario.movimientos.errores import ExistenciaInsuficiente
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import TipoAsiento
from inventario.movimientos.models.tipos import motivos_de
from inventario.movimientos.querysets import Clave
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import DatoInvalido, NoEncontrado
from inventario.nucleo.modelos import ModeloDeEmpresa
from inventario.productos.models import Producto


def exigir_alcance(actor: Actor, producto: Producto, bodega: Bodega, glosa: Glosa) -> None:
    """Producto y bodega son de su empresa, llega a esa bodega y puede actuar por ese módulo."""
    exigir_propio(actor, producto)
    exigir_propio(actor, bodega)
    actor.alcance.exigir(bodega.pk)
    actor.exigir_modulo(glosa.modulo)


def exigir_propio(actor: Actor, objeto: ModeloDeEmpresa) -> None:
    if objeto.empresa_id != actor.empresa.pk:
        raise NoEncontrado(f"{objeto._meta.verbose_name} no encontrado en esta empresa.".capitalize())


def exigir_vivos(productos: Iterable[int]) -> None:
    """A un producto eliminado no le vuelve a entrar nada.

    Se lee con la existencia bloqueada y se retiene: la de una primera entrada todavía no la ve nadie.
    """
    pedidos = set(productos)
    if len(Producto.objects.vivos().retenidos().filter(pk__in=pedidos)) < len(pedidos):
        raise NoEncontrado("Producto no encontrado: se eliminó del catálogo.")


def retener(productos: Iterable[int]) -> None:
    """Toma de una vez y en orden los productos que después se pedirán de a uno.

    Va con las existencias ya tomadas y antes de numerar: quien recibe en otra bodega retiene el producto
    mientras espera su número, y pedírselo con la numeración en la mano trabaría a los dos.
    """
    list(Producto.objects.retenidos().filter(pk__in=set(productos)).values_list("pk"))


def exigir_activa(bodega: Bodega, *, campo: str = "bodega") -> None:
    """A una bodega cerrada no llega nada; de ella sí se puede sacar lo que quede."""
    if not bodega.activa:
        raise DatoInvalido(f"La bodega {bodega} está inactiva.", campo=campo, codigo="invalid")


def exigir_motivo(glosa: Glosa, *tipos: TipoAsiento) -> None:
    """El motivo es de los que admite alguno de esos asientos."""
    admitidos = motivos_de(*tipos)
    if glosa.motivo not in admitidos:
        raise DatoInvalido(
            f"Aquí no vale el motivo «{glosa.motivo}»: se admite {', '.join(admitidos)}.",
            campo="motivo",
            codigo="invalid_choice",
        )


def exigir_lineas(lineas: Sequence[object]) -> None:
    if not lineas:
        raise DatoInvalido("Debe haber al menos una línea.", campo="lineas", codigo="min_length")


def exigir_divisible(producto: Producto, cantidad: Decimal, *, campo: str = "cantidad") -> None:
    """Lo que se cuenta por piezas no admite fracciones (decisión 25)."""
    if cantidad % 1 and not producto.unidad.divisible:
        raise DatoInvalido(
            f"«{producto.unidad.abreviatura}» no se divide: se admiten cantidades enteras.",
            campo=campo,
            codigo="no_divisible",
        )


def insuficiente(
    hoja: libro.Hoja,
    producto: Producto,
    bodega: Bodega,
    *,
    solicitado: Decimal,
    disponible: Decimal,
    lote: Lote | None = None,
) -> ExistenciaInsuficiente:
    """Arma el rechazo con las cifras exigidas; nombra la bodega solo si la empresa tiene varias."""
    saldo = hoja.saldo(Clave(producto.pk, bodega.pk))
    return ExistenciaInsuficiente(
        producto,
        solicitado=solicitado,
        disponible=disponible,
        reservado=saldo.apartada,
        vencido=saldo.vencida,
        bodega=bodega.nombre if hoja.varias_bodegas else "",
        lote=lote,
        utilizable=saldo.utilizable,
    )
