"""Entradas: cada una abre su lote, con la fecha, el costo y el vencimiento que se dijeron."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from inventario.cuentas.models import Empresa
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import Lote, Procedencia
from inventario.movimientos import services
from inventario.movimientos.errores import PeriodoCerrado
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo, Movimiento, TipoAsiento
from inventario.movimientos.services import LineaEntrada
from inventario.movimientos.tests.mundo import AHORA, HOY, Mundo, cant, cants, dia, lineas_de, tomas
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.errores import DatoInvalido, ErrorDeDominio, NoEncontrado, ReglaRota, SinPermiso
from inventario.productos.models import Proveedor


def test_registrar_entrada_abre_un_lote_con_todo_lo_dicho(mundo: Mundo) -> None:
    producto = mundo.producto()
    proveedor = Proveedor.objects.create(empresa=mundo.empresa, nombre="Balanceados del Sur")
    asiento = services.registrar_entrada(
        actor=mundo.actor,
        producto=producto,
        bodega=mundo.bodega,
        cantidad=cant("12.5"),
        costo_unitario=cant("3.4567"),
        vence_el=dia(90),
        codigo="L-77",
        proveedor=proveedor,
        referencia_proveedor="FAC-9",
        glosa=Glosa(motivo=Motivo.COMPRA, referencia="OC-1"),
        reloj=mundo.reloj,
    )
    assert (asiento.tipo, asiento.numero, asiento.motivo, asiento.referencia) == (
        TipoAsiento.ENTRADA,
        1,
        "compra",
        "OC-1",
    )
    assert (asiento.fecha_efectiva, asiento.registrado_en) == (AHORA, AHORA)
    lote = Lote.objects.get()
    assert (lote.codigo, lote.vence_el, lote.fecha_ingreso) == ("L-77", dia(90), HOY)
    assert (lote.cantidad_recibida, lote.saldo, lote.costo_unitario) == (
        cant("12.5"),
        cant("12.5"),
        cant("3.4567"),
    )
    assert (lote.procedencia, lote.proveedor, lote.referencia_proveedor) == ("entrada", proveedor, "FAC-9")
    assert (lote.origen, lote.raiz, lote.bloqueado) == (None, None, False)
    linea = Movimiento.objects.get()
    assert (linea.tipo, linea.cantidad, linea.costo_unitario) == ("entrada", cant("12.5"), cant("3.4567"))
    assert (linea.saldo_lote_tras, linea.fisica_tras, linea.fecha_efectiva) == (
        cant("12.5"),
        cant("12.5"),
        AHORA,
    )
    assert mundo.fisica(producto) == cant("12.5")


def test_registrar_entrada_dos_veces_igual_nunca_mezcla_los_lotes(mundo: Mundo) -> None:
    producto = mundo.producto()
    uno = mundo.entrada(producto, 10, vence=dia(5), codigo="A")
    dos = mundo.entrada(producto, 4, vence=dia(5), codigo="A")
    assert uno.pk != dos.pk
    assert (mundo.saldo(uno), mundo.saldo(dos), mundo.fisica(producto)) == cants(10, 4, 14)


def test_registrar_entradas_de_varios_productos_es_un_asiento_con_una_linea_por_renglon(mundo: Mundo) -> None:
    uno, dos = mundo.producto("A"), mundo.producto("B")
    lineas = [
        LineaEntrada(dos, mundo.bodega, cant(3)),
        LineaEntrada(uno, mundo.otra, cant(5)),
        LineaEntrada(dos, mundo.bodega, cant(4)),
    ]
    asiento = services.registrar_entradas(actor=mundo.actor, lineas=lineas, reloj=mundo.reloj)
    assert [(m.producto_id, m.bodega_id, m.cantidad, m.fisica_tras) for m in asiento.lineas] == [
        (dos.pk, mundo.bodega.pk, *cants(3, 3)),
        (uno.pk, mundo.otra.pk, *cants(5, 5)),
        (dos.pk, mundo.bodega.pk, *cants(4, 7)),
    ]
    assert asiento.numero == 1


def test_registrar_entrada_inicial_deja_dicho_de_donde_viene_el_saldo(mundo: Mundo) -> None:
    lote = mundo.entrada(mundo.producto(), 8, tipo=TipoAsiento.INICIAL)
    assert lote.procedencia == Procedencia.INICIAL
    assert (lote.movimientos.get().tipo, lote.movimientos.get().asiento.tipo) == ("entrada", "inicial")


def test_registrar_entrada_de_otro_dia_vale_desde_que_ese_dia_empezo(mundo: Mundo) -> None:
    lote = mundo.entrada(mundo.producto(), 5, fecha_ingreso=dia(-3))
    asiento = lote.movimientos.get().asiento
    assert lote.fecha_ingreso == dia(-3)
    # Medianoche en Guayaquil son las cinco en UTC.
    assert asiento.fecha_efectiva == datetime(2026, 3, 7, 5, 0, tzinfo=UTC)
    assert lote.movimientos.get().fecha_efectiva == asiento.fecha_efectiva
    assert asiento.registrado_en == AHORA


def test_registrar_entrada_de_hoy_de_noche_es_de_hoy_aunque_en_utc_ya_sea_manana(mundo: Mundo) -> None:
    mundo.reloj.ahora = datetime(2026, 3, 11, 3, 30, tzinfo=UTC)
    lote = mundo.entrada(mundo.producto(), 5, vence=HOY)
    assert lote.fecha_ingreso == HOY
    with mundo.rechaza(DatoInvalido, "futura"):
        mundo.entrada(mundo.producto("B"), 5, fecha_ingreso=dia(1))


def test_registrar_entrada_atrasada_cambia_solo_el_orden_de_las_salidas_que_siguen(mundo: Mundo) -> None:
    producto = mundo.producto()
    hoy = mundo.entrada(producto, 10, costo=2)
    mundo.peps(producto, 3)
    atrasada = mundo.entrada(producto, 10, costo=7, fecha_ingreso=dia(-1))
    asiento = mundo.peps(producto, 12)
    assert lineas_de(asiento) == tomas((atrasada, -10), (hoy, -2))
    assert [linea.costo_unitario for linea in asiento.lineas] == [7, 2]


@pytest.mark.parametrize("dias", [1, 30])
def test_registrar_entrada_futura_se_rechaza(mundo: Mundo, dias: int) -> None:
    with mundo.rechaza(DatoInvalido, "futura") as visto:
        mundo.entrada(mundo.producto(), 5, fecha_ingreso=dia(dias))
    assert visto.value.datos["campo"] == "fecha_ingreso"


def test_registrar_entrada_vencida_se_rechaza_si_no_se_permite(mundo: Mundo) -> None:
    with mundo.rechaza(DatoInvalido, "09/03/2026") as visto:
        _entrar(mundo, vence_el=dia(-1))
    assert visto.value.datos["campo"] == "fecha_vencimiento"


def test_registrar_entrada_vencida_permitida_exige_poder_ajustar(mundo: Mundo) -> None:
    mundo.actor = mundo.actor_con(Permiso.REGISTRAR_ENTRADA)
    with mundo.rechaza(SinPermiso, "ajustar"):
        _entrar(mundo, vence_el=dia(-1), permitir_vencido=True)
    mundo.actor = mundo.actor_con(Permiso.REGISTRAR_ENTRADA, Permiso.AJUSTAR)
    lote = _entrar(mundo, vence_el=dia(-1), permitir_vencido=True)
    assert lote.vencido(HOY)
    assert mundo.saldo(lote) == 5


def test_registrar_entrada_que_vence_hoy_se_admite_sin_mas_permiso(mundo: Mundo) -> None:
    mundo.actor = mundo.actor_con(Permiso.REGISTRAR_ENTRADA)
    assert _entrar(mundo, vence_el=HOY).utilizable(HOY)


def _entrar(mundo: Mundo, *, vence_el: date, permitir_vencido: bool = False) -> Lote:
    asiento = services.registrar_entrada(
        actor=mundo.actor,
        producto=mundo.producto(uuid.uuid4().hex),
        bodega=mundo.bodega,
        cantidad=cant(5),
        vence_el=vence_el,
        permitir_vencido=permitir_vencido,
        reloj=mundo.reloj,
    )
    return asiento.lineas[0].lote


@pytest.mark.parametrize(
    ("cantidad", "texto"),
    [
        ("0", "mayor que cero"),
        ("-1", "mayor que cero"),
        ("0.00001", "4 decimales"),
        ("1.23456", "4 decimales"),
        ("100000000000", "menor que 100000000000"),
        ("1E+30", "menor que 100000000000"),
        ("NaN", "finito"),
        ("sNaN", "finito"),
        ("Infinity", "finito"),
        ("-Infinity", "finito"),
    ],
)
def test_registrar_entrada_con_cantidad_imposible_se_rechaza(mundo: Mundo, cantidad: str, texto: str) -> None:
    producto = mundo.producto()
    with mundo.rechaza(DatoInvalido, texto) as visto:
        mundo.entrada(producto, cantidad)
    assert visto.value.datos["campo"] == "cantidad"


@pytest.mark.parametrize("costo", ["-0.0001", "0.00001", "100000000000", "NaN", "Infinity"])
def test_registrar_entrada_con_costo_imposible_se_rechaza(mundo: Mundo, costo: str) -> None:
    producto = mundo.producto()
    with mundo.rechaza(DatoInvalido) as visto:
        mundo.entrada(producto, 1, costo=costo)
    assert visto.value.datos["campo"] == "costo_unitario"


def test_registrar_entrada_con_ceros_de_mas_es_la_misma_cantidad(mundo: Mundo) -> None:
    lote = mundo.entrada(mundo.producto(), "1.50000000", costo="0.10000")
    assert (mundo.saldo(lote), lote.costo_unitario) == (cant("1.5"), cant("0.1"))


def test_registrar_entrada_del_maximo_se_guarda_exacta_y_una_mas_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    maximo = "99999999999.9999"
    lote = mundo.entrada(producto, maximo, costo=maximo)
    assert (mundo.saldo(lote), mundo.fisica(producto)) == (Decimal(maximo), Decimal(maximo))
    assert Lote.objects.get().costo_unitario == Decimal(maximo)
    with mundo.rechaza(DatoInvalido, "99999999999.9999"):
        mundo.entrada(producto, "0.0001")
    # En otra bodega sí cabe: el tope es de cada saldo.
    mundo.entrada(producto, "0.0001", bodega=mundo.otra)


def test_registrar_entrada_de_media_pieza_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto(unidad=mundo.pieza)
    with mundo.rechaza(DatoInvalido, "enteras"):
        mundo.entrada(producto, "1.5")
    assert mundo.saldo(mundo.entrada(producto, "2.000")) == 2


def test_registrar_entrada_de_producto_inactivo_o_eliminado_se_rechaza(mundo: Mundo) -> None:
    inactivo = mundo.producto("I", activo=False)
    with mundo.rechaza(ReglaRota, "inactivo"):
        mundo.entrada(inactivo, 1)
    eliminado = mundo.producto("E", activo=False, eliminado_en=timezone.now())
    with mundo.rechaza(NoEncontrado, "no encontrado"):
        mundo.entrada(eliminado, 1)


def test_registrar_entradas_con_una_linea_mala_no_registra_ninguna(mundo: Mundo) -> None:
    bueno, inactivo = mundo.producto("A"), mundo.producto("B", activo=False)
    lineas = [LineaEntrada(bueno, mundo.bodega, cant(3)), LineaEntrada(inactivo, mundo.bodega, cant(3))]
    with mundo.rechaza(ReglaRota):
        services.registrar_entradas(actor=mundo.actor, lineas=lineas, reloj=mundo.reloj)


def test_registrar_entradas_sin_lineas_se_rechaza(mundo: Mundo) -> None:
    with mundo.rechaza(DatoInvalido, "al menos una"):
        services.registrar_entradas(actor=mundo.actor, lineas=[], reloj=mundo.reloj)


def test_registrar_entrada_en_bodega_inactiva_se_rechaza(mundo: Mundo) -> None:
    mundo.otra.activa = False
    mundo.otra.save()
    with mundo.rechaza(DatoInvalido, "inactiva"):
        mundo.entrada(mundo.producto(), 1, bodega=mundo.otra)


@pytest.mark.parametrize(("dias", "cabe"), [(-6, False), (-5, False), (-4, True)])
def test_registrar_entrada_en_periodo_cerrado_se_rechaza(mundo: Mundo, dias: int, cabe: bool) -> None:
    Empresa.objects.filter(pk=mundo.empresa.pk).update(cierre_hasta=dia(-5))
    producto = mundo.producto()
    if cabe:
        mundo.entrada(producto, 1, fecha_ingreso=dia(dias))
        assert mundo.fisica(producto) == 1
    else:
        with mundo.rechaza(PeriodoCerrado, "05/03/2026"):
            mundo.entrada(producto, 1, fecha_ingreso=dia(dias))


def test_registrar_entrada_sin_permiso_o_fuera_de_su_bodega_o_modulo_se_rechaza(mundo: Mundo) -> None:
    producto = mundo.producto()
    completo = mundo.actor
    limitado = mundo.actor_con(*Permiso, alcance=Alcance.de({mundo.otra.pk}))
    de_engorde = mundo.actor_con(*Permiso, modulos_permitidos=frozenset({"engorde"}))
    for actor, modulo in [
        (mundo.actor_sin(Permiso.REGISTRAR_ENTRADA), ""),
        (limitado, ""),
        (de_engorde, "cria"),
    ]:
        mundo.actor = actor
        with mundo.rechaza(SinPermiso):
            mundo.entrada(producto, 1, glosa=Glosa(modulo=modulo))
    mundo.actor = completo
    assert mundo.fisica(producto) == 0


def test_registrar_entrada_numera_los_asientos_sin_huecos_aunque_uno_se_rechace(mundo: Mundo) -> None:
    producto = mundo.producto()
    numeros = [mundo.entrada(producto, 1).movimientos.get().asiento.numero]
    with pytest.raises(ErrorDeDominio):
        mundo.entrada(producto, 1, fecha_ingreso=dia(1))
    numeros.append(mundo.entrada(producto, 1).movimientos.get().asiento.numero)
    assert numeros == [1, 2]
