"""Las direcciones del panel que se miden, con los filtros que una persona pondría y los que peor caen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from inventario.alertas.models import Alerta
from inventario.cuentas.models import Bodega
from inventario.lotes.models import Lote
from inventario.movimientos.models import Asiento, Movimiento
from inventario.nucleo.empresa import en_empresa
from inventario.panel import urls
from inventario.panel.reportes.paginas import PAGINAS
from inventario.productos.models import Categoria, Producto
from inventario.reportes.models import Exportacion
from inventario.reservas.models import Reserva

# Se entra por ellas, no se miran con datos; o solo mueven algo.
SIN_MEDIR = {
    "entrar": "no hay sesión",
    "salir": "solo POST",
    "olvido": "no hay sesión",
    "alertas_resumen": "solo POST",
    "alertas_revisar": "solo POST",
    "reporte_encargar": "solo POST",
    "entrada_lineas": "solo POST",
    "leer_codigo": "solo POST",
    "despacho_multiple_lineas": "solo POST",
    "tema": "solo POST",
    "producto_desactivar": "lleva a la ficha",
    "producto_reactivar": "lleva a la ficha",
    "producto_eliminar": "lleva a la ficha",
    "lote_bloquear": "lleva a la ficha",
    "lote_desbloquear": "lleva a la ficha",
    "reserva_confirmar": "lleva a la ficha",
    "reserva_cancelar": "lleva a la ficha",
    "reserva_extender": "lleva a la ficha",
    "trazabilidad_bloquear": "lleva a la página",
    # Crecen con lo que se baja, y se bajan de a poco o se encargan.
    "productos_csv": "es un archivo",
    "movimientos_csv": "es un archivo",
    "trazabilidad_csv": "es un archivo",
    "reporte_archivo": "es un archivo",
    "exportacion_archivo": "es un archivo",
}


# Lo tiene un reporte dibujado, y no la tarjeta que ofrece encargarlo.
DIBUJADO = b'<dl class="cifras'
ESTADOS_DE_LOTE = ("disponible", "por_vencer", "vencido", "bloqueado", "agotado", "todos")


@dataclass(frozen=True)
class Ruta:
    """`antes` se hace antes de cada pedido, fuera del reloj; sin `con`, la página no es la que se mide."""

    nombre: str
    direccion: str
    antes: Callable[[], object] | None = None
    nota: str = ""
    con: bytes = b""


def rutas_de(empresa: Any) -> list[Ruta]:
    """Las direcciones que se miden; falla si alguna del panel no está aquí ni se dice por qué."""
    hoy = timezone.localdate()
    with en_empresa(empresa):
        # El producto que más se mueve y el lote vivo con más historia: lo peor que alguien abriría.
        lote = Lote.objects.filter(saldo__gt=0, origen=None).order_by("producto_id", "-pk")[0]
        producto = Producto.objects.get(pk=lote.producto_id)
        derivado = Lote.objects.filter(raiz__isnull=False).order_by("-pk")[0]
        bodega = Bodega.objects.order_by("principal")[0].pk
        asiento = Asiento.objects.filter(tipo="salida").order_by("-pk")[0].pk
        entrada = Asiento.objects.filter(tipo="entrada").order_by("-pk")[0].pk
        viva = Reserva.objects.filter(apartado__estado="vigente").order_by("creada_en")[0].pk
        vieja = Reserva.objects.order_by("creada_en")[0].pk
        alerta = Alerta.objects.activas().order_by("pk")[0].pk
        categoria = Categoria.objects.order_by("pk")[0].pk
        medio = Movimiento.objects.filter(pk__lte=Movimiento.objects.latest("pk").pk // 2).latest("pk")
        lejos = f"s~{medio.fecha_efectiva.isoformat()}~{medio.pk}"
        encargo = Exportacion.objects.create(
            empresa=empresa,
            usuario=Reserva.objects.get(pk=viva).creada_por,
            reporte="mermas",
            formato="csv",
            creada_en=timezone.now(),
            vence_en=timezone.now() + timedelta(days=1),
        ).pk
    anio = f"desde={hoy - timedelta(days=365)}&hasta={hoy}"
    rango = f"desde={hoy - timedelta(days=1000)}&hasta={hoy}"

    def r(nombre: str, *args: Any, q: str = "", **mas: Any) -> Ruta:
        return Ruta(nombre, reverse(f"panel:{nombre}", args=args) + (f"?{q}" if q else ""), **mas)

    rutas = [
        r("inicio"),
        r("inicio", antes=cache.clear, nota="después de cada movimiento"),
        r("productos"),
        r("productos", q="pagina=40"),
        r("productos", q="q=alimento"),
        r("productos", q="q=n.%C2%BA+777"),
        r("productos", q="existencia=bajo_minimo"),
        r("productos", q="existencia=con"),
        r("productos", q="existencia=sin&estado=todos"),
        r("productos", q=f"categoria={categoria}"),
        *(r("productos", q=f"orden={orden}") for orden in ("-existencia", "sku", "-categoria", "minimo")),
        r("producto_nuevo"),
        r("producto", producto.pk),
        r("producto_editar", producto.pk),
        r("producto_ajuste", producto.pk),
        r("producto_conteo", producto.pk),
        r("buscar", q="q=alimento"),
        r("buscar", q="q=77"),
        r("buscar", q="q=L-2"),
        r("buscar", q="q=nohaynada"),
        r("buscar", q=f"q={lote.codigo}"),
        r("buscar", q=f"q={lote.referencia_proveedor}"),
        r("buscar_productos", q="q=V-1"),
        r("buscar_productos", q="q=nohaynada"),
        r("entrada"),
        r("entrada", q=f"producto={producto.pk}"),
        r("entrada_pista", q=f"producto={producto.pk}"),
        r("despacho"),
        r("despacho", q=f"producto={producto.pk}&cantidad=15"),
        r("despacho_vista_previa", q=f"producto={producto.pk}&cantidad=500"),
        r("despacho_multiple"),
        r("salida"),
        r("salida", q=f"q={producto.sku}"),
        r("salida", q=f"q={lote.codigo}"),
        r("salida", q="q=alimento"),
        r("salida", q="q=nohaynada"),
        r("traslado"),
        r("traslado", q=f"producto={producto.pk}"),
        r("asiento", asiento),
        r("asiento", entrada),
        r("asiento_revertir", asiento),
        r("asiento_etiquetas", entrada),
        r("etiquetas", entrada),
        r("lotes"),
        *(r("lotes", q=f"estado={estado}") for estado in ESTADOS_DE_LOTE),
        r("lotes", q="orden=recientes&estado=todos"),
        r("lotes", q="orden=recientes"),
        r("lotes", q="orden=recientes&estado=bloqueado"),
        r("lotes", q=f"producto={producto.pk}&estado=todos"),
        r("lotes", q=f"bodega={bodega}"),
        r("lotes", q=f"bodega={bodega}&orden=recientes&estado=vencido"),
        r("lotes", q="q=L-2&estado=todos"),
        r("lotes", q="q=nohaynada&estado=todos"),
        r("lotes", q=f"q={lote.codigo}"),
        r("lotes", q=f"estado=todos&vence_desde={hoy}&vence_hasta={hoy + timedelta(days=7)}"),
        r("lotes", q=f"estado=agotado&vence_desde={hoy - timedelta(days=500)}"),
        r("lote", lote.pk),
        r("lote", derivado.pk),
        r("lote_etiquetas", lote.pk),
        r("etiqueta", lote.pk),
        r("lote_salida", lote.pk),
        r("lote_merma", lote.pk),
        r("lote_ajuste", lote.pk),
        r("lote_conteo", lote.pk),
        r("lote_traslado", lote.pk),
        r("movimientos"),
        r("movimientos", q=rango),
        r("movimientos", q=f"{rango}&cursor={lejos.replace('+', '%2B')}"),
        r("movimientos", q=f"{rango}&producto={producto.pk}"),
        r("movimientos", q=f"{rango}&tipo=traslado_salida"),
        r("movimientos", q=f"{rango}&tipo=devolucion_entrada"),
        r("movimientos", q=f"{rango}&modulo=engorde"),
        r("movimientos", q=f"{rango}&modulo=nohaynada"),
        r("movimientos", q=f"{rango}&bodega={bodega}&tipo=ajuste_negativo"),
        r("movimientos", q="modulo=nohaynada"),
        r("reservas"),
        *(r("reservas", q=f"estado={estado}") for estado in ("confirmada", "cancelada", "vencida", "todas")),
        r("reservas", q=f"estado=todas&producto={producto.pk}"),
        r("reservas", q="estado=todas&modulo=nohaynada"),
        r("reservas", q="estado=confirmada&modulo=Engorde"),
        r("reservas", q=f"estado=todas&bodega={bodega}"),
        r("reserva_nueva"),
        r("reserva", viva),
        r("reserva", vieja),
        r("alertas"),
        r("alertas", q="dias=60"),
        r("alertas", q="pendientes=1&vencidos=20"),
        r("alerta_reconocer", alerta),
        r("alertas_historial"),
        r("alertas_historial", q="pagina=500"),
        r("alertas_historial", q="tipo=vencido"),
        r("trazabilidad"),
        r("trazabilidad", q=f"lote={lote.pk}"),
        r("trazabilidad", q=f"lote={derivado.pk}"),
        r("trazabilidad", q=f"q={lote.codigo}"),
        r("trazabilidad", q=f"q={lote.referencia_proveedor}"),
        r("trazabilidad", q="q=nohaynada"),
        r("reportes"),
        r("exportacion", encargo),
        # El kárdex, sin producto, todavía no es un reporte.
        r("reporte", "kardex"),
        *(r("reporte", clave, con=DIBUJADO) for clave in PAGINAS if clave != "kardex"),
        r("reporte", "kardex", q=f"producto={producto.pk}", con=DIBUJADO),
        r("reporte", "kardex", q=f"producto={producto.pk}&{rango}"),
        r("reporte", "valorizacion", q=f"fecha={hoy - timedelta(days=30)}"),
        r("reporte", "valorizacion", q=f"fecha={hoy - timedelta(days=365)}"),
        r("reporte", "rotacion", q="dias=365"),
        r("reporte", "vencera-sin-usarse", q="dias_de_consumo=365&horizonte=365"),
        r("reporte", "lotes-por-vencer", q="dias=365&incluir_vencidos=on"),
        r("reporte", "mermas", q=anio),
        r("reporte", "mermas", q=rango),
        r("reporte", "consumo-por-modulo", q=anio),
        r("reporte", "consumo-por-modulo", q=rango),
        r("reporte", "movimientos-por-rango-fecha", q=anio),
        r("reporte", "movimientos-por-rango-fecha", q=rango),
        r("reporte", "movimientos-por-rango-fecha", q=f"{anio}&pagina=9000"),
        r("reporte", "top-productos-disponibles", q="n=100"),
    ]
    sin_ruta = {ruta.name for ruta in urls.urlpatterns} - {ruta.nombre for ruta in rutas} - set(SIN_MEDIR)
    assert not sin_ruta, f"Falta medir: {sorted(sin_ruta)}"
    return rutas
