"""Personas con la misma página abierta a la vez, en PostgreSQL: lo que es para una, lo logra una."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection

from inventario.alertas import lectura, proyeccion
from inventario.alertas.models import Alerta
from inventario.alertas.proyeccion import recalcular
from inventario.alertas.services import reconocer_alerta, revisar
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Rol
from inventario.eventos import tasks
from inventario.eventos.models import Entrega, Evento
from inventario.lotes.models import Lote
from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.mundo import Mundo, cant
from inventario.nucleo.empresa import en_empresa
from inventario.panel.marco.pagina import CAMPO_DE_CLAVE, nueva_clave
from inventario.panel.tests.conftest import Navegador, entrar_en
from inventario.productos.models import Producto
from inventario.tests.carreras import contar_a_la_vez, cuadra

pytestmark = pytest.mark.postgresql


def abrir(mundo: Mundo, rol: str = Rol.ADMINISTRADOR) -> Navegador:
    with en_empresa(mundo.empresa):
        return entrar_en(mundo.empresa, rol)


def copia(navegador: Navegador) -> Navegador:
    """Otra pestaña de la misma persona: cada hilo, su cliente."""
    otra = Navegador()
    otra.cookies = navegador.cookies
    return otra


def envio(navegador: Navegador, ruta: str, datos: dict[str, Any], clave: str = "") -> Callable[[], str]:
    """Al llamarlo envía y dice cómo terminó: el estado, y a dónde llevó si salió bien."""
    cliente = copia(navegador)

    def enviar() -> str:
        respuesta = cliente.post(ruta, {CAMPO_DE_CLAVE: clave or nueva_clave(), **datos})
        return f"{respuesta.status_code} {respuesta.get('Location', '')}".strip()

    return enviar


def despacho(producto: Producto, cantidad: int, bodega: Bodega) -> dict[str, Any]:
    """Lo que envía quien ya miró de qué lote sale; cada producto tiene uno en cada bodega."""
    with en_empresa(bodega.empresa):
        lote = Lote.objects.get(producto=producto, bodega=bodega)
    return {
        "producto": producto.pk,
        "cantidad": str(cantidad),
        "bodega": bodega.pk,
        "motivo": "consumo",
        "vistos": f"{lote.pk}:{cantidad}|{producto.pk}/{bodega.pk}/{cantidad}/",
    }


def estados(cuentas: Counter[str]) -> dict[str, int]:
    por_estado: Counter[str] = Counter()
    for dicho, veces in cuentas.items():
        por_estado[dicho.split()[0]] += veces
    return dict(por_estado)


def test_el_mismo_formulario_en_ocho_hilos_mueve_una_vez_y_todos_llegan_al_mismo_recibo(
    mundo: Mundo,
) -> None:
    with en_empresa(mundo.empresa):
        producto = mundo.producto()
        mundo.entrada(producto, 100)
    navegador, clave = abrir(mundo), nueva_clave()
    datos = despacho(producto, 3, mundo.bodega)
    cuentas = contar_a_la_vez(*([envio(navegador, "/despachos/nuevo/", datos, clave)] for _ in range(8)))
    with en_empresa(mundo.empresa):
        salida = Asiento.objects.get(tipo="salida")
        assert mundo.fisica(producto) == cant(97)
    assert cuentas == {f"303 /asientos/{salida.pk}/": 8}
    cuadra(mundo)


def test_dos_operadores_no_despachan_las_mismas_ultimas_unidades(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        producto = mundo.producto()
        mundo.entrada(producto, 10)
    datos = despacho(producto, 4, mundo.bodega)
    operadores = [abrir(mundo, rol) for rol in (Rol.OPERADOR, Rol.SUPERVISOR)]
    cuentas = contar_a_la_vez(
        *([envio(quien, "/despachos/nuevo/", datos)] for quien in operadores for _ in range(4))
    )
    assert estados(cuentas) == {"303": 2, "422": 6}
    with en_empresa(mundo.empresa):
        assert mundo.fisica(producto) == cant(2)
        assert Asiento.objects.filter(tipo="salida").count() == 2
    cuadra(mundo)


def test_dos_deshacen_el_mismo_recibo_y_uno_gana(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        producto = mundo.producto()
        mundo.entrada(producto, 10)
        salida = mundo.fefo(producto, 4)
    ruta = f"/asientos/{salida.pk}/revertir/"
    quienes = [abrir(mundo), abrir(mundo, Rol.SUPERVISOR)]
    cuentas = contar_a_la_vez(
        *([envio(quien, ruta, {"motivo": "No era"})] for quien in quienes for _ in range(3))
    )
    assert estados(cuentas) == {"303": 1, "422": 5}
    with en_empresa(mundo.empresa):
        assert Asiento.objects.filter(tipo="reverso").count() == 1
        assert mundo.fisica(producto) == cant(10)
    cuadra(mundo)


def test_bloquear_una_familia_mientras_se_despacha_no_deja_salir_nada_despues(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        producto = mundo.producto()
        lote = mundo.entrada(producto, 40, codigo="RETIRO")
        mundo.entrada(producto, 40, codigo="RETIRO", bodega=mundo.otra)
    quien, operador = abrir(mundo), abrir(mundo, Rol.OPERADOR)
    retiro = envio(
        quien, "/trazabilidad/bloquear/?q=RETIRO", {"motivo": "Retiro del proveedor", "confirmo": "on"}
    )
    salidas = [
        [envio(operador, "/despachos/nuevo/", despacho(producto, 1, bodega))] * 3
        for bodega in (mundo.bodega, mundo.otra) * 3
    ]
    cuentas = contar_a_la_vez([retiro], *salidas)
    por_estado = estados(cuentas)
    assert cuentas["303 /trazabilidad/?q=RETIRO"] == 1
    salieron = por_estado["303"] - 1
    assert salieron + por_estado.get("422", 0) == 18
    with en_empresa(mundo.empresa):
        assert not Lote.objects.filter(codigo="RETIRO", bloqueado=False).exists()
        quedan = mundo.fisica(producto) + mundo.fisica(producto, mundo.otra)
        assert quedan == cant(80 - salieron)
        assert mundo.saldo(lote) == mundo.fisica(producto)
    # Bloqueado todo, ya no sale nada por la página.
    tarde = envio(operador, "/despachos/nuevo/", despacho(producto, 1, mundo.bodega))
    assert tarde() == "422"
    cuadra(mundo)


def test_reconocer_dos_personas_a_la_vez_queda_en_la_historia_y_vale_la_ultima(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        producto = mundo.producto(stock_minimo=50)
        mundo.entrada(producto, 10)
        recalcular(mundo.empresa, [producto.pk], mundo.reloj())
        alerta = Alerta.objects.get(tipo="stock_minimo")
    ruta = f"/alertas/{alerta.pk}/reconocer/"
    personas = {nota: abrir(mundo, rol) for nota, rol in (("Ana", Rol.OPERADOR), ("Luis", Rol.SUPERVISOR))}
    cuentas = contar_a_la_vez(*([envio(quien, ruta, {"nota": nota})] * 3 for nota, quien in personas.items()))
    assert cuentas == {"303 /alertas/": 6}
    with en_empresa(mundo.empresa):
        alerta.refresh_from_db()
        hechos = list(alerta.reconocimientos.all())
        vale = (alerta.reconocida_por, alerta.reconocida_en, alerta.nota)
    assert Counter(hecho.nota for hecho in hechos) == {"Ana": 3, "Luis": 3}
    for hecho in hechos:
        assert hecho.quien.email.startswith({"Ana": "operador", "Luis": "supervisor"}[hecho.nota])
    assert vale == (hechos[-1].quien, hechos[-1].cuando, hechos[-1].nota)


def test_el_mismo_reconocimiento_en_ocho_hilos_es_uno(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        producto = mundo.producto(stock_minimo=50)
        recalcular(mundo.empresa, [producto.pk], mundo.reloj())
        alerta = Alerta.objects.get()
    quien, clave = abrir(mundo, Rol.OPERADOR), nueva_clave()
    ruta = f"/alertas/{alerta.pk}/reconocer/"
    cuentas = contar_a_la_vez(*([envio(quien, ruta, {"nota": "La veo"}, clave)] for _ in range(8)))
    assert cuentas == {"303 /alertas/": 8}
    with en_empresa(mundo.empresa):
        assert alerta.reconocimientos.get().nota == "La veo"


def test_reconocer_mientras_se_pone_al_dia_no_se_pierde(
    mundo: Mundo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quien pone al día ya leyó la alerta sin reconocer: al guardar no debe borrar lo que se anotó."""
    with en_empresa(mundo.empresa):
        producto = mundo.producto(stock_minimo=50)
        mundo.entrada(producto, 10)
        recalcular(mundo.empresa, [producto.pk], mundo.reloj())
        mundo.entrada(producto, 5)
        alerta = Alerta.objects.get(tipo="stock_minimo")
    leida, seguir = Event(), Event()
    abiertas = lectura.abiertas_de

    def leer_y_esperar(*args: Any) -> list[Alerta]:
        halladas = abiertas(*args)
        leida.set()
        assert seguir.wait(20)
        return halladas

    monkeypatch.setattr(proyeccion, "abiertas_de", leer_y_esperar)

    def en_su_conexion(tarea: Callable[[], object]) -> Thread:
        def correr() -> None:
            try:
                with en_empresa(mundo.empresa):
                    tarea()
            finally:
                connection.close()

        hilo = Thread(target=correr, daemon=True)
        hilo.start()
        return hilo

    # Otra cantidad que la que dice la alerta, para que haya qué poner al día.
    with en_empresa(mundo.empresa):
        Alerta.objects.filter(pk=alerta.pk).update(mensaje="Vieja")
    al_dia = en_su_conexion(lambda: recalcular(mundo.empresa, [producto.pk], mundo.reloj()))
    assert leida.wait(20)
    nota = en_su_conexion(lambda: reconocer_alerta(actor=mundo.actor, alerta=alerta, nota="Ya la pedí"))
    # Con la fila retenida por quien pone al día, la nota espera; sin retenerla, entra y luego se pierde.
    nota.join(1.5)
    seguir.set()
    for hilo in (al_dia, nota):
        hilo.join(30)
        assert not hilo.is_alive()
    with en_empresa(mundo.empresa):
        alerta.refresh_from_db()
    assert alerta.mensaje != "Vieja"
    assert alerta.nota == "Ya la pedí"
    assert alerta.reconocida_por_id == mundo.actor.usuario.pk


def test_revisar_todo_mientras_se_mueve_se_reconoce_y_se_edita_no_se_traba(mundo: Mundo) -> None:
    with en_empresa(mundo.empresa):
        productos = [mundo.producto(f"P-{n}", stock_minimo=30) for n in range(4)]
        for producto in productos:
            mundo.entrada(producto, 25)
    revisar(mundo.empresa, reloj=mundo.reloj)
    with en_empresa(mundo.empresa):
        alertas = list(Alerta.objects.activas().filter(tipo="stock_minimo").order_by("-pk"))
    quien, operador = abrir(mundo), abrir(mundo, Rol.OPERADOR)

    def revision() -> str:
        revisar(mundo.empresa, reloj=mundo.reloj)
        return "revisó"

    def ronda() -> str:
        tasks.despachar(mundo.empresa.pk)
        return "rondó"

    salidas = [
        [envio(operador, "/despachos/nuevo/", despacho(uno, 1, mundo.bodega))] * 4 for uno in productos
    ]
    notas = [[envio(quien, f"/alertas/{uno.pk}/reconocer/", {"nota": "Vista"}) for uno in alertas] * 2]
    cuentas = contar_a_la_vez([revision] * 4, [ronda] * 4, *salidas, *notas)
    assert (cuentas["revisó"], cuentas["rondó"]) == (4, 4)
    assert estados(cuentas)["303"] == 16 + 8
    with en_empresa(mundo.empresa):
        assert not Evento.objects.filter(repartido_en=None).exists()
        assert not Entrega.objects.exclude(estado="entregada").exists()
        assert set(Alerta.objects.activas().filter(tipo="stock_minimo").values_list("nota", flat=True)) == {
            "Vista"
        }
    cuadra(mundo)


def que_se_rompe(*_eventos: Evento) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")


def test_un_consumidor_roto_no_pierde_ni_el_movimiento_ni_el_aviso(mundo: Mundo, settings: Any) -> None:
    """Hasta si lo que rompe es la transacción de la base, y aunque corra en la misma solicitud."""
    with en_empresa(mundo.empresa):
        producto = mundo.producto(stock_minimo=50)
        mundo.entrada(producto, 60)
    tasks.despachar(mundo.empresa.pk)
    roto = f"{__name__}.que_se_rompe"
    de_siempre = settings.CONSUMIDORES_DE_EVENTOS
    bueno = de_siempre["asiento_registrado"]
    settings.CONSUMIDORES_DE_EVENTOS = {**de_siempre, "asiento_registrado": [*bueno, roto]}
    settings.CONSUMIDORES_EN_EL_ACTO = [*settings.CONSUMIDORES_EN_EL_ACTO, roto]
    datos = despacho(producto, 20, mundo.bodega)
    assert envio(abrir(mundo), "/despachos/nuevo/", datos)().startswith("303 /asientos/")
    with en_empresa(mundo.empresa):
        assert mundo.fisica(producto) == cant(40)
        # La ronda que se encargó sola ya se lo dio a quien sí pudo; al roto se lo debe.
        assert Alerta.objects.activas().filter(tipo="stock_minimo").count() == 1
        debe = Entrega.objects.select_related("evento").get()
        assert (debe.consumidor, debe.estado) == (roto, "pendiente")
        assert debe.evento.tipo == "asiento_registrado"
    cuadra(mundo)


def test_pedir_a_la_vez_el_mismo_archivo_encarga_uno(mundo: Mundo, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    ruta, clave, navegador = "/reportes/kardex/encargar/", nueva_clave(), abrir(mundo)
    with en_empresa(mundo.empresa):
        producto = mundo.producto()
        mundo.entrada(producto, 5)
    pedir = partial(envio, navegador, f"{ruta}?producto={producto.pk}", {"formato": "csv"}, clave)
    cuentas = contar_a_la_vez(*([pedir()] for _ in range(6)))
    [destino] = cuentas
    assert cuentas[destino] == 6
    assert destino.startswith("303 /reportes/exportaciones/")
