"""Qué motivos admite cada asiento: lo dice una tabla, y cada servicio rechaza los demás sin mover nada."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inventario.lotes.models import Lote
from inventario.movimientos import services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, Motivo, TipoAsiento
from inventario.movimientos.models.tipos import MOTIVOS_ADMITIDOS, PERDIDAS, motivos_de
from inventario.movimientos.reparto import Politica
from inventario.movimientos.services import LineaEntrada, LineaSalida
from inventario.movimientos.tests.mundo import Mundo, cant
from inventario.nucleo.errores import DatoInvalido

pytestmark = pytest.mark.django_db

Servicio = Callable[[Mundo, Lote, Glosa], Asiento | None]


def _entrada(tipo: TipoAsiento) -> Servicio:
    return lambda mundo, lote, glosa: services.registrar_entrada(
        actor=mundo.actor,
        producto=lote.producto,
        bodega=mundo.otra,
        cantidad=cant(1),
        glosa=glosa,
        tipo=tipo,
        reloj=mundo.reloj,
    )


def _entradas(mundo: Mundo, lote: Lote, glosa: Glosa) -> Asiento:
    linea = LineaEntrada(lote.producto, mundo.otra, cant(1))
    return services.registrar_entradas(actor=mundo.actor, lineas=[linea], glosa=glosa, reloj=mundo.reloj)


def _varios(mundo: Mundo, lote: Lote, glosa: Glosa) -> Asiento:
    return services.despachar_varios(
        actor=mundo.actor,
        lineas=[LineaSalida(lote.producto, mundo.bodega, cant(1))],
        politica=Politica.FEFO,
        glosa=glosa,
        reloj=mundo.reloj,
    ).asiento


def _ajustar_producto(mundo: Mundo, lote: Lote, glosa: Glosa) -> Asiento | None:
    return services.ajustar_existencias(
        actor=mundo.actor,
        producto=lote.producto,
        bodega=mundo.bodega,
        diferencia=cant(-1),
        glosa=glosa,
        reloj=mundo.reloj,
    )


def _contar_producto(mundo: Mundo, lote: Lote, glosa: Glosa) -> Asiento | None:
    return services.contar_existencias(
        actor=mundo.actor,
        producto=lote.producto,
        bodega=mundo.bodega,
        contada=cant(9),
        glosa=glosa,
        reloj=mundo.reloj,
    )


def _trasladar(mundo: Mundo, lote: Lote, glosa: Glosa) -> Asiento:
    return services.trasladar(
        actor=mundo.actor,
        producto=lote.producto,
        cantidad=cant(1),
        desde=mundo.bodega,
        hacia=mundo.otra,
        politica=Politica.FEFO,
        glosa=glosa,
        reloj=mundo.reloj,
    )


# Todo servicio que recibe una glosa, con los asientos que puede dejar.
SERVICIOS: dict[str, tuple[Servicio, tuple[TipoAsiento, ...]]] = {
    "registrar_entrada": (_entrada(TipoAsiento.ENTRADA), (TipoAsiento.ENTRADA,)),
    "registrar_entrada (inicial)": (_entrada(TipoAsiento.INICIAL), (TipoAsiento.INICIAL,)),
    "registrar_entradas": (_entradas, (TipoAsiento.ENTRADA,)),
    "despachar_fefo": (
        lambda mundo, lote, glosa: mundo.fefo(lote.producto, 1, glosa=glosa),
        (TipoAsiento.SALIDA,),
    ),
    "despachar_peps": (
        lambda mundo, lote, glosa: mundo.peps(lote.producto, 1, glosa=glosa),
        (TipoAsiento.SALIDA,),
    ),
    "despachar_varios": (_varios, (TipoAsiento.SALIDA,)),
    "registrar_salida": (
        lambda mundo, lote, glosa: mundo.salida(lote, 1, glosa=glosa),
        (TipoAsiento.SALIDA, *PERDIDAS),
    ),
    "registrar_merma": (lambda mundo, lote, glosa: mundo.merma(lote, 1, glosa=glosa), PERDIDAS),
    "ajustar_lote": (
        lambda mundo, lote, glosa: services.ajustar_lote(
            actor=mundo.actor, lote=lote, diferencia=cant(-1), glosa=glosa, reloj=mundo.reloj
        ),
        (TipoAsiento.AJUSTE,),
    ),
    "contar_lote": (
        lambda mundo, lote, glosa: services.contar_lote(
            actor=mundo.actor, lote=lote, contada=cant(9), glosa=glosa, reloj=mundo.reloj
        ),
        (TipoAsiento.AJUSTE,),
    ),
    "ajustar_existencias": (_ajustar_producto, (TipoAsiento.AJUSTE,)),
    "contar_existencias": (_contar_producto, (TipoAsiento.AJUSTE,)),
    "trasladar": (_trasladar, (TipoAsiento.TRASLADO,)),
    "trasladar_lote": (
        lambda mundo, lote, glosa: services.trasladar_lote(
            actor=mundo.actor, lote=lote, cantidad=cant(1), hacia=mundo.otra, glosa=glosa, reloj=mundo.reloj
        ),
        (TipoAsiento.TRASLADO,),
    ),
}


def test_la_tabla_dice_algo_de_cada_asiento_y_de_cada_motivo() -> None:
    assert set(MOTIVOS_ADMITIDOS) == set(TipoAsiento)
    assert {motivo for suyos in MOTIVOS_ADMITIDOS.values() for motivo in suyos} == set(Motivo)


def test_estan_todos_los_servicios_que_reciben_una_glosa() -> None:
    reciben = {
        nombre
        for nombre in services.__all__
        if "glosa" in getattr(getattr(services, nombre), "__annotations__", {})
    }
    assert reciben == {nombre.split(" ")[0] for nombre in SERVICIOS}


@pytest.mark.parametrize("nombre", SERVICIOS)
def test_un_motivo_que_no_se_admite_no_mueve_nada(mundo: Mundo, nombre: str) -> None:
    servicio, tipos = SERVICIOS[nombre]
    lote = mundo.entrada(mundo.producto(), 10)
    admitidos = motivos_de(*tipos)
    for motivo in set(Motivo) - set(admitidos):
        with mundo.rechaza(DatoInvalido) as visto:
            servicio(mundo, lote, Glosa(motivo=motivo))
        [detalle] = visto.value.detalles
        assert (detalle.campo, detalle.codigo) == ("motivo", "invalid_choice")
        texto = f"Aquí no vale el motivo «{motivo.value}»: se admite {', '.join(admitidos)}."
        assert detalle.mensaje == texto


@pytest.mark.parametrize("nombre", SERVICIOS)
def test_con_cada_motivo_el_asiento_es_del_tipo_que_lo_admite(mundo: Mundo, nombre: str) -> None:
    servicio, tipos = SERVICIOS[nombre]
    for motivo in motivos_de(*tipos):
        lote = mundo.entrada(mundo.producto(f"SKU-{motivo}"), 10)
        asiento = servicio(mundo, lote, Glosa(motivo=motivo))
        assert asiento is not None
        assert asiento.motivo == motivo
        assert [asiento.tipo] == [tipo for tipo in tipos if motivo in MOTIVOS_ADMITIDOS[tipo]]
