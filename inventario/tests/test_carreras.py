"""Carreras en PostgreSQL: pase lo que pase a la vez, sale exactamente lo que hay.

SQLite deja escribir a uno solo y escondería un bloqueo olvidado; allí se prueba con procesos.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest

from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import PERMISOS_POR_ROL, Permiso, Rol
from inventario.lotes.models import Lote
from inventario.movimientos import libro, services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Apartado, Asiento, Movimiento, TipoAsiento
from inventario.movimientos.querysets import Clave, ExistenciaQuerySet
from inventario.movimientos.reparto import Politica
from inventario.movimientos.services import LineaSalida
from inventario.movimientos.services.comprobaciones import insuficiente
from inventario.movimientos.tests.mundo import CONTEO, MERMA, Mundo, cant, dia
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.mundo import cliente_con
from inventario.productos.models import Producto
from inventario.tests.carreras import Tarea, a_la_vez, contar_a_la_vez, cuadra, repetir

pytestmark = pytest.mark.postgresql


def _con(mundo: Mundo, cantidad: int, *, lotes: int = 1, sku: str = "ALIM-01") -> tuple[Producto, Lote]:
    """Un producto con esa existencia repartida en tantos lotes; devuelve también el último."""
    with en_empresa(mundo.empresa):
        producto = mundo.producto(sku)
        for numero in range(lotes):
            lote = mundo.entrada(producto, cantidad // lotes, vence=dia(numero + 5))
    # La unidad queda leída: los hilos no deben gastar su carrera en eso.
    assert producto.unidad.divisible
    return producto, lote


def _fisica(mundo: Mundo, producto: Producto, bodega: Bodega | None = None) -> Decimal:
    with en_empresa(mundo.empresa):
        return mundo.fisica(producto, bodega)


def _salidas(mundo: Mundo) -> Decimal:
    with en_empresa(mundo.empresa):
        return -sum((linea.cantidad for linea in Movimiento.objects.filter(tipo="salida")), start=Decimal(0))


def _apartar(mundo: Mundo, producto: Producto, cantidad: int) -> Apartado:
    """Lo que hará una reserva: comprobar y prometer con la fila bloqueada."""
    with mundo.hoja(producto) as hoja:
        disponible = hoja.saldo(Clave(producto.pk, mundo.bodega.pk)).libre
        if cantidad > disponible:
            raise insuficiente(hoja, producto, mundo.bodega, solicitado=cant(cantidad), disponible=disponible)
        return hoja.apartar(producto, mundo.bodega, cant(cantidad), vence_en=hoja.ahora + timedelta(hours=1))


def test_cien_unidades_y_trescientos_despachos_por_treinta_y_dos_hilos(mundo: Mundo) -> None:
    producto, _ = _con(mundo, 100, lotes=4)
    tareas: list[Tarea] = [lambda: mundo.fefo(producto, 1)] * 300
    cuentas = a_la_vez(mundo, *[tareas[hilo::32] for hilo in range(32)])
    assert cuentas == {"bien": 100, "ExistenciaInsuficiente": 200}
    assert (_salidas(mundo), _fisica(mundo, producto)) == (100, 0)
    with en_empresa(mundo.empresa):
        assert not Lote.objects.con_saldo().exists()
        numeros = list(Asiento.objects.order_by("numero").values_list("numero", flat=True))
    assert numeros == list(range(1, 105))
    cuadra(mundo)


def test_por_http_trescientos_despachos_de_a_uno_dan_cien_200_y_doscientos_400(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        producto = mundo.producto()
        mundo.entrada(producto, 100)
        _, clave = crear_clave_api(empresa=mundo.empresa, nombre="carrera", alcances=["inventory:write"])

    def despachar() -> str:
        respuesta = cliente_con(clave).post(
            "/api/v1/inventario/despachar", {"producto_id": producto.pk, "cantidad": 1}, format="json"
        )
        if respuesta.status_code == 200:
            return "200"
        return f"{respuesta.status_code} {respuesta.json()['codigo']}"

    llamadas = [despachar] * 300
    cuentas = contar_a_la_vez(*[llamadas[hilo::32] for hilo in range(32)])
    assert cuentas == {"200": 100, "400 stock_insuficiente": 200}
    assert (_salidas(mundo), _fisica(mundo, producto)) == (100, 0)
    cuadra(mundo)


def test_diez_entradas_a_la_vez_suman_todas(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        producto = mundo.producto()
    # La primera crea la existencia: las diez chocan también ahí.
    assert a_la_vez(mundo, *repetir(lambda: mundo.entrada(producto, 10), 10)) == {"bien": 10}
    assert _fisica(mundo, producto) == 100
    cuadra(mundo)


@pytest.mark.parametrize("politica", list(Politica))
def test_doce_despachos_de_veinte_sobre_cien_dejan_pasar_cinco(mundo: Mundo, politica: Politica) -> None:
    producto, _ = _con(mundo, 100, lotes=2)
    despachar = mundo.fefo if politica == Politica.FEFO else mundo.peps
    cuentas = a_la_vez(mundo, *repetir(lambda: despachar(producto, 20), 12))
    assert cuentas == {"bien": 5, "ExistenciaInsuficiente": 7}
    assert (_salidas(mundo), _fisica(mundo, producto)) == (100, 0)
    cuadra(mundo)


def test_doce_salidas_del_mismo_lote_y_despachos_del_producto(mundo: Mundo) -> None:
    producto, lote = _con(mundo, 100)
    assert (lote.producto.unidad.divisible, lote.bodega.nombre) == (True, "Bodega principal")
    cuentas = a_la_vez(
        mundo,
        *repetir(lambda: mundo.salida(lote, 20), 6),
        *repetir(lambda: mundo.fefo(producto, 20), 6),
    )
    assert cuentas == {"bien": 5, "ExistenciaInsuficiente": 7}
    cuadra(mundo)


def test_ajustes_mermas_y_conteos_contra_despachos(mundo: Mundo) -> None:
    producto, lote = _con(mundo, 100)
    ajuste = {"actor": mundo.actor, "glosa": MERMA, "reloj": mundo.reloj}
    tareas: list[Tarea] = [
        lambda: services.ajustar_lote(lote=lote, diferencia=cant(-30), **ajuste),  # type: ignore[arg-type]  # repetidos
        lambda: services.ajustar_existencias(
            producto=producto,
            bodega=mundo.bodega,
            diferencia=cant(-30),
            **ajuste,  # type: ignore[arg-type]  # repetidos
        ),
        lambda: mundo.merma(lote, 30),
        lambda: mundo.fefo(producto, 30),
        lambda: mundo.peps(producto, 30),
        lambda: mundo.salida(lote, 30),
    ]
    cuentas = a_la_vez(mundo, *([tarea] for tarea in tareas))
    assert cuentas == {"bien": 3, "ExistenciaInsuficiente": 3}
    assert _fisica(mundo, producto) == 10
    cuadra(mundo)


def test_varios_conteos_a_la_vez_dejan_lo_contado(mundo: Mundo) -> None:
    producto, lote = _con(mundo, 100)
    tareas: list[Tarea] = [
        lambda: services.contar_lote(
            actor=mundo.actor, lote=lote, contada=cant(60), glosa=CONTEO, reloj=mundo.reloj
        ),
        lambda: services.contar_existencias(
            actor=mundo.actor,
            producto=producto,
            bodega=mundo.bodega,
            contada=cant(60),
            glosa=CONTEO,
            reloj=mundo.reloj,
        ),
    ]
    assert a_la_vez(mundo, *([tarea] for tarea in tareas * 4)) == {"bien": 8}
    assert _fisica(mundo, producto) == 60
    with en_empresa(mundo.empresa):
        # Solo el primero halló diferencia.
        assert Asiento.objects.filter(tipo="ajuste").count() == 1
    cuadra(mundo)


def test_revertir_el_mismo_asiento_a_la_vez_lo_revierte_una_vez(mundo: Mundo) -> None:
    producto, _ = _con(mundo, 100)
    with en_empresa(mundo.empresa):
        salida = mundo.fefo(producto, 40)
    cuentas = a_la_vez(mundo, *repetir(lambda: mundo.revertir(salida), 8))
    assert cuentas == {"bien": 1, "AsientoYaRevertido": 7}
    assert _fisica(mundo, producto) == 100
    cuadra(mundo)


def test_revertir_lo_suyo_quien_opera_y_quien_supervisa_a_la_vez_lo_revierte_una_vez(mundo: Mundo) -> None:
    producto, _ = _con(mundo, 100)
    operador = mundo.actor_con(*map(Permiso, PERMISOS_POR_ROL[Rol.OPERADOR]))
    with en_empresa(mundo.empresa):
        salida = mundo.fefo(producto, 40, actor=operador)
    cuentas = a_la_vez(
        mundo,
        *repetir(lambda: mundo.revertir(salida, actor=operador), 2),
        *repetir(lambda: mundo.revertir(salida), 2),
    )
    assert cuentas == {"bien": 1, "AsientoYaRevertido": 3}
    assert _fisica(mundo, producto) == 100
    cuadra(mundo)


def test_revertir_una_entrada_contra_despachos_de_ella(mundo: Mundo) -> None:
    producto, lote = _con(mundo, 10)
    with en_empresa(mundo.empresa):
        entrada = lote.movimientos.get().asiento
    cuentas = a_la_vez(
        mundo, [lambda: mundo.revertir(entrada)], *repetir(lambda: mundo.fefo(producto, 10), 3)
    )
    # Gana quien llega primero: o se revierte y nadie saca, o sale y ya no se revierte.
    assert cuentas in (
        {"bien": 1, "ExistenciaInsuficiente": 3},
        {"bien": 1, "ExistenciaInsuficiente": 2, "NoSeRevierte": 1},
    )
    assert _fisica(mundo, producto) == 0
    cuadra(mundo)


def test_apartar_de_a_uno_por_treinta_y_dos_hilos_aparta_lo_que_hay(mundo: Mundo) -> None:
    producto, _ = _con(mundo, 10)
    cuentas = a_la_vez(mundo, *repetir(lambda: _apartar(mundo, producto, 1), 32))
    assert cuentas == {"bien": 10, "ExistenciaInsuficiente": 22}
    with en_empresa(mundo.empresa):
        assert (mundo.apartada(producto), mundo.disponible(producto)) == (10, 0)
    cuadra(mundo)


def test_apartar_y_despachar_a_la_vez_no_prometen_lo_que_salio(mundo: Mundo) -> None:
    producto, _ = _con(mundo, 10)
    cuentas = a_la_vez(
        mundo,
        *repetir(lambda: _apartar(mundo, producto, 1), 12),
        *repetir(lambda: mundo.fefo(producto, 1), 12),
    )
    assert cuentas == {"bien": 10, "ExistenciaInsuficiente": 14}
    with en_empresa(mundo.empresa):
        assert mundo.fisica(producto) == mundo.apartada(producto)
    cuadra(mundo)


def test_consumir_contra_liberar_el_mismo_apartado_gana_uno(mundo: Mundo) -> None:
    producto, _ = _con(mundo, 10)
    clave = Clave(producto.pk, mundo.bodega.pk)
    with en_empresa(mundo.empresa):
        apartado = _apartar(mundo, producto, 10)

    def consumir() -> None:
        with mundo.hoja(producto) as hoja:
            suyo = hoja.apartado(apartado.pk, clave)
            asiento = hoja.empezar(TipoAsiento.SALIDA, actor=mundo.actor, glosa=Glosa())
            hoja.consumir(suyo, cant(10))
            lote = hoja.lotes(clave)[0]
            hoja.anotar(asiento, libro.Linea(lote, cant(-10), lote.costo_unitario))

    def liberar() -> None:
        with mundo.hoja(producto) as hoja:
            hoja.liberar(hoja.apartado(apartado.pk, clave))

    assert a_la_vez(mundo, [consumir], [liberar], [consumir], [liberar]) == {"bien": 1, "ApartadoResuelto": 3}
    with en_empresa(mundo.empresa):
        apartado.refresh_from_db()
        assert mundo.apartada(producto) == 0
        assert mundo.fisica(producto) == (0 if apartado.estado == "consumido" else 10)
    cuadra(mundo)


def test_bloquear_contra_despachar(mundo: Mundo) -> None:
    producto, lote = _con(mundo, 10)
    cuentas = a_la_vez(mundo, [lambda: mundo.bloquear(lote)], *repetir(lambda: mundo.fefo(producto, 1), 8))
    with en_empresa(mundo.empresa):
        salieron = 10 - mundo.fisica(producto)
        assert Lote.objects.get(pk=lote.pk).bloqueado
        assert mundo.disponible(producto) == 0
    esperadas = {"bien": 1 + int(salieron), "ExistenciaInsuficiente": 8 - int(salieron)}
    assert cuentas == {nombre: veces for nombre, veces in esperadas.items() if veces}
    cuadra(mundo)


def test_bloquear_contra_trasladar_alcanza_a_lo_que_se_estaba_yendo(mundo: Mundo) -> None:
    producto, lote = _con(mundo, 40)

    def trasladar() -> None:
        services.trasladar_lote(
            actor=mundo.actor, lote=lote, cantidad=cant(1), hacia=mundo.otra, reloj=mundo.reloj
        )

    assert lote.bodega.nombre
    assert a_la_vez(mundo, [trasladar] * 4, [lambda: mundo.bloquear(lote)], [trasladar] * 4) == {"bien": 9}
    with en_empresa(mundo.empresa):
        assert not Lote.objects.filter(bloqueado=False).exists()
        assert mundo.disponible(producto, mundo.otra) == 0
    cuadra(mundo)


def test_trasladar_en_los_dos_sentidos_no_se_traba(mundo: Mundo) -> None:
    # Alcanza aunque los dieciséis de un sentido corran antes que cualquiera del otro.
    producto, _ = _con(mundo, 80)
    with en_empresa(mundo.empresa):
        mundo.entrada(producto, 80, bodega=mundo.otra)

    def trasladar(desde: Bodega, hacia: Bodega) -> Tarea:
        return lambda: services.trasladar(
            actor=mundo.actor,
            producto=producto,
            cantidad=cant(5),
            desde=desde,
            hacia=hacia,
            politica=Politica.FEFO,
            reloj=mundo.reloj,
        )

    ida, vuelta = trasladar(mundo.bodega, mundo.otra), trasladar(mundo.otra, mundo.bodega)
    assert a_la_vez(mundo, *([[ida] * 4, [vuelta] * 4] * 4)) == {"bien": 32}
    assert (_fisica(mundo, producto), _fisica(mundo, producto, mundo.otra)) == (80, 80)
    cuadra(mundo)


def test_dos_productos_en_orden_contrario_por_ocho_hilos_no_se_traban(mundo: Mundo) -> None:
    uno, _ = _con(mundo, 160, sku="A")
    dos, _ = _con(mundo, 160, sku="B")

    def despachar(*productos: Producto) -> Tarea:
        lineas = [LineaSalida(producto, mundo.bodega, cant(2)) for producto in productos]
        return lambda: services.despachar_varios(
            actor=mundo.actor, lineas=lineas, politica=Politica.FEFO, reloj=mundo.reloj
        )

    hilos: Sequence[Sequence[Tarea]] = [[despachar(uno, dos)] * 10, [despachar(dos, uno)] * 10] * 4
    assert a_la_vez(mundo, *hilos) == {"bien": 80}
    assert (_fisica(mundo, uno), _fisica(mundo, dos)) == (0, 0)
    cuadra(mundo)


def test_entradas_de_productos_nuevos_en_orden_contrario_no_se_traban(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        productos = [mundo.producto(f"N-{numero}") for numero in range(6)]

    def entrar(orden: Sequence[Producto]) -> Tarea:
        lineas = [services.LineaEntrada(producto, mundo.bodega, cant(1)) for producto in orden]
        return lambda: services.registrar_entradas(actor=mundo.actor, lineas=lineas, reloj=mundo.reloj)

    assert a_la_vez(mundo, *([[entrar(productos)], [entrar(productos[::-1])]] * 4)) == {"bien": 8}
    assert {_fisica(mundo, producto) for producto in productos} == {8}
    cuadra(mundo)


def test_sin_el_bloqueo_la_carrera_aparece(mundo: Mundo, monkeypatch: pytest.MonkeyPatch) -> None:
    """El control: las pruebas de arriba pasan por el bloqueo y no porque los hilos no se crucen."""
    producto, lote = _con(mundo, 10)
    leyeron = Barrier(2)
    guardar = libro.Hoja.guardar

    def guardar_a_la_vez(hoja: libro.Hoja) -> None:
        # Los dos ya decidieron con lo que leyeron; recién ahora escriben.
        leyeron.wait(20)
        guardar(hoja)

    monkeypatch.setattr(libro.Hoja, "guardar", guardar_a_la_vez)
    monkeypatch.setattr(
        ExistenciaQuerySet,
        "bloquear",
        lambda filas, claves: list(filas.en(claves).order_by("producto_id", "bodega_id")),
    )
    assert a_la_vez(mundo, *repetir(lambda: mundo.fefo(producto, 6), 2)) == {"bien": 2}
    assert _salidas(mundo) == 12
    with en_empresa(mundo.empresa):
        # Salió más de lo que hubo y ninguna restricción lo vio: solo el bloqueo lo impide.
        assert (mundo.saldo(lote), mundo.fisica(producto)) == (4, 4)
    with pytest.raises(AssertionError, match="I5"):
        cuadra(mundo)
