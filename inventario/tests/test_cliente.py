"""El cliente de Python contra un servidor de verdad, y con una red que pierde respuestas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from inventario.cuentas.claves.services import crear_clave_api
from inventario.movimientos.models import Movimiento
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.empresa import en_empresa
from inventario.productos.models import Producto
from inventario.tests.intermediario import Intermediario, Recibida, intermediario
from inventario_cliente import (
    Conflicto,
    DatoInvalido,
    DemasiadasSolicitudes,
    ErrorDeApi,
    ExistenciaInsuficiente,
    FallaDelServidor,
    Inventario,
    NoAutenticado,
    NoEncontrado,
    Persona,
    Reintentos,
    RespuestaIlegible,
    SinPermiso,
    SinRespuesta,
)
from inventario_cliente.biofloc.types import StockItems
from inventario_cliente.errores import error_de
from inventario_cliente.formas import decimal_de, decodificar, escribir_json, leer_json
from inventario_cliente.tipos import Toma
from inventario_cliente.transporte import normalizar

TODOS = ("inventory:read", "inventory:write", "inventory:delete")


@dataclass
class Servicio:
    """Una empresa con su servidor encendido."""

    mundo: Mundo
    url: str
    esperas: list[float]

    def clave(self, *alcances: str) -> str:
        _, clave = crear_clave_api(empresa=self.mundo.empresa, nombre="Cliente", alcances=alcances or TODOS)
        return clave

    def cliente(self, *alcances: str, url: str = "") -> Inventario:
        return Inventario(
            url or self.url, self.clave(*alcances), dormir=self.esperas.append, azar=lambda: 1.0
        )

    def movimientos(self) -> list[tuple[str, Decimal]]:
        with en_empresa(self.mundo.empresa):
            return [(linea.producto.sku or "", linea.cantidad) for linea in Movimiento.objects.order_by("pk")]


@pytest.fixture
def servicio(mundo: Mundo, live_server: LiveServer) -> Servicio:
    return Servicio(mundo, live_server.url, [])


@pytest.fixture
def cliente(servicio: Servicio) -> Iterator[Inventario]:
    with servicio.cliente() as cliente:
        yield cliente


@pytest.fixture
def red(servicio: Servicio) -> Iterator[Intermediario]:
    with intermediario(servicio.url) as red:
        yield red


@pytest.fixture
def alimento(servicio: Servicio) -> Producto:
    """Diez kilos en un lote."""
    with en_empresa(servicio.mundo.empresa):
        producto = servicio.mundo.producto()
        servicio.mundo.entrada(producto, 10, costo=2)
    return producto


class TestDeIdaYVuelta:
    def test_un_producto_entra_se_despacha_se_ajusta_y_se_revierte(self, cliente: Inventario) -> None:
        producto = cliente.crear_producto(
            nombre="Harina de pescado", sku="HAR-PES", precio="1.85", unidad="kg"
        )
        assert (producto.nombre, producto.precio, producto.cantidad_actual) == (
            "Harina de pescado",
            Decimal("1.85"),
            Decimal(0),
        )
        tarde = cliente.registrar_entrada(
            producto_id=producto.id,
            cantidad="48.5",
            vence_el=date(2031, 5, 20),
            costo_unitario=Decimal("1.3201"),
        )
        pronto = cliente.registrar_entrada(
            producto_id=producto.id, cantidad=4, vence_el=date(2030, 1, 2), codigo_lote="L-7"
        )
        assert (tarde.cantidad_actual, tarde.costo_unitario, tarde.fecha_vencimiento) == (
            Decimal("48.5"),
            Decimal("1.3201"),
            date(2031, 5, 20),
        )
        previstas = cliente.vista_previa(producto_id=producto.id, cantidad=6)
        assert [(una.lote_id, una.cantidad, una.saldo_lote) for una in previstas] == [
            (pronto.id, 4, 0),
            (tarde.id, 2, Decimal("46.5")),
        ]
        lineas = cliente.despachar(producto_id=producto.id, cantidad=6)
        assert [(una.lote_codigo, una.lote_id, una.cantidad, una.tipo) for una in lineas] == [
            ("L-7", pronto.id, 4, "salida"),
            (lineas[1].lote_codigo, tarde.id, 2, "salida"),
        ]
        assert lineas[0].fecha_movimiento.utcoffset() is not None
        ajuste = cliente.ajustar(
            lote_id=tarde.id,
            cantidad_contada="46.25",
            motivo="conteo",
            justificacion="Conteo físico de fin de mes",
        )
        assert (ajuste.cantidad_anterior, ajuste.diferencia) == (Decimal("46.5"), Decimal("-0.25"))
        reverso = cliente.revertir(lineas[0].asiento_id, motivo="Se registró dos veces")
        assert reverso.revierte_id == lineas[0].asiento_id
        assert [(una.lote_id, una.cantidad) for una in reverso.movimientos] == [(tarde.id, 2), (pronto.id, 4)]
        [hay] = cliente.existencias(sku="HAR-PES")
        assert (hay.fisica, hay.disponible) == (Decimal("52.25"), Decimal("52.25"))
        assert cliente.producto(producto.id).cantidad_actual == Decimal("52.25")
        assert cliente.lote(pronto.id).cantidad_actual == 4
        assert cliente.asiento(reverso.id).numero == reverso.numero

    def test_salida_de_un_lote_y_su_bloqueo(self, cliente: Inventario, alimento: Producto) -> None:
        [lote] = cliente.lotes(producto_id=alimento.pk)
        salida = cliente.registrar_salida(lote_id=lote.id, cantidad="2.5", referencia="vale 8")
        assert (salida.cantidad, salida.saldo_lote, salida.referencia) == (
            Decimal("2.5"),
            Decimal("7.5"),
            "vale 8",
        )
        assert cliente.bloquear_lote(lote.id, motivo="En cuarentena").bloqueado is True
        with pytest.raises(ErrorDeApi):
            cliente.registrar_salida(lote_id=lote.id, cantidad=1)
        assert cliente.desbloquear_lote(lote.id, motivo="Ya se revisó").bloqueado is False

    def test_un_traslado_dice_de_donde_a_donde(
        self, servicio: Servicio, cliente: Inventario, alimento: Producto
    ) -> None:
        asiento = cliente.trasladar(
            producto_id=alimento.pk, cantidad=3, hacia=servicio.mundo.otra.codigo, politica="fefo"
        )
        assert [(una.bodega, una.tipo, una.cantidad) for una in asiento.movimientos] == [
            (servicio.mundo.bodega.codigo, "traslado_salida", 3),
            (servicio.mundo.otra.codigo, "traslado_entrada", 3),
        ]

    def test_se_recorren_todos_los_movimientos_y_los_productos_sin_repetir(
        self, servicio: Servicio, cliente: Inventario, alimento: Producto, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(4):
            cliente.despachar(producto_id=alimento.pk, cantidad=1)
        monkeypatch.setattr("inventario_cliente.inventario.PAGINA", 2)
        recorridos = list(cliente.movimientos(producto_id=alimento.pk))
        assert [(uno.tipo, uno.cantidad) for uno in recorridos] == [("entrada", 10), *[("salida", 1)] * 4]
        assert len({uno.id for uno in recorridos}) == 5
        with en_empresa(servicio.mundo.empresa):
            for numero in range(3):
                servicio.mundo.producto(f"ALIM-01-{numero}")
        hallado = cliente.producto_de_sku(" alim-01-2 ")
        assert hallado is not None
        assert hallado.sku == "ALIM-01-2"
        assert cliente.producto_de_sku("ALIM-01-") is None
        pagina = cliente.productos(limit=2)
        assert (len(pagina), pagina.total) == (2, 4)

    def test_editar_con_una_version_vieja_es_un_conflicto(
        self, cliente: Inventario, alimento: Producto
    ) -> None:
        antes = cliente.producto(alimento.pk)
        editado = cliente.editar_producto(antes.id, {"nombre": "Otro"}, version=antes.version)
        assert editado.nombre == "Otro"
        with pytest.raises(Conflicto, match=r"\w"):
            cliente.editar_producto(antes.id, {"nombre": "Tercero"}, version=antes.version)
        assert cliente.producto(alimento.pk).nombre == "Otro"

    def test_una_reserva_se_confirma_en_parte_se_extiende_y_se_cancela(
        self, cliente: Inventario, alimento: Producto
    ) -> None:
        reserva = cliente.reservar(
            producto_id=alimento.pk, cantidad=6, horas=2, modulo="biofloc", referencia="T-07"
        )
        assert (reserva.estado, reserva.restante, reserva.movimientos) == ("pendiente", 6, [])
        assert cliente.producto(alimento.pk).cantidad_disponible == 4
        confirmada = cliente.confirmar_reserva(reserva.id, cantidad="2.5")
        assert (confirmada.usada, confirmada.restante) == (Decimal("2.5"), Decimal("3.5"))
        assert [una.cantidad for una in confirmada.movimientos] == [Decimal("2.5")]
        extendida = cliente.extender_reserva(reserva.id, horas=48)
        assert extendida.vence_en > reserva.vence_en
        assert [una.id for una in cliente.reservas(modulo="biofloc")] == [reserva.id]
        cancelada = cliente.cancelar_reserva(reserva.id, motivo="Cambió la dieta")
        assert (cancelada.estado, cancelada.liberada) == ("cancelada", Decimal("3.5"))
        with pytest.raises(NoEncontrado):
            cliente.cancelar_reserva(reserva.id, motivo="Otra vez")
        assert cliente.reserva(reserva.id).motivo == "Cambió la dieta"
        assert cliente.reservas().total == 0

    def test_un_producto_sin_existencia_se_elimina(self, servicio: Servicio, cliente: Inventario) -> None:
        with en_empresa(servicio.mundo.empresa):
            producto = servicio.mundo.producto("VIEJO")
        assert cliente.eliminar_producto(producto.pk).sku == "VIEJO"
        with pytest.raises(NoEncontrado):
            cliente.producto(producto.pk)

    def test_quien_actua_queda_escrito_con_sus_tildes(self, cliente: Inventario, alimento: Producto) -> None:
        [linea] = cliente.despachar(
            producto_id=alimento.pk, cantidad=1, persona=Persona(id="u-7", nombre="Íñigo Muñoz")
        )
        assert linea.persona_externa == "Íñigo Muñoz"

    def test_quien_actua_se_escribe_sin_los_espacios_que_sobran(
        self, cliente: Inventario, alimento: Producto
    ) -> None:
        for nombre, escrito in ((" R. Osei ", "R. Osei"), ("  ", "")):
            persona = Persona(id=" ", nombre=nombre)
            [linea] = cliente.despachar(producto_id=alimento.pk, cantidad=1, persona=persona)
            assert (linea.persona_externa or "") == escrito

    def test_un_flotante_con_ruido_se_manda_como_lo_que_quiere_decir(
        self, servicio: Servicio, cliente: Inventario, alimento: Producto
    ) -> None:
        cliente.despachar(producto_id=alimento.pk, cantidad=0.1 + 0.2)
        assert servicio.movimientos()[-1] == ("ALIM-01", Decimal("-0.3"))
        with pytest.raises(DatoInvalido):
            cliente.despachar(producto_id=alimento.pk, cantidad=0.12345)


class TestErrores:
    def test_lo_insuficiente_trae_sus_cifras(
        self, servicio: Servicio, cliente: Inventario, alimento: Producto
    ) -> None:
        antes = servicio.movimientos()
        with pytest.raises(ExistenciaInsuficiente, match=r"insuficiente.*ALIM-01") as visto:
            cliente.despachar(producto_id=alimento.pk, cantidad=11)
        assert (visto.value.solicitado, visto.value.disponible) == (11, 10)
        assert (visto.value.estado, visto.value.codigo) == (400, "stock_insuficiente")
        assert visto.value.detail == str(visto.value)
        assert servicio.movimientos() == antes

    def test_cada_estado_tiene_su_clase_y_su_frase(self, servicio: Servicio, cliente: Inventario) -> None:
        with pytest.raises(NoEncontrado, match=r"\w"):
            cliente.producto(10**9)
        with pytest.raises(DatoInvalido, match="cantidad") as visto:
            cliente.despachar(producto_id=1, cantidad=0)
        assert visto.value.errores[0]["campo"] == "cantidad"
        with servicio.cliente("inventory:read") as lector, pytest.raises(SinPermiso, match=r"\w"):
            lector.crear_producto(nombre="X", sku="X", precio=1)
        with (
            Inventario(servicio.url, "sk_live_no_existe") as nadie,
            pytest.raises(NoAutenticado, match=r"\w"),
        ):
            nadie.productos()

    def test_el_texto_nunca_esta_vacio(self) -> None:
        assert str(error_de(500, {})) == "HTTP 500 Internal Server Error"
        assert str(error_de(599, {"detail": "  "})) == "HTTP 599"
        assert str(error_de(418, {"detail": ["a"]})) == "HTTP 418 I'm a Teapot"
        assert isinstance(error_de(503, {}), FallaDelServidor)

    def test_el_422_en_ingles_dice_que_campo(self) -> None:
        cuerpo = {
            "detail": "Validation error",
            "errors": [{"field": "body -> quantity", "message": "must be > 0", "type": "greater_than"}],
        }
        assert str(error_de(422, cuerpo)) == "Validation error: body -> quantity: must be > 0"


class TestReintentos:
    def test_una_respuesta_perdida_no_repite_el_despacho(
        self, servicio: Servicio, red: Intermediario, alimento: Producto
    ) -> None:
        red.guion = ["perder", "perder", "pasar"]
        with servicio.cliente(url=red.url) as cliente:
            [linea] = cliente.despachar(producto_id=alimento.pk, cantidad=4)
        assert (linea.cantidad, linea.saldo_lote) == (4, 6)
        assert servicio.movimientos() == [("ALIM-01", 10), ("ALIM-01", -4)]
        assert len(red.recibidas) == 3
        [clave] = red.claves()
        assert re.fullmatch(r"[0-9a-f]{32}", clave or "")
        assert servicio.esperas == [0.25, 0.5]

    def test_dos_llamadas_son_dos_despachos(
        self, servicio: Servicio, red: Intermediario, alimento: Producto
    ) -> None:
        with servicio.cliente(url=red.url) as cliente:
            cliente.despachar(producto_id=alimento.pk, cantidad=4)
            cliente.despachar(producto_id=alimento.pk, cantidad=4)
        assert len(red.claves()) == 2
        assert [cantidad for _, cantidad in servicio.movimientos()] == [10, -4, -4]

    def test_se_espera_lo_que_pide_el_servidor(
        self, servicio: Servicio, red: Intermediario, alimento: Producto
    ) -> None:
        red.guion = ["503 2", "429 7", "502"]
        with servicio.cliente(url=red.url) as cliente:
            assert cliente.producto(alimento.pk).sku == "ALIM-01"
        assert servicio.esperas == [2.0, 7.0, 1.0]

    def test_una_espera_demasiado_larga_se_cuenta_a_quien_llama(
        self, servicio: Servicio, red: Intermediario
    ) -> None:
        red.guion = ["429 3600"]
        with servicio.cliente(url=red.url) as cliente, pytest.raises(DemasiadasSolicitudes) as visto:
            cliente.productos()
        assert (visto.value.espera_s, servicio.esperas) == (3600.0, [])

    def test_cuando_no_hay_mas_intentos_se_dice_con_que_clave(
        self, servicio: Servicio, red: Intermediario, alimento: Producto
    ) -> None:
        red.guion = ["cortar"] * 4
        with servicio.cliente(url=red.url) as cliente, pytest.raises(SinRespuesta, match=r"\w") as visto:
            cliente.despachar(producto_id=alimento.pk, cantidad=4, clave_idempotencia="vale-9")
        assert visto.value.clave_idempotencia == "vale-9"
        assert len(red.recibidas) == 4
        assert servicio.movimientos() == [("ALIM-01", 10)]

    def test_pasado_el_plazo_no_se_empieza_otro_intento(self, servicio: Servicio, red: Intermediario) -> None:
        red.guion = ["502"] * 4
        horas = iter([0.0, 5.0, 12.9])
        with (
            Inventario(
                red.url,
                servicio.clave(),
                reintentos=Reintentos(plazo_s=13),
                dormir=servicio.esperas.append,
                azar=lambda: 1.0,
                reloj=lambda: next(horas),
            ) as cliente,
            pytest.raises(FallaDelServidor, match="502"),
        ):
            cliente.productos()
        assert (len(red.recibidas), servicio.esperas) == (2, [0.25])

    def test_un_borrado_que_pudo_llegar_no_se_repite(self, servicio: Servicio, red: Intermediario) -> None:
        with en_empresa(servicio.mundo.empresa):
            producto = servicio.mundo.producto("VIEJO")
        red.guion = ["perder"]
        with servicio.cliente(url=red.url) as cliente, pytest.raises(SinRespuesta):
            cliente.eliminar_producto(producto.pk)
        assert red.recibidas == [Recibida("DELETE", f"/api/v1/productos/{producto.pk}", None)]

    def test_un_servidor_apagado_se_dice(self, servicio: Servicio, red: Intermediario) -> None:
        with (
            Inventario("http://127.0.0.1:1", "x", dormir=servicio.esperas.append) as cliente,
            pytest.raises(SinRespuesta, match="ConnectError"),
        ):
            cliente.productos()
        assert len(servicio.esperas) == 3

    def test_una_pagina_no_es_una_respuesta(self, servicio: Servicio, red: Intermediario) -> None:
        red.guion = ["html"]
        with servicio.cliente(url=red.url) as cliente, pytest.raises(RespuestaIlegible, match="JSON"):
            cliente.productos()
        assert len(red.recibidas) == 1


@pytest.mark.parametrize(
    "escrita",
    [
        "https://inventario.ejemplo.com",
        "https://inventario.ejemplo.com/",
        "https://inventario.ejemplo.com/api/v1",
        "https://inventario.ejemplo.com/api/v1/",
        " inventario.ejemplo.com ",
    ],
)
def test_la_direccion_se_entiende_como_venga(escrita: str) -> None:
    assert normalizar(escrita) == "https://inventario.ejemplo.com/api/v1"


def test_sin_direccion_no_hay_cliente() -> None:
    with pytest.raises(ValueError, match="dirección"):
        normalizar("  ")


def test_la_clave_leida_de_un_archivo_sirve_con_su_salto_de_linea(servicio: Servicio) -> None:
    clave = servicio.clave("inventory:read")
    with Inventario(servicio.url, f" {clave}\r\n") as cliente:
        assert cliente.productos().total == 0


@pytest.mark.parametrize("clave", ["", " \n", "sk_live_se\ncreta", "sk_live_secretá"])
def test_con_una_clave_que_no_puede_viajar_no_hay_cliente_ni_se_muestra(clave: str) -> None:
    with pytest.raises(ValueError, match="clave de API") as error:
        Inventario("https://inventario.ejemplo.com", clave)
    assert "sk_live_" not in str(error.value)
    assert error.value.__cause__ is None


class TestFormas:
    def test_los_numeros_no_pasan_por_coma_flotante(self) -> None:
        dato = leer_json(b'{"a": 1234567890.1234, "b": "0.10", "c": 3}')
        assert dato == {"a": Decimal("1234567890.1234"), "b": "0.10", "c": 3}
        assert isinstance(dato["a"], Decimal)
        assert escribir_json({"q": Decimal("1E+2"), "d": date(2030, 1, 2)}) == b'{"q":"100","d":"2030-01-02"}'

    def test_lo_desconocido_se_ignora_y_lo_que_falta_se_nombra(self) -> None:
        toma = {
            "lote_id": 1,
            "lote_codigo": "A",
            "fecha_vencimiento": None,
            "cantidad": 2,
            "saldo_lote": "0.5",
        }
        esperada = Toma(
            lote_id=1, lote_codigo="A", fecha_vencimiento=None, cantidad=Decimal(2), saldo_lote=Decimal("0.5")
        )
        assert decodificar(Toma, {**toma, "nuevo": [1]}) == esperada
        del toma["lote_codigo"]
        with pytest.raises(RespuestaIlegible, match="lote_codigo"):
            decodificar(Toma, toma)

    @pytest.mark.parametrize(
        ("tipo", "dato"),
        [
            (int, "7"),
            (int, True),
            (int, None),
            (bool, 1),
            (str, 5),
            (Decimal, "x"),
            (Decimal, True),
            (date, "ayer"),
            (datetime, 5),
            (list[int], {"a": 1}),
            (list[int], [1, "2"]),
            (dict[str, Any], []),
            (Toma, []),
        ],
    )
    def test_una_forma_que_no_es_se_dice(self, tipo: type[Any], dato: Any) -> None:
        with pytest.raises(RespuestaIlegible, match=r"\w"):
            decodificar(tipo, dato)

    def test_un_instante_lleva_zona(self) -> None:
        leido = decodificar(datetime, "2027-03-14T06:05:09.120000Z")
        assert leido == datetime(2027, 3, 14, 6, 5, 9, 120000, tzinfo=UTC)

    def test_una_lista_de_dos_tipos(self) -> None:
        dato = {"items": [], "total": 0, "requested": 2, "found": 0, "not_found": [5, "FEED-X"]}
        assert decodificar(StockItems, dato).not_found == [5, "FEED-X"]

    @pytest.mark.parametrize("valor", [True, "mucho", float("nan"), float("inf"), "Infinity"])
    def test_lo_que_no_es_una_cantidad_se_rechaza_antes_de_salir(self, valor: Any) -> None:
        with pytest.raises(ValueError, match="no es una cantidad"):
            decimal_de(valor)
