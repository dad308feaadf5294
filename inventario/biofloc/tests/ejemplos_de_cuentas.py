"""Compara una respuesta con su ejemplo: lo que cambia en cada corrida va entre «<>» y se mira su forma."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

EJEMPLOS: dict[str, Any] = json.loads((Path(__file__).parent / "ejemplos" / "cuentas.json").read_text())
FORMAS = {
    "<jwt>": r"[\w-]+\.[\w-]+\.[\w-]+",
    "<uuid>": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "<ts>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z",
    "<prefix>": r"sk_live_[\w-]{4}\.\.\.",
    "<key>": r"sk_live_[\w-]{43}",
}


def como_en(nombre: str, respuesta: Any) -> Any:
    """Exige que la respuesta sea la del ejemplo y devuelve su cuerpo."""
    ejemplo = EJEMPLOS[nombre]
    cuerpo = respuesta.json()
    assert respuesta.status_code == ejemplo["status"], cuerpo
    assert _encaja(ejemplo["body"], cuerpo), (ejemplo["body"], cuerpo)
    if respuesta.status_code < 300:
        assert respuesta["Cache-Control"] == "no-store"
    if respuesta.status_code == 401:
        assert respuesta["WWW-Authenticate"] == "Bearer"
    return cuerpo


def _encaja(forma: Any, valor: Any) -> bool:
    if isinstance(forma, dict):
        return (
            isinstance(valor, dict)
            and list(forma) == list(valor)
            and all(_encaja(parte, valor[clave]) for clave, parte in forma.items())
        )
    if isinstance(forma, list):
        return isinstance(valor, list) and len(forma) == len(valor) and all(map(_encaja, forma, valor))
    if forma == "<int>":
        return type(valor) is int
    if forma in FORMAS:
        return isinstance(valor, str) and re.fullmatch(FORMAS[forma], valor) is not None
    return type(forma) is type(valor) and bool(forma == valor)
