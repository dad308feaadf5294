"""Las cabeceras de seguridad van en toda respuesta, también en las que dicen que algo salió mal (R-11)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from inventario.panel.marco.middleware import EmpresaEnPaginas

SIEMPRE = {
    "Strict-Transport-Security": r"max-age=(31536\d{3,}|\d{9,}); includeSubDomains.*",
    "X-Content-Type-Options": r"nosniff",
    "X-Frame-Options": r"DENY",
    "Referrer-Policy": r"same-origin",
    "Cross-Origin-Opener-Policy": r"same-origin",
    "Permissions-Policy": r".*geolocation=\(\).*",
    "Content-Security-Policy": r"(?=.*default-src 'none')(?=.*frame-ancestors 'none')(?!.*unsafe-).*",
}


@pytest.fixture
def https(db: None, settings: Any) -> Client:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    return Client(raise_request_exception=False)


def _exigir(respuesta: Any, estado: int) -> None:
    assert respuesta.status_code == estado
    for nombre, patron in SIEMPRE.items():
        assert re.fullmatch(patron, respuesta.headers.get(nombre, "")), (
            nombre,
            respuesta.headers.get(nombre),
        )


@pytest.mark.parametrize(
    ("ruta", "estado"),
    [
        ("/entrar/", 200),
        ("/admin/login/", 302),
        ("/api/v1/productos", 401),
        ("/api/v1/inventario/no-existe", 404),
        ("/no-existe/", 404),
        ("/ping", 200),
        ("/health/live", 200),
        ("/health/ready", 200),
    ],
)
def test_toda_respuesta_las_lleva(https: Client, ruta: str, estado: int) -> None:
    _exigir(https.get(ruta, secure=True), estado)


def test_un_error_nuestro_tambien(https: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def caer(*_: object, **__: object) -> None:
        raise RuntimeError("se rompió")

    monkeypatch.setattr(EmpresaEnPaginas, "process_view", caer)
    _exigir(https.get("/entrar/", secure=True), 500)


def test_las_galletas_no_las_lee_nadie_mas(https: Client) -> None:
    respuesta = https.get("/entrar/", secure=True)
    galleta = respuesta.cookies["csrftoken"]
    assert (galleta["secure"], galleta["samesite"]) == (True, "Lax")
