"""La hoja que asienta filas independientes: lo rechazado no deja rastro y lo futuro no existe todavía."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventario.movimientos import libro
from inventario.movimientos.errores import ExistenciaInsuficiente
from inventario.movimientos.libro.glosa import SIN_GLOSA
from inventario.movimientos.models import Asiento, TipoAsiento
from inventario.movimientos.querysets import Clave
from inventario.movimientos.reparto import Politica
from inventario.movimientos.services.salidas import LineaSalida, sacar
from inventario.movimientos.tests.mundo import AHORA, Mundo, cant, dia
from inventario.nucleo.errores import Incoherencia

pytestmark = pytest.mark.django_db


def test_intentando_una_fila_rechazada_deja_seguir_con_las_demas(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 5)
    with mundo.hoja(producto) as hoja:
        for cantidad, alcanza in ((3, True), (4, False), (2, True)):
            try:
                with hoja.intentando():
                    asiento = hoja.empezar(TipoAsiento.SALIDA, actor=mundo.actor, glosa=SIN_GLOSA)
                    sacar(hoja, asiento, LineaSalida(producto, mundo.bodega, cant(cantidad)), Politica.FEFO)
                assert alcanza
            except ExistenciaInsuficiente:
                assert not alcanza
    assert mundo.saldo(lote) == 0
    assert Asiento.objects.filter(tipo="salida").count() == 2


def test_intentando_no_tapa_un_asiento_a_medio_anotar(mundo: Mundo) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 5)
    antes = mundo.foto()

    def anotar_y_fallar() -> None:
        with mundo.hoja(producto) as hoja, hoja.intentando():
            asiento = hoja.empezar(TipoAsiento.SALIDA, actor=mundo.actor, glosa=SIN_GLOSA)
            for cantidad in (3, 4):
                sacar(hoja, asiento, LineaSalida(producto, mundo.bodega, cant(cantidad)), Politica.FEFO)

    with pytest.raises(Incoherencia, match="quedó a medias"):
        anotar_y_fallar()
    assert mundo.saldo(lote) == 5
    assert mundo.foto() == antes


def test_mirar_al_pasado_no_ve_lo_que_llego_despues(mundo: Mundo) -> None:
    producto = mundo.producto()
    clave = Clave(producto.pk, mundo.bodega.pk)
    mundo.entrada(producto, 1, fecha_ingreso=dia(-3))
    mundo.entrada(producto, 2, fecha_ingreso=dia(-2))
    mundo.entrada(producto, 4, fecha_ingreso=dia(-1))
    with libro.abrir(mundo.empresa, [clave], ingresados_hasta=dia(-2), reloj=mundo.reloj) as hoja:
        vistos = []
        for dias in (4, 3, 2, 1):
            hoja.poner_reloj(AHORA - timedelta(days=dias))
            vistos.append(hoja.saldo(clave).utilizable)
        # La última hora pasa de lo que la hoja cargó: no aparece lo que no se pidió.
        assert vistos == [cant(0), cant(1), cant(3), cant(3)]
        assert hoja.saldo(clave).fisica == 7


def test_bloquear_toma_todas_las_existencias_y_crea_las_que_falten(mundo: Mundo) -> None:
    producto, otro = mundo.producto("A"), mundo.producto("B")
    mundo.entrada(otro, 1)
    claves = [Clave(otro.pk, mundo.bodega.pk), Clave(producto.pk, mundo.bodega.pk)]
    libro.bloquear(mundo.empresa, claves, creando=True)
    assert mundo.fisica(producto) == 0
    assert mundo.fisica(otro) == 1
