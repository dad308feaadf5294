"""Las reservas: la lista, reservar, confirmar entera o en parte, cancelar y extender."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from inventario.cuentas.permisos import Rol
from inventario.movimientos.models import Asiento
from inventario.movimientos.reparto import Politica
from inventario.movimientos.tests.mundo import AHORA, Mundo, cant
from inventario.panel.reservas.views import en_palabras
from inventario.panel.tests.conftest import Navegador, contar_consultas
from inventario.productos.models import Producto
from inventario.reservas import services
from inventario.reservas.estados import EstadoReserva
from inventario.reservas.models import Reserva

# Sesión, persona, empresa y sus bodegas: 5. De la lista: bodegas, reservas y productos que se ofrecen.
CONSULTAS = 8


@pytest.fixture
def producto(granja: Mundo) -> Producto:
    producto = granja.producto("ALIM-35")
    granja.entrada(producto, 100)
    return producto


def reservar(granja: Mundo, producto: Producto, cantidad: str | int = 10, **otros: Any) -> Reserva:
    campos = {"bodega": granja.bodega, "modulo": "engorde", **otros}
    return services.reservar(
        actor=granja.actor, producto=producto, cantidad=cant(cantidad), reloj=granja.reloj, **campos
    )


@pytest.fixture
def reserva(granja: Mundo, producto: Producto) -> Reserva:
    return reservar(granja, producto, referencia="T-4", notas="Para el lunes")


def ruta(reserva: Reserva, verbo: str = "") -> str:
    return f"/reservas/{reserva.pk}/{verbo + '/' if verbo else ''}"


def estado(reserva: Reserva) -> EstadoReserva:
    return Reserva.objects.select_related("apartado").get(pk=reserva.pk).estado(AHORA)


def modulos(navegador: Navegador, consulta: str = "") -> list[str]:
    filas = navegador.get(f"/reservas/?{consulta}").context["filas"]
    return [fila.reserva.apartado.modulo for fila in filas]


def enfocado(respuesta: Any) -> str:
    [uno] = re.findall(r"<[^>]*\bautofocus\b[^>]*>", respuesta.content.decode())
    return str(uno)


# ── La lista ────────────────────────────────────────────────────────────────────────────────────


def test_lista_por_estado_modulo_producto_y_bodega(
    granja: Mundo, navegador: Navegador, producto: Producto
) -> None:
    reservar(granja, producto, modulo="tarde", horas=48)
    reservar(granja, producto, modulo="Pronto", horas=2)
    usada, soltada = (reservar(granja, producto, modulo=nombre) for nombre in ("usada", "soltada"))
    services.confirmar_reserva(actor=granja.actor, reserva=usada, politica=Politica.FEFO, reloj=granja.reloj)
    services.cancelar_reserva(actor=granja.actor, reserva=soltada, motivo="ya no", reloj=granja.reloj)
    # De las pendientes, primero la que vence antes.
    assert modulos(navegador) == ["Pronto", "tarde"]
    assert modulos(navegador, "estado=confirmada") == ["usada"]
    assert modulos(navegador, "estado=cancelada") == ["soltada"]
    assert modulos(navegador, "estado=todas") == ["soltada", "usada", "Pronto", "tarde"]
    assert modulos(navegador, "modulo=pronto") == ["Pronto"]
    assert modulos(navegador, f"bodega={granja.otra.pk}") == []
    assert modulos(navegador, f"producto={producto.pk}&estado=todas&modulo=usada") == ["usada"]
    with time_machine.travel(AHORA + timedelta(hours=3), tick=False):
        assert modulos(navegador) == ["tarde"]
        assert modulos(navegador, "estado=vencida") == ["Pronto"]


def test_lista_dice_cuanto_falta_sin_javascript(navegador: Navegador, reserva: Reserva) -> None:
    texto = " ".join(navegador.get("/reservas/").content.decode().split())
    assert "quedan 1 d 0 h" in texto
    assert f'data-vence="{reserva.apartado.vence_en.isoformat()}"' in texto


@pytest.mark.parametrize(
    ("falta", "dicho"),
    [
        (timedelta(days=2, hours=5, minutes=9), "2 d 5 h"),
        (timedelta(hours=5, minutes=10), "5 h 10 min"),
        (timedelta(minutes=3, seconds=59), "3 min"),
        (timedelta(seconds=-5), "0 min"),
    ],
)
def test_lo_que_falta_en_palabras(falta: timedelta, dicho: str) -> None:
    assert en_palabras(falta) == dicho


@pytest.mark.parametrize("cuantas", [1, 40])
def test_lista_hace_siempre_las_mismas_consultas_y_va_por_paginas(
    granja: Mundo, navegador: Navegador, producto: Producto, cuantas: int
) -> None:
    for _ in range(cuantas):
        reservar(granja, producto, 1)
    assert contar_consultas(lambda: navegador.get("/reservas/")) == CONSULTAS
    for consulta in ("", "estado=todas"):
        primera = navegador.get(f"/reservas/?{consulta}").context
        vistas = [fila.reserva.pk for fila in primera["filas"]]
        if cuantas == 40:
            cursor = primera["tramo"].siguiente
            siguiente = navegador.get(f"/reservas/?{consulta}&cursor={cursor.replace('+', '%2B')}")
            vistas += [fila.reserva.pk for fila in siguiente.context["filas"]]
        assert len(set(vistas)) == len(vistas) == cuantas


def test_lista_vacia_ajena_y_fragmento(navegador: Navegador, vecino: Navegador, granja: Mundo) -> None:
    assert "No hay reservas pendientes" in navegador.get("/reservas/").content.decode()
    reservar(granja, _con_existencia(granja))
    assert modulos(vecino, "estado=todas") == []
    assert navegador.fragmento("/reservas/").content.decode().lstrip().startswith('<div id="tabla"')


def _con_existencia(granja: Mundo) -> Producto:
    producto = granja.producto("OTRO")
    granja.entrada(producto, 50)
    return producto


# ── Reservar ────────────────────────────────────────────────────────────────────────────────────


def test_reservar_aparta_una_vez_y_lleva_a_su_ficha(
    granja: Mundo, navegador: Navegador, producto: Producto
) -> None:
    datos = {
        "producto": producto.pk,
        "cantidad": "12,5",
        "horas": "48",
        "modulo": "cria",
        "referencia": "T-1",
    }
    primera, segunda = (navegador.mover("/reservas/nueva/", datos, clave="la-misma") for _ in range(2))
    reserva = Reserva.objects.select_related("apartado").get()
    assert (primera.status_code, primera["Location"]) == (303, ruta(reserva))
    assert segunda["Location"] == primera["Location"]
    assert (reserva.apartado.cantidad, reserva.apartado.modulo, reserva.apartado.vence_en) == (
        cant("12.5"),
        "cria",
        AHORA + timedelta(hours=48),
    )
    assert "Listo: quedó reservado." in navegador.get(ruta(reserva)).content.decode()


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"cantidad": "101"}, "cantidad"),
        ({"cantidad": "0"}, "cantidad"),
        ({"cantidad": ""}, "cantidad"),
        ({"horas": "0"}, "horas"),
        ({"horas": "721"}, "horas"),
        ({"producto": ""}, "producto"),
        ({"producto": "999999"}, "producto"),
    ],
)
def test_reservar_mal_no_aparta(
    granja: Mundo, navegador: Navegador, producto: Producto, cambio: dict[str, str], campo: str
) -> None:
    antes = granja.foto()
    datos = {"producto": str(producto.pk), "cantidad": "1", "horas": "24", **cambio}
    respuesta = navegador.mover("/reservas/nueva/", datos, htmx=True)
    assert respuesta.status_code == 422
    assert list(respuesta.context["formulario"].errors) == [campo]
    assert respuesta.content.decode().lstrip().startswith("<form")
    assert f'name="{campo}"' in enfocado(respuesta)
    assert granja.foto() == antes


# ── Confirmar, cancelar, extender ───────────────────────────────────────────────────────────────


def test_confirmar_entera_lleva_al_recibo_y_no_sale_dos_veces(
    granja: Mundo, navegador: Navegador, producto: Producto, reserva: Reserva
) -> None:
    primera, segunda = (navegador.mover(ruta(reserva, "confirmar"), {}, clave="la-misma") for _ in range(2))
    asiento = Asiento.objects.get(tipo="salida")
    assert primera["Location"] == segunda["Location"] == f"/asientos/{asiento.pk}/"
    assert (granja.fisica(producto), granja.apartada(producto)) == (cant(90), cant(0))
    assert estado(reserva) == EstadoReserva.CONFIRMADA
    texto = navegador.get(ruta(reserva)).content.decode()
    assert f'href="/asientos/{asiento.pk}/"' in texto
    assert ruta(reserva, "confirmar") not in texto


@pytest.mark.parametrize(
    ("resto", "apartada", "queda"),
    [("queda", 6, EstadoReserva.PENDIENTE), ("se_libera", 0, EstadoReserva.CONFIRMADA)],
)
def test_confirmar_una_parte(
    granja: Mundo,
    navegador: Navegador,
    producto: Producto,
    reserva: Reserva,
    resto: str,
    apartada: int,
    queda: EstadoReserva,
) -> None:
    navegador.mover(ruta(reserva, "confirmar"), {"cantidad": "4", "resto": resto})
    assert (granja.fisica(producto), granja.apartada(producto)) == (cant(96), cant(apartada))
    assert estado(reserva) == queda


def test_cancelar_suelta_lo_que_resta_y_guarda_el_motivo(
    granja: Mundo, navegador: Navegador, producto: Producto, reserva: Reserva
) -> None:
    respuesta = navegador.mover(ruta(reserva, "cancelar"), {"motivo": "Ya no hace falta"})
    assert (respuesta.status_code, respuesta["Location"]) == (303, ruta(reserva))
    assert granja.apartada(producto) == 0
    assert estado(reserva) == EstadoReserva.CANCELADA
    assert "Ya no hace falta" in navegador.get(ruta(reserva)).content.decode()


def test_extender_aleja_el_vencimiento(granja: Mundo, navegador: Navegador, reserva: Reserva) -> None:
    navegador.mover(ruta(reserva, "extender"), {"horas": "72"})
    reserva = Reserva.objects.select_related("apartado").get(pk=reserva.pk)
    assert reserva.apartado.vence_en == AHORA + timedelta(hours=72)


@pytest.mark.parametrize(
    ("verbo", "datos", "campo"),
    [
        ("confirmar", {"cantidad": "11"}, "cantidad"),
        ("confirmar", {"cantidad": "0"}, "cantidad"),
        ("confirmar", {"cantidad": "x"}, "cantidad"),
        ("confirmar", {"cantidad": "1", "resto": "raro"}, "resto"),
        ("cancelar", {"motivo": ""}, "motivo"),
        ("cancelar", {"motivo": "x" * 256}, "motivo"),
        ("extender", {"horas": "24"}, "horas"),
        ("extender", {"horas": "721"}, "horas"),
        ("extender", {"horas": ""}, "horas"),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_mal_escrito_es_422_y_no_mueve(
    granja: Mundo,
    navegador: Navegador,
    reserva: Reserva,
    verbo: str,
    datos: dict[str, str],
    campo: str,
    htmx: bool,
) -> None:
    antes = granja.foto()
    respuesta = navegador.mover(ruta(reserva, verbo), datos, htmx=htmx)
    assert respuesta.status_code == 422
    assert list(respuesta.context[verbo].errors) == [campo]
    assert f'name="{campo}"' in enfocado(respuesta)
    assert ("<html" in respuesta.content.decode()) != htmx
    assert granja.foto() == antes


VERBOS: list[tuple[str, dict[str, str]]] = [
    ("confirmar", {}),
    ("cancelar", {"motivo": "x"}),
    ("extender", {"horas": "100"}),
]


@pytest.mark.parametrize(("verbo", "datos"), VERBOS)
def test_lo_ya_resuelto_o_vencido_lo_dice_y_no_mueve(
    granja: Mundo, navegador: Navegador, producto: Producto, verbo: str, datos: dict[str, str]
) -> None:
    resuelta, vencida = reservar(granja, producto), reservar(granja, producto, horas=1)
    services.cancelar_reserva(actor=granja.actor, reserva=resuelta, motivo="ya no", reloj=granja.reloj)
    antes = granja.foto()
    respuesta = navegador.mover(ruta(resuelta, verbo), datos)
    assert respuesta.status_code == 422
    assert "La reserva se canceló." in respuesta.content.decode()
    with time_machine.travel(AHORA + timedelta(hours=2), tick=False):
        respuesta = navegador.mover(ruta(vencida, verbo), datos)
        assert respuesta.status_code == 422
        assert "La reserva venció." in respuesta.content.decode()
    assert granja.foto() == antes


@pytest.mark.parametrize(("verbo", "datos"), VERBOS)
def test_sin_permiso_403_y_ajena_o_fuera_de_alcance_404(
    granja: Mundo,
    auditor: Navegador,
    vecino: Navegador,
    entrar: Callable[..., Navegador],
    reserva: Reserva,
    verbo: str,
    datos: dict[str, str],
) -> None:
    antes = granja.foto()
    assert auditor.mover(ruta(reserva, verbo), datos).status_code == 403
    assert vecino.mover(ruta(reserva, verbo), datos).status_code == 404
    assert entrar(Rol.SUPERVISOR, granja.otra).mover(ruta(reserva, verbo), datos).status_code == 404
    assert ruta(reserva, verbo) not in auditor.get(ruta(reserva)).content.decode()
    assert auditor.get(ruta(reserva, verbo)).status_code == 403
    assert granja.foto() == antes


def test_volver_a_la_direccion_de_un_verbo_lleva_a_la_ficha(navegador: Navegador, reserva: Reserva) -> None:
    for verbo, _ in VERBOS:
        assert navegador.get(ruta(reserva, verbo))["Location"] == ruta(reserva)


def test_ficha_ajena_404_y_reservar_sin_permiso_403(
    auditor: Navegador, vecino: Navegador, reserva: Reserva
) -> None:
    assert vecino.get(ruta(reserva)).status_code == 404
    assert auditor.get("/reservas/nueva/").status_code == 403
    assert Navegador().get(ruta(reserva)).status_code == 302
