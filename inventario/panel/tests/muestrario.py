"""Una empresa con algo de cada tipo, motivo, estado y severidad que una página puede nombrar.

Lo que aquí se escribe a mano está en inglés: en una página en inglés, lo que salga en español es nuestro.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from inventario.alertas.models import Alerta
from inventario.alertas.proyeccion import recalcular
from inventario.alertas.services import reconocer_alerta
from inventario.cuentas.invitaciones.services import invitar
from inventario.cuentas.models import Usuario
from inventario.cuentas.permisos import Rol
from inventario.importaciones.aplicar import importar
from inventario.importaciones.por_importar import PorImportar
from inventario.lotes.models import Lote
from inventario.movimientos import libro, services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Importacion, Motivo, TipoAsiento
from inventario.movimientos.models.tipos import PERDIDAS, motivos_de
from inventario.movimientos.querysets import Clave
from inventario.movimientos.reparto import Politica
from inventario.movimientos.tests.mundo import AHORA, Mundo, cant, dia
from inventario.productos.models import Producto
from inventario.reportes.exportar.armado import armar
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.models import EstadoDeExportacion, Exportacion
from inventario.reportes.services import pedir_exportacion
from inventario.reservas.services import Resto, cancelar_reserva, confirmar_reserva, reservar

REPORTE = "movimientos-por-rango-fecha"


def llenar(mundo: Mundo, usuario: Usuario, carpeta: Path) -> None:
    """Llena la empresa; `usuario` es quien mirará, y los archivos quedan en `carpeta`."""
    mundo.bodega.nombre = "Main"
    mundo.bodega.save()
    mundo.otra.nombre = "Ponds"
    mundo.otra.save()
    feed = mundo.producto("FEED", nombre="Feed")
    _asientos(mundo, feed)
    _lotes(mundo, feed)
    _importaciones(mundo, feed, carpeta)
    _reservas(mundo, feed)
    _alertas(mundo)
    _exportaciones(mundo, usuario)
    _personas(mundo)


def _personas(mundo: Mundo) -> None:
    """Una invitación para cada rol: su página la mira quien no es el invitado."""
    for rol in Rol:
        invitar(actor=mundo.actor, correo=f"{rol.value[:3]}@guest.test", rol=rol, nombre="Guest")


def _asientos(mundo: Mundo, feed: Producto) -> None:
    """Un asiento de cada tipo con cada uno de sus motivos, y una línea de cada tipo."""
    for tipo in (TipoAsiento.ENTRADA, TipoAsiento.INICIAL):
        for motivo in motivos_de(tipo):
            mundo.entrada(feed, 50, costo=2, tipo=tipo, glosa=Glosa(motivo=motivo))
    lote = mundo.entrada(feed, 500, costo=2, codigo="L-1")
    for motivo in motivos_de(TipoAsiento.SALIDA, *PERDIDAS):
        mundo.salida(lote, 1, glosa=Glosa(motivo=motivo, texto="Seen", modulo="growth", tanque="T-1"))
    for motivo in motivos_de(TipoAsiento.AJUSTE):
        for diferencia in (-1, 2):
            services.ajustar_lote(
                actor=mundo.actor,
                lote=lote,
                diferencia=cant(diferencia),
                glosa=Glosa(motivo=motivo),
                reloj=mundo.reloj,
            )
    for motivo in motivos_de(TipoAsiento.TRASLADO):
        services.trasladar_lote(
            actor=mundo.actor,
            lote=lote,
            cantidad=cant(3),
            hacia=mundo.otra,
            glosa=Glosa(motivo=motivo),
            reloj=mundo.reloj,
        )
    # Ningún servicio recibe todavía lo que alguien devuelve, pero el libro sabe anotarlo.
    clave = Clave(feed.pk, mundo.bodega.pk)
    with libro.abrir(mundo.empresa, [clave], lotes=[lote.pk], reloj=mundo.reloj) as hoja:
        devuelta = libro.Linea(hoja.lote(lote.pk), cant(1), cant(2))
        hoja.asentar(
            TipoAsiento.DEVOLUCION, [devuelta], actor=mundo.actor, glosa=Glosa(motivo=Motivo.DEVOLUCION)
        )
    mundo.revertir(mundo.salida(lote, 1), explicacion="Wrong tank")
    mundo.revertir(mundo.entrada(feed, 1).movimientos.get().asiento, explicacion="Wrong feed")


def _lotes(mundo: Mundo, feed: Producto) -> None:
    """De cada procedencia y en cada estado; lo demás ya lo dejaron los asientos."""
    services.ajustar_existencias(
        actor=mundo.actor,
        producto=feed,
        bodega=mundo.bodega,
        diferencia=cant(1),
        glosa=Glosa(motivo=Motivo.CONTEO),
        reloj=mundo.reloj,
    )
    # De compra y de devolución los abrirá quien compre y quien reciba lo devuelto.
    for procedencia in ("compra", "devolucion"):
        lote = mundo.entrada(feed, 1, costo=2)
        Lote.objects.filter(pk=lote.pk).update(procedencia=procedencia)
    mundo.bloquear(mundo.entrada(feed, 5, costo=2), motivo="Quarantine")
    mundo.salida(mundo.entrada(feed, 5, costo=2), 5)


def _importaciones(mundo: Mundo, feed: Producto, carpeta: Path) -> None:
    archivos = {
        Importacion.Clase.ENTRADAS: "sku;cantidad;costo_unitario;lote\nFEED;7;2;IMP-1\n",
        Importacion.Clase.SALIDAS: f"momento;sku;cantidad\n{dia(0)} 09:59;FEED;2\n",
    }
    for clase, contenido in archivos.items():
        archivo = carpeta / "june.csv"
        archivo.write_text(contenido)
        por_importar = PorImportar(clase, archivo, politica=Politica.FEFO, bodega=mundo.bodega, aplicar=True)
        informe = importar(actor=mundo.actor, por_importar=por_importar, reloj=mundo.reloj)
        assert informe.aplicado, informe.rechazos
    assert feed.lotes.filter(codigo="IMP-1").exists()


def _reservas(mundo: Mundo, feed: Producto) -> None:
    """Una en cada estado: la última en vencer es la que ya venció."""
    hechas = {
        que: reservar(
            actor=mundo.actor,
            producto=feed,
            bodega=mundo.bodega,
            cantidad=cant(2),
            horas=1 if que == "vencida" else 24,
            modulo="growth",
            reloj=(lambda: AHORA - timedelta(hours=2)) if que == "vencida" else mundo.reloj,
        )
        for que in ("pendiente", "confirmada", "cancelada", "vencida")
    }
    confirmar_reserva(
        actor=mundo.actor,
        reserva=hechas["confirmada"],
        politica=Politica.FEFO,
        cantidad=cant(1),
        resto=Resto.SE_LIBERA,
        reloj=mundo.reloj,
    )
    cancelar_reserva(actor=mundo.actor, reserva=hechas["cancelada"], motivo="Not needed", reloj=mundo.reloj)


def _alertas(mundo: Mundo) -> None:
    """De cada tipo y de cada severidad, abiertas, atendidas y cerradas."""
    corn = mundo.producto("CORN", nombre="Corn", stock_minimo=1_000)
    for dias in (-3, 2, 20, 45):
        mundo.entrada(corn, 5, costo=1, vence=dia(dias))
    cerrada = mundo.entrada(corn, 5, costo=1, vence=dia(-1), codigo="GONE")
    empty = mundo.producto("EMPTY", nombre="Empty", stock_minimo=1)
    oats = mundo.producto("OATS", nombre="Oats")
    prometido = mundo.entrada(oats, 10, costo=1)
    reservar(actor=mundo.actor, producto=oats, bodega=mundo.bodega, cantidad=cant(8), reloj=mundo.reloj)
    mundo.merma(prometido, 5, glosa=Glosa(motivo=Motivo.ROTURA, texto="Broken bag"))
    productos = [corn.pk, empty.pk, oats.pk]
    recalcular(mundo.empresa, productos, AHORA)
    for alerta in Alerta.objects.all():
        reconocer_alerta(actor=mundo.actor, alerta=alerta, nota="Ordered")
    mundo.merma(cerrada, 5, glosa=Glosa(motivo=Motivo.VENCIMIENTO, texto="Gone"))
    recalcular(mundo.empresa, productos, AHORA)


def _exportaciones(mundo: Mundo, usuario: Usuario) -> None:
    """Una en cada estado, pedidas por quien mira. La lista se arma de verdad; las demás se dejan a medias."""
    actor = replace(mundo.actor, usuario=usuario)
    lista: Exportacion | None = None
    for estado in EstadoDeExportacion:
        encargo = pedir_exportacion(
            actor=actor,
            reporte=REPORTE,
            formato=Formato.XLSX,
            parametros={"desde": dia(-1), "hasta": dia(0)},
            reloj=mundo.reloj,
        )
        if estado == EstadoDeExportacion.LISTA:
            lista = encargo
        else:
            Exportacion.objects.filter(pk=encargo.pk).update(estado=estado)
    assert lista is not None
    assert armar(mundo.empresa, lista.pk, reloj=mundo.reloj)
