"""El identificador de la solicitud en el registro."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from inventario.nucleo.solicitud import ConSolicitud, fijar_solicitud, olvidar_solicitud, solicitud_actual


def linea() -> str:
    registro = logging.makeLogRecord({"msg": "x"})
    assert ConSolicitud().filter(registro)
    identificador: str = vars(registro)["solicitud_id"]
    return identificador


def test_cada_linea_lleva_la_solicitud_en_curso() -> None:
    olvidar_solicitud()
    assert linea() == "-"
    assert fijar_solicitud("abc") == "abc"
    assert linea() == "abc"
    olvidar_solicitud()
    assert (linea(), solicitud_actual()) == ("-", "")


@pytest.mark.parametrize("propuesto", [None, "", "a b", "a\r\nb", "é", "x" * 65, "a;b", "../a"])
def test_un_identificador_inseguro_se_reemplaza(propuesto: str | None) -> None:
    creado = fijar_solicitud(propuesto)
    assert creado != propuesto
    assert len(creado) == 16
    olvidar_solicitud()


@pytest.mark.django_db
def test_lo_que_django_anota_de_la_respuesta_tambien_lo_lleva(client: Client) -> None:
    """Django escribe «Not Found» cuando los middleware ya terminaron."""
    vistos: list[str] = []

    class Oyente(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            ConSolicitud().filter(record)
            vistos.append(vars(record)["solicitud_id"])

    oyente = Oyente()
    registro = logging.getLogger("django.request")
    registro.addHandler(oyente)
    try:
        client.get("/no-hay", headers={"X-Request-ID": "la-mia"})
    finally:
        registro.removeHandler(oyente)
    assert vistos == ["la-mia"]
    olvidar_solicitud()
