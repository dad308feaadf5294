"""Que las alertas abiertas sean las que corresponden a lo que hay (I6). Solo lee."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from inventario.alertas.consumidores import productos_de
from inventario.alertas.models import Alerta, Revision, TipoAlerta
from inventario.alertas.proyeccion import DE_A, causas_de
from inventario.cuentas.models import Empresa
from inventario.eventos.models import Entrega, Evento
from inventario.movimientos.models import Apartado
from inventario.movimientos.verificacion import EN_MEMORIA, Hallazgo
from inventario.nucleo.reloj import hoy_en
from inventario.productos.models import Producto

CONSUMIDORES = "inventario.alertas.consumidores."


def verificar(empresa: Empresa) -> Iterator[Hallazgo]:
    """Da cada alerta que falta y cada una que sobra en la empresa.

    La llama la comprobación del libro, dentro de `fotografiando`. De lo que todavía está por avisarse no
    opina: se pondrá al día al entregarse. Y mientras no se revise el día, tampoco de lo que cambia con él.
    """
    ahora = timezone.now()
    hoy = hoy_en(empresa.zona_horaria, ahora)
    revision: Revision | None = Revision.objects.first()
    por_avisar = _por_avisar()
    if por_avisar is None:
        return
    del_dia = revision is not None and revision.dia >= hoy
    # Una promesa que pasó su hora y nadie anotó todavía también está por avisarse.
    callados = por_avisar | set(
        Apartado.objects.vigentes().filter(vence_en__lte=ahora).values_list("producto_id", flat=True)
    )
    productos = Producto.objects.order_by("pk").iterator(EN_MEMORIA)
    while tanda := list(islice(productos, DE_A)):
        vistos = [uno for uno in tanda if uno.pk not in callados]
        ids = [uno.pk for uno in vistos]
        debidas = {causa.clave: causa.mensaje for causa in causas_de(empresa, vistos, ahora)}
        abiertas = {
            una.causa: f"la {una.pk}, {una.mensaje}"
            for una in Alerta.objects.activas().filter(producto_id__in=ids)
        }
        # El mínimo no cambia con el día, salvo donde se descuenta lo vencido.
        con_el_dia = {uno.pk for uno in vistos if uno.minimo_sobre_disponible}
        for clave in sorted(debidas.keys() ^ abiertas.keys(), key=str):
            if not del_dia and (clave[0] != TipoAlerta.STOCK_MINIMO or clave[1] in con_el_dia):
                continue
            if clave in debidas:
                yield Hallazgo("I6", f"falta una alerta: {debidas[clave]}")
            else:
                yield Hallazgo("I6", f"sobra una alerta: {abiertas[clave]}")


def _por_avisar() -> set[int] | None:
    """Los productos con algo sin encaminar o sin entregar; `None` si es un hecho que no los nombra."""
    tipos = [
        tipo
        for tipo, esperan in settings.CONSUMIDORES_DE_EVENTOS.items()
        if any(uno.startswith(CONSUMIDORES) for uno in esperan)
    ]
    pendientes = Entrega.objects.filter(
        estado=Entrega.Estado.PENDIENTE, consumidor__startswith=CONSUMIDORES
    ).values("evento_id")
    eventos = Evento.objects.filter(Q(repartido_en=None) | Q(pk__in=pendientes), tipo__in=tipos)
    productos: set[int] = set()
    for datos in eventos.values_list("datos", flat=True).iterator(EN_MEMORIA):
        suyos = productos_de(datos)
        if not suyos:
            return None
        productos |= suyos
    return productos
